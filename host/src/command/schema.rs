//! `schema`: the JSON Schema (draft 2020-12) of what Countersign reads and writes.

use crate::args::{SchemaArgs, SchemaKind};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::{CanaryReport, Notice, Problem, Proposals, Report};
use countersign_pipeline::config::Config;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// The schema that was asked for.
pub(crate) fn run(args: &SchemaArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    let schema = match args.kind {
        SchemaKind::Pipeline => Config::json_schema(),
        SchemaKind::Report => of::<Report>(),
        SchemaKind::Proposals => of::<Proposals>(),
        SchemaKind::Notice => of::<Notice>(),
        SchemaKind::Canary => of::<CanaryReport>(),
    };
    Ok(Outcome::Document(document(args.kind, schema)))
}

fn of<T: JsonSchema>() -> Value {
    SchemaGenerator::default().into_root_schema_for::<T>().to_value()
}

/// A schema as a file: named, with its keys in one order, and a line end.
fn document(kind: SchemaKind, schema: Value) -> Vec<u8> {
    let (name, title) = match kind {
        SchemaKind::Pipeline => ("pipeline", "pipeline.toml"),
        SchemaKind::Report => ("report", "Countersign report"),
        SchemaKind::Proposals => ("proposals", "Countersign proposals"),
        SchemaKind::Notice => ("notice", "Countersign notice"),
        SchemaKind::Canary => ("canary", "Countersign canary"),
    };
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
    format!("{:#}\n", Value::Object(named)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_named_and_the_same_every_time() {
        let text = document(SchemaKind::Report, of::<Report>());
        assert_eq!(text, document(SchemaKind::Report, of::<Report>()));
        let schema: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(schema["title"], "Countersign report");
        assert!(schema["$id"].as_str().unwrap().ends_with("/schemas/report.schema.json"));
        assert_eq!(schema["properties"]["verdict"]["$ref"], "#/$defs/Verdict");
        assert!(text.ends_with(b"}\n"));
    }
}
