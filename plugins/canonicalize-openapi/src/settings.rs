//! The stage's keys in `pipeline.toml`.

use crate::pattern::Pattern;
use countersign_document::Order;
use countersign_plugin::{Failure, diagnostic};
use serde::Deserialize;

/// All keys; each has a default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) order: Order,
    pub(crate) prune: Vec<String>,
    pub(crate) unreferenced: Unreferenced,
    pub(crate) empty: Empty,
}

/// What happens to a document that describes no API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Empty {
    #[default]
    Refuse,
    Allow,
}

/// What happens to components that nothing refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unreferenced {
    #[default]
    Keep,
    Drop,
}

impl Settings {
    /// The patterns of `prune`.
    pub(crate) fn patterns(&self) -> Result<Vec<Pattern>, Failure> {
        let read = self.prune.iter().map(|text| Pattern::parse(text));
        let (patterns, problems): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
        if problems.is_empty() {
            return Ok(patterns.into_iter().flatten().collect());
        }
        let problems = problems.into_iter().filter_map(Result::err);
        Err(Failure::InvalidConfig(problems.map(|message| diagnostic("invalid-pattern", message)).collect()))
    }
}

pub(crate) const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "order": {
      "description": "The order of an object's keys: as the author wrote them, or sorted by Unicode code point. Generators follow this order.",
      "enum": ["preserve", "sorted"],
      "default": "preserve"
    },
    "prune": {
      "description": "Paths to leave out, such as `/dashboard/**`, or operations, such as `GET /internal/*`. `*` stands for anything within a segment, `**` for any number of segments, none included; `{` and `}` stand for themselves.",
      "type": "array",
      "items": { "type": "string", "pattern": "^([A-Za-z]+ )?/" },
      "uniqueItems": true,
      "default": []
    },
    "unreferenced": {
      "description": "What happens to components that nothing refers to: keep them, or drop them.",
      "enum": ["keep", "drop"],
      "default": "keep"
    },
    "empty": {
      "description": "What happens to a document without a path: refuse it, since a service that failed to load its routes writes such a document, or allow it.",
      "enum": ["refuse", "allow"],
      "default": "refuse"
    }
  }
}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_and_the_type_agree() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        let defaults: serde_json::Map<_, _> =
            properties.iter().map(|(name, property)| (name.clone(), property["default"].clone())).collect();
        let settings: Settings = serde_json::from_value(defaults.into()).unwrap();
        assert_eq!((settings.order, settings.unreferenced), (Order::Preserve, Unreferenced::Keep));
        assert!(settings.prune.is_empty());
        assert!(serde_json::from_str::<Settings>(r#"{"prunes": []}"#).is_err());
    }

    #[test]
    fn every_bad_pattern_is_reported() {
        let prune = ["/a", "FETCH /a", "a"].map(String::from).to_vec();
        let Err(Failure::InvalidConfig(problems)) = (Settings { prune, ..Settings::default() }).patterns()
        else {
            panic!("accepted");
        };
        assert_eq!(problems.len(), 2);
    }
}
