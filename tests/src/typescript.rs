use crate::Sandbox;
use crate::binary::workspace;
use crate::python::or_skip;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// The TypeScript compiler as a script for `node`; none, with a line that says why, where it cannot be had. In CI
/// that is a failure.
pub fn typescript() -> Option<&'static Path> {
    static COMPILER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    or_skip(COMPILER.get_or_init(set_up), "TypeScript")
}

fn set_up() -> Result<PathBuf, String> {
    let folder = workspace().join("target/tools/typescript");
    let setup = workspace().join("tests/tools/typescript/setup");
    let output = Command::new(setup).arg(&folder).output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(folder.join("node_modules/typescript/bin/tsc")) } else { Err(why()) }
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

/// The example service of a sandbox, listening on this machine until it is dropped.
pub struct Service {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl Service {
    /// Start the service whose sources lie below `src`.
    #[track_caller]
    pub fn start(programs: &Path, sandbox: &Sandbox) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        let address = listener.local_addr().expect("it is bound");
        drop(listener);
        let mut uvicorn = Command::new(programs.join("uvicorn"));
        uvicorn.args(["watcher.app:app", "--app-dir", "src", "--log-level", "error"]);
        uvicorn.args(["--port", &address.port().to_string()]).current_dir(sandbox.root());
        let process = uvicorn.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut service =
            Self { process: process.expect("uvicorn is installed"), url: format!("http://{address}") };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = service.process.try_wait().expect("it can be waited for");
            assert!(ended.is_none(), "the service ended: {ended:?}");
            assert!(start.elapsed() < Duration::from_secs(60), "the service does not listen");
            thread::sleep(Duration::from_millis(50));
        }
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of the tests, as text.
pub fn program(name: &str) -> String {
    let path = workspace().join("tests/typescript").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
