//! What is inside arrays and maps.

use super::effective::Effective;
use super::types::types;
use super::verdict::{Verdict, verdict};
use super::{Outcome, Pair, Shape};
use crate::rule::families;
use crate::spec::{Node, Spec};
use countersign_plugin::Impact;
use std::cmp::Ordering;

families! {
    ITEMS_ADDED = "items-added", Breaking, Compatible,
        "The items of a {place} could be anything and now have a schema. A client that sends other items is refused.",
        "Go on accepting other items.";
    ITEMS_REMOVED = "items-removed", Compatible, Breaking,
        "The items of a {place} had a schema and may now be anything. A client that was generated with the schema \
         fails on other items.",
        "Keep the schema of the items.";
    PREFIX_ITEM_ADDED = "prefix-items-added", Compatible, Breaking,
        "A {place} that is a tuple has a schema for one more item.",
        "Return the tuple as an object with named properties, which can grow.";
    PREFIX_ITEM_REMOVED = "prefix-items-removed", Breaking, Compatible,
        "A {place} that is a tuple lost the schema of an item.",
        "Keep the item.";
    CLOSED = "additional-properties-closed", Breaking, Compatible,
        "A {place} took properties that it does not list and no longer does. A client that sends one is now refused.",
        "Go on accepting unknown properties, or list those that clients send.";
    OPENED = "additional-properties-opened", Compatible, Breaking,
        "A {place} had only the properties that it lists and may now have others. A client that refuses unknown \
         properties, because it was told that there are none, fails on them.",
        "Keep the object closed, or add the properties that it can have one by one.";
    VALUES_ADDED = "additional-properties-schema-added", Breaking, Compatible,
        "The unlisted properties of a {place} could be anything and now have a schema.",
        "Go on accepting other values.";
    VALUES_REMOVED = "additional-properties-schema-removed", Compatible, Breaking,
        "The unlisted properties of a {place} had a schema and may now be anything. A client that was generated with \
         the schema fails on other values.",
        "Keep the schema of the values.";
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    items(pair, outcome);
    prefix_items(pair, outcome);
    additional_properties(pair, outcome);
}

fn items<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let old = constraint(pair.base, "items", pair.base_spec);
    let new = constraint(pair.head, "items", pair.head_spec);
    match (old, new) {
        (None, None) => {}
        // A schema that appears together with the type array is told by the type.
        (None, Some(_)) if types(pair.base) != types(pair.head) => {}
        (None, Some(_)) => outcome.findings.push(pair.finding(&ITEMS_ADDED, "now restricts its items")),
        (Some(_), None) => {
            outcome.findings.push(pair.finding(&ITEMS_REMOVED, "no longer restricts its items"));
        }
        (Some(old), Some(new)) => outcome.inside.push((old, new, pair.place.inside())),
    }
}

/// The schemas under a keyword, if they restrict anything.
fn constraint<'a>(schema: &Effective<'a>, keyword: &str, spec: &Spec<'a>) -> Option<Shape<'a>> {
    let sites: Vec<Node<'a>> = schema.all(keyword).filter(|site| !site.is_array()).collect();
    Shape::all_of(&sites, spec).filter(|shape| !shape.is_always())
}

fn prefix_items<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let list = |schema: &Effective<'a>| -> Vec<Node<'a>> {
        let list =
            schema.first("prefixItems").or_else(|| schema.first("items").filter(|items| items.is_array()));
        list.into_iter().flat_map(Node::items).collect()
    };
    let (old, new) = (list(pair.base), list(pair.head));
    for (old, new) in old.iter().zip(&new) {
        let (old, new) = (Shape::of(*old, pair.base_spec), Shape::of(*new, pair.head_spec));
        outcome.inside.push((old, new, pair.place.inside()));
    }
    let mut finding = match new.len().cmp(&old.len()) {
        Ordering::Equal => return,
        Ordering::Greater => pair.finding(&PREFIX_ITEM_ADDED, "has a schema for more items"),
        Ordering::Less => pair.finding(&PREFIX_ITEM_REMOVED, "has a schema for fewer items"),
    };
    // What the tuple says of a further item depends on what it said of the rest.
    finding.verdict =
        match verdict(pair, |question, left, right| question.keyword_included("prefixItems", left, right)) {
            Verdict::Equal | Verdict::Fits => Some(Impact::Compatible),
            Verdict::Breaks => Some(Impact::Breaking),
            Verdict::Unknown => None,
        };
    outcome.findings.push(finding);
}

/// What properties that are not listed may be.
enum Additional<'a> {
    Open,
    Closed,
    Schema(Shape<'a>),
}

impl<'a> Additional<'a> {
    fn of(schema: &Effective<'a>, spec: &Spec<'a>) -> Self {
        let sites: Vec<Node<'a>> = schema.all("additionalProperties").collect();
        match Shape::all_of(&sites, spec) {
            Some(shape) if shape.parts.iter().any(|part| part.as_bool() == Some(false)) => Self::Closed,
            Some(shape) if !shape.is_always() => Self::Schema(shape),
            Some(_) | None => Self::Open,
        }
    }
}

fn additional_properties<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let old = Additional::of(pair.base, pair.base_spec);
    let new = Additional::of(pair.head, pair.head_spec);
    let (family, what) = match (old, new) {
        (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
        (Additional::Schema(old), Additional::Schema(new)) => {
            outcome.inside.push((old, new, pair.place.inside()));
            return;
        }
        (Additional::Open | Additional::Schema(_), Additional::Closed) => {
            (&CLOSED, "no longer allows other properties")
        }
        (Additional::Closed, Additional::Open | Additional::Schema(_)) => {
            (&OPENED, "now allows other properties")
        }
        (Additional::Open, Additional::Schema(_)) => (&VALUES_ADDED, "now restricts its other properties"),
        (Additional::Schema(_), Additional::Open) => {
            (&VALUES_REMOVED, "no longer restricts its other properties")
        }
    };
    outcome.findings.push(pair.finding(family, what));
}
