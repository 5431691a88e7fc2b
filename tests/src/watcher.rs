use crate::binary::{self, workspace};
use crate::{Sandbox, python};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// The line above the one whose removal was the incident, and the file that it stands in.
pub const INCIDENT: (&str, &str) =
    ("src/watcher/schemas/watches.py", "# incident: tests delete the next line\n");

/// The folder of the generated client.
pub const OUTPUT: &str = "clients/watcher-python/src/watcher_client/generated";

/// A link to the generator's programs. The configuration names it, so that a test can take them away without
/// changing the configuration.
pub const PROGRAMS: &str = ".programs";

/// The example service with its vendored client and a `pipeline.toml`, committed, and no record yet; none where
/// there is no Python.
pub fn fresh() -> Option<Sandbox> {
    static TEMPLATE: OnceLock<Option<Sandbox>> = OnceLock::new();
    TEMPLATE.get_or_init(|| python().map(service)).as_ref().map(Sandbox::copy)
}

/// The same with its record accepted and committed.
pub fn accepted() -> Option<Sandbox> {
    static TEMPLATE: OnceLock<Option<Sandbox>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let sandbox = fresh()?;
        drop(sandbox.run(&["accept"]).exits(0));
        sandbox.commit("Accept the contract");
        Some(sandbox)
    });
    template.as_ref().map(Sandbox::copy)
}

fn service(programs: &Path) -> Sandbox {
    let sandbox = Sandbox::new();
    binary::run(Command::new("cp").arg("-a").arg(workspace().join("tests/service/.")).arg(sandbox.root()));
    sandbox.write(".gitignore", format!("{PROGRAMS}\n.countersign/\n__pycache__/\n.ruff_cache/\n"));
    symlink(programs, sandbox.path(PROGRAMS)).expect("the repository can be written");
    sandbox.write("pipeline.toml", pipeline(programs));
    sandbox.commit("The service and its client");
    sandbox
}

/// The service's `pipeline.toml`, with the programs of its dump in this folder.
fn pipeline(programs: &Path) -> String {
    let programs = programs.display();
    format!(
        r#"[contracts.watcher]
format = "openapi"
dump = {{ command = ["python", "scripts/dump_openapi.py", "{{out}}"], path = ["{programs}"], inputs = ["src/**/*.py", "scripts/*.py"] }}
canonicalize = {{ use = "canonicalize-openapi", prune = ["/dashboard/**"] }}

[clients.watcher-python]
contract = "watcher"
root = "clients/watcher-python"
output = "src/watcher_client/generated"
generate = "openapi-python-client"
keep = ["py.typed"]

[tools.openapi-python-client]
command = ["openapi-python-client", "generate", "--path", "{{spec}}", "--meta", "none", "--output-path", "{{out}}", "--overwrite", "--fail-on-warning"]
path = ["../../{PROGRAMS}"]
probe = ["openapi-python-client", "--version"]
inputs = ["pyproject.toml"]
require = ["client.py", "models/__init__.py"]
fail-on-output = ["WARNING parsing", "pieces may be missing", "Skipping Integration"]
"#
    )
}
