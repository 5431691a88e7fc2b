//! One of the two documents: nodes, references and places.

use countersign_document::pointer;
use countersign_document::reference::{anchors, percent_decoded};
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

/// The reference to a component, as documents write it.
pub(crate) fn component_reference(section: &str, name: &str) -> String {
    let mut reference = format!("#/components/{section}");
    pointer::push(&mut reference, name);
    reference
}
