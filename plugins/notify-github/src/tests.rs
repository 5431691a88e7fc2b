use super::*;
use serde_json::Value;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn payload() -> String {
    json!({
        "schema_version": 1, "key": KEY, "contract": "watcher", "client": "dashboard", "commit": "c0ffee",
        "from": null, "to": format!("sha256:{}", "2".repeat(64)), "verdict": "breaking", "total": 1,
        "findings": [{ "rule": "r", "impact": "breaking", "summary": "`text` of the specification" }],
    })
    .to_string()
}

fn told_with(answer: Result<(), ForgeError>) -> (Result<Receipt, Failure>, String, Value) {
    let configuration: Configuration = serde_json::from_str(r#"{"event-type":"contract-changed"}"#).unwrap();
    let mut sent = (String::new(), Value::Null);
    let result = tell(&configuration, KEY, &payload(), |event_type, payload| {
        sent = (event_type.to_owned(), serde_json::from_str(payload).unwrap());
        answer
    });
    (result, sent.0, sent.1)
}

#[test]
fn one_object_says_what_changed_and_under_which_key() {
    let (result, event_type, payload) = told_with(Ok(()));
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(event_type, "contract-changed");
    assert_eq!(payload.as_object().unwrap().len(), 1);
    assert_eq!(payload["contract"]["key"], KEY);
    assert_eq!(payload["contract"]["name"], "watcher");
    assert!(!payload.to_string().contains("specification"));
}

#[test]
fn a_lost_answer_leaves_it_unknown_and_a_refusal_does_not() {
    assert!(matches!(told_with(Err(ForgeError::Unknown("x".into()))).0, Ok(Receipt::Unknown(_))));
    assert!(matches!(told_with(Err(ForgeError::NotFound("x".into()))).0, Err(Failure::Other(_))));
    assert!(matches!(told_with(Err(ForgeError::DryRun)).0, Ok(Receipt::DryRun)));
}

#[test]
fn nothing_is_sent_of_a_payload_that_cannot_be_read() {
    let configuration = Configuration { event_type: "contract-changed".into() };
    for payload in ["", "[]", r#"{"contract":"watcher"}"#] {
        let result = tell(&configuration, KEY, payload, |_, _| panic!("it is sent"));
        assert!(matches!(result, Err(Failure::InvalidInput(_))), "{payload}");
    }
}

#[test]
fn every_described_example_is_a_configuration() {
    let schema: Value = serde_json::from_str(&Github::describe().config_schema).unwrap();
    assert_eq!(schema["properties"]["event-type"]["x-countersign-grant"], "forge:dispatch");
    for example in Github::describe().examples {
        assert!(serde_json::from_str::<Configuration>(&example.config).is_ok(), "{}", example.name);
    }
}
