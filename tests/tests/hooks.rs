//! `hooks`: webhooks on an emulated GitHub and on a Gitea of ours, with the real daemon behind them.

use countersign_tests::{
    Answer, Behaviour, Daemon, Emulator, FaultServer, HOOK_SECRET, Output, Prism, Reply, Request, Sandbox,
    Server, ask,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const NEW_SECRET: &str = "another secret that nobody guesses";

/// A repository with two nodes on a forge, of which `token` is the token.
fn sandbox(kind: &str, api: &str, token: &str) -> Sandbox {
    let (address, host) = match kind {
        "github" => ("github:", ""),
        _ => ("gitea:git.example.org/", "host = \"git.example.org\"\n"),
    };
    let mut sandbox = Sandbox::new();
    sandbox.write(
        "pipeline.toml",
        format!(
            "[forges.own]\nkind = \"{kind}\"\n{host}api = \"{api}\"\ntoken = \"env:BOT_TOKEN\"\n\n\
             [serve]\npublic-url = \"http://127.0.0.1:9\"\n\n[serve.hooks]\n{kind} = [\"env:HOOK_SECRET\"]\n\n\
             [nodes.api]\nrepository = \"{address}acme/api\"\n\n\
             [nodes.archiver]\nrepository = \"{address}acme/archiver\"\n"
        ),
    );
    sandbox.set("HOOK_SECRET", HOOK_SECRET);
    sandbox.set("BOT_TOKEN", token);
    sandbox
}

fn public(sandbox: &Sandbox, url: &str) {
    sandbox.edit("pipeline.toml", "http://127.0.0.1:9", url);
}

/// Make the new secret the first one.
fn second_secret(sandbox: &mut Sandbox, kind: &str) {
    let (one, two) = ("[\"env:HOOK_SECRET\"]", "[\"env:NEW_SECRET\", \"env:HOOK_SECRET\"]");
    sandbox.edit("pipeline.toml", &format!("{kind} = {one}"), &format!("{kind} = {two}"));
    sandbox.set("NEW_SECRET", NEW_SECRET);
}

fn writes(front: &FaultServer) -> Vec<String> {
    let all = front.exchanges().into_iter().map(|exchange| exchange.request.target);
    all.filter(|target| !target.starts_with("GET ")).collect()
}

fn states(report: &Value) -> Vec<&str> {
    let all = report["repositories"].as_array().expect("repositories");
    all.iter().map(|one| one["state"].as_str().expect("a state")).collect()
}

fn faults(report: &Value, at: usize) -> Vec<&str> {
    let faults = report["repositories"][at]["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
    faults.iter().map(|fault| fault["kind"].as_str().expect("a kind")).collect()
}

/// Itself, where it shows no secret.
#[track_caller]
fn discreet(output: Output) -> Output {
    for secret in [HOOK_SECRET, NEW_SECRET, Emulator::TOKEN] {
        assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{}", output.stdout);
    }
    output
}

#[test]
fn webhooks_are_created_once_and_what_drifts_is_told_and_mended() {
    let Some(emulator) = Emulator::start() else { return };
    let (front, receiver) = (FaultServer::before(&emulator.url("")), Server::new(Answer::json("{}")));
    let sandbox = sandbox("github", &front.url(""), Emulator::TOKEN);
    public(&sandbox, &receiver.url(""));
    let run = |arguments: &[&str], status| discreet(sandbox.run(arguments).exits(status));

    drop(run(&["hooks", "status"], 1).says("missing").says("Next: countersign hooks apply"));
    drop(run(&["hooks", "apply", "--dry-run"], 0).says("would create a webhook"));
    assert_eq!(writes(&front), [""; 0], "looking and planning write nothing");
    drop(run(&["hooks", "apply"], 0).says("created webhook").says("2 in order"));
    assert_eq!(writes(&front).len(), 2);

    front.forget();
    drop(run(&["hooks", "apply"], 0).says("0 writes"));
    drop(run(&["hooks", "status"], 0));
    assert_eq!(writes(&front), [""; 0], "what is in order is not written");

    let hook = emulator.hooks("acme/api").remove(0);
    let url = hook["config"]["url"].as_str().expect("a URL").to_owned();
    let (address, key) = url.split_once("?key=").expect("a key");
    assert_eq!((address, key.len()), (receiver.url("/hooks/github").as_str(), 8));
    assert_eq!(hook["events"], json!(["push"]));

    let path = format!("/repos/acme/api/hooks/{}", hook["id"]);
    let by_hand = json!({ "active": false, "events": ["push", "issues"],
        "config": { "url": url, "content_type": "form", "insecure_ssl": "1" } });
    drop(emulator.ask("PATCH", &path, Some(&by_hand)).is(200));
    let report = sandbox.json(&["hooks", "status"], 1);
    assert_eq!(states(&report), ["drifted", "in-order"]);
    assert_eq!(faults(&report, 0), ["events", "inactive", "content-type", "tls"]);
    drop(run(&["hooks", "apply"], 0).says("updated webhook").says("signs with `HOOK_SECRET`"));
    drop(run(&["hooks", "status"], 0));
    let pinged =
        || receiver.requests().into_iter().any(|request| request.headers["x-github-event"] == "ping");
    assert!(pinged(), "what was written is tried");

    let config = json!({ "url": receiver.url("/hooks/github"), "content_type": "json" });
    for url in [
        config["url"].as_str().unwrap(),
        &receiver.url("/hooks/gitea"),
        "https://ci.example.com/hooks/github",
    ] {
        let mut config = config.clone();
        config["url"] = json!(url);
        let body = json!({ "name": "web", "events": ["push"], "config": config });
        drop(emulator.ask("POST", "/repos/acme/api/hooks", Some(&body)).is(201));
    }
    let report = sandbox.json(&["hooks", "status"], 1);
    assert_eq!((states(&report)[0], faults(&report, 0)), ("doubled", vec!["doubled", "stale"]));
    front.forget();
    drop(run(&["hooks", "apply"], 1).says("Next: countersign hooks apply --prune"));
    assert_eq!(writes(&front), [""; 0]);
    drop(run(&["hooks", "apply", "api", "--prune"], 0).says("removed webhook"));
    let left: Vec<Value> =
        emulator.hooks("acme/api").iter().map(|hook| hook["config"]["url"].clone()).collect();
    assert_eq!(left, [json!(url), json!("https://ci.example.com/hooks/github")], "others' webhooks stay");
}

#[test]
fn every_request_about_a_webhook_is_one_that_its_forge_describes() {
    let forges = [
        ("github", "", Prism::github()),
        ("gitea", "/api/v1", Prism::gitea()),
        ("gitea", "/api/v1", Prism::forgejo()),
    ];
    for (kind, base, prism) in forges {
        let Some(prism) = prism else { continue };
        let sandbox = sandbox(kind, &prism.url(base), "t0k3n");
        // Forgejo's description takes no address of this machine for one.
        public(&sandbox, "https://serve.example.com");
        // Of the first repository one is switched off and one is too many; the second has none. Prism remembers nothing.
        let config =
            json!({ "url": format!("https://serve.example.com/hooks/{kind}"), "content_type": "json" });
        let hook = |id| json!({ "id": id, "active": false, "events": ["push"], "config": config });
        for (repository, hooks) in [("api", json!([hook(1), hook(2)])), ("archiver", json!([]))] {
            let target = format!("{base}/repos/acme/{repository}/hooks");
            prism.front().also("GET", &target, move |_| Reply::json(200, &hooks));
        }
        let report = sandbox.json(&["hooks", "apply", "--prune"], 1);
        let deeds = |at: usize| {
            let writes = report["repositories"][at]["writes"].as_array().expect("writes");
            writes.iter().map(|write| write["deed"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            (deeds(0), deeds(1)),
            (vec!["updated".into(), "pinged".into(), "removed".into()], vec!["created".into()]),
            "{report:#}"
        );
        prism.allows_all();
    }
}

#[test]
fn one_repository_that_cannot_be_seen_hides_no_other_and_names_the_permission() {
    let Some(emulator) = Emulator::start() else { return };
    let front = FaultServer::before(&emulator.url(""));
    let refused = Reply::json(404, &json!({ "message": "Not Found" }));
    front.on("GET", "/repos/acme/api/hooks", Behaviour::Answer(refused));
    let sandbox = sandbox("github", &front.url(""), Emulator::TOKEN);
    drop(sandbox.run(&["hooks", "apply"]).exits(2).says("admin:repo_hook").says("/repos/acme/api/hooks"));
    assert_eq!(emulator.hooks("acme/archiver").len(), 1);
    let report = sandbox.json(&["hooks", "status"], 2);
    assert_eq!(states(&report), ["failed", "in-order"]);
}

#[test]
fn what_is_missing_to_begin_with_is_told_before_anything_is_asked() {
    let front = FaultServer::fake(|_| Reply::empty(500));
    let mut sandbox = sandbox("github", &front.url(""), Emulator::TOKEN);
    drop(sandbox.run(&["hooks", "rotate"]).exits(2).says("names one secret").says("openssl rand -hex 32"));
    drop(sandbox.run(&["hooks", "status", "apj"]).exits(2).says("did you mean `api`?"));
    sandbox.set("HOOK_SECRET", "short");
    drop(sandbox.run(&["hooks", "apply"]).exits(2).says("could be guessed").says("openssl rand -hex 32"));
    sandbox.set("HOOK_SECRET", "");
    drop(sandbox.run(&["hooks", "apply"]).exits(2).says("`HOOK_SECRET`, which holds the secret of webhooks"));
    sandbox.edit("pipeline.toml", "public-url = \"http://127.0.0.1:9\"\n", "");
    drop(sandbox.run(&["hooks", "apply"]).exits(2).says("`public-url` is not set"));
    assert!(front.exchanges().is_empty());
}

#[test]
fn a_gitlab_is_told_what_to_do_by_hand() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "pipeline.toml",
        "[serve]\npublic-url = \"https://serve.example.com\"\n\n[nodes.lab]\nrepository = \"gitlab:acme/lab\"\n",
    );
    let output = sandbox.run(&["hooks", "status"]).exits(0).says("https://serve.example.com/hooks/gitlab");
    drop(output.says("Push events"));
}

/// What an emulated GitHub's webhooks were answered.
fn answered(emulator: &Emulator) -> Vec<Value> {
    let hooks = ["acme/api", "acme/archiver"].map(|repository| (repository, emulator.hooks(repository)));
    let deliveries = hooks.iter().flat_map(|(repository, hooks)| {
        hooks.iter().flat_map(move |hook| {
            let path = format!("/repos/{repository}/hooks/{}/deliveries?per_page=100", hook["id"]);
            let all = emulator.get(&path);
            all.as_array().expect("a list").iter().map(|one| one["status_code"].clone()).collect::<Vec<_>>()
        })
    });
    deliveries.collect()
}

#[test]
fn rotation_refuses_no_delivery() {
    let Some(emulator) = Emulator::start() else { return };
    let front = FaultServer::before(&emulator.url(""));
    let mut sandbox = sandbox("github", &front.url(""), Emulator::TOKEN);
    let daemon = Daemon::start(&mut sandbox);
    public(&sandbox, &daemon.url(""));
    drop(sandbox.run(&["hooks", "apply"]).exits(0));

    // Everything is ready but the daemon, which knows the old secret alone.
    second_secret(&mut sandbox, "github");
    front.forget();
    let refused =
        discreet(sandbox.run(&["hooks", "rotate"]).exits(2)).says("does not accept").says("`NEW_SECRET`");
    drop(refused.says("restart the daemon"));
    assert_eq!(writes(&front), [""; 0], "no webhook is moved to where it would be refused");
    assert_eq!(states(&sandbox.json(&["hooks", "status"], 1)), ["drifted", "drifted"]);
    drop(sandbox.run(&["hooks", "apply"]).exits(1).says("Next: countersign hooks rotate"));
    assert_eq!(writes(&front), [""; 0], "apply leaves a webhook the secret that it has");
    let daemon = daemon.restarted(&sandbox);

    let sent = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    let repositories = ["acme/api", "acme/archiver"];
    std::thread::scope(|scope| {
        for repository in repositories {
            let id = emulator.hooks(repository)[0]["id"].clone();
            let (emulator, over, sent) = (&emulator, &over, &sent);
            // GitHub signs each delivery with the secret that the webhook has at that moment.
            scope.spawn(move || {
                let path = format!("/repos/{repository}/hooks/{id}/tests");
                while !over.load(Ordering::SeqCst) {
                    drop(emulator.ask("POST", &path, None).is(204));
                    sent.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let more = |than: usize| {
            let limit = Instant::now() + Duration::from_secs(60);
            while sent.load(Ordering::SeqCst) < than && Instant::now() < limit {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        more(20);
        let output = sandbox.run(&["hooks", "rotate"]);
        more(sent.load(Ordering::SeqCst) + 20);
        over.store(true, Ordering::SeqCst);
        drop(
            discreet(output.exits(0))
                .says("updated webhook")
                .says("no webhook signs with `HOOK_SECRET` any more"),
        );
    });
    let answered = answered(&emulator);
    assert!(answered.len() > 40, "{}", answered.len());
    assert!(answered.iter().all(|status| matches!(status.as_u64(), Some(200 | 202))), "{answered:?}");

    let metrics = daemon.get("/metrics").body;
    assert!(metrics.contains("status=\"202\"") && !metrics.contains("status=\"401\""), "{metrics}");

    front.forget();
    drop(sandbox.run(&["hooks", "rotate"]).exits(0).says("0 writes"));
    drop(sandbox.run(&["hooks", "status"]).exits(0));
    assert_eq!(writes(&front), [""; 0]);

    // The old secret can go, as was said; and the webhooks sign with the new one, not with any.
    sandbox.edit("pipeline.toml", "[\"env:NEW_SECRET\", \"env:HOOK_SECRET\"]", "[\"env:NEW_SECRET\"]");
    let daemon = daemon.restarted(&sandbox);
    let id = emulator.hooks("acme/api")[0]["id"].clone();
    drop(emulator.ask("POST", &format!("/repos/acme/api/hooks/{id}/tests"), None).is(204));
    let path = format!("/repos/acme/api/hooks/{id}/deliveries?per_page=1");
    assert_eq!(emulator.get(&path)[0]["status_code"], 202);
    assert_eq!(daemon.deliver("ping", "old", &json!({})).status, 401, "it signs with the old secret");
}

/// A Gitea that keeps webhooks and delivers what it is asked to try, as `services/webhook` of Gitea does.
struct Gitea {
    hooks: Mutex<BTreeMap<u64, Value>>,
    /// What the receivers answered.
    answered: Mutex<Vec<u16>>,
}

impl Gitea {
    fn start() -> (Arc<Self>, FaultServer) {
        let gitea = Arc::new(Self { hooks: Mutex::default(), answered: Mutex::default() });
        let own = Arc::clone(&gitea);
        (gitea, FaultServer::fake(move |request| own.answer(request)))
    }

    fn answer(&self, request: &Request) -> Reply {
        let (method, target) = request.target.split_once(' ').expect("a method");
        let path = target.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/repos/acme/").split('/').collect();
        let body = || serde_json::from_slice::<Value>(&request.body).expect("JSON");
        let mut hooks = self.hooks.lock().expect("no holder panics");
        match (method, parts.as_slice()) {
            ("GET", [repository, "hooks"]) => {
                let its = hooks.values().filter(|hook| hook["repository"] == *repository);
                Reply::json(200, &its.map(shown).collect())
            }
            ("POST", [repository, "hooks"]) => {
                let mut hook = body();
                assert_eq!(hook["type"], "gitea");
                let id = hooks.len() as u64 + 1;
                (hook["id"], hook["repository"]) = (json!(id), json!(repository));
                hooks.insert(id, hook.clone());
                Reply::json(201, &shown(&hook))
            }
            ("PATCH", [_, "hooks", id]) => {
                let hook = hooks.get_mut(&id.parse().expect("a number")).expect("it is there");
                for (key, value) in body().as_object().expect("an object") {
                    hook[key] = value.clone();
                }
                Reply::json(200, &shown(hook))
            }
            ("POST", [repository, "hooks", id, "tests"]) => {
                let hook = hooks[&id.parse().expect("a number")].clone();
                drop(hooks);
                self.deliver(repository, &hook);
                Reply::empty(204)
            }
            _ => Reply::json(404, &json!({ "message": "not found" })),
        }
    }

    fn deliver(&self, repository: &str, hook: &Value) {
        let (commit, full_name) = ("1".repeat(40), format!("acme/{repository}"));
        let body = json!({ "ref": "refs/heads/main", "before": commit, "after": commit,
            "repository": { "full_name": full_name, "html_url": format!("https://git.example.org/{full_name}") } })
        .to_string();
        let secret = hook["config"]["secret"].as_str().expect("a secret");
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any key does");
        mac.update(body.as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut answered = self.answered.lock().expect("no holder panics");
        let id = format!("delivery-{}", answered.len());
        let headers = [
            ("content-type", "application/json"),
            ("x-gitea-event", "push"),
            ("x-gitea-delivery", id.as_str()),
            ("x-gitea-signature", signature.as_str()),
        ];
        let url = hook["config"]["url"].as_str().expect("a URL");
        answered.push(ask("POST", url, &headers, body.as_bytes()).map_or(0, |reply| reply.status));
    }
}

/// A webhook as Gitea shows it: without its secret, and without what it has no setting for.
fn shown(hook: &Value) -> Value {
    let config = json!({ "url": hook["config"]["url"], "content_type": hook["config"]["content_type"] });
    json!({ "id": hook["id"], "type": "gitea", "config": config, "events": hook["events"],
        "active": hook["active"], "branch_filter": "*" })
}

#[test]
fn webhooks_of_gitea_are_kept_and_moved_and_a_try_is_no_push() {
    let (gitea, front) = Gitea::start();
    let mut sandbox = sandbox("gitea", &front.url("/api/v1"), "token-of-gitea");
    let mut daemon = Daemon::start(&mut sandbox);
    public(&sandbox, &daemon.url(""));
    drop(sandbox.run(&["hooks", "apply"]).exits(0).says("2 in order"));
    front.forget();
    drop(sandbox.run(&["hooks", "apply"]).exits(0));
    assert_eq!(writes(&front), [""; 0]);

    second_secret(&mut sandbox, "gitea");
    drop(sandbox.run(&["hooks", "rotate"]).exits(2).says("does not accept"));
    assert_eq!(writes(&front), [""; 0]);
    daemon = daemon.restarted(&sandbox);
    drop(
        discreet(sandbox.run(&["hooks", "rotate"]).exits(0))
            .says("no webhook signs with `HOOK_SECRET` any more"),
    );
    drop(sandbox.run(&["hooks", "status"]).exits(0));
    assert_eq!(*gitea.answered.lock().unwrap(), [202, 202]);
    let runs = daemon.json("/api/runs");
    assert_eq!(runs["items"].as_array().map(Vec::len), Some(0), "nothing was pushed: {runs:#}");
}

#[test]
fn a_rotation_that_is_cut_off_leaves_both_secrets_valid_and_ends_when_it_is_run_again() {
    let (gitea, front) = Gitea::start();
    let mut sandbox = sandbox("gitea", &front.url("/api/v1"), "token-of-gitea");
    let daemon = Daemon::start(&mut sandbox);
    public(&sandbox, &daemon.url(""));
    drop(sandbox.run(&["hooks", "apply"]).exits(0));
    second_secret(&mut sandbox, "gitea");
    let daemon = daemon.restarted(&sandbox);
    let refused = Reply::json(403, &json!({ "message": "no" }));
    front.on("PATCH", "/api/v1/repos/acme/archiver/hooks/*", Behaviour::Answer(refused));
    drop(sandbox.run(&["hooks", "rotate"]).exits(2).says("keep `HOOK_SECRET`").says("write:repository"));
    let hooks: Vec<Value> = gitea.hooks.lock().unwrap().values().cloned().collect();
    let mut secrets: Vec<&str> = hooks.iter().filter_map(|hook| hook["config"]["secret"].as_str()).collect();
    secrets.sort_unstable();
    assert_eq!(secrets, [HOOK_SECRET, NEW_SECRET]);
    for hook in &hooks {
        gitea.deliver(hook["repository"].as_str().expect("a repository"), hook);
    }
    front.calm();
    drop(sandbox.run(&["hooks", "rotate"]).exits(0));
    assert!(gitea.answered.lock().unwrap().iter().all(|status| *status == 202));
    drop(daemon);
}
