use crate::binary::{self, workspace};
use crate::python::needed;
use crate::{Sandbox, python};
use serde_json::Value;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// What the generated client of these tests is called, and the folder that it lies in.
pub const CLIENT: &str = "client";
/// The output of that client, relative to the repository.
pub const CLIENT_OUTPUT: &str = "client/src/generated";

/// The generators of the presets, installed from their lock files.
#[derive(Debug)]
pub struct Generators {
    folder: PathBuf,
}

impl Generators {
    /// The virtual environment with what PyPI carries.
    pub fn python(&self) -> PathBuf {
        self.folder.join("python")
    }

    /// The folder of the packages that npm carries.
    pub fn node_modules(&self) -> PathBuf {
        self.folder.join("node/node_modules")
    }

    /// A command of one of them, by its program's name.
    pub fn command(&self, program: &str) -> Command {
        let python = self.python().join("bin").join(program);
        let node = self.node_modules().join(".bin").join(program);
        Command::new(if python.exists() { python } else { node })
    }
}

/// The generators of the presets; none, with a line that says why, where they cannot be had. In CI that is a
/// failure: a gate that skips is open.
pub fn generators() -> Option<&'static Generators> {
    static GENERATORS: OnceLock<Result<Generators, String>> = OnceLock::new();
    needed("the generators of the presets", GENERATORS.get_or_init(set_up))
}

fn set_up() -> Result<Generators, String> {
    let folder = workspace().join("target/tools/generators");
    let setup = workspace().join("tests/tools/generators/setup");
    let output = Command::new(setup).arg(&folder).output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(Generators { folder }) } else { Err(why()) }
}

/// The example service and its committed client, which a preset generates; nothing is accepted yet.
pub fn service() -> Option<Sandbox> {
    let (document, generators) = (service_document()?, generators()?);
    let sandbox = Sandbox::new();
    binary::run(Command::new("cp").arg("-a").arg(workspace().join("tests/service/.")).arg(sandbox.root()));
    sandbox.write("openapi.json", format!("{document:#}\n"));
    sandbox.write(
        "pipeline.toml",
        "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
         [clients.watcher-python]\ncontract = \"watcher\"\nroot = \"clients/watcher-python\"\n\
         output = \"src/watcher_client/generated\"\nkeep = [\"py.typed\"]\n\
         generate = \"openapi-python-client\"\n",
    );
    sandbox.write(".gitignore", ".venv\n.countersign/\n__pycache__/\n.ruff_cache/\n");
    symlink(generators.python(), sandbox.path("clients/watcher-python/.venv"))
        .expect("the repository can be written");
    sandbox.commit("The service and its client");
    Some(sandbox)
}

/// The document of the example service, without its pages for people; none where there is no Python.
pub fn service_document() -> Option<&'static Value> {
    static DOCUMENT: OnceLock<Option<Value>> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| {
        let programs = python()?;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("openapi.json");
        let mut dump = Command::new(programs.join("python"));
        dump.arg("scripts/dump_openapi.py").arg(&file).env("PYTHONDONTWRITEBYTECODE", "1");
        binary::run(dump.current_dir(workspace().join("tests/service")));
        let text = std::fs::read(&file).expect("the service wrote its document");
        let mut document: Value = serde_json::from_slice(&text).expect("the document is JSON");
        let paths = document["paths"].as_object_mut().expect("the document has paths");
        paths.retain(|path, _| !path.starts_with("/dashboard/"));
        Some(document)
    });
    document.as_ref()
}

/// A repository with this document and a client that `generate` makes of it, committed and not accepted yet.
/// The generators stand where a project has them: `.venv` and `node_modules` in the client's folder. `more` is
/// what else its `pipeline.toml` says.
pub fn project(document: &Value, generate: &str, more: &str) -> Option<Sandbox> {
    let generators = generators()?;
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", format!("{document:#}\n"));
    sandbox.write(
        "pipeline.toml",
        format!(
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n\
             [clients.{CLIENT}]\ncontract = \"watcher\"\nroot = \"client\"\noutput = \"src/generated\"\n\
             keep = [\"kept/**\"]\ngenerate = {generate}\n\n{more}"
        ),
    );
    // A rule with a slash at its end is for folders, and these are links.
    sandbox.write(".gitignore", ".venv\nnode_modules\n.countersign/\n");
    sandbox.write("client/README.md", "A client\n");
    symlink(generators.python(), sandbox.path("client/.venv")).expect("the repository can be written");
    symlink(generators.node_modules(), sandbox.path("client/node_modules"))
        .expect("the repository can be written");
    sandbox.commit("The document");
    Some(sandbox)
}
