use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The example service, listening on this machine until it is dropped.
pub struct Service {
    process: Child,
    port: u16,
}

/// How long the service may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

impl Service {
    /// Start the service whose source is below this folder, with these Python programs.
    #[track_caller]
    pub fn start(programs: &Path, root: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let mut command = Command::new(programs.join("python"));
        command.args([
            "-m",
            "uvicorn",
            "watcher.app:app",
            "--app-dir",
            "src",
            "--host",
            "127.0.0.1",
            "--port",
        ]);
        command.arg(port.to_string()).current_dir(root).env("PYTHONDONTWRITEBYTECODE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("the service can be started");
        let mut service = Self { process, port };
        service.await_start();
        service
    }

    fn await_start(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().expect("the service can be waited for");
            assert!(ended.is_none(), "the service ended: {ended:?}");
            assert!(Instant::now() < deadline, "the service does not listen");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
