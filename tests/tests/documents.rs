//! What stands in place of a document in real life: each is named, and nothing of it lands.

use countersign_tests::{Sandbox, api, contract, pretty};
use serde_json::Value;

const SNAPSHOT: &str = "contracts/watcher/openapi.json";

/// `check` and `accept` cannot decide, for this reason, and change nothing.
#[track_caller]
fn refused(sandbox: &Sandbox, code: &str) -> Value {
    let before = sandbox.files();
    let report = sandbox.json(&["check"], 2);
    let problem = &report["contracts"][0]["problems"][0];
    assert_eq!(problem["code"], code, "{report:#}");
    assert_eq!(report["contracts"][0]["record"], "undecided", "{report:#}");
    let accepted = sandbox.json(&["accept"], 2);
    assert_eq!(accepted["problems"][0]["code"], code, "{accepted:#}");
    assert!(sandbox.files() == before, "something was written");
    problem.clone()
}

#[track_caller]
fn dumped(document: &str, code: &str) -> Value {
    let sandbox = contract("");
    sandbox.write("openapi.json", document);
    refused(&sandbox, code)
}

#[test]
fn a_log_line_on_standard_output_asks_for_out() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.script("dump", "echo '{\"level\": \"info\", \"message\": \"started\"}'; cat openapi.json");
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = { command = [\"./dump\"] }\n");
    let problem = refused(&sandbox, "log-line");
    assert!(problem["message"].as_str().is_some_and(|text| text.contains("begins with a log line")));
    assert!(problem["hint"].as_str().is_some_and(|text| text.contains("`{out}`")), "{problem:#}");
}

#[test]
fn a_dump_that_prints_nothing_but_its_document_needs_no_out() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.script("dump", "cat openapi.json; echo started >&2");
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = { command = [\"./dump\"] }\n");
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn a_dump_that_fails_shows_what_it_said() {
    let sandbox = Sandbox::new();
    sandbox.script("dump", "echo 'ImportError: no module named watcher' >&2; exit 1");
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = { command = [\"./dump\", \"{out}\"] }\n");
    let problem = refused(&sandbox, "tool-failed");
    assert!(problem["causes"].to_string().contains("ImportError"), "{problem:#}");
}

#[test]
fn an_error_page_is_no_document() {
    dumped("<!doctype html><html><body>Bad Gateway</body></html>", "html-page");
}

#[test]
fn a_document_that_was_cut_off_is_no_document() {
    let whole = pretty(&api());
    dumped(&whole[..whole.len() / 2], "truncated");
}

#[test]
fn a_document_without_an_api_in_it_is_refused() {
    dumped(r#"{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{}}"#, "empty-spec");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let twice = pretty(&api()).replacen("\"info\"", "\"openapi\": \"3.0.0\", \"info\"", 1);
    dumped(&twice, "duplicate-key");
}

#[test]
fn an_empty_file_is_no_document() {
    dumped("", "empty-document");
}

/// The snapshot of a sound record is replaced.
#[track_caller]
fn damaged(code: &str, damage: impl Fn(&str) -> String) -> Value {
    let sandbox = contract("");
    sandbox.write(SNAPSHOT, damage(&sandbox.read(SNAPSHOT)));
    let before = sandbox.files();
    let report = sandbox.json(&["check"], 2);
    let problems = report["contracts"][0]["problems"].as_array().expect("it is a list").clone();
    let problem = problems.iter().find(|problem| problem["code"] == code).cloned();
    assert!(sandbox.files() == before, "check wrote something");
    let problem = problem.unwrap_or_else(|| panic!("no {code}: {report:#}"));
    assert_eq!(problem["at"]["file"], SNAPSHOT);
    assert!(problem["hint"].is_string());
    problem
}

#[test]
fn a_merge_conflict_in_the_snapshot_is_named() {
    damaged("merge-conflict", |text| format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> topic\n"));
}

#[test]
fn a_snapshot_that_git_gave_other_line_ends_is_named() {
    let problem = damaged("crlf", |text| text.replace('\n', "\r\n"));
    assert!(problem["hint"].as_str().is_some_and(|text| text.contains(".gitattributes")));
}

#[test]
fn a_pointer_in_place_of_the_snapshot_is_named() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    damaged("lfs-pointer", |_| pointer.into());
}

#[test]
fn a_snapshot_that_was_edited_by_hand_is_told_from_drift() {
    damaged("snapshot-edited", |text| text.replace("Found", "Was found"));
}

#[test]
fn accept_cures_a_damaged_snapshot() {
    let sandbox = contract("");
    let before = sandbox.files();
    sandbox.write(SNAPSHOT, "<<<<<<< HEAD\n");
    drop(sandbox.run(&["accept"]).exits(0));
    assert!(sandbox.files() == before);
}

#[test]
fn a_contract_folder_that_nobody_declares_is_a_problem() {
    let sandbox = contract("");
    sandbox.write("contracts/forgotten/openapi.json", "{}\n");
    let report = sandbox.json(&["check"], 2);
    assert_eq!(report["problems"][0]["code"], "undeclared-contract");
    assert_eq!(report["contracts"][0]["verdict"], "agreed", "one contract's failure hides no other");
}
