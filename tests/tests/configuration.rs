//! Mistakes in `pipeline.toml`: exit status 2, the place, and what was meant.

use countersign_tests::{Output, Sandbox, contract};

#[track_caller]
fn refused(pipeline: &str) -> Output {
    let sandbox = Sandbox::new();
    sandbox.write("pipeline.toml", pipeline);
    sandbox.run(&["check"]).exits(2)
}

#[test]
fn an_unknown_key_asks_whether_another_was_meant() {
    let output = refused("[contracts.watcher]\ndump = \"openapi.json\"\nformt = \"openapi\"\n");
    drop(output.says("pipeline.toml:3:1").says("unknown key `formt`").says("did you mean `format`?"));
}

#[test]
fn an_unknown_contract_asks_whether_another_was_meant() {
    let sandbox = contract("");
    drop(sandbox.run(&["check", "watchr"]).exits(2).says("did you mean `watcher`?"));
}

#[test]
fn a_value_of_the_wrong_type_is_shown_where_it_stands() {
    let output = refused("[contracts.watcher]\ndump = \"openapi.json\"\nsnapshot = 7\n");
    drop(output.says("pipeline.toml:3:12").says("contracts.watcher.snapshot"));
}

#[test]
fn clients_with_overlapping_outputs_are_refused() {
    let client = |name: &str, output: &str| {
        format!("[clients.{name}]\ncontract = \"watcher\"\noutput = \"{output}\"\ngenerate = \"own\"\n")
    };
    let pipeline = format!(
        "[contracts.watcher]\ndump = \"openapi.json\"\n{}{}[tools.own]\ncommand = [\"own\", \"{{spec}}\", \"{{out}}\"]\n",
        client("left", "generated"),
        client("right", "generated/right")
    );
    drop(refused(&pipeline).says("pipeline.toml:9:10").says("clients `left` and `right` overlap"));
}

#[test]
fn a_file_for_a_newer_version_says_so_and_nothing_else() {
    let output = refused("[pipeline]\nminimum-version = \"99.0.0\"\nfrom-the-future = true\n");
    let output = output.says("pipeline.toml:2:19").says("asks for Countersign 99.0.0 or newer");
    assert!(!output.stderr.contains("from-the-future ="), "{}", output.stderr);
}

#[test]
fn every_mistake_is_told_at_once() {
    let output = refused(
        "[contracts.watcher]\ndmp = \"a\"\n\n[clients.other]\ncontract = \"watchr\"\nrepository = \"github:a/b\"\n",
    );
    drop(output.says("pipeline.toml:2:1").says("pipeline.toml:5:12"));
}

#[test]
fn text_that_is_no_toml_is_shown_where_it_ends_to_be() {
    drop(refused("[contracts.watcher\n").says("pipeline.toml:1:"));
}

#[test]
fn a_folder_without_configuration_is_told_to_write_one() {
    drop(Sandbox::new().run(&["check"]).exits(2).says("there is no").says("countersign init"));
}
