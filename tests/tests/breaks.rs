//! Breaks are counted from the baseline to the record, so that accepting hides none; waivers accept one.

use countersign_tests::{Sandbox, api, contract, edited, pretty};
use serde_json::{Value, json};

const EXTERNAL: &str =
    "\n[clients.archiver]\ncontract = \"watcher\"\nrepository = \"github:acme/archiver\"\n";
const WAIVERS: &str = "contracts/watcher/waivers.toml";

/// A branch on which the break was made and accepted.
fn broken(more: &str) -> Sandbox {
    let sandbox = contract(&format!("[pipeline]\nbaseline = \"main\"\n{more}"));
    sandbox.git(&["switch", "--quiet", "--create", "topic"]);
    sandbox.write("openapi.json", pretty(&edited()));
    drop(sandbox.run(&["accept"]));
    sandbox.commit("Drop a field");
    sandbox
}

#[track_caller]
fn break_of(report: &Value) -> &Value {
    let breaks = report["contracts"][0]["breaks"].as_array().expect("it is a list");
    assert_eq!(breaks.len(), 1, "{report:#}");
    &breaks[0]
}

#[track_caller]
fn waive(sandbox: &Sandbox) -> String {
    let report = sandbox.json(&["check"], 1);
    let fingerprint = break_of(&report)["fingerprint"].as_str().expect("it has one").to_owned();
    let waiver =
        ["waive", &fingerprint, "--owner", "ana", "--reason", "nobody reads it", "--until", "2999-12-31"];
    drop(sandbox.run(&waiver).exits(0));
    fingerprint
}

#[test]
fn a_break_that_reaches_only_clients_of_this_repository_is_told_and_does_not_block() {
    let sandbox = broken("");
    let report = sandbox.json(&["check"], 0);
    assert_eq!(break_of(&report)["state"], json!({ "is": "reported" }));
    drop(sandbox.run(&["check"]).exits(0).says("checked_at"));
}

#[test]
fn a_break_that_reaches_another_repository_blocks_even_when_it_was_accepted() {
    let sandbox = broken(EXTERNAL);
    let report = sandbox.json(&["check"], 1);
    assert_eq!(break_of(&report)["state"], json!({ "is": "blocking", "because": "external-client" }));
    assert_eq!(report["contracts"][0]["record"], "agreed");
    let fingerprint = break_of(&report)["fingerprint"].as_str().expect("it has one");
    drop(sandbox.run(&["check"]).exits(1).says(&format!("countersign waive {fingerprint}")));
}

#[test]
fn policy_may_block_always_or_never() {
    let always = broken("block = \"always\"\n");
    let report = always.json(&["check"], 1);
    assert_eq!(break_of(&report)["state"], json!({ "is": "blocking", "because": "policy" }));
    let never = broken(&format!("block = \"never\"\n{EXTERNAL}"));
    assert_eq!(break_of(&never.json(&["check"], 0))["state"], json!({ "is": "reported" }));
}

#[test]
fn a_waiver_accepts_its_break_until_the_baseline_holds_it_and_is_then_pruned() {
    let sandbox = broken(EXTERNAL);
    let fingerprint = waive(&sandbox);
    assert!(sandbox.read(WAIVERS).contains(&fingerprint));
    let report = sandbox.json(&["check"], 0);
    assert_eq!(break_of(&report)["state"], json!({ "is": "waived" }));
    assert_eq!(report["contracts"][0]["waivers"][0]["state"], "active");

    sandbox.commit("Waive the break");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.git(&["merge", "--quiet", "--ff-only", "topic"]);
    sandbox.git(&["switch", "--quiet", "--create", "later"]);
    let report = sandbox.json(&["check"], 0);
    assert_eq!(report["contracts"][0]["breaks"], json!([]));
    assert_eq!(report["contracts"][0]["waivers"][0]["state"], "spent");
    drop(sandbox.run(&["accept"]).exits(0));
    assert!(!sandbox.holds(WAIVERS), "the next accept prunes it");
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn a_waiver_whose_day_has_passed_blocks_again() {
    let sandbox = broken(EXTERNAL);
    waive(&sandbox);
    sandbox.edit(WAIVERS, "2999-12-31", "2001-01-01");
    let report = sandbox.json(&["check"], 1);
    assert_eq!(break_of(&report)["state"], json!({ "is": "waiver-expired" }));
}

#[test]
fn a_waiver_of_another_break_accepts_nothing() {
    let sandbox = broken(EXTERNAL);
    let fingerprint = waive(&sandbox);
    sandbox.edit(WAIVERS, &fingerprint, "0123456789abcdef");
    let report = sandbox.json(&["check"], 1);
    assert_eq!(report["contracts"][0]["waivers"][0]["state"], "unmatched");
}

#[test]
fn a_break_that_was_taken_back_is_forgotten() {
    let sandbox = broken(EXTERNAL);
    sandbox.write("openapi.json", pretty(&api()));
    drop(sandbox.run(&["accept"]).exits(0));
    let report = sandbox.json(&["check"], 0);
    assert_eq!(report["contracts"][0]["breaks"], json!([]));
}

#[test]
fn a_waiver_needs_a_known_break_and_a_day_to_come() {
    let sandbox = broken(EXTERNAL);
    let waive = |fingerprint: &str, until: &str| {
        sandbox.run(&["waive", fingerprint, "--owner", "ana", "--reason", "x", "--until", until]).exits(2)
    };
    drop(waive("0123456789abcdef", "2999-12-31").says("no break bears the fingerprint"));
    drop(waive("0123456789abcdef", "2001-01-01").says("has passed already"));
    assert!(!sandbox.holds(WAIVERS));
}

#[test]
fn a_break_that_is_not_accepted_yet_can_be_waived_in_the_same_change() {
    let sandbox = contract(&format!("[pipeline]\nbaseline = \"main\"\n{EXTERNAL}"));
    sandbox.git(&["switch", "--quiet", "--create", "topic"]);
    sandbox.write("openapi.json", pretty(&edited()));
    let report = sandbox.json(&["check"], 1);
    assert_eq!(report["contracts"][0]["breaks"], json!([]), "the record still says what the baseline says");
    drop(sandbox.run(&["accept"]).exits(1).says("blocks"));
    waive(&sandbox);
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn a_change_cannot_loosen_the_rule_that_it_is_judged_by() {
    let sandbox = broken(EXTERNAL);
    let configuration = sandbox.read("pipeline.toml");
    sandbox.write("pipeline.toml", configuration.replace(EXTERNAL, ""));
    assert_eq!(break_of(&sandbox.json(&["check"], 1))["state"]["because"], "external-client");
    let never = configuration.replace("[pipeline]\n", "[pipeline]\nblock = \"never\"\n");
    sandbox.write("pipeline.toml", never);
    assert_eq!(break_of(&sandbox.json(&["check"], 1))["state"]["because"], "external-client");
}

#[test]
fn another_file_name_does_not_make_a_new_contract() {
    let sandbox = broken(EXTERNAL);
    let configuration = sandbox.read("pipeline.toml");
    let renamed =
        configuration.replace("[contracts.watcher]\n", "[contracts.watcher]\nsnapshot = \"api.json\"\n");
    sandbox.write("pipeline.toml", renamed);
    drop(sandbox.run(&["accept"]).exits(1));
    assert_eq!(break_of(&sandbox.json(&["check"], 1))["change"]["direction"], "response");
}

#[test]
fn a_contract_that_another_repository_needs_cannot_be_renamed_away() {
    let sandbox = broken(EXTERNAL);
    let configuration = sandbox.read("pipeline.toml");
    sandbox.write(
        "pipeline.toml",
        configuration.replace("watcher\"", "viewer\"").replace("contracts.watcher", "contracts.viewer"),
    );
    let report = sandbox.json(&["check"], 2);
    let codes: Vec<_> =
        report["problems"].as_array().expect("a list").iter().map(|problem| &problem["code"]).collect();
    assert!(codes.contains(&&json!("contract-removed")), "{report:#}");
}
