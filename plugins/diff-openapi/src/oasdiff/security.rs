//! Security requirements: alternatives, each of schemes with scopes that are all needed.

use super::difference::Names;
use super::engine::Engine;
use super::operations::Operation;
use super::schema::texts;
use super::{Comparison, Subject};
use crate::spec::Node;
use std::collections::BTreeMap;

/// An alternative: the scopes by scheme.
type Alternative = BTreeMap<String, Vec<String>>;

struct Requirements {
    added: Vec<Alternative>,
    deleted: Vec<Alternative>,
    /// Scopes by scheme of alternatives that have the same schemes.
    scopes: Vec<(String, Names)>,
}

/// The requirements for all operations that have none of their own.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let (base, head) = (comparison.engine.base.root(), comparison.engine.head.root());
    let places = (base.get("security"), head.get("security"));
    let subject = Subject { places, ..Subject::default() };
    let found = between(&comparison.engine, base, head);
    tell(comparison, "api-global-security", &subject, found, true);
}

/// The requirements of an operation.
pub(super) fn requirements_of<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>) {
    let found = between(&comparison.engine, operation.base, operation.head);
    tell(comparison, "api-security", &operation.subject(), found, false);
}

fn tell<'a>(
    comparison: &mut Comparison<'_, 'a>,
    rule: &str,
    subject: &Subject<'_, 'a>,
    found: Requirements,
    tells_none: bool,
) {
    for (end, alternatives) in [("added", found.added), ("removed", found.deleted)] {
        for alternative in alternatives.iter().filter(|alternative| tells_none || !alternative.is_empty()) {
            comparison.report(&format!("{rule}-{end}"), subject, vec![shown(alternative)]);
        }
    }
    for (scheme, scopes) in found.scopes {
        for (end, scopes) in [("added", scopes.added), ("removed", scopes.deleted)] {
            for scope in scopes {
                comparison.report(&format!("{rule}-scope-{end}"), subject, vec![scope, scheme.clone()]);
            }
        }
    }
}

fn alternatives(node: Node<'_>) -> Vec<Alternative> {
    let items = node.get("security").into_iter().flat_map(Node::items).filter(|item| item.is_object());
    let scopes = |item: Node<'_>| {
        item.entries().map(|entry| (entry.name().into_owned(), texts(entry.value))).collect()
    };
    items.map(scopes).collect()
}

/// Equal alternatives belong together; then those with equal schemes, if no other has them.
fn between(engine: &Engine<'_, '_>, base: Node<'_>, head: Node<'_>) -> Requirements {
    let (mut deleted, mut added) = (alternatives(base), alternatives(head));
    let looks = deleted.len().saturating_mul(deleted.len() + added.len()).saturating_mul(4);
    if !engine.affords(looks) {
        return Requirements { added: Vec::new(), deleted: Vec::new(), scopes: Vec::new() };
    }
    deleted.retain(|old| {
        match added.iter().position(|new| scope_changes(old, new).is_some_and(|all| all.is_empty())) {
            Some(twin) => {
                added.remove(twin);
                false
            }
            None => true,
        }
    });
    let mut scopes = Vec::new();
    let old = deleted.clone();
    deleted.retain(|alternative| {
        let same = |other: &&Alternative| alternative.keys().eq(other.keys());
        let only = old.iter().filter(same).count() == 1 && added.iter().filter(same).count() == 1;
        let twin = added.iter().position(|other| same(&other)).filter(|_| only);
        if let Some(twin) = twin {
            scopes.extend(scope_changes(alternative, &added.remove(twin)).unwrap_or_default());
        }
        twin.is_none()
    });
    Requirements { added, deleted, scopes }
}

/// What differs in the scopes of alternatives with the same schemes.
fn scope_changes(old: &Alternative, new: &Alternative) -> Option<Vec<(String, Names)>> {
    if !old.keys().eq(new.keys()) {
        return None;
    }
    let changes =
        old.iter().zip(new.values()).map(|((scheme, old), new)| (scheme.clone(), Names::between(old, new)));
    Some(changes.filter(|(_, names)| !names.is_empty()).collect())
}

fn shown(alternative: &Alternative) -> String {
    if alternative.is_empty() {
        return "{}".into();
    }
    let part = |(scheme, scopes): (&String, &Vec<String>)| {
        let mut scopes = scopes.clone();
        scopes.sort();
        if scopes.is_empty() { scheme.clone() } else { format!("{scheme}: [{}]", scopes.join(", ")) }
    };
    alternative.iter().map(part).collect::<Vec<_>>().join(" AND ")
}
