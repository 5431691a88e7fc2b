//! Arrays: items by their place, counts, and what must be among them.

use super::strings::count;
use super::{Answer, Question, Set};
use crate::spec::Node;

/// Places that are looked at one by one.
const PLACES: usize = 64;

impl Question<'_> {
    pub(super) fn arrays_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        if !left.has("array") {
            return Answer::Yes;
        }
        let counts = Answer::of(least(left) >= least(right) && most_within(left, right));
        let unique = Answer::of(
            !right.schema.is("uniqueItems")
                || left.schema.is("uniqueItems")
                || most(left).is_some_and(|most| most <= 1),
        );
        counts
            .and(unique)
            .and(self.items_included(left, right))
            .and(self.contains_included(left, right))
            .and(self.unevaluated_included(left, right, "unevaluatedItems"))
    }

    pub(super) fn items_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let places = prefix(left).max(prefix(right));
        if places > PLACES {
            return Answer::Unknown;
        }
        // The place behind all prefixes stands for the rest.
        let reached = (0..=places).take_while(|at| most(left).is_none_or(|most| (*at as u64) < most));
        Answer::all(
            reached.map(|at| self.included(&left.all_of(&item(left, at)), &right.all_of(&item(right, at)))),
        )
    }

    pub(super) fn contains_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let (ours, theirs) = (contains(left), contains(right));
        let mut all = Answer::Yes;
        for wanted in theirs {
            let kind = right.sibling(wanted.schema);
            if wanted.least > 0 {
                let each = self.included(&left.all_of(&item(left, prefix(left))), &kind);
                let mut found = each.and(Answer::of(least(left) >= wanted.least && prefix(left) == 0));
                for own in ours.iter().filter(|own| own.least >= wanted.least) {
                    found = found.or(self.included(&left.sibling(own.schema), &kind));
                }
                all = all.and(found);
            }
            if let Some(limit) = wanted.most {
                let mut held = Answer::of(most(left).is_some_and(|most| most <= limit));
                for own in ours.iter().filter(|own| own.most.is_some_and(|most| most <= limit)) {
                    held = held.or(self.included(&kind, &left.sibling(own.schema)));
                }
                all = all.and(held);
            }
        }
        all
    }

    /// What nothing else describes: the same in both, or as much as unlisted items and properties where nothing
    /// but the schema itself describes any.
    pub(super) fn unevaluated_included<'a>(
        &mut self,
        left: &Set<'_, 'a>,
        right: &Set<'_, 'a>,
        keyword: &str,
    ) -> Answer {
        let rest: Vec<Node<'a>> = right.schema.all(keyword).filter(|node| !is_true(*node)).collect();
        if rest.is_empty() || right.is_simple() && left.is_simple() {
            return Answer::Yes;
        }
        let ours: Vec<Node<'a>> = left.schema.all(keyword).collect();
        if ours.is_empty() {
            return Answer::Unknown;
        }
        let fits = self.included(&left.all_of(&ours), &right.all_of(&rest));
        fits.and(if left.describes_like(right) { Answer::Yes } else { Answer::Unknown })
    }
}

fn is_true(node: Node<'_>) -> bool {
    node.as_bool() == Some(true) || node.is_object() && node.is_empty()
}

/// What must be among the items, and how often.
struct Contains<'a> {
    schema: Node<'a>,
    least: u64,
    most: Option<u64>,
}

fn contains<'a>(set: &Set<'_, 'a>) -> Vec<Contains<'a>> {
    let parts = set.schema.parts.iter();
    parts
        .filter_map(|part| {
            Some(Contains {
                schema: part.get("contains")?,
                least: part.get("minContains").and_then(count).unwrap_or(1),
                most: part.get("maxContains").and_then(count),
            })
        })
        .collect()
}

fn least(set: &Set<'_, '_>) -> u64 {
    set.schema.all("minItems").filter_map(count).max().unwrap_or(0)
}

fn most(set: &Set<'_, '_>) -> Option<u64> {
    let closed = set
        .schema
        .parts
        .iter()
        .filter(|part| part.get("items").is_some_and(|items| items.as_bool() == Some(false)));
    let closed = closed.map(|part| part.get("prefixItems").map_or(0, |list| list.items().count() as u64));
    set.schema.all("maxItems").filter_map(count).chain(closed).min()
}

fn most_within(left: &Set<'_, '_>, right: &Set<'_, '_>) -> bool {
    let limit = right.schema.all("maxItems").filter_map(count).min();
    limit.is_none_or(|limit| most(left).is_some_and(|most| most <= limit))
}

fn prefix(set: &Set<'_, '_>) -> usize {
    set.schema
        .parts
        .iter()
        .map(|part| places(*part).map_or(0, |list| list.items().count()))
        .max()
        .unwrap_or(0)
}

/// The schemas of the first items: `prefixItems`, or `items` as an array before 2020-12.
fn places(part: Node<'_>) -> Option<Node<'_>> {
    part.get("prefixItems").or_else(|| part.get("items").filter(|items| items.is_array()))
}

/// The schemas that hold for the item at a place.
fn item<'a>(set: &Set<'_, 'a>, at: usize) -> Vec<Node<'a>> {
    let simple = set.is_simple();
    set.schema
        .parts
        .iter()
        .filter_map(|part| {
            let place = places(*part).and_then(|list| list.item(at));
            place.or_else(|| {
                part.get("items").or_else(|| part.get("additionalItems")).filter(|items| !items.is_array())
            })
        })
        .chain(
            set.schema
                .all("unevaluatedItems")
                .filter(|_| simple && at >= prefix(set) && set.schema.all("items").next().is_none()),
        )
        .collect()
}
