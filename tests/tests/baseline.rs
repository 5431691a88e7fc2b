//! What the work tree is compared with, and what is said where that cannot be read.

use countersign_tests::{Sandbox, api, contract, edited, pretty};

const CONFIGURED: &str = "[pipeline]\nbaseline = \"origin/main\"\n";

#[test]
fn a_shallow_clone_that_does_not_hold_the_baseline_is_undecided() {
    let origin = contract(CONFIGURED);
    origin.git(&["switch", "--quiet", "--create", "topic"]);
    origin.write("openapi.json", pretty(&edited()));
    drop(origin.run(&["accept"]));
    origin.commit("Drop a field");
    let clone = origin.clone_with(&["--depth=1", "--branch=topic"]);
    let report = clone.json(&["check"], 2);
    assert_eq!(report["problems"][0]["code"], "baseline-unreadable");
    assert_eq!(report["baseline"]["is"], "unreadable");
    drop(clone.run(&["check"]).exits(2).says("fetch-depth: 0"));
    let whole = origin.clone_with(&["--branch=topic"]);
    assert_eq!(whole.json(&["check"], 0)["contracts"][0]["breaks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_shallow_clone_without_a_configured_baseline_is_undecided_too() {
    let origin = contract("");
    origin.git(&["switch", "--quiet", "--create", "topic"]);
    origin.commit("Nothing");
    let clone = origin.clone_with(&["--depth=1", "--branch=topic"]);
    clone.git(&["checkout", "--quiet", "--detach"]);
    clone.git(&["remote", "remove", "origin"]);
    drop(clone.run(&["check"]).exits(2).says("fetch-depth: 0"));
}

#[test]
fn a_baseline_that_names_nothing_is_undecided() {
    let sandbox = contract("[pipeline]\nbaseline = \"origin/mian\"\n");
    let report = sandbox.json(&["check"], 2);
    assert_eq!(report["problems"][0]["code"], "baseline-unreadable");
}

#[test]
fn a_folder_without_version_control_is_told_that_breaks_have_no_memory() {
    let sandbox = Sandbox::without_git();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = \"openapi.json\"\n");
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0).says("not under version control"));
    assert_eq!(sandbox.json(&["check"], 0)["baseline"]["is"], "no-version-control");
}

#[test]
fn a_repository_before_its_first_commit_is_checked() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = \"openapi.json\"\n");
    drop(sandbox.run(&["check"]).exits(1));
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn a_pipeline_below_the_repository_s_top_has_its_own_baseline() {
    let sandbox = Sandbox::new();
    sandbox.write("api/openapi.json", pretty(&api()));
    sandbox.write("api/pipeline.toml", "[contracts.watcher]\ndump = \"openapi.json\"\nblock = \"always\"\n");
    drop(sandbox.run(&["-C", "api", "accept"]).exits(0));
    sandbox.commit("Record the contract");
    sandbox.write("api/openapi.json", pretty(&edited()));
    drop(sandbox.run(&["-C", "api", "accept"]).exits(1));
    drop(sandbox.run(&["-C", "api", "check"]).exits(1).says("checked_at"));
}
