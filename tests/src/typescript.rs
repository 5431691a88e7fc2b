use crate::binary::workspace;
use crate::{Sandbox, generators};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The TypeScript compiler as a script for `node`; none, with a line that says why, where it cannot be had. In CI
/// that is a failure.
pub fn typescript() -> Option<PathBuf> {
    generators().map(|generators| generators.node_modules().join("typescript/bin/tsc"))
}

impl Sandbox {
    /// Compile the TypeScript below a folder, with these programs of `tests/typescript` beside it, into `built/`.
    #[track_caller]
    pub fn compile(&self, compiler: &Path, folder: &str, programs: &[&str]) {
        self.write(&format!("{folder}/package.json"), "{ \"type\": \"module\" }\n");
        for name in programs.iter().chain(&["tsconfig.json"]) {
            self.write(&format!("{folder}/{name}"), program(name));
        }
        let output = self.node(folder, &[&compiler.display().to_string(), "--project", "."]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
    }

    /// Run node in a folder.
    pub fn node(&self, folder: &str, arguments: &[&str]) -> Output {
        Command::new("node")
            .args(arguments)
            .current_dir(self.path(folder))
            .output()
            .expect("node can be started")
    }
}

/// A program of the tests, as text.
pub fn program(name: &str) -> String {
    let path = workspace().join("tests/typescript").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
