//! Plugins that misbehave: the host stays up, names what happened, and nothing lands.

use countersign_tests::{Sandbox, api, component, digest, edited, module, pretty};
use serde_json::{Value, json};
use std::sync::OnceLock;

fn hostile() -> &'static [u8] {
    static HOSTILE: OnceLock<Vec<u8>> = OnceLock::new();
    HOSTILE.get_or_init(|| component("hostile", &[]))
}

/// A repository whose canonicalizer is this component.
fn canonicalized_by(wasm: &[u8], stage: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write("plugins/hostile.wasm", wasm);
    let pipeline = format!(
        "[contracts.watcher]\ndump = \"openapi.json\"\ncanonicalize = {stage}\n\n[plugins.hostile]\n\
         source = \"path:plugins/hostile.wasm\"\n\
         limits = {{ memory = \"32MiB\", wall = \"1s\", output = \"1MiB\", log = \"16KiB\", calls = 1000 }}\n"
    );
    sandbox.write("pipeline.toml", pipeline);
    sandbox
}

fn behaving(behaviour: &str) -> Sandbox {
    canonicalized_by(hostile(), &format!("{{ use = \"hostile\", behaviour = \"{behaviour}\" }}"))
}

/// The one problem that keeps the run from deciding; it names contract, stage and component.
#[track_caller]
fn failed(sandbox: &Sandbox, code: &str) -> Value {
    let before = sandbox.files();
    let report = sandbox.json(&["check"], 2);
    let problem = report["contracts"][0]["problems"][0].clone();
    assert_eq!(problem["code"], code, "{report:#}");
    assert_ne!(sandbox.run(&["accept"]).status, 0);
    assert!(sandbox.files() == before, "something was written");
    problem
}

#[track_caller]
fn misbehaved(behaviour: &str, code: &str, said: &str) {
    let problem = failed(&behaving(behaviour), code);
    let message = problem["message"].as_str().expect("it is text");
    for part in ["`watcher`", "canonicalize", "hostile", said] {
        assert!(message.contains(part), "`{part}` is missing: {problem:#}");
    }
    let digest = &digest(hostile())[.."sha256:".len() + 12];
    assert!(problem["causes"].to_string().contains(digest), "{problem:#}");
    assert!(problem["hint"].is_string() || behaviour == "recurse", "{problem:#}");
}

#[test]
fn a_well_behaved_plugin_from_a_file_is_a_stage_like_any_other() {
    let sandbox = behaving("none");
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
    drop(sandbox.run(&["plugin", "list"]).exits(0).says("hostile"));
    drop(sandbox.run(&["plugin", "inspect", "plugins/hostile.wasm"]).exits(0).says("canonicalize"));
}

#[test]
fn a_plugin_that_never_ends_is_ended() {
    misbehaved("loop", "stage-limit", "longer than 1s");
}

#[test]
fn a_plugin_that_hoards_memory_is_ended() {
    misbehaved("memory", "stage-limit", "bytes of memory");
}

#[test]
fn a_plugin_that_panics_is_quoted() {
    misbehaved("panic", "stage-panicked", "the hostile stage gives up at paragraph 7");
}

#[test]
fn a_plugin_that_returns_too_much_is_refused() {
    misbehaved("output", "stage-limit", "returned more than");
}

#[test]
fn a_plugin_that_logs_too_much_is_ended() {
    misbehaved("log", "stage-limit", "logged more than");
}

#[test]
fn a_plugin_that_asks_without_end_is_ended() {
    misbehaved("calls", "stage-limit", "called the host more than");
}

#[test]
fn a_plugin_that_runs_out_of_stack_is_ended() {
    misbehaved("recurse", "stage-limit", "ran out of stack");
}

#[test]
fn a_pure_stage_that_asks_for_the_web_is_refused_before_it_runs() {
    let wasm = component("hostile", &["web"]);
    let sandbox = canonicalized_by(&wasm, "{ use = \"hostile\", behaviour = \"none\" }");
    let problem = failed(&sandbox, "missing-import");
    assert!(problem["message"].as_str().is_some_and(|text| text.contains("countersign:plugin/http")));
}

#[test]
fn a_plugin_of_another_kind_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    let pipeline = "[contracts.watcher]\ndump = \"openapi.json\"\ncanonicalize = \"diff-openapi\"\n";
    sandbox.write("pipeline.toml", pipeline);
    let problem = failed(&sandbox, "wrong-world");
    assert_eq!(problem["at"]["line"], 3, "{problem:#}");
}

#[test]
fn what_is_no_component_is_refused() {
    for bytes in [&b"not wasm"[..], &[], &module("hostile", &[])] {
        let sandbox = canonicalized_by(bytes, "{ use = \"hostile\", behaviour = \"none\" }");
        failed(&sandbox, "invalid-component");
    }
}

#[test]
fn a_plugin_s_own_keys_are_checked_against_the_schema_that_it_ships() {
    let sandbox = canonicalized_by(hostile(), "{ use = \"hostile\", behavior = \"none\" }");
    let problem = failed(&sandbox, "unknown-key");
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("`behaviour`")), "{problem:#}");
}

#[test]
fn a_plugin_that_is_not_there_is_named() {
    let sandbox = behaving("none");
    sandbox.remove("plugins/hostile.wasm");
    failed(&sandbox, "plugin-missing");
    sandbox.edit("pipeline.toml", "use = \"hostile\"", "use = \"canonicalize-opnapi\"");
    let problem = failed(&sandbox, "unknown-plugin");
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("canonicalize-openapi")));
}

#[test]
fn a_rule_of_one_s_own_adds_its_findings_to_those_of_the_differ() {
    let sandbox = Sandbox::new();
    let mut document = api();
    document["paths"]["/watches"]["x-owner"] = json!("monitoring");
    sandbox.write("openapi.json", pretty(&document));
    sandbox.write("plugins/operation-owner.wasm", component("operation-owner", &[]));
    sandbox.write(
        "pipeline.toml",
        "[pipeline]\nbaseline = \"HEAD\"\n[contracts.watcher]\ndump = \"openapi.json\"\ndiff = [\"diff-openapi\", \"operation-owner\"]\n\n\
         [plugins.operation-owner]\nsource = \"path:plugins/operation-owner.wasm\"\n",
    );
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("the record");
    sandbox.write("openapi.json", pretty(&edited()));

    let view = sandbox.json(&["diff", "watcher", "openapi.json", "--fail-on", "any"], 1);
    let changes = view["changes"].as_array().expect("changes");
    let plugins: Vec<_> = changes.iter().map(|change| &change["plugin"]).collect();
    assert_eq!(plugins, ["diff-openapi", "operation-owner"], "{view:#}");
    assert_eq!(changes[1]["summary"], "`POST /watches` has no `x-owner`");
    assert_eq!(changes[1]["before"], "monitoring");
    drop(sandbox.run(&["explain", "operation-without-owner"]).exits(0).says("answers for it"));

    // The document is what `check` compares too, and a finding of a rule of one's own is waived like any other.
    drop(sandbox.run(&["accept"]).exits(0));
    let report = sandbox.json(&["check"], 0);
    assert!(report.to_string().contains("operation-without-owner"), "{report:#}");
}
