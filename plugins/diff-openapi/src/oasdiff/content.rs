//! Media types: which of both documents belong together.

use super::difference::Difference;
use super::engine::{Engine, READING};
use super::operations::differs;
use crate::spec::Node;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What differs between two objects with content by media type.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) added: Vec<String>,
    pub(super) deleted: Vec<String>,
    pub(super) modified: Vec<Media<'a>>,
}

/// A media type of both documents that changed.
pub(super) struct Media<'a> {
    pub(super) old_name: String,
    pub(super) name: String,
    pub(super) base: Node<'a>,
    pub(super) head: Node<'a>,
    pub(super) difference: Option<Rc<Difference<'a>>>,
}

impl Media<'_> {
    /// What follows messages where several media types changed.
    pub(super) fn details(&self, of: usize) -> String {
        if of > 1 { format!("(media type: {})", self.name) } else { String::new() }
    }
}

/// Match media types by name, and others by what they mean.
pub(super) fn compare<'a>(
    engine: &mut Engine<'_, 'a>,
    base: Option<Node<'a>>,
    head: Option<Node<'a>>,
) -> Content<'a> {
    let read = |node: Option<Node<'a>>| -> BTreeMap<String, Node<'a>> {
        let entries = node.and_then(|node| node.get("content")).into_iter().flat_map(Node::entries);
        let objects = entries.filter(|entry| entry.value.is_object());
        objects.map(|entry| (entry.name().into_owned(), entry.value)).collect()
    };
    let (old, new) = (read(base), read(head));
    let mut found = Content::default();
    let mut unmatched = BTreeSet::new();
    for (name, node) in &old {
        match new.get(name) {
            Some(other) => found.modified.extend(media(engine, (name, *node), (name, *other))),
            None => {
                unmatched.insert(name.clone());
            }
        }
    }
    for (name, node) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        if !engine.affords(unmatched.len() * READING) {
            return found;
        }
        let equal =
            unmatched.iter().find(|other| is_contained(name, other) || is_contained(other, name)).cloned();
        match equal {
            Some(other) => {
                unmatched.remove(&other);
                found.modified.extend(media(engine, (&other, old[&other]), (name, *node)));
            }
            None => found.added.push(name.clone()),
        }
    }
    found.deleted.extend(unmatched);
    found
}

fn media<'a>(
    engine: &mut Engine<'_, 'a>,
    (old_name, base): (&str, Node<'a>),
    (name, head): (&str, Node<'a>),
) -> Option<Media<'a>> {
    let schema =
        |node: Node<'a>| node.get("schema").filter(|schema| schema.is_object() || schema.as_bool().is_some());
    let difference = engine.difference(schema(base), schema(head));
    let changed = old_name != name || difference.is_some() || others_differ(engine, base, head);
    changed.then(|| Media { old_name: old_name.into(), name: name.into(), base, head, difference })
}

/// Whether examples, encodings or extensions differ.
fn others_differ<'a>(engine: &Engine<'_, 'a>, base: Node<'a>, head: Node<'a>) -> bool {
    let mut keys: BTreeSet<String> = base.entries().map(|entry| entry.name().into_owned()).collect();
    keys.extend(head.entries().map(|entry| entry.name().into_owned()));
    keys.iter().filter(|key| *key != "schema").any(|key| match (base.get(key), head.get(key)) {
        (Some(base), Some(head)) => differs(engine, base, head),
        (one, other) => one.or(other).is_some_and(|node| !node.is_null() && !node.is_empty()),
    })
}

/// A media type in its parts (RFC 6838, section 4.2).
#[derive(Debug, PartialEq)]
struct Name {
    kind: String,
    subtype: String,
    suffix: String,
    parameters: BTreeMap<String, String>,
}

fn parse(name: &str) -> Option<Name> {
    let mut parts = name.split(';');
    let essence = parts.next()?.trim().to_lowercase();
    let (kind, rest) = essence.split_once('/')?;
    let mut subtypes = rest.split('+');
    let (subtype, suffix) = (subtypes.next()?, subtypes.next());
    let is_token = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '/');
    if !is_token(kind) || !is_token(rest) || suffix == Some("") || subtypes.next().is_some() {
        return None;
    }
    let parameters: Option<BTreeMap<String, String>> =
        parts.filter(|part| !part.trim().is_empty()).map(parameter).collect();
    Some(Name {
        kind: kind.into(),
        subtype: subtype.into(),
        suffix: suffix.unwrap_or_default().into(),
        parameters: parameters?,
    })
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.trim().split_once('=')?;
    let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    (!name.is_empty()).then(|| (name.to_lowercase(), value.to_owned()))
}

/// Whether the second media type is a special case of the first one, parameters aside.
fn is_contained(general: &str, special: &str) -> bool {
    let (Some(general), Some(special)) = (parse(general), parse(special)) else { return false };
    let refined =
        general.suffix.is_empty() && !special.suffix.is_empty() && special.suffix == general.subtype;
    let same = (&general.subtype, &general.suffix) == (&special.subtype, &special.suffix);
    general.kind == special.kind && (refined || same)
}

/// The end of the id for a media type of a response that has another name.
pub(super) fn name_change(old: &str, new: &str) -> &'static str {
    let parameters = |name: &str| parse(name).map(|name| name.parameters);
    if parameters(old) != parameters(new) {
        return "changed";
    }
    if is_contained(old, new) { "specialized" } else { "generalized" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_contains_those_with_its_name_as_suffix() {
        for (general, special) in [
            ("application/json", "application/problem+json"),
            ("application/xml", "Application/atom+XML"),
            ("text/plain", "text/plain; charset=utf-8"),
        ] {
            assert!(is_contained(general, special), "{special}");
        }
        for (general, special) in [
            ("application/problem+json", "application/json"),
            ("application/json", "text/x+json"),
            ("application/json", "application/a+b+json"),
            ("json", "application/json"),
            ("a/b; q", "a/b"),
        ] {
            assert!(!is_contained(general, special), "{special}");
        }
    }

    #[test]
    fn a_change_of_parameters_is_a_change_of_the_media_type() {
        assert_eq!(name_change("text/plain", "text/plain;a=\"b\""), "changed");
        assert_eq!(name_change("application/json", "application/hal+json"), "specialized");
        assert_eq!(name_change("application/hal+json", "application/json"), "generalized");
    }
}
