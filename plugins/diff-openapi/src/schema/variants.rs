//! Alternatives: `anyOf`, `oneOf` and the discriminator.

use super::effective::{Effective, Union};
use super::keywords;
use super::types::types;
use super::values::constants;
use super::{Outcome, Pair, Shape};
use crate::equal::same_value;
use crate::finding::quote;
use crate::fingerprint::{fingerprint, hashed};
use crate::rule::{Family, families};
use crate::spec::{Node, Spec};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

/// Alternatives that look alike and are compared with one.
const TWINS: usize = 64;

families! {
    ANY_OF_ADDED = "any-of-added", Compatible, Compatible, typed_client: Breaking,
        "A {place} has one more alternative. A client that was generated with the old ones has no type for it.",
        "Offer the new alternative on request only, or in a new property.";
    ANY_OF_REMOVED = "any-of-removed", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} has one alternative less. A client that sends it is now refused.",
        "Go on accepting the alternative until no client sends it.";
    ONE_OF_ADDED = "one-of-added", Compatible, Breaking,
        "A {place} has one more alternative. A client that was generated with the old ones has no type for it.",
        "Offer the new alternative on request only, or in a new property.";
    ONE_OF_REMOVED = "one-of-removed", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} has one alternative less. A client that sends it is now refused.",
        "Go on accepting the alternative until no client sends it.";
    DISCRIMINATOR_ADDED = "discriminator-added", Compatible, Compatible,
        "A {place} now names the property that tells its alternatives apart.",
        "Nothing to do.";
    DISCRIMINATOR_REMOVED = "discriminator-removed", Compatible, Compatible,
        "A {place} no longer names the property that tells its alternatives apart. Clients that are generated from \
         now on try one after the other.",
        "Keep the discriminator.";
    DISCRIMINATOR_CHANGED = "discriminator-property-name-changed", Breaking, Compatible, typed_client: Breaking,
        "The alternatives of a {place} are told apart by another property. A client that was generated before looks \
         at the old one.",
        "Keep the property; add the new one beside it.";
    MAPPING_ADDED = "discriminator-mapping-added", Compatible, Compatible, typed_client: Risky,
        "The discriminator of a {place} knows one more value. A client that was generated with the old ones may not know \
         which alternative it means.",
        "Send the new value on request only.";
    MAPPING_DELETED = "discriminator-mapping-deleted", Breaking, Compatible,
        "The discriminator of a {place} knows one value less. A client that sends it is refused.",
        "Keep the value.";
    MAPPING_CHANGED = "discriminator-mapping-changed", Breaking, Compatible, typed_client: Breaking,
        "A value of the discriminator of a {place} now means another schema.",
        "Give the other schema a value of its own.";
}

/// The alternatives of one schema: those of its union, or the schema itself as the only one.
struct Alternatives<'a> {
    any: bool,
    shapes: Vec<(Node<'a>, Shape<'a>)>,
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let listed = |schema: &Effective<'a>| -> Vec<Union<'a>> {
        schema.unions.iter().filter(|union| !is_enumeration(union)).cloned().collect()
    };
    let (old, new) = (listed(pair.base), listed(pair.head));
    match (old.as_slice(), new.as_slice()) {
        ([], []) => {}
        ([old], [new]) => {
            matched(pair, &alternatives(old, pair.base_spec), &alternatives(new, pair.head_spec), outcome);
        }
        ([], [new]) if pair.head.parts.len() == 1 && is_pure(pair.head) => {
            matched(pair, &alone(pair.base), &alternatives(new, pair.head_spec), outcome);
        }
        ([old], []) if pair.base.parts.len() == 1 && is_pure(pair.base) => {
            matched(pair, &alternatives(old, pair.base_spec), &alone(pair.head), outcome);
        }
        (old, new) => {
            if !same_unions(pair, old, new) {
                outcome
                    .findings
                    .push(keywords::undecided(pair, "has other alternatives beside other keywords"));
            }
        }
    }
}

/// Unions of constants are values, compared where values are.
fn is_enumeration(union: &Union<'_>) -> bool {
    union.variants.iter().all(|variant| constants(*variant).is_some())
}

/// Whether a schema says nothing besides its alternatives.
pub(super) fn is_pure(schema: &Effective<'_>) -> bool {
    let known = [
        "anyOf",
        "oneOf",
        "discriminator",
        "nullable",
        "type",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
    ];
    schema.parts.iter().all(|part| {
        part.entries().all(|entry| {
            known.contains(&entry.name().as_ref()) || super::effective::is_annotation(&entry.name())
        })
    })
}

fn alternatives<'a>(union: &Union<'a>, spec: &Spec<'a>) -> Alternatives<'a> {
    let shapes = union.variants.iter().map(|variant| (*variant, Shape::of(*variant, spec))).collect();
    Alternatives { any: union.any, shapes }
}

fn alone<'a>(schema: &Effective<'a>) -> Alternatives<'a> {
    Alternatives { any: false, shapes: vec![(schema.definition, schema.shape(false))] }
}

/// Whether the same alternatives stand in both, in whatever order and however they are wrapped.
fn same_unions<'a>(pair: &Pair<'_, 'a>, old: &[Union<'a>], new: &[Union<'a>]) -> bool {
    let shapes = |unions: &[Union<'a>], spec: &Spec<'a>| -> Vec<Alternatives<'a>> {
        unions.iter().map(|union| alternatives(union, spec)).collect()
    };
    let (old, new) = (shapes(old, pair.base_spec), shapes(new, pair.head_spec));
    let key = |alternatives: &Alternatives<'a>, spec: &Spec<'a>| {
        let each = alternatives.shapes.iter().map(|(_, shape)| likeness(shape, spec));
        Some((alternatives.any, alternatives.shapes.len(), each.fold(0, u64::wrapping_add)))
    };
    let mut sides = Sides::of(old.len(), new.len());
    let pairs = sides.pair(
        |at| key(&old[at], pair.base_spec),
        |at| key(&new[at], pair.head_spec),
        |one, other| same_alternatives(pair, &old[one], &new[other]),
    );
    old.len() == new.len() && pairs.len() == old.len()
}

fn same_alternatives<'a>(pair: &Pair<'_, 'a>, old: &Alternatives<'a>, new: &Alternatives<'a>) -> bool {
    old.any == new.any
        && old.shapes.len() == new.shapes.len()
        && Sides::of(old.shapes.len(), new.shapes.len()).by_meaning(pair, old, new).len() == old.shapes.len()
}

/// Wrappers that say nothing of their own are undone in shapes.
fn same_shape<'a>(pair: &Pair<'_, 'a>, old: &Shape<'a>, new: &Shape<'a>) -> bool {
    old.or_null == new.or_null && same_schema_list(pair, &old.parts, &new.parts)
}

fn same_schema_list<'a>(pair: &Pair<'_, 'a>, old: &[Node<'a>], new: &[Node<'a>]) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| same_value(*old, *new, pair.base_spec, pair.head_spec))
}

/// A number that is equal for shapes that are the same.
fn likeness<'a>(shape: &Shape<'a>, spec: &Spec<'a>) -> u64 {
    let parts = shape.parts.iter().map(|part| fingerprint(*part, spec));
    hashed((shape.or_null, parts.collect::<Vec<_>>()))
}

/// Alternatives, by their number, that have no counterpart yet.
struct Sides {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl Sides {
    fn of(old: usize, new: usize) -> Self {
        Self { old: (0..old).collect(), new: (0..new).collect() }
    }

    /// Take out pairs that have a key in common, if they are accepted: of several the first one.
    fn pair<K: Hash + Eq>(
        &mut self,
        old_key: impl Fn(usize) -> Option<K>,
        new_key: impl Fn(usize) -> Option<K>,
        accepts: impl Fn(usize, usize) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut index: HashMap<K, Vec<usize>> = HashMap::new();
        for new in self.new.iter().rev() {
            if let Some(key) = new_key(*new) {
                index.entry(key).or_default().push(*new);
            }
        }
        let mut pairs = Vec::new();
        self.old.retain(|old| {
            let Some(like) = old_key(*old).and_then(|key| index.get_mut(&key)) else { return true };
            let mut first = (0..like.len()).rev().take(TWINS);
            let found = first.find(|at| accepts(*old, like[*at]));
            pairs.extend(found.map(|at| (*old, like.remove(at))));
            found.is_none()
        });
        let paired: HashSet<usize> = pairs.iter().map(|(_, new)| *new).collect();
        self.new.retain(|new| !paired.contains(new));
        pairs
    }

    fn by_name<'a>(&mut self, old: &Alternatives<'a>, new: &Alternatives<'a>) -> Vec<(usize, usize)> {
        self.pair(|at| name(old.shapes[at].0), |at| name(new.shapes[at].0), |_, _| true)
    }

    fn by_meaning<'a>(
        &mut self,
        pair: &Pair<'_, 'a>,
        old: &Alternatives<'a>,
        new: &Alternatives<'a>,
    ) -> Vec<(usize, usize)> {
        self.pair(
            |at| Some(likeness(&old.shapes[at].1, pair.base_spec)),
            |at| Some(likeness(&new.shapes[at].1, pair.head_spec)),
            |one, other| same_shape(pair, &old.shapes[one].1, &new.shapes[other].1),
        )
    }

    /// By type and position; a component that is still there was not renamed to another one.
    fn by_types<'a>(
        &mut self,
        pair: &Pair<'_, 'a>,
        old: &Alternatives<'a>,
        new: &Alternatives<'a>,
    ) -> Vec<(usize, usize)> {
        let of = |shape: &Shape<'a>, spec: &Spec<'a>| types(&Effective::of(shape, spec)).bits();
        let stays = |(site, _): &(Node<'a>, Shape<'a>), other: &Spec<'a>| other.target(*site).is_some();
        let key = |alternative: &(Node<'a>, Shape<'a>), own, other| {
            (!stays(alternative, other)).then(|| of(&alternative.1, own))
        };
        self.pair(
            |at| key(&old.shapes[at], pair.base_spec, pair.head_spec),
            |at| key(&new.shapes[at], pair.head_spec, pair.base_spec),
            |_, _| true,
        )
    }
}

/// Match alternatives by their name, then by what they say, then by their type and position; what is left was
/// removed or added.
fn matched<'a>(
    pair: &Pair<'_, 'a>,
    old: &Alternatives<'a>,
    new: &Alternatives<'a>,
    outcome: &mut Outcome<'a>,
) {
    let mut sides = Sides::of(old.shapes.len(), new.shapes.len());
    let alone = old.shapes.len() == 1 && new.shapes.len() == 1;
    let inside = if alone { pair.place } else { pair.place.inside() };
    let shapes =
        |(one, other): (usize, usize)| (old.shapes[one].1.clone(), new.shapes[other].1.clone(), inside);
    let certain = [sides.by_name(old, new), sides.by_meaning(pair, old, new)].concat();
    outcome.inside.extend(certain.into_iter().map(shapes));
    let list = if alone { &mut outcome.inside } else { &mut outcome.guessed };
    list.extend(sides.by_types(pair, old, new).into_iter().map(shapes));
    let (left, right) = (sides.old, sides.new);
    if old.any != new.any
        && old.shapes.len() > 1
        && new.shapes.len() > 1
        && left.is_empty()
        && right.is_empty()
    {
        outcome.findings.push(keywords::undecided(pair, "counts its alternatives in another way"));
    }
    let any = if new.shapes.len() > 1 { new.any } else { old.any };
    report(
        pair,
        left.iter().map(|at| old.shapes[*at].0),
        [&ONE_OF_REMOVED, &ANY_OF_REMOVED][usize::from(any)],
        "lost",
        outcome,
    );
    report(
        pair,
        right.iter().map(|at| new.shapes[*at].0),
        [&ONE_OF_ADDED, &ANY_OF_ADDED][usize::from(any)],
        "got",
        outcome,
    );
}

fn report<'a>(
    pair: &Pair<'_, 'a>,
    variants: impl Iterator<Item = Node<'a>>,
    family: &'static Family,
    what: &str,
    outcome: &mut Outcome<'a>,
) {
    let names: Vec<String> =
        variants.map(|variant| name(variant).unwrap_or_else(|| variant.raw().to_owned())).collect();
    if names.is_empty() {
        return;
    }
    let names = names.join(", ");
    let finding = pair.finding(family, &format!("{what} the alternative {}", quote(&names)));
    let values = if what == "lost" { (Some(names), None) } else { (None, Some(names)) };
    outcome.findings.push(finding.values(values.0, values.1));
}

/// The name of the component that a variant refers to.
fn name(variant: Node<'_>) -> Option<String> {
    let reference = variant.get("$ref")?.as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}

/// Compare the property that tells alternatives apart.
pub(super) fn discriminator<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let (old, new) = match (pair.base.first("discriminator"), pair.head.first("discriminator")) {
        (None, None) => return,
        (None, Some(_)) => {
            return outcome.findings.push(pair.finding(&DISCRIMINATOR_ADDED, "got a discriminator"));
        }
        (Some(_), None) => {
            return outcome.findings.push(pair.finding(&DISCRIMINATOR_REMOVED, "lost its discriminator"));
        }
        (Some(old), Some(new)) => (old, new),
    };
    let property =
        |node: Node<'a>| node.get("propertyName").and_then(Node::as_str).map(std::borrow::Cow::into_owned);
    let (before, after) = (property(old), property(new));
    if before != after {
        outcome
            .findings
            .push(pair.finding(&DISCRIMINATOR_CHANGED, "has another discriminator").values(before, after));
    }
    let (known, knows) = (mapped(old, pair.base, pair.base_spec), mapped(new, pair.head, pair.head_spec));
    mapping(pair, &known, &knows, outcome);
}

/// What values of a discriminator mean.
struct Mapping<'a> {
    /// The written and the implied values, with the name and the schema that they mean.
    values: BTreeMap<String, (String, Option<Node<'a>>)>,
    /// The names of the alternatives.
    alternatives: BTreeSet<String>,
}

impl Mapping<'_> {
    /// Whether a schema of this name can be meant at all: a discriminator without alternatives may mean any.
    fn offers(&self, name: &str) -> bool {
        self.alternatives.is_empty() || self.alternatives.contains(name)
    }
}

/// Every alternative can be meant by its own name, besides what is written (OpenAPI 3.1, section 4.8.25). A bare
/// name and the reference to the component of that name are the same.
fn mapped<'a>(discriminator: Node<'a>, schema: &Effective<'a>, spec: &Spec<'a>) -> Mapping<'a> {
    let variants = schema.unions.iter().flat_map(|union| &union.variants);
    let implied: Vec<(String, Option<Node<'a>>)> =
        variants.filter_map(|variant| Some((name(*variant)?, spec.target(*variant)))).collect();
    let written = discriminator.get("mapping").into_iter().flat_map(Node::entries).map(|entry| {
        let text = entry.value.as_str().unwrap_or_default();
        let name = text.rsplit('/').next().unwrap_or_default().to_owned();
        let components = spec.root().get("components").and_then(|components| components.get("schemas"));
        let target = components.and_then(|schemas| schemas.get(&name));
        (entry.name().into_owned(), (name, target))
    });
    let alternatives = implied.iter().map(|(name, _)| name.clone()).collect();
    let implied = implied.into_iter().map(|(name, target)| (name.clone(), (name, target)));
    Mapping { values: implied.chain(written).collect(), alternatives }
}

fn mapping<'a>(pair: &Pair<'_, 'a>, old: &Mapping<'a>, new: &Mapping<'a>, outcome: &mut Outcome<'a>) {
    // The values of an alternative that came or went are told with the alternative.
    let only = |one: &Mapping<'a>, other: &Mapping<'a>| {
        let values = one
            .values
            .iter()
            .filter(|(value, (name, _))| !other.values.contains_key(*value) && other.offers(name));
        values.map(|(value, _)| value.clone()).collect::<Vec<_>>()
    };
    let same = |(old_name, old): &(String, Option<Node<'a>>),
                (new_name, new): &(String, Option<Node<'a>>)| {
        match (old, new) {
            (Some(old), Some(new)) if old_name != new_name => {
                same_value(*old, *new, pair.base_spec, pair.head_spec)
            }
            _ => old_name == new_name,
        }
    };
    let changed =
        old.values.iter().filter(|(value, old)| new.values.get(*value).is_some_and(|new| !same(old, new)));
    let changed: Vec<String> = changed.map(|(value, _)| value.clone()).collect();
    for (family, what, values) in [
        (&MAPPING_DELETED, "lost the discriminator value", only(old, new)),
        (&MAPPING_ADDED, "got the discriminator value", only(new, old)),
        (&MAPPING_CHANGED, "has another schema for the discriminator value", changed),
    ] {
        if !values.is_empty() {
            let values = quote(&values.join(", "));
            outcome.findings.push(pair.finding(family, &format!("{what} {values}")));
        }
    }
}
