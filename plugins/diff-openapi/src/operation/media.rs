//! Media types of bodies, ranges of them, and the schemas of what they hold.

use super::{Comparison, encoding};
use crate::finding::quote;
use crate::rule::{Place, Rule, rules};
use crate::spec::{Node, Spec};
use std::collections::BTreeMap;

rules! {
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
    REQUEST_TYPE_GENERALIZED = "request-body-media-type-name-generalized", Compatible,
        "An operation takes its body in a range of media types that holds the one that it took.",
        "Nothing to do.";
    REQUEST_TYPE_SPECIALIZED = "request-body-media-type-name-specialized", Breaking,
        "An operation took its body in a range of media types and now takes some of them only. Clients that send \
         another are refused.",
        "Go on accepting the range.";
    RESPONSE_TYPE_GENERALIZED = "response-media-type-name-generalized", Breaking,
        "A response had one media type and can now have any of a range. Clients cannot read what they do not know.",
        "Go on sending the media type to clients that ask for it.";
    RESPONSE_TYPE_SPECIALIZED = "response-media-type-name-specialized", Compatible,
        "A response could have any of a range of media types and now has some of them only.",
        "Nothing to do.";
}

/// The rules for media types of one direction.
struct Rules {
    added: &'static Rule,
    removed: &'static Rule,
    generalized: &'static Rule,
    specialized: &'static Rule,
    schema_added: &'static Rule,
    schema_removed: &'static Rule,
}

static REQUEST: Rules = Rules {
    added: &REQUEST_TYPE_ADDED,
    removed: &REQUEST_TYPE_REMOVED,
    generalized: &REQUEST_TYPE_GENERALIZED,
    specialized: &REQUEST_TYPE_SPECIALIZED,
    schema_added: &REQUEST_SCHEMA_ADDED,
    schema_removed: &REQUEST_SCHEMA_REMOVED,
};
static RESPONSE: Rules = Rules {
    added: &RESPONSE_TYPE_ADDED,
    removed: &RESPONSE_TYPE_REMOVED,
    generalized: &RESPONSE_TYPE_GENERALIZED,
    specialized: &RESPONSE_TYPE_SPECIALIZED,
    schema_added: &RESPONSE_SCHEMA_ADDED,
    schema_removed: &RESPONSE_SCHEMA_REMOVED,
};

/// Compare the media types of two bodies.
pub(super) fn content<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>, place: Place) {
    let rules = if place.is_request() { &REQUEST } else { &RESPONSE };
    let noun = place.noun();
    let (base, head) = (media_types(comparison.base, old), media_types(comparison.head, new));
    for (name, media) in &base {
        match counterparts(name, &head).as_slice() {
            [] => {
                let summary = format!("the {noun} no longer has the media type {}", quote(&media.written));
                comparison.found_rule(rules.removed, place.direction(), Some(media.node), Some(new), summary);
            }
            others => {
                for (other, other_media) in others {
                    range(comparison, (name, media), (other, other_media), place, rules);
                    media_type(comparison, media.node, other_media.node, place, rules);
                }
            }
        }
    }
    for (name, media) in &head {
        if counterparts(name, &base).is_empty() {
            let summary = format!("the {noun} got the media type {}", quote(&media.written));
            comparison.found_rule(rules.added, place.direction(), None, Some(media.node), summary);
        }
    }
}

struct Media<'a> {
    written: String,
    node: Node<'a>,
}

/// Media types by their name in lower case. JSON is UTF-8, so that a parameter that says so adds nothing.
fn media_types<'a>(spec: &Spec<'a>, body: Node<'a>) -> BTreeMap<String, Media<'a>> {
    let entries = body.get("content").into_iter().flat_map(Node::entries);
    entries
        .map(|entry| {
            let name: String = entry.name().to_ascii_lowercase().split_whitespace().collect();
            let node = spec.resolved(entry.value);
            let media = Media { written: entry.name().into_owned(), node };
            (name.trim_end_matches(";charset=utf-8").to_owned(), media)
        })
        .collect()
}

/// The media types that one meets in the other document: itself, else the closest range that holds it, else those
/// that it holds.
fn counterparts<'m, 'a>(
    name: &'m str,
    others: &'m BTreeMap<String, Media<'a>>,
) -> Vec<(&'m str, &'m Media<'a>)> {
    if let Some((other, media)) = others.get_key_value(name) {
        return vec![(other, media)];
    }
    let family = name.split_once('/').map(|(family, _)| format!("{family}/*"));
    let holding = family.as_deref().into_iter().chain(["*/*"]).filter(|range| holds(range, name));
    if let Some((other, media)) = holding.filter_map(|range| others.get_key_value(range)).next() {
        return vec![(other, media)];
    }
    if !name.ends_with("/*") {
        return Vec::new();
    }
    let inside = others.iter().filter(|(other, _)| holds(name, other));
    inside.map(|(other, media)| (other.as_str(), media)).collect()
}

/// Whether a range such as `text/*` holds a media type or a smaller range (RFC 9110, section 12.5.1).
fn holds(range: &str, name: &str) -> bool {
    match range.strip_suffix('*') {
        Some("*/") => name != range,
        Some(family) => {
            family.find('/').is_some_and(|at| at + 1 == family.len())
                && name.starts_with(family)
                && name != range
        }
        None => false,
    }
}

/// Tell that a media type became a range, or the other way around.
fn range<'a>(
    comparison: &mut Comparison<'_, 'a>,
    (old_name, old): (&str, &Media<'a>),
    (new_name, new): (&str, &Media<'a>),
    place: Place,
    rules: &Rules,
) {
    let (rule, what) = match (holds(new_name, old_name), holds(old_name, new_name)) {
        (true, _) => (rules.generalized, "became the range"),
        (_, true) => (rules.specialized, "became"),
        (false, false) => return,
    };
    let (before, after) = (quote(&old.written), quote(&new.written));
    let summary = format!("the media type {before} of the {} {what} {after}", place.noun());
    comparison.found_rule(rule, place.direction(), Some(old.node), Some(new.node), summary);
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
            let summary = format!("the {noun} got a schema");
            comparison.found_rule(rules.schema_added, place.direction(), Some(old), Some(new), summary);
        }
        (Some(_), None) => {
            let summary = format!("the {noun} lost its schema");
            comparison.found_rule(rules.schema_removed, place.direction(), Some(old), Some(new), summary);
        }
    }
    encoding::compare(comparison, old, new, place);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_media_types_and_smaller_ranges() {
        for (range, name, held) in [
            ("text/*", "text/plain", true),
            ("*/*", "text/plain", true),
            ("*/*", "text/*", true),
            ("text/*", "text/*", false),
            ("text/*", "application/json", false),
            ("text/plain", "text/plain", false),
        ] {
            assert_eq!(holds(range, name), held, "{range} {name}");
        }
    }
}
