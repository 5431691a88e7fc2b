use crate::binary::{self, workspace};
use crate::python::needed;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A Chromium, and what drives it.
#[derive(Debug)]
pub struct Browser {
    /// Chromium itself.
    pub program: PathBuf,
    /// The folder with `playwright-core` and `axe-core`, for `node`.
    pub modules: PathBuf,
    /// Whether pictures are to be kept: `SCREENSHOTS=1`.
    pub screenshots: bool,
}

/// A Chromium; none, with a line that says why, where it cannot be had. In CI that is a failure.
pub fn browser() -> Option<&'static Browser> {
    static BROWSER: OnceLock<Result<Browser, String>> = OnceLock::new();
    needed("Chromium and what drives it", BROWSER.get_or_init(set_up))
}

fn set_up() -> Result<Browser, String> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = binary::variable("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    let program = programs.find(|program| program.is_file()).ok_or("no Chromium was found")?;
    let folder = workspace().join("target/tools/browser");
    let mut setup = Command::new(workspace().join("tests/tools/npm"));
    let output = setup.arg(&folder).arg(workspace().join("tests/tools/browser")).output();
    let output = output.map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let modules = folder.join("node_modules");
    let screenshots = binary::variable("SCREENSHOTS").is_some();
    if output.status.success() { Ok(Browser { program, modules, screenshots }) } else { Err(why()) }
}

/// An empty folder below the target folder, to be looked into after the test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = binary::target().join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder below the target folder can be made");
    folder
}
