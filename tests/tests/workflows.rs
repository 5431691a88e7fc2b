//! What runs Countersign elsewhere: the workflows of `init --ci`, the action, the hook and the units, each read by
//! the program that it is made for.

use countersign_tests::{Output, Sandbox, binary, contract, linters, shipped};
use serde_json::Value;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";
const CHECK: &str = ".github/workflows/contracts.yml";
const PROPOSE: &str = ".github/workflows/contracts-propose.yml";
const OURS: &str = "[contracts.watcher]\ndump = \"openapi.json\"\n";
const THEIRS: &str = "[contracts.other]\nlive = \"http://localhost:9/openapi.json\"\n\n[contracts.third]\n\
                      provider = { repository = \"github:acme/third\", path = \"contracts/third/openapi.json\" }\n";
const TOLD: &str = r#"
[clients.archiver]
contract = "watcher"
repository = "github:acme/archiver"
notify = ["hook"]

[notify.hook]
use = "notify-webhook"
url = "https://hooks.example.com/a"
credential = "hook"

[credentials.hook]
from = "env:HOOK_SECRET"
allow = ["POST https://hooks.example.com/a"]
sign = "standard-webhooks"
"#;

fn sandbox(pipeline: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pipeline.toml", pipeline);
    sandbox
}

/// A project of both sides with the workflows for this CI.
fn both(ci: &str, more: &[&str]) -> Sandbox {
    let sandbox = sandbox(&format!("{OURS}{THEIRS}{TOLD}"));
    drop(sandbox.run(&[&["init", "--ci", ci], more].concat()).exits(0));
    sandbox
}

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A YAML document as JSON.
#[track_caller]
fn yaml(python: &Path, path: &Path) -> Value {
    let program = "import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))";
    output(Command::new(python.join("python")).args(["-c", program]).arg(path)).exits(0).json()
}

/// The scripts of all steps, each with its name.
fn scripts(document: &Value) -> Vec<(String, String)> {
    let jobs = document["jobs"].as_object().into_iter().flat_map(|jobs| jobs.values());
    let steps = jobs.chain([&document["runs"]]).filter_map(|job| job["steps"].as_array()).flatten();
    let script = |step: &Value| Some((step["name"].as_str()?.to_owned(), step["run"].as_str()?.to_owned()));
    steps.filter_map(script).collect()
}

#[track_caller]
fn script(document: &Value, name: &str) -> String {
    let all = scripts(document);
    let found = all.iter().find(|(given, _)| given == name);
    found.map(|(_, script)| script.clone()).unwrap_or_else(|| panic!("no step `{name}` in {all:?}"))
}

#[test]
fn a_provider_gets_one_workflow_and_a_consumer_two() {
    let provider = sandbox(OURS);
    drop(provider.run(&["init", "--ci", "github"]).exits(0).says("contracts.yml"));
    assert!(provider.holds(CHECK) && !provider.holds(PROPOSE));
    let consumer = sandbox(THEIRS);
    drop(consumer.run(&["init", "--ci", "github", "--event-type", "api-changed"]).exits(0));
    assert!(consumer.holds(CHECK));
    assert!(consumer.read(PROPOSE).contains("types: [\"api-changed\"]"));
}

#[test]
fn init_writes_configuration_and_workflows_at_once() {
    let sandbox = Sandbox::new();
    let flags =
        ["init", "--theirs", "--contract", "watcher", "--live", "http://localhost:9/a", "--ci", "gitea"];
    drop(sandbox.run(&flags).exits(0).says("Next").says("CONTRACTS_TOKEN"));
    assert!(sandbox.holds("pipeline.toml") && sandbox.holds(".gitea/workflows/contracts-propose.yml"));
}

#[test]
fn a_second_time_changes_nothing_and_a_file_that_differs_is_never_written_over() {
    let sandbox = both("github", &[]);
    let before = sandbox.files();
    drop(sandbox.run(&["init", "--ci", "github"]).exits(0).says("as it should be"));
    assert_eq!(sandbox.files(), before);
    sandbox.write(PROPOSE, "name: mine\n");
    sandbox.remove(CHECK);
    let refused = sandbox.run(&["init", "--ci", "github"]).exits(2);
    drop(refused.says("contracts-propose.yml` exists already").says(&format!("hint: rm {PROPOSE}")));
    assert_eq!(sandbox.read(PROPOSE), "name: mine\n");
    assert!(!sandbox.holds(CHECK), "all or nothing");
}

#[test]
fn a_file_in_the_way_keeps_the_configuration_from_being_written_too() {
    let sandbox = Sandbox::new();
    sandbox.write(CHECK, "name: mine\n");
    drop(sandbox.run(&["init", "--ours", "--dump-file", "a.json", "--ci", "github"]).exits(2));
    assert!(!sandbox.holds("pipeline.toml"));
}

#[test]
fn a_project_below_the_top_gets_its_workflows_at_the_top() {
    let sandbox = Sandbox::new();
    sandbox.write("services/watcher api/pipeline.toml", OURS);
    drop(sandbox.run(&["-C", "services/watcher api", "init", "--ci", "github"]).exits(0));
    assert!(sandbox.read(CHECK).contains("countersign -C 'services/watcher api' run"));
}

#[test]
fn only_a_whole_commit_pins_what_is_installed() {
    let sandbox = sandbox(OURS);
    drop(sandbox.run(&["init", "--ci", "github", "--rev", "main"]).exits(2).says("not a whole commit"));
    drop(sandbox.run(&["init", "--ci", "github", "--rev", REVISION]).exits(0));
    assert!(sandbox.read(CHECK).contains(&format!("COUNTERSIGN_REVISION: {REVISION}")));
}

#[test]
fn zizmor_finds_nothing_in_any_workflow_nor_in_the_action() {
    let Some(programs) = linters() else { return };
    let mut files = vec![shipped("action.yml")];
    let mut sandboxes = Vec::new();
    for ci in ["github", "gitea"] {
        for more in [&[][..], &["--rev", REVISION]] {
            let sandbox = both(ci, more);
            let names = ["contracts.yml", "contracts-propose.yml"];
            files.extend(names.map(|name| sandbox.path(&format!(".{ci}/workflows/{name}"))));
            sandboxes.push(sandbox);
        }
    }
    for file in files {
        let mut zizmor = Command::new(programs.join("zizmor"));
        zizmor.args(["--offline", "--no-config", "--format", "json"]).arg(&file);
        let found = output(&mut zizmor).exits(0).json();
        assert_eq!(found.as_array().map(Vec::len), Some(0), "{}: {found:#}", file.display());
    }
}

#[test]
fn what_is_written_is_yaml_and_its_scripts_are_shell() {
    let Some(python) = linters() else { return };
    let mut checked = 0;
    for (ci, files) in [
        ("github", &[CHECK, PROPOSE][..]),
        ("gitea", &[".gitea/workflows/contracts.yml", ".gitea/workflows/contracts-propose.yml"]),
    ] {
        let sandbox = both(ci, &["--rev", REVISION]);
        for file in files {
            let document = yaml(python, &sandbox.path(file));
            assert!(
                document["on"].is_object() && document["permissions"] == Value::Object(Default::default())
            );
            for (name, script) in scripts(&document) {
                assert!(!script.contains("${{"), "{name}: {script}");
                drop(output(Command::new("bash").args(["-n", "-c", &script])).exits(0));
                checked += 1;
            }
        }
    }
    assert!(checked > 10, "{checked}");
    let gitlab = both("gitlab", &["--rev", REVISION]);
    let document = yaml(python, &gitlab.path(".gitlab/contracts.yml"));
    let jobs: Vec<_> = document.as_object().expect("it is a map").keys().map(String::as_str).collect();
    assert_eq!(jobs, [".countersign", "contracts-check", "contracts-run", "contracts-live"]);
    assert_eq!(document["contracts-live"]["script"][0], "countersign check --live other");
}

/// A folder on the search path with this as `countersign`.
fn program(sandbox: &Sandbox, text: &str) -> String {
    sandbox.script("bin/countersign", text);
    let rest = std::env::join_paths(["/usr/local/bin", "/usr/bin", "/bin"]).expect("they have no colon");
    format!("{}:{}", sandbox.path("bin").display(), rest.to_string_lossy())
}

/// Run a step as a runner does, in an environment of its own.
fn step(sandbox: &Sandbox, script: &str, variables: &[(&str, &str)]) -> Output {
    let file = sandbox.root().with_file_name("step.sh");
    std::fs::write(&file, script).expect("the sandbox can be written");
    let mut shell = Command::new("bash");
    shell.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(file).current_dir(sandbox.root());
    shell.env_clear().env("HOME", sandbox.home()).envs(variables.iter().copied());
    output(&mut shell)
}

#[test]
fn the_backstop_passes_over_what_cannot_be_reached_and_over_nothing_else() {
    let Some(python) = linters() else { return };
    let sandbox = both("github", &[]);
    let document = yaml(python, &sandbox.path(PROPOSE));
    let path = program(&sandbox, "echo \"$@\"; exit \"$STATUS\"");
    let ask = |name: &str, status: &str| {
        step(&sandbox, &script(&document, name), &[("PATH", &path), ("STATUS", status)])
    };
    let repository = "Ask the provider's repository";
    drop(ask(repository, "0").exits(0).says("propose --output-format github\n"));
    let live = "propose --live --output-format github other\n";
    drop(ask("Ask the running service", "3").exits(0).says(live).says("::warning::"));
    drop(ask(repository, "1").exits(1));
    drop(ask(repository, "2").exits(2));
    drop(ask("Propose what the event brought", "3").exits(3));
}

/// The action's last step, in a project.
fn act(sandbox: &Sandbox, python: &Path, inputs: &[(&str, &str)]) -> (Output, String) {
    let root = sandbox.home().join("root");
    std::fs::create_dir_all(root.join("bin")).expect("the home can be written");
    let link = root.join("bin/countersign");
    if !link.exists() {
        symlink(binary(), link).expect("the home can be written");
    }
    let outputs = sandbox.home().join("outputs");
    let _ = std::fs::remove_file(&outputs);
    let script = script(&yaml(python, &shipped("action.yml")), "Run Countersign");
    let (root, told) = (root.display().to_string(), outputs.display().to_string());
    let path = std::env::join_paths(["/usr/local/bin", "/usr/bin", "/bin"]).expect("they have no colon");
    let path = path.to_string_lossy();
    let fixed = [("ROOT", root.as_str()), ("GITHUB_OUTPUT", &told), ("PATH", &path), ("FOLDER", ".")];
    let usual = [("COMMAND", "run"), ("ARGUMENTS", ""), ("ALLOW_UNREACHABLE", "false")];
    let ran = step(sandbox, &script, &[&fixed[..], &usual, inputs].concat());
    (ran, std::fs::read_to_string(outputs).unwrap_or_default())
}

#[test]
fn the_action_says_what_a_run_came_to() {
    let Some(python) = linters() else { return };
    let sandbox = contract("");
    let (ran, told) = act(&sandbox, python, &[]);
    drop(ran.exits(0));
    assert_eq!(told, "exit-code=0\nverdict=agreed\n");
    sandbox.write("openapi.json", countersign_tests::pretty(&countersign_tests::edited()));
    let (ran, told) = act(&sandbox, python, &[("COMMAND", "check"), ("ARGUMENTS", "watcher\n")]);
    drop(ran.exits(1).says("::error"));
    assert_eq!(told, "exit-code=1\nverdict=drift\n");
}

#[test]
fn what_is_given_to_the_action_is_never_a_command() {
    let Some(python) = linters() else { return };
    let sandbox = contract("");
    let inputs = [("ARGUMENTS", "$(touch pwned)\n`touch pwned`"), ("COMMAND", "check; touch pwned")];
    for input in inputs {
        let (ran, told) = act(&sandbox, python, &[input]);
        drop(ran.exits(2));
        assert_eq!(told, "exit-code=2\nverdict=undecided\n");
        assert!(!sandbox.holds("pwned"));
    }
}

#[test]
fn the_action_lets_an_unreachable_source_pass_where_it_is_told_to() {
    let Some(python) = linters() else { return };
    let sandbox = contract("");
    sandbox.edit(
        "pipeline.toml",
        "[contracts.watcher]\n",
        "[contracts.watcher]\nlive = \"http://127.0.0.1:9/a\"\n",
    );
    let live = [("COMMAND", "check"), ("ARGUMENTS", "--live")];
    let (ran, told) = act(&sandbox, python, &live);
    drop(ran.exits(3));
    assert_eq!(told, "exit-code=3\nverdict=unreachable\n");
    let (ran, _) = act(&sandbox, python, &[&live[..], &[("ALLOW_UNREACHABLE", "true")]].concat());
    drop(ran.exits(0).says("::warning::"));
}

#[test]
fn the_hook_stops_a_commit_that_the_record_does_not_know_of() {
    let Some(programs) = linters() else { return };
    let hooks = Sandbox::new();
    let text = std::fs::read(shipped(".pre-commit-hooks.yaml")).expect("it is shipped");
    hooks.write(".pre-commit-hooks.yaml", text);
    hooks.commit("The hook");
    let sandbox = contract("");
    let folder = sandbox.home().join("bin");
    std::fs::create_dir_all(&folder).expect("the home can be written");
    symlink(binary(), folder.join("countersign")).expect("the home can be written");
    let path = format!("{}:{}:/usr/local/bin:/usr/bin:/bin", folder.display(), programs.display());
    let hook = || {
        let mut hook = Command::new(programs.join("pre-commit"));
        hook.args(["try-repo", &hooks.root().display().to_string(), "countersign-check", "--all-files"]);
        hook.current_dir(sandbox.root()).env_clear().env("PATH", &path).env("HOME", sandbox.home());
        output(&mut hook)
    };
    drop(hook().exits(0).says("Passed"));
    sandbox.write("openapi.json", countersign_tests::pretty(&countersign_tests::edited()));
    sandbox.git(&["add", "--all"]);
    drop(hook().exits(1).says("Failed").says("countersign accept"));
}

#[test]
fn systemd_accepts_the_units() {
    let folder = Sandbox::without_git();
    let units = [
        "countersign-propose@.service",
        "countersign-propose@.timer",
        "countersign-serve.service",
        "countersign-serve.socket",
    ];
    for name in units {
        let text = std::fs::read_to_string(shipped("packaging/systemd").join(name)).expect("it is shipped");
        // The programs have to be there, and their places are this machine's.
        let text =
            text.replace("/usr/local/bin/countersign", "/bin/true").replace("/usr/bin/git", "/bin/true");
        folder.write(name, text);
    }
    let paths: Vec<PathBuf> = units.iter().map(|name| folder.path(name)).collect();
    match Command::new("systemd-analyze").arg("verify").args(&paths).output() {
        Err(error) => eprintln!("skipped: systemd-analyze cannot be run: {error}"),
        Ok(verified) => {
            let said = String::from_utf8_lossy(&verified.stderr);
            assert!(verified.status.success() && said.trim().is_empty(), "{said}");
        }
    }
}

#[test]
fn doctor_says_in_a_job_of_a_consumer_who_may_open_pull_requests() {
    let mut sandbox = sandbox(THEIRS);
    let warned = |sandbox: &Sandbox| sandbox.run(&["doctor"]).stdout.contains("start no workflows");
    assert!(!warned(&sandbox));
    sandbox.set("GITHUB_ACTIONS", "true");
    assert!(warned(&sandbox));
    let mut provider = contract("");
    provider.set("GITHUB_ACTIONS", "true");
    assert!(!warned(&provider));
}
