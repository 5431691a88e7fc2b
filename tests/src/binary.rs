use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary under test: the one that `COUNTERSIGN` names, such as a release, or else this workspace's, built
/// once in the profile that the tests were built in.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(named) = variable("COUNTERSIGN") {
            return named.into();
        }
        let profile = profile();
        let mut cargo = cargo();
        // `--bin` and not `--package`: the features of the whole workspace, as `cargo test --workspace` has them, so
        // that the engine is not compiled a second time.
        cargo.args(["build", "--quiet", "--bin", "countersign"]).arg("--target-dir").arg(target());
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        run(&mut cargo);
        profile.join("countersign")
    })
}

/// A variable of the test's own environment.
#[expect(clippy::disallowed_methods, reason = "a test has no `main` that could hand it over")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Cargo, in the workspace.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace());
    cargo
}

/// Run a command that must succeed.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
    output.stdout
}

/// The workspace's folder.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// The target folder that the running test was built in.
pub(crate) fn target() -> PathBuf {
    profile().parent().expect("a profile's folder lies in the target folder").to_path_buf()
}

/// `target/debug`: a test runs from `target/debug/deps`.
fn profile() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    test.ancestors().nth(2).expect("a test lies two levels below the target folder").to_path_buf()
}

/// Whether a process with this argument runs anywhere.
pub fn is_running(argument: &str) -> bool {
    let entries = std::fs::read_dir("/proc").expect("there is a /proc").flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let exactly = |line: &Vec<u8>| line.split(|byte| *byte == 0).any(|word| word == argument.as_bytes());
    lines.filter(exactly).count() > 0
}
