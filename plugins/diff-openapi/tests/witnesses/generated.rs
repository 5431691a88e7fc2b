//! Pairs of documents that a generator makes, the same ones each time.

use serde_json::{Value, json};

/// A generator of numbers (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        // The first numbers of small seeds are alike.
        for _ in 0..4 {
            random.below(2);
        }
        random
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// Two versions of a document, of OpenAPI 3.0 or 3.1, that send and return the same schema.
pub(crate) fn documents(random: &mut Random) -> [Value; 2] {
    let old = random.one_in(3);
    let components: Vec<Value> = (0..3).map(|_| schema(random, 3, old)).collect();
    let mut changed = components.clone();
    for _ in 0..=random.below(2) {
        let at = random.below(3);
        change(random, &mut changed[at], 3, old);
    }
    [document(&components, old), document(&changed, old)]
}

fn document(components: &[Value], old: bool) -> Value {
    let reference = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/C0" } } });
    json!({
        "openapi": if old { "3.0.3" } else { "3.1.0" },
        "info": { "title": "generated", "version": "1" },
        "paths": { "/c": { "post": {
            "requestBody": { "content": reference },
            "responses": { "200": { "description": "ok", "content": reference } },
        } } },
        "components": { "schemas": { "C0": components[0], "C1": components[1], "C2": components[2] } },
    })
}

/// A schema of any sort.
fn schema(random: &mut Random, depth: usize, old: bool) -> Value {
    let mut schema = match random.below(if depth == 0 { 4 } else { 9 }) {
        0 => number(random, old),
        1 | 2 => string(random),
        3 => json!({ "type": "boolean" }),
        4 => array(random, depth, old),
        5 => combined(random, depth, old),
        6 => return json!({ "$ref": format!("#/components/schemas/C{}", 1 + random.below(2)) }),
        _ => object(random, depth, old),
    };
    if random.one_in(6) && schema.get("type").is_some() {
        match old {
            true => schema["nullable"] = json!(true),
            false => schema["type"] = json!([schema["type"], "null"]),
        }
    }
    if random.one_in(12) {
        schema[random.of(&["readOnly", "writeOnly"])] = json!(true);
    }
    schema
}

fn number(random: &mut Random, old: bool) -> Value {
    let mut schema = json!({ "type": random.of(&["integer", "number"]) });
    if random.one_in(2) {
        schema["minimum"] = random.of(&[json!(0), json!(1), json!(-5), json!(0.5), json!(0.1)]);
    }
    if random.one_in(2) {
        schema["maximum"] = random.of(&[json!(10), json!(100), json!(9.5), json!(1e3)]);
    }
    if random.one_in(5) {
        schema["multipleOf"] = random.of(&[json!(1), json!(2), json!(5), json!(0.5), json!(0.01)]);
    }
    if random.one_in(5) {
        schema["format"] = json!(random.of(&["int32", "int64", "double"]));
    }
    if random.one_in(6) {
        schema["exclusiveMinimum"] = if old { json!(true) } else { random.of(&[json!(0), json!(2)]) };
    }
    schema
}

fn string(random: &mut Random) -> Value {
    let mut schema = json!({ "type": "string" });
    match random.below(6) {
        0 => schema["enum"] = json!((0..=random.below(3)).map(|at| ["a", "b", "c"][at]).collect::<Vec<_>>()),
        1 => schema["format"] = json!(random.of(&["date-time", "uuid", "email", "uri", "date", "password"])),
        2 => {
            let patterns = ["^[a-z]+$", "^\\d{2,4}$", "^[A-Z][a-z]*$", "x", "^(a|b)+$"];
            schema["pattern"] = json!(random.of(&patterns));
        }
        _ => {}
    }
    if random.one_in(3) {
        schema["minLength"] = json!(random.below(4));
    }
    if random.one_in(3) {
        schema["maxLength"] = json!(4 + random.below(40));
    }
    schema
}

fn array(random: &mut Random, depth: usize, old: bool) -> Value {
    let mut array = json!({ "type": "array", "items": schema(random, depth - 1, old) });
    if random.one_in(3) {
        array["minItems"] = json!(random.below(3));
    }
    if random.one_in(3) {
        array["maxItems"] = json!(2 + random.below(5));
    }
    if random.one_in(4) {
        array["uniqueItems"] = json!(true);
    }
    if !old && random.one_in(8) {
        array["prefixItems"] = json!([schema(random, 0, old)]);
    }
    if !old && random.one_in(8) {
        array["contains"] = schema(random, 0, old);
    }
    array
}

fn object(random: &mut Random, depth: usize, old: bool) -> Value {
    let names = ["a", "b", "c", "d"];
    let names = &names[..=random.below(4)];
    let mut object = json!({ "type": "object", "properties": {} });
    for name in names {
        object["properties"][*name] = schema(random, depth - 1, old);
    }
    let required: Vec<&str> = names.iter().copied().filter(|_| random.one_in(2)).collect();
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    match random.below(6) {
        0 => object["additionalProperties"] = json!(false),
        1 => object["additionalProperties"] = schema(random, 0, old),
        _ => {}
    }
    if random.one_in(8) {
        object["minProperties"] = json!(random.below(3));
    }
    if random.one_in(8) {
        object["maxProperties"] = json!(4 + random.below(2));
    }
    if !old && random.one_in(8) {
        object["dependentRequired"] = json!({ "a": ["b"] });
    }
    if !old && random.one_in(8) {
        object["propertyNames"] = json!({ "pattern": "^[a-z]" });
    }
    object
}

fn combined(random: &mut Random, depth: usize, old: bool) -> Value {
    let keyword = random.of(&["allOf", "anyOf", "oneOf", "oneOf", "anyOf"]);
    let members = (0..1 + random.below(3)).map(|_| schema(random, depth - 1, old));
    let mut combined = json!({ keyword: members.collect::<Vec<_>>() });
    if random.one_in(8) {
        combined["not"] = schema(random, 0, old);
    }
    if !old && random.one_in(8) {
        combined["if"] = schema(random, 0, old);
        combined["then"] = schema(random, 0, old);
    }
    combined
}

/// Change something in a schema: here, or in one that is inside it.
fn change(random: &mut Random, schema: &mut Value, depth: usize, old: bool) {
    let inside: Vec<&mut Value> = schema
        .as_object_mut()
        .into_iter()
        .flatten()
        .flat_map(|(keyword, value)| match (keyword.as_str(), value) {
            ("properties", Value::Object(all)) => all.values_mut().collect(),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(all)) => all.iter_mut().collect(),
            ("items" | "additionalProperties" | "not" | "if" | "then" | "contains", value) => vec![value],
            _ => Vec::new(),
        })
        .collect();
    if !inside.is_empty() && random.one_in(2) {
        let at = random.below(inside.len());
        let chosen = inside.into_iter().nth(at).expect("one of them");
        return change(random, chosen, depth.saturating_sub(1), old);
    }
    let other = self::schema(random, depth, old);
    let (Value::Object(keywords), Value::Object(others)) = (&mut *schema, other.clone()) else {
        *schema = other;
        return;
    };
    match random.below(5) {
        // Something is said that was not, or said otherwise.
        0 | 1 => {
            let same_type = others.get("type").filter(|kind| keywords.get("type") == Some(kind)).is_some();
            let new: Vec<_> = others.into_iter().filter(|(key, _)| key != "$ref").collect();
            if same_type && !new.is_empty() {
                let at = random.below(new.len());
                let (key, value) = new[at].clone();
                keywords.insert(key, value);
            } else {
                *schema = other;
            }
        }
        // Something is no longer said.
        2 | 3 if !keywords.is_empty() => {
            let at = random.below(keywords.len());
            let key = keywords.keys().nth(at).cloned().expect("a keyword");
            match keywords.get_mut(&key) {
                Some(Value::Array(list)) if list.len() > 1 && key != "type" => drop(list.pop()),
                Some(Value::Object(all)) if key == "properties" && all.len() > 1 => {
                    let first = all.keys().next().cloned().expect("a property");
                    all.remove(&first);
                }
                _ => drop(keywords.remove(&key)),
            }
        }
        _ => *schema = other,
    }
}
