use super::emulator::npm;
use crate::Request;
use crate::python::needed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Verifiers of signed webhooks that are not ours (npm `standardwebhooks` and `@octokit/webhooks-methods`).
#[derive(Debug)]
pub struct Verifiers {
    folder: &'static Path,
}

impl Verifiers {
    /// The verifiers; none, with a line that says why, where they cannot be had. In CI that is a failure.
    pub fn new() -> Option<Self> {
        static MODULES: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let modules = needed("the verifiers of webhooks", MODULES.get_or_init(|| npm("webhooks")))?;
        Some(Self { folder: modules.parent().expect("the modules lie in a folder") })
    }

    /// Verify a delivery by Standard Webhooks, with a secret such as `whsec_…`, against the clock of this machine.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub fn standard(&self, secret: &str, request: &Request) -> Result<(), String> {
        self.verify("standard", secret, request)
    }

    /// Verify a delivery by `X-Hub-Signature-256`, as GitHub, Gitea and Forgejo send it.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub fn github(&self, secret: &str, request: &Request) -> Result<(), String> {
        self.verify("github", secret, request)
    }

    /// Every payload that GitHub documents, by its event (npm `@octokit/webhooks-examples`).
    pub fn github_payloads(&self) -> Vec<(String, Vec<Value>)> {
        let file = self.folder.join("node_modules/@octokit/webhooks-examples/api.github.com/index.json");
        let text = std::fs::read(file).expect("the package holds it");
        let events: Vec<Value> = serde_json::from_slice(&text).expect("it is a list");
        let event = |event: Value| {
            let payloads = event["examples"].as_array().cloned().unwrap_or_default();
            (event["name"].as_str().unwrap_or_default().to_owned(), payloads)
        };
        events.into_iter().map(event).collect()
    }

    fn verify(&self, scheme: &str, secret: &str, request: &Request) -> Result<(), String> {
        let body = STANDARD.encode(&request.body);
        let input = json!({ "scheme": scheme, "secret": secret, "headers": request.headers, "body": body });
        // Packages are looked for from the folder that a script without a file is run in.
        let script = include_str!("../../tools/peers/webhooks/verify.mjs");
        let mut command = Command::new("node");
        command.args(["--input-type=module", "--eval", script]).current_dir(self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("node can be started");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input.to_string().as_bytes()).expect("the script reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("node can be waited for");
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
