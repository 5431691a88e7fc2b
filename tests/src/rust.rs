use crate::binary::{self, workspace};
use crate::python::in_ci;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that Cargo builds of a folder with a committed `Cargo.lock`; none, with a line that says why, where
/// its crates cannot be had. In CI that is a failure.
///
/// All programs share a target folder, so that their dependencies are compiled once.
#[track_caller]
pub fn rust(folder: &Path, name: &str) -> Option<PathBuf> {
    let target = workspace().join("target/tools/rust-client");
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", &target);
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTC_WRAPPER");
        cargo
    };
    let fetched =
        cargo(&["fetch", "--locked", "--quiet"]).output().expect("Cargo runs, since it runs this test");
    if !fetched.status.success() {
        let why = String::from_utf8_lossy(&fetched.stderr).trim().to_owned();
        // A lock that does not fit is no missing crate.
        assert!(!in_ci() && !why.contains("--locked"), "the crates of {name} are needed: {why}");
        eprintln!("skipped: {why}");
        return None;
    }
    binary::run(&mut cargo(&["build", "--locked", "--offline", "--quiet"]));
    Some(target.join("debug").join(name))
}
