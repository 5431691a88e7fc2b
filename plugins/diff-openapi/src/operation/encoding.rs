//! How the parts of a form are written.
//!
//! What is not said has a default that depends on the schema of the part (OpenAPI 3.1, section 4.8.15.1), so that
//! saying it changes nothing.

use super::Comparison;
use crate::finding::quote;
use crate::rule::{Place, Rule, rules};
use crate::schema::{content_type, properties};
use crate::spec::{Node, Spec};
use std::collections::BTreeSet;

rules! {
    ENCODING_CHANGED = "request-body-encoding-changed", Breaking,
        "The parts of a body are written in another way (`encoding`). The server no longer understands what clients send.",
        "Go on accepting the old encoding.";
    RESPONSE_ENCODING_CHANGED = "response-body-encoding-changed", Breaking,
        "The parts of a response are written in another way (`encoding`). Clients cannot read them.",
        "Go on writing them in the old way for clients that ask for it.";
    ENCODING_WIDENED = "request-body-encoding-content-type-added", Compatible,
        "A part of a body may be of one more media type.",
        "Nothing to do.";
}

/// How one part is written.
#[derive(PartialEq, Eq)]
struct Part {
    types: BTreeSet<String>,
    style: String,
    explode: bool,
    reserved: bool,
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>, place: Place) {
    if old.get("encoding").is_none() && new.get("encoding").is_none() {
        return;
    }
    let schemas = |node: Node<'a>, spec: &Spec<'a>| {
        node.get("schema").map(|schema| properties(schema, spec)).unwrap_or_default()
    };
    let (declared, declares) = (schemas(old, comparison.base), schemas(new, comparison.head));
    let names = |node: Node<'a>| node.get("encoding").into_iter().flat_map(Node::entries);
    let names: BTreeSet<String> =
        names(old).chain(names(new)).map(|entry| entry.name().into_owned()).collect();
    for name in names {
        let before = part(comparison.base, old, &name, declared.get(&name).copied());
        let after = part(comparison.head, new, &name, declares.get(&name).copied());
        if before == after {
            continue;
        }
        // A part that one of the schemas does not have is told by its property.
        let (Some(before), Some(after)) = (before, after) else { continue };
        let wider = Part { types: before.types.union(&after.types).cloned().collect(), ..before };
        let rule: &'static Rule = match place.is_request() {
            true if wider == after => &ENCODING_WIDENED,
            true => &ENCODING_CHANGED,
            false => &RESPONSE_ENCODING_CHANGED,
        };
        let summary = format!("the part {} of the {} is encoded in another way", quote(&name), place.noun());
        comparison.found_rule(rule, place.direction(), Some(old), Some(new), summary);
    }
}

/// How the part of a name is written; nothing where neither the schema nor the encoding knows it.
fn part<'a>(spec: &Spec<'a>, media: Node<'a>, name: &str, schema: Option<Node<'a>>) -> Option<Part> {
    let written = media.get("encoding").and_then(|encoding| encoding.get(name));
    if written.is_none() && schema.is_none() {
        return None;
    }
    let text = |key: &str| written?.get(key)?.as_str().map(std::borrow::Cow::into_owned);
    let flag = |key: &str| written.and_then(|written| written.get(key)).and_then(Node::as_bool);
    let types = match text("contentType") {
        Some(list) => list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect(),
        None => BTreeSet::from([schema.map_or("text/plain", |schema| content_type(schema, spec)).to_owned()]),
    };
    let style = text("style").unwrap_or_else(|| "form".into());
    let explode = flag("explode").unwrap_or(style == "form");
    Some(Part { types, explode, style, reserved: flag("allowReserved") == Some(true) })
}
