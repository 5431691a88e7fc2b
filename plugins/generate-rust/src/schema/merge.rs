//! `allOf`: one schema that says what all of several say.
//!
//! The generator merges too, but ends with a panic on what it cannot merge.

use super::keywords::says_nothing;
use super::{HOPS, Schemas};
use crate::source::{self, Object};
use serde_json::{Map, Value, json};

/// Keywords that describe, and do not change what is merged.
const DESCRIBING: &[&str] = &[
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "discriminator",
    "$comment",
    "nullable",
    "$id",
    "$schema",
    "$defs",
    "definitions",
];

impl Schemas<'_> {
    /// The schema without `allOf`, and without a reference that has neighbours of weight; none where its parts
    /// cannot be brought together.
    pub(super) fn flatten(&self, schema: &Object) -> Option<Object> {
        self.flatten_within(schema, 0)
    }

    fn flatten_within(&self, schema: &Object, hops: usize) -> Option<Object> {
        if hops > HOPS {
            return None;
        }
        let (own, mut parts) = split(schema);
        if parts.is_empty() {
            return Some(schema.clone());
        }
        if !says_nothing(&Value::Object(own.clone())) || own.contains_key("required") {
            parts.insert(0, Value::Object(own));
        }
        parts.retain(|part| !says_nothing(part) || part.get("required").is_some());
        parts.dedup();
        let described = describing(schema);
        let mut merged = match parts.as_slice() {
            [] => Map::new(),
            [only] if !says_nothing(only) => only.as_object()?.clone(),
            several => self.merge_all(several, hops)?,
        };
        // A lone part may be a composition itself.
        if merged.contains_key("allOf") {
            merged = self.flatten_within(&merged, hops + 1)?;
        }
        for (key, value) in described {
            merged.insert(key, value);
        }
        Some(merged)
    }

    fn merge_all(&self, parts: &[Value], hops: usize) -> Option<Object> {
        let mut merged = Map::new();
        for part in parts {
            merged = merge(merged, &self.expand(part, hops)?)?;
        }
        Some(merged)
    }

    /// A part with its references followed and its own compositions flattened.
    fn expand(&self, part: &Value, hops: usize) -> Option<Object> {
        let object = match part.get("$ref") {
            Some(_)
                if part.as_object().is_some_and(|object| split(object).1.len() == 1 && object.len() == 1) =>
            {
                self.follow(part)?.0.as_object()?
            }
            _ => part.as_object()?,
        };
        let flat = self.flatten_within(object, hops + 1)?;
        if flat.contains_key("$ref") {
            self.expand(&json!({ "$ref": flat["$ref"] }), hops + 1)
        } else {
            Some(flat)
        }
    }
}

/// What a schema says itself, and what it takes from elsewhere by `allOf` and `$ref`.
fn split(schema: &Object) -> (Object, Vec<Value>) {
    let mut own = schema.clone();
    let mut parts = Vec::new();
    if let Some(reference) = own.shift_remove("$ref") {
        parts.push(json!({ "$ref": reference }));
    }
    if let Some(Value::Array(all)) = own.shift_remove("allOf") {
        parts.extend(all);
    }
    own.retain(|key, _| !DESCRIBING.contains(&key.as_str()));
    (own, parts)
}

fn describing(schema: &Object) -> Object {
    let kept = schema.iter().filter(|(key, _)| DESCRIBING.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn merge(mut base: Object, more: &Object) -> Option<Object> {
    for (key, value) in more {
        if DESCRIBING.contains(&key.as_str()) {
            continue;
        }
        let merged = match base.get(key) {
            None => value.clone(),
            Some(before) if before == value => continue,
            Some(before) => merge_keyword(key, before, value)?,
        };
        base.insert(key.clone(), merged);
    }
    Some(base)
}

fn merge_keyword(key: &str, before: &Value, value: &Value) -> Option<Value> {
    match key {
        "properties" => {
            let mut properties = before.as_object()?.clone();
            for (name, schema) in value.as_object()? {
                let both = properties.get(name).map_or_else(|| schema.clone(), |first| both(first, schema));
                properties.insert(name.clone(), both);
            }
            Some(Value::Object(properties))
        }
        "required" => {
            let mut required = before.as_array()?.clone();
            required.extend(value.as_array()?.iter().cloned());
            required.dedup();
            Some(Value::Array(required))
        }
        "type" => narrower(before, value),
        "items" => Some(both(before, value)),
        "additionalProperties" => Some(if before.is_object() { before.clone() } else { value.clone() }),
        "enum" => {
            let allowed = value.as_array()?;
            Some(before.as_array()?.iter().filter(|value| allowed.contains(value)).cloned().collect())
        }
        "$ref" | "anyOf" | "oneOf" | "const" | "format" | "prefixItems" => None,
        // The rest validates.
        _ => Some(before.clone()),
    }
}

/// Both of two schemas, simplified where one of them says nothing.
fn both(first: &Value, second: &Value) -> Value {
    if first == second || says_nothing(second) {
        first.clone()
    } else if says_nothing(first) {
        second.clone()
    } else {
        json!({ "allOf": [first, second] })
    }
}

fn narrower(before: &Value, value: &Value) -> Option<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let (first, second) = (list(before), list(value));
    let mut common: Vec<_> = first.iter().filter(|name| second.contains(name)).cloned().collect();
    if common.is_empty()
        && [&first, &second]
            .iter()
            .all(|names| names.iter().any(|name| name == "integer" || name == "number"))
    {
        common.push("integer".into());
    }
    match common.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Value::Array(common)),
    }
}

/// The branches of a union that say something about the shape of a value.
pub(super) fn branches(schema: &Object) -> Option<(&'static str, Vec<(usize, Value)>)> {
    let keyword = ["oneOf", "anyOf"].into_iter().find(|keyword| schema.contains_key(*keyword))?;
    let branches = source::items(schema, keyword).iter().cloned().enumerate();
    Some((keyword, branches.collect()))
}
