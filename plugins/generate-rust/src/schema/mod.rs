//! Lowers schemas, of OpenAPI 3.0 and 3.1, to the few shapes that the generator handles without surprise: plain
//! types, arrays, maps, objects, string enumerations, references, and `oneOf` over those.
//!
//! Lowering never narrows: every value that the document allows is allowed by the client's type. What only
//! validates is left out; what has no shape of its own becomes any JSON value, with a warning.

mod keywords;
mod merge;
mod shape;

use crate::names::Names;
use crate::report::Report;
use crate::settings::{Settings, Types};
use crate::source::{self, Object};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(crate) use keywords::{ScalarKind, scalar_kind};
pub(crate) use shape::Shape;

/// Where the components' schemas stand.
const COMPONENTS: &str = "/components/schemas/";

/// References to references that are followed.
const HOPS: usize = 32;

/// Schemas in schemas at most: deeper ones would exhaust the stack of the generator.
const DEEPEST: usize = 64;

/// The schemas of one document, being lowered.
pub(crate) struct Schemas<'d> {
    /// The document.
    pub(crate) root: &'d Value,
    pub(crate) settings: &'d Settings,
    pub(crate) report: Report,
    names: Names,
    /// The type's name of each schema that something refers to, by its pointer.
    named: BTreeMap<String, String>,
    /// Schemas that have a name and are not lowered yet.
    waiting: VecDeque<(String, String)>,
    /// Pointers of schemas that were lowered or will be.
    queued: BTreeSet<String>,
    /// What was lowered, by the name of its type.
    lowered: Object,
    depth: usize,
}

impl<'d> Schemas<'d> {
    /// All components, named in their order, so that a type's name never depends on who refers to it.
    pub(crate) fn new(root: &'d Value, settings: &'d Settings) -> Self {
        let mut schemas = Self {
            root,
            settings,
            report: Report::default(),
            names: Names::of_types(),
            named: BTreeMap::new(),
            waiting: VecDeque::new(),
            queued: BTreeSet::new(),
            lowered: Map::new(),
            depth: 0,
        };
        let components = root.pointer("/components/schemas").and_then(Value::as_object);
        for name in components.into_iter().flat_map(Map::keys) {
            let pointer = source::under("/components/schemas", name);
            let named = schemas.names.type_for(name);
            if settings.types == Types::All {
                schemas.queue(&pointer, &named);
            }
            schemas.named.insert(pointer, named);
        }
        schemas
    }

    /// Lower a schema when its turn comes, if it was never asked for.
    fn queue(&mut self, pointer: &str, name: &str) {
        if self.queued.insert(pointer.to_owned()) {
            self.waiting.push_back((pointer.to_owned(), name.to_owned()));
        }
    }

    /// Everything that was lowered, by the names of the types.
    pub(crate) fn finish(mut self) -> (Object, Report) {
        self.lower_waiting();
        (self.lowered, self.report)
    }

    /// Lower what is named and was not yet.
    pub(crate) fn lower_waiting(&mut self) {
        while let Some((pointer, name)) = self.waiting.pop_front() {
            let root = self.root;
            let Some(schema) = source::at(root, &pointer) else { continue };
            let shape = self.shape(schema, &pointer, &name);
            let lowered = shape.component();
            self.lowered.insert(name, lowered);
        }
    }

    /// The lowered schema where it is used: a reference if it makes a type with a name.
    pub(crate) fn lower(&mut self, schema: &Value, at: &str, hint: &str) -> Value {
        let shape = self.shape(schema, at, hint);
        self.place(shape, hint)
    }

    /// A shape where it is used. The hint becomes the type's name if nothing else has it.
    pub(crate) fn place(&mut self, mut shape: Shape, hint: &str) -> Value {
        if shape.needs_name() {
            let name = self.names.type_for(hint);
            let (nullable, default) = (shape.nullable, shape.default.take());
            let description = shape.description.clone();
            shape.nullable = false;
            self.lowered.insert(name.clone(), shape.component());
            shape = Shape { nullable, default, description, ..Shape::reference(&name) };
        }
        shape.inline()
    }

    /// A type that is one of several, for reuse: the same ones give the same type.
    pub(crate) fn choice(&mut self, references: &[Value]) -> Value {
        let names: Vec<_> = references.iter().filter_map(type_name).collect();
        let wish = names.join("Or");
        let key = format!("choice:{wish}");
        if let Some(name) = self.named.get(&key) {
            return reference(name);
        }
        let name = self.names.type_for(&wish);
        self.named.insert(key, name.clone());
        self.lowered.insert(name.clone(), json!({ "oneOf": references }));
        reference(&name)
    }

    /// The schema that a reference leads to, and its pointer; references to references are followed.
    pub(crate) fn follow(&self, schema: &Value) -> Option<(&'d Value, String)> {
        let mut pointer = schema.get("$ref")?.as_str()?.strip_prefix('#')?.to_owned();
        for _ in 0..HOPS {
            let target = source::at(self.root, &pointer)?;
            match target.get("$ref").and_then(Value::as_str).and_then(|next| next.strip_prefix('#')) {
                Some(next) => next.clone_into(&mut pointer),
                None => return Some((target, pointer)),
            }
        }
        None
    }

    /// The type that a reference names.
    fn refer(&mut self, reference: &str, at: &str) -> Option<String> {
        let Some(pointer) = reference.strip_prefix('#') else {
            let message = format!("the reference `{}` leads out of the document", crate::quote(reference));
            self.report.unsupported(at, message);
            return None;
        };
        if let Some(name) = self.named.get(pointer).cloned()
            && !self.alias_circle(pointer)
        {
            self.queue(pointer, &name);
            return Some(name);
        }
        if source::at(self.root, pointer).is_none() || !pointer.starts_with('/') {
            let message = format!("the reference `{}` leads nowhere", crate::quote(reference));
            self.report.broken("missing-reference", at, message);
            return None;
        }
        if self.alias_circle(pointer) {
            self.report.broken("circular-reference", at, "the reference leads back to itself");
            return None;
        }
        let name = self.names.type_for(&wish(pointer));
        self.named.insert(pointer.to_owned(), name.clone());
        self.queue(pointer, &name);
        Some(name)
    }

    /// Do references lead in a circle from here, with no schema between them?
    fn alias_circle(&self, pointer: &str) -> bool {
        self.follow(&json!({ "$ref": format!("#{pointer}") })).is_none()
    }

    /// The properties of an object that a parameter spreads.
    pub(crate) fn properties(&self, schema: &Value) -> Option<Object> {
        let target = self.follow(schema).map_or(schema, |(target, _)| target);
        let flat = self.flatten(target.as_object()?)?;
        let properties = flat.get("properties").and_then(Value::as_object)?;
        (!properties.is_empty()).then(|| properties.clone())
    }

    /// Does the shape become a type with fields? A parameter cannot be one.
    pub(crate) fn makes_struct(&mut self, shape: &Shape) -> bool {
        self.lower_waiting();
        let mut body = &shape.body;
        for _ in 0..HOPS {
            // A component that only refers is an `allOf` of the reference.
            let alias = body.get("allOf").and_then(|all| all.get(0)).and_then(Value::as_object);
            let reference = source::text(alias.unwrap_or(body), "$ref");
            let Some(name) = reference.and_then(|text| text.rsplit('/').next()) else { break };
            let Some(target) = self.lowered.get(name).and_then(Value::as_object) else { break };
            body = target;
        }
        body.contains_key("properties")
    }

    /// The required and all properties of a type that was lowered to an object.
    pub(crate) fn fields(&self, name: &str) -> Option<(Vec<&str>, Vec<&str>)> {
        let object = self.lowered.get(name)?.as_object()?;
        let properties = object.get("properties")?.as_object()?.keys().map(String::as_str);
        let required = source::items(object, "required").iter().filter_map(Value::as_str);
        Some((required.collect(), properties.collect()))
    }
}

/// A reference to a type.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#{COMPONENTS}{name}") })
}

/// The type that a lowered schema refers to.
pub(crate) fn type_name(lowered: &Value) -> Option<&str> {
    lowered.get("$ref")?.as_str()?.strip_prefix('#')?.strip_prefix(COMPONENTS)
}

/// The wished name of a schema that stands inside of something: `/components/schemas/Pet/properties/tag` is
/// `PetTag`.
fn wish(pointer: &str) -> String {
    const NOISE: &[&str] =
        &["components", "schemas", "properties", "schema", "content", "paths", "$defs", "definitions"];
    let segments = pointer.split('/').filter(|segment| !segment.is_empty() && !NOISE.contains(segment));
    let words: Vec<_> = segments.map(|segment| segment.replace("~1", " ").replace("~0", " ")).collect();
    words.join(" ")
}
