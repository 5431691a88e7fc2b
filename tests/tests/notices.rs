//! `run` in CI: pull requests are checked and send nothing; a push to the baseline tells each client once.

use base64::Engine as _;
use countersign_tests::{Answer, Provider, Request, Server, api, edited, states};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A contract with a client elsewhere that hears of changes on a webhook, and the webhook.
fn provider() -> (Provider, Server) {
    let server = Server::new(Answer::json("{}"));
    let url = server.url("/contracts");
    let mut provider = Provider::new(&format!(
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
    provider.sandbox.set("HOOK_SECRET", SECRET);
    (provider, server)
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

#[test]
fn a_push_that_changed_the_record_tells_each_client_once() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    let report = provider.push(&before, &[], 0);
    assert_eq!(states(&report), ["delivered"]);
    let requests = server.requests();
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
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn receipts_are_shared_by_every_clone() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    provider.sandbox.git(&["update-ref", "-d", "refs/notes/countersign"]);
    provider.push(&before, &[], 0);
    assert_eq!(server.requests().len(), 1, "the remote has the receipt");
}

#[test]
fn a_dry_run_says_what_it_would_send_and_sends_nothing() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    assert_eq!(states(&provider.push(&before, &["--dry-run"], 0)), ["planned"]);
    assert_eq!(server.requests().len(), 0);
    assert_eq!(states(&provider.push(&before, &[], 0)), ["delivered"], "a dry run leaves no receipt");
}

#[test]
fn there_and_back_again_is_news_each_time() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    let before = provider.record(&api());
    provider.push(&before, &[], 0);
    let before = provider.record(&edited());
    provider.push(&before, &[], 0);
    let mut keys: Vec<_> =
        server.requests().iter().map(|request| request.headers["webhook-id"].clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn a_receiver_that_is_down_is_told_by_the_next_run() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    server.answer(Answer::page(500));
    let report = provider.push(&before, &[], 2);
    assert_eq!(states(&report), ["failed"]);
    assert_eq!(report["notices"][0]["problem"]["code"], "source-unreachable");

    let before = provider.record(&api());
    server.answer(Answer::json("{}"));
    let report = provider.push(&before, &[], 0);
    assert_eq!(states(&report), ["delivered", "delivered"], "what failed comes first, then what is new");
}

#[test]
fn a_pull_request_is_checked_against_its_base_and_uses_no_credential() {
    let (provider, server) = provider();
    let base = provider.sandbox.git(&["rev-parse", "HEAD"]);
    provider.record(&edited());
    let payload = json!({ "pull_request": { "base": { "sha": base } } });
    let report = provider.event("pull_request", &payload, &[], 0);
    assert_eq!(report["baseline"]["commit"], base.as_str());
    assert_eq!(report["contracts"][0]["breaks"][0]["state"], json!({ "is": "reported" }));
    assert_eq!(states(&report), [""; 0]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_push_to_another_branch_sends_nothing() {
    let (provider, server) = provider();
    let before = provider.record(&edited());
    let payload = json!({ "ref": "refs/heads/topic", "before": before });
    assert_eq!(states(&provider.event("push", &payload, &[], 0)), [""; 0]);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_secret_is_in_no_output() {
    let (mut provider, _server) = provider();
    let before = provider.record(&edited());
    provider.sandbox.set("HOOK_SECRET", "whsec_this is no base64");
    let arguments = ["run", "--event-name", "push", "-vv"];
    let output = provider.sandbox.run(&arguments);
    assert!(!format!("{output:?}").contains("this is no base64"));
    let report = provider.push(&before, &[], 2);
    assert!(!report.to_string().contains("this is no base64"), "{report:#}");
    assert_eq!(states(&report), ["failed"]);
}
