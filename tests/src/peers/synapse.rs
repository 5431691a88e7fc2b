use super::http::{Reply, ask};
use super::process::{Process, supervised};
use crate::binary::workspace;
use crate::python::needed;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A Matrix homeserver (PyPI `matrix-synapse`), shared by the tests of a process: each makes its own people and
/// rooms.
pub struct Synapse {
    process: Process,
    _folder: TempDir,
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id, such as `@bot-1:localhost`.
    pub id: String,
    /// The access token.
    pub token: String,
}

/// A public room.
#[derive(Clone, Debug)]
pub struct Room {
    /// The id, such as `!…`, with or without a server's name.
    pub id: String,
    /// The alias, such as `#watchers-1:localhost`.
    pub alias: String,
}

impl Synapse {
    /// A homeserver that limits nobody.
    #[track_caller]
    pub fn fast() -> Option<&'static Self> {
        static FAST: OnceLock<Synapse> = OnceLock::new();
        Self::shared(&FAST, true)
    }

    /// A homeserver with its own limit of messages: ten at once and then one in five seconds, for each person.
    #[track_caller]
    pub fn limited() -> Option<&'static Self> {
        static LIMITED: OnceLock<Synapse> = OnceLock::new();
        Self::shared(&LIMITED, false)
    }

    #[track_caller]
    fn shared(synapse: &'static OnceLock<Self>, fast: bool) -> Option<&'static Self> {
        static PROGRAMS: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let programs = needed("the Matrix homeserver", PROGRAMS.get_or_init(set_up))?;
        Some(synapse.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            let process = Process::listening("/_matrix/client/versions", |port| {
                // JSON is YAML.
                let configuration = configuration(port, fast).to_string();
                fs::write(folder.path().join("homeserver.yaml"), configuration).expect("it can be written");
                let mut command = supervised(programs.join("python"));
                command.args(["-m", "synapse.app.homeserver", "--config-path", "homeserver.yaml"]);
                command.current_dir(folder.path()).env("PYTHONDONTWRITEBYTECODE", "1");
                command
            });
            Self { process, _folder: folder }
        }))
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        self.process.url(path)
    }

    /// Register somebody; the name is made unique.
    #[track_caller]
    pub fn person(&self, name: &str) -> Person {
        let name = unique(name);
        let body = json!({ "auth": { "type": "m.login.dummy" }, "username": name, "password": name });
        let account = self.ask("POST", "/_matrix/client/v3/register", None, Some(&body)).is(200).value();
        Person { id: text(&account["user_id"]), token: text(&account["access_token"]) }
    }

    /// Make a public room with an alias; the name is made unique.
    #[track_caller]
    pub fn room(&self, owner: &Person, name: &str) -> Room {
        let name = unique(name);
        let body = json!({ "room_alias_name": name, "preset": "public_chat", "name": name });
        let room =
            self.ask("POST", "/_matrix/client/v3/createRoom", Some(owner), Some(&body)).is(200).value();
        Room { id: text(&room["room_id"]), alias: format!("#{name}:localhost") }
    }

    /// Let somebody join a room.
    #[track_caller]
    pub fn join(&self, person: &Person, room: &Room) {
        let target = format!("/_matrix/client/v3/join/{}", escaped(&room.id));
        drop(self.ask("POST", &target, Some(person), Some(&json!({}))).is(200));
    }

    /// Take somebody's membership of a room away for good.
    #[track_caller]
    pub fn ban(&self, owner: &Person, person: &Person, room: &Room) {
        let target = format!("/_matrix/client/v3/rooms/{}/ban", escaped(&room.id));
        drop(self.ask("POST", &target, Some(owner), Some(&json!({ "user_id": person.id }))).is(200));
    }

    /// The messages of a room as somebody in it reads them, the oldest first: whole events.
    #[track_caller]
    pub fn messages(&self, reader: &Person, room: &Room) -> Vec<Value> {
        let (mut messages, mut from) = (Vec::new(), String::new());
        loop {
            let target =
                format!("/_matrix/client/v3/rooms/{}/messages?dir=f&limit=1000{from}", escaped(&room.id));
            let page = self.ask("GET", &target, Some(reader), None).is(200).value();
            let events = page["chunk"].as_array().expect("a page has events");
            messages.extend(events.iter().filter(|event| event["type"] == "m.room.message").cloned());
            let Some(end) = page["end"].as_str().filter(|_| !events.is_empty()) else { return messages };
            from = format!("&from={end}");
        }
    }

    /// Ask as somebody, or as nobody.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, person: Option<&Person>, body: Option<&Value>) -> Reply {
        let authorization = person.map(|person| format!("Bearer {}", person.token)).unwrap_or_default();
        let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
        let headers = if person.is_some() { &headers[..] } else { &headers[..1] };
        let body = body.map(Value::to_string).unwrap_or_default();
        ask(method, &self.url(path), headers, body.as_bytes())
            .unwrap_or_else(|error| panic!("{method} {path}: {error}\n{}", self.process.output()))
    }
}

fn configuration(port: u16, fast: bool) -> Value {
    let high = json!({ "per_second": 100_000, "burst_count": 100_000 });
    let mut configuration = json!({
        "server_name": "localhost",
        "report_stats": false,
        "pid_file": "homeserver.pid",
        "media_store_path": "media",
        "listeners": [{ "type": "http", "bind_addresses": ["127.0.0.1"], "port": port, "tls": false,
            "resources": [{ "names": ["client"], "compress": false }] }],
        "database": { "name": "sqlite3", "args": { "database": ":memory:" } },
        // Nothing here is worth a secret.
        "signing_key": "ed25519 a_test AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "macaroon_secret_key": "macaroon",
        "form_secret": "form",
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "enable_registration": true,
        "enable_registration_without_verification": true,
        "bcrypt_rounds": 4,
        "rc_registration": high,
        "rc_login": { "address": high, "account": high, "failed_attempts": high },
        "rc_joins": { "local": high, "remote": high },
        "rc_room_creation": high,
    });
    if fast {
        configuration["rc_message"] = high;
    }
    configuration
}

fn set_up() -> Result<PathBuf, String> {
    let environment = workspace().join("target/tools/synapse");
    let mut command = Command::new(workspace().join("tests/tools/setup"));
    command.arg(&environment).arg(workspace().join("tests/tools/peers/synapse/requirements.lock"));
    let output = command.output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(environment.join("bin")) } else { Err(why()) }
}

fn unique(name: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What stands in a path for an id.
fn escaped(id: &str) -> String {
    id.replace('!', "%21").replace('#', "%23").replace(':', "%3A")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
