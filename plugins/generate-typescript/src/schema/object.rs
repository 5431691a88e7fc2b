//! Objects: their properties, and what else they may hold.

use super::Schemas;
use crate::declarations::Direction;
use crate::types::{Object, Property, Type};
use countersign_document::Node;

impl<'a> Schemas<'a> {
    pub(super) fn object(&mut self, node: Node<'a>, direction: Direction) -> Type {
        let mut object = Object { index: self.index(node, direction), ..Object::default() };
        let mut hidden = Vec::new();
        for entry in self.properties(node) {
            let name = entry.name().into_owned();
            if self.is_hidden(entry.value, direction) {
                hidden.push(name);
                continue;
            }
            let documentation = super::documentation(entry.value);
            let kind = self.read(entry.value, direction);
            object.properties.push(Property { name, documentation, optional: true, kind });
        }
        for name in node.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str) {
            if !hidden.iter().any(|hidden| *hidden == name) {
                object.demand(name.into_owned());
            }
        }
        // An object all of whose properties flow the other way still is one, and not one without rules.
        if object.is_bare() && !hidden.is_empty() {
            object.index = Some(Box::new(Type::Unknown));
        }
        Type::Object(object)
    }

    fn properties(&mut self, node: Node<'a>) -> Vec<countersign_document::Entry<'a>> {
        let Some(properties) = node.get("properties") else { return Vec::new() };
        if !properties.is_object() {
            let message = format!("`properties` is of type {}, not an object", properties.kind().as_str());
            self.spec.problem("invalid-schema", message, properties, "write an object of schemas by name");
        }
        properties.entries().collect()
    }

    /// Does a property flow the other way only?
    fn is_hidden(&self, property: Node<'a>, direction: Direction) -> bool {
        let keyword = match direction {
            Direction::Read => "writeOnly",
            Direction::Write => "readOnly",
        };
        has_mark(property, keyword) || has_mark(self.spec.end(property), keyword)
    }

    /// The type of properties without a name of their own. Where only patterns are told, names outside of them
    /// are not expected.
    fn index(&mut self, node: Node<'a>, direction: Direction) -> Option<Box<Type>> {
        let patterns = node.get("patternProperties").into_iter().flat_map(Node::entries);
        let schemas: Vec<_> =
            patterns.map(|entry| entry.value).chain(node.get("additionalProperties")).collect();
        if schemas.is_empty() {
            return None;
        }
        let kinds: Vec<_> = schemas.into_iter().map(|schema| self.read(schema, direction)).collect();
        Some(Box::new(Type::union(kinds)))
    }
}

/// Is a schema marked with `readOnly` or `writeOnly`?
pub(super) fn has_mark(schema: Node<'_>, keyword: &str) -> bool {
    schema.get(keyword).and_then(Node::as_bool) == Some(true)
}
