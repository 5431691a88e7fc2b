//! `POST /api/reload`: who may, what it answers, and that a thousand at once are one.

use crate::http::{Answer, get};
use crate::server::{Host, Server, node, settings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_serve::{Oidc, Reconciled, ReloadSettings, Secret, Settings, Source, State, Work};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn with_secret() -> Settings {
    let secrets = vec![Secret::new("new"), Secret::new("old")];
    Settings { reload: ReloadSettings { secrets, oidc: None }, ..settings() }
}

fn reload(server: &Server, authorization: Option<&str>, body: &str) -> Answer {
    let headers =
        authorization.map(|value| ("authorization".to_owned(), value.to_owned())).into_iter().collect();
    server.post("/api/reload", &headers, body.as_bytes())
}

#[test]
fn who_shows_nothing_learns_nothing() {
    let (set, unset) = (Server::with(with_secret(), Host::default()), Server::start());
    for server in [&set, &unset] {
        let answer = reload(server, None, "");
        assert_eq!(answer.status, 401);
        assert!(answer.head.contains("www-authenticate: bearer"));
        assert_eq!(reload(server, Some("Basic bmV3"), "").status, 401);
        assert_eq!(reload(server, Some("Bearer "), "").status, 401);
    }
    assert_eq!(reload(&unset, Some("Bearer new"), "").status, 503);
    assert_eq!(reload(&set, Some("Bearer wrong"), "").status, 401);
    assert_eq!(reload(&set, Some("Bearer new"), "").status, 200);
    assert_eq!(reload(&set, Some("bearer old"), "").status, 200);
    assert_eq!(set.host.reconciled.load(Ordering::SeqCst), 2);
    assert_eq!(unset.host.reconciled.load(Ordering::SeqCst), 0);
}

#[test]
fn what_is_asked_for_has_to_be_a_commit_and_a_branch() {
    let server = Server::with(with_secret(), Host::default());
    for (body, status) in [
        ("{", 400),
        ("[]", 422),
        (r#"{"commit": 7}"#, 422),
        (r#"{"commit": "--upload-pack=x"}"#, 422),
        (r#"{"branch": "-x"}"#, 422),
        (r#"{"branch": "a..b"}"#, 422),
        (r#"{"branch": "main"}"#, 200),
        (&format!(r#"{{"commit": "{COMMIT}", "other": 1}}"#), 200),
    ] {
        assert_eq!(reload(&server, Some("Bearer new"), body).status, status, "{body}");
    }
}

#[test]
fn a_known_commit_changes_nothing_and_asks_nobody() {
    let server = Server::with(with_secret(), Host::default());
    server.host.known.lock().unwrap().push(COMMIT.into());
    let body = format!(r#"{{"branch": "main", "commit": "{COMMIT}"}}"#);
    assert_eq!(reload(&server, Some("Bearer new"), &body).json(), json!({"outcome": "no-changes"}));
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(reload(&server, Some("Bearer new"), &body).json()["outcome"], "no-changes");
    }
    assert!(began.elapsed() / 50 < Duration::from_millis(50), "{:?}", began.elapsed() / 50);
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 0);
    assert_eq!(server.host.asked_what_is_known.load(Ordering::SeqCst), 1, "it is remembered");
}

#[test]
fn every_outcome_has_its_word_and_its_status() {
    let next: Arc<Mutex<Option<Reconciled>>> = Arc::default();
    let given = Arc::clone(&next);
    let host =
        Host { reconcile: Box::new(move |_| given.lock().unwrap().take().unwrap()), ..Host::default() };
    let server = Server::with(with_secret(), host);
    let cases = [
        (Reconciled::InSync { commit: "a".into(), state: None }, 200, "in-sync"),
        (Reconciled::Diverged { ours: "a".into(), theirs: "b".into() }, 409, "diverged"),
        (Reconciled::FetchFailed { why: "no route".into() }, 502, "fetch-failed"),
        (Reconciled::Invalid { why: "unknown key".into() }, 500, "invalid"),
    ];
    for (reconciled, status, word) in cases {
        *next.lock().unwrap() = Some(reconciled);
        let answer = reload(&server, Some("Bearer new"), "");
        assert_eq!((answer.status, answer.json()["outcome"].as_str()), (status, Some(word)));
    }
    let broken = reload(&server, Some("Bearer new"), "");
    assert_eq!(
        (broken.status, broken.json()["outcome"].as_str()),
        (500, Some("invalid")),
        "a panic is an outcome"
    );
    assert_eq!(server.push("1", "a", "b").status, 202, "what was served is served");
}

/// A host whose reload leads to one with other nodes.
fn moving() -> Host {
    let reconcile = |_: &countersign_serve::Wanted| {
        std::thread::sleep(Duration::from_millis(300));
        let mut settings = with_secret();
        settings.nodes = vec![node(Source::Github, "web")];
        let work: Arc<dyn Work> = Arc::new(Host::default());
        Reconciled::FastForwarded {
            from: "a".into(),
            to: "b".into(),
            state: Box::new(State { settings, work }),
        }
    };
    Host { reconcile: Box::new(reconcile), ..Host::default() }
}

#[test]
fn a_new_state_is_served_at_once_and_whole() {
    let server = Server::with(with_secret(), moving());
    let answer = reload(&server, Some("Bearer new"), "");
    assert_eq!(answer.json(), json!({"outcome": "fast-forwarded", "from": "a", "to": "b"}));
    let repositories = get(server.address, "/hooks/health").json()["repositories"].clone();
    assert_eq!(repositories.as_array().unwrap().len(), 1);
    assert_eq!(repositories[0]["repository"], "acme/web");
    assert_eq!(server.push("1", "a", "b").json()["disposition"], "skipped:repository");
}

#[test]
fn a_thousand_reloads_at_once_are_one_reconcile_and_tear_nothing() {
    let server = Arc::new(Server::with(with_secret(), moving()));
    let reloads: Vec<_> = (0..1000)
        .map(|number| {
            let server = Arc::clone(&server);
            let ask = move || match number % 10 {
                // Readers see the old configuration or the new one, never a part of each.
                0 => {
                    let repositories = get(server.address, "/hooks/health").json()["repositories"].clone();
                    let count = repositories.as_array().unwrap().len();
                    assert!(count == 4 || count == 1, "{repositories}");
                    reload(&server, Some("Bearer new"), "")
                }
                _ => reload(&server, Some("Bearer new"), ""),
            };
            std::thread::Builder::new().stack_size(128 * 1024).spawn(ask).unwrap()
        })
        .collect();
    let mut later = 0;
    for reload in reloads {
        match reload.join().unwrap().json()["outcome"].as_str() {
            Some("fast-forwarded") => {}
            // Who came after its end asks the new host, which is in sync.
            Some("in-sync") => later += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 1);
    assert!(later < 900, "most of them came while it ran");
}

#[test]
fn who_joins_too_late_for_its_commit_is_not_told_that_it_is_there() {
    let server = Arc::new(Server::with(
        with_secret(),
        Host {
            reconcile: Box::new(|_| {
                std::thread::sleep(Duration::from_millis(300));
                Reconciled::InSync { commit: "a".into(), state: None }
            }),
            ..Host::default()
        },
    ));
    let first = {
        let server = Arc::clone(&server);
        std::thread::spawn(move || reload(&server, Some("Bearer new"), "").status)
    };
    server.until("it runs", || server.host.reconciled.load(Ordering::SeqCst) == 1);
    let body = format!(r#"{{"commit": "{COMMIT}"}}"#);
    assert_eq!(reload(&server, Some("Bearer new"), &body).status, 200);
    assert_eq!(first.join().unwrap(), 200);
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 2);
}

const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// A key of this test alone (RFC 8032, an Ed25519 key in PKCS#8), and the set that an issuer would publish.
fn issuer_keys() -> (EncodingKey, String) {
    let pkcs8 = STANDARD.decode("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g").unwrap();
    let key = EncodingKey::from_ed_der(&pkcs8);
    let set = json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }]});
    (key, set.to_string())
}

fn token(key: &EncodingKey, kid: &str, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.into());
    format!("Bearer {}", encode(&header, claims, key).unwrap())
}

#[test]
fn a_workflow_of_a_named_repository_may_reload_and_no_other() {
    let oidc = Oidc {
        issuer: ISSUER.into(),
        audience: "countersign".into(),
        repositories: vec!["acme/api".into()],
        refs: vec!["refs/heads/main".into()],
    };
    let settings = Settings { reload: ReloadSettings { secrets: vec![], oidc: Some(oidc) }, ..settings() };
    let server = Server::with(settings, Host::default());
    let (key, set) = issuer_keys();
    server.host.keys.lock().unwrap().push_back(Ok(set));
    let now = server.clock.now().seconds();
    let good = json!({
        "iss": ISSUER, "aud": "countersign", "exp": now + 300, "nbf": now, "repository": "acme/api", "ref": "refs/heads/main",
    });
    assert_eq!(reload(&server, Some(&token(&key, "k1", &good)), "").status, 200);
    let wrong = [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("exp", json!(now - 120)),
        ("nbf", json!(now + 600)),
        ("repository", json!("acme/fork")),
        ("ref", json!("refs/heads/feature")),
    ];
    for (claim, value) in wrong {
        let mut claims = good.clone();
        claims[claim] = value;
        assert_eq!(reload(&server, Some(&token(&key, "k1", &claims)), "").status, 401, "{claim}");
    }
    let mut incomplete = good.clone();
    incomplete.as_object_mut().unwrap().remove("exp");
    assert_eq!(reload(&server, Some(&token(&key, "k1", &incomplete)), "").status, 401);
    let shared = encode(
        &Header::new(Algorithm::HS256),
        &good,
        &EncodingKey::from_secret(b"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
    );
    assert_eq!(
        reload(&server, Some(&format!("Bearer {}", shared.unwrap())), "").status,
        401,
        "a public key is no secret"
    );
    assert_eq!(reload(&server, Some("Bearer a.b.c"), "").status, 401);
    for _ in 0..20 {
        assert_eq!(reload(&server, Some(&token(&key, "unknown", &good)), "").status, 401);
    }
    assert_eq!(
        server.host.asked_for_keys.load(Ordering::SeqCst),
        1,
        "nobody makes us ask the issuer again and again"
    );
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 1);
}
