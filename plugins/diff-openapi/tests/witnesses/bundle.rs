//! A schema of an OpenAPI document as a JSON Schema (2020-12) that stands alone, for a validator that knows
//! nothing of OpenAPI.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Formats that say of a text what it can be.
const TEXTS: &[&str] = &[
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "json-pointer",
];

/// Formats of numbers (OpenAPI Format Registry).
const NUMBERS: &[(&str, &str, &str)] = &[
    ("int8", "-128", "127"),
    ("int16", "-32768", "32767"),
    ("int32", "-2147483648", "2147483647"),
    ("int64", "-9223372036854775808", "9223372036854775807"),
    ("uint8", "0", "255"),
    ("uint16", "0", "65535"),
    ("uint32", "0", "4294967295"),
    ("uint64", "0", "18446744073709551615"),
];

/// Keywords of OpenAPI 3.0 (section 4.7.24) that JSON Schema has, too.
const OLD: &[&str] = &[
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

/// Annotations, and what means something to OpenAPI only.
const LEFT_OUT: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// The schema at a pointer, for what a client sends (`request`) or receives.
pub(crate) fn bundle(document: &Value, pointer: &str, request: bool) -> Value {
    let version = document["openapi"].as_str().unwrap_or("2.0");
    let old = version.starts_with("3.0") || version.starts_with("2.");
    let mut bundler =
        Bundler { document, old, request, origins: vec![pointer.to_owned()], known: BTreeMap::new() };
    bundler.known.insert(pointer.to_owned(), 0);
    let mut definitions = Map::new();
    while let Some(origin) = bundler.origins.get(definitions.len()).cloned() {
        let schema = document.pointer(&origin).unwrap_or_else(|| panic!("no schema at `{origin}`"));
        let schema = bundler.converted(schema, &[]);
        definitions.insert(definitions.len().to_string(), schema);
    }
    json!({ "$ref": "#/$defs/0", "$defs": definitions })
}

struct Bundler<'d> {
    document: &'d Value,
    old: bool,
    request: bool,
    origins: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl<'d> Bundler<'d> {
    fn converted(&mut self, schema: &'d Value, around: &[&'d Value]) -> Value {
        let Value::Object(keywords) = schema else { return schema.clone() };
        if self.old
            && let Some(reference) = keywords.get("$ref")
        {
            return json!({ "$ref": self.reference(reference) });
        }
        let around: Vec<&Value> = around.iter().copied().chain([schema]).collect();
        let mut converted = Map::new();
        for (key, value) in keywords {
            let known =
                if self.old { OLD.contains(&key.as_str()) } else { !LEFT_OUT.contains(&key.as_str()) };
            if known && !key.starts_with("x-") {
                self.keyword(key, value, &around, &mut converted);
            }
        }
        if self.old {
            for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
                if let Some(flag) = converted.get(exclusive).and_then(Value::as_bool) {
                    converted.remove(exclusive);
                    if flag && let Some(limit) = converted.remove(bound) {
                        converted.insert(exclusive.into(), limit);
                    }
                }
            }
            if keywords.get("nullable") == Some(&Value::Bool(true)) {
                return json!({ "if": { "type": "null" }, "else": converted });
            }
        }
        Value::Object(converted)
    }

    fn keyword(
        &mut self,
        key: &str,
        value: &'d Value,
        around: &[&'d Value],
        converted: &mut Map<String, Value>,
    ) {
        let kept = match (key, value) {
            ("$ref", reference) => json!(self.reference(reference)),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                all.iter().map(|schema| self.converted(schema, around)).collect()
            }
            ("prefixItems", Value::Array(all)) => {
                all.iter().map(|schema| self.converted(schema, &[])).collect()
            }
            ("properties" | "patternProperties", Value::Object(all)) => self.named(all, &[]),
            ("dependentSchemas", Value::Object(all)) => self.named(all, around),
            ("not" | "if" | "then" | "else", schema) => self.converted(schema, around),
            (
                "additionalProperties"
                | "contains"
                | "items"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties",
                schema,
            ) => self.converted(schema, &[]),
            ("required", Value::Array(names)) => {
                let shown = |name: &&Value| {
                    !around.iter().any(|schema| self.hides(schema, name.as_str().unwrap_or_default(), 0))
                };
                names.iter().filter(shown).cloned().collect()
            }
            ("format", Value::String(format)) => {
                let range = NUMBERS.iter().find(|(name, _, _)| name == format);
                if let Some((_, least, greatest)) = range {
                    let number = |text: &str| serde_json::from_str::<Value>(text).expect("a number");
                    converted.insert(
                        "allOf".into(),
                        json!([{ "minimum": number(least), "maximum": number(greatest) }, { "allOf": converted.get("allOf").cloned().unwrap_or(json!([{}])) }]),
                    );
                }
                if !TEXTS.contains(&format.as_str()) {
                    return;
                }
                value.clone()
            }
            _ => value.clone(),
        };
        if let (Some(Value::Array(there)), Value::Array(more)) = (converted.get_mut(key), &kept)
            && key == "allOf"
        {
            there.extend(more.iter().cloned());
            return;
        }
        converted.insert(key.into(), kept);
    }

    fn named(&mut self, all: &'d Map<String, Value>, around: &[&'d Value]) -> Value {
        let converted = all.iter().map(|(name, schema)| (name.clone(), self.converted(schema, around)));
        Value::Object(converted.collect())
    }

    fn reference(&mut self, reference: &Value) -> String {
        let target = pointer(reference);
        let next = self.origins.len();
        let number = *self.known.entry(target.clone()).or_insert(next);
        if number == next {
            self.origins.push(target);
        }
        format!("#/$defs/{number}")
    }

    /// Whether a property never flows in this direction.
    fn hides(&self, schema: &Value, name: &str, depth: usize) -> bool {
        let own = schema.get("properties").and_then(|all| all.get(name));
        if own.is_some_and(|property| self.is_hidden(property)) {
            return true;
        }
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let mut parts = parts.map(|part| self.target(part).unwrap_or(part));
        depth < 16 && parts.any(|part| self.hides(part, name, depth + 1))
    }

    fn is_hidden(&self, property: &Value) -> bool {
        let flag = if self.request { "readOnly" } else { "writeOnly" };
        let target = self.target(property);
        let own = !self.old || target.is_none();
        own && property[flag] == json!(true) || target.is_some_and(|target| target[flag] == json!(true))
    }

    fn target(&self, schema: &Value) -> Option<&'d Value> {
        self.document.pointer(&pointer(schema.get("$ref")?))
    }
}

/// The JSON Pointer of a reference inside the document.
fn pointer(reference: &Value) -> String {
    let text = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a local reference");
    assert!(text.is_empty() || text.starts_with('/'), "an anchor");
    text.replace("%7B", "{").replace("%7D", "}").replace("%20", " ").replace("%25", "%")
}
