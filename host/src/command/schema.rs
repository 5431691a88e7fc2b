//! `schema`: the JSON Schema (draft 2020-12) of what Countersign reads and writes, and the OpenAPI document of what it
//! serves.

use crate::args::{SchemaArgs, SchemaKind};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::{CanaryReport, HooksReport, Notice, Problem, Proposals, PushNotice, Report};
use countersign_pipeline::config::Config;
use countersign_serve_page::openapi;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// The schema that was asked for.
pub(crate) fn run(args: &SchemaArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Ok(Outcome::Document(match args.kind {
        SchemaKind::Pipeline => document("pipeline", "pipeline.toml", Config::json_schema()),
        SchemaKind::Report => document("report", "Countersign report", of::<Report>()),
        SchemaKind::Proposals => document("proposals", "Countersign proposals", of::<Proposals>()),
        SchemaKind::Notice => document("notice", "Countersign notice", of::<Notice>()),
        SchemaKind::Pushes => document("pushes", "Countersign notice of pushes", of::<PushNotice>()),
        SchemaKind::Canary => document("canary", "Countersign canary", of::<CanaryReport>()),
        SchemaKind::Hooks => document("hooks", "Countersign hooks", of::<HooksReport>()),
        SchemaKind::ServeApi => written(&openapi::document(env!("CARGO_PKG_VERSION"))),
    }))
}

fn of<T: JsonSchema>() -> Value {
    SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

/// A schema as a file: named, with its keys in one order, and a line end.
fn document(name: &str, title: &str, schema: Value) -> Vec<u8> {
    let mut named = Map::new();
    let body = match schema {
        Value::Object(body) => body,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Map::from_iter([("const".to_owned(), other)])
        }
    };
    let dialect = body.get("$schema").cloned();
    named.insert(
        "$schema".into(),
        dialect.unwrap_or_else(|| "https://json-schema.org/draft/2020-12/schema".into()),
    );
    let id = format!("{}/schemas/{name}.schema.json", env!("CARGO_PKG_REPOSITORY"));
    named.insert("$id".into(), id.into());
    named.insert("title".into(), title.into());
    for (key, value) in body {
        named.entry(key).or_insert(value);
    }
    written(&Value::Object(named))
}

fn written(document: &Value) -> Vec<u8> {
    format!("{document:#}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_named_and_the_same_every_time() {
        let report = || document("report", "Countersign report", of::<Report>());
        let text = report();
        assert_eq!(text, report());
        let schema: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(schema["title"], "Countersign report");
        assert!(schema["$id"].as_str().unwrap().ends_with("/schemas/report.schema.json"));
        assert_eq!(schema["properties"]["verdict"]["$ref"], "#/$defs/Verdict");
        assert!(text.ends_with(b"}\n"));
    }
}
