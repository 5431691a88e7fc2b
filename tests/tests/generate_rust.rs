//! The Rust client that is generated in the sandbox: it compiles, and it talks to the service whose document it
//! was made of.

use countersign_tests::{PROGRAMS, Sandbox, Service, fresh, python, rust};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

const CLIENT: &str = "clients/rust-roundtrip";

/// The zoo is a document of everything that is hard to bring to Rust.
const CLIENTS: &str = r#"
[clients.watcher-rust]
contract = "watcher"
root = "clients/rust-roundtrip"
output = "generated"
generate = { use = "generate-rust", crate = "watcher-client" }

[contracts.zoo]
dump = "zoo.json"

[clients.zoo-rust]
contract = "zoo"
root = "clients/rust-roundtrip"
output = "zoo"
generate = { use = "generate-rust", crate = "zoo-client", interface = "positional", constraints = "checked", types = "all" }
"#;

/// The file of this repository at a path.
fn own(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace");
    fs::read(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The example service with a program that uses its Rust client, and the record accepted.
fn accepted() -> Option<Sandbox> {
    let sandbox = fresh()?;
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        sandbox.write(&format!("{CLIENT}/{file}"), own(&format!("tests/{CLIENT}/{file}")));
    }
    sandbox.write("zoo.json", own("plugins/generate-rust/cases/zoo.json"));
    let pipeline = sandbox.read("pipeline.toml");
    sandbox.write("pipeline.toml", format!("{pipeline}{CLIENTS}"));
    sandbox.commit("A program that uses the Rust client");
    drop(sandbox.run(&["accept"]).exits(0).says("POST /api/v1/imports"));
    sandbox.commit("Accept the contracts");
    Some(sandbox)
}

#[test]
fn a_generated_rust_client_compiles_and_talks_to_its_service() {
    let Some(sandbox) = accepted() else { return };
    let Some(programs) = python() else { return };
    let Some(program) = rust(&sandbox.path(CLIENT), "rust-roundtrip") else { return };
    let service = Service::start(programs, &sandbox.root());
    let output = Command::new(program).arg(service.url()).env("NO_PROXY", "127.0.0.1").output();
    let output = output.expect("the program can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("round trip: ok"), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_rust_client_is_agreed_again_without_any_tool() {
    let Some(sandbox) = accepted() else { return };
    sandbox.remove(PROGRAMS);
    let before = sandbox.files();
    // Only the Rust clients: the Python one needs its generator.
    drop(sandbox.run(&["generate", "watcher-rust", "zoo-rust"]).exits(0));
    assert_eq!(sandbox.files(), before, "the same record gives the same bytes");

    sandbox.edit(&format!("{CLIENT}/generated/Cargo.toml"), "version = \"0.1.0\"", "version = \"0.2.0\"");
    let report = sandbox.json(&["generate", "watcher-rust", "zoo-rust"], 0);
    let clients = report["contracts"].as_array().expect("it is a list").iter();
    let states: Vec<_> =
        clients.flat_map(|contract| contract["clients"].as_array().cloned().unwrap_or_default()).collect();
    assert!(states.iter().any(|client| client["name"] == json!("watcher-rust")), "{states:?}");
    assert_eq!(sandbox.files(), before, "what was edited by hand is as it was generated");
}
