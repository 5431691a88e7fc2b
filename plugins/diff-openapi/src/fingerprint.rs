//! Numbers that are equal for schemas that say the same, so that of many alternatives few need be compared.
//!
//! What is equal by [`crate::equal`] has the same number; what has the same number need not be equal.

use crate::equal::{Meaning, followed, is_reference, literal, read, set};
use crate::schema::is_annotation;
use crate::spec::{Kind, Node, Spec};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Schemas inside schemas that are looked at.
const DEPTH: u8 = 4;

/// The number of a schema.
pub(crate) fn fingerprint<'a>(schema: Node<'a>, spec: &Spec<'a>) -> u64 {
    of(schema, Meaning::Schema, spec, DEPTH)
}

/// One number for several things.
pub(crate) fn hashed(things: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    things.hash(&mut hasher);
    hasher.finish()
}

fn of<'a>(node: Node<'a>, meaning: Meaning, spec: &Spec<'a>, depth: u8) -> u64 {
    let node = if matches!(meaning, Meaning::Schema) { followed(node, spec) } else { node };
    match (node.kind(), meaning) {
        (_, Meaning::Set) => hashed(set(node)),
        (Kind::Object, Meaning::Schema | Meaning::Names) => object(node, meaning, spec, depth),
        (Kind::Array, Meaning::Schema) => {
            let inside = depth.checked_sub(1).into_iter();
            let inside =
                inside.flat_map(|depth| node.items().map(move |item| of(item, meaning, spec, depth)));
            hashed((node.len(), inside.collect::<Vec<_>>()))
        }
        _ => hashed(literal(node)),
    }
}

fn object<'a>(node: Node<'a>, meaning: Meaning, spec: &Spec<'a>, depth: u8) -> u64 {
    let Some(below) = depth.checked_sub(1) else { return 0 };
    let is_schema = matches!(meaning, Meaning::Schema);
    let key = (node.id(), is_schema, depth);
    if let Some(known) = spec.fingerprints.borrow().get(&key) {
        return *known;
    }
    let entries = node.entries().filter(|entry| !is_schema || !is_annotation(&entry.name()));
    let one = |entry: countersign_document::Entry<'a>| {
        let name = entry.name();
        let value = match spec.target(node).filter(|_| is_schema && is_reference(&name)) {
            Some(target) => of(target, Meaning::Schema, spec, below),
            None if is_schema => of(entry.value, read(&name), spec, below),
            None => of(entry.value, Meaning::Schema, spec, below),
        };
        hashed((name, value))
    };
    // The order of keys says nothing.
    let number = entries.map(one).fold(0, u64::wrapping_add);
    spec.fingerprints.borrow_mut().insert(key, number);
    number
}
