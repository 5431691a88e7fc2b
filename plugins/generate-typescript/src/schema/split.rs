//! Which schemas look different when they are written and when they are read.

use super::object::has_mark;
use crate::spec::Spec;
use countersign_document::Node;
use std::collections::{HashMap, HashSet};

/// Knows for each schema whether `readOnly` or `writeOnly` matters in it or in anything that it refers to.
pub(crate) struct Splits {
    /// Most documents have no such mark, and nothing needs to be looked for.
    any: bool,
    /// What is known of the schemas that were asked for.
    known: HashMap<u32, bool>,
}

impl Splits {
    pub(super) fn new(spec: &Spec<'_>) -> Self {
        let mut any = false;
        walk(spec.root, |node| any |= is_marked(node));
        Self { any, known: HashMap::new() }
    }

    pub(super) fn is_split<'a>(&mut self, spec: &Spec<'a>, schema: Node<'a>) -> bool {
        if !self.any {
            return false;
        }
        if let Some(known) = self.known.get(&schema.id()) {
            return *known;
        }
        let is_split = reaches_mark(spec, schema);
        self.known.insert(schema.id(), is_split);
        is_split
    }
}

/// Is there a mark in a schema or in anything that it refers to?
fn reaches_mark<'a>(spec: &Spec<'a>, schema: Node<'a>) -> bool {
    let mut seen = HashSet::from([schema.id()]);
    let mut open = vec![schema];
    while let Some(next) = open.pop() {
        let mut found = false;
        walk(next, |node| {
            found |= is_marked(node) && node.id() != schema.id();
            if let Some(target) = spec.target(node)
                && seen.insert(target.id())
            {
                open.push(target);
            }
        });
        if found {
            return true;
        }
    }
    false
}

fn is_marked(node: Node<'_>) -> bool {
    has_mark(node, "readOnly") || has_mark(node, "writeOnly")
}

/// Visit a node and everything below it.
fn walk<'a>(node: Node<'a>, mut visit: impl FnMut(Node<'a>)) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        visit(node);
        open.extend(node.entries().map(|entry| entry.value).chain(node.items()));
    }
}
