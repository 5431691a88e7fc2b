//! `run` in CI: pull requests are checked and send nothing; a push to the baseline tells each client once.

use base64::Engine as _;
use countersign_tests::{Answer, Request, Sandbox, Server, api, contract, edited, pretty};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A contract with a client elsewhere that hears of changes on a webhook, and the remote that it is pushed to.
struct Provider {
    server: Server,
    sandbox: Sandbox,
    _remote: Sandbox,
}

fn provider() -> Provider {
    let server = Server::new(Answer::json("{}"));
    let url = server.url("/contracts");
    let mut sandbox = contract(&format!(
        r#"
[pipeline]
baseline = "origin/main"
block = "never"

[clients.archiver]
contract = "watcher"
repository = "github:acme/archiver"
notify = ["hook"]

[notify.hook]
use = "notify-webhook"
url = "{url}"
credential = "hook"

[credentials.hook]
from = "env:HOOK_SECRET"
allow = ["POST {url}"]
sign = "standard-webhooks"
"#
    ));
    let remote = Sandbox::without_git();
    remote.git(&["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    sandbox.git(&["remote", "add", "origin", &remote.root().display().to_string()]);
    sandbox.git(&["push", "--quiet", "origin", "main"]);
    sandbox.set("CI", "true");
    sandbox.set("HOOK_SECRET", SECRET);
    Provider { server, sandbox, _remote: remote }
}

impl Provider {
    /// Accept a document on main and push it; where main was before.
    #[track_caller]
    fn record(&self, document: &Value) -> String {
        let before = self.sandbox.git(&["rev-parse", "HEAD"]);
        self.sandbox.write("openapi.json", pretty(document));
        drop(self.sandbox.run(&["accept"]).exits(0));
        self.sandbox.commit("Change the API");
        self.sandbox.git(&["push", "--quiet", "origin", "main"]);
        before
    }

    /// What `run` makes of the push that moved main from `before` to where it is.
    #[track_caller]
    fn push(&self, before: &str, more: &[&str], status: i32) -> Value {
        self.event("push", &json!({ "ref": "refs/heads/main", "before": before }), more, status)
    }

    #[track_caller]
    fn event(&self, name: &str, payload: &Value, more: &[&str], status: i32) -> Value {
        // Beside the repository: an event is no part of it.
        let path = self.sandbox.root().with_file_name("event.json");
        std::fs::write(&path, payload.to_string()).expect("the sandbox can be written");
        let path = path.display().to_string();
        let arguments = [&["run", "--event-name", name, "--event-path", &path], more].concat();
        self.sandbox.json(&arguments, status)
    }
}

/// Whether the request is signed as Standard Webhooks 1.0 has it.
#[track_caller]
fn verify(request: &Request) {
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = base64.decode(&SECRET["whsec_".len()..]).expect("it is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("every length will do");
    let header = |name: &str| request.headers.get(name).unwrap_or_else(|| panic!("no {name}")).as_str();
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(&request.body);
    let signature = format!("v1,{}", base64.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), signature);
}

fn states(report: &Value) -> Vec<&str> {
    let notices = report["notices"].as_array().map(Vec::as_slice).unwrap_or_default();
    notices.iter().filter_map(|notice| notice["state"].as_str()).collect()
}

#[test]
fn a_push_that_changed_the_record_tells_each_client_once() {
    let provider = provider();
    let before = provider.record(&edited());
    let report = provider.push(&before, &[], 0);
    assert_eq!(states(&report), ["delivered"]);
    let requests = provider.server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].target, "POST /contracts");
    verify(&requests[0]);
    let notice: Value = serde_json::from_slice(&requests[0].body).expect("a notice is JSON");
    assert_eq!((&notice["contract"], &notice["client"]), (&json!("watcher"), &json!("archiver")));
    assert_eq!(notice["verdict"], "breaking");
    assert_eq!(notice["findings"][0]["rule"], "response-required-property-removed");
    assert_eq!(notice["commit"], provider.sandbox.git(&["rev-parse", "HEAD"]));
    assert_eq!(requests[0].headers["webhook-id"], notice["key"].as_str().expect("it has a key"));

    assert_eq!(states(&provider.push(&before, &[], 0)), [""; 0], "a second run sends nothing");
    assert_eq!(provider.server.requests().len(), 1);
}

#[test]
fn receipts_are_shared_by_every_clone() {
    let provider = provider();
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    provider.sandbox.git(&["update-ref", "-d", "refs/notes/countersign"]);
    provider.push(&before, &[], 0);
    assert_eq!(provider.server.requests().len(), 1, "the remote has the receipt");
}

#[test]
fn a_dry_run_says_what_it_would_send_and_sends_nothing() {
    let provider = provider();
    let before = provider.record(&edited());
    assert_eq!(states(&provider.push(&before, &["--dry-run"], 0)), ["planned"]);
    assert_eq!(provider.server.requests().len(), 0);
    assert_eq!(states(&provider.push(&before, &[], 0)), ["delivered"], "a dry run leaves no receipt");
}

#[test]
fn there_and_back_again_is_news_each_time() {
    let provider = provider();
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    let before = provider.record(&api());
    provider.push(&before, &[], 0);
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    let mut keys: Vec<_> =
        provider.server.requests().iter().map(|request| request.headers["webhook-id"].clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn a_receiver_that_is_down_is_told_by_the_next_run() {
    let provider = provider();
    let before = provider.record(&edited());
    provider.server.answer(Answer::page(500));
    let report = provider.push(&before, &[], 2);
    assert_eq!(states(&report), ["failed"]);
    assert_eq!(report["notices"][0]["problem"]["code"], "source-unreachable");

    let before = provider.record(&api());
    provider.server.answer(Answer::json("{}"));
    let report = provider.push(&before, &[], 0);
    assert_eq!(states(&report), ["delivered", "delivered"], "what failed comes first, then what is new");
}

#[test]
fn a_pull_request_is_checked_against_its_base_and_uses_no_credential() {
    let provider = provider();
    let base = provider.sandbox.git(&["rev-parse", "HEAD"]);
    provider.record(&edited());
    let payload = json!({ "pull_request": { "base": { "sha": base } } });
    let report = provider.event("pull_request", &payload, &[], 0);
    assert_eq!(report["baseline"]["commit"], base.as_str());
    assert_eq!(report["contracts"][0]["breaks"][0]["state"], json!({ "is": "reported" }));
    assert_eq!(states(&report), [""; 0]);
    assert_eq!(provider.server.requests().len(), 0);
}

#[test]
fn a_push_to_another_branch_sends_nothing() {
    let provider = provider();
    let before = provider.record(&edited());
    let payload = json!({ "ref": "refs/heads/topic", "before": before });
    assert_eq!(states(&provider.event("push", &payload, &[], 0)), [""; 0]);
    assert_eq!(provider.server.requests().len(), 0);
}

#[test]
fn a_secret_is_in_no_output() {
    let mut provider = provider();
    let before = provider.record(&edited());
    provider.sandbox.set("HOOK_SECRET", "whsec_this is no base64");
    let arguments = ["run", "--event-name", "push", "-vv"];
    let output = provider.sandbox.run(&arguments);
    assert!(!format!("{output:?}").contains("this is no base64"));
    let report = provider.push(&before, &[], 2);
    assert!(!report.to_string().contains("this is no base64"), "{report:#}");
    assert_eq!(states(&report), ["failed"]);
}
