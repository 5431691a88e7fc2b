//! Parameters: where they go and how they are written there (OpenAPI 3.1, section 4.8.12).

use super::{IN, Source, media};
use crate::schema::{Schemas, documentation};
use crate::spec::Spec;
use crate::text::Documentation;
use crate::types::{Property, Type, UNDEFINED};
use countersign_document::{Node, excerpt};

/// One parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) place: &'static str,
    pub(crate) name: String,
    pub(crate) required: bool,
    /// How it is written, where that is not the default of its place.
    pub(crate) serialization: Option<Serialization>,
    documentation: Documentation,
    kind: Type,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Serialization {
    pub(crate) style: &'static str,
    pub(crate) explode: bool,
}

impl Parameter {
    /// A parameter that a path names and nobody declares.
    pub(super) fn undeclared(name: String, kind: Type) -> Self {
        let documentation = Documentation::default();
        Self { place: "path", name, required: true, serialization: None, documentation, kind }
    }

    /// The property that holds the value.
    pub(super) fn property(&self) -> Property {
        let optional = !self.required;
        let kind = if optional { Type::union([self.kind.clone(), UNDEFINED]) } else { self.kind.clone() };
        Property { name: self.name.clone(), documentation: self.documentation.clone(), optional, kind }
    }
}

/// The parameters of an operation and of its path; the operation's own win.
pub(super) fn read<'a>(schemas: &mut Schemas<'a>, source: &Source<'a>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for place in source.shared.into_iter().chain([source.item, source.node]) {
        for node in place.get("parameters").into_iter().flat_map(Node::items) {
            let Some(parameter) = read_one(schemas, node) else { continue };
            let same =
                |known: &&mut Parameter| known.place == parameter.place && known.name == parameter.name;
            match parameters.iter_mut().find(same) {
                Some(known) => *known = parameter,
                None => parameters.push(parameter),
            }
        }
    }
    parameters
}

fn read_one<'a>(schemas: &mut Schemas<'a>, node: Node<'a>) -> Option<Parameter> {
    let node = schemas.spec.resolved(node)?;
    let Some(name) = node.get("name").and_then(Node::as_str) else {
        schemas.spec.problem("invalid-parameter", "a parameter has no name", node, "give it a `name`");
        return None;
    };
    let found = node.get("in").and_then(Node::as_str).unwrap_or_default();
    let Some(place) = ["path", "query", "header", "cookie"].into_iter().find(|place| *place == found) else {
        let message = format!("a parameter stands in `{}`", excerpt(&found));
        schemas.spec.problem("invalid-parameter", message, node, "use `path`, `query`, `header` or `cookie`");
        return None;
    };
    // These two are what the bodies say (OpenAPI 3.1, section 4.8.12.2.1).
    if place == "header" && ["accept", "content-type"].contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    let content = node.get("content").and_then(|content| content.entries().next());
    let schema = node.get("schema").or_else(|| content?.value.get("schema"));
    let kind = schema.map_or(Type::Unknown, |schema| schemas.read(schema, IN));
    let is_json = content.is_some_and(|content| media::kind(&content.name()) == media::Kind::Json);
    let serialization = if is_json {
        Some(Serialization { style: "json", explode: false })
    } else {
        serialization(&mut schemas.spec, node, place)
    };
    let required = place == "path" || node.get("required").and_then(Node::as_bool) == Some(true);
    let documentation = explain(node, schema);
    Some(Parameter { place, name: name.into(), required, serialization, documentation, kind })
}

/// What the parameter says of itself, or else its schema.
fn explain(node: Node<'_>, schema: Option<Node<'_>>) -> Documentation {
    let mut own = Documentation::default();
    if let Some(text) = node.get("description").and_then(Node::as_str) {
        own.paragraph(&text);
    }
    let mut all = schema.map(documentation).unwrap_or_default();
    all.replace_text(own);
    if node.get("deprecated").and_then(Node::as_bool) == Some(true) {
        all.tag("deprecated", "");
    }
    all
}

/// How a value is written in a place, where that is not the default there.
pub(super) fn serialization<'a>(
    spec: &mut Spec<'a>,
    node: Node<'a>,
    place: &'static str,
) -> Option<Serialization> {
    let (default, styles): (_, &[&str]) = match place {
        "path" => ("simple", &["simple", "label", "matrix"]),
        "header" => ("simple", &["simple"]),
        "cookie" => ("form", &["form"]),
        _ => ("form", &["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
    };
    let found = node.get("style").and_then(Node::as_str);
    let known = styles.iter().find(|style| found.as_ref().is_none_or(|found| found == *style));
    let style = match (known, found.is_some()) {
        (Some(style), true) => style,
        (_, false) => default,
        (None, true) => {
            spec.problem(
                "invalid-style",
                format!("a {place} parameter has no such style"),
                node,
                "correct `style`",
            );
            default
        }
    };
    let explode = node.get("explode").and_then(Node::as_bool).unwrap_or(style == "form");
    let is_default = style == default && explode == (style == "form");
    (!is_default).then_some(Serialization { style, explode })
}
