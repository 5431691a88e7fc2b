//! Responses: statuses, headers and links.

use super::{Body, Comparison, media};
use crate::finding::quote;
use crate::rule::{Place, Rule, rules};
use crate::schema::is_scalar;
use crate::spec::{Node, Spec};
use countersign_plugin::Direction;
use std::collections::BTreeMap;

rules! {
    SUCCESS_REMOVED = "response-success-status-removed", Breaking,
        "An operation no longer answers with a status that meant success. A client that was generated with it does not \
         know what it gets instead.",
        "Go on answering with the status.";
    SUCCESS_ADDED = "response-success-status-added", Compatible,
        "An operation can answer with one more status that means success.",
        "Nothing to do, as long as clients still get the status that they know.";
    OTHER_REMOVED = "response-non-success-status-removed", Compatible,
        "An operation no longer documents an answer that means failure.",
        "Nothing to do, where the answer really does not occur.";
    OTHER_ADDED = "response-non-success-status-added", Compatible,
        "An operation documents one more answer that means failure.",
        "Nothing to do.";
    REQUIRED_HEADER_REMOVED = "required-response-header-removed", Breaking,
        "A header that every response had is gone. Clients that read it fail.",
        "Go on sending the header.";
    OPTIONAL_HEADER_REMOVED = "optional-response-header-removed", Risky,
        "A header that responses could have is gone.",
        "Go on sending the header until no client reads it.";
    HEADER_ADDED = "response-header-added", Compatible,
        "Responses have a new header.",
        "Nothing to do.";
    HEADER_BECAME_OPTIONAL = "response-header-became-optional", Breaking,
        "A header that every response had may now be missing.",
        "Go on sending the header in every response.";
    HEADER_BECAME_REQUIRED = "response-header-became-required", Compatible,
        "A header that could be missing is now in every response.",
        "Nothing to do.";
    HEADER_STYLE_CHANGED = "response-header-style-changed", Breaking,
        "The value of a header is written in another way (`explode`, or as a media type). Clients cannot read it.",
        "Go on writing it in the old way, or send another header.";
    LINK_REMOVED = "response-link-removed", Compatible,
        "A response no longer has a link. Nothing changes on the wire; clients that follow links by their name do \
         not find it.",
        "Keep the link.";
    LINK_CHANGED = "response-link-changed", Compatible,
        "A link of a response leads elsewhere.",
        "Check that clients that follow the link still get what they expect.";
}

/// Responses by status in lower case, such as `200`, `2xx` and `default`.
type Responses<'a> = BTreeMap<String, Node<'a>>;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) = (responses(comparison.base, old), responses(comparison.head, new));
    for (status, node) in &base {
        let mut others = counterparts(status, &head);
        if others.is_empty() {
            let rule: &'static Rule = if is_success(status) { &SUCCESS_REMOVED } else { &OTHER_REMOVED };
            let summary = format!("the response with the status {} was removed", quote(status));
            comparison.found_rule(rule, Direction::Response, Some(*node), Some(new), summary);
            others.extend(by_default(status, &head));
        }
        for other in others {
            one(comparison, *node, other);
        }
    }
    for (status, node) in head.iter().filter(|(status, _)| counterparts(status, &base).is_empty()) {
        let rule: &'static Rule = if is_success(status) { &SUCCESS_ADDED } else { &OTHER_ADDED };
        let summary = format!("a response with the status {} was added", quote(status));
        comparison.found_rule(rule, Direction::Response, None, Some(*node), summary);
        if let Some(other) = by_default(status, &base) {
            one(comparison, other, *node);
        }
    }
}

fn responses<'a>(spec: &Spec<'a>, operation: Node<'a>) -> Responses<'a> {
    let entries = operation.get("responses").into_iter().flat_map(Node::entries);
    entries
        .filter(|entry| !entry.name().starts_with("x-"))
        .map(|entry| (entry.name().to_ascii_lowercase(), spec.resolved(entry.value)))
        .collect()
}

/// The responses that a status meets in the other document: itself, else the range that it lies in, else the
/// statuses that lie in it.
fn counterparts<'a>(status: &str, others: &Responses<'a>) -> Vec<Node<'a>> {
    let range = format!("{}xx", status.get(..1).unwrap_or_default());
    if let Some(other) = others.get(status).or_else(|| others.get(&range)) {
        return vec![*other];
    }
    if status != range {
        return Vec::new();
    }
    let inside = others.iter().filter(|(other, _)| other.len() == 3 && other.starts_with(&status[..1]));
    inside.map(|(_, node)| *node).collect()
}

/// The default response, which stands in for a failure that has none of its own.
fn by_default<'a>(status: &str, others: &Responses<'a>) -> Option<Node<'a>> {
    others.get("default").copied().filter(|_| !is_success(status) && status != "default")
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn one<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    if comparison.unchanged.holds(old, new) {
        return;
    }
    media::content(comparison, old, new, comparison.flow.place(Body::Response));
    headers(comparison, old, new);
    links(comparison, old, new);
}

fn headers<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) = (named(comparison.base, old, "headers"), named(comparison.head, new, "headers"));
    let required = |header: Node<'a>| header.get("required").and_then(Node::as_bool) == Some(true);
    for (name, node) in &base {
        let (rule, what): (&'static Rule, _) =
            match head.get(name).map(|other| (required(*node), required(*other))) {
                None if required(*node) => (&REQUIRED_HEADER_REMOVED, "was removed"),
                None => (&OPTIONAL_HEADER_REMOVED, "was removed"),
                Some((true, false)) => (&HEADER_BECAME_OPTIONAL, "became optional"),
                Some((false, true)) => (&HEADER_BECAME_REQUIRED, "became required"),
                Some((true, true) | (false, false)) => continue,
            };
        let summary = format!("the response header {} {what}", quote(name));
        comparison.found_rule(rule, Direction::Response, Some(*node), head.get(name).copied(), summary);
    }
    for (name, node) in &head {
        match base.get(name) {
            Some(other) => header(comparison, *other, *node),
            None => {
                let summary = format!("the response header {} was added", quote(name));
                comparison.found_rule(&HEADER_ADDED, Direction::Response, None, Some(*node), summary);
            }
        }
    }
}

fn header<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let part = |keyword: &str| (old.get(keyword), new.get(keyword));
    let rewritten = match (part("schema"), part("content")) {
        ((Some(base), Some(head)), (None, None)) => {
            comparison.schemas(base, head, Place::ResponseHeader);
            let explode = |node: Node<'a>| node.get("explode").and_then(Node::as_bool) == Some(true);
            explode(old) != explode(new)
                && !(is_scalar(base, comparison.base) && is_scalar(head, comparison.head))
        }
        ((None, None), (Some(_), Some(_))) => {
            media::content(comparison, old, new, Place::ResponseHeader);
            false
        }
        ((Some(_), None), (None, Some(_))) | ((None, Some(_)), (Some(_), None)) => true,
        _ => false,
    };
    if rewritten {
        let summary = "a response header is written in another way";
        comparison.found_rule(&HEADER_STYLE_CHANGED, Direction::Response, Some(old), Some(new), summary);
    }
}

fn links<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) = (named(comparison.base, old, "links"), named(comparison.head, new, "links"));
    for (name, node) in &base {
        let (rule, what): (&'static Rule, _) = match head.get(name) {
            None => (&LINK_REMOVED, "was removed"),
            Some(other) if !node.same(*other) => (&LINK_CHANGED, "changed"),
            Some(_) => continue,
        };
        let summary = format!("the link {} {what}", quote(name));
        comparison.found_rule(rule, Direction::Response, Some(*node), head.get(name).copied(), summary);
    }
}

/// Headers or links by their name in lower case.
fn named<'a>(spec: &Spec<'a>, response: Node<'a>, section: &str) -> BTreeMap<String, Node<'a>> {
    let entries = response.get(section).into_iter().flat_map(Node::entries);
    entries
        .map(|entry| (entry.name().to_ascii_lowercase(), spec.resolved(entry.value)))
        .filter(|(name, _)| section != "headers" || name != "content-type")
        .collect()
}
