//! Each channel against its real other side, or one that holds requests against that side's own description.

use countersign_tests::{
    Behaviour, FaultServer, Prism, Provider, Reply, Rule, Synapse, Verifiers, api, edited, states,
};
use serde_json::{Value, json};

/// A client on a forge that hears by a dispatch; comment and status on our own pull requests. The API is at `url`.
fn on_forge(kind: &str, url: &str, channel: &str) -> Provider {
    let (host, address) = match kind {
        "github" => (String::new(), "github:acme".to_owned()),
        _ => ("host = \"git.example.org\"\n".into(), "gitea:git.example.org/acme".to_owned()),
    };
    let mut provider = Provider::new(&format!(
        r#"notify = ["comment", "status"]

[pipeline]
repository = "{address}/api"
block = "never"

[forges.own]
kind = "{kind}"
{host}api = "{url}"
token = "env:BOT_TOKEN"

[clients.archiver]
contract = "watcher"
repository = "{address}/archiver"
notify = ["news"]

[notify.news]
{channel}

[notify.comment]
use = "notify-comment"
heading = "Contracts"

[notify.status]
use = "notify-status"
context = "countersign/watcher"
"#
    ));
    provider.sandbox.set("BOT_TOKEN", "b0t-t0ken");
    provider
}

const DISPATCH: &str = "use = \"notify-github\"\nevent-type = \"watcher-changed\"";
const WORKFLOW: &str = "use = \"notify-gitea\"\nworkflow = \"contracts.yml\"";

#[test]
fn every_request_to_github_is_one_that_github_describes() {
    let Some(prism) = Prism::github() else { return };
    let provider = on_forge("github", &prism.url(""), DISPATCH);
    provider.record(&edited());
    let report = provider.notify(&[], 0);
    assert_eq!(states(&report), ["delivered"; 3], "{report:#}");
    prism.allows_all();
    let sent = prism.front().asked("POST", "/repos/acme/archiver/dispatches");
    let body: Value = serde_json::from_slice(&sent[0].request.body).expect("a dispatch is JSON");
    assert_eq!(body["event_type"], "watcher-changed");
    let contract = &body["client_payload"]["contract"];
    assert_eq!((&contract["name"], &contract["verdict"]), (&json!("watcher"), &json!("breaking")));
    assert_eq!(contract["commit"], provider.sandbox.git(&["rev-parse", "HEAD"]));
    assert_eq!(contract["repository"], "github:acme/api");
    assert_eq!(contract["path"], "contracts/watcher/openapi.json");
    assert!(!body.to_string().contains("last_checked_at"), "nothing of the specification is in a dispatch");
}

#[test]
fn every_request_to_gitea_and_forgejo_is_one_that_they_describe() {
    for prism in [Prism::gitea(), Prism::forgejo()].into_iter().flatten() {
        // The description of Gitea that a registry carries is older than its dispatches of workflows.
        let dispatches = "/api/v1/repos/acme/archiver/actions/workflows/contracts.yml/dispatches";
        prism.front().also("POST", dispatches, |_| Reply::empty(204));
        let provider = on_forge("gitea", &prism.url("/api/v1"), WORKFLOW);
        provider.record(&edited());
        let report = provider.notify(&[], 0);
        assert_eq!(states(&report), ["delivered"; 3], "{report:#}");
        prism.allows_all();
    }
}

/// A forge that takes everything, and has one pull request for every commit.
fn forge() -> FaultServer {
    FaultServer::fake(|request| {
        let target = request.target.as_str();
        if target.contains("/pulls") {
            return Reply::json(
                200,
                &json!([{
                    "number": 7, "state": "open", "title": "x", "body": "", "html_url": "https://forge.example/7",
                    "head": { "ref": "topic", "sha": "0".repeat(40), "repo": { "full_name": "acme/api" } },
                    "base": { "ref": "main" },
                }]),
            );
        }
        match target.split_once(' ') {
            Some(("GET", path)) if path.contains("/comments") => Reply::json(200, &json!([])),
            Some(("GET", path)) if path.contains("/status") => Reply::json(200, &json!([])),
            Some(("GET", _)) => {
                Reply::json(200, &json!({ "id": 1, "full_name": "acme/archiver", "default_branch": "main" }))
            }
            _ if target.contains("/dispatches") => Reply::empty(204),
            _ => Reply::json(201, &json!({ "id": 1, "html_url": "https://forge.example/comment/1" })),
        }
    })
}

#[test]
fn a_dispatch_whose_answer_was_lost_is_sent_once_more_and_not_blindly() {
    let server = forge();
    let provider = on_forge("github", &server.url(""), DISPATCH);
    provider.record(&edited());
    server.rule(Rule::new("POST", "/repos/acme/archiver/dispatches", Behaviour::LoseAnswer).times(1));
    let report = provider.notify(&["--channel", "news"], 0);
    assert_eq!(states(&report), ["delivered"]);
    let sent = server.asked("POST", "/repos/acme/archiver/dispatches");
    assert_eq!(sent.len(), 2, "the lost one, and the one that settled it");
    let key = |at: usize| {
        let body: Value = serde_json::from_slice(&sent[at].request.body).expect("a dispatch is JSON");
        body["client_payload"]["contract"]["key"].clone()
    };
    assert_eq!(key(0), key(1), "the receiver can tell that they are one");
    assert_eq!(states(&provider.notify(&["--channel", "news"], 0)), [""; 0]);
    assert_eq!(server.asked("POST", "/repos/acme/archiver/dispatches").len(), 2);
}

#[test]
fn a_failing_channel_does_not_stop_the_others() {
    let server = forge();
    let provider = on_forge("github", &server.url(""), DISPATCH);
    provider.record(&edited());
    server.on(
        "POST",
        "/repos/acme/archiver/dispatches",
        Behaviour::Answer(Reply::json(404, &json!({ "message": "Not Found" }))),
    );
    let report = provider.notify(&[], 2);
    assert_eq!(states(&report), ["delivered", "delivered", "failed"], "{report:#}");
    server.calm();
}

#[test]
fn a_dry_run_prints_the_plan_and_sends_nothing_but_reads() {
    let server = forge();
    let provider = on_forge("github", &server.url(""), DISPATCH);
    provider.record(&edited());
    let said = provider.notify_aloud(&["--dry-run"]).exits(0);
    assert!(said.stdout.contains("would tell archiver on news: watcher is breaking"), "{}", said.stdout);
    assert!(said.stdout.contains("would tell everybody on comment"), "{}", said.stdout);
    assert!(said.stdout.contains("3 notices planned"), "{}", said.stdout);
    assert!(server.exchanges().iter().all(|exchange| exchange.request.target.starts_with("GET ")));
    assert_eq!(states(&provider.notify(&[], 0)), ["delivered"; 3], "a dry run leaves no receipt");
}

#[test]
fn the_token_is_in_no_output_and_in_no_payload() {
    let server = forge();
    let provider = on_forge("github", &server.url(""), DISPATCH);
    provider.record(&edited());
    server.on(
        "POST",
        "/repos/acme/archiver/dispatches",
        Behaviour::Answer(Reply::json(401, &json!({ "message": "bad b0t-t0ken" }))),
    );
    let said = provider.notify_aloud(&["-vv"]);
    assert!(!format!("{said:?}").contains("b0t-t0ken"), "{said:?}");
    assert!(
        server.exchanges().iter().all(|it| !String::from_utf8_lossy(&it.request.body).contains("b0t-t0ken"))
    );
}

#[test]
fn two_clones_that_tell_of_one_commit_tell_once() {
    let server = forge();
    let provider = on_forge("github", &server.url(""), DISPATCH);
    provider.record(&edited());
    let mut other = countersign_tests::Sandbox::without_git();
    other.git(&["clone", "--quiet", &provider.remote(), "."]);
    other.set("CI", "true");
    other.set("BOT_TOKEN", "b0t-t0ken");
    let arguments = ["notify", "--from", "HEAD^", "--to", "HEAD"];
    std::thread::scope(|scope| {
        let here = scope.spawn(|| provider.sandbox.run(&arguments));
        let there = scope.spawn(|| other.run(&arguments));
        for run in [here, there] {
            drop(run.join().expect("neither panics").exits(0));
        }
    });
    assert_eq!(server.asked("POST", "/repos/acme/archiver/dispatches").len(), 1);
    assert_eq!(server.asked("POST", "/repos/acme/api/issues/7/comments").len(), 1);
}

fn in_room(url: &str, room: &str) -> Provider {
    Provider::new(&format!(
        r#"
[pipeline]
repository = "github:acme/api"
block = "never"

[clients.archiver]
contract = "watcher"
repository = "github:acme/archiver"
notify = ["room"]

[notify.room]
use = "notify-matrix"
homeserver = "{url}"
room = "{room}"
credential = "matrix"

[credentials.matrix]
from = "env:MATRIX_TOKEN"
allow = ["PUT {url}/*", "GET {url}/*", "POST {url}/*"]
header = "Authorization: Bearer {{}}"
"#
    ))
}

#[test]
fn a_room_hears_once_even_where_the_answer_was_lost() {
    let Some(synapse) = Synapse::fast() else { return };
    let (owner, bot) = (synapse.person("owner"), synapse.person("bot"));
    let room = synapse.room(&owner, "contracts");
    synapse.join(&bot, &room);
    let front = FaultServer::before(&synapse.url(""));
    let mut provider = in_room(&front.url(""), &room.alias);
    provider.sandbox.set("MATRIX_TOKEN", &bot.token);
    provider.record(&edited());
    front.rule(Rule::new("PUT", "/_matrix/client/v3/rooms/*", Behaviour::LoseAnswer).times(1));
    assert_eq!(states(&provider.notify(&[], 0)), ["delivered"]);
    let heard = |from: &str| -> Vec<Value> {
        let messages = synapse.messages(&owner, &room).into_iter();
        messages.filter(|event| event["sender"] == from && event["type"] == "m.room.message").collect()
    };
    let messages = heard(&bot.id);
    assert_eq!(messages.len(), 1, "{messages:#?}");
    let body = messages[0]["content"]["body"].as_str().unwrap_or_default();
    assert!(body.contains("watcher") && body.to_lowercase().contains("breaking"), "{body}");
    provider.notify(&[], 0);
    assert_eq!(heard(&bot.id).len(), 1, "a second run sends nothing");
    provider.record(&api());
    provider.notify(&[], 0);
    assert_eq!(heard(&bot.id).len(), 2, "there and back again is news each time");
}

#[test]
fn a_homeserver_that_asks_to_wait_is_waited_for() {
    let Some(synapse) = Synapse::fast() else { return };
    let (owner, bot) = (synapse.person("owner"), synapse.person("bot"));
    let room = synapse.room(&owner, "limited");
    synapse.join(&bot, &room);
    let front = FaultServer::before(&synapse.url(""));
    let mut provider = in_room(&front.url(""), &room.id);
    provider.sandbox.set("MATRIX_TOKEN", &bot.token);
    provider.record(&edited());
    front.rule(Rule::new("PUT", "/_matrix/client/v3/rooms/*", Behaviour::too_many(300)).times(2));
    let report = provider.notify(&[], 0);
    assert_eq!(states(&report), ["delivered"], "{report:#}");
    assert_eq!(front.asked("PUT", "/_matrix/client/v3/rooms/*").len(), 3);
}

#[test]
fn the_reference_verifier_takes_our_signatures_with_either_secret() {
    let Some(verifiers) = Verifiers::new() else { return };
    let server = FaultServer::fake(|_| Reply::empty(204));
    let url = server.url("/hook");
    let mut provider = Provider::new(&format!(
        r#"
[pipeline]
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
from = ["env:NEW_SECRET", "env:OLD_SECRET"]
allow = ["POST {url}"]
sign = "standard-webhooks"
"#
    ));
    let (new, old) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    provider.sandbox.set("NEW_SECRET", new);
    provider.sandbox.set("OLD_SECRET", old);
    provider.record(&edited());
    assert_eq!(states(&provider.notify(&[], 0)), ["delivered"]);
    let request = server.exchanges().remove(0).request;
    for secret in [new, old] {
        verifiers.standard(secret, &request).unwrap_or_else(|why| panic!("{why}"));
    }
    assert!(verifiers.standard("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &request).is_err());
}
