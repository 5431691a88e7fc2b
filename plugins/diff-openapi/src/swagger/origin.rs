//! From places in a converted document back to those in the document that the user has.

use crate::rule::{rank, worse};
use crate::spec::{Node, location};
use countersign_plugin::{Change, Direction, Location};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where parts of a converted document came from: pointers, each for all below it.
#[derive(Debug, Default)]
pub(crate) struct Origins(HashMap<String, String>);

impl Origins {
    pub(super) fn note(&mut self, at: String, origin: String) {
        self.0.insert(at, origin);
    }

    /// The pointer in the original; the nearest part around it that the original has.
    fn of(&self, pointer: &str, root: Node<'_>) -> String {
        let mut original = self.moved(pointer);
        while root.resolve(&original).is_none() {
            original.truncate(original.rfind('/').unwrap_or(0));
        }
        original
    }

    fn moved(&self, pointer: &str) -> String {
        let mut prefix = pointer;
        loop {
            if let Some(origin) = self.0.get(prefix) {
                return format!("{origin}{}", &pointer[prefix.len()..]);
            }
            match prefix.rfind('/') {
                Some(at) => prefix = &prefix[..at],
                None => return pointer.to_owned(),
            }
        }
    }
}

/// One of the documents as the user has it, with what was noted when it was converted.
pub(crate) type Original<'o, 'a> = (Node<'a>, Option<&'o super::Converted>);

/// Let changes point into the original documents. What was written out at each use is one cause again.
pub(crate) fn restore(changes: Vec<Change>, base: Original<'_, '_>, head: Original<'_, '_>) -> Vec<Change> {
    if base.1.is_none() && head.1.is_none() {
        return changes;
    }
    let mut merged: Vec<Change> = Vec::new();
    let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mut change in changes {
        change.base = change.base.map(|place| original(place, base));
        change.head = change.head.map(|place| original(place, head));
        if let Some(place) = change.base.as_ref().or(change.head.as_ref()) {
            change.subject.clone_from(&place.pointer);
        }
        let key = (change.rule.clone(), change.subject.clone());
        match known.get(&key) {
            Some(at) => absorb(&mut merged[*at], change),
            None => {
                known.insert(key, merged.len());
                merged.push(change);
            }
        }
    }
    merged.sort_by(|left, right| {
        (rank(left.impact), &left.subject, &left.rule).cmp(&(rank(right.impact), &right.subject, &right.rule))
    });
    merged
}

fn original(place: Location, (root, converted): Original<'_, '_>) -> Location {
    let Some(converted) = converted else { return place };
    let pointer = converted.origins.of(&place.pointer, root);
    root.resolve(&pointer).map_or(place, location)
}

fn absorb(known: &mut Change, change: Change) {
    if known.direction != change.direction {
        known.direction = Direction::Both;
    }
    known.impact = worse(known.impact, change.impact);
    let operations: BTreeSet<String> = known.operations.drain(..).chain(change.operations).collect();
    known.operations = operations.into_iter().collect();
}
