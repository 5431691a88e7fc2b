//! Paths, operations, webhooks and callbacks: whether they are there, and what they are called.

use super::{Comparison, Flow, bodies, parameters, responses, security, servers};
use crate::finding::quote;
use crate::rule::{Rule, rules};
use crate::settings::{View, Views};
use crate::spec::{Node, Spec};
use countersign_plugin::Direction::Neither;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    ENDPOINT_ADDED = "endpoint-added", Compatible,
        "There is a new operation.",
        "Nothing to do.";
    PATH_REMOVED = "api-path-removed-without-deprecation", Breaking,
        "A path and its operations are gone, and nothing had announced it. Clients that call them fail.",
        "Mark the operations `deprecated: true` for as long as clients need to move, then remove them.";
    OPERATION_REMOVED = "api-removed-without-deprecation", Breaking,
        "An operation is gone, and nothing had announced it. Clients that call it fail.",
        "Mark the operation `deprecated: true` for as long as clients need to move, then remove it.";
    PATH_REMOVED_DEPRECATED = "api-path-removed-with-deprecation", Compatible, typed_client: Risky, source: Breaking,
        "A path is gone whose operations were deprecated. Clients that did not move fail.",
        "Make sure that no client calls the path any more.";
    OPERATION_REMOVED_DEPRECATED = "api-removed-with-deprecation", Compatible, typed_client: Risky, source: Breaking,
        "An operation is gone that was deprecated. Clients that did not move fail.",
        "Make sure that no client calls the operation any more.";
    DEPRECATED = "endpoint-deprecated", Compatible,
        "An operation is deprecated: it still works, and its end is announced.",
        "Move clients to what replaces it.";
    REACTIVATED = "endpoint-reactivated", Compatible,
        "An operation is no longer deprecated.",
        "Nothing to do.";
    ID_REMOVED = "api-operation-id-removed", Compatible, typed_client: Risky, source: Breaking,
        "An operation lost its id, or has another. Nothing changes on the wire, but generators name functions after \
         it, so that code that calls the function no longer compiles once the client is generated again.",
        "Keep the id; it is a name in other people's code.";
    ID_ADDED = "api-operation-id-added", Compatible, source: Breaking,
        "An operation got an id. Generators name functions after it.",
        "Nothing to do.";
    CLASS_CHANGED = "api-first-tag-changed", Compatible, source: Breaking, only source,
        "The first tag of an operation is another one. Many generators name the class or the module of a function after \
         it, so that code that calls the function no longer compiles once the client is generated again.",
        "Keep the tag; it is a name in other people's code.";
    WEBHOOK_ADDED = "webhook-added", Compatible,
        "There is a new webhook.",
        "Nothing to do.";
    WEBHOOK_REMOVED = "webhook-removed", Breaking,
        "A webhook is gone. Clients that wait for it are no longer called.",
        "Go on sending it until no client listens.";
    CALLBACK_ADDED = "callback-added", Compatible,
        "An operation has a new callback.",
        "Nothing to do.";
    CALLBACK_REMOVED = "callback-removed", Breaking,
        "A callback of an operation is gone. Clients that wait for it are no longer called.",
        "Go on sending it until no client listens.";
}

/// The methods that a path item can have (OpenAPI 3.2, section 4.9).
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The operations of a path item by method in upper case, the additional ones of OpenAPI 3.2 among them.
fn operations(item: Node<'_>) -> BTreeMap<String, Node<'_>> {
    let fixed = METHODS.iter().filter_map(|method| Some((method.to_ascii_uppercase(), item.get(method)?)));
    let additional = item.get("additionalOperations").into_iter().flat_map(Node::entries);
    additional.map(|entry| (entry.name().to_ascii_uppercase(), entry.value)).chain(fixed).collect()
}

/// A path in both documents, or an operation of it.
#[derive(Clone, Copy)]
pub(super) struct Side<'p, 'a> {
    pub(super) template: &'p str,
    pub(super) item: Node<'a>,
    pub(super) operation: Node<'a>,
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, views: &Views<'_>) {
    let key = if views.parameter_names { str::to_owned } else { normalized };
    let (old, new) = (seen(comparison.base, &views.base, key), seen(comparison.head, &views.head, key));
    both(comparison, &old, &new);
    comparison.flow = Flow::Callback;
    comparison.operation.clear();
    let whole = |name: &str| name.to_owned();
    let (old, new) = (paths(comparison.base, "webhooks", whole), paths(comparison.head, "webhooks", whole));
    existence(comparison, &old, &new, &WEBHOOK_REMOVED, &WEBHOOK_ADDED, "the webhook");
    let shared = |paths: &Paths<'a>, other: &Paths<'a>| -> Paths<'a> {
        paths
            .iter()
            .filter(|(key, _)| other.contains_key(*key))
            .map(|(key, path)| (key.clone(), path.clone()))
            .collect()
    };
    both(comparison, &shared(&old, &new), &shared(&new, &old));
    comparison.flow = Flow::Call;
}

type Paths<'a> = BTreeMap<String, (String, Node<'a>)>;

/// The paths that are compared, by what identifies them.
fn seen<'a>(spec: &Spec<'a>, view: &View<'_>, key: fn(&str) -> String) -> Paths<'a> {
    let named = items(spec, spec.root().get("paths"), str::to_owned);
    let named = named.into_iter().filter_map(|(path, (_, item))| Some((view.name(&path)?, item)));
    named.map(|(name, item)| (key(&name), (name, item))).collect()
}

/// Path items by what identifies their path.
fn paths<'a>(spec: &Spec<'a>, section: &str, key: impl Fn(&str) -> String) -> Paths<'a> {
    items(spec, spec.root().get(section), key)
}

fn items<'a>(spec: &Spec<'a>, section: Option<Node<'a>>, key: impl Fn(&str) -> String) -> Paths<'a> {
    let entries = section.into_iter().flat_map(Node::entries).filter(|entry| !entry.name().starts_with("x-"));
    entries
        .map(|entry| (key(&entry.name()), (entry.name().into_owned(), spec.resolved(entry.value))))
        .collect()
}

/// A template without the names of its parameters, which say nothing on the wire.
fn normalized(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    path.push_str(rest);
    path
}

fn both<'a>(comparison: &mut Comparison<'_, 'a>, old: &Paths<'a>, new: &Paths<'a>) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (old, new) = (old.get(key), new.get(key));
        let all =
            |path: Option<&(String, Node<'a>)>| path.map(|(_, item)| operations(*item)).unwrap_or_default();
        let (old_operations, new_operations) = (all(old), all(new));
        let methods: BTreeSet<&String> = old_operations.keys().chain(new_operations.keys()).collect();
        for method in methods {
            let (old_operation, new_operation) =
                (old_operations.get(method).copied(), new_operations.get(method).copied());
            let template = old.or(new).map_or("", |(template, _)| template.as_str());
            comparison.operation = format!("{method} {template}");
            match (old.zip(old_operation), new.zip(new_operation)) {
                (None, None) => {}
                (Some((_, operation)), None) => removed(comparison, operation, new.map(|(_, item)| *item)),
                (None, Some((_, operation))) => {
                    let summary = format!("{} was added", quote(&comparison.operation));
                    comparison.found_rule(&ENDPOINT_ADDED, Neither, None, Some(operation), summary);
                }
                (Some((old, old_operation)), Some((new, new_operation))) => {
                    let old = Side { template: &old.0, item: old.1, operation: old_operation };
                    let new = Side { template: &new.0, item: new.1, operation: new_operation };
                    one(comparison, old, new);
                }
            }
        }
    }
}

fn removed<'a>(comparison: &mut Comparison<'_, 'a>, operation: Node<'a>, path: Option<Node<'a>>) {
    let deprecated = operation.get("deprecated").and_then(Node::as_bool) == Some(true);
    let rule: &'static Rule = match (path.is_some(), deprecated) {
        (false, false) => &PATH_REMOVED,
        (false, true) => &PATH_REMOVED_DEPRECATED,
        (true, false) => &OPERATION_REMOVED,
        (true, true) => &OPERATION_REMOVED_DEPRECATED,
    };
    let after = if deprecated { " after its deprecation" } else { "" };
    let summary = format!("{} was removed{after}", quote(&comparison.operation));
    comparison.found_rule(rule, Neither, Some(operation), path, summary);
}

/// Compare an operation that is in both documents.
fn one<'a>(comparison: &mut Comparison<'_, 'a>, old: Side<'_, 'a>, new: Side<'_, 'a>) {
    // What an operation inherits from the document is compared even where its own text is the same.
    security::requirements(comparison, old.operation, new.operation);
    servers::operation(comparison, old, new);
    if comparison.unchanged.holds(old.item, new.item) {
        return;
    }
    lifecycle(comparison, old.operation, new.operation);
    parameters::compare(comparison, old, new);
    bodies::request(comparison, old.operation, new.operation);
    responses::compare(comparison, old.operation, new.operation);
    callbacks(comparison, old.operation, new.operation);
}

fn lifecycle<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let deprecated = |node: Node<'a>| node.get("deprecated").and_then(Node::as_bool) == Some(true);
    let name = quote(&comparison.operation);
    match (deprecated(old), deprecated(new)) {
        (false, true) => {
            comparison.found_rule(
                &DEPRECATED,
                Neither,
                Some(old),
                Some(new),
                format!("{name} is deprecated"),
            );
        }
        (true, false) => {
            comparison.found_rule(
                &REACTIVATED,
                Neither,
                Some(old),
                Some(new),
                format!("{name} is no longer deprecated"),
            );
        }
        (true, true) | (false, false) => {}
    }
    tag(comparison, old, new);
    let id =
        |node: Node<'a>| node.get("operationId").and_then(Node::as_str).map(std::borrow::Cow::into_owned);
    let (before, after) = (id(old), id(new));
    if before == after {
        return;
    }
    let (rule, what): (&'static Rule, _) = match (&before, &after) {
        (Some(_), Some(_)) => (&ID_REMOVED, "has another operation id"),
        (Some(_), None) => (&ID_REMOVED, "lost its operation id"),
        (None, _) => (&ID_ADDED, "got an operation id"),
    };
    let finding = crate::finding::Finding::new(rule, Neither, Some(old), Some(new), format!("{name} {what}"));
    comparison.found(finding.values(before, after));
}

/// The first tag is a name in generated code.
fn tag<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let first = |node: Node<'a>| node.get("tags").and_then(|tags| tags.item(0)).and_then(Node::as_str);
    let (before, after) = (first(old), first(new));
    if before != after {
        let summary = format!("{} has another first tag", quote(&comparison.operation));
        let rule: &'static Rule = &CLASS_CHANGED;
        let finding = crate::finding::Finding::new(rule, Neither, Some(old), Some(new), summary);
        comparison.found(finding.values(before.map(Into::into), after.map(Into::into)));
    }
}

fn callbacks<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let whole = |name: &str| name.to_owned();
    let listed = (
        items(comparison.base, old.get("callbacks"), whole),
        items(comparison.head, new.get("callbacks"), whole),
    );
    existence(comparison, &listed.0, &listed.1, &CALLBACK_REMOVED, &CALLBACK_ADDED, "the callback");
    let (outer, flow) = (comparison.operation.clone(), comparison.flow);
    for (name, (_, old)) in &listed.0 {
        let Some((_, new)) = listed.1.get(name) else { continue };
        let (old, new) =
            (items(comparison.base, Some(*old), whole), items(comparison.head, Some(*new), whole));
        comparison.flow = flow.reversed();
        both(comparison, &old, &new);
        comparison.flow = flow;
    }
    comparison.operation = outer;
}

/// Report what is in one of two sets of named things only.
fn existence<'a>(
    comparison: &mut Comparison<'_, 'a>,
    old: &Paths<'a>,
    new: &Paths<'a>,
    removed: &'static Rule,
    added: &'static Rule,
    noun: &str,
) {
    for (name, (_, node)) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        comparison.found_rule(
            removed,
            Neither,
            Some(*node),
            None,
            format!("{noun} {} was removed", quote(name)),
        );
    }
    for (name, (_, node)) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        comparison.found_rule(added, Neither, None, Some(*node), format!("{noun} {} was added", quote(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_path_parameters_say_nothing() {
        assert_eq!(normalized("/a/{b}/c-{d}"), "/a/{}/c-{}");
        assert_eq!(normalized("/a/{b}"), normalized("/a/{c}"));
        assert_ne!(normalized("/a/{b}"), normalized("/a/b"));
    }
}
