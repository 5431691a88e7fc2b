use crate::binary::{cargo, run, target};
use std::fs;

/// The component of a plugin of this workspace, built with these features.
pub fn component(package: &str, features: &[&str]) -> Vec<u8> {
    let module = module(package, features);
    let encode = || wit_component::ComponentEncoder::default().validate(true).module(&module)?.encode();
    encode().unwrap_or_else(|error| panic!("{package}: {error:#}"))
}

/// The core module of a plugin of this workspace, which is no component yet.
pub fn module(package: &str, features: &[&str]) -> Vec<u8> {
    // One folder for each set of features: the module's name is the same for all.
    let folder = target().join("plugins").join(format!("tests-{}", features.join("-")));
    let mut cargo = cargo();
    cargo.args(["build", "--quiet", "--profile", "plugin", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--package", package, "--features", &features.join(",")]).arg("--target-dir").arg(&folder);
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut cargo);
    let file = format!("wasm32-unknown-unknown/plugin/{}.wasm", package.replace('-', "_"));
    fs::read(folder.join(file)).expect("Cargo wrote the module")
}
