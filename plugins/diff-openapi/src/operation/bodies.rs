//! Request bodies, and the media types of every body.

use super::{Body, Comparison};
use crate::equal::same_value;
use crate::finding::quote;
use crate::rule::{Place, Rule, rules};
use crate::spec::Node;
use countersign_plugin::Direction;
use std::collections::BTreeMap;

rules! {
    ADDED_REQUIRED = "request-body-added-required", Breaking,
        "An operation requires a body that clients do not send.",
        "Make the body optional.";
    ADDED_OPTIONAL = "request-body-added-optional", Compatible,
        "An operation takes a body that can be left out.",
        "Nothing to do.";
    REMOVED = "request-body-removed", Breaking,
        "An operation no longer takes a body. What clients send is refused or left out in silence.",
        "Go on accepting the body.";
    BECAME_REQUIRED = "request-body-became-required", Breaking,
        "A body that clients could leave out is now required.",
        "Keep the body optional.";
    BECAME_OPTIONAL = "request-body-became-optional", Compatible,
        "A body that clients had to send may now be left out.",
        "Nothing to do.";
    REQUEST_TYPE_ADDED = "request-body-media-type-added", Compatible,
        "An operation takes its body in one more media type.",
        "Nothing to do.";
    REQUEST_TYPE_REMOVED = "request-body-media-type-removed", Breaking,
        "An operation no longer takes its body in a media type. Clients that send it are refused.",
        "Go on accepting the media type until no client sends it.";
    RESPONSE_TYPE_ADDED = "response-media-type-added", Compatible,
        "A response can have one more media type.",
        "Nothing to do, as long as clients that do not ask for it do not get it.";
    RESPONSE_TYPE_REMOVED = "response-media-type-removed", Breaking,
        "A response no longer has a media type. Clients that were generated for it cannot read the response.",
        "Go on sending the media type to clients that ask for it.";
    REQUEST_SCHEMA_ADDED = "request-body-media-type-schema-added", Breaking,
        "A body could be anything and now has a schema. Clients that send something else are refused.",
        "Go on accepting other bodies.";
    REQUEST_SCHEMA_REMOVED = "request-body-media-type-schema-removed", Compatible,
        "A body had a schema and may now be anything.",
        "Nothing to do.";
    RESPONSE_SCHEMA_ADDED = "response-body-media-type-schema-added", Compatible,
        "A response could be anything and now has a schema.",
        "Nothing to do.";
    RESPONSE_SCHEMA_REMOVED = "response-body-media-type-schema-removed", Risky, typed_client: Breaking,
        "A response had a schema and may now be anything. A client that was generated with the schema relies on it.",
        "Keep the schema.";
    ENCODING_CHANGED = "request-body-encoding-changed", Breaking,
        "The parts of a body are written in another way (`encoding`). The server no longer understands what clients send.",
        "Go on accepting the old encoding.";
}

/// The rules for media types of one direction.
struct Rules {
    added: &'static Rule,
    removed: &'static Rule,
    schema_added: &'static Rule,
    schema_removed: &'static Rule,
}

static REQUEST: Rules = Rules {
    added: &REQUEST_TYPE_ADDED,
    removed: &REQUEST_TYPE_REMOVED,
    schema_added: &REQUEST_SCHEMA_ADDED,
    schema_removed: &REQUEST_SCHEMA_REMOVED,
};
static RESPONSE: Rules = Rules {
    added: &RESPONSE_TYPE_ADDED,
    removed: &RESPONSE_TYPE_REMOVED,
    schema_added: &RESPONSE_SCHEMA_ADDED,
    schema_removed: &RESPONSE_SCHEMA_REMOVED,
};

/// Compare the request bodies of an operation.
pub(super) fn request<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) =
        (comparison.base.get(Some(old), "requestBody"), comparison.head.get(Some(new), "requestBody"));
    let required = |body: Node<'a>| body.get("required").and_then(Node::as_bool) == Some(true);
    let place = comparison.flow.place(Body::Request);
    let (rule, what): (&'static Rule, _) = match (base, head) {
        (None, None) => return,
        (None, Some(body)) if required(body) => (&ADDED_REQUIRED, "was added and is required"),
        (None, Some(_)) => (&ADDED_OPTIONAL, "was added"),
        (Some(_), None) => (&REMOVED, "was removed"),
        (Some(old), Some(new)) => {
            content(comparison, old, new, place);
            match (required(old), required(new)) {
                (false, true) => (&BECAME_REQUIRED, "became required"),
                (true, false) => (&BECAME_OPTIONAL, "became optional"),
                (true, true) | (false, false) => return,
            }
        }
    };
    comparison.found_rule(rule, place.direction(), base, head, format!("the request body {what}"));
}

/// Compare the media types of two bodies.
pub(super) fn content<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>, place: Place) {
    let rules = if place.is_request() { &REQUEST } else { &RESPONSE };
    let noun = place.noun();
    let (base, head) = (media_types(old), media_types(new));
    for (name, (written, node)) in &base {
        match head.get(name) {
            Some((_, other)) => media_type(comparison, *node, *other, place, rules),
            None => {
                let summary = format!("the {noun} no longer has the media type {}", quote(written));
                comparison.found_rule(rules.removed, place.direction(), Some(*node), Some(new), summary);
            }
        }
    }
    for (_, (written, node)) in head.iter().filter(|(name, _)| !base.contains_key(*name)) {
        let summary = format!("the {noun} got the media type {}", quote(written));
        comparison.found_rule(rules.added, place.direction(), None, Some(*node), summary);
    }
}

/// Media types by their name in lower case. JSON is UTF-8, so that a parameter that says so adds nothing.
fn media_types(body: Node<'_>) -> BTreeMap<String, (String, Node<'_>)> {
    let entries = body.get("content").into_iter().flat_map(Node::entries);
    entries
        .map(|entry| {
            let name: String = entry.name().to_ascii_lowercase().split_whitespace().collect();
            (name.trim_end_matches(";charset=utf-8").to_owned(), (entry.name().into_owned(), entry.value))
        })
        .collect()
}

fn media_type<'a>(
    comparison: &mut Comparison<'_, 'a>,
    old: Node<'a>,
    new: Node<'a>,
    place: Place,
    rules: &Rules,
) {
    let noun = place.noun();
    let keyword = |node: Node<'a>| node.get("itemSchema").or_else(|| node.get("schema"));
    match (keyword(old), keyword(new)) {
        (None, None) => {}
        (Some(base), Some(head)) => comparison.schemas(base, head, place),
        (None, Some(_)) => {
            comparison.found_rule(
                rules.schema_added,
                place.direction(),
                Some(old),
                Some(new),
                format!("the {noun} got a schema"),
            );
        }
        (Some(_), None) => {
            comparison.found_rule(
                rules.schema_removed,
                place.direction(),
                Some(old),
                Some(new),
                format!("the {noun} lost its schema"),
            );
        }
    }
    let same = match (old.get("encoding"), new.get("encoding")) {
        (None, None) => true,
        (Some(base), Some(head)) => same_value(base, head, comparison.base, comparison.head),
        (Some(only), None) | (None, Some(only)) => only.is_empty(),
    };
    if !same {
        let summary = format!("the parts of the {noun} are encoded in another way");
        comparison.found_rule(&ENCODING_CHANGED, Direction::Request, Some(old), Some(new), summary);
    }
}
