//! The JSON Schema of `pipeline.toml`, derived from its shape.

use super::file::File;
use countersign_model::Name;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

/// The schema (JSON Schema 2020-12), in the same bytes every time.
pub(super) fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize().with_transform(RecursiveTransform(plain));
    let mut generator = settings.into_generator();
    // The name of every table refers to it, and no type does.
    generator.subschema_for::<Name>();
    let Value::Object(mut schema) = generator.into_root_schema_for::<File>().to_value() else {
        return json!({});
    };
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:countersign:pipeline.toml",
        "title": "pipeline.toml",
        "description": "What Countersign keeps in agreement: contracts, their clients, and the stages between them.",
    });
    let Value::Object(mut whole) = head else { return json!({}) };
    for (key, value) in std::mem::take(&mut schema) {
        whole.entry(key).or_insert(value);
    }
    Value::Object(whole)
}

/// TOML has no null: an optional key is there or it is not. Nor do sizes of Rust's integers mean anything here.
fn plain(schema: &mut Schema) {
    schema.remove("format");
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    if schema.get("default").is_some_and(|value| value.is_null() || value.is_object()) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else { return };
    branches.retain(|branch| branch != &json!({ "type": "null" }));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (key, value) in only {
            schema.insert(key, value);
        }
    }
}
