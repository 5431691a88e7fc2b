//! What differs between two schemas without the schemas in them.

use super::difference::{Dependents, Difference, Discriminator, EnumDifference, MapDifference, Names};
use super::engine::{LISTS, MAPS, SINGLES};
use super::schema::{Schema, texts};
use super::value::{Value, text};
use crate::spec::Node;
use std::collections::{HashMap, HashSet};

const TEXTS: &[&str] = &[
    "title",
    "format",
    "description",
    "pattern",
    "contentMediaType",
    "contentEncoding",
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$schema",
    "$comment",
];
const FLAGS: &[&str] = &["uniqueItems", "nullable", "readOnly", "writeOnly", "allowEmptyValue", "deprecated"];
const NUMBERS: &[&str] = &["minimum", "maximum", "multipleOf"];
/// Counts that are 0 where they are absent.
const COUNTS: &[&str] = &["minLength", "minItems", "minProperties"];
const LIMITS: &[&str] = &["maxLength", "maxItems", "maxProperties", "minContains", "maxContains"];
const ANY: &[&str] = &[
    "default",
    "example",
    "examples",
    "const",
    "xml",
    "externalDocs",
    "exclusiveMinimum",
    "exclusiveMaximum",
];
const ALLOWED: &[&str] = &["additionalProperties", "unevaluatedItems", "unevaluatedProperties"];
const OTHERS: &[&str] = &["type", "enum", "required", "discriminator", "dependentRequired"];

/// Fill in what differs.
#[inline(never)]
pub(super) fn shallow<'a>(base: &Schema<'a>, head: &Schema<'a>, found: &mut Difference<'a>) {
    found.values = values(base, head);
    found.types = Names::between(&base.types(), &head.types());
    found.required = Names::between(&base.texts("required"), &head.texts("required"));
    found.values_of_enum = enums(base, head);
    found.extensions = extensions(base.extensions(), head.extensions(), is_keyword);
    found.discriminator = discriminator(base.get("discriminator"), head.get("discriminator"));
    found.dependent_required = dependents(base, head);
}

fn values<'a>(base: &Schema<'a>, head: &Schema<'a>) -> Vec<(&'static str, Value<'a>, Value<'a>)> {
    let mut pairs = Vec::new();
    let mut read = |keywords: &[&'static str], value: &dyn Fn(&Schema<'a>, &str) -> Value<'a>| {
        for keyword in keywords {
            let (old, new) = (value(base, keyword), value(head, keyword));
            if !old.same(&new) {
                pairs.push((*keyword, old, new));
            }
        }
    };
    read(TEXTS, &|schema, keyword| Value::Text(schema.text(keyword)));
    read(FLAGS, &|schema, keyword| Value::Flag(schema.flag(keyword)));
    read(NUMBERS, &Schema::number);
    read(COUNTS, &|schema, keyword| Value::Count(schema.count(keyword).unwrap_or_default()));
    read(LIMITS, &|schema, keyword| schema.count(keyword).map_or(Value::Absent, Value::Count));
    read(ANY, &Schema::any);
    read(ALLOWED, &Schema::allowed);
    read(&["false"], &|schema, _| Value::Flag(schema.is_never()));
    pairs
}

fn enums<'a>(base: &Schema<'a>, head: &Schema<'a>) -> EnumDifference<'a> {
    let (old, new) = (base.values(), head.values());
    let became = old.is_none() && new.is_some();
    let read = |nodes: Option<Vec<Node<'a>>>| -> Vec<Value<'a>> {
        nodes.unwrap_or_default().into_iter().map(|node| Value::of(Some(node))).collect()
    };
    let (old, new) = (read(old), read(new));
    let missing = |from: &[Value<'a>], other: &[Value<'a>]| {
        let known: HashSet<_> = other.iter().map(Value::likeness).collect();
        from.iter().filter(|value| !known.contains(&value.likeness())).cloned().collect()
    };
    let (added, deleted): (Vec<_>, Vec<_>) = (missing(&new, &old), missing(&old, &new));
    EnumDifference { became: became && !added.is_empty(), added, deleted }
}

/// What differs between the keys of two objects that are not known keywords.
pub(super) fn extensions<'a>(
    base: Option<Node<'a>>,
    head: Option<Node<'a>>,
    known: fn(&str) -> bool,
) -> MapDifference<'a> {
    let mut found = MapDifference::default();
    for entry in base.into_iter().flat_map(Node::entries).filter(|entry| !known(&entry.name())) {
        match head.and_then(|head| head.get(&entry.name())) {
            None => found.deleted.push(entry.name().into_owned()),
            Some(other) if !super::value::same_data(entry.value, other) => {
                found.modified.push((entry.name().into_owned(), None));
            }
            Some(_) => {}
        }
    }
    for entry in head.into_iter().flat_map(Node::entries).filter(|entry| !known(&entry.name())) {
        if base.and_then(|base| base.get(&entry.name())).is_none() {
            found.added.push(entry.name().into_owned());
        }
    }
    found
}

fn is_keyword(name: &str) -> bool {
    [TEXTS, FLAGS, NUMBERS, COUNTS, LIMITS, ANY, ALLOWED, SINGLES, LISTS, MAPS, OTHERS]
        .iter()
        .any(|keywords| keywords.contains(&name))
}

fn discriminator(base: Option<Node<'_>>, head: Option<Node<'_>>) -> Option<Discriminator> {
    let (base, head) = match (base, head) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Discriminator::Added),
        (Some(_), None) => return Some(Discriminator::Deleted),
        (Some(base), Some(head)) => (base, head),
    };
    let name = |node: Node<'_>| node.get("propertyName").map(text).unwrap_or_default();
    let mapping = |node: Node<'_>| -> Vec<(String, String)> {
        let entries = node.get("mapping").into_iter().flat_map(Node::entries);
        entries.map(|entry| (entry.name().into_owned(), text(entry.value))).collect()
    };
    let (old, new) = (mapping(base), mapping(head));
    let keys = |entries: &[(String, String)]| -> Vec<String> {
        entries.iter().map(|(name, _)| name.clone()).collect()
    };
    let known: HashMap<&String, &String> = new.iter().map(|(name, target)| (name, target)).collect();
    let targets = old.iter().filter_map(|(name, from)| {
        let to = known.get(name).filter(|to| **to != from)?;
        Some((name.clone(), from.clone(), (*to).clone()))
    });
    let is_known = |name: &str| matches!(name, "propertyName" | "mapping");
    let found = Discriminator::Changed {
        property: Some((name(base), name(head))).filter(|(old, new)| old != new),
        mapping: Names::between(&keys(&old), &keys(&new)),
        targets: targets.collect(),
        extensions: !extensions(Some(base), Some(head), is_known).is_empty(),
    };
    Some(found).filter(|found| !found.is_empty())
}

fn dependents<'a>(base: &Schema<'a>, head: &Schema<'a>) -> Vec<(String, Dependents)> {
    let (old, new) = (base.map("dependentRequired"), head.map("dependentRequired"));
    let by_name =
        |entries: &[(String, Node<'a>)]| -> HashMap<String, Node<'a>> { entries.iter().cloned().collect() };
    let (known, knows) = (by_name(&old), by_name(&new));
    let mut found = Vec::new();
    for (name, names) in &new {
        let names = texts(*names);
        match known.get(name).map(|names| texts(*names)) {
            None => found.push((name.clone(), Dependents::Added(names))),
            Some(before) => {
                let changed = Names::between(&before, &names);
                if !changed.is_empty() {
                    found.push((name.clone(), Dependents::Changed(changed)));
                }
            }
        }
    }
    for (name, names) in &old {
        if !knows.contains_key(name) {
            found.push((name.clone(), Dependents::Deleted(texts(*names))));
        }
    }
    found
}
