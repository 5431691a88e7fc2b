use super::http::{Reply, ask};
use super::process::{Process, supervised};
use crate::binary::{self, workspace};
use crate::python::needed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A GitHub with a memory (npm `emulate`): people, an App, repositories, git data, pull requests, comments and
/// webhooks. It has no `/dispatches`, no commit statuses and no `/commits/{sha}/pulls`, and unlike GitHub it
/// accepts a second pull request or webhook that is the same: what we must not send shows.
///
/// Its organisation `acme` has the repositories `api` and `archiver`, each with a README on `main`, and the private
/// repository `vault`; Ana owns it, and Bert is nobody there.
pub struct Emulator {
    process: Process,
    _folder: TempDir,
    modules: &'static Path,
}

impl Emulator {
    /// The token of Ana, who may do everything.
    pub const TOKEN: &str = "token-of-ana";
    /// The token of Bert, who may read what is public.
    pub const STRANGER: &str = "token-of-bert";
    /// The id of the GitHub App.
    pub const APP: u64 = 4711;
    /// The id of its installation in `acme`, for all repositories.
    pub const INSTALLATION: u64 = 42;

    /// An emulator of its own; none, with a line that says why, where it cannot be had. In CI that is a failure.
    #[track_caller]
    pub fn start() -> Option<Self> {
        static MODULES: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let modules = needed("the emulator of GitHub", MODULES.get_or_init(|| npm("emulator")))?.as_path();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(folder.path().join("seed.json"), seed(key(modules)).to_string())
            .expect("the folder can be written");
        let process = Process::listening("/rate_limit", |port| {
            let mut command = supervised(modules.join(".bin/node"));
            command.arg(modules.join("emulate/dist/index.js")).args(["start", "--service", "github"]);
            command.args([
                "--seed",
                "seed.json",
                "--port",
                &port.to_string(),
                "--base-url",
                &format!("http://127.0.0.1:{port}"),
            ]);
            command.current_dir(folder.path());
            command
        });
        Some(Self { process, _folder: folder, modules })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        self.process.url(path)
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The App's private key, as PEM.
    pub fn private_key(&self) -> &'static str {
        key(self.modules)
    }

    /// Ask as Ana.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let authorization = format!("Bearer {}", Self::TOKEN);
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = body.map(Value::to_string).unwrap_or_default();
        ask(method, &self.url(path), &headers, body.as_bytes())
            .unwrap_or_else(|error| panic!("{method} {path}: {error}\n{}", self.process.output()))
    }

    /// Everything at a path as Ana sees it.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, None).is(200).value()
    }

    /// Commit one file on a branch; the commit's name.
    #[track_caller]
    pub fn commit(&self, repository: &str, branch: &str, path: &str, content: &[u8]) -> String {
        let target = format!("/repos/{repository}/contents/{path}");
        let mut body = json!({ "message": format!("Write {path}"), "branch": branch,
            "content": STANDARD.encode(content) });
        let there = self.ask("GET", &format!("{target}?ref={branch}"), None);
        if there.status == 200 {
            body["sha"] = there.value()["sha"].clone();
        }
        let reply = self.ask("PUT", &target, Some(&body));
        assert!(matches!(reply.status, 200 | 201), "{}", String::from_utf8_lossy(&reply.body));
        text(&reply.value()["commit"]["sha"])
    }

    /// A file's content on a branch or at a commit; none where there is no such file.
    #[track_caller]
    pub fn file(&self, repository: &str, revision: &str, path: &str) -> Option<Vec<u8>> {
        let reply = self.ask("GET", &format!("/repos/{repository}/contents/{path}?ref={revision}"), None);
        let content = (reply.status == 200).then(|| text(&reply.is(200).value()["content"]))?;
        Some(STANDARD.decode(content.replace('\n', "")).expect("a file's content is base64"))
    }

    /// The branches, each with its commit.
    #[track_caller]
    pub fn branches(&self, repository: &str) -> BTreeMap<String, String> {
        let branches = self.list(&format!("/repos/{repository}/branches"));
        branches.iter().map(|branch| (text(&branch["name"]), text(&branch["commit"]["sha"]))).collect()
    }

    /// Every pull request, open or closed.
    #[track_caller]
    pub fn pulls(&self, repository: &str) -> Vec<Value> {
        self.list(&format!("/repos/{repository}/pulls?state=all"))
    }

    /// The commits of a branch, the newest first.
    #[track_caller]
    pub fn commits(&self, repository: &str, branch: &str) -> Vec<Value> {
        self.list(&format!("/repos/{repository}/commits?sha={branch}"))
    }

    /// The comments on a pull request.
    #[track_caller]
    pub fn comments(&self, repository: &str, number: u64) -> Vec<Value> {
        self.list(&format!("/repos/{repository}/issues/{number}/comments"))
    }

    /// The webhooks.
    #[track_caller]
    pub fn hooks(&self, repository: &str) -> Vec<Value> {
        self.list(&format!("/repos/{repository}/hooks"))
    }

    /// Open a pull request; its number.
    #[track_caller]
    pub fn open(&self, repository: &str, head: &str, base: &str) -> u64 {
        let body = json!({ "title": head, "head": head, "base": base });
        let pull = self.ask("POST", &format!("/repos/{repository}/pulls"), Some(&body)).is(201).value();
        pull["number"].as_u64().expect("a pull request has a number")
    }

    /// Merge a pull request.
    #[track_caller]
    pub fn merge(&self, repository: &str, number: u64) {
        let target = format!("/repos/{repository}/pulls/{number}/merge");
        drop(self.ask("PUT", &target, Some(&json!({}))).is(200));
    }

    /// Close a pull request without merging it.
    #[track_caller]
    pub fn close(&self, repository: &str, number: u64) {
        let target = format!("/repos/{repository}/pulls/{number}");
        drop(self.ask("PATCH", &target, Some(&json!({ "state": "closed" }))).is(200));
    }

    /// All pages of a list.
    #[track_caller]
    fn list(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let sign = if path.contains('?') { '&' } else { '?' };
        for page in 1.. {
            let part = self.get(&format!("{path}{sign}per_page=100&page={page}"));
            let part = part.as_array().unwrap_or_else(|| panic!("{path} is no list: {part}"));
            all.extend(part.iter().cloned());
            if part.len() < 100 {
                break;
            }
        }
        all
    }
}

/// Install the npm packages of a peer; the folder with its modules, or why they cannot be had.
pub(crate) fn npm(peer: &str) -> Result<PathBuf, String> {
    let folder = workspace().join("target/tools").join(peer);
    let mut command = Command::new(workspace().join("tests/tools/npm"));
    command.arg(&folder).arg(workspace().join("tests/tools/peers").join(peer));
    let output = command.output().map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(folder.join("node_modules")) } else { Err(why()) }
}

/// A private key for the App, the same for all emulators of this process, in the form in which GitHub gives it.
fn key(modules: &Path) -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let script = "process.stdout.write(require('crypto').generateKeyPairSync('rsa', { modulusLength: 2048, \
            privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, \
            publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey)";
        let key = binary::run(Command::new(modules.join(".bin/node")).args(["-e", script]));
        String::from_utf8(key).expect("a key is text")
    })
}

fn seed(key: &str) -> Value {
    let repository = |name: &str, private: bool| json!({ "owner": "acme", "name": name, "private": private });
    let person = |login: &str| json!({ "login": login, "email": format!("{login}@example.com") });
    json!({
        "tokens": {
            Emulator::TOKEN: { "login": "ana", "scopes": ["repo", "admin:org", "admin:repo_hook"] },
            Emulator::STRANGER: { "login": "bert", "scopes": ["repo"] },
        },
        "github": {
            "users": [person("ana"), person("bert")],
            "orgs": [{ "login": "acme", "members": [{ "login": "ana", "role": "admin" }] }],
            "repos": [repository("api", false), repository("archiver", false), repository("vault", true)],
            "apps": [{
                "app_id": Emulator::APP,
                "slug": "countersign",
                "name": "Countersign",
                "private_key": key,
                "permissions": { "contents": "write", "pull_requests": "write", "issues": "write",
                    "statuses": "write", "metadata": "read", "repository_hooks": "write" },
                "events": ["push", "pull_request"],
                "installations": [{ "installation_id": Emulator::INSTALLATION, "account": "acme" }],
            }],
        },
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
