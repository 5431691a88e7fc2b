//! What is sent.

use super::{IN, Serialization, media, parameters, plain};
use crate::schema::{Schemas, is_binary};
use crate::text;
use crate::types::{BLOB, Object, STRING, Type};
use countersign_document::Node;
use media::Kind;

/// A request's body.
#[derive(Debug)]
pub(crate) struct Body {
    pub(super) required: bool,
    /// What it may be, with the one to be sent by default at the front.
    contents: Vec<Content>,
    /// How properties of a form are written, where that is not the default.
    pub(crate) encoding: Vec<(String, Serialization)>,
}

#[derive(Debug)]
struct Content {
    media_type: String,
    kind: Type,
}

impl Body {
    /// The media types, with the default at the front.
    pub(crate) fn media_types(&self) -> impl Iterator<Item = &str> {
        self.contents.iter().map(|content| content.media_type.as_str())
    }

    /// The properties of an input that hold the body: one object for each type that it may have.
    pub(super) fn variants(&self) -> Vec<Object> {
        let mut variants: Vec<(&Type, Vec<&str>)> = Vec::new();
        for content in &self.contents {
            match variants.iter_mut().find(|(kind, _)| **kind == content.kind) {
                Some((_, media_types)) => media_types.push(&content.media_type),
                None => variants.push((&content.kind, vec![&content.media_type])),
            }
        }
        variants.into_iter().map(|(kind, media_types)| self.variant(kind, &media_types)).collect()
    }

    fn variant(&self, kind: &Type, media_types: &[&str]) -> Object {
        let mut properties = vec![plain("body", kind.clone(), self.required)];
        let has_range = media_types.iter().any(|media_type| media::is_range(media_type));
        if self.contents.len() > 1 || has_range {
            let default = self.media_types().next().unwrap_or_default();
            let is_default = media_types.contains(&default) && !media::is_range(default);
            let literals = media_types.iter().map(|media_type| match media::is_range(media_type) {
                true => STRING,
                false => Type::Literal(text::literal(media_type)),
            });
            properties.push(plain("contentType", Type::union(literals), !is_default));
        }
        Object { properties, ..Object::default() }
    }
}

pub(super) fn read<'a>(schemas: &mut Schemas<'a>, operation: Node<'a>) -> Option<Body> {
    let node = schemas.spec.resolved(operation.get("requestBody")?)?;
    let required = node.get("required").and_then(Node::as_bool) == Some(true);
    let mut contents = Vec::new();
    let mut encoding = Vec::new();
    for entry in node.get("content").into_iter().flat_map(Node::entries) {
        let media_type = entry.name().into_owned();
        let kind = kind_of(schemas, &media_type, entry.value.get("schema"));
        if media::kind(&media_type) == Kind::Form && encoding.is_empty() {
            encoding = read_encoding(schemas, entry.value);
        }
        contents.push(Content { media_type, kind });
    }
    if contents.is_empty() {
        schemas.spec.warn("a request body without a media type cannot be sent", node);
        return None;
    }
    let is_default = |content: &Content| media::kind(&content.media_type) == Kind::Json;
    if let Some(default) = contents.iter().position(is_default) {
        contents[..=default].rotate_right(1);
    }
    Some(Body { required, contents, encoding })
}

fn kind_of<'a>(schemas: &mut Schemas<'a>, media_type: &str, schema: Option<Node<'a>>) -> Type {
    let bytes = || [BLOB, Type::Named("ArrayBuffer")];
    if media::is_range(media_type) {
        // Whoever calls says what it is, so that it may be anything that can be sent.
        let told = schema.filter(|schema| !is_binary(*schema)).map(|schema| schemas.read(schema, IN));
        return Type::union(told.into_iter().chain([STRING]).chain(bytes()));
    }
    let mut value = || schema.map_or(Type::Unknown, |schema| schemas.read(schema, IN));
    match media::kind(media_type) {
        Kind::Json => value(),
        Kind::Multipart => with(value(), "FormData"),
        Kind::Form => with(value(), "URLSearchParams"),
        Kind::Text => STRING,
        Kind::Binary | Kind::Stream => Type::union(bytes()),
    }
}

/// A form as an object, or as what the platform has for it.
fn with(kind: Type, form: &'static str) -> Type {
    let kind = if kind == Type::Unknown { Type::Object(Object::default()) } else { kind };
    Type::union([kind, Type::Named(form)])
}

fn read_encoding<'a>(schemas: &mut Schemas<'a>, content: Node<'a>) -> Vec<(String, Serialization)> {
    let entries = content.get("encoding").into_iter().flat_map(Node::entries);
    let read = |entry: countersign_document::Entry<'a>| {
        let serialization = parameters::serialization(&mut schemas.spec, entry.value, "query")?;
        Some((entry.name().into_owned(), serialization))
    };
    entries.filter_map(read).collect()
}
