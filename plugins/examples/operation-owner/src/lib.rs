//! A diff rule of one's own: every operation has an owner.
//!
//! It stands beside `diff-openapi` in `pipeline.toml`, compares the same two documents, and adds its findings. Operations
//! that had no owner before are not its business: a rule that is adopted late finds nothing to complain of in what was there.

use countersign_plugin::{
    Change, Description, Diff, Direction, Document, Failure, Impact, Location, Rule, config, diagnostic, read,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const RULE: &str = "operation-without-owner";

const SCHEMA: &str = r#"{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "key": {
      "description": "The key of an operation, or else of its path item or the whole document, that names its owner.",
      "type": "string",
      "pattern": "^x-",
      "default": "x-owner"
    }
  }
}"#;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    key: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { key: "x-owner".into() }
    }
}

struct Owner;

impl Diff for Owner {
    fn describe() -> Description {
        Description::new("operation-owner", env!("CARGO_PKG_VERSION"), "Say which operations have no owner")
            .config_schema(SCHEMA)
            .example(
                "an operation that loses its owner is a change, and one that never had one is not",
                "{}",
                "application/json",
                &[
                    r#"{"paths": {"/a": {"get": {"x-owner": "web"}, "put": {}}}}"#,
                    r#"{"paths": {"/a": {"get": {}, "put": {}}}}"#,
                ],
                "operation-without-owner\n",
            )
            .example(
                "the owner of a path owns its operations",
                r#"{"key": "x-team"}"#,
                "application/json",
                &[r#"{"paths": {}}"#, r#"{"paths": {"/a": {"x-team": "web", "get": {}}}}"#],
                "",
            )
    }

    fn rules() -> Vec<Rule> {
        vec![Rule {
            id: RULE.into(),
            impact: Impact::Risky,
            explanation: "The operation is new, or had an owner, and names nobody who answers for it.".into(),
            advice:
                "Name the team: `x-owner: payments` at the operation, its path or the top of the document."
                    .into(),
        }]
    }

    fn diff(base: &Document, head: &Document) -> Result<Vec<Change>, Failure> {
        let Settings { key } = config::get()?;
        Ok(changes(&parsed(base)?, &parsed(head)?, &key))
    }
}

countersign_plugin::export_diff!(Owner);

fn parsed(document: &Document) -> Result<Value, Failure> {
    let invalid =
        |error: serde_json::Error| Failure::InvalidInput(vec![diagnostic("invalid-json", error.to_string())]);
    serde_json::from_slice(&read(document)).map_err(invalid)
}

/// Operations without an owner that were not so before.
fn changes(base: &Value, head: &Value, key: &str) -> Vec<Change> {
    let (before, after) = (owners(base, key), owners(head, key));
    let ownerless = after.into_iter().filter(|(_, owner)| owner.is_none());
    let is_new = |operation: &(&str, &str)| before.get(operation).is_none_or(Option::is_some);
    ownerless
        .filter(|(operation, _)| is_new(operation))
        .map(|(operation @ (method, path), _)| Change {
            rule: RULE.into(),
            impact: Impact::Risky,
            direction: Direction::Neither,
            subject: format!("{} {path}", method.to_uppercase()),
            summary: format!("`{} {path}` has no `{key}`", method.to_uppercase()),
            before: before.get(&operation).copied().flatten().map(str::to_owned),
            after: None,
            base: None,
            head: Some(Location { pointer: pointer(method, path), line: None, column: None }),
            operations: vec![format!("{} {path}", method.to_uppercase())],
            witness: None,
            ext: Vec::new(),
        })
        .collect()
}

/// Every operation, by method and path, with its owner.
fn owners<'d>(document: &'d Value, key: &str) -> BTreeMap<(&'d str, &'d str), Option<&'d str>> {
    const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    let owner = |value: &'d Value| value.get(key).and_then(Value::as_str).filter(|owner| !owner.is_empty());
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let items = paths.filter_map(|(path, item)| Some((path, item, item.as_object()?)));
    let operations = items.flat_map(|(path, item, entries)| {
        let is_operation = |(name, _): &(&String, &Value)| METHODS.contains(&name.as_str());
        let own = move |operation: &'d Value| owner(operation).or(owner(item)).or(owner(document));
        entries
            .iter()
            .filter(is_operation)
            .map(move |(method, value)| ((method.as_str(), path.as_str()), own(value)))
    });
    operations.collect()
}

/// A JSON Pointer (RFC 6901).
fn pointer(method: &str, path: &str) -> String {
    format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_true() {
        for example in Owner::describe().examples {
            let [base, head] = [0, 1].map(|side| serde_json::from_str(&example.inputs[side]).unwrap());
            let Settings { key } = serde_json::from_str(&example.config).unwrap();
            let found: String =
                changes(&base, &head, &key).iter().map(|change| format!("{}\n", change.rule)).collect();
            assert_eq!(found, example.expect, "{}", example.name);
            assert!(changes(&head, &head, &key).is_empty(), "{}", example.name);
        }
    }

    #[test]
    fn a_finding_names_the_operation_and_its_place() {
        let document = serde_json::json!({"paths": {"/a/{b}": {"get": {"x-owner": ""}, "x-note": {}}}});
        let found = changes(&serde_json::json!({}), &document, "x-owner");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].summary, "`GET /a/{b}` has no `x-owner`");
        assert_eq!(
            document.pointer(&found[0].head.as_ref().unwrap().pointer),
            Some(&serde_json::json!({"x-owner": ""}))
        );
    }
}
