//! What a generator does wrong: nothing of it lands, and the message names the tool.

use countersign_tests::{Sandbox, api, edited, is_running, pretty};
use serde_json::Value;
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
    // The child ignores the polite signal, and its parent waits for it.
    let script = "sh -c 'trap \"\" TERM; sleep 58.125; true' & setsid sleep 58.125 & wait";
    let sandbox = generated_by(script, "timeout = \"1s\"\n");
    let start = Instant::now();
    refused(&sandbox, "tool-timeout");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(!is_running("58.125"), "a process outlived its time limit");
}

#[test]
fn what_a_generator_writes_beside_its_output_is_discarded_and_named() {
    let script = "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\" && echo x > stray.txt";
    let sandbox = generated_by(script, "");
    let output = sandbox.run(&["accept"]).exits(0).says("stray.txt");
    assert!(output.stderr.contains("discarded") && !sandbox.holds("stray.txt"), "{}", output.stderr);
}

#[test]
fn a_new_client_is_generated_twice_and_one_that_differs_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.script(
        "tools/generator",
        "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\" && date +%s%N > \"$2/when\"",
    );
    sandbox.write(
        "pipeline.toml",
        "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
         [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\ngenerate = \"generator\"\n\n\
         [tools.generator]\ncommand = [\"tools/generator\", \"{spec}\", \"{out}\"]\n",
    );
    let before = sandbox.files();
    let report = sandbox.json(&["accept"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-not-deterministic", "{report:#}");
    assert!(
        report["problems"][0]["message"].as_str().is_some_and(|text| text.contains("`when`")),
        "{report:#}"
    );
    assert!(sandbox.files() == before);
}

#[test]
fn twice_proves_a_client_that_is_there_already() {
    let sandbox =
        generated_by("mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\" && date +%s%N > \"$2/when\"", "");
    let report = sandbox.json(&["check", "--twice"], 2);
    let problem = &report["contracts"][0]["clients"][0]["problems"][0];
    assert_eq!(problem["code"], "tool-not-deterministic", "{report:#}");
    let report = sandbox.json(&["generate", "--twice"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-not-deterministic", "{report:#}");
}

#[test]
fn a_client_that_shrank_is_refused_until_it_is_allowed() {
    let all = "mkdir -p \"$2\"; for i in 1 2 3 4 5 6 7 8 9; do cp \"$1\" \"$2/$i.json\"; done";
    let sandbox = generated_by(all, "");
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.script("tools/generator", &all.replace("4 5 6 7 8 9", ""));
    let before = sandbox.files();
    // A new document, so that the lock proves nothing.
    sandbox.write("openapi.json", pretty(&api()));
    let report = sandbox.json(&["accept"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-output-shrunk", "{report:#}");
    sandbox.write("openapi.json", pretty(&edited()));
    assert!(
        sandbox.files()
            == before
                .clone()
                .into_iter()
                .map(|(path, bytes)| {
                    let script = sandbox.read("tools/generator").into_bytes();
                    if path == "tools/generator" { (path, script) } else { (path, bytes) }
                })
                .collect()
    );
    drop(sandbox.run(&["accept", "--allow-shrink"]).exits(0));
    assert!(!sandbox.holds("typed/9.json") && sandbox.holds("typed/3.json"));
    sandbox.edit("pipeline.toml", "[tools.generator]", "[tools.generator]\nmax-shrink = 1");
    sandbox.script("tools/generator", "mkdir -p \"$2\"; cp \"$1\" \"$2/1.json\"");
    drop(sandbox.run(&["generate"]).exits(0));
}

#[test]
fn a_tool_in_another_version_than_the_lock_is_told_before_it_generates() {
    let script = "if [ \"$1\" = --version ]; then cat tools/version; exit; fi; echo ran >> /dev/null; \
                  mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\" && cp tools/version \"$2/version\"";
    let sandbox = generated_by(script, "probe = [\"tools/generator\", \"--version\"]\n");
    sandbox.write("tools/version", "generator 1.0\n");
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("Version 1.0");
    sandbox.write("tools/version", "generator 2.0\n");
    sandbox.write("typed/api.json", "edited");
    let report = sandbox.json(&["check"], 2);
    let client = &report["contracts"][0]["clients"][0];
    assert_eq!(
        (&client["cause"], &client["state"]),
        (&"tool-changed".into(), &"undecided".into()),
        "{report:#}"
    );
    let problem = &client["problems"][0];
    assert_eq!(problem["code"], "tool-changed");
    let causes = problem["causes"].to_string();
    assert!(
        causes.contains("`generator 2.0` here") && causes.contains("`generator 1.0` in the lock"),
        "{causes}"
    );
    let before = sandbox.files();
    let report = sandbox.json(&["generate"], 2);
    assert_eq!(report["problems"][0]["code"], "tool-changed");
    assert!(sandbox.files() == before);
    drop(sandbox.run(&["generate", "--upgrade"]).exits(0));
    assert!(sandbox.read("contracts/watcher/clients/typed.lock").contains("generator 2.0"));
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn setup_runs_when_a_program_is_absent_or_its_inputs_changed_and_never_for_no_tools() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write(".gitignore", "installed/\nsetups\n.countersign/\n");
    sandbox.write("version.txt", "1");
    sandbox.script("tools/generator", "mkdir -p \"$2\" && cp \"$1\" \"$2/api.json\"");
    sandbox
        .script("tools/install", "mkdir -p installed && cp tools/generator installed/ && echo ran >> setups");
    sandbox.write(
        "pipeline.toml",
        "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
         [clients.typed]\ncontract = \"watcher\"\noutput = \"typed\"\ngenerate = \"generator\"\n\n\
         [tools.generator]\ncommand = [\"installed/generator\", \"{spec}\", \"{out}\"]\n\
         setup = [[\"tools/install\"]]\ninputs = [\"version.txt\"]\n",
    );
    let runs = || if sandbox.holds("setups") { sandbox.read("setups").lines().count() } else { 0 };
    drop(sandbox.run(&["check", "--no-tools"]));
    assert_eq!(runs(), 0, "`--no-tools` installs nothing");
    drop(sandbox.run(&["accept"]).exits(0));
    assert_eq!(runs(), 1);
    drop(sandbox.run(&["generate"]).exits(0));
    assert_eq!(runs(), 1, "nothing changed");
    sandbox.write("version.txt", "2");
    drop(sandbox.run(&["generate"]).exits(0));
    assert_eq!(runs(), 2, "its input changed");
    drop(sandbox.run(&["generate"]).exits(0));
    assert_eq!(runs(), 2);
}
