//! The same in other words, and something else in the same place.

use crate::generator::Random;
use serde_json::{Map, Value, json};

/// The pointers of all values below a value, itself first.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        let below: Vec<(String, &Value)> = match value {
            Value::Object(map) => {
                let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
                map.iter().map(|(key, value)| (format!("{pointer}/{}", escaped(key)), value)).collect()
            }
            Value::Array(list) => {
                list.iter().enumerate().map(|(at, value)| (format!("{pointer}/{at}"), value)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        all.extend(below.iter().map(|(pointer, _)| pointer.clone()));
        open.extend(below);
    }
    all
}

/// The pointers of schemas, as far as the generator makes them.
fn schemas(document: &Value) -> Vec<String> {
    let is_schema = |pointer: &String| {
        let mut segments = pointer.rsplit('/');
        let (last, parent) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let listed = ["oneOf", "anyOf", "allOf", "prefixItems"].contains(&parent);
        let named =
            ["properties", "schemas", "patternProperties"].contains(&parent) && last != "securitySchemes";
        let direct = ["schema", "items", "not", "contains", "additionalProperties"].contains(&last)
            && !["properties", "schemas"].contains(&parent);
        listed || named || direct
    };
    let is_object = |pointer: &String| document.pointer(pointer).is_some_and(Value::is_object);
    pointers(document).into_iter().filter(|pointer| is_schema(pointer) && is_object(pointer)).collect()
}

/// Say something in a document in other words. Nothing that it admits changes.
pub(crate) fn rewrite(document: &mut Value, random: &mut Random) -> String {
    let all = schemas(document);
    let pointer = random.pick(&all).clone();
    let schema = document.pointer(&pointer).expect("a schema").clone();
    let (name, rewritten) = rewritten(document, &schema, random);
    *document.pointer_mut(&pointer).expect("a schema") = rewritten;
    format!("{name} at {pointer}")
}

fn rewritten(document: &Value, schema: &Value, random: &mut Random) -> (&'static str, Value) {
    let mut next = schema.clone();
    match random.below(12) {
        0 => ("in allOf", json!({"allOf": [schema]})),
        1 => ("in oneOf", json!({"oneOf": [schema]})),
        2 => ("in anyOf", json!({"anyOf": [schema]})),
        3 => {
            shuffle(&mut next, "required", random);
            shuffle(&mut next, "enum", random);
            ("lists reordered", next)
        }
        4 => {
            shuffle(&mut next, "oneOf", random);
            shuffle(&mut next, "anyOf", random);
            ("alternatives reordered", next)
        }
        5 => {
            let target = schema["$ref"].as_str().and_then(|reference| document.pointer(&reference[1..]));
            ("reference inlined", target.cloned().unwrap_or(next))
        }
        6 => {
            if schema["type"] == "object" && schema.get("additionalProperties").is_none() {
                next["additionalProperties"] = true.into();
            }
            ("additionalProperties said", next)
        }
        7 => {
            if schema["nullable"] == true && schema["type"].is_string() && schema.get("enum").is_none() {
                next.as_object_mut().expect("an object").remove("nullable");
                next["type"] = json!(["null", schema["type"]]);
            }
            ("nullable as a type", next)
        }
        8 => {
            if schema["enum"].as_array().is_some_and(|values| values.len() == 1) {
                next["const"] = schema["enum"][0].clone();
                next.as_object_mut().expect("an object").remove("enum");
            }
            ("const for enum", next)
        }
        9 => {
            next["title"] = "Another".into();
            next["x-note"] = 1.into();
            ("annotated", next)
        }
        10 => {
            if schema["type"].is_string() {
                next["type"] = json!([schema["type"]]);
            }
            ("type as a list", next)
        }
        _ => {
            if schema["enum"].is_array() && schema["nullable"].is_null() && schema["type"].is_string() {
                let values = schema["enum"].as_array().expect("an array");
                next =
                    json!({"oneOf": values.iter().map(|value| json!({"const": value})).collect::<Vec<_>>()});
                for flag in ["readOnly", "deprecated"] {
                    if schema[flag] == true {
                        next[flag] = true.into();
                    }
                }
            }
            ("oneOf of constants", next)
        }
    }
}

fn shuffle(schema: &mut Value, key: &str, random: &mut Random) {
    if let Some(list) = schema.get_mut(key).and_then(Value::as_array_mut) {
        *list = random.shuffled(list);
    }
}

/// Put something else somewhere.
pub(crate) fn replace(document: &mut Value, random: &mut Random) -> String {
    let all = pointers(document);
    let pointer = random.pick(&all).clone();
    let other = random.pick(&all).clone();
    let value = match random.below(9) {
        0 => Value::Null,
        1 => true.into(),
        2 => json!(-1.5e300),
        3 => "".into(),
        4 => json!([]),
        5 => json!({}),
        6 => json!({"$ref": format!("#{other}")}),
        7 => json!([[{"": {"~/": null}}]]),
        _ => document.pointer(&other).expect("a value").clone(),
    };
    let told = format!("{pointer} = {value}");
    if !pointer.is_empty() {
        *document.pointer_mut(&pointer).expect("a value") = value;
    }
    told
}

/// The document with the keys of all objects in another order.
pub(crate) fn reordered(value: &Value, random: &mut Random) -> String {
    match value {
        Value::Object(map) => {
            let keys: Vec<&String> = map.keys().collect();
            let entries = random.shuffled(&keys);
            let entries: Vec<String> = entries
                .into_iter()
                .map(|key| format!("{}: {}", Value::String(key.clone()), reordered(&map[key], random)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(|item| reordered(item, random)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// A document whose components refer to each other in a ring and across it.
pub(crate) fn ring(length: usize, kind: &str) -> Value {
    let mut schemas = Map::new();
    for at in 0..length {
        let other = |step: usize| json!({"$ref": format!("#/components/schemas/S{}", (at + step) % length)});
        let properties = json!({"next": other(1), "far": other(7), "list": {"type": "array", "items": other(3)}, "v": {"type": kind}});
        schemas.insert(format!("S{at}"), json!({"type": "object", "properties": properties}));
    }
    json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}}}}},
        "components": {"schemas": schemas},
    })
}
