//! The pages and the JSON API of a running server, with what real deliveries left in its store.

use crate::http::{Answer, Headers, get, request};
use crate::server::{Host, Server, settings};
use crate::sign::{self, SECRET};
use countersign_model::Verdict;
use countersign_model::target::{Service, Target, TargetKind};
use countersign_serve::{Ending, RunOutcome, Secret, Settings, Standing, Window};
use countersign_serve_page::view::{ClientState, ContractState, Listing, Overview, State};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub(crate) const TOKEN: &str = "a token that nobody guesses";
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\u{1b}[2J";

pub(crate) fn open_to_sign_in() -> Settings {
    Settings { sign_in: vec![Secret::new("the token before it"), Secret::new(TOKEN)], ..settings() }
}

/// `contracts` contracts, each with a client in each of `repositories` repositories.
fn overview(contracts: usize, repositories: usize) -> Overview {
    let mut overview = Overview::default();
    for repository in 0..repositories {
        overview.consumers.number(&format!("github:acme/web-{repository}"));
    }
    let client = |number: usize| ClientState {
        name: format!("client-{number}"),
        consumer: u32::try_from(number).unwrap(),
        state: if number.is_multiple_of(7) { State::Drifted } else { State::Agreed },
        since: None,
        detail: None,
    };
    overview.contracts = (0..contracts)
        .map(|number| ContractState {
            name: format!("contract-{number}"),
            format: "openapi".into(),
            state: State::Agreed,
            since: None,
            provider: None,
            digest: None,
            changed_at: None,
            detail: None,
            clients: (0..repositories).map(client).collect(),
        })
        .collect();
    overview
}

fn target() -> Target {
    Target {
        kind: TargetKind::Repository,
        service: Service::GitHub,
        name: "acme/web".into(),
        id: Some("7".into()),
        writes: false,
    }
}

fn host() -> Host {
    let mut overview = overview(2, 3);
    overview.contracts[0].clients[1].state = State::Unknown;
    let history = Listing { items: Vec::new(), page: 1, per_page: 50, total: Some(0), more: false };
    Host {
        overview,
        history: Some(history),
        targets: vec![("github:acme/client".into(), target())],
        run: Box::new(|_, log| {
            log.line("checked out everything");
            log.line(&format!("error: {MARKUP}"));
            let effects = vec!["opened `acme/web#12`".into()];
            let standings = vec![Standing {
                contract: "contract-0".into(),
                client: Some("client-1".into()),
                state: State::Drifted,
                note: Some("its record moved on".into()),
                link: None,
                record: None,
            }];
            RunOutcome { effects, standings, ..RunOutcome::ended(Ending::Done(Verdict::Agreed)) }
        }),
        ..Host::default()
    }
}

/// A server that has seen a push and run it, and the name of the run.
pub(crate) fn busy(settings: Settings) -> (Server, String) {
    let server = Server::with(settings, host());
    assert_eq!(server.push("1", "a", "b").status, 202);
    let run = run_of(&server);
    server.until("the pointer is looked at", || {
        server.ask(server.store.pointers()).unwrap().len() == 1 && !all_runs(&server).is_empty()
    });
    (server, run)
}

fn all_runs(server: &Server) -> Vec<countersign_serve::RunRow> {
    server.ask(server.store.runs(Window::default())).unwrap()
}

fn run_of(server: &Server) -> String {
    server.until("a run is done", || all_runs(server).first().is_some_and(|run| run.finished.is_some()));
    all_runs(server)[0].id.clone()
}

fn post(server: &Server, path: &str, headers: &Headers, form: &str) -> Answer {
    let mut headers = headers.clone();
    headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
    request(server.address, "POST", path, &headers, form.as_bytes())
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Signs in, and gives the cookie as it goes back.
fn sign_in(server: &Server) -> Headers {
    let form = format!("token={}&return=%2Fruns", TOKEN.replace(' ', "+"));
    let answer = post(server, "/sign-in", &Vec::new(), &form);
    assert_eq!((answer.status, header(&answer, "location")), (303, Some("/runs")), "{}", answer.body);
    let cookie = header(&answer, "set-cookie").unwrap();
    for attribute in ["httponly", "samesite=strict", "path=/", "max-age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    vec![("cookie".into(), cookie.split(';').next().unwrap().to_owned())]
}

fn see(server: &Server, path: &str, headers: &Headers) -> Answer {
    request(server.address, "GET", path, headers, b"")
}

/// The token that the forms of a page send back.
fn csrf(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("name=\"csrf\" value=\"").expect("a form with a token");
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn every_page_shows_what_was_delivered() {
    let (server, run) = busy(open_to_sign_in());
    for (path, shown) in [
        ("/", "contract-0"),
        ("/?view=matrix", "web-2"),
        ("/contracts/contract-0", "its record moved on"),
        ("/contracts/contract-1", "client-2"),
        ("/runs", run.as_str()),
        ("/runs?node=api", run.as_str()),
        (&format!("/runs/{run}"), "checked out everything"),
        ("/deliveries", "github:1"),
        ("/deliveries/github%3A1", "github:1"),
        ("/nodes", "github:acme/api"),
        ("/pointers", "acme/web"),
        ("/sign-in", "name=\"token\""),
    ] {
        let page = get(server.address, path);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(page.body.contains(shown), "{path}: no {shown} in {}", page.body);
        assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(header(&page, "content-security-policy").is_some_and(|policy| policy.contains("'none'")));
        assert!(page.body.contains("<script src=\"/static/live.js?"), "{path}");
        let head = request(server.address, "HEAD", path, &Vec::new(), b"");
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    }
    assert!(get(server.address, "/runs").body.contains("data-live"));
    assert!(!get(server.address, "/runs?node=lab").body.contains(&run));
}

#[test]
fn what_a_page_names_is_there() {
    let server = Server::start();
    let page = get(server.address, "/");
    let addresses = page.body.split('"').filter(|part| part.starts_with("/static/"));
    let addresses: Vec<&str> = addresses.collect();
    assert!(addresses.len() >= 3, "{addresses:?}");
    for address in addresses {
        let asset = get(server.address, address);
        assert_eq!(asset.status, 200, "{address}");
        assert!(header(&asset, "cache-control").is_some_and(|value| value.contains("immutable")));
    }
    let script = get(server.address, "/static/live.js");
    assert_eq!(header(&script, "content-type"), Some("text/javascript; charset=utf-8"));
    assert!(script.body.contains("addEventListener(\"change\""), "the event that `/events` sends");
}

/// The schema of an answer, with everything that it refers to.
fn schema(document: &Value, path: &str, status: u16, media: &str) -> jsonschema::Validator {
    let answers = &document["paths"][path]["get"]["responses"];
    let answer = answers.get(status.to_string()).unwrap_or(&answers["default"]);
    let schema = &answer["content"][media]["schema"];
    assert!(schema.is_object(), "{path} {status} has no schema");
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
        "allOf": [schema],
    });
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

#[test]
fn every_answer_of_the_api_is_what_its_document_says() {
    let (server, run) = busy(open_to_sign_in());
    let document = get(server.address, "/api/openapi.json").json();
    let mut answered = Vec::new();
    for (path, request, shown) in [
        ("/api/contracts", "/api/contracts?state=agreed", "contract-0"),
        ("/api/contracts/{name}", "/api/contracts/contract-0", "client-0"),
        ("/api/clients", "/api/clients?q=web-1", "client-1"),
        ("/api/runs", "/api/runs?per_page=1", &run),
        ("/api/runs/{id}", &format!("/api/runs/{run}"), "checked out everything"),
        ("/api/deliveries", "/api/deliveries", "github:1"),
        ("/api/deliveries/{id}", "/api/deliveries/github%3A1", "github:1"),
        ("/api/nodes", "/api/nodes", "github:acme/api"),
        ("/api/pointers", "/api/pointers", "acme/web"),
        ("/healthz", "/healthz", "alive"),
        ("/readyz", "/readyz", "ready"),
        ("/hooks/health", "/hooks/health", "acme/api"),
    ] {
        let answer = get(server.address, request);
        assert_eq!((answer.status, header(&answer, "content-type")), (200, Some("application/json")));
        let validator = schema(&document, path, 200, "application/json");
        let errors: Vec<String> =
            validator.iter_errors(&answer.json()).map(|error| error.to_string()).collect();
        assert_eq!(errors, [] as [String; 0], "{request}: {}", answer.body);
        assert!(answer.body.contains(shown), "{request}: no {shown} in {}", answer.body);
        answered.push(path);
    }
    answered.sort_unstable();
    let documented: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(documented.iter().all(|path| answered.contains(path)), "{documented:?}");
}

#[test]
fn what_is_not_there_is_told_to_people_and_to_programs() {
    let server = Server::start();
    let document = get(server.address, "/api/openapi.json").json();
    for path in ["/contracts/x", "/runs/x", "/deliveries/x"] {
        let page = get(server.address, path);
        assert_eq!((page.status, header(&page, "content-type")), (404, Some("text/html; charset=utf-8")));
        let answer = get(server.address, &format!("/api{path}"));
        let kind = header(&answer, "content-type");
        assert_eq!((answer.status, kind), (404, Some("application/problem+json")));
        let place = if path.starts_with("/contracts") { "{name}" } else { "{id}" };
        let path = format!("/api{}", path.replace("/x", &format!("/{place}")));
        assert!(schema(&document, &path, 404, "application/problem+json").is_valid(&answer.json()));
    }
    assert_eq!(get(server.address, "/nothing").status, 404);
    let bad = get(server.address, "/api/runs?page=x");
    assert_eq!((bad.status, bad.json()["code"].as_str()), (400, Some("bad-query")), "{}", bad.body);
    assert_eq!(get(server.address, "/runs?per_page=0").status, 400);
    for (path, allowed) in
        [("/runs", "get, head"), ("/api/runs", "get, head"), ("/sign-in", "get, head, post")]
    {
        let answer = request(server.address, "DELETE", path, &Vec::new(), b"");
        assert_eq!((answer.status, header(&answer, "allow")), (405, Some(allowed)), "{path}");
    }
}

#[test]
fn what_a_delivery_says_is_inert_on_every_page() {
    let server = Server::with(open_to_sign_in(), host());
    let mut push = sign::push("acme/api", "a", "b");
    push["pusher"]["name"] = json!(MARKUP);
    push["sender"]["login"] = json!(MARKUP);
    push["head_commit"]["message"] = json!(MARKUP);
    let body = push.to_string().into_bytes();
    let id = "<b>1";
    let taken = server.post("/hooks/github", &sign::github(SECRET, "push", id, &body), &body);
    assert_eq!(taken.status, 202, "{}", taken.body);
    let run = run_of(&server);
    let delivery = all_runs(&server)[0].deliveries[0].clone();
    let cookie = sign_in(&server);
    let delivery = countersign_serve_page::address::delivery(&delivery);
    for path in ["/", "/runs", "/deliveries", &delivery, "/nodes", &format!("/runs/{run}")] {
        let page = see(&server, path, &cookie);
        assert_eq!(page.status, 200, "{path}");
        for markup in ["<script>alert", "<img src=x", "<b>1", "\u{202e}", "\u{1b}"] {
            assert!(!page.body.contains(markup), "{path}: {markup:?} in {}", page.body);
        }
        assert!(!see(&server, &format!("/api{path}"), &cookie).body.contains('\u{202e}'), "{path}");
    }
    let page = see(&server, &delivery, &cookie);
    assert!(page.body.contains("alert(1)"), "it is there to be read: {}", page.body);
    // An address may say anything, too.
    let nowhere = get(server.address, "/runs/%3Cscript%3Ealert(1)%3C%2Fscript%3E?q=%22%3E%3Cscript%3E");
    assert_eq!(nowhere.status, 404);
    assert!(!nowhere.body.contains("<script>"), "{}", nowhere.body);
}

#[test]
fn headers_and_bodies_are_shown_to_who_is_signed_in() {
    let (server, _) = busy(open_to_sign_in());
    let path = "/deliveries/github%3A1";
    let bearer = |token: &str| vec![("authorization".to_owned(), format!("Bearer {token}"))];
    let api = |headers: &Headers| see(&server, &format!("/api{path}"), headers);
    for answer in [see(&server, path, &Vec::new()), api(&Vec::new())] {
        assert!(!answer.body.contains("ada@example.org"), "{}", answer.body);
        assert!(!answer.body.contains("x-github-event"), "{}", answer.body);
    }
    assert_eq!(api(&Vec::new()).json()["withheld"], true);
    let cookie = sign_in(&server);
    for answer in [see(&server, path, &cookie), api(&cookie), api(&bearer(TOKEN))] {
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("ada@example.org"), "{}", answer.body);
        assert!(answer.body.contains("x-github-event"), "{}", answer.body);
        assert!(!answer.body.contains("sha256="), "no signature: {}", answer.body);
    }
    let wrong = api(&bearer("a token that somebody guesses"));
    assert_eq!((wrong.status, header(&wrong, "www-authenticate")), (401, Some("bearer")));
    let basic = vec![("authorization".to_owned(), "Basic eDp5".to_owned())];
    assert_eq!(api(&basic).status, 200, "that is for somebody in front of us");
}

#[test]
fn nothing_changes_by_reading_or_by_a_foreign_form() {
    let (server, run) = busy(open_to_sign_in());
    let cookie = sign_in(&server);
    let page = see(&server, &format!("/runs/{run}"), &cookie);
    let (token, replay) = (csrf(&page), format!("/runs/{run}/replay"));
    assert!(page.body.contains(&format!("action=\"{replay}\"")), "{}", page.body);
    for path in [replay.as_str(), "/deliveries/github%3A1/replay", "/reload", "/sign-out"] {
        let with_token = format!("{path}?csrf={token}");
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            assert_eq!(request(server.address, method, &with_token, &cookie, b"").status, 405, "{path}");
        }
        let forged = |headers: &Headers, form: &str| post(&server, path, headers, form).status;
        assert_eq!(forged(&Vec::new(), &format!("csrf={token}")), 403, "no session: {path}");
        assert_eq!(forged(&cookie, ""), 403, "no token: {path}");
        assert_eq!(forged(&cookie, "csrf=x"), 403, "a wrong token: {path}");
        let mut foreign = cookie.clone();
        foreign.push(("sec-fetch-site".into(), "cross-site".into()));
        assert_eq!(forged(&foreign, &format!("csrf={token}")), 403, "another site: {path}");
        let bearer = vec![("authorization".to_owned(), format!("Bearer {TOKEN}"))];
        assert_eq!(forged(&bearer, ""), 403, "a program: {path}");
    }
    let other = csrf(&see(&server, "/nodes", &sign_in(&server)));
    assert_eq!(post(&server, &replay, &cookie, &format!("csrf={other}")).status, 403, "another session's");
    assert_eq!(all_runs(&server).len(), 1);
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 0);
}

#[test]
fn who_is_signed_in_runs_again_reloads_and_leaves() {
    let (server, run) = busy(open_to_sign_in());
    let cookie = sign_in(&server);
    let form = format!("csrf={}", csrf(&see(&server, "/nodes", &cookie)));
    for path in [format!("/runs/{run}/replay"), "/deliveries/github%3A1/replay".into()] {
        let before = all_runs(&server).len();
        let answer = post(&server, &path, &cookie, &form);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let again = header(&answer, "location").unwrap().to_owned();
        server.until("it runs again", || server.runs() == before + 1);
        assert_eq!(see(&server, &again, &cookie).status, 200);
        server.until("it is done", || all_runs(&server).iter().all(|run| run.finished.is_some()));
    }
    assert_eq!(post(&server, "/runs/x/replay", &cookie, &form).status, 404);
    assert_eq!(post(&server, "/reload", &cookie, &form).status, 303);
    assert_eq!(server.host.reconciled.load(Ordering::SeqCst), 1);
    let left = post(&server, "/sign-out", &cookie, &form);
    assert!(header(&left, "set-cookie").is_some_and(|cookie| cookie.contains("max-age=0")));
    assert_eq!(post(&server, "/reload", &cookie, &form).status, 403);
    assert!(!see(&server, "/nodes", &cookie).body.contains("<form method=\"post\""));
}

#[test]
fn a_wrong_token_waits_and_opens_nothing() {
    let server = Server::with(open_to_sign_in(), host());
    let began = Instant::now();
    let answer = post(&server, "/sign-in", &Vec::new(), "token=guess&return=%2F%2Fx.example");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!((answer.status, header(&answer, "set-cookie")), (403, None));
    assert!(answer.body.contains("not accepted") && !answer.body.contains("x.example"), "{}", answer.body);
    let right = format!("token={}&return=%2F%2Fx.example", TOKEN.replace(' ', "+"));
    let answer = post(&server, "/sign-in", &Vec::new(), &right);
    assert_eq!(header(&answer, "location"), Some("/"), "never elsewhere");
    assert!(!server.log.text().contains("guess"), "{}", server.log.text());
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| post(&server, "/sign-in", &Vec::new(), "token=guess"));
        }
    });
    let limited = post(&server, "/sign-in", &Vec::new(), &right);
    assert_eq!((limited.status, header(&limited, "retry-after")), (429, Some("60")));
    server.clock.turn(Duration::from_secs(61));
    assert_eq!(post(&server, "/sign-in", &Vec::new(), &right).status, 303);
}

#[test]
fn without_a_token_configured_nobody_signs_in_and_everything_can_be_read() {
    let (server, run) = busy(settings());
    assert!(!get(server.address, "/sign-in").body.contains("name=\"token\""));
    assert_eq!(post(&server, "/sign-in", &Vec::new(), "token=").status, 403);
    let page = get(server.address, &format!("/runs/{run}"));
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("Sign in") && !page.body.contains("<form method=\"post\""));
}

#[test]
fn a_session_ends_by_time_and_with_its_token() {
    let (server, _) =
        busy(Settings { public_url: Some("https://hooks.example.org".into()), ..open_to_sign_in() });
    let cookie = sign_in(&server);
    assert!(see(&server, "/nodes", &cookie).body.contains("Sign out"));
    server.clock.turn(Duration::from_secs(12 * 3600));
    assert!(!see(&server, "/nodes", &cookie).body.contains("Sign out"));
    let answer = post(&server, "/sign-in", &Vec::new(), &format!("token={}", TOKEN.replace(' ', "+")));
    assert!(header(&answer, "set-cookie").is_some_and(|cookie| cookie.ends_with("; secure")));
}

#[test]
fn many_who_look_at_once_cost_one_look_around() {
    let server = Server::with(settings(), Host { overview: overview(1_000, 1_000), ..Host::default() });
    get(server.address, "/");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(get(server.address, "/?view=matrix").status, 200));
        }
    });
    let began = Instant::now();
    let page = get(server.address, "/?view=matrix");
    eprintln!("1,000 x 1,000: {:?}, {} bytes", began.elapsed(), page.body.len());
    let looked = server.host.looked_around.load(Ordering::SeqCst);
    server.clock.turn(Duration::from_secs(11));
    get(server.address, "/api/contracts");
    assert_eq!(server.host.looked_around.load(Ordering::SeqCst), looked + 1);
}
