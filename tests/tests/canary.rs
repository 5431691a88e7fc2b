//! A running service, held against the record: what it answers is compared, and nothing is changed by asking.

use countersign_tests::{
    Answer, INCIDENT, Sandbox, Server, Service, api, fresh, pretty, python, service_document,
};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const ENDPOINTS: &str = r#"endpoints = ["GET /watches/{id}?verbose=1"]
parameters = { id = "4/2" }
"#;

/// A repository whose record is the small API, with a canary at `base`; `more` is what else its configuration says.
fn repository(base: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    let canary = format!("[contracts.watcher.canary]\nbase = \"{base}\"\n{more}");
    sandbox.write("pipeline.toml", format!("[contracts.watcher]\ndump = \"openapi.json\"\n{canary}"));
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("Record the contract");
    sandbox
}

/// A service that gives this answer, and a repository with a canary at it.
fn asked(answer: Answer) -> (Server, Sandbox) {
    let server = Server::new(answer);
    let sandbox = repository(&server.url("/v1"), ENDPOINTS);
    (server, sandbox)
}

fn watch() -> Value {
    json!({ "id": "42", "checked_at": "2025-03-03" })
}

/// The violations of the only endpoint.
fn violations(sandbox: &Sandbox) -> Value {
    sandbox.json(&["canary"], 1)["contracts"][0]["endpoints"][0]["violations"].clone()
}

#[test]
fn a_service_that_answers_as_its_record_says_agrees_and_is_only_read() {
    let (server, sandbox) = asked(Answer::json(watch().to_string()));
    let before = sandbox.files();
    let report = sandbox.json(&["canary", "watcher"], 0);
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["verdict"], "agreed");
    assert_eq!(report["contracts"][0]["key"], Value::Null);
    let endpoint = &report["contracts"][0]["endpoints"][0];
    assert_eq!(endpoint["operation"], "GET /watches/{id}");
    assert_eq!((&endpoint["status"], &endpoint["body_compared"]), (&json!(200), &json!(true)));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].target, "GET /v1/watches/4%2F2?verbose=1");
    assert_eq!(requests[0].headers["accept"], "application/json, */*;q=0.1");
    assert!(sandbox.files() == before);
}

#[test]
fn a_dropped_field_a_wrong_type_and_a_wrong_status_violate_the_record() {
    let (server, sandbox) = asked(Answer::json(r#"{"id": "42"}"#));
    let dropped = violations(&sandbox);
    assert_eq!(dropped[0]["rule"], "body-mismatch");
    assert_eq!(dropped[0]["instance"], "");
    assert_eq!(dropped[0]["schema"], "/components/schemas/Watch/required");
    assert_eq!(dropped[0]["expected"], "the property `checked_at`");
    assert_eq!(dropped[0]["seen"], "an object of 1 property without it");

    server.answer(Answer::json(r#"{"id": 42, "checked_at": "x"}"#));
    let mistyped = violations(&sandbox);
    assert_eq!(mistyped[0]["instance"], "/id");
    assert_eq!(mistyped[0]["schema"], "/components/schemas/Watch/properties/id/type");
    assert_eq!(
        (&mistyped[0]["expected"], &mistyped[0]["seen"]),
        (&json!("a string"), &json!("a whole number"))
    );

    server.answer(Answer { status: 500, ..Answer::json(watch().to_string()) });
    assert_eq!(violations(&sandbox)[0]["rule"], "undeclared-status");
    drop(sandbox.run(&["canary"]).exits(1).says("expected status 200").says("seen     status 500"));
}

#[test]
fn what_is_no_json_is_told_as_what_it_is() {
    let (server, sandbox) = asked(Answer::page(200));
    assert_eq!(violations(&sandbox)[0]["rule"], "undeclared-media-type");
    drop(sandbox.run(&["canary"]).exits(1).says("seen     text/html"));
    server.answer(Answer { media_type: "application/json", ..Answer::page(200) });
    assert_eq!(violations(&sandbox)[0]["rule"], "unreadable-body");
    server.answer(Answer::json(""));
    assert_eq!(violations(&sandbox)[0]["rule"], "missing-body");
    server.answer(Answer::json(b"{\"id\": \"\xff\"}"));
    drop(sandbox.run(&["canary"]).exits(1).says("not UTF-8"));
}

#[test]
fn the_key_of_what_is_violated_stays_while_the_same_is_wrong() {
    let (server, sandbox) = asked(Answer::json(r#"{"id": "42"}"#));
    let key = || sandbox.json(&["canary"], 1)["contracts"][0]["key"].clone();
    let first = key();
    assert!(first.as_str().is_some_and(|key| key.starts_with("sha256:")));
    server.answer(Answer::json(r#"{"id": "4711", "more": true}"#));
    assert_eq!(key(), first);
    server.answer(Answer::json("{}"));
    assert_ne!(key(), first);
}

#[test]
fn a_service_that_is_away_is_unreachable_and_not_wrong() {
    let sandbox = repository(&Server::closed(""), ENDPOINTS);
    let report = sandbox.json(&["canary"], 3);
    assert_eq!(report["contracts"][0]["endpoints"][0]["state"], "unreachable");
    let (server, sandbox) = asked(Answer::page(503));
    for status in [429, 502, 503, 504] {
        server.answer(Answer::page(status));
        drop(sandbox.run(&["canary"]).exits(3).says("unreachable"));
    }
}

#[test]
fn one_service_that_is_away_does_not_hide_another_that_is_wrong() {
    let server = Server::new(Answer::json("{}"));
    let (away, wrong) = (Server::closed(""), server.url(""));
    let sandbox = repository(&away, ENDPOINTS);
    let pipeline = sandbox.read("pipeline.toml");
    let second = pipeline.replace("contracts.watcher", "contracts.other").replace(&away, &wrong);
    sandbox.write("pipeline.toml", format!("{pipeline}{second}"));
    drop(sandbox.run(&["accept"]).exits(0));
    let report = sandbox.json(&["canary"], 1);
    let verdicts: Vec<_> =
        report["contracts"].as_array().unwrap().iter().map(|it| it["verdict"].clone()).collect();
    assert_eq!(verdicts, ["drift", "unreachable"]);
    drop(sandbox.run(&["canary", "watcher"]).exits(3));
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let (server, sandbox) = asked(Answer { status: 302, media_type: "text/plain", body: Vec::new() });
    drop(sandbox.run(&["canary"]).exits(1).says("a redirect, which is not followed"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_dry_run_prints_the_requests_and_sends_none() {
    let (server, sandbox) = asked(Answer::json("{}"));
    let request = format!("GET {}", server.url("/v1/watches/4%2F2?verbose=1"));
    drop(sandbox.run(&["canary", "--dry-run"]).exits(0).says(&request));
    assert_eq!(sandbox.json(&["canary", "--dry-run"], 0)["dry_run"], true);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn nothing_of_an_answer_s_body_is_ever_shown() {
    let hostile = json!({
        "id": ["SECRET \u{1b}[2J\n::error::SECRET##[x]\u{202e}"],
        "checked_at": 4_711_147,
        "\u{1b}]8;;SECRET\u{7}\n::error::": "SECRET",
    });
    let (_server, sandbox) = asked(Answer::json(hostile.to_string()));
    for format in ["human", "concise", "json", "github"] {
        let output = sandbox.run(&["canary", "-vv", "--output-format", format]).exits(1);
        let all = format!("{}{}", output.stdout, output.stderr);
        assert!(all.contains("/components/schemas/Watch/properties/id"), "{format}: {all}");
        assert!(!all.contains("SECRET") && !all.contains("4711147"), "{format}: {all}");
        assert!(!all.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !all.contains("##["), "{format}: {all}");
    }
}

#[test]
fn a_credential_goes_only_where_its_own_allow_matches() {
    let server = Server::new(Answer::json(watch().to_string()));
    let base = server.url("");
    let credential = |allow: &str| {
        format!(
            "credential = \"canary\"\n{ENDPOINTS}[credentials.canary]\nfrom = \"env:CANARY_TOKEN\"\n\
             allow = [\"GET {allow}\"]\nheader = \"Authorization: Bearer {{}}\"\n"
        )
    };
    let mut allowed = repository(&base, &credential(&format!("{base}/watches/4%2F2?verbose=1")));
    drop(allowed.run(&["canary"]).exits(2).says("CANARY_TOKEN"));
    allowed.set("CANARY_TOKEN", "s3cr3t");
    let output = allowed.run(&["canary", "-vv"]).exits(0);
    assert_eq!(server.requests()[0].headers["authorization"], "Bearer s3cr3t");
    assert!(!output.stdout.contains("s3cr3t") && !output.stderr.contains("s3cr3t"));

    // A pull request may have edited what the credential is attached to.
    allowed.set("GITHUB_EVENT_NAME", "pull_request");
    drop(allowed.run(&["canary"]).exits(2).says("runs on pull requests use no credentials"));

    let mut refused = repository(&base, &credential("https://api.example.com/*"));
    refused.set("CANARY_TOKEN", "s3cr3t");
    drop(refused.run(&["canary"]).exits(2).says("the request was not sent").says("[credentials.canary]"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_endpoint_that_is_no_operation_is_a_mistake_of_the_configuration() {
    let server = Server::new(Answer::json(watch().to_string()));
    let base = server.url("");
    let sandbox = repository(&base, "endpoints = [\"GET /watchs/{id}\"]\nparameters = { id = \"42\" }\n");
    drop(
        sandbox
            .run(&["canary"])
            .exits(2)
            .says("`GET /watchs/{id}` is no operation of the record")
            .says("did you mean `GET /watches/{id}`?")
            .says("pipeline.toml:5:14"),
    );
    assert_eq!(server.requests().len(), 0);
    for (more, says) in [
        ("endpoints = [\"POST /watches\"]\n", "is not an operation that only reads"),
        ("endpoints = [\"GET /watches/{id}\"]\n", "has no value for `id`"),
        (
            "endpoints = [\"GET /watches/{id}\"]\nparameters = { id = \"..\" }\n",
            "cannot stand for a part of a path",
        ),
        (
            "endpoints = [\"GET /watches\"]\nparameters = { di = \"1\" }\n",
            "no endpoint's path has the parameter `di`",
        ),
        ("endpoints = [\"GET /watches\"]\ncredential = \"none\"\n", "credential `none` is not declared"),
        ("endpoints = []\n", "endpoints"),
    ] {
        sandbox.write(
            "pipeline.toml",
            format!("[contracts.watcher]\n[contracts.watcher.canary]\nbase = \"{base}\"\n{more}"),
        );
        drop(sandbox.run(&["canary"]).exits(2).says(says));
    }
    sandbox.write("pipeline.toml", "[contracts.watcher]\ndump = \"openapi.json\"\n");
    drop(sandbox.run(&["canary"]).exits(2).says("no contract has a canary"));
    drop(sandbox.run(&["canary", "watcher"]).exits(2).says("[contracts.watcher.canary]"));
}

#[test]
fn a_contract_without_a_record_is_undecided() {
    let sandbox = repository(&Server::closed(""), ENDPOINTS);
    sandbox.remove("contracts/watcher/openapi.json");
    sandbox.remove("contracts/watcher/record.toml");
    drop(sandbox.run(&["canary"]).exits(2).says("countersign accept watcher"));
}

/// The identifier of a watch that the example service has from the start.
fn known_watch(programs: &Path, sandbox: &Sandbox) -> String {
    let program = "from watcher.samples import _identifier; print(_identifier('library'))";
    let mut python = Command::new(programs.join("python"));
    python.args(["-c", program]).env("PYTHONPATH", sandbox.path("src")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = python.output().expect("the program can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The example service's source with its record accepted, and its canary at `base`.
fn real(programs: &Path, base: &str) -> Option<Sandbox> {
    let (document, sandbox) = (service_document()?, fresh()?);
    let id = known_watch(programs, &sandbox);
    sandbox.write("openapi.json", pretty(document));
    sandbox.write(
        "pipeline.toml",
        format!(
            "[contracts.watcher]\ndump = \"openapi.json\"\n\n[contracts.watcher.canary]\nbase = \"{base}\"\n\
             endpoints = [\"GET /api/v1/watches?limit=5\", \"GET /api/v1/watches/{{watch_id}}\", \
             \"GET /api/v1/channels\", \"GET /health/live\", \"GET /health/ready\"]\n\
             parameters = {{ watch_id = \"{id}\" }}\n"
        ),
    );
    drop(sandbox.run(&["accept"]).exits(0));
    sandbox.commit("Record the contract");
    Some(sandbox)
}

#[test]
fn the_incident_is_seen_in_the_running_service_whatever_the_code_s_repository_says() {
    let Some(programs) = python() else { return };
    let Some(source) = fresh() else { return };
    let sound = Service::start(programs, &source.root());
    let Some(sandbox) = real(programs, &sound.url()) else { return };
    let report = sandbox.json(&["canary"], 0);
    assert_eq!(report["counts"]["agreed"], 5);
    drop(sound);

    let (file, marker) = INCIDENT;
    let (before, after) =
        source.read(file).split_once(marker).map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let rest = after.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap();
    source.write(file, format!("{before}{marker}{rest}"));
    let broken = Service::start(programs, &source.root());
    let pipeline = sandbox.read("pipeline.toml");
    let base = report["contracts"][0]["base"].as_str().unwrap().trim_end_matches('/');
    sandbox.write("pipeline.toml", pipeline.replace(base, &broken.url()));
    let report = sandbox.json(&["canary"], 1);
    let endpoints = report["contracts"][0]["endpoints"].as_array().unwrap();
    let states: Vec<_> = endpoints.iter().map(|endpoint| endpoint["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["violating", "violating", "agreed", "agreed", "agreed"]);
    let violation = &endpoints[1]["violations"][0];
    assert_eq!(violation["expected"], "the property `last_checked_at`");
    assert_eq!(violation["schema"], "/components/schemas/Watch/required");
    assert!(endpoints[0]["violations"][0]["places"].as_u64().unwrap() > 1);
    // What the code says is still the record.
    drop(sandbox.run(&["check"]).exits(0));

    drop(broken);
    drop(sandbox.run(&["canary"]).exits(3).says("the service could not be asked"));
}

#[test]
fn violations_are_told_once_while_the_same_is_wrong_and_hold_no_value_of_an_answer() {
    let (server, hook) =
        (Server::new(Answer::json(r#"{"id": "secret-id"}"#)), Server::new(Answer::json("{}")));
    let notify = format!(
        "{ENDPOINTS}notify = [\"hook\"]\n\n[notify.hook]\nuse = \"notify-webhook\"\nurl = \"{}\"\n",
        hook.url("/canary")
    );
    let sandbox = repository(&server.url("/v1"), &notify);
    drop(sandbox.run(&["canary"]).exits(1));
    assert!(hook.requests().is_empty(), "nobody is told unless it is asked for");

    let report = sandbox.json(&["canary", "--notify"], 1);
    assert_eq!(report["notices"][0]["state"], "delivered", "{report}");
    drop(sandbox.run(&["canary", "--notify"]).exits(1));
    let told = hook.requests();
    assert_eq!(told.len(), 1);
    let notice: Value = serde_json::from_slice(&told[0].body).unwrap();
    let payload = notice.to_string();
    assert!(payload.contains("\"verdict\":\"violated\"") && payload.contains("body-mismatch"), "{payload}");
    assert!(!payload.contains("secret-id"), "{payload}");

    server.answer(Answer::json("{}"));
    drop(sandbox.run(&["canary", "--notify"]).exits(1));
    assert_eq!(hook.requests().len(), 2, "other violations are other news");

    server.answer(Answer::json(watch().to_string()));
    drop(sandbox.run(&["canary", "--notify"]).exits(0));
    assert_eq!(hook.requests().len(), 2);
}

#[test]
fn a_record_that_is_not_committed_is_told_to_nobody() {
    let (server, hook) = (Server::new(Answer::json("{}")), Server::new(Answer::json("{}")));
    let notify = format!(
        "{ENDPOINTS}notify = [\"hook\"]\n\n[notify.hook]\nuse = \"notify-webhook\"\nurl = \"{}\"\n",
        hook.url("/canary")
    );
    let sandbox = repository(&server.url("/v1"), &notify);
    let mut document = api();
    document["info"]["version"] = json!("99");
    sandbox.write("openapi.json", pretty(&document));
    drop(sandbox.run(&["accept"]).exits(0));
    drop(sandbox.run(&["canary", "--notify"]).exits(2).says("is not committed as it is here"));
    assert!(hook.requests().is_empty());
}
