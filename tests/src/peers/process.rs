use super::http::ask;
use std::fs::{self, OpenOptions};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How long a peer may take to start; this machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(180);

/// Waits for the end of its standard input, which the test's process holds open, and then ends everything that
/// was started here: so nothing outlives a test that is killed, nor a peer in a `static`, which is never dropped.
const SUPERVISOR: &str = r#"
exec 3<&0
(read -r line <&3; kill -KILL 0) &
exec "$@" 3<&- </dev/null
"#;

/// A server in a process group of its own, which ends when this is dropped or with the test's process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    output: NamedTempFile,
    port: u16,
}

/// A command for [`Process::listening`].
pub(crate) fn supervised(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", SUPERVISOR, "peer"]).arg(program.as_ref());
    command
}

impl Process {
    /// Start the server that `command` makes for a port, and wait until it answers to `path`.
    #[track_caller]
    pub(crate) fn listening(path: &str, command: impl Fn(u16) -> Command) -> Self {
        // Somebody else may take the port between its choice and its use.
        for _ in 0..3 {
            let mut process = Self::start(free_port(), &command);
            if process.answers(path) {
                return process;
            }
            let output = process.output();
            assert!(output.contains("EADDRINUSE") || output.contains("in use"), "the peer ended: {output}");
        }
        panic!("no port is free for long enough");
    }

    fn start(port: u16, command: impl Fn(u16) -> Command) -> Self {
        let output = NamedTempFile::new().expect("a temporary file can be made");
        let said = || OpenOptions::new().append(true).open(output.path()).expect("the output can be written");
        let mut command = command(port);
        command.stdin(Stdio::piped()).stdout(said()).stderr(said()).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, output, port }
    }

    /// Whether it came to answer, and did not end before.
    fn answers(&mut self, path: &str) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while ask("GET", &self.url(path), &[], b"").is_err() {
            if self.child.try_wait().expect("the peer can be waited for").is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "the peer does not answer: {}", self.output());
            thread::sleep(Duration::from_millis(50));
        }
        true
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it said so far.
    pub(crate) fn output(&self) -> String {
        let text = fs::read(self.output.path()).expect("the output can be read");
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
    listener.local_addr().expect("it is bound").port()
}
