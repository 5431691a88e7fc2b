//! A schema of the record as a JSON Schema (2020-12) that stands alone.
//!
//! Each thing that a `$ref` names becomes a definition of its own and is converted once, so that recursive schemas stay
//! what they are. Annotations are left out; what is left has the pointers that it has in the record, but for an `else`
//! around what may be null.

use super::record::{ApiRecord, Dialect, dangling, escape, foreign, local, unusable};
use super::short;
use countersign_model::Problem;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Formats that generated clients parse, each with one meaning. All others are annotations, as JSON Schema has them;
/// `time` among them, which RFC 3339 wants with an offset and frameworks write without.
const FORMATS: [&str; 5] = ["date-time", "date", "uuid", "ipv4", "ipv6"];

/// Formats that say what a value is, whoever reads it: those of JSON Schema 2020-12 that the validator knows.
const ASSERTED: [&str; 12] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uuid",
];

/// Keywords that assert something by themselves.
const ASSERTIONS: [&str; 19] = [
    "const",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "type",
    "uniqueItems",
];

/// Keywords with one schema. Those that look at the very same value come first.
const SINGLE: [&str; 10] = [
    "not",
    "if",
    "then",
    "else",
    "additionalProperties",
    "contains",
    "items",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords of OpenAPI 3.0 (section 4.7.24) that JSON Schema 2020-12 has, too; it has no others.
const OLD: [&str; 24] = [
    "$ref",
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
];

/// Which way the data flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// From client to server: what is `readOnly` is not asked for.
    Request,
    /// From server to client: what is `writeOnly` is not asked for.
    Answer,
}

impl Flow {
    /// The keyword of properties that do not flow that way.
    fn absent(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Answer => "writeOnly",
        }
    }
}

/// A schema that stands alone.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// The JSON Schema.
    pub(crate) schema: Value,
    /// Where each definition stands in the record.
    origins: Vec<String>,
    /// The properties that the record names.
    pub(super) names: BTreeSet<String>,
}

impl Bundle {
    /// The schema at this pointer, for what flows that way.
    ///
    /// # Errors
    /// A boxed problem where the schema leads out of the record, or round and round.
    pub(crate) fn of(record: &ApiRecord, pointer: &str, flow: Flow) -> Result<Self, Box<Problem>> {
        Self::asserting(record, pointer, flow, &FORMATS)
    }

    /// The same, read by the letter: every format counts, those of whole numbers among them.
    ///
    /// # Errors
    /// A boxed problem where the schema leads out of the record, or round and round.
    pub(crate) fn to_the_letter(record: &ApiRecord, pointer: &str, flow: Flow) -> Result<Self, Box<Problem>> {
        Self::asserting(record, pointer, flow, &ASSERTED)
    }

    fn asserting(
        record: &ApiRecord,
        pointer: &str,
        flow: Flow,
        formats: &'static [&'static str],
    ) -> Result<Self, Box<Problem>> {
        let mut bundler = Bundler {
            record,
            flow,
            formats,
            origins: Vec::new(),
            known: BTreeMap::new(),
            in_place: Vec::new(),
            names: BTreeSet::new(),
        };
        bundler.definition(pointer);
        let mut definitions = Map::new();
        while let Some(origin) = bundler.origins.get(definitions.len()).cloned() {
            let number = definitions.len();
            let schema = record.root.pointer(&origin).unwrap_or(&Value::Null);
            let context = Context { definition: number, in_place: true, hidden: &BTreeSet::new() };
            definitions.insert(number.to_string(), bundler.converted(schema, &context)?);
        }
        if let Some(round) = bundler.round() {
            let message =
                format!("the schema at `{}` is made of itself", short(&bundler.origins[round], 200));
            return Err(Box::new(unusable(&message).hint("no value can ever be compared with it")));
        }
        let schema = json!({ "$ref": "#/$defs/0", "$defs": definitions });
        Ok(Self { schema, origins: bundler.origins, names: bundler.names })
    }

    /// Where in the record a place of this schema stands.
    pub(super) fn origin(&self, record: &ApiRecord, place: &str) -> String {
        let mut segments = place.strip_prefix("/$defs/").unwrap_or_default().split('/');
        let number = segments.next().and_then(|number| number.parse::<usize>().ok());
        let mut pointer = number.and_then(|number| self.origins.get(number)).cloned().unwrap_or_default();
        for segment in segments {
            let further = format!("{pointer}/{segment}");
            if record.root.pointer(&further).is_some() {
                pointer = further;
            }
        }
        pointer
    }
}

struct Bundler<'a> {
    record: &'a ApiRecord,
    flow: Flow,
    formats: &'static [&'static str],
    origins: Vec<String>,
    known: BTreeMap<String, usize>,
    /// For each definition, those that are applied to the very same value.
    in_place: Vec<BTreeSet<usize>>,
    names: BTreeSet<String>,
}

/// Where a schema stands.
struct Context<'a> {
    definition: usize,
    /// It is applied to the value that the definition is applied to.
    in_place: bool,
    /// Properties that do not flow this way, as the schemas around it say.
    hidden: &'a BTreeSet<String>,
}

impl Bundler<'_> {
    fn definition(&mut self, pointer: &str) -> usize {
        if let Some(number) = self.known.get(pointer) {
            return *number;
        }
        let number = self.origins.len();
        self.known.insert(pointer.to_owned(), number);
        self.origins.push(pointer.to_owned());
        self.in_place.push(BTreeSet::new());
        number
    }

    fn converted(&mut self, schema: &Value, context: &Context<'_>) -> Result<Value, Box<Problem>> {
        let Value::Object(schema) = schema else { return Ok(schema.clone()) };
        let is_old = self.record.dialect == Dialect::OpenApi30;
        if let (true, Some(Value::String(reference))) = (is_old, schema.get("$ref")) {
            // What stands beside a reference is ignored there (OpenAPI 3.0, section 4.7.23).
            return Ok(json!({ "$ref": self.reference(reference, context)? }));
        }
        let mut hidden = context.hidden.clone();
        self.absent(schema, &mut hidden, &mut BTreeSet::new());
        let context = Context { hidden: &hidden, ..*context };
        let mut converted = Map::new();
        for (key, value) in schema.iter().filter(|(key, _)| !is_old || OLD.contains(&key.as_str())) {
            if let Some(value) = self.keyword(key, value, &context)? {
                converted.insert(key.clone(), value);
            }
        }
        if self.formats.len() > FORMATS.len()
            && let Some((least, most)) = schema.get("format").and_then(Value::as_str).and_then(whole_numbers)
        {
            let bounds = json!({ "minimum": least, "maximum": most });
            match converted.get_mut("allOf") {
                Some(Value::Array(all)) => all.push(bounds),
                Some(_) | None => {
                    converted.insert("allOf".into(), json!([bounds]));
                }
            }
        }
        if is_old {
            exclusive_bounds(&mut converted);
            if schema.get("nullable") == Some(&Value::Bool(true)) {
                return Ok(nullable(converted));
            }
        }
        Ok(Value::Object(converted))
    }

    /// A keyword as it stands in JSON Schema 2020-12; none for an annotation.
    fn keyword(
        &mut self,
        key: &str,
        value: &Value,
        context: &Context<'_>,
    ) -> Result<Option<Value>, Box<Problem>> {
        let nothing = BTreeSet::new();
        let inside = Context { in_place: false, hidden: &nothing, ..*context };
        let beside = Context { ..*context };
        Ok(Some(match (key, value) {
            ("$ref", Value::String(reference)) => self.reference(reference, context)?.into(),
            ("$dynamicRef" | "$recursiveRef", Value::String(reference)) => {
                return Err(Box::new(foreign(reference, &self.origins[context.definition])));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => self.each(all, &beside)?,
            ("prefixItems", Value::Array(all)) => self.each(all, &inside)?,
            ("properties", Value::Object(all)) => {
                self.names.extend(all.keys().cloned());
                self.every(all, &inside)?
            }
            ("patternProperties", Value::Object(all)) => self.every(all, &inside)?,
            ("dependentSchemas", Value::Object(all)) => self.every(all, &beside)?,
            ("required", Value::Array(all)) => {
                self.names.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                let shown = |name: &&Value| name.as_str().is_none_or(|name| !context.hidden.contains(name));
                all.iter().filter(shown).cloned().collect()
            }
            ("format", Value::String(format)) if self.formats.contains(&format.as_str()) => value.clone(),
            (key, value) if SINGLE.contains(&key) => {
                let same_value = SINGLE[..4].contains(&key);
                self.converted(value, if same_value { &beside } else { &inside })?
            }
            (key, value) if ASSERTIONS.contains(&key) => value.clone(),
            _ => return Ok(None),
        }))
    }

    fn each(&mut self, all: &[Value], context: &Context<'_>) -> Result<Value, Box<Problem>> {
        all.iter().map(|schema| self.converted(schema, context)).collect()
    }

    fn every(&mut self, all: &Map<String, Value>, context: &Context<'_>) -> Result<Value, Box<Problem>> {
        let converted = all.iter().map(|(key, schema)| Ok((key.clone(), self.converted(schema, context)?)));
        converted.collect::<Result<Map<_, _>, Box<Problem>>>().map(Value::Object)
    }

    fn reference(&mut self, reference: &str, context: &Context<'_>) -> Result<String, Box<Problem>> {
        let origin = &self.origins[context.definition];
        let target = local(reference).ok_or_else(|| Box::new(foreign(reference, origin)))?;
        if self.record.root.pointer(&target).is_none() {
            return Err(Box::new(dangling(reference, origin)));
        }
        let number = self.definition(&target);
        if context.in_place {
            self.in_place[context.definition].insert(number);
        }
        Ok(format!("#/$defs/{number}"))
    }

    /// The properties of an object that do not flow this way, by its own word and that of its parts.
    fn absent<'a>(
        &'a self,
        schema: &'a Map<String, Value>,
        found: &mut BTreeSet<String>,
        seen: &mut BTreeSet<&'a str>,
    ) {
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if self.is_absent(property) {
                found.insert(name.clone());
            }
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let reference = part.get("$ref").and_then(Value::as_str);
            let part = match reference {
                Some(reference) if seen.insert(reference) => {
                    local(reference).and_then(|pointer| self.record.root.pointer(&pointer))
                }
                Some(_) => None,
                None => Some(part),
            };
            if let Some(Value::Object(part)) = part {
                self.absent(part, found, seen);
            }
        }
    }

    fn is_absent(&self, property: &Value) -> bool {
        let keyword = self.flow.absent();
        let says = |schema: &Value| schema.get(keyword) == Some(&Value::Bool(true));
        let target = property.get("$ref").and_then(Value::as_str).and_then(local);
        let target = target.and_then(|pointer| self.record.root.pointer(&pointer));
        let beside = self.record.dialect == Dialect::JsonSchema || target.is_none();
        (beside && says(property)) || target.is_some_and(says)
    }

    /// A definition that is applied to a value by applying itself to it: comparing would never end.
    fn round(&self) -> Option<usize> {
        let leads_back = |start: usize| {
            let (mut open, mut seen) = (vec![start], BTreeSet::new());
            while let Some(number) = open.pop() {
                for next in &self.in_place[number] {
                    if *next == start {
                        return true;
                    }
                    if seen.insert(*next) {
                        open.push(*next);
                    }
                }
            }
            false
        };
        (0..self.in_place.len()).find(|start| leads_back(*start))
    }
}

/// The least and the greatest of a format of whole numbers (OpenAPI Format Registry).
fn whole_numbers(format: &str) -> Option<(Value, Value)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0.into(), u8::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        _ => return None,
    })
}

/// In OpenAPI 3.0 `exclusiveMinimum` says of `minimum` whether it is one itself.
fn exclusive_bounds(schema: &mut Map<String, Value>) {
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let Some(Value::Bool(is_exclusive)) = schema.get(exclusive).cloned() else { continue };
        schema.shift_remove(exclusive);
        if is_exclusive && let Some(limit) = schema.shift_remove(bound) {
            schema.insert(exclusive.to_owned(), limit);
        }
    }
}

/// A schema that null fits, too, whatever else it says: what generators of clients make of `nullable`.
fn nullable(mut schema: Map<String, Value>) -> Value {
    if ["allOf", "anyOf", "oneOf", "not"].iter().any(|key| schema.contains_key(*key)) {
        return json!({ "if": { "type": "null" }, "else": schema });
    }
    if let Some(Value::String(name)) = schema.get("type").cloned() {
        schema.insert("type".into(), json!([name, "null"]));
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

/// A JSON Pointer into an answer, in which a property that the record does not name is `*`: its name may be a value.
pub(super) fn masked(pointer: &str, body: &Value, names: &BTreeSet<String>) -> String {
    let (mut node, mut shown) = (Some(body), String::new());
    for segment in pointer.split('/').skip(1) {
        let key = segment.replace("~1", "/").replace("~0", "~");
        let is_index = node.is_some_and(Value::is_array);
        node = node.and_then(|node| match node {
            Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            Value::Object(all) => all.get(&key),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        });
        let known = is_index || names.contains(&key);
        shown.push('/');
        shown.push_str(&if known { escape(&key) } else { "*".into() });
    }
    shown
}
