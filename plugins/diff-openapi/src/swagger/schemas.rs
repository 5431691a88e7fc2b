//! Schemas: references, null, files and discriminators.

use super::writer::Writer;
use crate::spec::{Kind, Node};

const DEFINITIONS: &str = "#/definitions/";

/// Keywords of a parameter or a header that are none of its schema.
const NOT_SCHEMA: &[&str] =
    &["name", "in", "description", "required", "collectionFormat", "allowEmptyValue", "schema"];

/// A map of schemas by name.
pub(super) fn named(writer: &mut Writer, map: Node<'_>) {
    if !map.is_object() {
        return writer.raw(map.raw());
    }
    writer.object(|writer| {
        for entry in map.entries() {
            writer.entry(&entry.name(), |writer| schema(writer, entry.value));
        }
    });
}

pub(super) fn schema(writer: &mut Writer, node: Node<'_>) {
    match node.kind() {
        Kind::Object => writer.object(|writer| {
            for entry in node.entries() {
                keyword(writer, node, &entry.name(), entry.value);
            }
        }),
        Kind::Array => writer.array(|writer| {
            for (at, item) in node.items().enumerate() {
                writer.item(at, |writer| schema(writer, item));
            }
        }),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::String => writer.raw(node.raw()),
    }
}

/// The schema that a parameter or a header is.
pub(super) fn of_parameter(writer: &mut Writer, node: Node<'_>) {
    writer.object(|writer| {
        for entry in node.entries() {
            let name = entry.name();
            if !NOT_SCHEMA.contains(&name.as_ref()) {
                keyword(writer, node, &name, entry.value);
            }
        }
    });
}

fn keyword(writer: &mut Writer, schema_node: Node<'_>, name: &str, value: Node<'_>) {
    match (name, value.as_str().as_deref()) {
        ("$ref", Some(reference)) => writer.entry(name, |writer| match reference.strip_prefix(DEFINITIONS) {
            Some(definition) => writer.text(&format!("#/components/schemas/{definition}")),
            None => writer.raw(value.raw()),
        }),
        ("type", Some("file")) => {
            writer.entry("type", |writer| writer.raw("\"string\""));
            if schema_node.get("format").is_none() {
                writer.entry("format", |writer| writer.raw("\"binary\""));
            }
        }
        ("discriminator", Some(property)) => writer.entry(name, |writer| {
            writer.object(|writer| writer.entry("propertyName", |writer| writer.text(property)));
        }),
        ("x-nullable", None) if value.as_bool().is_some() && schema_node.get("nullable").is_none() => {
            writer.entry("nullable", |writer| writer.raw(value.raw()));
        }
        ("properties" | "definitions", _) => writer.entry(name, |writer| named(writer, value)),
        ("items" | "additionalProperties" | "allOf" | "anyOf" | "oneOf" | "not", _) => {
            writer.entry(name, |writer| schema(writer, value));
        }
        _ => writer.entry(name, |writer| writer.raw(value.raw())),
    }
}
