//! As systemd and operators handle it: the example as a process of its own.

use crate::http::{get, try_request};
use crate::sign::{SECRET, github, push};
use countersign_serve::{SqliteStore, Store, Window};
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts the example through a shell, which says what comes before it.
    fn start(folder: &Path, before: &str, prepare: impl FnOnce(&mut Command)) -> Option<Self> {
        let receiver = crate::kill::receiver()?;
        std::fs::write(folder.join("secret"), SECRET).unwrap();
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{before} exec \"$@\"")).arg("sh").arg(receiver);
        command.args(["serve.db", "secret", "effects"].map(|name| folder.join(name)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        prepare(&mut command);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { address: line.trim().parse().unwrap(), child })
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn push(&self, id: &str) -> u16 {
        let body = push("acme/api-0", id, &format!("{id}'")).to_string().into_bytes();
        let answer =
            try_request(self.address, "POST", "/hooks/github", &github(SECRET, "push", id, &body), &body);
        answer.map_or(0, |answer| answer.status)
    }

    /// Asks it to end, and returns how it did and what it wrote.
    fn end(mut self) -> (Option<i32>, String) {
        self.signal("-TERM");
        let status = self.child.wait().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), log)
    }
}

#[test]
fn sigterm_drains_and_sighup_reloads() {
    let folder = TempDir::new().unwrap();
    let Some(process) = Process::start(folder.path(), "", |_| {}) else { return };
    assert_eq!(process.push("1"), 202);
    process.signal("-HUP");
    let began = Instant::now();
    while !get(process.address, "/metrics").body.contains("countersign_reloads_total{kind=\"in-sync\"} 1") {
        assert!(began.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(10));
    }
    let (status, log) = process.end();
    assert_eq!(status, Some(0), "{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(log.contains("\"event\":\"reload\"") && log.contains("\"in_time\":true"), "{log}");
}

#[test]
fn systemd_is_told_of_every_step_and_its_watchdog_is_fed() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("notify");
    let told = UnixDatagram::bind(&socket).unwrap();
    told.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let prepare = |command: &mut Command| {
        command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "300000");
    };
    let Some(process) = Process::start(folder.path(), "", prepare) else { return };
    let mut words = Vec::new();
    let mut hear = |until: &str| {
        while !words.iter().any(|word: &String| word.contains(until)) {
            let mut bytes = [0; 512];
            let length = told.recv(&mut bytes).unwrap_or_else(|error| panic!("no {until}: {error}"));
            words.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
        words.clear();
    };
    hear("READY=1");
    hear("WATCHDOG=1");
    process.signal("-HUP");
    hear("RELOADING=1");
    hear("READY=1");
    process.signal("-TERM");
    hear("STOPPING=1");
    assert_eq!(process.end().0, Some(0));
}

#[test]
fn a_socket_that_systemd_keeps_refuses_nobody_while_we_restart() {
    let folder = TempDir::new().unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let start = || {
        let handed = OwnedFd::from(socket.try_clone().unwrap());
        let before = "exec 3<&0 0</dev/null; LISTEN_PID=$$; LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS;";
        Process::start(folder.path(), before, |command| {
            command.stdin(Stdio::from(handed));
        })
    };
    let Some(first) = start() else { return };
    assert_eq!(first.address, address);
    assert_eq!(first.push("1"), 202);
    let (status, _) = first.end();
    assert_eq!(status, Some(0));
    let waiting = std::thread::spawn(move || get(address, "/healthz").status);
    std::thread::sleep(Duration::from_millis(200));
    let second = start().unwrap();
    assert_eq!(waiting.join().unwrap(), 200, "who came in between was served");
    assert_eq!(second.push("1"), 202);
    second.end();
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = TempDir::new().unwrap();
    // The largest file that it may write, in blocks of 512 bytes: the log of a few hundred deliveries.
    let Some(process) = Process::start(folder.path(), "trap '' XFSZ; ulimit -f 2000;", |_| {}) else {
        return;
    };
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for number in 0..600 {
        match process.push(&format!("d-{number}")) {
            202 => acknowledged.push(format!("github:d-{number}")),
            status => {
                assert_eq!(status, 503);
                refused += 1;
            }
        }
        if refused > 20 {
            break;
        }
    }
    assert!(
        refused > 20 && !acknowledged.is_empty(),
        "{refused} refused, {} acknowledged",
        acknowledged.len()
    );
    assert_eq!(get(process.address, "/healthz").status, 200);
    let mut child = process.child;
    child.kill().unwrap();
    child.wait().unwrap();
    let store = SqliteStore::open(&folder.path().join("serve.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let kept = runtime.block_on(store.deliveries(Window { limit: u32::MAX, ..Window::default() })).unwrap();
    for id in &acknowledged {
        assert!(kept.iter().any(|row| row.id == *id), "{id} is lost");
    }
}

#[test]
fn a_file_that_may_not_be_written_is_no_store() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("serve.db")).unwrap();
    let Some(receiver) = crate::kill::receiver() else { return };
    std::fs::write(folder.path().join("secret"), SECRET).unwrap();
    let output = Command::new(receiver)
        .args(["serve.db", "secret", "effects"].map(|name| folder.path().join(name)))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be opened"), "{output:?}");
}
