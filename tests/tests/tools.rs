//! What a generator does wrong: nothing of it lands, and the message names the tool.

use countersign_tests::{Sandbox, api, edited, pretty};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// A client that a shell script generates, accepted and committed.
fn generated_by(script: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.script("tools/generator", "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\"");
    let pipeline = |more: &str| {
        format!(
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
             [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\ngenerate = \"generator\"\n\n\
             [tools.generator]\ncommand = [\"tools/generator\", \"{{spec}}\", \"{{out}}\"]\n{more}"
        )
    };
    sandbox.write("pipeline.toml", pipeline(""));
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("Record the contract");
    sandbox.script("tools/generator", script);
    sandbox.write("pipeline.toml", pipeline(more));
    sandbox.write("openapi.json", pretty(&edited()));
    sandbox
}

/// Neither `accept` nor `generate` gives anything, and no byte changes.
#[track_caller]
fn refused(sandbox: &Sandbox, code: &str) -> Value {
    let before = sandbox.files();
    let mut problem = Value::Null;
    for command in ["generate", "accept"] {
        let report = sandbox.json(&[command], 2);
        problem = report["problems"][0].clone();
        assert_eq!(problem["code"], code, "{command}: {report:#}");
        assert!(sandbox.files() == before, "{command} left something");
    }
    problem
}

#[test]
fn a_missing_generator_is_named_with_what_to_do_about_it() {
    let sandbox = generated_by("exit 0", "path = [\"/nowhere\"]\n");
    sandbox.edit("pipeline.toml", "command = [\"tools/generator\"", "command = [\"no-such-generator\"");
    let problem = refused(&sandbox, "tool-not-found");
    assert!(
        problem["message"].as_str().is_some_and(|text| text.contains("`no-such-generator` was not found"))
    );
    assert!(problem["hint"].as_str().is_some_and(|text| text.contains("[tools.generator]")), "{problem:#}");
    let report = sandbox.json(&["check"], 2);
    assert_eq!(report["contracts"][0]["clients"][0]["state"], "undecided");
}

#[test]
fn a_warning_on_the_way_to_exit_status_zero_is_a_failure() {
    let script = "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\"; echo 'WARNING parsing GET /watches' >&2";
    let sandbox = generated_by(script, "fail-on-output = [\"WARNING parsing\"]\n");
    let problem = refused(&sandbox, "tool-output-damaged");
    assert!(problem["causes"][0].as_str().is_some_and(|cause| cause.contains("GET /watches")), "{problem:#}");
}

#[test]
fn a_generator_that_fails_shows_the_end_of_what_it_printed() {
    let sandbox = generated_by("echo 'no template' >&2; exit 3", "");
    let problem = refused(&sandbox, "tool-failed");
    assert!(problem["message"].as_str().is_some_and(|text| text.contains("status 3")), "{problem:#}");
    assert!(problem["causes"].to_string().contains("no template"), "{problem:#}");
}

#[test]
fn a_generator_that_writes_nothing_is_refused() {
    refused(&generated_by("exit 0", ""), "tool-no-output");
}

#[test]
fn a_generator_that_writes_a_link_is_refused() {
    refused(&generated_by("mkdir -p \"$2\"; ln -s /etc/passwd \"$2/secrets\"", ""), "tool-output-unfit");
}

#[test]
fn a_generator_past_its_time_limit_is_killed_with_all_its_children() {
    let pids = tempfile::tempdir().expect("a temporary folder can be made");
    let file = pids.path().join("pids");
    // The child ignores the polite signal, and its parent waits for it.
    let script =
        format!("sh -c 'trap \"\" TERM; echo $$ >> {0}; sleep 60' & echo $$ >> {0}; wait", file.display());
    let sandbox = generated_by(&script, "timeout = \"1s\"\n");
    let start = Instant::now();
    refused(&sandbox, "tool-timeout");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let pids = std::fs::read_to_string(file).expect("the script ran");
    assert!(pids.lines().count() >= 2);
    for pid in pids.lines() {
        assert!(has_ended(pid), "process {pid} outlived its time limit");
    }
}

/// Whether a process is gone, or only waits for somebody to look at its end.
fn has_ended(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    status.map_or(true, |status| status.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

#[test]
fn what_a_generator_writes_beside_its_output_is_discarded_and_named() {
    let script = "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\" && echo x > stray.txt";
    let sandbox = generated_by(script, "");
    let output = sandbox.run(&["accept"]).exits(0).says("stray.txt");
    assert!(output.stderr.contains("discarded") && !sandbox.holds("stray.txt"), "{}", output.stderr);
}
