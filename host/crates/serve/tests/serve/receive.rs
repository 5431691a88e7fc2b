//! What is taken, what is refused, and with which word.

use crate::server::{Server, node, settings};
use crate::sign::{self, SECRET, commit, gitea, github, push, standard};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_serve::{Cause, Disposition, Hooks, Limits, Secret, Source, Window};
use serde_json::{Value, json};

fn body(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[test]
fn a_signed_push_is_kept_and_sets_a_run_off() {
    let server = Server::start();
    let answer = server.push("d-1", "a", "b");
    assert_eq!((answer.status, answer.json()["disposition"].as_str()), (202, Some("queued")));
    assert_eq!(answer.json()["delivery"], "github:d-1");
    assert!(answer.head.contains("x-request-id"));
    server.until("a run", || server.runs() == 1);
    let trigger = server.host.runs.lock().unwrap()[0].clone();
    assert_eq!((trigger.node.name.as_str(), trigger.causes.as_slice()), ("api", [Cause::Push].as_slice()));
    assert_eq!((trigger.before, trigger.after), (Some(commit("a")), Some(commit("b"))));
    assert_eq!(trigger.deliveries, ["github:d-1"]);
}

#[test]
fn the_events_that_webhooks_are_made_with_are_work_whatever_the_query_of_their_address() {
    let server = Server::start();
    type Sign = fn(&str, &str, &str, &[u8]) -> crate::http::Headers;
    for (sender, repository, sign) in
        [("github", "acme/api", github as Sign), ("gitea", "acme/tea", gitea as Sign)]
    {
        let body = body(&push(repository, "a", "b"));
        for event in countersign_model::HOOK_EVENTS {
            let headers = sign(SECRET, event, "d-1", &body);
            let answer = server.post(&format!("/hooks/{sender}?key=0123abcd"), &headers, &body);
            assert_eq!(answer.json()["disposition"], "queued", "{sender}: {event}");
        }
    }
}

#[test]
fn a_push_that_moves_nothing_is_a_try() {
    let server = Server::start();
    let answer = server.push("d-1", "b", "b");
    assert_eq!((answer.status, answer.json()["disposition"].as_str()), (202, Some("skipped:event")));
    assert_eq!(server.push("d-2", "a", "b").json()["disposition"], "queued");
}

#[test]
fn each_way_to_be_wrong_has_its_answer_and_leaves_nothing() {
    let server = Server::with(
        countersign_serve::Settings { limits: Limits { body: 4096, ..Limits::default() }, ..settings() },
        crate::server::Host::default(),
    );
    let good = body(&push("acme/api", "a", "b"));
    let bad_json = b"{\"ref\": ".to_vec();
    let wrong_shape = body(&json!({"ref": 7, "repository": {"full_name": "acme/api"}}));
    let no_commit = body(
        &json!({"ref": "refs/heads/main", "before": "a", "after": "b", "repository": {"full_name": "acme/api"}}),
    );
    let large = vec![b' '; 5000];
    let cases = [
        ("an unsigned one", 401, vec![], good.clone()),
        ("a foreign signature", 401, github("another secret", "push", "1", &good), good.clone()),
        ("a changed body", 401, github(SECRET, "push", "1", b"{}"), good.clone()),
        ("bad json", 400, github(SECRET, "push", "1", &bad_json), bad_json.clone()),
        ("a wrong shape", 422, github(SECRET, "push", "1", &wrong_shape), wrong_shape.clone()),
        ("no commits", 422, github(SECRET, "push", "1", &no_commit), no_commit.clone()),
        ("too large", 413, github(SECRET, "push", "1", &large), large.clone()),
        (
            "no delivery id",
            422,
            github(SECRET, "push", "1", &good)
                .into_iter()
                .filter(|(name, _)| name != "x-github-delivery")
                .collect(),
            good.clone(),
        ),
        ("an id with spaces", 422, github(SECRET, "push", "a b", &good), good.clone()),
        (
            "no event",
            422,
            github(SECRET, "push", "1", &good)
                .into_iter()
                .filter(|(name, _)| name != "x-github-event")
                .collect(),
            good.clone(),
        ),
    ];
    for (what, status, headers, body) in cases {
        let answer = server.post("/hooks/github", &headers, &body);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(answer.head.contains("application/problem+json"), "{what}");
    }
    assert_eq!(server.post("/hooks/nobody", &vec![], b"").status, 404);
    assert_eq!(server.ask(server.store.deliveries(Window::default())).unwrap(), []);
    for line in server.log.text().lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    assert!(server.log.text().contains("\"status\":401"));
    assert_eq!(server.push("2", "a", "b").status, 202, "and it still serves");
}

#[test]
fn a_hook_that_sends_forms_is_told_how_to_send_json() {
    let server = Server::start();
    let form = b"payload=%7B%7D".to_vec();
    let mut headers = github(SECRET, "push", "1", &form);
    headers[0].1 = "application/x-www-form-urlencoded".into();
    assert_eq!(server.post("/hooks/github", &headers, &form).status, 400);
    assert!(server.log.text().contains("set the hook's content type to `application/json`"));
}

#[test]
fn without_a_secret_nothing_is_accepted_and_the_log_names_the_key() {
    let none = countersign_serve::Settings { hooks: Hooks::default(), ..settings() };
    let server = Server::with(none, crate::server::Host::default());
    for source in ["github", "gitea", "gitlab", "generic"] {
        let good = body(&push("acme/api", "a", "b"));
        let answer = server.post(&format!("/hooks/{source}"), &github("", "push", "1", &good), &good);
        assert_eq!(answer.status, 503);
        assert!(server.log.text().contains(&format!("set `{source} = [")));
    }
}

#[test]
fn two_secrets_live_while_they_are_rotated_and_an_empty_one_proves_nothing() {
    let mut rotating = settings();
    rotating.hooks.github = vec![Secret::new("new"), Secret::new("old"), Secret::new("")];
    let server = Server::with(rotating, crate::server::Host::default());
    for (id, secret, status) in [("1", "new", 202), ("2", "old", 202), ("3", "", 401), ("4", "other", 401)] {
        let push = body(&push("acme/api", id, "x"));
        let answer = server.post("/hooks/github", &github(secret, "push", id, &push), &push);
        assert_eq!(answer.status, status, "{secret:?}");
    }
}

#[test]
fn gitea_is_known_by_its_own_headers_wherever_it_sends_to() {
    let mut apart = settings();
    apart.hooks.gitea = vec![Secret::new("tea")];
    let server = Server::with(apart, crate::server::Host::default());
    let tea = body(&push("acme/tea", "a", "b"));
    for (id, path) in [("1", "/hooks/gitea"), ("2", "/hooks/github")] {
        let body = body(&push("acme/tea", id, "b"));
        let answer = server.post(path, &gitea("tea", "push", id, &body), &body);
        assert_eq!((answer.status, answer.json()["disposition"].as_str()), (202, Some("queued")), "{path}");
        assert_eq!(answer.json()["delivery"], format!("gitea:{id}"));
    }
    assert_eq!(server.post("/hooks/github", &gitea(SECRET, "push", "3", &tea), &tea).status, 401);
}

#[test]
fn gitlab_shows_its_token_or_signs() {
    let key = [7; 32];
    let mut both = settings();
    both.hooks.gitlab = vec![Secret::new(format!("whsec_{}", STANDARD.encode(key))), Secret::new("token")];
    let server = Server::with(both, crate::server::Host::default());
    let push = |after: &str| {
        body(&json!({
            "object_kind": "push", "ref": "refs/heads/main", "before": commit("a"), "after": commit(after),
            "user_username": "ada", "total_commits_count": 3,
            "project": { "path_with_namespace": "acme/lab", "web_url": "https://git.example.org/acme/lab" },
            "commits": [{ "id": commit(after), "message": "x" }],
        }))
    };
    let event = ("x-gitlab-event".to_owned(), "Push Hook".to_owned());
    let uuid = ("x-gitlab-event-uuid".to_owned(), "e-1".to_owned());
    let token =
        |token: &str| vec![event.clone(), uuid.clone(), ("x-gitlab-token".to_owned(), token.to_owned())];
    assert_eq!(server.post("/hooks/gitlab", &token("token"), &push("b")).status, 202);
    let again = server.post("/hooks/gitlab", &token("token"), &push("b"));
    assert_eq!(again.json()["disposition"], "duplicate");
    assert_eq!(server.post("/hooks/gitlab", &token("tokem"), &push("c")).status, 401);
    assert_eq!(server.post("/hooks/gitlab", &vec![event.clone()], &push("c")).status, 401);
    let now = server.clock.now().seconds();
    let mut signed = standard(&key, "w-1", now, &push("c"));
    signed.push(event);
    let answer = server.post("/hooks/gitlab", &signed, &push("c"));
    assert_eq!((answer.status, answer.json()["delivery"].as_str()), (202, Some("gitlab:w-1")));
    server.until("its runs", || server.runs() >= 1);
}

#[test]
fn a_generic_sender_signs_as_standard_webhooks_do() {
    let server = Server::start();
    let push = |after: &str| {
        body(&json!({ "type": "push", "data": {
            "repository": "acme/any", "ref": "refs/heads/main", "before": commit("a"), "after": commit(after), "author": "ada" } }))
    };
    let now = server.clock.now().seconds();
    let key = SECRET.as_bytes();
    let send = |headers, body: &[u8]| server.post("/hooks/generic", &headers, body).status;
    assert_eq!(send(standard(key, "m-1", now, &push("b")), &push("b")), 202);
    assert_eq!(send(standard(key, "m-2", now - 301, &push("c")), &push("c")), 401, "too old");
    assert_eq!(send(standard(key, "m-2", now + 310, &push("c")), &push("c")), 401, "from the future");
    let mut rotating = standard(key, "m-3", now, &push("c"));
    rotating[2].1 = format!("v1a,AAAA v1,{} {}", STANDARD.encode([0; 32]), rotating[2].1);
    assert_eq!(send(rotating, &push("c")), 202, "one of the list holds");
    let mut other_id = standard(key, "m-4", now, &push("d"));
    other_id[0].1 = "m-5".into();
    assert_eq!(send(other_id, &push("d")), 401, "the id is signed");
    let ping = body(&json!({"type": "ping"}));
    assert_eq!(send(standard(key, "m-6", now, &ping), &ping), 200);
}

#[test]
fn a_ping_is_answered_and_what_is_not_wanted_is_recorded_as_skipped() {
    let server = Server::start();
    let ping = body(&json!({"zen": "x", "repository": {"full_name": "acme/api"}}));
    assert_eq!(server.post("/hooks/github", &github(SECRET, "ping", "p", &ping), &ping).status, 200);
    let mut tag = push("acme/api", "a", "b");
    tag["ref"] = "refs/tags/v1".into();
    let mut feature = push("acme/api", "a", "b");
    feature["ref"] = "refs/heads/feature".into();
    let mut deleted = push("acme/api", "a", "b");
    deleted["after"] = "0".repeat(40).into();
    let stars = json!({"action": "created", "repository": {"full_name": "acme/api"}});
    let cases = [
        ("star", stars, Disposition::SkippedEvent),
        ("push", tag, Disposition::SkippedEvent),
        ("push", feature, Disposition::SkippedBranch),
        ("push", deleted, Disposition::SkippedEvent),
        ("push", push("acme/other", "a", "b"), Disposition::SkippedRepository),
    ];
    for (id, (event, payload, disposition)) in cases.into_iter().enumerate() {
        let (id, body) = (id.to_string(), body(&payload));
        let answer = server.post("/hooks/github", &github(SECRET, event, &id, &body), &body);
        assert_eq!(
            (answer.status, answer.json()["disposition"].as_str()),
            (202, Some(disposition.as_str())),
            "{id}"
        );
        let kept = server.ask(server.store.delivery(&format!("github:{id}"))).unwrap().unwrap();
        assert_eq!(kept.row.disposition, disposition);
    }
    assert_eq!(server.runs(), 0);
    assert_eq!(server.said(), []);
}

#[test]
fn a_dispatch_sets_a_run_off_and_says_nothing_in_the_room() {
    let server = Server::start();
    let body = body(&json!({
        "action": "watcher-openapi-changed", "branch": "main", "client_payload": {},
        "repository": {"full_name": "Acme/API"}, "sender": {"login": "countersign[bot]"},
    }));
    let answer = server.post("/hooks/github", &github(SECRET, "repository_dispatch", "1", &body), &body);
    assert_eq!(answer.json()["disposition"], "queued", "whoever notified is no loop");
    server.until("a run", || server.runs() == 1);
    let causes = server.host.runs.lock().unwrap()[0].causes.clone();
    assert_eq!(causes, [Cause::Dispatch("watcher-openapi-changed".into())]);
    assert_eq!(server.said(), []);
}

#[test]
fn our_own_pushes_are_recorded_and_set_nothing_off() {
    let server = Server::start();
    let mut by_sender = push("acme/api", "a", "b");
    by_sender["sender"]["login"] = "Countersign[bot]".into();
    let mut by_branch = push("acme/api", "a", "b");
    by_branch["ref"] = "refs/heads/countersign/api/0123456789ab".into();
    let mut by_trailer = push("acme/api", "b", "c");
    by_trailer["head_commit"]["message"] =
        "move the record\n\nCountersign-Run: run-1\nSigned-off-by: x".into();
    for (id, payload) in [("1", by_sender), ("2", by_branch), ("3", by_trailer)] {
        let body = body(&payload);
        let answer = server.post("/hooks/github", &github(SECRET, "push", id, &body), &body);
        assert_eq!(answer.json()["disposition"], "skipped:loop", "{id}");
    }
    let head = server.ask(server.store.nodes()).unwrap()[0].head.clone();
    assert_eq!(head, Some(commit("c")), "our own push moves the head, and one elsewhere does not");
    let mut speaks_of_it = push("acme/api", "c", "d");
    speaks_of_it["head_commit"]["message"] = "what Countersign-Run: x means\n\nCountersign-Runner: y".into();
    let body = body(&speaks_of_it);
    let answer = server.post("/hooks/github", &github(SECRET, "push", "4", &body), &body);
    assert_eq!(answer.json()["disposition"], "queued");
    assert_eq!(sign::hex(&[1]), "01");
}

#[test]
fn two_branches_of_one_repository_and_two_hosts_are_told_apart() {
    let mut two = settings();
    let mut stable = node(Source::Github, "api");
    (stable.name, stable.branch) = ("stable".into(), "stable".into());
    let mut enterprise = node(Source::Github, "api");
    (enterprise.name, enterprise.repository.host) = ("enterprise".into(), "ghe.example.com".into());
    two.nodes.extend([stable, enterprise]);
    let server = Server::with(two, crate::server::Host::default());
    let mut to_stable = push("acme/api", "a", "b");
    to_stable["ref"] = "refs/heads/stable".into();
    let mut of_enterprise = push("acme/api", "a", "c");
    of_enterprise["repository"]["html_url"] = "https://ghe.example.com/acme/api".into();
    for (id, payload) in [("1", to_stable), ("2", of_enterprise), ("3", push("acme/api", "a", "d"))] {
        let body = body(&payload);
        server.post("/hooks/github", &github(SECRET, "push", id, &body), &body);
    }
    let node = |id: &str| server.ask(server.store.delivery(id)).unwrap().unwrap().row.node;
    let nodes = [node("github:1"), node("github:2"), node("github:3")];
    assert_eq!(nodes, [Some("stable".into()), Some("enterprise".into()), Some("api".into())]);
}

#[test]
fn what_is_kept_holds_no_signature() {
    let server = Server::start();
    server.push("1", "a", "b");
    let kept = server.ask(server.store.delivery("github:1")).unwrap().unwrap();
    let names: Vec<&str> = kept.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", "x-github-delivery", "x-github-event"]);
    assert_eq!(kept.body, body(&push("acme/api", "a", "b")));
}
