//! Witnesses of breaks, held against both schemas by a validator of JSON Schema that is not the one that told them.
//!
//! A diff stage names a value and two schemas. Here each of the two is brought to JSON Schema 2020-12, with what it
//! refers to and no more of the document, and the value is held against it. What does not hold, or cannot be decided,
//! is said to be unproven; the change stands all the same.

use crate::canary::{ApiRecord, Bundle, Flow, compiled};
use countersign_document::{Document, Node};
use countersign_model::{Change, Side, Witness, WitnessProof};
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most text of schemas that is read for one witness, in bytes.
const LARGEST: usize = 256 * 1024;

/// The most witnesses that are proved of one comparison; the first changes are the worst.
const MOST: usize = 500;

/// Two documents that witnesses are held against; none where one cannot be read.
pub(crate) struct Sides<'a>([Option<Document<'a>>; 2]);

impl<'a> Sides<'a> {
    /// Read both.
    pub(crate) fn read(base: &'a [u8], head: &'a [u8]) -> Self {
        let read = |bytes| Document::parse_json(bytes).ok();
        let (base, head) = rayon::join(|| read(base), || read(head));
        Self([base, head])
    }
}

/// Hold every witness against both documents.
pub(crate) fn prove(changes: &mut [Change], sides: &Sides<'_>) {
    let [base, head] = &sides.0;
    let mut witnesses: Vec<_> = changes.iter_mut().filter_map(|change| change.witness.as_mut()).collect();
    witnesses.par_iter_mut().enumerate().for_each(|(index, witness)| {
        witness.proof = match index {
            MOST.. => unproven(format!("only the first {MOST} witnesses are looked at")),
            _ => {
                proof(witness, base.as_ref(), head.as_ref()).map_or_else(unproven, |()| WitnessProof::Proven)
            }
        };
    });
}

fn unproven(why: String) -> WitnessProof {
    WitnessProof::Unproven { why }
}

fn proof(witness: &Witness, base: Option<&Document<'_>>, head: Option<&Document<'_>>) -> Result<(), String> {
    // What was fine and is refused now was sent; what can arrive now is received.
    let flow = match witness.allowed_by {
        Side::Base => Flow::Request,
        Side::Head => Flow::Answer,
    };
    let value: Value =
        serde_json::from_str(&witness.value).map_err(|error| format!("the witness is no JSON: {error}"))?;
    let sides = [(Side::Base, base, &witness.base, "old"), (Side::Head, head, &witness.head, "new")];
    for (side, document, pointer, name) in sides {
        let document = document.ok_or_else(|| format!("the {name} document cannot be read"))?;
        let allowed = allows(document.root(), pointer, flow, &value)
            .map_err(|why| format!("the {name} schema: {why}"))?;
        match (allowed, side == witness.allowed_by) {
            (true, false) => return Err(format!("the {name} schema allows the value, too")),
            (false, true) => return Err(format!("the {name} schema does not allow the value")),
            (true, true) | (false, false) => {}
        }
    }
    Ok(())
}

fn allows(root: Node<'_>, pointer: &str, flow: Flow, value: &Value) -> Result<bool, String> {
    let record = ApiRecord::of(excerpt(root, pointer)?).map_err(|problem| problem.message)?;
    let bundle = Bundle::to_the_letter(&record, pointer, flow).map_err(|problem| problem.message)?;
    let validator = compiled(&bundle, pointer).map_err(|problem| problem.message)?;
    Ok(validator.is_valid(value))
}

/// What the document says of itself, the schema at `pointer`, and what that refers to, each in its place.
fn excerpt(root: Node<'_>, pointer: &str) -> Result<Value, String> {
    let mut shown = Value::Object(Map::new());
    for key in ["openapi", "jsonSchemaDialect"] {
        if let Some(said) = root.get(key) {
            put(&mut shown, &format!("/{key}"), read(said)?);
        }
    }
    let (mut open, mut size, mut known) = (vec![pointer.to_owned()], 0, BTreeSet::new());
    while let Some(pointer) = open.pop() {
        if !known.insert(pointer.clone()) {
            continue;
        }
        let Some(node) = root.resolve(&pointer) else {
            return Err(format!("there is nothing at `{}`", pointer.chars().take(200).collect::<String>()));
        };
        size += node.raw().len();
        if size > LARGEST {
            return Err(format!("it is larger than {} KiB with all that it refers to", LARGEST / 1024));
        }
        let value = read(node)?;
        references(&value, &mut open);
        put(&mut shown, &pointer, value);
    }
    Ok(shown)
}

fn read(node: Node<'_>) -> Result<Value, String> {
    serde_json::from_str(node.raw()).map_err(|error| error.to_string())
}

/// Every reference within the document, as a pointer.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            if let Some(pointer) = all.get("$ref").and_then(Value::as_str).and_then(crate::canary::local) {
                found.push(pointer);
            }
            all.values().for_each(|value| references(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Put a value in its place. What is a list in the document is an object of its indices here, which a pointer cannot
/// tell apart; a place that stands already, and all that is in it, stays.
fn put(shown: &mut Value, pointer: &str, value: Value) {
    let mut at = shown;
    let segments: Vec<String> =
        pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    for segment in &segments {
        let Value::Object(all) = at else { return };
        at = all.entry(segment.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
    merge(at, value);
}

/// Take in a value whose parts may stand here already.
fn merge(at: &mut Value, value: Value) {
    match (at, value) {
        (Value::Object(known), Value::Object(all)) => {
            for (key, value) in all {
                match known.get_mut(&key) {
                    Some(part) => merge(part, value),
                    None => {
                        known.insert(key, value);
                    }
                }
            }
        }
        (at, value) => *at = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(schema: &Value) -> Vec<u8> {
        json!({
            "openapi": "3.0.3",
            "paths": { "/a": { "get": { "parameters": [{ "schema": { "$ref": "#/components/schemas/A" } }] } } },
            "components": { "schemas": { "A": schema, "B": { "type": "string", "nullable": true } } },
        })
        .to_string()
        .into_bytes()
    }

    fn proof_of(value: &str, allowed_by: Side, pointer: &str) -> WitnessProof {
        let base = document(
            &json!({ "type": "object", "properties": { "b": { "$ref": "#/components/schemas/B" } } }),
        );
        let head = document(&json!({
            "type": "object", "required": ["b"], "properties": { "b": { "$ref": "#/components/schemas/B" } },
        }));
        let witness = Witness {
            value: value.into(),
            base: pointer.into(),
            head: pointer.into(),
            allowed_by,
            proof: unproven(String::new()),
        };
        let mut changes = [Change {
            rule: "r".into(),
            plugin: "p".into(),
            impact: countersign_model::Impact::Breaking,
            direction: countersign_model::Direction::Request,
            subject: String::new(),
            summary: String::new(),
            before: None,
            after: None,
            base: None,
            head: None,
            operations: Vec::new(),
            witness: Some(witness),
        }];
        prove(&mut changes, &Sides::read(&base, &head));
        changes[0].witness.clone().unwrap().proof
    }

    #[test]
    fn a_value_that_one_schema_allows_and_the_other_refuses_is_a_proof() {
        assert_eq!(proof_of("{}", Side::Base, "/components/schemas/A"), WitnessProof::Proven);
        assert_eq!(proof_of("{}", Side::Base, "/paths/~1a/get/parameters/0/schema"), WitnessProof::Proven);
    }

    #[test]
    fn what_does_not_hold_is_unproven_and_says_why() {
        let why = |value, side, pointer| match proof_of(value, side, pointer) {
            WitnessProof::Unproven { why } => why,
            WitnessProof::Proven => panic!("{value} proves nothing"),
        };
        assert_eq!(
            why("{\"b\":null}", Side::Base, "/components/schemas/A"),
            "the new schema allows the value, too"
        );
        assert_eq!(why("[]", Side::Base, "/components/schemas/A"), "the old schema does not allow the value");
        assert_eq!(why("{}", Side::Head, "/components/schemas/A"), "the old schema allows the value, too");
        assert!(why("{", Side::Base, "/components/schemas/A").starts_with("the witness is no JSON"));
        assert!(why("{}", Side::Base, "/nowhere").contains("there is nothing at `/nowhere`"));
    }
}
