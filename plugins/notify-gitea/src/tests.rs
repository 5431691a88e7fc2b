use super::*;
use serde_json::{Value, json};

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn payload() -> String {
    json!({
        "schema_version": 1, "key": KEY, "contract": "watcher", "client": "dashboard", "commit": "c0ffee",
        "to": format!("sha256:{}", "2".repeat(64)), "verdict": "new", "total": 0, "findings": [],
    })
    .to_string()
}

#[test]
fn the_input_is_the_event_as_text() {
    let configuration: Configuration =
        serde_json::from_str(r#"{"workflow":"contract.yml","reference":"main"}"#).unwrap();
    let result = tell(&configuration, KEY, &payload(), |workflow, reference, inputs| {
        assert_eq!((workflow, reference, inputs.len()), ("contract.yml", Some("main"), 1));
        let contract: Value = serde_json::from_str(&inputs[0].1).unwrap();
        assert_eq!((inputs[0].0.as_str(), &contract["key"]), ("contract", &json!(KEY)));
        Ok(())
    });
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
}

#[test]
fn without_a_reference_the_default_branch_is_meant() {
    let configuration: Configuration = serde_json::from_str(r#"{"workflow":"contract.yml"}"#).unwrap();
    let result = tell(&configuration, KEY, &payload(), |_, reference, _| {
        assert_eq!(reference, None);
        Err(ForgeError::Unknown("lost".into()))
    });
    assert!(matches!(result, Ok(Receipt::Unknown(_))));
}

#[test]
fn every_described_example_is_a_configuration() {
    let schema: Value = serde_json::from_str(&Gitea::describe().config_schema).unwrap();
    assert_eq!(schema["properties"]["workflow"]["x-countersign-grant"], "forge:dispatch-workflow");
    for example in Gitea::describe().examples {
        assert!(serde_json::from_str::<Configuration>(&example.config).is_ok(), "{}", example.name);
    }
}
