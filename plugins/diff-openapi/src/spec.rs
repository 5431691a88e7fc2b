//! One of the two documents: nodes, references and places.

use countersign_document::pointer;
use countersign_document::reference::{anchors, percent_decoded};
pub(crate) use countersign_document::{Kind, Node};
use countersign_plugin::Location;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

/// References that are followed in a row before it is written down where they were.
const CHAIN: usize = 64;
/// Values of a document that are held against others to see whether they say the same.
const EQUALITY: usize = 4_000_000;
/// Schemas that are gone through to see what others are composed of, in a small document.
const EXPANSIONS: usize = 2_000_000;

/// A document whose references can be followed.
pub(crate) struct Spec<'a> {
    root: Node<'a>,
    /// Schemas by their `$anchor` or `$dynamicAnchor`, collected when the first reference asks for one.
    anchors: OnceCell<HashMap<String, Node<'a>>>,
    /// What [`crate::fingerprint`] knows of schemas, by their ids.
    pub(crate) fingerprints: RefCell<HashMap<(u32, bool, u8), u64>>,
    /// Values that may still be held against each other to see whether they say the same.
    equality: Cell<usize>,
    /// Schemas that may still be gone through to see what others are composed of.
    expansions: Cell<usize>,
    /// Whether all that dynamic references may stand for says the same in another document, once that was asked.
    pub(crate) same_environment: Cell<Option<bool>>,
    bound_names: OnceCell<HashSet<String>>,
    /// What references lead to, by their ids.
    targets: RefCell<HashMap<u32, Option<Node<'a>>>>,
    /// The ends of long chains of references, by the ids of what refers to them.
    ends: RefCell<HashMap<u32, Node<'a>>>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(root: Node<'a>) -> Self {
        Self {
            root,
            anchors: OnceCell::new(),
            fingerprints: RefCell::default(),
            equality: Cell::new(EQUALITY),
            expansions: Cell::new(EXPANSIONS.max(root.document().nodes())),
            same_environment: Cell::new(None),
            bound_names: OnceCell::new(),
            targets: RefCell::default(),
            ends: RefCell::default(),
        }
    }

    pub(crate) fn root(&self) -> Node<'a> {
        self.root
    }

    /// What a node refers to, if it is a reference inside the document. A `$dynamicRef` is followed to the one
    /// anchor of its name; where there are several, it depends on what leads to it which of them is meant.
    pub(crate) fn target(&self, node: Node<'a>) -> Option<Node<'a>> {
        let reference = match node.get("$ref") {
            Some(reference) => reference,
            None => node.get("$dynamicRef").filter(|_| !self.is_bound_outside(node))?,
        };
        if let Some(known) = self.targets.borrow().get(&reference.id()) {
            return *known;
        }
        let target = self.sought(reference);
        self.targets.borrow_mut().insert(reference.id(), target);
        target
    }

    fn sought(&self, reference: Node<'a>) -> Option<Node<'a>> {
        let reference = reference.as_str()?;
        let fragment = percent_decoded(reference.strip_prefix('#')?);
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.resolve(&fragment);
        }
        self.anchors.get_or_init(|| anchors(self.root)).get(&fragment).copied()
    }

    /// The names of anchors that dynamic references look for and several schemas have.
    pub(crate) fn bound_names(&self) -> &HashSet<String> {
        self.bound_names.get_or_init(|| {
            let document = self.root.document();
            let text = |node: Node<'a>| node.as_str().map(std::borrow::Cow::into_owned);
            let asked = document.values_of("$dynamicRef").into_iter().filter_map(text);
            let asked: HashSet<String> =
                asked.filter_map(|reference| reference.strip_prefix('#').map(percent_decoded)).collect();
            let (mut once, mut several) = (HashSet::new(), HashSet::new());
            if !asked.is_empty() {
                for name in document.values_of("$dynamicAnchor").into_iter().filter_map(text) {
                    if asked.contains(&name) && !once.insert(name.clone()) {
                        several.insert(name);
                    }
                }
            }
            several
        })
    }

    /// The schemas that dynamic references may stand for, in the order of the text.
    pub(crate) fn bindings(&self) -> Vec<Node<'a>> {
        let anchors = self.root.document().values_of("$dynamicAnchor").into_iter();
        let is_bound =
            |name: &Node<'a>| name.as_str().is_some_and(|name| self.bound_names().contains(name.as_ref()));
        let holder = |name: Node<'a>| {
            let pointer = name.pointer();
            self.root.resolve(pointer.rsplit_once('/')?.0)
        };
        anchors.filter(is_bound).filter_map(holder).collect()
    }

    /// Whether what a node's `$dynamicRef` stands for depends on what leads to it, or is not known at all.
    pub(crate) fn is_bound_outside(&self, node: Node<'a>) -> bool {
        let Some(reference) = node.get("$dynamicRef") else { return false };
        let Some(text) = reference.as_str() else { return true };
        let name = text.strip_prefix('#').map(percent_decoded);
        node.get("$ref").is_some()
            || name.is_none_or(|name| self.bound_names().contains(&name))
            || self.sought(reference).is_none()
    }

    /// The node at the end of a chain of references; the node itself where it is none, and some link of the chain
    /// where it comes back to itself.
    pub(crate) fn resolved(&self, node: Node<'a>) -> Node<'a> {
        let mut end = node;
        for _ in 0..CHAIN {
            match self.target(end) {
                Some(target) => end = target,
                None => return end,
            }
        }
        self.end(end)
    }

    /// The end of a long chain, kept for all its links.
    fn end(&self, node: Node<'a>) -> Node<'a> {
        let mut ends = self.ends.borrow_mut();
        let (mut end, mut links) = (node, HashSet::new());
        while links.insert(end.id()) {
            match ends.get(&end.id()).copied().or_else(|| self.target(end)) {
                Some(target) => end = target,
                None => break,
            }
        }
        ends.extend(links.into_iter().filter(|link| *link != end.id()).map(|link| (link, end)));
        end
    }

    /// Pay for a look at so many schemas that others are composed of; false once there were too many.
    pub(crate) fn affords_expansion(&self, size: usize) -> bool {
        let left = self.expansions.get();
        self.expansions.set(left.saturating_sub(size));
        left > size
    }

    /// Pay for a look at so many values; false once there was too much to look at, so that what hangs on it counts as
    /// different.
    pub(crate) fn affords_equality(&self, size: usize) -> bool {
        let left = self.equality.get();
        self.equality.set(left.saturating_sub(size));
        left >= size
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

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_document::Document;

    #[test]
    fn a_chain_of_references_is_followed_to_its_end_and_a_ring_is_left() {
        let links: String = (0..5000).map(|at| format!(r##""P{at}":{{"$ref":"#/P{}"}},"##, at + 1)).collect();
        let text =
            format!(r##"{{{links}"P5000":{{"name":"end"}},"R":{{"$ref":"#/Q"}},"Q":{{"$ref":"#/R"}}}}"##);
        let document = Document::parse_json(text.as_bytes()).unwrap();
        let spec = Spec::new(document.root());
        let at = |key: &str| document.root().get(key).unwrap();
        for start in ["P0", "P4000", "P1", "P5000"] {
            assert_eq!(spec.resolved(at(start)).pointer(), "/P5000");
        }
        assert!(["/R", "/Q"].contains(&spec.resolved(at("R")).pointer().as_str()));
    }

    #[test]
    fn a_dynamic_reference_is_followed_where_one_schema_has_its_anchor() {
        let text = br##"{
            "one": {"$dynamicRef": "#a"}, "two": {"$dynamicRef": "#b"}, "none": {"$dynamicRef": "#c"},
            "A": {"$dynamicAnchor": "a"}, "B": [{"$dynamicAnchor": "b"}, {"$dynamicAnchor": "b"}]
        }"##;
        let document = Document::parse_json(text).unwrap();
        let spec = Spec::new(document.root());
        let known = |key: &str| {
            let node = document.root().get(key).unwrap();
            (spec.target(node).map(Node::pointer), spec.is_bound_outside(node))
        };
        assert_eq!(known("one"), (Some("/A".into()), false));
        assert_eq!(known("two"), (None, true));
        assert_eq!(known("none"), (None, true));
        assert_eq!(spec.bindings().len(), 2);
    }
}
