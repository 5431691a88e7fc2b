//! The canonical form of JSON and YAML documents: JSON with one entry a line, and every number as it was written.

use countersign_document as json;
use countersign_plugin::{Canonicalize, Description, Document, Failure, config, read};
use serde::Deserialize;

struct Json;

/// The stage's keys in `pipeline.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    order: json::Order,
}

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "order": {
      "description": "The order of an object's keys: as the author wrote them, or sorted by Unicode code point.",
      "enum": ["preserve", "sorted"],
      "default": "preserve"
    }
  }
}"#;

impl Canonicalize for Json {
    fn describe() -> Description {
        Description::new(
            "canonicalize-json",
            env!("CARGO_PKG_VERSION"),
            "Write JSON or YAML as JSON with one entry a line, numbers as they were written and minimal escapes",
        )
        .config_schema(SCHEMA)
        .example(
            "numbers and the order of keys stay as they were written",
            "{}",
            "application/json",
            &[r#"{"b": [1E2, -0, {}], "a": "\u0041\/"}"#],
            "{\n  \"b\": [\n    1E2,\n    -0,\n    {}\n  ],\n  \"a\": \"A/\"\n}\n",
        )
        .example(
            "keys are sorted when asked for",
            r#"{"order": "sorted"}"#,
            "application/json",
            &[r#"{"b": 1, "a": {"d": 2, "c": 3}}"#],
            "{\n  \"a\": {\n    \"c\": 3,\n    \"d\": 2\n  },\n  \"b\": 1\n}\n",
        )
        .example(
            "YAML becomes the JSON that it means",
            "{}",
            "application/yaml",
            &["answer: yes\ncount: 0x10\n200: |\n  text\n"],
            "{\n  \"answer\": \"yes\",\n  \"count\": 16,\n  \"200\": \"text\\n\"\n}\n",
        )
    }

    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
        canonical(&read(document), &document.info().media_type, &config::get()?)
    }
}

countersign_plugin::export_canonicalize!(Json);

fn canonical(bytes: &[u8], media_type: &str, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let document = json::Document::parse(bytes, media_type)?;
    Ok(json::Printer::new().order(settings.order).print(&document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_true_and_a_fixed_point() {
        for example in Json::describe().examples {
            let settings: Settings = serde_json::from_str(&example.config).unwrap();
            let once = canonical(example.inputs[0].as_bytes(), &example.media_type, &settings).unwrap();
            assert_eq!(String::from_utf8_lossy(&once), example.expect, "{}", example.name);
            assert_eq!(canonical(&once, "application/json", &settings).unwrap(), once);
        }
    }

    #[test]
    fn the_schema_names_every_setting_and_its_default() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        assert_eq!(schema["properties"]["order"]["default"], "preserve");
        assert_eq!(Settings::default().order, json::Order::Preserve);
        assert!(serde_json::from_str::<Settings>(r#"{"sort": true}"#).is_err());
    }

    #[test]
    fn what_is_no_document_is_refused_by_name() {
        let refused = canonical(b"<!DOCTYPE html><title>502</title>", "text/html", &Settings::default());
        let Err(Failure::InvalidInput(diagnostics)) = refused else { panic!("accepted") };
        assert_eq!(diagnostics[0].code, "html-page");
    }
}
