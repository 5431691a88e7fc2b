//! Parameters: those that stay parameters, and those that are a body.

use super::writer::Writer;
use super::{resolved, schemas, text};
use crate::spec::Node;
use std::collections::BTreeMap;

/// The parameters of an operation, with those of its path that it does not replace.
pub(super) struct Parameters<'a> {
    pub(super) body: Option<Node<'a>>,
    pub(super) form: Vec<Node<'a>>,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(root: Node<'a>, item: Node<'a>, operation: Node<'a>) -> Self {
        let mut found: BTreeMap<(String, String), (usize, Node<'a>)> = BTreeMap::new();
        let lists = [item, operation].into_iter().filter_map(|node| node.get("parameters"));
        for (at, node) in lists.flat_map(Node::items).enumerate() {
            let node = resolved(root, node);
            let key = (text(node, "in").unwrap_or_default(), text(node, "name").unwrap_or_default());
            found.insert(key, (at, node));
        }
        let mut all: Vec<(usize, Node<'a>)> = found.into_values().collect();
        all.sort_by_key(|(at, _)| *at);
        let of = |place: &str| {
            let kind = all.iter().filter(|(_, node)| text(*node, "in").as_deref() == Some(place));
            kind.map(|(_, node)| *node).collect::<Vec<_>>()
        };
        Self { body: of("body").first().copied(), form: of("formData") }
    }
}

/// The parameters of a list that are not part of a body.
pub(super) fn list(writer: &mut Writer, root: Node<'_>, list: Node<'_>) {
    writer.array(|writer| {
        let nodes = list.items().map(|node| resolved(root, node));
        let stays = |node: &Node<'_>| !matches!(text(*node, "in").as_deref(), Some("body" | "formData"));
        for (at, node) in nodes.filter(stays).enumerate() {
            writer.item(at, |writer| {
                writer.from(Some(node));
                one(writer, node);
            });
        }
    });
}

fn one(writer: &mut Writer, node: Node<'_>) {
    if node.get("$ref").is_some() {
        return writer.raw(node.raw());
    }
    writer.object(|writer| {
        for entry in node.entries() {
            let name = entry.name();
            let stays =
                matches!(name.as_ref(), "name" | "in" | "description" | "required" | "allowEmptyValue");
            if stays || name.starts_with("x-") {
                writer.entry(&name, |writer| writer.raw(entry.value.raw()));
            }
        }
        collection(writer, node);
        writer.entry("schema", |writer| {
            writer.from(Some(node));
            schemas::of_parameter(writer, node);
        });
    });
}

/// `collectionFormat` as style and explode; an array is separated by commas unless it says otherwise.
pub(super) fn collection(writer: &mut Writer, node: Node<'_>) {
    if text(node, "type").as_deref() != Some("array") {
        return;
    }
    let place = text(node, "in");
    let by_default = if matches!(place.as_deref(), Some("query" | "formData")) { "form" } else { "simple" };
    let (style, explode) = match text(node, "collectionFormat").as_deref() {
        Some("multi") => ("form", true),
        Some("ssv") => ("spaceDelimited", false),
        Some("pipes") => ("pipeDelimited", false),
        Some("tsv") => ("tabDelimited", false),
        _ => (by_default, false),
    };
    writer.entry("style", |writer| writer.text(style));
    writer.entry("explode", |writer| writer.raw(if explode { "true" } else { "false" }));
}
