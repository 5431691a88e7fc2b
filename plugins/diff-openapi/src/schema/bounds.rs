//! Bounds of numbers, lengths and counts, and patterns.

use super::effective::Effective;
use super::verdict::{Verdict, verdict};
use super::{Outcome, Pair};
use crate::finding::quote;
use crate::number::Decimal;
use crate::rule::{Family, families};
use crate::spec::Node;
use countersign_plugin::Impact;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The families of one bound, by what happened to it.
struct Bound {
    keyword: &'static str,
    words: &'static str,
    upper: bool,
    /// The value that means the same as none.
    neutral: Option<&'static str>,
    set: &'static Family,
    tightened: &'static Family,
    loosened: &'static Family,
    unset: &'static Family,
}

/// Declare the four families of each bound, and the table of bounds.
macro_rules! bounds {
    ($($keyword:literal, $words:literal, upper: $upper:literal, neutral: $neutral:expr,
        $set:ident = $set_stem:literal $set_impact:ident, $tightened:ident = $tightened_stem:literal,
        $loosened:ident = $loosened_stem:literal, $unset:ident = $unset_stem:literal;)*) => {
        families! {
            $(
                $set = $set_stem, $set_impact, Compatible,
                    "A {place} got a bound that it did not have. A client that sends a value beyond it is now refused; \
                     what clients receive still fits.",
                    "Set the bound where every value that clients send today is within it, or warn before you refuse.";
                $tightened = $tightened_stem, Breaking, Compatible,
                    "A bound of a {place} became tighter. A client that sends a value that was good is now refused.",
                    "Go on accepting what was accepted.";
                $loosened = $loosened_stem, Compatible, Breaking,
                    "A bound of a {place} became looser. A client that was generated for the old bound can receive a \
                     value that it does not expect: a type that is too small, a check that fails.",
                    "Send values beyond the old bound in a new property.";
                $unset = $unset_stem, Compatible, Breaking,
                    "A {place} lost its bound. A client that relies on the bound can receive a value that it does not \
                     expect.",
                    "Keep the bound for what clients receive.";
            )*
            MULTIPLE_SET = "multiple-of-set", Breaking, Compatible,
                "A {place} must now be a multiple of a number. A client that sends another value is now refused.",
                "Go on accepting other values.";
            MULTIPLE_CHANGED = "multiple-of-changed", Breaking, Breaking,
                "A {place} must now be a multiple of another number, and clients send or expect multiples of the old one.",
                "Choose a divisor of the old number for what clients send, and a multiple of it for what they receive.";
            MULTIPLE_UNSET = "multiple-of-unset", Compatible, Breaking,
                "A {place} need no longer be a multiple of a number, and clients that rely on it fail.",
                "Keep the restriction for what clients receive.";
            UNIQUE_SET = "unique-items-set", Breaking, Compatible,
                "The items of a {place} must now differ from each other. A client that repeats one is now refused.",
                "Go on accepting repeated items, and drop the repeats.";
            UNIQUE_UNSET = "unique-items-unset", Compatible, Breaking,
                "The items of a {place} may now repeat. A client that makes a set of them loses some.",
                "Keep the items distinct in what clients receive.";
            PATTERN_ADDED = "pattern-added", Breaking, Compatible,
                "A {place} must now match a pattern. A client that sends what does not match is now refused.",
                "Go on accepting what does not match until no client sends it.";
            PATTERN_CHANGED = "pattern-changed", Risky, Risky,
                "A {place} must match another pattern. Where the languages of both can be compared, the change breaks \
                 clients if not all that flows still fits; else it is not decided.",
                "Check that the new pattern matches all that the old one did, or go on accepting both.";
            PATTERN_REMOVED = "pattern-removed", Compatible, Breaking,
                "A {place} need no longer match a pattern. A client that relies on it can receive what does not match.",
                "Keep the pattern for what clients receive.";
        }
        static BOUNDS: &[Bound] = &[$(Bound {
            keyword: $keyword, words: $words, upper: $upper, neutral: $neutral,
            set: &$set, tightened: &$tightened, loosened: &$loosened, unset: &$unset,
        }),*];
    };
}

bounds! {
    "minimum", "minimum", upper: false, neutral: None,
        MIN_SET = "min-set" Breaking, MIN_UP = "min-increased", MIN_DOWN = "min-decreased", MIN_UNSET = "min-unset";
    "maximum", "maximum", upper: true, neutral: None,
        MAX_SET = "max-set" Breaking, MAX_DOWN = "max-decreased", MAX_UP = "max-increased", MAX_UNSET = "max-unset";
    "exclusiveMinimum", "exclusive minimum", upper: false, neutral: None,
        EX_MIN_SET = "exclusive-min-set" Breaking, EX_MIN_UP = "exclusive-min-increased",
        EX_MIN_DOWN = "exclusive-min-decreased", EX_MIN_UNSET = "exclusive-min-unset";
    "exclusiveMaximum", "exclusive maximum", upper: true, neutral: None,
        EX_MAX_SET = "exclusive-max-set" Breaking, EX_MAX_DOWN = "exclusive-max-decreased",
        EX_MAX_UP = "exclusive-max-increased", EX_MAX_UNSET = "exclusive-max-unset";
    "minLength", "minimum length", upper: false, neutral: Some("0"),
        MIN_LENGTH_SET = "min-length-set" Breaking, MIN_LENGTH_UP = "min-length-increased",
        MIN_LENGTH_DOWN = "min-length-decreased", MIN_LENGTH_UNSET = "min-length-unset";
    "maxLength", "maximum length", upper: true, neutral: None,
        MAX_LENGTH_SET = "max-length-set" Breaking, MAX_LENGTH_DOWN = "max-length-decreased",
        MAX_LENGTH_UP = "max-length-increased", MAX_LENGTH_UNSET = "max-length-unset";
    "minItems", "minimum number of items", upper: false, neutral: Some("0"),
        MIN_ITEMS_SET = "min-items-set" Breaking, MIN_ITEMS_UP = "min-items-increased",
        MIN_ITEMS_DOWN = "min-items-decreased", MIN_ITEMS_UNSET = "min-items-unset";
    "maxItems", "maximum number of items", upper: true, neutral: None,
        MAX_ITEMS_SET = "max-items-set" Breaking, MAX_ITEMS_DOWN = "max-items-decreased",
        MAX_ITEMS_UP = "max-items-increased", MAX_ITEMS_UNSET = "max-items-unset";
    "minProperties", "minimum number of properties", upper: false, neutral: Some("0"),
        MIN_PROPERTIES_SET = "min-properties-set" Breaking, MIN_PROPERTIES_UP = "min-properties-increased",
        MIN_PROPERTIES_DOWN = "min-properties-decreased", MIN_PROPERTIES_UNSET = "min-properties-unset";
    "maxProperties", "maximum number of properties", upper: true, neutral: None,
        MAX_PROPERTIES_SET = "max-properties-set" Breaking, MAX_PROPERTIES_DOWN = "max-properties-decreased",
        MAX_PROPERTIES_UP = "max-properties-increased", MAX_PROPERTIES_UNSET = "max-properties-unset";
    "minContains", "minimum number of matching items", upper: false, neutral: None,
        MIN_CONTAINS_SET = "min-contains-set" Breaking, MIN_CONTAINS_UP = "min-contains-increased",
        MIN_CONTAINS_DOWN = "min-contains-decreased", MIN_CONTAINS_UNSET = "min-contains-unset";
    "maxContains", "maximum number of matching items", upper: true, neutral: None,
        MAX_CONTAINS_SET = "max-contains-set" Breaking, MAX_CONTAINS_DOWN = "max-contains-decreased",
        MAX_CONTAINS_UP = "max-contains-increased", MAX_CONTAINS_UNSET = "max-contains-unset";
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    for bound in BOUNDS {
        one(pair, bound, outcome);
    }
    multiple_of(pair, outcome);
    unique_items(pair, outcome);
    pattern(pair, outcome);
}

fn one<'a>(pair: &Pair<'_, 'a>, bound: &Bound, outcome: &mut Outcome<'a>) {
    let (old, new) = (effective(pair.base, bound), effective(pair.head, bound));
    let (family, what) = match (&old, &new) {
        (None, None) => return,
        (None, Some(new)) => (bound.set, format!("got the {} {}", bound.words, quote(new.1.raw()))),
        (Some(_), None) => (bound.unset, format!("lost its {}", bound.words)),
        (Some(old), Some(new)) => {
            let what =
                format!("has the {} {} instead of {}", bound.words, quote(new.1.raw()), quote(old.1.raw()));
            match (old.0.cmp(&new.0), bound.upper) {
                (Ordering::Equal, _) => return,
                (Ordering::Less, true) | (Ordering::Greater, false) => (bound.loosened, what),
                (Ordering::Less, false) | (Ordering::Greater, true) => (bound.tightened, what),
            }
        }
    };
    let text = |value: Option<(Decimal, Node<'_>)>| value.map(|(_, node)| node.raw().to_owned());
    outcome.findings.push(pair.finding(family, &what).values(text(old), text(new)));
}

/// The tightest value of a bound in all parts. OpenAPI 3.0 writes an exclusive bound as `minimum` with
/// `exclusiveMinimum: true`, which is read as the number of 3.1.
fn effective<'a>(schema: &Effective<'a>, bound: &Bound) -> Option<(Decimal, Node<'a>)> {
    let (plain, flag) = match bound.keyword {
        "minimum" => (None, Some("exclusiveMinimum")),
        "maximum" => (None, Some("exclusiveMaximum")),
        "exclusiveMinimum" => (Some("minimum"), None),
        "exclusiveMaximum" => (Some("maximum"), None),
        _ => (None, None),
    };
    let is_true = |part: &Node<'a>, keyword: &str| part.get(keyword).and_then(Node::as_bool) == Some(true);
    let values = schema.parts.iter().filter_map(|part| {
        if flag.is_some_and(|flag| is_true(part, flag)) {
            return None;
        }
        let keyword = plain.filter(|_| is_true(part, bound.keyword)).unwrap_or(bound.keyword);
        let node = part.get(keyword)?;
        Some((Decimal::parse(node.raw())?, node))
    });
    let by_value = |left: &(Decimal, Node<'a>), right: &(Decimal, Node<'a>)| left.0.cmp(&right.0);
    let tightest = if bound.upper { values.min_by(by_value) } else { values.max_by(by_value) };
    tightest.filter(|(value, _)| bound.neutral.and_then(Decimal::parse).as_ref() != Some(value))
}

fn multiple_of<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let (old, new) = (pair.base.first("multipleOf"), pair.head.first("multipleOf"));
    let value = |node: Option<Node<'_>>| node.and_then(|node| Decimal::parse(node.raw()));
    let (family, what) = match (value(old), value(new)) {
        (None, Some(_)) => (&MULTIPLE_SET, "must now be a multiple of a number"),
        (Some(_), None) => (&MULTIPLE_UNSET, "need no longer be a multiple of a number"),
        (old, new) if old != new => (&MULTIPLE_CHANGED, "must be a multiple of another number"),
        _ => return,
    };
    let text = |node: Option<Node<'_>>| node.map(|node| node.raw().to_owned());
    outcome.findings.push(pair.finding(family, what).values(text(old), text(new)));
}

fn unique_items<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    match (pair.base.is("uniqueItems"), pair.head.is("uniqueItems")) {
        (false, true) => outcome.findings.push(pair.finding(&UNIQUE_SET, "must now have distinct items")),
        (true, false) => outcome.findings.push(pair.finding(&UNIQUE_UNSET, "may now repeat items")),
        (true, true) | (false, false) => {}
    }
}

fn pattern<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let patterns = |schema: &Effective<'a>| {
        schema.all("pattern").filter_map(Node::as_str).map(Into::into).collect::<BTreeSet<String>>()
    };
    let (old, new) = (patterns(pair.base), patterns(pair.head));
    let (family, what) = match (old.is_empty(), new.is_empty()) {
        _ if old == new => return,
        (true, _) => (&PATTERN_ADDED, "must now match a pattern"),
        (_, true) => (&PATTERN_REMOVED, "need no longer match a pattern"),
        (false, false) => (&PATTERN_CHANGED, "must match another pattern"),
    };
    let text = |patterns: BTreeSet<String>| {
        (!patterns.is_empty()).then(|| patterns.into_iter().collect::<Vec<_>>().join(", "))
    };
    let mut finding = pair.finding(family, what).values(text(old), text(new));
    finding.verdict =
        match verdict(pair, |question, left, right| question.keyword_included("pattern", left, right)) {
            Verdict::Equal => return,
            Verdict::Fits => Some(Impact::Compatible),
            Verdict::Breaks => Some(Impact::Breaking),
            Verdict::Unknown => None,
        };
    outcome.findings.push(finding);
}
