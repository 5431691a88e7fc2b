//! One of the two documents: nodes, references and places.

use countersign_document::pointer;
pub(crate) use countersign_document::{Kind, Node};
use countersign_plugin::Location;
use std::cell::OnceCell;
use std::collections::HashMap;

/// References that are followed in a row; a longer chain is a cycle.
const CHAIN: usize = 64;

/// A document whose references can be followed.
pub(crate) struct Spec<'a> {
    root: Node<'a>,
    /// Schemas by their `$anchor` or `$dynamicAnchor`, collected when the first reference asks for one.
    anchors: OnceCell<HashMap<String, Node<'a>>>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(root: Node<'a>) -> Self {
        Self { root, anchors: OnceCell::new() }
    }

    pub(crate) fn root(&self) -> Node<'a> {
        self.root
    }

    /// What a node refers to, if it is a reference inside the document. A `$dynamicRef` is followed to the one
    /// anchor of its name; that a schema elsewhere may override it is not modelled.
    pub(crate) fn target(&self, node: Node<'a>) -> Option<Node<'a>> {
        let reference = node.get("$ref").or_else(|| node.get("$dynamicRef"))?.as_str()?;
        let fragment = percent_decoded(reference.strip_prefix('#')?);
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.resolve(&fragment);
        }
        self.anchors.get_or_init(|| anchors(self.root)).get(&fragment).copied()
    }

    /// The node at the end of a chain of references; the node itself where it is none.
    pub(crate) fn resolved(&self, node: Node<'a>) -> Node<'a> {
        let mut node = node;
        for _ in 0..CHAIN {
            match self.target(node) {
                Some(target) => node = target,
                None => break,
            }
        }
        node
    }

    /// A node's value under a key, with references followed.
    pub(crate) fn get(&self, node: Option<Node<'a>>, key: &str) -> Option<Node<'a>> {
        node?.get(key).map(|value| self.resolved(value))
    }
}

/// Pointer, line and column of a node.
pub(crate) fn location(node: Node<'_>) -> Location {
    let position = node.position();
    Location { pointer: node.pointer(), line: Some(position.line), column: Some(position.column) }
}

fn anchors<'a>(root: Node<'a>) -> HashMap<String, Node<'a>> {
    let mut anchors = HashMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = node.get(keyword).and_then(Node::as_str) {
                anchors.entry(name.into_owned()).or_insert(node);
            }
        }
        open.extend(node.entries().map(|entry| entry.value).chain(node.items()));
    }
    anchors
}

/// A JSON Pointer in a URI fragment is percent-encoded (RFC 6901, section 6).
fn percent_decoded(fragment: &str) -> String {
    if !fragment.contains('%') {
        return fragment.into();
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = (*first == b'%').then(|| after.get(..2)).flatten().and_then(hexadecimal);
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The reference to a component, as documents write it.
pub(crate) fn component_reference(section: &str, name: &str) -> String {
    let mut reference = format!("#/components/{section}");
    pointer::push(&mut reference, name);
    reference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_percent_decoded() {
        assert_eq!(percent_decoded("/a%20b/%7Ec"), "/a b/~c");
        assert_eq!(percent_decoded("/a%2"), "/a%2");
    }
}
