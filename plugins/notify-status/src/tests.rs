use super::*;
use serde_json::{Value, json};

fn payload(verdict: &str) -> String {
    json!({
        "schema_version": 1, "key": "k", "contract": "watcher", "commit": "c0ffee", "verdict": verdict,
        "from": format!("sha256:{}", "1".repeat(64)), "to": format!("sha256:{}", "2".repeat(64)), "total": 3,
        "counts": { "breaking": 1, "risky": 2, "compatible": 0 },
        "findings": [{ "rule": "r", "impact": "breaking", "summary": format!("@all {}", "x".repeat(900)) }],
        "links": { "compare": "https://github.com/acme/api/compare/a...b" },
    })
    .to_string()
}

fn set(configuration: &str, payload: &str) -> Status {
    let mut status = None;
    let result = tell(&serde_json::from_str(configuration).unwrap(), payload, |set| {
        status = Some(set.clone());
        Ok(())
    });
    assert!(matches!(result, Ok(Receipt::Delivered(_))), "{result:?}");
    status.unwrap()
}

#[test]
fn a_breaking_change_is_a_failure_and_nothing_else_is() {
    let default = r#"{"context":"countersign/{contract}"}"#;
    assert!(matches!(set(default, &payload("breaking")).state, StatusState::Failure));
    for verdict in ["risky", "compatible", "new"] {
        assert!(matches!(set(default, &payload(verdict)).state, StatusState::Success), "{verdict}");
    }
    let lenient = r#"{"context":"c","breaking":"success","risky":"pending"}"#;
    assert!(matches!(set(lenient, &payload("breaking")).state, StatusState::Success));
    assert!(matches!(set(lenient, &payload("risky")).state, StatusState::Pending));
}

#[test]
fn it_says_the_verdict_on_one_line_and_where_to_read_more() {
    let status = set(r#"{"context":"countersign/{contract}"}"#, &payload("breaking"));
    assert_eq!(status.context, "countersign/watcher");
    assert_eq!(status.description, "Breaking change in watcher (1 breaking, 2 risky, 0 compatible)");
    assert_eq!(status.url.as_deref(), Some("https://github.com/acme/api/compare/a...b"));
}

#[test]
fn a_context_holds_the_names_as_they_are() {
    let notice = payload("new").replace("\"watcher\"", "\"api-2.example\"");
    assert_eq!(set(r#"{"context":"{contract}/{client}"}"#, &notice).context, "api-2.example/");
}

#[test]
fn a_description_is_never_longer_than_a_forge_shows() {
    let status = set(r#"{"context":"c","description":"{findings}"}"#, &payload("breaking"));
    assert!(status.description.chars().count() <= 140, "{}", status.description);
    assert!(!status.description.contains('\n'));
}

#[test]
fn a_template_that_is_wrong_is_told_before_anything_is_set() {
    let configuration = serde_json::from_str(r#"{"context":"c","description":"{verdct}"}"#).unwrap();
    let result = tell(&configuration, &payload("new"), |_| panic!("it is set"));
    assert!(matches!(result, Err(Failure::InvalidConfig(_))), "{result:?}");
}

#[test]
fn every_described_example_is_a_configuration_that_works() {
    let schema: Value = serde_json::from_str(&CommitStatus::describe().config_schema).unwrap();
    assert_eq!(schema["properties"]["context"]["x-countersign-grant"], "forge:status");
    for example in CommitStatus::describe().examples {
        assert!(!set(&example.config, &payload("breaking")).context.is_empty(), "{}", example.name);
    }
}
