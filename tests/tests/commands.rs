//! The commands around the gate, and what programs read of them.

use countersign_tests::{Answer, Sandbox, Server, api, contract, digest, edited, pretty};
use serde_json::{Value, json};

#[test]
fn a_new_provider_is_set_up_and_checked() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    let arguments = ["init", "--ours", "--contract", "watcher", "--dump-file", "openapi.json", "--yes"];
    drop(sandbox.run(&arguments).exits(0));
    drop(sandbox.run(&["check"]).exits(1).says("countersign accept watcher"));
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
    drop(sandbox.run(&arguments).exits(2).says("--force"));
}

#[test]
fn a_new_consumer_is_set_up_and_checked() {
    let sandbox = Sandbox::new();
    let server = Server::new(Answer::json(pretty(&api())));
    let live = server.url("/openapi.json");
    drop(sandbox.run(&["init", "--theirs", "--contract", "watcher", "--live", &live, "--yes"]).exits(0));
    drop(sandbox.run(&["check"]).exits(1).says("countersign accept watcher --live"));
    drop(sandbox.run(&["accept", "--live"]).exits(0));
    drop(sandbox.run(&["check", "--live"]).exits(0));
}

#[test]
fn two_files_are_compared() {
    let sandbox = Sandbox::without_git();
    sandbox.write("old.json", pretty(&api()));
    sandbox.write("new.json", pretty(&edited()));
    let view = sandbox.json(&["diff", "old.json", "new.json"], 1);
    assert_eq!(view["worst"], "breaking");
    assert_eq!(view["changes"][0]["rule"], "response-required-property-removed");
    drop(sandbox.run(&["diff", "old.json", "old.json"]).exits(0));
    drop(sandbox.run(&["diff", "old.json", "gone.json"]).exits(2).says("gone.json"));
}

#[test]
fn a_revision_is_compared_with_the_work_tree() {
    let sandbox = contract("");
    sandbox.write("openapi.json", pretty(&edited()));
    drop(sandbox.run(&["accept"]).exits(0));
    let snapshot = "contracts/watcher/openapi.json";
    let view = sandbox.json(&["diff", &format!("main:{snapshot}"), snapshot], 1);
    assert_eq!(view["changes"][0]["subject"], "/components/schemas/Watch/properties/checked_at");
    drop(sandbox.run(&["diff", "nowhere:a", "b"]).exits(2).says("no revision `nowhere`"));
}

#[test]
fn rules_and_codes_are_explained() {
    let sandbox = Sandbox::without_git();
    drop(sandbox.run(&["explain", "response-required-property-removed"]).exits(0).says("response"));
    drop(sandbox.run(&["explain", "unknown-key"]).exits(0).says("pipeline.toml"));
    drop(sandbox.run(&["explain", "response-required-property-remvoed"]).exits(2).says("did you mean"));
}

#[test]
fn every_report_is_what_its_schema_says() {
    let sandbox = Sandbox::without_git();
    let schema: Value = sandbox.run(&["schema", "report"]).exits(0).json();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let valid = |report: &Value| {
        let errors: Vec<_> = validator.iter_errors(report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    };
    valid(&sandbox.json(&["check"], 2));
    let external = "\n[clients.archiver]\ncontract = \"watcher\"\nrepository = \"github:acme/archiver\"\n";
    let sandbox = contract(external);
    valid(&sandbox.json(&["check"], 0));
    sandbox.write("openapi.json", pretty(&edited()));
    valid(&sandbox.json(&["check"], 1));
    valid(&sandbox.json(&["accept"], 1));
    valid(&sandbox.json(&["check"], 1));
    valid(&sandbox.json(&["status"], 0));
}

#[test]
fn every_schema_is_a_schema() {
    for kind in ["pipeline", "report", "notice"] {
        let schema: Value = Sandbox::without_git().run(&["schema", kind]).exits(0).json();
        assert!(jsonschema::meta::is_valid(&schema), "{kind}");
    }
}

#[test]
fn the_built_in_plugins_are_listed_outside_any_repository() {
    let plugins = Sandbox::without_git().json(&["plugin", "list"], 0);
    let names: Vec<_> =
        plugins.as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
    for name in ["canonicalize-openapi", "diff-openapi", "dump-command", "generate-command", "notify-webhook"]
    {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
}

#[test]
fn a_document_is_canonicalized_from_standard_input_and_then_a_fixed_point() {
    let sandbox = Sandbox::without_git();
    let minified = api().to_string();
    let once = sandbox.run_with_input(&["canonicalize", "-"], minified.as_bytes()).exits(0).stdout;
    let twice = sandbox.run_with_input(&["canonicalize", "-"], once.as_bytes()).exits(0).stdout;
    assert_eq!(once, twice);
    assert_eq!(once, pretty(&api()));
    drop(sandbox.run_with_input(&["canonicalize", "-"], b"<html>").exits(2));
}

#[test]
fn an_interrupted_accept_is_told_until_it_is_recovered() {
    let sandbox = contract("");
    // What is left of an accept that was cut off right before its first exchange: stages and a journal.
    let after = sandbox.copy();
    after.write("openapi.json", pretty(&edited()));
    drop(after.run(&["accept"]).exits(0));
    sandbox.write("openapi.json", pretty(&edited()));
    let exchanges: Vec<_> = (["openapi.json", "record.toml"].iter().enumerate())
        .map(|(number, file)| {
            let stage = format!(".countersign-stage-0000000000000007-{number}");
            let target = format!("contracts/watcher/{file}");
            let content = after.read(&target);
            sandbox.write(&format!("contracts/watcher/{stage}"), &content);
            let content = json!({ "kind": "file", "digest": digest(content.as_bytes()) });
            json!({ "target": target, "stage": stage, "content": content })
        })
        .collect();
    let journal = json!({ "version": 1, "exchanges": exchanges });
    sandbox.write(".countersign/journal.json", journal.to_string());

    let cut_off = sandbox.files();
    for command in ["check", "generate", "status", "run"] {
        let report = sandbox.json(&[command], 4);
        assert_eq!(report["problems"][0]["code"], "interrupted-accept", "{command}");
    }
    drop(sandbox.run(&["check"]).exits(4).says("countersign recover"));
    assert!(sandbox.files() == cut_off);
    let accepting = sandbox.copy();
    drop(sandbox.run(&["recover"]).exits(0));
    assert!(sandbox.files() == after.files());
    drop(sandbox.run(&["check"]).exits(0));
    drop(sandbox.run(&["recover"]).exits(0).says("nothing was interrupted"));
    drop(accepting.run(&["accept"]).exits(0));
    assert!(accepting.files() == after.files(), "an accept finishes what was cut off, too");
}

#[test]
fn data_goes_to_standard_output_and_everything_else_does_not() {
    let sandbox = contract("");
    let output = sandbox.run(&["check", "--output-format", "json"]).exits(0);
    assert_eq!(output.stderr, "");
    assert_eq!(output.json()["verdict"], "agreed");
    assert_eq!(sandbox.run(&["check", "--quiet"]).exits(0).stdout, "");
    let concise = sandbox.run(&["check", "--no-such-flag"]).exits(2);
    assert_eq!(concise.stdout, "");
}
