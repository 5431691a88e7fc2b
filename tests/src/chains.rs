use crate::binary::workspace;
use crate::python::needed;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The runners that teams start their tools by, installed from their lock files.
#[derive(Debug)]
pub struct Chains {
    folder: PathBuf,
}

impl Chains {
    /// A program of the virtual environment: `python`, `uv`, `poetry`.
    pub fn python(&self, program: &str) -> PathBuf {
        self.folder.join("python/bin").join(program)
    }

    /// The folder with the programs of the npm packages: `pnpm`.
    pub fn node(&self) -> PathBuf {
        self.folder.join("node/node_modules/.bin")
    }
}

/// The runners; none, with a line that says why, where they cannot be had. In CI that is a failure.
pub fn chains() -> Option<&'static Chains> {
    static CHAINS: OnceLock<Result<Chains, String>> = OnceLock::new();
    needed("uv, poetry, npm and pnpm", CHAINS.get_or_init(set_up))
}

fn set_up() -> Result<Chains, String> {
    let folder = workspace().join("target/tools/chains");
    let setup = workspace().join("tests/tools/generators/setup");
    let mut command = Command::new(setup);
    command.arg(&folder).arg(workspace().join("tests/tools/chains"));
    let output = command.output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(Chains { folder }) } else { Err(why()) }
}
