use crate::{Sandbox, peers::free_port};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

/// The secret that deliveries to it are signed with.
pub const HOOK_SECRET: &str = "a secret that nobody guesses";

/// The token with which it is reloaded.
pub const RELOAD_TOKEN: &str = "a token that nobody guesses";

/// `countersign serve` of a sandbox, on a port of its own. It is killed when it is dropped.
pub struct Daemon {
    process: Child,
    address: String,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Daemon {
    /// Start it, and wait until it is ready.
    pub fn start(sandbox: &mut Sandbox) -> Self {
        sandbox.set("HOOK_SECRET", HOOK_SECRET);
        sandbox.set("RELOAD_TOKEN", RELOAD_TOKEN);
        Self::listening(sandbox, format!("127.0.0.1:{}", free_port()))
    }

    /// End it, and start it at the same address with the variables that the sandbox has by now.
    pub fn restarted(self, sandbox: &Sandbox) -> Self {
        let address = self.address.clone();
        drop(self);
        Self::listening(sandbox, address)
    }

    fn listening(sandbox: &Sandbox, address: String) -> Self {
        let process = sandbox.start(&["serve", "--listen", &address]);
        let daemon = Self { process, address };
        daemon.until("it is ready", || daemon.try_get("/readyz").is_some_and(|answer| answer.status == 200));
        daemon
    }

    /// Kill it, as a machine that fails does.
    pub fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }

    /// Ask it to end, and say with which status it did.
    pub fn end(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        drop(std::process::Command::new("kill").arg(&id).status());
        self.process.wait().expect("it ends").code()
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A page.
    pub fn get(&self, path: &str) -> Answered {
        self.try_get(path).expect("it answers")
    }

    /// A page that is JSON.
    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    fn try_get(&self, path: &str) -> Option<Answered> {
        self.send("GET", path, &[], b"")
    }

    /// A delivery as GitHub makes it.
    pub fn deliver(&self, event: &str, id: &str, payload: &Value) -> Answered {
        let body = payload.to_string();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(HOOK_SECRET.as_bytes()).expect("any key does");
        mac.update(body.as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let signature = format!("sha256={signature}");
        let headers =
            [("X-GitHub-Event", event), ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", &signature)];
        self.send("POST", "/hooks/github", &headers, body.as_bytes()).expect("it answers")
    }

    /// A reload.
    pub fn reload(&self, token: Option<&str>, wanted: &Value) -> Answered {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> =
            bearer.iter().map(|bearer| ("Authorization", bearer.as_str())).collect();
        self.send("POST", "/api/reload", &headers, wanted.to_string().as_bytes()).expect("it answers")
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answered> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\
             content-type: application/json\r\n{headers}\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answered { status, body: body.to_owned() })
    }

    /// Wait until something holds.
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let limit = Instant::now() + Duration::from_secs(120);
        while !holds() {
            assert!(Instant::now() < limit, "not within two minutes: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
