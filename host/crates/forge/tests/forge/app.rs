use crate::server::{Asked, Does, Server, empty, json};
use crate::{api, settings};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use countersign_forge::{
    Access, AppAccess, Forge, ForgeError, ForgeKind, ForgeSettings, Identity, Secret, Slug,
};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EXCHANGE: &str = "POST /app/installations/42/access_tokens";

/// A key of this process's own; none, with a line that says why, where OpenSSL cannot be had.
fn key() -> Option<Secret> {
    static KEY: OnceLock<Option<String>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let made = Command::new("openssl").args(["genrsa", "-traditional", "2048"]).output();
        made.ok().filter(|made| made.status.success()).and_then(|made| String::from_utf8(made.stdout).ok())
    });
    if key.is_none() {
        eprintln!("skipped: `openssl` makes no key here");
    }
    key.clone().map(Secret::new)
}

fn app(server: &Server, key: Secret) -> ForgeSettings {
    ForgeSettings { access: Access::App { id: 4711, key }, ..settings(server) }
}

fn bearer(asked: &Asked) -> &str {
    asked.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

/// A forge whose App is installed at `acme`; tokens are numbered, and live until this time.
fn installed(expires: &'static str, rest: impl Fn(&Asked) -> Does + Send + Sync + 'static) -> Server {
    let tokens = AtomicUsize::new(0);
    Server::new(move |asked| match asked.line().replace("ACME", "acme").as_str() {
        "GET /repos/acme/api/installation" => json(200, &json!({ "id": 42, "repository_selection": "all" })),
        EXCHANGE => {
            thread::sleep(Duration::from_millis(100));
            let token = format!("ghs_secret{}", tokens.fetch_add(1, Ordering::SeqCst) + 1);
            json(201, &json!({ "token": token, "expires_at": expires })).with("date", DATE)
        }
        _ => rest(asked),
    })
}

#[test]
fn eight_threads_ask_for_one_token() {
    let Some(key) = key() else { return };
    let server = installed("1994-11-06T09:49:37Z", |_| empty(204));
    let forge = Forge::new(app(&server, key)).expect("a forge");
    thread::scope(|scope| {
        for number in 0..8 {
            let (forge, repository) =
                (&forge, if number % 2 == 0 { api() } else { Slug::new("ACME", "api") });
            scope.spawn(move || assert_eq!(forge.dispatch(&repository, "contract", &json!({})), Ok(())));
        }
    });
    assert_eq!(server.count(EXCHANGE), 1);
    let writes: Vec<Asked> = server.writes().into_iter().filter(|asked| asked.line() != EXCHANGE).collect();
    assert_eq!(writes.len(), 8);
    assert!(writes.iter().all(|asked| bearer(asked) == "ghs_secret1"));
}

#[test]
fn the_app_signs_for_nine_minutes_from_now_and_a_minute_before() {
    let Some(key) = key() else { return };
    let server = installed("1994-11-06T09:49:37Z", |_| empty(204));
    Forge::new(app(&server, key)).expect("a forge").dispatch(&api(), "contract", &json!({})).expect("sent");
    let asked = server.asked();
    let exchange = asked.iter().find(|asked| asked.line() == EXCHANGE).expect("an exchange");
    let parts: Vec<Value> = bearer(exchange)
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON"))
        .collect();
    assert_eq!(parts[0]["alg"], "RS256");
    assert_eq!(parts[1]["iss"].to_string().trim_matches('"'), "4711");
    let life = parts[1]["exp"].as_i64().zip(parts[1]["iat"].as_i64()).map(|(end, start)| end - start);
    assert_eq!(life, Some(600));
}

#[test]
fn a_token_that_ends_within_five_minutes_is_not_used_again() {
    let Some(key) = key() else { return };
    for (expires, exchanges) in [("1994-11-06T08:54:36Z", 2), ("1994-11-06T09:00:00Z", 1)] {
        let server = installed(expires, |_| empty(204));
        let forge = Forge::new(app(&server, key.clone())).expect("a forge");
        for _ in 0..2 {
            forge.dispatch(&api(), "contract", &json!({})).expect("sent");
        }
        assert_eq!(server.count(EXCHANGE), exchanges, "{expires}");
        assert_eq!(server.count("GET /repos/acme/api/installation"), 1);
    }
}

#[test]
fn a_token_that_is_not_accepted_is_replaced_once() {
    let Some(key) = key() else { return };
    let first = |asked: &Asked| bearer(asked) == "ghs_secret1";
    let server =
        installed("1994-11-06T09:49:37Z", move |asked| if first(asked) { empty(401) } else { empty(204) });
    let forge = Forge::new(app(&server, key.clone())).expect("a forge");
    assert_eq!(forge.dispatch(&api(), "contract", &json!({})), Ok(()));
    assert_eq!((server.count(EXCHANGE), server.count("POST /repos/acme/api/dispatches")), (2, 2));

    let server = installed("1994-11-06T09:49:37Z", |_| empty(401));
    let forge = Forge::new(app(&server, key)).expect("a forge");
    let refused = forge.dispatch(&api(), "contract", &json!({}));
    assert!(matches!(refused, Err(ForgeError::Unauthorized { .. })), "{refused:?}");
    assert_eq!((server.count(EXCHANGE), server.count("POST /repos/acme/api/dispatches")), (2, 2));
}

#[test]
fn an_app_that_is_not_installed_reads_what_is_public_and_writes_nothing() {
    let Some(key) = key() else { return };
    let server = Server::new(|asked| match asked.line().as_str() {
        "GET /repos/acme/public" => json(200, &json!({ "full_name": "acme/public" })),
        _ => empty(404),
    });
    let forge = Forge::new(app(&server, key)).expect("a forge");
    assert!(forge.repository(&Slug::new("acme", "public")).is_ok());
    let told = ForgeError::NoCredential("the App 4711 is not installed at `acme`".to_owned());
    assert_eq!(forge.repository(&api()).map(|_| ()), Err(told.clone()));
    assert_eq!(forge.dispatch(&api(), "contract", &json!({})), Err(told));
    assert_eq!(server.writes().len(), 0);
}

#[test]
fn a_dry_run_asks_for_no_token_either() {
    let Some(key) = key() else { return };
    let server = installed("1994-11-06T09:49:37Z", |_| empty(404));
    let dry = ForgeSettings { dry_run: true, ..app(&server, key) };
    let forge = Forge::new(dry).expect("a forge");
    assert!(matches!(forge.repository(&api()), Err(ForgeError::NoCredential(_))));
    assert!(matches!(forge.dispatch(&api(), "contract", &json!({})), Err(ForgeError::DryRun { .. })));
    assert_eq!(server.writes().len(), 0);
}

#[test]
fn a_look_tells_what_the_installation_covers() {
    let Some(key) = key() else { return };
    let look = |selection: &'static str, suspended: Value, listed: &'static [u64]| {
        let installation = json!({ "id": 42, "repository_selection": selection, "suspended_at": suspended });
        let server = Server::new(move |asked| match asked.line().as_str() {
            "GET /users/acme/installation" | "GET /app/installations/42" => json(200, &installation),
            EXCHANGE => json(201, &json!({ "token": "ghs_secret1" })),
            "GET /rate_limit" => json(200, &json!({})),
            "GET /repos/acme/api/installation" => json(200, &installation),
            "GET /installation/repositories" => {
                let listed = listed.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
                json(200, &json!({ "total_count": listed.len(), "repositories": listed }))
            }
            _ => empty(404),
        });
        let look = Forge::new(app(&server, key.clone())).expect("a forge").look(&api(), Some(7), None);
        assert_eq!(look.identity, Identity::Good);
        look.app
    };
    assert_eq!(look("all", Value::Null, &[6, 7]), AppAccess::AllListed);
    assert_eq!(look("all", Value::Null, &[6]), AppAccess::AllAbsent);
    assert_eq!(look("selected", Value::Null, &[6]), AppAccess::Selected);
    assert_eq!(look("all", json!("2026-01-01T00:00:00Z"), &[7]), AppAccess::Lost);
    let server = Server::new(|_| empty(404));
    let lost = Forge::new(app(&server, key)).expect("a forge").look(&api(), Some(7), None);
    assert_eq!((lost.app, lost.identity), (AppAccess::Lost, Identity::Good));
}

#[test]
fn a_key_that_is_none_is_refused_without_being_told() {
    let server = Server::new(|_| empty(404));
    let error = Forge::new(app(&server, Secret::new("-----BEGIN secret"))).expect_err("no key");
    assert!(matches!(&error, ForgeError::NoCredential(why) if !why.contains("secret")), "{error}");
    let gitea = ForgeSettings { kind: ForgeKind::Gitea, ..app(&server, Secret::new("")) };
    assert!(matches!(Forge::new(gitea), Err(ForgeError::Unsupported(_))));
}
