use super::*;
use serde_json::{Value, json};

fn payload(summary: &str, client: Option<&str>) -> String {
    json!({
        "schema_version": 1, "key": "k", "contract": "watcher", "client": client, "commit": "c0ffee",
        "clients": ["dashboard", "mobile"], "to": format!("sha256:{}", "2".repeat(64)),
        "from": format!("sha256:{}", "1".repeat(64)), "verdict": "breaking", "total": 1,
        "findings": [{ "rule": "r", "impact": "breaking", "summary": summary, "operations": ["GET /watches"] }],
    })
    .to_string()
}

fn configuration(text: &str) -> Configuration {
    serde_json::from_str(text).unwrap()
}

fn kept(text: &str, payload: &str) -> (String, String) {
    let mut kept = (String::new(), String::new());
    let result = tell(&configuration(text), payload, |name, body| {
        kept = (name.to_owned(), body.to_owned());
        Ok(Some("https://github.com/acme/api/pull/1#issuecomment-1".into()))
    });
    assert!(matches!(result, Ok(Receipt::Delivered(url)) if url.ends_with("issuecomment-1")));
    kept
}

#[test]
fn a_contract_has_one_comment_and_each_client_its_own() {
    let heading = r#"{"heading":"Contract {contract}"}"#;
    assert_eq!(kept(heading, &payload("x", None)).0, "watcher");
    assert_eq!(kept(heading, &payload("x", Some(""))).0, "watcher");
    assert_eq!(kept(heading, &payload("x", Some("dashboard"))).0, "watcher/dashboard");
}

#[test]
fn heading_verdict_and_findings_are_said() {
    let (_, body) = kept(r#"{"heading":"Contract {contract}"}"#, &payload("property `id` was removed", None));
    assert!(body.starts_with("### Contract watcher\n\n**Breaking change in watcher (1 breaking"), "{body}");
    assert!(body.contains("<code>id</code> was removed") && body.contains("dashboard"), "{body}");
    let own = r#"{"heading":"API","message":"{total} change:\n{findings}"}"#;
    let (_, body) = kept(own, &payload("x", None));
    assert!(body.starts_with("### API\n\n1 change:\n- "), "{body}");
}

#[test]
fn text_of_a_specification_brings_no_markup_and_calls_nobody() {
    let hostile = "@acme/all <!-- countersign:other --> [x](https://evil.example) <img src=x> #1\n# heading";
    let (_, body) = kept(r#"{"heading":"Contract"}"#, &payload(hostile, None));
    for live in ["@acme", "<!-- countersign", "](https://evil", "<img", "\n# heading"] {
        assert!(!body.contains(live), "{live} in {body}");
    }
}

#[test]
fn the_longest_comment_is_one_that_the_host_takes() {
    let findings: Vec<Value> = (0..20)
        .map(|number| {
            json!({ "rule": "r", "impact": "breaking", "summary": format!("{number} {}", "@漢".repeat(3000)) })
        })
        .collect();
    let mut notice: Value = serde_json::from_str(&payload("x", None)).unwrap();
    notice["findings"] = findings.into();
    let (_, body) = kept(r#"{"heading":"Contract","findings":20}"#, &notice.to_string());
    assert!(body.len() <= 65_000, "{}", body.len());
}

#[test]
fn without_a_pull_request_there_is_nothing_to_tell() {
    let result = tell(&configuration(r#"{"heading":"x"}"#), &payload("x", None), |_, _| Ok(None));
    assert!(matches!(result, Ok(Receipt::Delivered(name)) if name.is_empty()));
    let result =
        tell(&configuration(r#"{"heading":"{verdct}"}"#), &payload("x", None), |_, _| panic!("it is sent"));
    assert!(matches!(result, Err(Failure::InvalidConfig(_))));
}

#[test]
fn every_described_example_is_a_configuration_that_works() {
    let schema: Value = serde_json::from_str(&Comment::describe().config_schema).unwrap();
    assert_eq!(schema["properties"]["heading"]["x-countersign-grant"], "forge:comment");
    for example in Comment::describe().examples {
        assert!(!kept(&example.config, &payload("x", None)).1.is_empty(), "{}", example.name);
    }
}
