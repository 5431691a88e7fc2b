use crate::binary::workspace;
use crate::python::needed;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with `zizmor`, `pre-commit` and a Python that reads YAML; none, with a line that says why, where
/// they cannot be had. In CI that is a failure.
pub fn linters() -> Option<&'static Path> {
    static LINTERS: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    needed("zizmor and pre-commit", LINTERS.get_or_init(set_up)).map(PathBuf::as_path)
}

fn set_up() -> Result<PathBuf, String> {
    let environment = workspace().join("target/tools/workflows");
    let mut setup = Command::new(workspace().join("tests/tools/setup"));
    setup.arg(&environment).arg(workspace().join("tests/tools/workflows/requirements.lock"));
    let output = setup.output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(environment.join("bin")) } else { Err(why()) }
}

/// A file at the top of this repository.
pub fn shipped(path: &str) -> PathBuf {
    workspace().join(path)
}
