use crate::server::{Does, Server, empty, json};
use crate::{TOKEN, api, github, settings};
use countersign_forge::{Access, Budget, Forge, ForgeError, Secret, StateOfStatus, Status, WorkflowDispatch};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Dispatch once against a forge that always does this.
fn dispatched(does: Does) -> (Server, Result<(), ForgeError>) {
    let server = Server::new(move |_| does.clone());
    let answer = github(&server).dispatch(&api(), "contract", &json!({ "contract": { "sha": "1" } }));
    (server, answer)
}

#[test]
fn a_dispatch_carries_what_github_asks_for() {
    let (server, answer) = dispatched(empty(204));
    assert_eq!(answer, Ok(()));
    let [asked] = &server.asked()[..] else { panic!("one request") };
    assert_eq!(asked.line(), "POST /repos/acme/api/dispatches");
    assert_eq!(
        asked.body,
        json!({ "event_type": "contract", "client_payload": { "contract": { "sha": "1" } } })
    );
    assert_eq!(asked.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(asked.headers["x-github-api-version"], "2022-11-28");
    assert_eq!(asked.headers["accept"], "application/vnd.github+json");
    assert!(asked.headers["user-agent"].starts_with("countersign/"));
}

#[test]
fn a_write_whose_answer_is_lost_or_bad_is_sent_exactly_once_and_is_unknown() {
    for does in [empty(500), empty(502), empty(503), empty(408), Does::Hangs] {
        let (server, answer) = dispatched(does.clone());
        assert!(answer.as_ref().is_err_and(ForgeError::is_unknown), "{does:?}: {answer:?}");
        assert_eq!(server.asked().len(), 1, "{does:?}");
    }
}

#[test]
fn a_write_that_is_not_answered_in_time_is_unknown() {
    let server = Server::new(|_| Does::Sleeps);
    let forge = Forge::new(countersign_forge::ForgeSettings {
        timeout: Duration::from_millis(400),
        ..settings(&server)
    });
    let answer = forge.expect("a forge").dispatch(&api(), "contract", &json!({}));
    assert!(answer.is_err_and(|error| error.is_unknown()));
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_write_that_found_nobody_was_certainly_not_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a loopback").local_addr().expect("bound").port();
    let server = Server::new(|_| empty(204));
    let mut settings = settings(&server);
    settings.api = format!("http://127.0.0.1:{closed}").parse().expect("an address");
    let answer = Forge::new(settings).expect("a forge").dispatch(&api(), "contract", &json!({}));
    assert!(matches!(answer, Err(ForgeError::Unreachable { .. })), "{answer:?}");
}

#[test]
fn reads_share_a_connection_and_every_write_has_its_own() {
    // On one that the forge closed a moment ago, a write would be lost without anybody knowing whether it was done.
    let server = Server::new(|asked| match asked.method.as_str() {
        "GET" => json(200, &json!({ "full_name": "acme/api" })),
        _ => empty(204),
    });
    let forge = github(&server);
    for _ in 0..5 {
        forge.repository(&api()).expect("a repository");
        assert_eq!(forge.dispatch(&api(), "contract", &json!({})), Ok(()));
    }
    let connections = |method: &str| -> BTreeSet<u16> {
        server.asked().iter().filter(|asked| asked.method == method).map(|asked| asked.connection).collect()
    };
    assert_eq!((connections("GET").len(), connections("POST").len()), (1, 5));
}

#[test]
fn what_the_forge_says_for_certain_is_told() {
    let case = |status, message: &str| dispatched(json(status, &json!({ "message": message }))).1;
    assert!(matches!(case(401, "Bad credentials"), Err(ForgeError::Unauthorized { .. })));
    assert!(matches!(case(404, "Not Found"), Err(ForgeError::NotFound { .. })));
    assert!(matches!(case(403, "Resource not accessible"), Err(ForgeError::Forbidden { .. })));
    assert!(matches!(case(451, "Legal"), Err(ForgeError::Refused { status: 451, .. })));
    let refused = case(422, "Validation Failed").expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "POST /repos/acme/api/dispatches: refused with status 422: Validation Failed"
    );
}

#[test]
fn a_rate_limit_is_waited_for_once_and_the_write_sent_again() {
    let first = AtomicUsize::new(0);
    let server = Server::new(move |_| match first.fetch_add(1, Ordering::SeqCst) {
        0 => json(403, &json!({ "message": "You have exceeded a secondary rate limit." }))
            .with("retry-after", "1"),
        _ => empty(204),
    });
    assert_eq!(github(&server).dispatch(&api(), "contract", &json!({})), Ok(()));
    let [one, two] = &server.asked()[..] else { panic!("two requests") };
    assert!(two.at - one.at >= Duration::from_secs(1));
}

#[test]
fn a_rate_limit_beyond_the_patience_is_told_with_its_end_and_holds_back_the_next_write() {
    let server = Server::new(|_| empty(403).with("retry-after", "600"));
    let forge = github(&server);
    let started = Instant::now();
    for _ in 0..2 {
        let Err(ForgeError::Limited { after, .. }) = forge.dispatch(&api(), "contract", &json!({})) else {
            panic!("limited")
        };
        assert!(after > Duration::from_secs(590) && after <= Duration::from_secs(600), "{after:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(server.asked().len(), 1, "the second is not even sent");
}

#[test]
fn a_renamed_repository_is_told_by_its_new_name_and_nothing_is_sent_there() {
    for status in [301, 302, 307, 308] {
        let server = Server::new(move |asked| match asked.line().as_str() {
            "POST /repos/acme/api/dispatches" => empty(status).with("location", "/repositories/7/dispatches"),
            "GET /repositories/7" => json(200, &json!({ "id": 7, "full_name": "acme/renamed" })),
            _ => empty(404),
        });
        let answer = github(&server).dispatch(&api(), "contract", &json!({}));
        let Err(ForgeError::Moved { to, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(to.as_deref(), Some("acme/renamed"));
        assert_eq!(server.writes().len(), 1, "{status}");
    }
}

#[test]
fn a_redirect_to_another_host_gets_no_request_and_so_no_token() {
    let other = Server::new(|_| json(200, &json!({ "full_name": "evil/api" })));
    let location = format!("http://127.0.0.1:{}/repositories/7", other.port);
    let server = Server::new(move |_| empty(307).with("location", &location));
    let forge = github(&server);
    let moved = forge.dispatch(&api(), "contract", &json!({}));
    assert!(matches!(moved, Err(ForgeError::Moved { to: None, .. })), "{moved:?}");
    let moved = forge.repository(&api());
    assert!(matches!(moved, Err(ForgeError::Moved { to: None, .. })), "{moved:?}");
    assert_eq!(other.asked().len(), 0);
}

#[test]
fn a_dispatch_over_the_limits_is_not_sent() {
    let server = Server::new(|_| empty(204));
    let forge = github(&server);
    let keys = |count: usize| (0..count).map(|key| (key.to_string(), json!(1))).collect::<Map<_, _>>();
    let refused = |event: &str, payload: &Value| {
        matches!(forge.dispatch(&api(), event, payload), Err(ForgeError::Invalid(_)))
    };
    assert!(refused("", &json!({})));
    assert!(refused(&"é".repeat(101), &json!({})));
    assert!(refused("contract", &Value::Object(keys(11))));
    assert!(refused("contract", &json!({ "contract": "x".repeat(65_536) })));
    assert!(refused("contract", &json!([])));
    assert_eq!(server.asked().len(), 0);
    assert_eq!(forge.dispatch(&api(), &"é".repeat(100), &Value::Object(keys(10))), Ok(()));
}

#[test]
fn a_dry_run_sends_no_write_whatever_is_called() {
    let server = Server::new(|asked| match asked.line().as_str() {
        "GET /repos/acme/api/git/commits/base" => {
            json(200, &json!({ "sha": "base", "tree": { "sha": "tree" } }))
        }
        line if line.ends_with("/git/ref/heads%2Fthere") => {
            json(200, &json!({ "object": { "sha": "base" } }))
        }
        line if line.contains("/git/ref/") => empty(404),
        "GET /repos/acme/api" => json(200, &json!({ "full_name": "acme/api", "default_branch": "main" })),
        _ => json(200, &json!([])),
    });
    let forge =
        Forge::new(countersign_forge::ForgeSettings { dry_run: true, ..settings(&server) }).expect("a forge");
    let status = Status {
        context: "x".to_owned(),
        state: StateOfStatus::Success,
        description: String::new(),
        target_url: None,
    };
    let workflow = WorkflowDispatch { workflow: "ci.yml".to_owned(), reference: None, inputs: Vec::new() };
    let (hook, there) = (crate::hooks::wanted(), crate::hooks::there());
    let answers = [
        forge.dispatch(&api(), "contract", &json!({})),
        forge.dispatch_workflow(&api(), &workflow),
        forge.publish(&api(), &crate::publishing::publication()).map(|_| ()),
        forge.create_branch(&api(), "x", "base").map(|_| ()),
        forge.delete_branch(&api(), "there", "base"),
        forge.create_pull(&api(), &crate::pulls::new_pull()).map(|_| ()),
        forge.update_pull(
            &api(),
            1,
            &countersign_forge::PullUpdate { close: true, ..countersign_forge::PullUpdate::default() },
        ),
        forge.set_status(&api(), "base", &status),
        forge.upsert_comment(&api(), 1, "<!-- x -->", "text").map(|_| ()),
        forge.create_hook(&api(), &hook).map(|_| ()),
        forge.update_hook(&api(), &there, &hook).map(|_| ()),
        forge.remove_hook(&api(), 1),
        forge.ping_hook(&api(), 1),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(ForgeError::DryRun { .. })), "{answer:?}");
    }
    assert_eq!(server.writes().len(), 0);
    assert!(!server.asked().is_empty());
}

#[test]
fn a_budget_that_is_used_up_says_when_the_next_write_may_go() {
    let server = Server::new(|_| empty(204));
    let budget = Budget { per_minute: 2, per_hour: 100, patience: Duration::ZERO };
    let forge =
        Forge::new(countersign_forge::ForgeSettings { budget, ..settings(&server) }).expect("a forge");
    assert_eq!(forge.eta(2), Duration::ZERO);
    for _ in 0..2 {
        assert_eq!(forge.dispatch(&api(), "contract", &json!({})), Ok(()));
    }
    assert!(forge.eta(1) > Duration::from_secs(50));
    let Err(ForgeError::Limited { after, .. }) = forge.dispatch(&api(), "contract", &json!({})) else {
        panic!("limited")
    };
    assert!(after > Duration::from_secs(50) && after <= Duration::from_secs(60), "{after:?}");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn without_a_credential_nothing_is_written_and_the_reason_is_told() {
    let server = Server::new(|asked| {
        if asked.target.ends_with("public") {
            json(200, &json!({ "full_name": "a/public" }))
        } else {
            empty(404)
        }
    });
    let with = |access| {
        Forge::new(countersign_forge::ForgeSettings { access, ..settings(&server) }).expect("a forge")
    };
    let withheld = with(Access::Withheld("the run is offline"));
    let told = ForgeError::NoCredential("the run is offline".to_owned());
    assert_eq!(withheld.dispatch(&api(), "contract", &json!({})), Err(told.clone()));
    assert_eq!(withheld.repository(&api()).map(|_| ()), Err(told.clone()));
    assert_eq!(withheld.file(&api(), "x.json", "main"), Err(told));
    assert!(withheld.repository(&countersign_forge::Slug::new("a", "public")).is_ok());
    let anonymous = with(Access::Anonymous);
    assert!(matches!(anonymous.dispatch(&api(), "contract", &json!({})), Err(ForgeError::NoCredential(_))));
    assert!(matches!(anonymous.repository(&api()), Err(ForgeError::NotFound { .. })));
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.method == "GET" && !asked.headers.contains_key("authorization"))
    );
}

#[test]
fn a_token_shows_in_no_error_and_no_debug() {
    let echo = format!("you sent Bearer {TOKEN}");
    let server =
        Server::new(move |_| json(422, &json!({ "message": echo, "errors": [{ "message": echo }] })));
    let forge = github(&server);
    let error = forge.dispatch(&api(), "contract", &json!({})).expect_err("refused");
    assert!(error.to_string().contains("you sent Bearer ***"), "{error}");
    for text in [format!("{error:?}"), format!("{forge:?}"), format!("{:?}", settings(&server))] {
        assert!(!text.contains("0123456789secret"), "{text}");
    }
    assert!(server.asked().iter().all(|asked| !asked.target.contains("secret")));
    let odd = Access::Token(Secret::new("two\nlines-secret"));
    let odd =
        Forge::new(countersign_forge::ForgeSettings { access: odd, ..settings(&server) }).expect("a forge");
    let error = odd.dispatch(&api(), "contract", &json!({})).expect_err("no header");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn an_address_with_a_password_is_refused() {
    let server = Server::new(|_| empty(204));
    let mut settings = settings(&server);
    settings.api = "https://user:secret@forge.example".parse().expect("an address");
    let error = Forge::new(settings).expect_err("refused");
    assert!(matches!(&error, ForgeError::Invalid(_)) && !error.to_string().contains("secret"), "{error}");
}
