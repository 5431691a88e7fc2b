//! The properties of objects: the part of a schema that generated clients depend on most.

use super::effective::{Property, names};
use super::relation::{Answer, Question};
use super::types::{Types, types};
use super::{Outcome, Pair, Shape};
use crate::finding::{Finding, quote};
use crate::rule::{Rule, rules};
use crate::spec::{Node, Spec};
use countersign_plugin::Impact;

rules! {
    RESPONSE_REQUIRED_REMOVED = "response-required-property-removed", Breaking,
        "A property that every response had is gone. A client that was generated with it fails on every response that \
         it parses: with attrs and pydantic at run time, with serde as a decoding error, and the client goes on \
         compiling until then.",
        "Keep sending the property, with a fixed value if need be, until every client that names it was generated \
         again. Mark it `deprecated: true`, and make it optional one release before it goes.";
    RESPONSE_OPTIONAL_REMOVED = "response-optional-property-removed", Risky, source: Breaking,
        "A property that responses could have is gone. Clients that use it where it is present no longer get it.",
        "Mark the property `deprecated: true` and go on sending it until its readers are gone.";
    RESPONSE_REQUIRED_ADDED = "response-required-property-added", Compatible,
        "Responses have a new property. Clients that do not know it leave it out.",
        "Nothing to do.";
    RESPONSE_OPTIONAL_ADDED = "response-optional-property-added", Compatible,
        "Responses may have a new property. Clients that do not know it leave it out.",
        "Nothing to do.";
    RESPONSE_BECAME_OPTIONAL = "response-property-became-optional", Breaking,
        "A property that every response had may now be missing. A client that was generated before requires it and \
         fails where it is missing.",
        "Go on sending the property in every response.";
    RESPONSE_BECAME_REQUIRED = "response-property-became-required", Compatible, source: Breaking,
        "A property that could be missing is now in every response.",
        "Nothing to do.";
    RESPONSE_REQUIRED_WRITE_ONLY = "response-required-property-became-write-only", Compatible, typed_client: Breaking,
        "A property that every response had is now for requests only, so that responses no longer have it.",
        "Keep sending the property until its readers are gone.";
    RESPONSE_OPTIONAL_WRITE_ONLY = "response-optional-property-became-write-only", Compatible, typed_client: Risky,
        "A property that responses could have is now for requests only.",
        "Keep sending the property until its readers are gone.";
    REQUEST_REQUIRED_ADDED = "new-required-request-property", Breaking,
        "Requests must have a property that clients do not know. Every request without it is refused.",
        "Make the property optional, and choose for clients that leave it out.";
    REQUEST_REQUIRED_DEFAULT_ADDED = "new-required-request-property-with-default", Breaking,
        "Requests must have a property that clients do not know. It has a default, but is required all the same, so \
         that a server that checks its schema refuses requests without it.",
        "Take the property out of `required`; its default then says what leaving it out means.";
    REQUEST_OPTIONAL_ADDED = "new-optional-request-property", Compatible,
        "Requests may have a new property.",
        "Nothing to do.";
    REQUEST_REMOVED = "request-property-removed", Risky, source: Breaking,
        "Requests no longer have a property. What clients send in it is refused or, worse, left out in silence.",
        "Go on accepting the property, and say in its description what it no longer does.";
    REQUEST_BECAME_REQUIRED = "request-property-became-required", Breaking,
        "A property that requests could leave out is now required. Clients that leave it out are refused.",
        "Keep the property optional, and choose for clients that leave it out.";
    REQUEST_BECAME_REQUIRED_DEFAULT = "request-property-became-required-with-default", Breaking,
        "A property that requests could leave out is now required, though it has a default.",
        "Take the property out of `required`; its default then says what leaving it out means.";
    REQUEST_BECAME_OPTIONAL = "request-property-became-optional", Compatible, source: Breaking,
        "A property that requests had to have may now be left out.",
        "Nothing to do.";
    REQUEST_REQUIRED_READ_ONLY = "request-required-property-became-read-only", Compatible,
        "A property that requests had to have is now for responses only; a server leaves it out of account.",
        "Nothing to do, where the server really does not refuse it.";
    REQUEST_OPTIONAL_READ_ONLY = "request-optional-property-became-read-only", Compatible,
        "A property that requests could have is now for responses only; a server leaves it out of account.",
        "Nothing to do, where the server really does not refuse it.";
}

const OBJECT: &str = "object";

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    // Where neither side can be an object, stray properties say nothing.
    if ![types(pair.base), types(pair.head)].into_iter().all(|types: Types| types.has(OBJECT)) {
        return;
    }
    for name in names(pair.base, pair.head) {
        let old = pair
            .base
            .properties
            .get(name)
            .map(|property| Side::new(property, pair.base_spec, pair.place.is_request()));
        let new = pair
            .head
            .properties
            .get(name)
            .map(|property| Side::new(property, pair.head_spec, pair.place.is_request()));
        one(pair, name, old.as_ref(), new.as_ref(), outcome);
    }
}

/// A property in one of the documents.
struct Side<'p, 'a> {
    property: &'p Property<'a>,
    shape: Option<Shape<'a>>,
    /// Whether the property flows in this direction at all.
    hidden: bool,
}

impl<'p, 'a> Side<'p, 'a> {
    fn new(property: &'p Property<'a>, spec: &Spec<'a>, request: bool) -> Self {
        let shape = Shape::all_of(&property.schemas, spec);
        let flag = if request { "readOnly" } else { "writeOnly" };
        let hidden = shape.as_ref().is_some_and(|shape| shape.is(flag));
        Self { property, shape, hidden }
    }

    fn node(&self) -> Option<Node<'a>> {
        self.property.schemas.first().copied().or(self.property.list)
    }

    fn has_default(&self) -> bool {
        self.shape.as_ref().is_some_and(|shape| shape.parts.iter().any(|part| part.get("default").is_some()))
    }
}

fn one<'a>(
    pair: &Pair<'_, 'a>,
    name: &str,
    old: Option<&Side<'_, 'a>>,
    new: Option<&Side<'_, 'a>>,
    outcome: &mut Outcome<'a>,
) {
    let seen = |side: Option<&Side<'_, 'a>>| side.is_some_and(|side| !side.hidden);
    match (old, new) {
        (Some(old), new) if !old.hidden && !seen(new) => {
            let mut finding = removed(pair, name, old, new);
            finding.verdict = unlisted(pair, name, pair.place.is_request() && new.is_none());
            outcome.findings.push(finding);
        }
        (old, Some(new)) if !new.hidden && !seen(old) => {
            let mut finding = added(pair, name, old, new);
            finding.verdict = unlisted(pair, name, !pair.place.is_request() && old.is_none());
            outcome.findings.push(finding);
        }
        (Some(old), Some(new)) if !old.hidden && !new.hidden => both(pair, name, old, new, outcome),
        _ => {}
    }
}

/// What becomes of a property that only the sender lists: the receiver may be closed to it, or take other values.
fn unlisted(pair: &Pair<'_, '_>, name: &str, sent: bool) -> Option<Impact> {
    if !sent {
        return None;
    }
    let receiver = if pair.place.is_request() { pair.head } else { pair.base };
    if !pair.restricts_unlisted(receiver) {
        return None;
    }
    let (base, head) = pair.sets();
    let (sender, receiver) = if pair.place.is_request() { (base, head) } else { (head, base) };
    let (sent, taken) = (sender.property(name)?, receiver.property(name)?);
    let fits = Question::new(pair.place.is_request(), pair.budget).included(&sent, &taken);
    (fits == Answer::No).then_some(Impact::Breaking)
}

fn removed<'a>(
    pair: &Pair<'_, 'a>,
    name: &str,
    old: &Side<'_, 'a>,
    new: Option<&Side<'_, 'a>>,
) -> Finding<'a> {
    let (rule, what): (&'static Rule, _) =
        match (pair.place.is_request(), new.is_some(), old.property.required) {
            (true, false, _) => (&REQUEST_REMOVED, "is no longer accepted"),
            (true, true, true) => (&REQUEST_REQUIRED_READ_ONLY, "became read-only"),
            (true, true, false) => (&REQUEST_OPTIONAL_READ_ONLY, "became read-only"),
            (false, false, true) => (&RESPONSE_REQUIRED_REMOVED, "was removed from the response"),
            (false, false, false) => (&RESPONSE_OPTIONAL_REMOVED, "was removed from the response"),
            (false, true, true) => (&RESPONSE_REQUIRED_WRITE_ONLY, "became write-only"),
            (false, true, false) => (&RESPONSE_OPTIONAL_WRITE_ONLY, "became write-only"),
        };
    let head = new.map_or(Some(pair.head.definition), Side::node);
    let optional = if old.property.required { "required" } else { "optional" };
    finding(pair, rule, old.node(), head, &format!("the {optional} property {} {what}", of(pair, name)))
}

fn added<'a>(pair: &Pair<'_, 'a>, name: &str, old: Option<&Side<'_, 'a>>, new: &Side<'_, 'a>) -> Finding<'a> {
    let (rule, optional) = match (pair.place.is_request(), new.property.required) {
        (true, true) if new.has_default() => (&REQUEST_REQUIRED_DEFAULT_ADDED, "required"),
        (true, true) => (&REQUEST_REQUIRED_ADDED, "required"),
        (true, false) => (&REQUEST_OPTIONAL_ADDED, "optional"),
        (false, true) => (&RESPONSE_REQUIRED_ADDED, "required"),
        (false, false) => (&RESPONSE_OPTIONAL_ADDED, "optional"),
    };
    let what = format!("the {optional} property {} was added", of(pair, name));
    finding(pair, rule, old.and_then(Side::node), new.node(), &what)
}

fn both<'a>(
    pair: &Pair<'_, 'a>,
    name: &str,
    old: &Side<'_, 'a>,
    new: &Side<'_, 'a>,
    outcome: &mut Outcome<'a>,
) {
    let rule: Option<(&'static Rule, _)> =
        match (pair.place.is_request(), old.property.required, new.property.required) {
            (true, false, true) if new.has_default() => Some((&REQUEST_BECAME_REQUIRED_DEFAULT, "required")),
            (true, false, true) => Some((&REQUEST_BECAME_REQUIRED, "required")),
            (true, true, false) => Some((&REQUEST_BECAME_OPTIONAL, "optional")),
            (false, true, false) => Some((&RESPONSE_BECAME_OPTIONAL, "optional")),
            (false, false, true) => Some((&RESPONSE_BECAME_REQUIRED, "required")),
            (_, true, true) | (_, false, false) => None,
        };
    if let Some((rule, what)) = rule {
        let what = format!("the property {} became {what}", of(pair, name));
        outcome.findings.push(finding(pair, rule, old.node(), new.node(), &what));
    }
    if let (Some(old), Some(new)) = (&old.shape, &new.shape) {
        outcome.inside.push((old.clone(), new.clone(), pair.place.inside()));
    }
}

fn finding<'a>(
    pair: &Pair<'_, 'a>,
    rule: &'static Rule,
    base: Option<Node<'a>>,
    head: Option<Node<'a>>,
    summary: &str,
) -> Finding<'a> {
    Finding::new(rule, pair.place.direction(), base, head, summary)
}

/// The property in words: `x` of `Watch`.
fn of(pair: &Pair<'_, '_>, name: &str) -> String {
    format!("{} of {}", quote(name), pair.name())
}
