//! Which components an API uses: by `$ref`, by the mapping of a discriminator, by the name of a security
//! scheme. Where the rules leave room, a component counts as used, since dropping too much breaks clients.

use countersign_document::{Entry, Node, Omissions, excerpt, pointer};
use std::collections::{BTreeMap, BTreeSet};

/// Leave out every component that what is left of the document does not reach, and sections that lose
/// all their components.
pub(crate) fn drop_unreferenced(root: Node<'_>, omissions: &mut Omissions) {
    let reached = Reach::walk(root, omissions).components;
    for (parent, section) in sections(root) {
        let (mut left, mut dropped) = (0, 0);
        for component in section.entries() {
            if reached.contains(&component.value.id()) {
                left += 1;
            } else {
                omissions.omit(component.value);
                dropped += 1;
            }
        }
        if left == 0 && dropped > 0 {
            omissions.omit(section);
        }
        if let Some(parent) = parent
            && omissions.contains(section)
            && parent.entries().all(|entry| omissions.contains(entry.value))
        {
            omissions.omit(parent);
        }
    }
}

/// A warning for each reference from what is kept to what is left out.
pub(crate) fn broken(root: Node<'_>, omissions: &Omissions) -> Vec<String> {
    if omissions.is_empty() {
        return Vec::new();
    }
    let mut references = BTreeSet::new();
    collect(root, omissions, &mut references);
    let is_broken = |reference: &&String| {
        let target = reference.strip_prefix('#').map(decode);
        target.is_some_and(|target| is_omitted(root, &target, omissions))
    };
    let broken = references.iter().filter(is_broken);
    broken.map(|reference| format!("`{}` is referred to, but left out", excerpt(reference))).collect()
}

fn collect(node: Node<'_>, omissions: &Omissions, references: &mut BTreeSet<String>) {
    for entry in node.entries().filter(|entry| !omissions.contains(entry.value)) {
        if is_reference(&entry)
            && let Some(reference) = entry.value.as_str()
        {
            references.insert(reference.into_owned());
        }
        collect(entry.value, omissions, references);
    }
    node.items().for_each(|item| collect(item, omissions, references));
}

/// Does a pointer lead to a node that is left out, or whose ancestor is? One that leads nowhere never did.
fn is_omitted(root: Node<'_>, target: &str, omissions: &Omissions) -> bool {
    let (mut node, mut omitted) = (root, false);
    for segment in pointer::segments(target).into_iter().flatten() {
        let Some(inner) = node.step(&segment) else { return false };
        omitted |= omissions.contains(inner);
        node = inner;
    }
    omitted
}

fn is_reference(entry: &Entry<'_>) -> bool {
    matches!(entry.name().as_ref(), "$ref" | "$dynamicRef" | "operationRef")
}

/// The maps of components: those in `components`, with it, or those of Swagger 2.0 at the top.
fn sections(root: Node<'_>) -> Vec<(Option<Node<'_>>, Node<'_>)> {
    const TOP: [&str; 4] = ["definitions", "parameters", "responses", "securityDefinitions"];
    if let Some(components) = root.get("components") {
        let named = components.entries().filter(|section| !section.name().starts_with("x-"));
        return named.map(|section| (Some(components), section.value)).collect();
    }
    if root.get("swagger").is_none() {
        return Vec::new();
    }
    TOP.iter().filter_map(|name| root.get(name)).map(|section| (None, section)).collect()
}

/// A walk over all that is used.
struct Reach<'d> {
    root: Node<'d>,
    omissions: &'d Omissions,
    /// The sections' ids: their content is entered only through a reference.
    sections: BTreeSet<u32>,
    components: BTreeSet<u32>,
    waiting: Vec<Node<'d>>,
    /// For each schema, by its id, those that extend it with `allOf`.
    extended: BTreeMap<u32, Vec<Node<'d>>>,
}

impl<'d> Reach<'d> {
    fn walk(root: Node<'d>, omissions: &'d Omissions) -> Self {
        let sections = sections(root);
        let mut reach = Self {
            root,
            omissions,
            sections: sections.iter().map(|(_, section)| section.id()).collect(),
            components: BTreeSet::new(),
            waiting: Vec::new(),
            extended: BTreeMap::new(),
        };
        for component in sections.iter().flat_map(|(_, section)| section.entries()) {
            reach.note_parents(component.value);
            if has_own_name(component.value) {
                reach.mark(component.value);
            }
        }
        reach.visit(root);
        while let Some(component) = reach.waiting.pop() {
            reach.visit(component);
        }
        reach
    }

    /// A schema with a discriminator stands for those that extend it, though it does not name them.
    fn note_parents(&mut self, schema: Node<'d>) {
        for part in schema.get("allOf").into_iter().flat_map(Node::items) {
            let reference = part.get("$ref").and_then(Node::as_str);
            if let Some(parent) = reference.and_then(|reference| self.target(&reference)) {
                self.extended.entry(parent.id()).or_default().push(schema);
            }
        }
    }

    fn visit(&mut self, node: Node<'d>) {
        if self.omissions.contains(node) || self.sections.contains(&node.id()) {
            return;
        }
        for entry in node.entries() {
            self.entry(&entry);
            self.visit(entry.value);
        }
        node.items().for_each(|item| self.visit(item));
    }

    fn entry(&mut self, entry: &Entry<'d>) {
        match entry.name().as_ref() {
            "$ref" | "$dynamicRef" => self.reference(entry.value),
            "security" => {
                for scheme in entry.value.items().flat_map(Node::entries) {
                    self.named(&["/components/securitySchemes", "/securityDefinitions"], &scheme.name());
                }
            }
            "mapping" => entry.value.entries().for_each(|mapped| {
                self.reference(mapped.value);
                if let Some(name) = mapped.value.as_str() {
                    self.named(&["/components/schemas"], &name);
                }
            }),
            _ => {}
        }
    }

    fn reference(&mut self, reference: Node<'d>) {
        let target = reference.as_str().and_then(|reference| self.target(&reference));
        if let Some(component) = target {
            self.mark(component);
        }
    }

    fn named(&mut self, sections: &[&str], name: &str) {
        let section = sections.iter().find_map(|section| self.root.resolve(section));
        if let Some(component) = section.and_then(|section| section.get(name)) {
            self.mark(component);
        }
    }

    fn mark(&mut self, component: Node<'d>) {
        if !self.components.insert(component.id()) {
            return;
        }
        self.waiting.push(component);
        if component.get("discriminator").is_some() {
            for schema in self.extended.get(&component.id()).cloned().unwrap_or_default() {
                self.mark(schema);
            }
        }
    }

    /// The component at, or around, the target of a local reference.
    fn target(&self, reference: &str) -> Option<Node<'d>> {
        let target = decode(reference.strip_prefix('#')?);
        let mut node = self.root;
        for segment in pointer::segments(&target)? {
            let is_section = self.sections.contains(&node.id());
            node = node.get(&segment)?;
            if is_section {
                return Some(node);
            }
        }
        None
    }
}

/// Can it be referred to by a name of its own (`$id`, `$anchor`), which no pointer shows?
fn has_own_name(node: Node<'_>) -> bool {
    let named = |entry: Entry<'_>| {
        matches!(entry.name().as_ref(), "$id" | "$anchor" | "$dynamicAnchor") || has_own_name(entry.value)
    };
    node.entries().any(named) || node.items().any(has_own_name)
}

/// The text of a fragment, whose characters may be percent-encoded (RFC 3986, section 3.5).
fn decode(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
