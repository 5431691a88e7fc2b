//! The built-in TypeScript generator: what it writes is read by the real compiler, and run against the real service.

use countersign_tests::{Sandbox, Service, api, fresh, pretty, program, python, typescript};
use std::path::Path;

/// A repository whose client is generated from a document, accepted.
fn generated(document: &str, settings: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", document);
    sandbox.write("pipeline.toml", pipeline(settings));
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox
}

fn pipeline(settings: &str) -> String {
    format!(
        "[contracts.api]\ndump = \"openapi.json\"\n\n\
         [clients.typed]\ncontract = \"api\"\noutput = \"typed/client\"\n\
         generate = {{ use = \"generate-typescript\"{settings} }}\n"
    )
}

/// Run a compiled program, which says so when all is well.
#[track_caller]
fn runs(sandbox: &Sandbox, folder: &str, arguments: &[&str]) {
    let output = sandbox.node(folder, arguments);
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim_end() == "all is well", "{said}\n{complained}");
}

#[test]
fn a_client_is_generated_without_a_tool_and_agrees_until_somebody_edits_it() {
    let sandbox = generated(&pretty(&api()), "");
    for file in ["client.ts", "index.ts", "runtime.ts", "schema.ts"] {
        assert!(sandbox.holds(&format!("typed/client/{file}")), "{file}");
    }
    assert!(sandbox.read("typed/client/schema.ts").contains("export interface WatchCreate {"));
    drop(sandbox.run(&["check"]).exits(0));
    sandbox.write("typed/client/index.ts", "// mine\n");
    drop(sandbox.run(&["check"]).exits(1).says("index.ts"));
    drop(sandbox.run(&["generate"]).exits(0));
    drop(sandbox.run(&["check"]).exits(0));
}

#[test]
fn the_stages_keys_decide_what_is_written() {
    let sandbox = generated(&pretty(&api()), ", client = false, import-extension = \"\"");
    assert!(!sandbox.holds("typed/client/client.ts"));
    assert!(sandbox.read("typed/client/index.ts").contains("from \"./schema\";"));
    sandbox.write("pipeline.toml", pipeline(", enums = \"class\""));
    drop(sandbox.run(&["check"]).exits(2).says("enums"));
}

#[test]
fn what_cannot_be_told_is_refused_with_its_place_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let mut document = api();
    document["paths"]["/watches"]["post"]["requestBody"] =
        serde_json::json!({ "$ref": "bodies.yaml#/watch" });
    sandbox.write("openapi.json", pretty(&document));
    sandbox.write("pipeline.toml", pipeline(""));
    let place = "/paths/~1watches/post/requestBody/$ref";
    drop(sandbox.run(&["accept"]).exits(2).says("bodies.yaml").says(place));
    assert!(!sandbox.holds("typed"));
}

#[test]
fn the_client_sends_and_reads_what_the_contract_says() {
    let Some(compiler) = typescript() else { return };
    let sandbox = generated(&program("wire.json"), "");
    sandbox.compile(&compiler, "typed", &["wire.ts", "assert.ts"]);
    runs(&sandbox, "typed", &["built/wire.js"]);
}

#[test]
fn no_text_of_a_document_can_break_out_of_the_program() {
    let Some(compiler) = typescript() else { return };
    for settings in ["", ", enums = \"const\""] {
        let sandbox = generated(&program("hostile.json"), settings);
        sandbox.compile(&compiler, "typed", &[]);
    }
}

#[test]
fn the_client_talks_to_the_service() {
    let (Some(compiler), Some(programs), Some(sandbox)) = (typescript(), python(), fresh()) else { return };
    let client = "\n[clients.watcher-typescript]\ncontract = \"watcher\"\noutput = \"clients/typed/client\"\n\
                  generate = { use = \"generate-typescript\" }\n";
    sandbox.write("pipeline.toml", sandbox.read("pipeline.toml") + client);
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.compile(&compiler, "clients/typed", &["watcher.ts", "assert.ts"]);
    talks(&sandbox, programs);
}

fn talks(sandbox: &Sandbox, programs: &Path) {
    let service = Service::start(programs, &sandbox.root());
    runs(sandbox, "clients/typed", &["built/watcher.js", &service.url()]);
}
