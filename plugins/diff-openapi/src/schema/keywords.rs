//! Keywords that are compared as a whole: added, removed, or changed in a way that is not decided.
//!
//! This module keeps the promise that nothing passes in silence: a keyword that no other module reads and that
//! is not an annotation ends here.

use super::effective::{Effective, is_annotation};
use super::verdict::{Verdict, verdict};
use super::{Outcome, Pair};
use crate::equal::same_value;
use crate::finding::{Finding, quote};
use crate::rule::{Family, Rule, families, rules};
use crate::spec::Node;
use countersign_plugin::Impact;
use std::collections::BTreeSet;

rules! {
    UNDECIDED = "schema-changed-undecided", Risky,
        "A schema changed in a keyword whose effect on clients is not worked out, such as `not`, `if` or \
         `patternProperties`. It may break them or may not.",
        "Read the change and decide. Where it is harmless, waive the finding, or set the level of this rule.";
}

families! {
    NOT_CHANGED = "not-changed", Breaking, Breaking,
        "A {place} excludes other values, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    IF_CHANGED = "if-changed", Breaking, Breaking,
        "A {place} has other conditions, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    THEN_CHANGED = "then-changed", Breaking, Breaking,
        "A {place} asks for something else where its condition holds, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    ELSE_CHANGED = "else-changed", Breaking, Breaking,
        "A {place} asks for something else where its condition does not hold, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    PATTERN_PROPERTY_CHANGED = "pattern-property-changed", Breaking, Breaking,
        "A {place} restricts other properties whose names match a pattern, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    PROPERTY_NAMES_CHANGED = "property-names-changed", Breaking, Breaking,
        "A {place} restricts the names of its properties otherwise, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    DEPENDENT_REQUIRED_CHANGED = "dependent-required-changed", Breaking, Breaking,
        "A {place} requires other properties where others are present, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    DEPENDENT_SCHEMA_CHANGED = "dependent-schema-changed", Breaking, Breaking,
        "A {place} must fit another schema where a property is present, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    CONTAINS_CHANGED = "contains-changed", Breaking, Breaking,
        "A {place} must contain items of another kind, or more or fewer of them, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    UNEVALUATED_ITEMS_CHANGED = "unevaluated-items-changed", Breaking, Breaking,
        "A {place} restricts items that nothing else describes otherwise, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    UNEVALUATED_PROPERTIES_CHANGED = "unevaluated-properties-changed", Breaking, Breaking,
        "A {place} restricts properties that nothing else describes otherwise, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    CONTENT_SCHEMA_CHANGED = "content-schema-changed", Breaking, Breaking,
        "A {place} holds text that must fit another schema, and not all values that flow still fit. Where they are known to fit, the finding is compatible.",
        "Restrict clients no further in what they send, and admit no more in what they receive.";
    THEN_ADDED = "then-added", Breaking, Compatible,
        "A {place} must now meet more where its condition holds. A client that does not is refused.",
        "Go on accepting what does not meet it.";
    THEN_REMOVED = "then-removed", Compatible, Breaking,
        "A {place} need meet less where its condition holds, and clients that rely on it can be surprised.",
        "Keep the branch for what clients receive.";
    ELSE_ADDED = "else-added", Breaking, Compatible,
        "A {place} must now meet more where its condition does not hold. A client that does not is refused.",
        "Go on accepting what does not meet it.";
    ELSE_REMOVED = "else-removed", Compatible, Breaking,
        "A {place} need meet less where its condition does not hold, and clients that rely on it can be surprised.",
        "Keep the branch for what clients receive.";
    NOT_ADDED = "not-added", Breaking, Compatible,
        "A {place} now excludes values. A client that sends one is refused.",
        "Go on accepting the excluded values until no client sends them.";
    NOT_REMOVED = "not-removed", Compatible, Breaking,
        "A {place} no longer excludes values, and clients can receive what was excluded.",
        "Keep excluding the values in what clients receive.";
    IF_ADDED = "if-added", Breaking, Compatible,
        "A {place} now has conditions. A client that does not meet them is refused.",
        "Go on accepting what does not meet the conditions.";
    IF_REMOVED = "if-removed", Compatible, Breaking,
        "A {place} no longer has its conditions, and clients that rely on them can be surprised.",
        "Keep the conditions for what clients receive.";
    PATTERN_PROPERTY_ADDED = "pattern-property-added", Breaking, Compatible,
        "A {place} now restricts properties whose name matches a pattern.",
        "Go on accepting other values.";
    PATTERN_PROPERTY_REMOVED = "pattern-property-removed", Compatible, Breaking,
        "A {place} no longer restricts properties whose name matches a pattern.",
        "Keep the restriction for what clients receive.";
    PROPERTY_NAMES_ADDED = "property-names-added", Breaking, Compatible,
        "A {place} now restricts the names of its properties.",
        "Go on accepting other names.";
    PROPERTY_NAMES_REMOVED = "property-names-removed", Compatible, Breaking,
        "A {place} no longer restricts the names of its properties.",
        "Keep the restriction for what clients receive.";
    DEPENDENT_REQUIRED_ADDED = "dependent-required-added", Breaking, Compatible,
        "A {place} now requires properties where others are present.",
        "Keep the properties optional.";
    DEPENDENT_REQUIRED_REMOVED = "dependent-required-removed", Compatible, Breaking,
        "A {place} no longer has properties that were there whenever others were.",
        "Go on sending the properties together.";
    DEPENDENT_SCHEMA_ADDED = "dependent-schema-added", Breaking, Compatible,
        "A {place} must now fit a schema where a property is present.",
        "Go on accepting what does not fit.";
    DEPENDENT_SCHEMA_REMOVED = "dependent-schema-removed", Compatible, Breaking,
        "A {place} need no longer fit a schema where a property is present.",
        "Keep the schema for what clients receive.";
    CONTAINS_ADDED = "contains-added", Breaking, Compatible,
        "A {place} must now contain an item of a kind.",
        "Go on accepting arrays without one.";
    CONTAINS_REMOVED = "contains-removed", Compatible, Breaking,
        "A {place} need no longer contain an item of a kind.",
        "Keep sending one.";
    UNEVALUATED_ITEMS_ADDED = "unevaluated-items-added", Breaking, Compatible,
        "A {place} now restricts items that nothing else describes.",
        "Go on accepting them.";
    UNEVALUATED_ITEMS_REMOVED = "unevaluated-items-removed", Compatible, Breaking,
        "A {place} no longer restricts items that nothing else describes.",
        "Keep the restriction for what clients receive.";
    UNEVALUATED_PROPERTIES_ADDED = "unevaluated-properties-added", Breaking, Compatible,
        "A {place} now restricts properties that nothing else describes.",
        "Go on accepting them.";
    UNEVALUATED_PROPERTIES_REMOVED = "unevaluated-properties-removed", Compatible, Breaking,
        "A {place} no longer restricts properties that nothing else describes.",
        "Keep the restriction for what clients receive.";
    CONTENT_SCHEMA_ADDED = "content-schema-added", Breaking, Compatible,
        "The text in a {place} must now fit a schema.",
        "Go on accepting other text.";
    CONTENT_SCHEMA_REMOVED = "content-schema-removed", Compatible, Breaking,
        "The text in a {place} need no longer fit a schema.",
        "Keep the schema for what clients receive.";
    CONTENT_ENCODING_CHANGED = "content-encoding-changed", Breaking, Breaking,
        "The text in a {place} is encoded otherwise. Clients encode and decode it the old way.",
        "Offer the new encoding in a new property.";
    CONTENT_MEDIA_TYPE_CHANGED = "content-media-type-changed", Breaking, Breaking,
        "The text in a {place} has another media type. Clients write and read the old one.",
        "Offer the new media type in a new property.";
}

/// A keyword that is compared as a whole.
struct Whole {
    keyword: &'static str,
    added: &'static Family,
    removed: &'static Family,
    changed: &'static Family,
}

/// Keywords that are compared as a whole.
static WHOLE: &[Whole] = &[
    Whole { keyword: "not", added: &NOT_ADDED, removed: &NOT_REMOVED, changed: &NOT_CHANGED },
    Whole { keyword: "if", added: &IF_ADDED, removed: &IF_REMOVED, changed: &IF_CHANGED },
    Whole { keyword: "then", added: &THEN_ADDED, removed: &THEN_REMOVED, changed: &THEN_CHANGED },
    Whole { keyword: "else", added: &ELSE_ADDED, removed: &ELSE_REMOVED, changed: &ELSE_CHANGED },
    Whole {
        keyword: "patternProperties",
        added: &PATTERN_PROPERTY_ADDED,
        removed: &PATTERN_PROPERTY_REMOVED,
        changed: &PATTERN_PROPERTY_CHANGED,
    },
    Whole {
        keyword: "propertyNames",
        added: &PROPERTY_NAMES_ADDED,
        removed: &PROPERTY_NAMES_REMOVED,
        changed: &PROPERTY_NAMES_CHANGED,
    },
    Whole {
        keyword: "dependentRequired",
        added: &DEPENDENT_REQUIRED_ADDED,
        removed: &DEPENDENT_REQUIRED_REMOVED,
        changed: &DEPENDENT_REQUIRED_CHANGED,
    },
    Whole {
        keyword: "dependentSchemas",
        added: &DEPENDENT_SCHEMA_ADDED,
        removed: &DEPENDENT_SCHEMA_REMOVED,
        changed: &DEPENDENT_SCHEMA_CHANGED,
    },
    Whole {
        keyword: "contains",
        added: &CONTAINS_ADDED,
        removed: &CONTAINS_REMOVED,
        changed: &CONTAINS_CHANGED,
    },
    Whole {
        keyword: "unevaluatedItems",
        added: &UNEVALUATED_ITEMS_ADDED,
        removed: &UNEVALUATED_ITEMS_REMOVED,
        changed: &UNEVALUATED_ITEMS_CHANGED,
    },
    Whole {
        keyword: "unevaluatedProperties",
        added: &UNEVALUATED_PROPERTIES_ADDED,
        removed: &UNEVALUATED_PROPERTIES_REMOVED,
        changed: &UNEVALUATED_PROPERTIES_CHANGED,
    },
    Whole {
        keyword: "contentSchema",
        added: &CONTENT_SCHEMA_ADDED,
        removed: &CONTENT_SCHEMA_REMOVED,
        changed: &CONTENT_SCHEMA_CHANGED,
    },
    Whole {
        keyword: "contentEncoding",
        added: &CONTENT_ENCODING_CHANGED,
        removed: &CONTENT_ENCODING_CHANGED,
        changed: &CONTENT_ENCODING_CHANGED,
    },
    Whole {
        keyword: "contentMediaType",
        added: &CONTENT_MEDIA_TYPE_CHANGED,
        removed: &CONTENT_MEDIA_TYPE_CHANGED,
        changed: &CONTENT_MEDIA_TYPE_CHANGED,
    },
];

/// Keywords that other modules compare.
const COMPARED: &[&str] = &[
    "$ref",
    "$dynamicRef",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "discriminator",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "oneOf",
    "pattern",
    "prefixItems",
    "properties",
    "readOnly",
    "required",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// Whether anything is known of a keyword.
pub(super) fn is_known(keyword: &str) -> bool {
    COMPARED.contains(&keyword)
        || WHOLE.iter().any(|whole| whole.keyword == keyword)
        || keyword == "additionalItems"
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let mut keywords = BTreeSet::new();
    for part in pair.base.parts.iter().chain(&pair.head.parts) {
        keywords.extend(part.entries().map(|entry| entry.name()));
    }
    for keyword in keywords {
        if !COMPARED.contains(&keyword.as_ref()) && !is_annotation(&keyword) {
            one(pair, &keyword, outcome);
        }
    }
    references(pair, outcome);
}

fn one<'a>(pair: &Pair<'_, 'a>, keyword: &str, outcome: &mut Outcome<'a>) {
    let values = |schema: &Effective<'a>| -> Vec<Node<'a>> { schema.all(keyword).collect() };
    let (old, new) = (values(pair.base), values(pair.head));
    let same = |(old, new): (&Node<'a>, &Node<'a>)| same_value(*old, *new, pair.base_spec, pair.head_spec);
    if old.len() == new.len() && old.iter().zip(&new).all(same) {
        return;
    }
    let known = WHOLE.iter().find(|whole| whole.keyword == keyword);
    let finding = match known {
        // A file is written as a format or as a media type; the format is compared with the type.
        _ if keyword == "contentMediaType" && old.len() != new.len() && is_file(&old, &new) => return,
        // Branches are nothing without their condition, which is told by itself.
        _ if is_branch(keyword) && !has_condition(pair) => return,
        Some(whole) => {
            let (family, what) = match (old.is_empty(), new.is_empty()) {
                (true, _) => (whole.added, "got"),
                (_, true) => (whole.removed, "lost"),
                (false, false) => (whole.changed, "has another"),
            };
            match judged(pair, whole, family, &format!("{what} {}", quote(keyword))) {
                Some(finding) => finding,
                None => return,
            }
        }
        None => undecided(pair, &format!("has another {}", quote(keyword))),
    };
    let text = |nodes: Vec<Node<'_>>| nodes.first().map(|node| node.raw().to_owned());
    outcome.findings.push(finding.values(text(old), text(new)));
}

/// A finding about a keyword, as far as the sets of values that it admits decide; nothing where they are equal.
fn judged<'a>(
    pair: &Pair<'_, 'a>,
    whole: &Whole,
    family: &'static Family,
    what: &str,
) -> Option<Finding<'a>> {
    let mut finding = pair.finding(family, what);
    let keyword = whole.keyword;
    finding.verdict =
        match verdict(pair, |question, left, right| question.keyword_included(keyword, left, right)) {
            Verdict::Equal => return None,
            Verdict::Fits => Some(Impact::Compatible),
            Verdict::Breaks => Some(Impact::Breaking),
            Verdict::Unknown if std::ptr::eq(family, whole.changed) && !is_content(keyword) => {
                return Some(undecided(pair, what));
            }
            Verdict::Unknown => None,
        };
    Some(finding)
}

/// Whether the rule of a keyword says all that can be said of a change.
fn is_content(keyword: &str) -> bool {
    matches!(keyword, "contentEncoding" | "contentMediaType")
}

fn is_branch(keyword: &str) -> bool {
    matches!(keyword, "then" | "else")
}

fn has_condition(pair: &Pair<'_, '_>) -> bool {
    pair.base.first("if").is_some() && pair.head.first("if").is_some()
}

fn is_file(old: &[Node<'_>], new: &[Node<'_>]) -> bool {
    old.iter().chain(new).all(|node| node.as_str().as_deref() == Some("application/octet-stream"))
}

/// References that lead out of the document are compared by their text.
fn references<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let outside = |schema: &Effective<'a>, spec: &crate::spec::Spec<'a>| -> Vec<String> {
        let parts = || schema.parts.iter().copied();
        let fixed = parts().filter(|part| spec.target(*part).is_none()).filter_map(|part| part.get("$ref"));
        let bound = parts().filter(|part| spec.is_bound_outside(*part));
        let all = fixed.chain(bound.filter_map(|part| part.get("$dynamicRef")));
        all.filter_map(Node::as_str).map(std::borrow::Cow::into_owned).collect()
    };
    let (old, new) = (outside(pair.base, pair.base_spec), outside(pair.head, pair.head_spec));
    if old != new {
        let text = |references: Vec<String>| (!references.is_empty()).then(|| references.join(", "));
        let finding = undecided(pair, "refers to another schema, which is not known here");
        outcome.findings.push(finding.values(text(old), text(new)));
    }
}

/// A change that is reported because nothing is known of its effect.
pub(super) fn undecided<'a>(pair: &Pair<'_, 'a>, what: &str) -> Finding<'a> {
    let (base, head) = (pair.base.definition, pair.head.definition);
    let rule: &'static Rule = &UNDECIDED;
    Finding::new(rule, pair.place.direction(), Some(base), Some(head), format!("{} {what}", pair.name()))
}
