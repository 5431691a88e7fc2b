//! The shape of one schema.

use super::keywords::{is_null, says_nothing, says_nullable, types, values};
use super::merge::branches;
use super::{DEEPEST, Schemas, reference};
use crate::names;
use crate::prose;
use crate::settings::Constraints;
use crate::source::{self, Object};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Formats of strings that have a type of their own; their values need no further check.
const TYPED_FORMATS: &[&str] = &["uuid", "date", "date-time", "ip", "ipv4", "ipv6"];

/// A lowered schema, before its place is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// The type alone; empty where any value is allowed.
    pub(super) body: Object,
    pub(super) nullable: bool,
    pub(super) description: Option<String>,
    /// The value of a property that is left out.
    pub(super) default: Option<Value>,
}

impl Shape {
    /// Any JSON value.
    pub(crate) fn any() -> Self {
        Self::default()
    }

    /// Any text.
    pub(crate) fn string() -> Self {
        Self::of(json!({ "type": "string" }))
    }

    pub(super) fn reference(name: &str) -> Self {
        Self::of(reference(name))
    }

    fn of(body: Value) -> Self {
        match body {
            Value::Object(body) => Self { body, ..Self::default() },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Self::any()
            }
        }
    }

    /// The same without `null`.
    pub(crate) fn required(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// The same without a default: an argument that is left out is not sent.
    pub(crate) fn without_default(mut self) -> Self {
        self.default = None;
        self
    }

    pub(crate) fn is_any(&self) -> bool {
        self.body.is_empty()
    }

    fn is_null(&self) -> bool {
        self.body
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.iter().all(Value::is_null))
    }

    /// Does it make a type that has a name?
    pub(super) fn needs_name(&self) -> bool {
        let has = |keyword: &str| self.body.contains_key(keyword);
        has("oneOf")
            || has("properties")
            || has("pattern")
            || has("minLength")
            || has("maxLength")
            || (has("enum") && !self.is_null())
    }

    /// As a component: `null` belongs to those who refer to it.
    pub(super) fn component(self) -> Value {
        let mut body = self.body;
        if body.contains_key("$ref") {
            body = Map::from_iter([("allOf".to_owned(), json!([Value::Object(body)]))]);
        }
        if let Some(description) = self.description {
            body.insert("description".into(), description.into());
        }
        Value::Object(body)
    }

    /// Where it is used.
    pub(super) fn inline(self) -> Value {
        let mut body = self.body;
        let nullable = self.nullable && !body.is_empty();
        let bare = !nullable && self.description.is_none() && self.default.is_none();
        if body.contains_key("$ref") && !bare {
            body = Map::from_iter([("allOf".to_owned(), json!([Value::Object(body)]))]);
        }
        if nullable && !body.contains_key("enum") {
            body.insert("nullable".into(), true.into());
        }
        if let Some(description) = self.description {
            body.insert("description".into(), description.into());
        }
        // An absent value that may be null is `None`, whatever its default.
        if let Some(default) = self.default.filter(|_| !nullable) {
            body.insert("default".into(), default);
        }
        Value::Object(body)
    }
}

impl Schemas<'_> {
    /// The shape of a schema. `hint` is the name of the type that it makes, if it makes one.
    pub(crate) fn shape(&mut self, schema: &Value, at: &str, hint: &str) -> Shape {
        let Some(object) = schema.as_object() else {
            if !schema.is_boolean() {
                self.report.broken("invalid-schema", at, "a schema is an object or a boolean");
            }
            return Shape::any();
        };
        if self.depth >= DEEPEST {
            self.report.unsupported(at, format!("more than {DEEPEST} schemas stand in each other"));
            return Shape::any();
        }
        self.depth += 1;
        let mut shape = self.shape_of(object, at, hint);
        self.depth -= 1;
        shape.nullable |= says_nullable(object);
        if let Some(description) =
            source::text(object, "description").map(prose::plain).filter(|text| !text.is_empty())
        {
            shape.description = Some(description);
        }
        shape.default = object.get("default").filter(|value| self.is_default(&shape, value)).cloned();
        shape
    }

    fn shape_of(&mut self, object: &Object, at: &str, hint: &str) -> Shape {
        if ["$dynamicRef", "$recursiveRef"].iter().any(|keyword| object.contains_key(*keyword)) {
            self.report.unsupported(at, "a dynamic reference has no type");
            return Shape::any();
        }
        if let Some(shape) = self.plain_reference(object, at) {
            return shape;
        }
        let Some(flat) = self.flatten(object) else {
            return self.give_up(at, "the parts of `allOf` cannot be brought together");
        };
        if flat.contains_key("$ref") {
            return self.plain_reference(&flat, at).unwrap_or_default();
        }
        self.union_or_plain(&flat, at, hint)
    }

    /// A reference whose neighbours only describe; in OpenAPI 3.0 neighbours never count.
    fn plain_reference(&mut self, object: &Object, at: &str) -> Option<Shape> {
        let text = source::text(object, "$ref")?;
        let neighbours: Object = object
            .iter()
            .filter(|(key, _)| *key != "$ref")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !says_nothing(&Value::Object(neighbours)) {
            return None;
        }
        let name = self.refer(text, at);
        let nullable = self.leads_to_null(text);
        Some(name.map_or_else(Shape::any, |name| Shape { nullable, ..Shape::reference(&name) }))
    }

    /// Does a reference lead to a schema that allows `null`? Components themselves are lowered without it.
    fn leads_to_null(&self, reference: &str) -> bool {
        let mut waiting = vec![json!({ "$ref": reference })];
        for _ in 0..DEEPEST {
            let Some(schema) = waiting.pop() else { return false };
            let target = if schema.get("$ref").is_some() {
                self.follow(&schema).map(|(target, _)| target)
            } else {
                Some(&schema)
            };
            let Some(object) = target.and_then(Value::as_object) else { continue };
            if says_nullable(object) || is_null(&Value::Object(object.clone())) {
                return true;
            }
            if let Some((_, branches)) = branches(object) {
                waiting.extend(branches.into_iter().map(|(_, branch)| branch));
            }
        }
        false
    }

    fn union_or_plain(&mut self, flat: &Object, at: &str, hint: &str) -> Shape {
        let Some((keyword, mut choices)) = branches(flat) else { return self.plain(flat, at, hint) };
        let mut own = flat.clone();
        own.retain(|key, _| key != "oneOf" && key != "anyOf");
        let shaped =
            ["properties", "items", "enum", "additionalProperties"].iter().any(|key| own.contains_key(*key));
        if shaped {
            // `anyOf: [{required: [a]}, {required: [b]}]` validates, and does not choose between types.
            choices.retain(|(_, branch)| !says_nothing(branch));
        }
        if choices.is_empty() {
            return self.plain(&own, at, hint);
        }
        if shaped {
            own.retain(|key, _| key != "description");
            let with_own = |(index, branch): (usize, Value)| match is_null(&branch) {
                true => (index, branch),
                false => (index, json!({ "allOf": [Value::Object(own.clone()), branch] })),
            };
            choices = choices.into_iter().map(with_own).collect();
        }
        self.union(&choices, &source::under(at, keyword), hint)
    }

    fn union(&mut self, choices: &[(usize, Value)], at: &str, hint: &str) -> Shape {
        let real: Vec<_> = choices.iter().filter(|(_, branch)| !is_null(branch)).collect();
        let null = real.len() < choices.len();
        if let [(index, only)] = real.as_slice() {
            let mut shape = self.shape(only, &source::under(at, &index.to_string()), hint);
            shape.nullable |= null;
            return shape;
        }
        let mut nullable = null;
        let mut lowered: Vec<Value> = Vec::new();
        for (index, branch) in real {
            let title = branch.get("title").and_then(Value::as_str);
            let hint = format!("{hint} {}", title.map_or_else(|| format!("Variant{index}"), names::pascal));
            let shape = self.shape(branch, &source::under(at, &index.to_string()), &hint);
            if shape.is_any() {
                return Shape::any();
            }
            nullable |= shape.nullable;
            let variant = self.place(Shape { default: None, description: None, ..shape.required() }, &hint);
            if !lowered.contains(&variant) {
                lowered.push(variant);
            }
        }
        // The first type that takes a value gets it, so texts of any kind come last.
        lowered.sort_by_key(generality);
        let shape = match lowered.as_slice() {
            [] => Shape::of(json!({ "enum": [null] })),
            [only] => Shape::of(only.clone()),
            _ => Shape::of(json!({ "oneOf": lowered })),
        };
        Shape { nullable, ..shape }
    }

    fn plain(&mut self, flat: &Object, at: &str, hint: &str) -> Shape {
        if is_null(&Value::Object(flat.clone())) {
            return Shape::of(json!({ "enum": [null] }));
        }
        match types(flat).as_slice() {
            [] => Shape::any(),
            ["string"] => self.string(flat, at),
            ["integer"] => self.number(flat, "integer"),
            ["number"] => self.number(flat, "number"),
            ["boolean"] => Shape::of(json!({ "type": "boolean" })),
            ["array"] => self.array(flat, at, hint),
            ["object"] => self.object(flat, at, hint),
            [unknown] => {
                self.report.broken(
                    "invalid-schema",
                    at,
                    format!("`{}` is not a type", crate::quote(unknown)),
                );
                Shape::any()
            }
            several => {
                let one = |name: &&str| {
                    let mut one = flat.clone();
                    one.insert("type".into(), (*name).into());
                    one.retain(|key, _| key != "title" && key != "description");
                    Value::Object(one)
                };
                let choices: Vec<_> = several.iter().map(one).enumerate().collect();
                self.union(&choices, at, hint)
            }
        }
    }

    fn string(&mut self, flat: &Object, at: &str) -> Shape {
        let texts: Vec<_> = values(flat).into_iter().filter_map(Value::as_str).collect();
        if !texts.is_empty() {
            return self.enumeration(texts, at);
        }
        let mut body = Map::from_iter([("type".to_owned(), "string".into())]);
        let format = source::text(flat, "format").filter(|format| TYPED_FORMATS.contains(format));
        let plain = &self.settings.plain_formats;
        if let Some(format) = format.filter(|format| !plain.iter().any(|plain| plain == format)) {
            body.insert("format".into(), format.into());
        } else if self.settings.constraints == Constraints::Checked {
            self.limits(flat, at, &mut body);
        }
        Shape { body, ..Shape::default() }
    }

    fn limits(&mut self, flat: &Object, at: &str, body: &mut Object) {
        for keyword in ["minLength", "maxLength"] {
            if let Some(length) = flat
                .get(keyword)
                .filter(|length| length.as_u64().is_some_and(|length| u32::try_from(length).is_ok()))
            {
                body.insert(keyword.into(), length.clone());
            }
        }
        let Some(pattern) = source::text(flat, "pattern") else { return };
        if regress::Regex::new(pattern).is_ok() {
            body.insert("pattern".into(), pattern.into());
        } else {
            self.report.adapted(at, "a pattern that is not one of ECMA-262 is not checked");
        }
    }

    fn enumeration(&mut self, mut texts: Vec<&str>, at: &str) -> Shape {
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(*text));
        if !names::make_variants(&texts) {
            self.report.adapted(at, "values make no names of variants, and any text is taken");
            return Shape::string();
        }
        Shape::of(json!({ "type": "string", "enum": texts }))
    }

    fn number(&self, flat: &Object, name: &str) -> Shape {
        let mut body = Map::from_iter([("type".to_owned(), name.into())]);
        if let Some(format) = source::text(flat, "format").filter(|format| number_format(name, format)) {
            body.insert("format".into(), format.into());
        }
        if self.settings.constraints == Constraints::Checked {
            bounds(flat, &mut body);
        }
        Shape { body, ..Shape::default() }
    }

    fn array(&mut self, flat: &Object, at: &str, hint: &str) -> Shape {
        let tuple = source::items(flat, "prefixItems");
        let hint = format!("{hint} Item");
        let items = match (flat.get("items"), tuple) {
            (Some(items), []) => self.lower(items, &source::under(at, "items"), &hint),
            (_, [first, rest @ ..]) if rest.iter().all(|item| item == first) => {
                self.lower(first, &source::under(&source::under(at, "prefixItems"), "0"), &hint)
            }
            (None, []) => json!({}),
            (_, _) => {
                self.report.adapted(at, "items are of several types by position, and are any JSON values");
                json!({})
            }
        };
        Shape::of(json!({ "type": "array", "items": items }))
    }

    fn object(&mut self, flat: &Object, at: &str, hint: &str) -> Shape {
        let additional = self.additional(flat, at, hint);
        let none = Map::new();
        let declared = flat.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let declared: Vec<_> =
            declared.iter().filter(|(_, schema)| schema.as_bool() != Some(false)).collect();
        if declared.is_empty() {
            return Shape::of(
                json!({ "type": "object", "additionalProperties": additional.unwrap_or_else(|| json!({})) }),
            );
        }
        if !distinct_fields(&declared, additional.is_some()) {
            return self.give_up(at, "two properties would be fields of the same name");
        }
        let required = source::items(flat, "required").iter().filter_map(Value::as_str);
        let required: BTreeSet<_> =
            required.filter(|name| declared.iter().any(|(declared, _)| declared == name)).collect();
        let mut properties = Map::new();
        for (name, schema) in &declared {
            let place = source::under(&source::under(at, "properties"), name);
            let mut lowered = self.lower(schema, &place, &format!("{hint} {}", names::pascal(name)));
            if !required.contains(name.as_str()) {
                tell_empty_from_absent(&mut lowered);
            }
            properties.insert((*name).clone(), lowered);
        }
        let mut body = json!({ "type": "object", "required": required });
        if let Some(additional) =
            additional.filter(|additional| additional.as_object().is_some_and(|schema| !schema.is_empty()))
        {
            body["additionalProperties"] = additional;
        } else if self.closed(flat) {
            body["additionalProperties"] = false.into();
        }
        body["properties"] = Value::Object(properties);
        Shape::of(body)
    }

    fn closed(&self, flat: &Object) -> bool {
        let closed = |keyword: &str| flat.get(keyword).and_then(Value::as_bool) == Some(false);
        self.settings.constraints == Constraints::Checked
            && (closed("additionalProperties") || closed("unevaluatedProperties"))
    }

    /// The type of the values of undeclared properties, where the document gives one.
    fn additional(&mut self, flat: &Object, at: &str, hint: &str) -> Option<Value> {
        let hint = format!("{hint} Value");
        let schemas: Vec<_> = ["additionalProperties", "unevaluatedProperties"]
            .into_iter()
            .filter_map(|keyword| {
                Some((source::under(at, keyword), flat.get(keyword).filter(|value| value.is_object())?))
            })
            .chain(flat.get("patternProperties").and_then(Value::as_object).into_iter().flatten().map(
                |(pattern, schema)| (source::under(&source::under(at, "patternProperties"), pattern), schema),
            ))
            .collect();
        match schemas.as_slice() {
            [(place, schema)] => Some(self.lower(schema, place, &hint)),
            [] => None,
            _ => Some(json!({})),
        }
    }

    fn give_up(&mut self, at: &str, why: &str) -> Shape {
        self.report.adapted(at, format!("{why}, and the client takes any JSON value"));
        Shape::any()
    }

    /// Is the value one that a field of the shape may take when it is left out?
    fn is_default(&self, shape: &Shape, value: &Value) -> bool {
        let bare = shape.body.len() == 1;
        match source::text(&shape.body, "type") {
            Some("string") => {
                (bare && value.is_string()) || source::items(&shape.body, "enum").contains(value)
            }
            Some("boolean") => value.is_boolean(),
            Some("integer") => bare && value.is_i64(),
            Some("number") => bare && value.is_number(),
            Some("array") => value.as_array().is_some_and(Vec::is_empty),
            Some(_) => false,
            None => self.is_named_value(&shape.body, value),
        }
    }

    /// Is the body a reference to an enumeration of texts with this one?
    fn is_named_value(&self, body: &Object, value: &Value) -> bool {
        let name = super::type_name(&Value::Object(body.clone())).map(str::to_owned);
        let pointer = name
            .and_then(|name| self.named.iter().find(|(_, named)| **named == name))
            .map(|(pointer, _)| pointer);
        let target = pointer.and_then(|pointer| source::at(self.root, pointer)).and_then(Value::as_object);
        let Some(target) = target.filter(|target| !target.contains_key("$ref")) else { return false };
        let texts: Vec<_> = values(target).into_iter().filter_map(Value::as_str).collect();
        let of_texts = types(target).as_slice() == ["string"];
        of_texts && value.as_str().is_some_and(|text| texts.contains(&text)) && names::make_variants(&texts)
    }
}

/// Which type of a union is asked later: those that take more.
fn generality(lowered: &Value) -> u8 {
    let object = lowered.as_object();
    match object.and_then(|object| source::text(object, "type")) {
        Some("string") if object.is_some_and(|object| object.len() == 1) => 3,
        Some("object") => 2,
        Some("number") => 1,
        Some(_) | None => 0,
    }
}

fn number_format(name: &str, format: &str) -> bool {
    match name {
        "integer" => {
            matches!(format, "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "uint64")
        }
        _ => matches!(format, "float" | "double"),
    }
}

/// Bounds as OpenAPI 3.0 writes them. In 3.1 an exclusive bound is a number.
fn bounds(flat: &Object, body: &mut Object) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let inclusive = flat.get(bound).and_then(Value::as_f64);
        let tighter = |outer: f64| {
            inclusive.is_none_or(|inner| if bound == "minimum" { outer >= inner } else { outer <= inner })
        };
        match flat.get(exclusive) {
            Some(Value::Number(number)) if number.as_f64().is_some_and(tighter) => {
                body.insert(bound.into(), Value::Number(number.clone()));
                body.insert(exclusive.into(), true.into());
            }
            other => {
                let Some(value) = flat.get(bound).filter(|value| value.is_number()) else { continue };
                body.insert(bound.into(), value.clone());
                if other.and_then(Value::as_bool) == Some(true) {
                    body.insert(exclusive.into(), true.into());
                }
            }
        }
    }
}

/// The generator leaves out an empty list or map where it may be left out; only an option has both.
fn tell_empty_from_absent(lowered: &mut Value) {
    let Some(object) = lowered.as_object_mut() else { return };
    if matches!(source::text(object, "type"), Some("array" | "object")) && !object.contains_key("default") {
        object.insert("nullable".into(), true.into());
    }
}

fn distinct_fields(declared: &[(&String, &Value)], extra: bool) -> bool {
    let mut fields = BTreeSet::new();
    if extra {
        fields.insert("extra".to_owned());
    }
    declared.iter().all(|(name, _)| fields.insert(names::field(name)))
}
