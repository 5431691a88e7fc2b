use super::process::{Process, supervised};
use super::{Behaviour, Exchange, FaultServer};
use crate::Request;
use crate::binary::workspace;
use crate::python::needed;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A server that holds each request against the description that a forge publishes, and answers what the
/// description's examples say (npm `@stoplight/prism-cli`). It remembers nothing; one serves all tests of a process,
/// each by way of a front of its own that remembers what that test asked.
///
/// A slash within a parameter is `%2F`: `/git/ref/heads%2Fmain`. A header `Prefer: code=404` asks for that answer.
pub struct Prism {
    front: FaultServer,
}

impl Prism {
    /// GitHub by its own description (npm `@octokit/openapi`).
    #[track_caller]
    pub fn github() -> Option<Self> {
        static GITHUB: OnceLock<Process> = OnceLock::new();
        Self::before(&GITHUB, "github")
    }

    /// Gitea by its own description (the crate `gitea-sdk`), below `/api/v1`: that of 1.23, which dispatches no
    /// workflow yet.
    #[track_caller]
    pub fn gitea() -> Option<Self> {
        static GITEA: OnceLock<Process> = OnceLock::new();
        Self::before(&GITEA, "gitea")
    }

    /// Forgejo by its own description (the crate `forgejo-api`), below `/api/v1`.
    #[track_caller]
    pub fn forgejo() -> Option<Self> {
        static FORGEJO: OnceLock<Process> = OnceLock::new();
        Self::before(&FORGEJO, "forgejo")
    }

    #[track_caller]
    fn before(process: &OnceLock<Process>, forge: &str) -> Option<Self> {
        let folder = prism()?;
        let process = process.get_or_init(|| {
            Process::listening("/", |port| {
                let mut command = supervised("node");
                command.arg(folder.join("node_modules/@stoplight/prism-cli/dist/index.js")).arg("mock");
                command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
                command.arg(folder.join("descriptions").join(forge).with_extension("json"));
                command
            })
        });
        Some(Self { front: FaultServer::translating(&process.url(""), ask_for_json) })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        self.front.url(path)
    }

    /// The server that stands before it, for rules and for what was asked.
    pub fn front(&self) -> &FaultServer {
        &self.front
    }

    /// What the description does not allow in the requests so far: each a line with the request.
    pub fn violations(&self) -> Vec<String> {
        self.front.exchanges().iter().flat_map(violations).collect()
    }

    /// Fail where a request broke the description, or none was made.
    #[track_caller]
    pub fn allows_all(&self) {
        assert!(!self.front.exchanges().is_empty(), "nothing was asked");
        let violations = self.violations();
        assert!(violations.is_empty(), "{}", violations.join("\n"));
    }

    /// Answer what matches with one of the description's other answers.
    pub fn prefer(&self, method: &str, target: &str, status: u16) {
        let prefer = Behaviour::PassOnWith("prefer".to_owned(), format!("code={status}"));
        self.front.on(method, target, prefer);
    }
}

/// GitHub's documentation recommends its own names for JSON, which its description does not know.
fn ask_for_json(request: &mut Request) {
    let own = |accept: &&mut String| accept.starts_with("application/vnd.github");
    if let Some(accept) = request.headers.get_mut("accept").filter(own) {
        "application/json".clone_into(accept);
    }
}

fn violations(exchange: &Exchange) -> Vec<String> {
    let asked = &exchange.request.target;
    let Some(reply) = &exchange.upstream else { return Vec::new() };
    let found: Vec<Value> =
        reply.header("sl-violations").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    // GitHub's examples of answers break its description too; that is not ours.
    let of_request = found.iter().filter(|violation| violation["location"][0] == "request");
    let mut lines: Vec<String> = of_request.map(|violation| format!("{asked}: {violation}")).collect();
    // No such path or method, no credentials, nothing of the wanted type, or a server that did not answer.
    let told = String::from_utf8_lossy(&reply.body);
    if told.contains("https://stoplight.io/prism/errors#") || reply.status == 504 {
        lines.push(format!("{asked}: {told}"));
    }
    lines
}

/// The folder with Prism and its descriptions; none, with a line that says why, where they cannot be had. In CI
/// that is a failure.
fn prism() -> Option<&'static PathBuf> {
    static PRISM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    needed("Prism and the forges' descriptions", PRISM.get_or_init(set_up))
}

fn set_up() -> Result<PathBuf, String> {
    let folder = workspace().join("target/tools/prism");
    let setup = workspace().join("tests/tools/peers/prism/setup");
    let output = Command::new(setup).arg(&folder).env("CARGO", env!("CARGO")).output();
    let output = output.map_err(|error| error.to_string())?;
    let why = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(folder) } else { Err(why()) }
}
