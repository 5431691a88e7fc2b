use crate::binary::{self, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with the Python programs of the example service and its generator; none, with a line that says
/// why, where they cannot be had. In CI that is a failure: a gate that skips is open.
pub fn python() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    needed("the Python tools", PROGRAMS.get_or_init(set_up)).map(PathBuf::as_path)
}

/// What was set up, or a line that says why not; in CI that is a failure.
pub(crate) fn needed<'a, T>(what: &str, set_up: &'a Result<T, String>) -> Option<&'a T> {
    match set_up {
        Ok(tools) => Some(tools),
        Err(why) => {
            assert!(!in_ci(), "{what} are needed in CI: {why}");
            eprintln!("skipped: {why}");
            None
        }
    }
}

fn set_up() -> Result<PathBuf, String> {
    let environment = workspace().join("target/tools/python");
    let setup = workspace().join("tests/tools/setup");
    let output = Command::new(setup).arg(&environment).output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(environment.join("bin")) } else { Err(why()) }
}

/// Whether this runs in CI, where nothing may be skipped.
pub fn in_ci() -> bool {
    binary::variable("CI").is_some_and(|value| value != "false" && value != "0")
}
