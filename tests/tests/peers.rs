//! The peers of the other tests, each by itself: what they let through, what they refuse, and that they end.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::{
    Behaviour, Emulator, FaultServer, Person, Prism, Reply, Request, Room, Rule, Synapse, Verifiers, ask,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::sync::Mutex;
use std::time::{Duration, Instant, UNIX_EPOCH};

const API: &str = "acme/api";

#[test]
fn the_emulator_keeps_commits_branches_and_pull_requests() {
    let Some(emulator) = Emulator::start() else { return };
    let commit = emulator.commit(API, "main", "openapi.json", b"{}\n");
    assert_eq!(emulator.branches(API)["main"], commit);
    assert_eq!(emulator.file(API, "main", "openapi.json").as_deref(), Some(b"{}\n".as_slice()));
    let body = json!({ "ref": "refs/heads/countersign/watcher/1", "sha": commit });
    drop(emulator.ask("POST", "/repos/acme/api/git/refs", Some(&body)).is(201));
    drop(emulator.ask("POST", "/repos/acme/api/git/refs", Some(&body)).is(422));
    emulator.commit(API, "countersign/watcher/1", "openapi.json", b"{ }\n");
    let number = emulator.open(API, "countersign/watcher/1", "main");
    emulator.merge(API, number);
    assert!(emulator.pulls(API)[0]["merged_at"].is_string());
    assert_eq!(emulator.file(API, "main", "openapi.json").as_deref(), Some(b"{ }\n".as_slice()));
}

#[test]
fn the_emulator_tells_people_apart() {
    let Some(emulator) = Emulator::start() else { return };
    let as_bert = [("authorization", "Bearer token-of-bert")];
    let url = emulator.url("/repos/acme/vault");
    assert_eq!(ask("GET", &url, &as_bert, b"").unwrap().status, 403);
    drop(emulator.ask("GET", "/repos/acme/vault", None).is(200));
    assert!(emulator.private_key().contains("BEGIN"));
}

#[test]
fn a_peer_ends_when_it_is_dropped() {
    let Some(emulator) = Emulator::start() else { return };
    let url = emulator.url("/rate_limit");
    assert!(ask("GET", &url, &[], b"").is_ok());
    drop(emulator);
    assert!(ask("GET", &url, &[], b"").is_err());
}

/// A server that counts what was written to it.
fn counter() -> FaultServer {
    let written = Mutex::new(0);
    FaultServer::fake(move |request: &Request| {
        let mut written = written.lock().expect("no holder panics");
        *written += usize::from(request.target.starts_with("POST "));
        Reply::json(200, &json!({ "written": *written, "body": String::from_utf8_lossy(&request.body) }))
    })
}

fn post(server: &FaultServer) -> std::io::Result<Reply> {
    ask("POST", &server.url("/things"), &[], b"thing")
}

fn written(server: &FaultServer) -> u64 {
    let reply = ask("GET", &server.url("/things"), &[], b"").expect("a read is not struck");
    reply.value()["written"].as_u64().expect("it is a number")
}

#[test]
fn a_lost_answer_was_carried_out_and_a_closed_connection_was_not() {
    let server = counter();
    server.rule(Rule::new("POST", "/thin*", Behaviour::LoseAnswer).times(1));
    server.rule(Rule::new("POST", "*", Behaviour::Close).times(1));
    server.rule(Rule::new("POST", "*", Behaviour::CutAnswer).times(1));
    assert!(post(&server).is_err());
    assert_eq!(written(&server), 1);
    assert!(post(&server).is_err());
    assert_eq!(written(&server), 1);
    assert!(post(&server).is_err());
    assert_eq!(written(&server), 2);
    assert_eq!(post(&server).unwrap().value()["body"], "thing");
    let asked = server.asked("POST", "/things");
    assert_eq!(asked.iter().filter(|exchange| exchange.answer.is_some()).count(), 1);
    assert_eq!(asked.iter().filter(|exchange| exchange.upstream.is_some()).count(), 3);
}

#[test]
fn a_rule_answers_some_times_and_then_passes_on() {
    let server = counter();
    server.rule(Rule::new("POST", "*", Behaviour::bad_gateway()).after(1).times(2));
    let statuses: Vec<u16> = (0..4).map(|_| post(&server).unwrap().status).collect();
    assert_eq!(statuses, [200, 502, 502, 200]);
    server.on("GET", "/moved", Behaviour::moved("/elsewhere"));
    server.on("*", "/limited", Behaviour::limited(7));
    server.on("PUT", "*", Behaviour::too_many(4_378));
    let reply = |method, path| ask(method, &server.url(path), &[], b"").unwrap();
    assert_eq!(reply("GET", "/moved").is(307).header("Location"), Some("/elsewhere"));
    assert_eq!(reply("DELETE", "/limited").is(403).header("retry-after"), Some("7"));
    assert_eq!(reply("PUT", "/send").is(429).value()["retry_after_ms"], 4_378);
    server.on("GET", "/slow", Behaviour::Stall(Duration::from_millis(300)));
    let started = Instant::now();
    drop(reply("GET", "/slow").is(200));
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn chaos_strikes_writes_alone_and_the_same_way_for_the_same_seed() {
    let fates = |seed| {
        let server = counter();
        server.chaos(seed, 0.5);
        let fates: Vec<Option<u16>> = (0..40).map(|_| post(&server).ok().map(|reply| reply.status)).collect();
        assert_eq!((0..40).filter(|_| written(&server) > 0).count(), 40);
        (fates, written(&server))
    };
    let (struck, carried_out) = fates(1);
    assert_eq!(fates(1), (struck.clone(), carried_out));
    assert_ne!(fates(2).0, struck);
    for fate in [Some(200), Some(502), None] {
        assert!(struck.contains(&fate), "{struck:?}");
    }
    assert!(carried_out < 40);
}

#[test]
fn a_fault_server_stands_before_another_server() {
    let Some(emulator) = Emulator::start() else { return };
    let server = FaultServer::before(&emulator.url(""));
    server.also("POST", "/repos/*/dispatches", |_| Reply::empty(204));
    server.rule(Rule::new("POST", "*/dispatches", Behaviour::LoseAnswer).times(1));
    server.on("POST", "/repos/*/issues", Behaviour::LoseAnswer);
    let authorization = [("authorization", "Bearer token-of-ana")];
    let post = |path: &str, body: &str| ask("POST", &server.url(path), &authorization, body.as_bytes());
    assert!(post("/repos/acme/api/dispatches", "{}").is_err());
    assert_eq!(post("/repos/acme/api/dispatches", "{}").unwrap().status, 204);
    assert!(server.asked("POST", "*/dispatches").iter().all(|exchange| exchange.upstream.is_some()));
    assert!(post("/repos/acme/api/issues", "{\"title\":\"Lost\"}").is_err());
    assert_eq!(emulator.get("/repos/acme/api/issues")[0]["title"], "Lost");
    let repository = ask("GET", &server.url("/repos/acme/api"), &authorization, b"").unwrap().value();
    assert_eq!(repository["url"], server.url("/repos/acme/api"));
    assert_eq!(server.asked("POST", "*/issues")[0].upstream.as_ref().unwrap().status, 201);
}

const AUTHORIZATION: (&str, &str) = ("authorization", "token something");

fn tell(prism: &Prism, method: &str, path: &str, body: &serde_json::Value) -> u16 {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let accept = ("accept", "application/vnd.github+json");
    let headers = [AUTHORIZATION, accept, ("content-type", "application/json")];
    let headers = if body.is_empty() { &headers[..2] } else { &headers };
    ask(method, &prism.url(path), headers, body.as_bytes()).expect("Prism answers").status
}

#[test]
fn githubs_own_description_is_kept_to() {
    let Some(prism) = Prism::github() else { return };
    let dispatch = json!({ "event_type": "contract", "client_payload": { "contract": {} } });
    assert_eq!(tell(&prism, "POST", "/repos/acme/api/dispatches", &dispatch), 204);
    let tree = json!({ "tree": [{ "path": "a", "mode": "100644", "type": "blob", "sha": null }] });
    assert_eq!(tell(&prism, "POST", "/repos/acme/api/git/trees", &tree), 201);
    assert_eq!(tell(&prism, "GET", "/repos/acme/api/contents/a%2Fb?ref=main", &json!(null)), 200);
    prism.allows_all();
    prism.prefer("GET", "/repos/acme/gone", 404);
    assert_eq!(tell(&prism, "GET", "/repos/acme/gone", &json!(null)), 404);
    prism.allows_all();
}

#[test]
fn a_request_that_github_does_not_describe_is_found() {
    let Some(prism) = Prism::github() else { return };
    let crowded: serde_json::Map<_, _> = (0..11).map(|key| (key.to_string(), json!(1))).collect();
    let hook = json!({ "name": "web", "config": { "url": "https://example.com" }, "type": "Repository" });
    for (path, body) in [
        ("/repos/acme/api/dispatches", json!({ "event_type": "contract", "client_payload": crowded })),
        ("/repos/acme/api/dispatches", json!({ "event_type": "e".repeat(101) })),
        ("/repos/acme/api/hooks", hook),
        ("/repos/acme/api/dispatch", json!({})),
    ] {
        assert!(tell(&prism, "POST", path, &body) >= 400);
        assert!(!prism.violations().is_empty(), "{path}");
        prism.front().forget();
    }
}

#[test]
fn the_descriptions_of_gitea_and_forgejo_are_kept_to() {
    for prism in [Prism::gitea(), Prism::forgejo()].into_iter().flatten() {
        let file = |operation| json!({ "operation": operation, "path": "a", "content": "e30K" });
        let change =
            |operation| json!({ "branch": "main", "new_branch": "next", "files": [file(operation)] });
        assert_eq!(tell(&prism, "POST", "/api/v1/repos/acme/api/contents", &change("create")), 201);
        let status = json!({ "state": "success", "context": "countersign" });
        assert_eq!(tell(&prism, "POST", "/api/v1/repos/acme/api/statuses/abc", &status), 201);
        prism.allows_all();
        assert!(tell(&prism, "POST", "/api/v1/repos/acme/api/contents", &change("rename")) >= 400);
        assert_eq!(prism.violations().len(), 1);
        prism.front().forget();
        assert_eq!(ask("GET", &prism.url("/api/v1/repos/acme/api"), &[], b"").unwrap().status, 401);
        assert_eq!(prism.violations().len(), 1);
    }
}

fn send(synapse: &Synapse, person: &Person, room: &Room, transaction: usize) -> Reply {
    let room = room.id.replace('!', "%21").replace(':', "%3A");
    let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}");
    let body = json!({ "msgtype": "m.notice", "body": transaction.to_string() });
    synapse.ask("PUT", &path, Some(person), Some(&body))
}

#[test]
fn synapse_keeps_a_message_once_for_each_transaction() {
    let Some(synapse) = Synapse::fast() else { return };
    let (ana, bot) = (synapse.person("ana"), synapse.person("bot"));
    let room = synapse.room(&ana, "watchers");
    synapse.join(&bot, &room);
    for transaction in [1, 2, 2, 3] {
        drop(send(synapse, &bot, &room, transaction).is(200));
    }
    let messages = synapse.messages(&ana, &room);
    let bodies: Vec<&str> = messages.iter().filter_map(|event| event["content"]["body"].as_str()).collect();
    assert_eq!(bodies, ["1", "2", "3"]);
    assert!(messages.iter().all(|event| event["sender"] == bot.id));
    synapse.ban(&ana, &bot, &room);
    drop(send(synapse, &bot, &room, 4).is(403));
}

#[test]
fn synapse_limits_messages_and_says_for_how_long() {
    let Some(synapse) = Synapse::limited() else { return };
    let ana = synapse.person("ana");
    let room = synapse.room(&ana, "watchers");
    let mut replies = (0..60).map(|transaction| send(synapse, &ana, &room, transaction));
    let refused = replies.find(|reply| reply.status == 429).expect("there is a limit");
    assert!(refused.value()["retry_after_ms"].as_u64().unwrap() > 0);
    drop(send(synapse, &ana, &room, 0).is(200));
}

/// A delivery with these headers.
fn delivery(headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { target: "POST /hook".to_owned(), headers, body: body.into() }
}

#[test]
fn a_webhook_that_github_could_have_sent_is_verified() {
    let Some(verifiers) = Verifiers::new() else { return };
    // The example of GitHub's documentation.
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let headers = [("x-hub-signature-256", signature)];
    let secret = "It's a Secret to Everybody";
    assert_eq!(verifiers.github(secret, &delivery(&headers, "Hello, World!")), Ok(()));
    assert!(verifiers.github(secret, &delivery(&headers, "Hello, world!")).is_err());
    assert!(verifiers.github("another", &delivery(&headers, "Hello, World!")).is_err());
}

#[test]
fn a_webhook_by_the_standard_is_verified_and_an_old_one_is_not() {
    let Some(verifiers) = Verifiers::new() else { return };
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    // The example of the specification, years old.
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let refused = verifiers.standard(secret, &delivery(&headers, "{\"test\": 2432232314}")).unwrap_err();
    assert!(refused.contains("too old"), "{refused}");
    let now = now();
    let forged = [headers[0], ("webhook-timestamp", now.as_str()), headers[2]];
    let refused = verifiers.standard(secret, &delivery(&forged, "{}")).unwrap_err();
    assert!(refused.contains("signature"), "{refused}");
    let signature = signature(secret, headers[0].1, &now, "{}");
    let signed = [headers[0], forged[1], ("webhook-signature", signature.as_str())];
    assert_eq!(verifiers.standard(secret, &delivery(&signed, "{}")), Ok(()));
}

/// The time of this machine, in seconds: that of a file that is written now.
fn now() -> String {
    let file = tempfile::tempfile().and_then(|file| file.metadata()?.modified());
    let written = file.expect("a temporary file can be made").duration_since(UNIX_EPOCH);
    written.expect("it is later than 1970").as_secs().to_string()
}

fn signature(secret: &str, id: &str, timestamp: &str, body: &str) -> String {
    let key = STANDARD.decode(secret).expect("the secret is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("every length will do");
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
