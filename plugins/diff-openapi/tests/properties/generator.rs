//! Documents from a seed: the same seed gives the same document.

use serde_json::{Map, Value, json};

/// A small generator of numbers (xorshift64*), so that a case can be named by its seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(value).expect("31 bits") % limit.max(1)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    pub(crate) fn shuffled<T: Clone>(&mut self, values: &[T]) -> Vec<T> {
        let mut values = values.to_vec();
        for at in (1..values.len()).rev() {
            values.swap(at, self.below(at + 1));
        }
        values
    }
}

const NAMES: &[&str] = &["A", "B", "C", "D"];
const FIELDS: &[&str] = &["a", "b", "c", "kind", "id"];
const PATTERNS: &[&str] = &["^[a-z]+$", "^\\d{3}$", ".*", "^(x|y)z?$", "^(?=a)"];

pub(crate) fn document(random: &mut Random) -> Value {
    let mut schemas = Map::new();
    for name in NAMES {
        schemas.insert((*name).into(), object(random, 1));
    }
    let mut paths = Map::new();
    for path in ["/x", "/x/{id}", "/y"].iter().take(1 + random.below(3)) {
        paths.insert((*path).into(), item(random, path.contains('{')));
    }
    let mut document = json!({
        "openapi": if random.chance(70) { "3.1.0" } else { "3.0.3" },
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    });
    if random.chance(30) {
        document["servers"] = json!([{"url": "https://a.example/{v}", "variables": {"v": {"default": "1", "enum": ["1", "2"]}}}]);
    }
    if random.chance(30) {
        document["webhooks"] = json!({"changed": item(random, false)});
    }
    document
}

fn item(random: &mut Random, with_id: bool) -> Value {
    let mut item = Map::new();
    if with_id {
        item.insert(
            "parameters".into(),
            json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]),
        );
    }
    for method in ["get", "post", "put"].iter().take(1 + random.below(3)) {
        item.insert((*method).into(), operation(random));
    }
    Value::Object(item)
}

fn operation(random: &mut Random) -> Value {
    let mut operation = json!({"responses": {"200": {"description": "ok", "content": body(random)}}});
    if random.chance(50) {
        operation["requestBody"] = json!({"required": random.chance(50), "content": body(random)});
    }
    if random.chance(40) {
        let schema = schema(random, 1);
        operation["parameters"] = json!([
            {"name": "q", "in": "query", "required": random.chance(30), "schema": schema},
            {"name": "X-H", "in": "header", "schema": {"type": "string"}},
        ]);
    }
    if random.chance(20) {
        operation["security"] = json!([{"key": []}, {}]);
    }
    if random.chance(20) {
        operation["responses"]["default"] = json!({"description": "no", "content": body(random)});
    }
    operation
}

fn body(random: &mut Random) -> Value {
    json!({"application/json": {"schema": schema(random, 2)}})
}

fn reference(random: &mut Random) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", random.pick(NAMES))})
}

pub(crate) fn schema(random: &mut Random, depth: usize) -> Value {
    if depth == 0 {
        return scalar(random);
    }
    match random.below(12) {
        0..=3 => scalar(random),
        4 | 5 => object(random, depth - 1),
        6 => array(random, depth - 1),
        7 | 8 => reference(random),
        9 => json!({"allOf": [reference(random), object(random, depth - 1)]}),
        10 => union(random, depth - 1),
        _ => logic(random, depth - 1),
    }
}

fn scalar(random: &mut Random) -> Value {
    let mut schema = match random.below(7) {
        0 => json!({"type": "string", "minLength": random.below(3), "maxLength": 3 + random.below(5)}),
        1 => {
            json!({"type": "string", "enum": (0..=random.below(3)).map(|at| FIELDS[at]).collect::<Vec<_>>()})
        }
        2 => json!({"type": "string", "pattern": random.pick(PATTERNS)}),
        3 => json!({"type": "integer", "minimum": random.below(5), "maximum": 10 + random.below(5)}),
        4 => json!({"type": "number", "multipleOf": 0.5}),
        5 => json!({"type": "string", "format": random.pick(&["uuid", "date", "uri"])}),
        _ => json!({"type": "boolean"}),
    };
    match random.below(10) {
        0 => schema["nullable"] = true.into(),
        1 => schema["type"] = json!([schema["type"], "null"]),
        2 => schema["description"] = "text".into(),
        3 => schema["deprecated"] = true.into(),
        4 => schema["readOnly"] = true.into(),
        _ => {}
    }
    schema
}

fn object(random: &mut Random, depth: usize) -> Value {
    let mut properties = Map::new();
    for field in random.shuffled(FIELDS).iter().take(1 + random.below(3)) {
        properties.insert((*field).into(), schema(random, depth));
    }
    let required: Vec<String> = properties.keys().filter(|_| random.chance(50)).cloned().collect();
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    match random.below(6) {
        0 => object["additionalProperties"] = false.into(),
        1 => object["additionalProperties"] = schema(random, 0),
        2 => object["patternProperties"] = json!({"^x-": scalar(random)}),
        _ => {}
    }
    object
}

fn array(random: &mut Random, depth: usize) -> Value {
    let mut array = json!({"type": "array", "items": schema(random, depth)});
    match random.below(5) {
        0 => array["uniqueItems"] = true.into(),
        1 => array["maxItems"] = json!(random.below(9)),
        2 => array["prefixItems"] = json!([scalar(random)]),
        3 => array["contains"] = scalar(random),
        _ => {}
    }
    array
}

fn union(random: &mut Random, depth: usize) -> Value {
    let keyword = *random.pick(&["oneOf", "anyOf"]);
    let variants: Vec<Value> = (0..2 + random.below(2)).map(|_| schema(random, depth)).collect();
    json!({keyword: variants})
}

fn logic(random: &mut Random, depth: usize) -> Value {
    let mut schema = object(random, depth);
    match random.below(4) {
        0 => schema["not"] = json!({"required": ["a", "b"]}),
        1 => {
            schema["if"] = json!({"required": ["a"]});
            schema["then"] = json!({"required": ["b"]});
        }
        2 => schema["dependentRequired"] = json!({"a": ["b"]}),
        _ => schema["propertyNames"] = json!({"maxLength": 20}),
    }
    schema
}
