//! From schemas (JSON Schema 2020-12, and the dialect of OpenAPI 3.0) to types.
//!
//! A type is never narrower than its schema allows, but for what TypeScript cannot say: `not`, `if`, patterns and
//! bounds are left out. What is wrong with a schema is noted and read as `unknown`.

mod array;
mod circular;
mod object;
mod split;
mod values;
mod variants;

pub(crate) use circular::untangle;

use crate::declarations::{Declarations, Direction};
use crate::spec::{Broken, Spec, Version};
use crate::text::Documentation;
use crate::types::{BLOB, BOOLEAN, NUMBER, STRING, Type};
use countersign_document::{Kind, Node, excerpt};
use split::Splits;

/// Schemas in schemas at most. Components do not count: each is read by itself.
const MAXIMUM_DEPTH: usize = 64;

/// Reads schemas of one document.
pub(crate) struct Schemas<'a> {
    pub(crate) spec: Spec<'a>,
    pub(crate) declarations: Declarations<'a>,
    splits: Splits,
    depth: usize,
}

impl<'a> Schemas<'a> {
    /// A reader with a declaration for each component.
    pub(crate) fn new(spec: Spec<'a>) -> Self {
        let declarations = Declarations::of_components(&spec);
        let splits = Splits::new(&spec);
        Self { spec, declarations, splits, depth: 0 }
    }

    /// The type of a schema.
    pub(crate) fn read(&mut self, node: Node<'a>, direction: Direction) -> Type {
        if self.depth >= MAXIMUM_DEPTH {
            let message = format!("schemas are nested deeper than {MAXIMUM_DEPTH} levels");
            self.spec.problem("too-deep", message, node, "move an inner schema under `components/schemas`");
            return Type::Unknown;
        }
        self.depth += 1;
        let kind = match node.kind() {
            Kind::Boolean if node.as_bool() == Some(false) => Type::Never,
            Kind::Boolean => Type::Unknown,
            Kind::Object => self.combined(node, direction),
            Kind::Null | Kind::Number | Kind::String | Kind::Array => {
                let message = format!("a schema is of type {}, not an object", node.kind().as_str());
                self.spec.problem("invalid-schema", message, node, "write a schema, such as `{}`");
                Type::Unknown
            }
        };
        self.depth -= 1;
        kind
    }

    /// Everything that a schema says at once.
    fn combined(&mut self, node: Node<'a>, direction: Direction) -> Type {
        let mut parts = Vec::new();
        if let Some(target) = self.spec.reference(node) {
            parts.push(match target {
                Ok(target) => self.named(target, direction),
                Err(Broken) => Type::Unknown,
            });
        }
        // OpenAPI 3.0 does not look beside a reference; that it may be null is what people write there and mean.
        if parts.is_empty() || self.spec.version == Version::ThreeOne {
            for member in self.members(node, "allOf") {
                parts.push(self.read(member, direction));
            }
            for keyword in ["oneOf", "anyOf"] {
                parts.extend(self.variants(node, keyword, direction));
            }
            let own = self.own(node, direction);
            let is_told = parts.iter().any(|part| *part != Type::Unknown);
            if !(is_told && is_bare(&own)) {
                parts.push(own);
            }
        }
        let is_nullable = node.get("nullable").and_then(Node::as_bool) == Some(true);
        Type::union([Type::intersection(parts)].into_iter().chain(is_nullable.then_some(Type::Null)))
    }

    /// The declaration of a schema that something refers to.
    fn named(&mut self, target: Node<'a>, direction: Direction) -> Type {
        let is_split = direction == Direction::Write && self.splits.is_split(&self.spec, target);
        let direction = if is_split { Direction::Write } else { Direction::Read };
        Type::Reference(self.declarations.name(target, direction))
    }

    /// The schemas in an array under a keyword.
    fn members(&mut self, node: Node<'a>, keyword: &str) -> Vec<Node<'a>> {
        let Some(list) = node.get(keyword) else { return Vec::new() };
        if !list.is_array() {
            let message = format!("`{keyword}` is of type {}, not an array", list.kind().as_str());
            self.spec.problem("invalid-schema", message, list, "write an array of schemas");
        }
        list.items().collect()
    }

    /// What a schema says itself, without references and parts.
    fn own(&mut self, node: Node<'a>, direction: Direction) -> Type {
        if let Some(values) = values::of(node) {
            return values;
        }
        match node.get("type") {
            None => self.inferred(node, direction),
            Some(list) if list.is_array() => {
                let kinds: Vec<_> = list.items().map(|name| self.of_type(node, name, direction)).collect();
                Type::union(kinds)
            }
            Some(name) => self.of_type(node, name, direction),
        }
    }

    /// What is meant by a schema without a type.
    fn inferred(&mut self, node: Node<'a>, direction: Direction) -> Type {
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| node.get(keyword).is_some());
        if has(&["properties", "additionalProperties", "patternProperties", "required"]) {
            self.object(node, direction)
        } else if has(&["items", "prefixItems"]) {
            self.array(node, direction)
        } else {
            Type::Unknown
        }
    }

    fn of_type(&mut self, node: Node<'a>, name: Node<'a>, direction: Direction) -> Type {
        let Some(text) = name.as_str() else {
            let message = format!("`type` is of type {}, not a string", name.kind().as_str());
            self.spec.problem("invalid-type", message, name, "quote the name of the type");
            return Type::Unknown;
        };
        match text.as_ref() {
            "string" if is_binary(node) => BLOB,
            "string" => STRING,
            "number" | "integer" => NUMBER,
            "boolean" => BOOLEAN,
            "null" => Type::Null,
            "array" => self.array(node, direction),
            "object" => self.object(node, direction),
            other => {
                let message =
                    format!("the type `{}` does not exist and is read as `unknown`", excerpt(other));
                self.spec.warn(&message, name);
                Type::Unknown
            }
        }
    }
}

/// Does a type say nothing but object or array?
fn is_bare(kind: &Type) -> bool {
    match kind {
        Type::Unknown => true,
        Type::Object(object) => object.is_bare(),
        Type::Array(item) => **item == Type::Unknown,
        Type::Union(members) => members.iter().all(|member| is_bare(member) || *member == Type::Null),
        Type::Never
        | Type::Null
        | Type::Named(_)
        | Type::Literal(_)
        | Type::Reference(_)
        | Type::Tuple(_)
        | Type::Intersection(_) => false,
    }
}

/// Is a string made of bytes? OpenAPI 3.0 says `format: binary`, and 3.1 the media type of the content.
pub(crate) fn is_binary(node: Node<'_>) -> bool {
    let reads = |keyword: &str, text: &str| {
        node.get(keyword).and_then(Node::as_str).is_some_and(|found| found == text)
    };
    let is_encoded = node.get("contentEncoding").is_some();
    reads("format", "binary") || !is_encoded && reads("contentMediaType", "application/octet-stream")
}

/// What a schema says of itself in words.
pub(crate) fn documentation(node: Node<'_>) -> Documentation {
    let mut documentation = Documentation::default();
    if let Some(text) = node.get("description").and_then(Node::as_str) {
        documentation.paragraph(&text);
    }
    if let Some(format) = node.get("format").and_then(Node::as_str) {
        documentation.tag("format", &format);
    }
    if let Some(default) = node.get("default").filter(|default| default.raw().len() <= 120) {
        documentation.tag("default", default.raw());
    }
    if node.get("deprecated").and_then(Node::as_bool) == Some(true) {
        documentation.tag("deprecated", "");
    }
    documentation
}
