//! Responses: statuses, headers and media types.

use super::content;
use super::engine::Engine;
use super::keywords::nullability;
use super::operations::Operation;
use super::paths::Pair;
use super::schema::Side;
use super::{Comparison, Subject, bodies, types};
use crate::spec::Node;
use std::collections::BTreeMap;

type ByName<'a> = BTreeMap<String, Node<'a>>;

/// What changed in the responses of an operation.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>, operation: &Operation<'a>) {
    let base = responses(&comparison.engine.base, operation.base);
    let head = responses(&comparison.engine.head, operation.head);
    for (status, node) in base.iter().filter(|(status, _)| !head.contains_key(*status)) {
        presence(comparison, operation, status, "removed", (Some(*node), None));
    }
    for (status, node) in head.iter().filter(|(status, _)| !base.contains_key(*status)) {
        presence(comparison, operation, status, "added", (None, Some(*node)));
    }
    comparison.engine.forget();
    for (status, old) in &base {
        if let Some(new) = head.get(status) {
            headers(comparison, pair, operation, status, (*old, *new));
            body(comparison, pair, operation, status, (*old, *new));
        }
    }
    comparison.engine.forget();
}

fn responses<'a>(side: &Side<'_, 'a>, operation: Node<'a>) -> ByName<'a> {
    let entries = operation.get("responses").into_iter().flat_map(Node::entries);
    entries
        .filter(|entry| !entry.name().starts_with("x-"))
        .map(|entry| (entry.name().into_owned(), side.resolved(entry.value)))
        .filter(|(_, node)| node.is_object())
        .collect()
}

/// A status that only one document has; patterns such as `4XX` and `default` are no numbers.
fn presence<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    status: &str,
    end: &str,
    places: (Option<Node<'a>>, Option<Node<'a>>),
) {
    let Ok(number) = status.parse::<i64>() else { return };
    let kind = if (200..300).contains(&number) { "success" } else { "non-success" };
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    comparison.report(&format!("response-{kind}-status-{end}"), &subject, vec![status.into()]);
}

fn headers<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Pair<'a>,
    operation: &Operation<'a>,
    status: &str,
    (old, new): (Node<'a>, Node<'a>),
) {
    let read = |side: &Side<'_, 'a>, response: Node<'a>| -> ByName<'a> {
        let entries = response.get("headers").into_iter().flat_map(Node::entries);
        let named = entries.map(|entry| {
            let name = entry.name();
            let name = if pair.lowers_headers() { name.to_lowercase() } else { name.into_owned() };
            (name, side.resolved(entry.value))
        });
        named.filter(|(_, node)| node.is_object()).collect()
    };
    let Engine { base, head, .. } = &comparison.engine;
    let (base, head) = (read(base, old), read(head, new));
    let required = |node: Node<'a>| node.get("required").and_then(Node::as_bool) == Some(true);
    for (name, old) in &base {
        let places = (Some(*old), head.get(name).copied());
        let subject = Subject { operation: Some(operation), places, ..Subject::default() };
        let named = vec![name.clone(), status.to_owned()];
        let Some(new) = head.get(name) else {
            let kind = if required(*old) { "required" } else { "optional" };
            comparison.report(&format!("{kind}-response-header-removed"), &subject, named);
            continue;
        };
        if required(*old) && !required(*new) {
            comparison.report("response-header-became-optional", &subject, named);
        }
        header(comparison, &subject, name, status, (*old, *new));
    }
    for (name, new) in head.iter().filter(|(name, _)| !base.contains_key(*name)) {
        let places = (None, Some(*new));
        let subject = Subject { operation: Some(operation), places, ..Subject::default() };
        comparison.report("response-header-added", &subject, vec![name.clone(), status.into()]);
    }
}

/// The schema of a header, which is text on the wire.
fn header<'a>(
    comparison: &mut Comparison<'_, 'a>,
    subject: &Subject<'_, 'a>,
    name: &str,
    status: &str,
    (old, new): (Node<'a>, Node<'a>),
) {
    let schema =
        |node: Node<'a>| node.get("schema").filter(|schema| schema.is_object() || schema.as_bool().is_some());
    let Some(difference) = comparison.engine.difference(schema(old), schema(new)) else { return };
    if let Some(end) = nullability(&difference) {
        comparison.report(&format!("response-header-{end}"), subject, vec![name.into(), status.into()]);
    }
    if types::differ(&difference) {
        let verdict = types::response_verdict(&difference, false);
        let [dimension, from, to] = types::arguments(&comparison.engine, &difference);
        let arguments = vec![name.into(), dimension, from, to, status.into()];
        let subject = Subject { explained_by: Some(&difference), ..*subject };
        comparison.report(&format!("response-header-type-{verdict}"), &subject, arguments);
    }
}

fn body<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Pair<'a>,
    operation: &Operation<'a>,
    status: &str,
    (old, new): (Node<'a>, Node<'a>),
) {
    let content = content::compare(&mut comparison.engine, Some(old), Some(new));
    let places = (Some(old), Some(new));
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    let named = |name: &str| vec![name.to_owned(), status.to_owned()];
    for name in &content.deleted {
        comparison.report("response-media-type-removed", &subject, named(name));
    }
    for name in &content.added {
        comparison.report("response-media-type-added", &subject, named(name));
    }
    for media in content.modified.iter().filter(|media| media.old_name != media.name) {
        let rule = format!("response-media-type-name-{}", content::name_change(&media.old_name, &media.name));
        let arguments = vec![media.old_name.clone(), media.name.clone(), status.into()];
        comparison.report(&rule, &subject, arguments);
    }
    bodies::contents(comparison, operation, &content, Some(status), !pair.is_webhook());
}
