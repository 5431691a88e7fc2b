//! Enumerations, constants and defaults.

use super::effective::{Effective, is_annotation};
use super::{Outcome, Pair};
use crate::equal::literal;
use crate::rule::families;
use crate::spec::{Kind, Node};
use countersign_plugin::Impact;
use std::collections::BTreeMap;

/// Wrappers inside each other.
const WRAPPERS: usize = 8;

families! {
    ENUM_VALUE_REMOVED = "enum-value-removed", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} no longer has one of its listed values. A client that sends this value is now refused.",
        "Go on accepting the value, as an alias of its successor, until no client sends it.";
    ENUM_VALUE_ADDED = "enum-value-added", Compatible, Risky, typed_client: Breaking,
        "A {place} has a new listed value. A client that was generated with the old list has no name for it: some \
         fail when they parse it, some carry it through.",
        "Tell clients to expect unknown values before the first one is sent, or send it on request only.";
    BECAME_ENUM = "became-enum", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} took any value and now takes listed ones only. A client that sends another is now refused.",
        "Go on accepting other values, or introduce the list in a new property.";
    BECAME_NOT_ENUM = "became-not-enum", Compatible, Risky, typed_client: Breaking, source: (Breaking, Breaking),
        "A {place} had listed values only and may now have any. A client that was generated with the list has no \
         name for a new value.",
        "Keep the list and add to it, so that clients learn of each value.";
    CONST_ADDED = "const-added", Breaking, Compatible,
        "A {place} took any value and now takes one only. A client that sends another is now refused.",
        "Go on accepting other values.";
    CONST_CHANGED = "const-changed", Breaking, Breaking,
        "The only value of a {place} is another one now. Clients send or expect the old one.",
        "Add the new value beside the old one.";
    CONST_REMOVED = "const-removed", Compatible, Breaking,
        "A {place} had one value only and may now have any. A client that was generated for this value fails on others.",
        "Send other values in a new property.";
    DEFAULT_ADDED = "default-value-added", Compatible, Compatible, except: [RequestParameter => Breaking],
        "A {place} that is left out now has a default. Where the server did otherwise before, clients that leave it \
         out get something else.",
        "Keep the default equal to what the server did without one.";
    DEFAULT_CHANGED = "default-value-changed", Risky, Compatible, except: [RequestParameter => Breaking],
        "A {place} that is left out now means another value. Clients that leave it out get something else without \
         a change on their side.",
        "Keep the default; let clients ask for the new value.";
    DEFAULT_REMOVED = "default-value-removed", Risky, Compatible, except: [RequestParameter => Breaking],
        "A {place} that is left out no longer has a default. Clients that leave it out get something else.",
        "Keep the default.";
}

/// The values that a schema lists, without null.
#[derive(Debug)]
pub(super) struct Values<'a> {
    listed: BTreeMap<String, Node<'a>>,
    pub(super) has_null: bool,
    /// Whether the only value was written as `const`.
    constant: bool,
}

impl<'a> Values<'a> {
    fn new(nodes: impl Iterator<Item = Node<'a>>, constant: bool) -> Self {
        let (null, nodes): (Vec<_>, Vec<_>) = nodes.partition(|node| node.kind() == Kind::Null);
        let listed = nodes.into_iter().map(|node| (literal(node), node)).collect();
        Self { listed, has_null: !null.is_empty(), constant }
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = Node<'a>> {
        self.listed.values().copied()
    }

    /// Whether a value is among them.
    pub(super) fn has(&self, value: Node<'_>) -> bool {
        self.listed.contains_key(&literal(value))
    }

    pub(super) fn len(&self) -> usize {
        self.listed.len()
    }

    fn without(&self, other: &Self) -> Option<String> {
        let missing = self.listed.iter().filter(|(value, _)| !other.listed.contains_key(*value));
        let missing: Vec<&str> = missing.map(|(_, node)| node.raw()).collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }

    fn text(&self) -> String {
        self.nodes().map(Node::raw).collect::<Vec<_>>().join(", ")
    }
}

/// The listed values, whether written as `enum`, as `const` or as a `oneOf` of constants.
pub(super) fn allowed<'a>(schema: &Effective<'a>) -> Option<Values<'a>> {
    if let Some(constant) = schema.first("const") {
        return Some(Values::new([constant].into_iter(), true));
    }
    let mut lists = schema.all("enum").map(|list| Values::new(list.items(), false));
    if let Some(first) = lists.next() {
        return Some(lists.fold(first, |mut all, list| {
            all.listed.retain(|value, _| list.listed.contains_key(value));
            all
        }));
    }
    schema.unions.iter().find_map(|union| {
        let constants: Option<Vec<Vec<Node<'a>>>> =
            union.variants.iter().map(|variant| constants(*variant)).collect();
        constants.map(|nodes| Values::new(nodes.into_iter().flatten(), false))
    })
}

/// The values of an inline variant that lists its values, by itself or in wrappers that say nothing of their own.
pub(super) fn constants(variant: Node<'_>) -> Option<Vec<Node<'_>>> {
    let mut variant = variant;
    for _ in 0..WRAPPERS {
        if let Some(value) = variant.get("const") {
            return Some(vec![value]);
        }
        if let Some(list) = variant.get("enum") {
            return Some(list.items().collect());
        }
        let mut entries = variant.entries().filter(|entry| !is_annotation(&entry.name()));
        let only = entries.next().filter(|_| entries.next().is_none())?;
        let wraps = matches!(only.name().as_ref(), "allOf" | "anyOf" | "oneOf") && only.value.len() == 1;
        variant = only.value.item(0).filter(|_| wraps)?;
    }
    None
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    match (allowed(pair.base), allowed(pair.head)) {
        (Some(old), Some(new)) => both_listed(pair, &old, &new, outcome),
        (None, Some(new)) => {
            let (family, what) = if new.constant {
                (&CONST_ADDED, "now has one value only")
            } else {
                (&BECAME_ENUM, "now has listed values only")
            };
            outcome.findings.push(pair.finding(family, what).values(None, Some(new.text())));
        }
        (Some(old), None) => {
            let (family, what) = if old.constant {
                (&CONST_REMOVED, "no longer has one value only")
            } else {
                (&BECAME_NOT_ENUM, "no longer lists its values")
            };
            outcome.findings.push(pair.finding(family, what).values(Some(old.text()), None));
        }
        (None, None) => {}
    }
}

/// The values that a schema lists as an extensible enumeration, to which others may be added at any time
/// (`x-extensible-enum`, Zalando's API guidelines, rule 112).
fn extensible<'a>(schema: &Effective<'a>) -> Option<Values<'a>> {
    let mut lists = schema.all("x-extensible-enum").filter(|list| list.is_array());
    lists.next().map(|list| Values::new(list.items(), false))
}

/// Whether clients were told to expect values that are not listed.
fn is_extensible(schema: &Effective<'_>) -> bool {
    schema.all("x-extensible-enum").any(|value| value.is_array() || value.as_bool() == Some(true))
}

/// Compare the lists that are not part of what a schema admits. A server knows the values that it lists and no
/// others; clients take any.
pub(super) fn extensible_values<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let (Some(old), Some(new)) = (extensible(pair.base), extensible(pair.head)) else { return };
    let mut listed = Outcome::default();
    both_listed(pair, &old, &new, &mut listed);
    for mut finding in listed.findings {
        finding.verdict = (!pair.place.is_request()).then_some(Impact::Compatible);
        outcome.findings.push(finding);
    }
}

fn both_listed<'a>(pair: &Pair<'_, 'a>, old: &Values<'a>, new: &Values<'a>, outcome: &mut Outcome<'a>) {
    let (removed, added) = (old.without(new), new.without(old));
    if let (Some(before), Some(after), true) = (&removed, &added, old.constant && new.constant) {
        let what =
            format!("must be {} instead of {}", crate::finding::quote(after), crate::finding::quote(before));
        outcome.findings.push(pair.finding(&CONST_CHANGED, &what).values(removed, added));
        return;
    }
    if let Some(values) = removed {
        let what = format!("lost the value {}", crate::finding::quote(&values));
        outcome.findings.push(pair.finding(&ENUM_VALUE_REMOVED, &what).values(Some(values), None));
    }
    if let Some(values) = added {
        let what = format!("got the value {}", crate::finding::quote(&values));
        let mut finding = pair.finding(&ENUM_VALUE_ADDED, &what).values(None, Some(values));
        finding.verdict = is_extensible(pair.base).then_some(Impact::Compatible);
        outcome.findings.push(finding);
    }
}

/// Compare what is assumed where nothing is sent.
pub(super) fn default<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let (old, new) = (pair.base.first("default"), pair.head.first("default"));
    let (family, what) = match (old, new) {
        (Some(old), Some(new)) if literal(old) != literal(new) => (&DEFAULT_CHANGED, "has another default"),
        // Null and no default are the same to every generator, and frameworks are not steady in writing it.
        (None, Some(new)) if new.kind() != Kind::Null => (&DEFAULT_ADDED, "now has a default"),
        (Some(old), None) if old.kind() != Kind::Null => (&DEFAULT_REMOVED, "no longer has a default"),
        _ => return,
    };
    let text = |node: Option<Node<'_>>| node.map(|node| node.raw().to_owned());
    outcome.findings.push(pair.finding(family, what).values(text(old), text(new)));
}
