//! Rules that are the same for bodies and properties, sent and received.

use super::Comparison;
use super::bodies::Place;
use super::difference::{Branch, Dependents, Difference, Discriminator, Names, shown};
use super::schema::{Schema, texts};
use super::value::Value;
use crate::spec::Node;

/// How ids name the keywords that hold one schema.
const SINGLES: [(&str, &str); 8] = [
    ("contains", "contains"),
    ("contentSchema", "content-schema"),
    ("if", "if"),
    ("then", "then"),
    ("else", "else"),
    ("propertyNames", "property-names"),
    ("unevaluatedItems", "unevaluated-items"),
    ("unevaluatedProperties", "unevaluated-properties"),
];
/// How ids name the keywords that hold a list of schemas.
const LISTS: [(&str, &str); 3] = [("anyOf", "any-of"), ("oneOf", "one-of"), ("prefixItems", "prefix-items")];
const MAPS: [(&str, &str); 2] =
    [("patternProperties", "pattern-property"), ("dependentSchemas", "dependent-schema")];
const COUNTS: [(&str, &str); 2] = [("minContains", "min-contains"), ("maxContains", "max-contains")];
const CONTENT: [(&str, &str); 2] =
    [("contentMediaType", "content-media-type"), ("contentEncoding", "content-encoding")];
const CONSTANTS: [(&str, &str); 2] = [("const", "const"), ("default", "default-value")];

/// Apply the rules to a place.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    presence(comparison, place);
    all_of(comparison, place);
    values(comparison, place);
    constants(comparison, place);
    dependent_required(comparison, place);
    discriminator(comparison, place);
    if let Some(end) = nullability(place.difference) {
        let named = place.named(Vec::new());
        // The messages about bodies do not name the status.
        let arguments = if place.is_body() { named } else { place.body.with_status(named) };
        place.report(comparison, &place.rule(end), arguments);
    }
}

/// The end of the id where a schema began or ceased to allow null.
pub(super) fn nullability(difference: &Difference<'_>) -> Option<&'static str> {
    let (base, head) = difference.schemas.as_ref()?;
    let (nullable, strict) = (Some("became-nullable"), Some("became-not-nullable"));
    if let Some((from, _)) = difference.value("nullable") {
        return if from.is_flag(true) { strict } else { nullable };
    }
    let holds_null = |names: &[String]| names.iter().any(|name| name == "null");
    if holds_null(&difference.types.deleted) && !head.types().is_empty() {
        return strict;
    }
    if holds_null(&difference.types.added) && !base.types().is_empty() {
        return nullable;
    }
    difference.transitions.nullable.and_then(|added| if added { nullable } else { strict })
}

fn presence<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    for (keyword, name) in LISTS {
        let Some(list) = place.difference.list(keyword) else { continue };
        for (end, branches) in [("added", &list.added), ("removed", &list.deleted)] {
            told(comparison, place, &format!("{name}-{end}"), branches);
        }
    }
    for (keyword, name) in SINGLES {
        let Some(single) = place.difference.single(keyword) else { continue };
        for (end, is_so) in [("added", single.added), ("removed", single.deleted)] {
            if is_so {
                let arguments = place.named_with_status(Vec::new());
                place.report(comparison, &place.rule(&format!("{name}-{end}")), arguments);
            }
        }
    }
    for (keyword, name) in MAPS {
        let Some(map) = place.difference.map(keyword) else { continue };
        for (end, keys) in [("added", &map.added), ("removed", &map.deleted)] {
            for key in keys {
                let rule = place.rule(&format!("{name}-{end}"));
                place.report(comparison, &rule, place.then_named(vec![key.clone()]));
            }
        }
    }
}

fn told<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>, end: &str, branches: &[Branch]) {
    if !branches.is_empty() {
        place.report(comparison, &place.rule(end), place.then_named(vec![shown(branches)]));
    }
}

/// Parts of `allOf` that only annotate have rules of their own.
fn all_of<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let Some(list) = place.difference.list("allOf") else { return };
    let Some((base, head)) = &place.difference.schemas else { return };
    for (end, branches, is_base) in [("added", &list.added, false), ("removed", &list.deleted, true)] {
        let nodes = if is_base { base.list("allOf") } else { head.list("allOf") };
        let annotates = |branch: &Branch| {
            nodes.get(branch.index).is_some_and(|node| only_annotates(comparison, *node, is_base))
        };
        let (annotations, others): (Vec<Branch>, Vec<Branch>) = branches.iter().cloned().partition(annotates);
        told(comparison, place, &format!("all-of-{end}"), &others);
        told(comparison, place, &format!("all-of-{end}-annotation-only"), &annotations);
    }
}

fn only_annotates<'a>(comparison: &mut Comparison<'_, 'a>, node: Node<'a>, is_base: bool) -> bool {
    let engine = &mut comparison.engine;
    let side = if is_base { &engine.base } else { &engine.head };
    let schema = side.schema(node);
    engine.allows_everything(&schema)
}

/// Keywords of which the old and the new value are told.
fn values<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    for (keyword, name) in COUNTS {
        let Some((from, to)) = place.difference.value(keyword) else { continue };
        for (end, is_so) in [("increased", from.is_below(to)), ("decreased", to.is_below(from))] {
            if is_so {
                let arguments = place.named_with_status(vec![from.shown(), to.shown()]);
                place.report(comparison, &place.rule(&format!("{name}-{end}")), arguments);
            }
        }
    }
    for (keyword, name) in CONTENT {
        if let Some((from, to)) = place.difference.value(keyword) {
            let arguments = place.named_with_status(vec![from.shown(), to.shown()]);
            place.report(comparison, &place.rule(&format!("{name}-changed")), arguments);
        }
    }
}

/// `const` and `default`, whose messages name the media type or the property alone.
fn constants<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    for (keyword, name) in CONSTANTS {
        let Some((from, to)) = place.difference.value(keyword) else { continue };
        let of = place.property.as_ref().map_or(place.body.media_type, |(_, name)| name);
        let (end, values) = match (from.is_absent(), to.is_absent()) {
            (true, _) => ("added", vec![to]),
            (_, true) => ("removed", vec![from]),
            _ => ("changed", vec![from, to]),
        };
        let shown = values.into_iter().map(Value::shown);
        let arguments = place.body.with_status([of.to_owned()].into_iter().chain(shown).collect());
        place.report(comparison, &place.rule(&format!("{name}-{end}")), arguments);
    }
}

fn dependent_required<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let status = || place.body.status.map(str::to_owned);
    for (key, change) in &place.difference.dependent_required {
        let (end, arguments): (_, Vec<String>) = match change {
            Dependents::Added(names) | Dependents::Deleted(names) => {
                let end = if matches!(change, Dependents::Added(_)) { "added" } else { "removed" };
                (end, status().into_iter().chain([key.clone(), names.join(", ")]).collect())
            }
            Dependents::Changed(names) => {
                let change = modification(names);
                ("changed", [key.clone()].into_iter().chain(status()).chain([change]).collect())
            }
        };
        let rule = place.rule(&format!("dependent-required-{end}"));
        place.report(comparison, &rule, place.named(arguments));
    }
}

fn modification(names: &Names) -> String {
    let parts = [(&names.added, "added"), (&names.deleted, "removed")];
    let parts = parts.into_iter().filter(|(names, _)| !names.is_empty());
    parts.map(|(names, end)| format!("{} {end}", names.join(", "))).collect::<Vec<_>>().join(", ")
}

fn discriminator<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let Some(change) = &place.difference.discriminator else { return };
    let mut report = |end: &str, arguments: Vec<String>| {
        place.report(comparison, &place.rule(&format!("discriminator-{end}")), arguments);
    };
    match change {
        Discriminator::Added => report("added", place.named_with_status(Vec::new())),
        Discriminator::Deleted => report("removed", place.named_with_status(Vec::new())),
        Discriminator::Changed { property, mapping, targets, .. } => {
            if let Some((from, to)) = property {
                let arguments = place.named_with_status(vec![from.clone(), to.clone()]);
                report("property-name-changed", arguments);
            }
            for (end, names) in [("added", &mapping.added), ("deleted", &mapping.deleted)] {
                if !names.is_empty() {
                    report(&format!("mapping-{end}"), place.then_named(vec![names.join(", ")]));
                }
            }
            for (key, from, to) in targets {
                let arguments = place.then_named(vec![key.clone(), from.clone(), to.clone()]);
                report("mapping-changed", arguments);
            }
        }
    }
}

/// Values that `x-extensible-enum` no longer lists, in both schemas a list.
pub(super) fn extensible_values(difference: &Difference<'_>) -> Vec<String> {
    const EXTENSION: &str = "x-extensible-enum";
    let changed = difference.extensions.modified.iter().any(|(name, _)| name == EXTENSION);
    let Some((base, head)) = difference.schemas.as_ref().filter(|_| changed) else { return Vec::new() };
    let list =
        |schema: &Schema<'_>| schema.extensions()?.get(EXTENSION).filter(|node| node.is_array()).map(texts);
    let (Some(old), Some(new)) = (list(base), list(head)) else { return Vec::new() };
    let new: std::collections::HashSet<String> = new.into_iter().collect();
    old.into_iter().filter(|value| !new.contains(value)).collect()
}
