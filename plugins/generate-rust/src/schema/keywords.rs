//! What the keywords of a schema say about its type.

use super::{HOPS, Schemas};
use crate::source::{self, Object};
use serde_json::Value;

/// Keywords that say something about the shape of a value; all others describe or validate it.
const SHAPING: &[&str] = &[
    "$ref",
    "type",
    "properties",
    "additionalProperties",
    "patternProperties",
    "items",
    "prefixItems",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "format",
    "contentEncoding",
];

/// Does the schema say nothing about the shape of a value?
pub(super) fn says_nothing(schema: &Value) -> bool {
    match schema.as_object() {
        Some(object) => !SHAPING.iter().any(|keyword| object.contains_key(*keyword)),
        None => schema.as_bool() == Some(true),
    }
}

/// Does the schema allow only `null`?
pub(super) fn is_null(schema: &Value) -> bool {
    let all_null = |values: &Vec<Value>| !values.is_empty() && values.iter().all(Value::is_null);
    match schema.get("type") {
        Some(Value::String(name)) => name == "null",
        Some(Value::Array(names)) => !names.is_empty() && names.iter().all(|name| name == "null"),
        _ => {
            schema.get("const").is_some_and(Value::is_null)
                || schema.get("enum").and_then(Value::as_array).is_some_and(all_null)
        }
    }
}

/// The types that a schema names or implies, without `null`.
pub(super) fn types(schema: &Object) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) if name != "null" => vec![name],
        Some(Value::Array(names)) => {
            let names: Vec<_> =
                names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect();
            // Every integer is a number.
            let number = names.contains(&"number");
            names.into_iter().filter(|name| !(number && *name == "integer")).collect()
        }
        _ => implied(schema),
    }
}

fn implied(schema: &Object) -> Vec<&'static str> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    let values = values(schema);
    if !values.is_empty() {
        let mut types: Vec<_> = values.iter().filter_map(|value| type_of(value)).collect();
        types.sort_unstable();
        types.dedup();
        return types;
    }
    if has(&["properties", "additionalProperties", "patternProperties"]) {
        vec!["object"]
    } else if has(&["items", "prefixItems"]) {
        vec!["array"]
    } else if has(&["contentEncoding"]) {
        vec!["string"]
    } else {
        Vec::new()
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some("integer"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}

/// The only values that a schema allows; none where it does not enumerate.
pub(super) fn values(schema: &Object) -> Vec<&Value> {
    match schema.get("const") {
        Some(only) => vec![only],
        None => source::items(schema, "enum").iter().collect(),
    }
}

/// Does the schema itself allow `null`, whatever it refers to?
pub(super) fn says_nullable(schema: &Object) -> bool {
    let null = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        Some(Value::String(_)) => false,
        // Without a type, an enumeration with null allows it.
        _ => values(schema).iter().any(|value| value.is_null()),
    };
    null || source::flag(schema, "nullable")
}

/// What a parameter's value is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarKind {
    /// One text.
    Scalar,
    /// A list of texts.
    List,
    /// Named values.
    Object,
    /// Something else, or anything.
    Other,
}

/// What a parameter of this schema is on the wire.
pub(crate) fn scalar_kind(schemas: &Schemas<'_>, schema: &Value) -> ScalarKind {
    kind(schemas, schema, 0)
}

fn kind(schemas: &Schemas<'_>, schema: &Value, hops: usize) -> ScalarKind {
    let Some(object) = schema.as_object().filter(|_| hops < HOPS) else { return ScalarKind::Other };
    if object.contains_key("$ref") {
        return schemas
            .follow(schema)
            .map_or(ScalarKind::Other, |(target, _)| kind(schemas, target, hops + 1));
    }
    for composition in ["allOf", "oneOf", "anyOf"] {
        let branches = source::items(object, composition).iter();
        let mut branches = branches.filter(|branch| !is_null(branch) && !says_nothing(branch));
        match (branches.next(), branches.next()) {
            (Some(only), None) => return kind(schemas, only, hops + 1),
            (Some(_), Some(_)) => return ScalarKind::Other,
            (None, _) => {}
        }
    }
    match types(object).as_slice() {
        ["string" | "integer" | "number" | "boolean"] => ScalarKind::Scalar,
        ["array"] => ScalarKind::List,
        ["object"] => ScalarKind::Object,
        _ => ScalarKind::Other,
    }
}
