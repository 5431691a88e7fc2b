//! What changed in one operation: its id, its tags and what hangs below it.

use super::difference::Names;
use super::engine::Engine;
use super::paths::Pair;
use super::schema::texts;
use super::value::text;
use super::{Comparison, Subject, bodies, lifecycle, parameters, responses, security, stability};
use crate::spec::{Kind, Node};
use std::collections::HashSet;

/// The methods that oasdiff knows.
pub(super) const METHODS: [&str; 9] =
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// An operation of both documents; where only one has it, both nodes are the same.
pub(super) struct Operation<'a> {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) base: Node<'a>,
    pub(super) head: Node<'a>,
}

impl<'a> Operation<'a> {
    pub(super) fn of(path: &str, method: &'static str, base: Node<'a>, head: Node<'a>) -> Self {
        Self { path: path.to_owned(), method, base, head }
    }

    /// A subject that is the operation as a whole.
    pub(super) fn subject(&self) -> Subject<'_, 'a> {
        let places = (Some(self.base), Some(self.head));
        Subject { operation: Some(self), places, ..Subject::default() }
    }
}

/// Compare an operation, unless it is not stable enough to count.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>, operation: &Operation<'a>) {
    if !pair.is_webhook() {
        if differs(&comparison.engine, operation.base, operation.head) {
            stability::invalid(comparison, operation, operation.base);
            stability::invalid(comparison, operation, operation.head);
        }
        stability::changed(comparison, operation);
        if !stability::counts(operation.head, comparison.settings.stability()) {
            return;
        }
    }
    identity(comparison, operation);
    lifecycle::operation(comparison, operation);
    security::requirements_of(comparison, operation);
    parameters::compare(comparison, pair, operation);
    bodies::compare(comparison, pair, operation);
    responses::compare(comparison, pair, operation);
}

/// The id and the tags.
fn identity<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>) {
    let id = |node: Node<'_>| node.get("operationId").map(text).unwrap_or_default();
    let (old, new) = (id(operation.base), id(operation.head));
    let subject = operation.subject();
    if old != new {
        if old.is_empty() {
            comparison.report("api-operation-id-added", &subject, vec![new]);
        } else {
            comparison.report("api-operation-id-removed", &subject, vec![old, new]);
        }
    }
    let tags = |node: Node<'_>| node.get("tags").map(texts).unwrap_or_default();
    let tags = Names::between(&tags(operation.base), &tags(operation.head));
    for tag in tags.deleted {
        comparison.report("api-tag-removed", &subject, vec![tag]);
    }
    for tag in tags.added {
        comparison.report("api-tag-added", &subject, vec![tag]);
    }
}

/// Whether two nodes, or what they refer to, differ at all.
pub(super) fn differs<'a>(engine: &Engine<'_, 'a>, base: Node<'a>, head: Node<'a>) -> bool {
    let mut equal = HashSet::new();
    let mut open = vec![(base, head)];
    while let Some((base, head)) = open.pop() {
        let (base, head) = (engine.base.resolved(base), engine.head.resolved(head));
        if !equal.insert((base.id(), head.id())) {
            continue;
        }
        if base.kind() != head.kind() || base.len() != head.len() {
            return true;
        }
        match base.kind() {
            Kind::Object => {
                for entry in base.entries() {
                    let Some(other) = head.get(&entry.name()) else { return true };
                    open.push((entry.value, other));
                }
            }
            Kind::Array => open.extend(base.items().zip(head.items())),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => {
                if !base.same(head) {
                    return true;
                }
            }
        }
    }
    false
}
