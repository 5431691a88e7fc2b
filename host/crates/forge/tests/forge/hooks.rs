//! Webhooks: what is written of them, what is read, and what becomes of an answer that is lost.

use crate::server::{Asked, Does, Server, empty, json};
use crate::{api, github, settings};
use countersign_forge::{
    Forge, ForgeError, ForgeKind, ForgeSettings, Hook, HookSettings, LastDelivery, Secret,
};
use serde_json::{Value, json};
use std::sync::Mutex;

const ADDRESS: &str = "https://serve.test/hooks/github";

pub(crate) fn wanted() -> HookSettings {
    HookSettings {
        url: format!("{ADDRESS}?key=0123abcd"),
        secret: Secret::new("a shared secret"),
        events: vec!["push".to_owned()],
    }
}

/// A webhook that is as [`wanted`] says, but for where it sends to.
pub(crate) fn there() -> Hook {
    Hook {
        id: 1,
        url: ADDRESS.to_owned(),
        events: vec!["push".to_owned()],
        active: true,
        content_type: Some("json".to_owned()),
        verifies_tls: Some(true),
        branch_filter: None,
        last: LastDelivery::Unknown,
    }
}

fn gitea(server: &Server) -> Forge {
    Forge::new(ForgeSettings { kind: ForgeKind::Gitea, ..settings(server) }).expect("a forge")
}

/// A forge that keeps webhooks, and does this with an answer that it has.
fn keeping(first: Vec<Value>, answers: impl Fn(&Asked, Does) -> Does + Send + Sync + 'static) -> Server {
    let kept = Mutex::new(first);
    Server::new(move |asked| {
        let mut kept = kept.lock().expect("no holder panics");
        let id = asked.line().rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
        let place = kept.iter().position(|hook| hook["id"].as_u64() == id);
        let does = match (asked.method.as_str(), place) {
            ("GET", _) => json(200, &json!(*kept)),
            ("POST", _) if asked.line().ends_with("/hooks") => {
                let mut hook = asked.body.clone();
                hook["id"] = json!(kept.len() + 3);
                kept.push(hook.clone());
                json(201, &hook)
            }
            ("POST", _) => empty(204),
            ("PATCH", Some(place)) => {
                for (key, value) in asked.body.as_object().expect("an object") {
                    kept[place][key] = value.clone();
                }
                json(200, &kept[place])
            }
            ("DELETE", Some(place)) => {
                kept.remove(place);
                empty(204)
            }
            _ => empty(404),
        };
        answers(asked, does)
    })
}

fn faithful(_: &Asked, does: Does) -> Does {
    does
}

fn old() -> Value {
    json!({ "id": 1, "config": { "url": ADDRESS, "content_type": "json", "insecure_ssl": "0" }, "events": ["push"],
        "active": true })
}

#[test]
fn a_webhook_is_created_without_fields_that_its_forge_does_not_know() {
    let config = json!({ "url": wanted().url, "content_type": "json", "secret": "a shared secret" });
    let server = keeping(Vec::new(), faithful);
    assert_eq!(gitea(&server).create_hook(&api(), &wanted()).expect("made").id, 3);
    let body = json!({ "config": config, "events": ["push"], "active": true, "type": "gitea" });
    assert_eq!(server.writes()[0].body, body);
    let server = keeping(Vec::new(), faithful);
    assert_eq!(github(&server).create_hook(&api(), &wanted()).expect("made").id, 3);
    let mut config = config;
    config["insecure_ssl"] = json!("0");
    let body = json!({ "config": config, "events": ["push"], "active": true, "name": "web" });
    assert_eq!(server.writes()[0].body, body);
}

#[test]
fn a_webhook_changes_as_a_whole_and_is_tried_where_its_forge_tries_them() {
    let server = keeping(vec![old()], faithful);
    let forge = github(&server);
    assert_eq!(forge.update_hook(&api(), &there(), &wanted()).expect("changed").url, wanted().url);
    assert_eq!(server.writes()[0].body["config"]["secret"], "a shared secret");
    assert_eq!(server.writes()[0].body["active"], true);
    forge.ping_hook(&api(), 1).expect("asked");
    gitea(&server).ping_hook(&api(), 1).expect("asked");
    assert_eq!(server.count("POST /repos/acme/api/hooks/1/pings"), 1);
    assert_eq!(server.count("POST /repos/acme/api/hooks/1/tests"), 1);
}

#[test]
fn a_lost_answer_is_settled_by_looking_and_nothing_is_written_twice() {
    let lost = |asked: &Asked, does| if asked.method == "GET" { does } else { Does::Hangs };
    let server = keeping(vec![old()], lost);
    let forge = github(&server);
    assert_eq!(forge.update_hook(&api(), &there(), &wanted()).expect("changed").url, wanted().url);
    forge.remove_hook(&api(), 1).expect("removed");
    assert_eq!(forge.create_hook(&api(), &wanted()).expect("made").url, wanted().url);
    assert_eq!(server.writes().len(), 3);
}

#[test]
fn a_lost_answer_stays_open_where_only_the_secret_was_to_change() {
    let lost = |asked: &Asked, does| if asked.method == "GET" { does } else { Does::Hangs };
    let server = keeping(vec![old()], lost);
    let same = Hook { url: wanted().url, ..there() };
    let answer = github(&server).update_hook(&api(), &same, &wanted());
    assert!(matches!(answer, Err(ForgeError::Unknown { .. })), "{answer:?}");
}

#[test]
fn what_is_gone_already_is_removed_and_what_cannot_be_is_not() {
    let server = keeping(Vec::new(), faithful);
    github(&server).remove_hook(&api(), 1).expect("it is gone");
    let server = Server::new(|asked| match asked.method.as_str() {
        "GET" => json(200, &json!([old()])),
        _ => empty(404),
    });
    let answer = github(&server).remove_hook(&api(), 1);
    assert!(matches!(answer, Err(ForgeError::NotFound { .. })), "{answer:?}");
}

#[test]
fn everything_that_a_forge_tells_of_a_webhook_is_read() {
    let told = json!([
        { "id": 1, "config": { "url": "https://a.test", "content_type": "form", "insecure_ssl": 1 },
          "events": ["push", "issues", "push"], "active": false,
          "last_response": { "code": 502, "status": "misconfigured", "message": "Bad Gateway" } },
        { "id": 2, "config": { "url": "https://b.test", "content_type": "json", "insecure_ssl": "0" },
          "events": ["push"], "active": true, "branch_filter": "release/*",
          "last_response": { "code": null, "status": "unused", "message": null } },
        { "id": -7, "config": { "url": "https://c.test" }, "branch_filter": "*",
          "last_response": { "code": 200, "status": "active", "message": "OK" } },
        { "id": 4, "last_response": { "code": 0, "status": "failed", "message": "timed out" } },
    ]);
    let server = Server::new(move |_| json(200, &told));
    let hooks = github(&server).hooks(&api()).expect("hooks");
    let failed = |status, why: &str| LastDelivery::Failed { status, why: why.to_owned() };
    assert_eq!((hooks[0].content_type.as_deref(), hooks[0].verifies_tls), (Some("form"), Some(false)));
    assert_eq!((hooks[0].events.join(" "), hooks[0].active), ("issues push".to_owned(), false));
    assert_eq!(hooks[0].last, failed(Some(502), "Bad Gateway"));
    assert_eq!(hooks[1].branch_filter.as_deref(), Some("release/*"));
    assert_eq!((hooks[1].verifies_tls, &hooks[1].last), (Some(true), &LastDelivery::Unknown));
    assert_eq!((hooks[2].id, &hooks[2].last), (0, &LastDelivery::Taken), "an odd number names nothing");
    assert_eq!((&hooks[2].branch_filter, hooks[2].verifies_tls), (&None, None));
    assert_eq!(hooks[3].last, failed(None, "timed out"));
}

#[test]
fn failed_deliveries_are_asked_for_again_whatever_the_query_of_the_address() {
    let attempt = |id: u64, guid: &str, code: u16| json!({ "id": id, "guid": guid, "status_code": code });
    let server = Server::new(move |asked| match asked.line().as_str() {
        "GET /repos/acme/api/hooks" => json(
            200,
            &json!([
                { "id": 1, "config": { "url": format!("{ADDRESS}?key=0123abcd") } },
                { "id": 2, "config": { "url": "https://elsewhere.test/hooks/github" } },
                { "id": 3, "config": { "url": ADDRESS } },
            ]),
        ),
        "GET /repos/acme/api/hooks/1/deliveries" => {
            json(200, &json!([attempt(12, "a", 502), attempt(11, "b", 200)]))
        }
        "GET /repos/acme/api/hooks/3/deliveries" => json(200, &json!([attempt(31, "c", 401)])),
        _ => empty(202),
    });
    assert_eq!(github(&server).redeliver(&api(), ADDRESS), Ok(2));
    assert_eq!(server.count("POST /repos/acme/api/hooks/1/deliveries/12/attempts"), 1);
    assert_eq!(server.count("POST /repos/acme/api/hooks/3/deliveries/31/attempts"), 1);
    assert_eq!(server.writes().len(), 2);
}
