//! A schema as the set of its values.

use super::{Answer, Budget};
use crate::equal::same_value;
use crate::number::Decimal;
use crate::schema::effective::{Effective, Shape, Union, is_annotation};
use crate::schema::types::{Types, types};
use crate::schema::values::{Values, allowed};
use crate::spec::{Kind, Node, Spec};
use std::rc::Rc;

/// Alternatives inside each other whose null is looked for.
const DEPTH: usize = 8;

/// A schema of one of the documents, made ready for questions.
#[derive(Clone)]
pub(in crate::schema) struct Set<'q, 'a> {
    pub(super) spec: &'q Spec<'a>,
    pub(super) budget: &'q Budget,
    pub(super) schema: Rc<Effective<'a>>,
    /// The types that values have, without null.
    pub(super) types: Types,
    pub(super) null: bool,
    /// The listed values, without null.
    pub(super) values: Option<Rc<Values<'a>>>,
    /// Alternatives of which one was chosen, by the number of their first variant.
    chosen: Vec<u32>,
    /// Siblings of a variant of `oneOf` that was chosen, which exclude it.
    siblings: Vec<Node<'a>>,
}

impl<'q, 'a> Set<'q, 'a> {
    pub(in crate::schema) fn of(schema: &Rc<Effective<'a>>, spec: &'q Spec<'a>, budget: &'q Budget) -> Self {
        Self::known(Rc::clone(schema), spec, budget, Vec::new())
    }

    /// The values of schemas of the same document that all hold; every value where there are none.
    pub(super) fn all_of(&self, sites: &[Node<'a>]) -> Self {
        let always = || Shape::always(self.spec.root());
        let shape = Shape::all_of(sites, self.spec).unwrap_or_else(always);
        Self::made(&shape, self.spec, self.budget, Vec::new())
    }

    fn made(shape: &Shape<'a>, spec: &'q Spec<'a>, budget: &'q Budget, chosen: Vec<u32>) -> Self {
        let mut schema = Effective::of(shape, spec);
        schema.unions.retain(|union| !chosen.contains(&union.variants[0].id()));
        Self::known(Rc::new(schema), spec, budget, chosen)
    }

    fn known(schema: Rc<Effective<'a>>, spec: &'q Spec<'a>, budget: &'q Budget, chosen: Vec<u32>) -> Self {
        let null = admits_null(&schema, spec, 0);
        let mut types = types(&schema);
        if types.has("number") && schema.all("multipleOf").any(is_whole) {
            types = types.without_fractions();
        }
        let values = allowed(&schema).map(Rc::new);
        let variants: usize = schema.unions.iter().map(|union| union.variants.len()).sum();
        let values_listed = values.as_ref().map_or(0, |values| values.len());
        budget.charge(schema.parts.len() + schema.properties.len() + variants + values_listed);
        Self { spec, budget, schema, types, null, values, chosen, siblings: Vec::new() }
    }

    fn shape(&self) -> Shape<'a> {
        self.schema.shape(false)
    }

    /// What tells this set from others.
    pub(super) fn key(&self) -> Vec<u64> {
        let parts = self.schema.parts.iter().map(|part| u64::from(part.id()));
        let chosen = self.chosen.iter().map(|id| u64::from(*id) + (1 << 32));
        let side = std::ptr::from_ref(self.spec) as u64;
        let rest = [side, u64::from(self.types.bits()), u64::from(self.null), u64::from(self.schema.or_null)];
        let bindings = self.schema.bindings.iter().map(|(_, node)| u64::from(node.id()) + (1 << 33));
        rest.into_iter().chain(parts).chain(chosen).chain(bindings).collect()
    }

    pub(super) fn is_always(&self) -> bool {
        self.schema.parts.is_empty() && !self.schema.cut
    }

    /// Whether all that is said is known, and dynamic references on both sides stand for the same.
    pub(super) fn is_comparable(&self, other: &Set<'_, 'a>) -> bool {
        let (ours, theirs) = (&self.schema, &other.schema);
        let binds_like = |(own, its): (&(String, Node<'a>), &(String, Node<'a>))| {
            own.0 == its.0 && same_value(own.1, its.1, self.spec, other.spec)
        };
        !ours.cut
            && !theirs.cut
            && ours.bindings.len() == theirs.bindings.len()
            && ours.bindings.iter().zip(&theirs.bindings).all(binds_like)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.null
            && (self.types == Types::NONE || self.values.as_ref().is_some_and(|values| values.len() == 0))
    }

    pub(super) fn without_null(&self) -> Self {
        Self { null: false, ..self.clone() }
    }

    /// The first alternatives that nothing was chosen of.
    pub(super) fn union(&self) -> Option<Union<'a>> {
        self.schema.unions.first().cloned()
    }

    pub(super) fn unions(&self) -> Vec<Union<'a>> {
        self.schema.unions.clone()
    }

    /// The values that are in one variant of a union too.
    pub(super) fn choosing(&self, union: &Union<'a>, at: usize) -> Self {
        let mut chosen = self.chosen.clone();
        chosen.push(union.variants[0].id());
        let mut set = self.and(union.variants[at]);
        Rc::make_mut(&mut set.schema).unions.retain(|union| !chosen.contains(&union.variants[0].id()));
        set.chosen = chosen;
        set.siblings.clone_from(&self.siblings);
        if !union.any {
            let others = union.variants.iter().enumerate().filter(|(other, _)| *other != at);
            set.siblings.extend(others.map(|(_, variant)| *variant));
        }
        set
    }

    /// The values that another schema of the same document admits too.
    pub(super) fn and(&self, site: Node<'a>) -> Self {
        let mut shape = self.shape();
        shape.and(site, self.spec);
        let made = Self::made(&shape, self.spec, self.budget, self.chosen.clone());
        let types = made.types.meet(self.types);
        Self { types, null: self.null && made.null, siblings: self.siblings.clone(), ..made }
    }

    /// Another schema of the same document.
    pub(super) fn sibling(&self, site: Node<'a>) -> Self {
        self.all_of(&[site])
    }

    /// The schemas that exclude these values, because a sibling of theirs was chosen.
    pub(super) fn excluded(&self) -> Vec<Self> {
        self.siblings.iter().map(|site| self.sibling(*site)).collect()
    }

    /// The set in pieces of one type each.
    pub(super) fn split(&self) -> Vec<Self> {
        self.types.split().into_iter().map(|types| Self { types, ..self.clone() }).collect()
    }

    /// The texts among the values.
    pub(super) fn texts(&self) -> Self {
        Self { types: self.types.meet(Types::STRING), null: false, ..self.clone() }
    }

    /// Whether two sets are described by the same keywords with the same values.
    pub(super) fn says_like(&self, other: &Set<'_, 'a>) -> bool {
        let (ours, theirs) = (&self.schema.parts, &other.schema.parts);
        self.chosen.is_empty()
            && other.chosen.is_empty()
            && (self.types, self.null, ours.len()) == (other.types, other.null, theirs.len())
            && ours.iter().zip(theirs).all(|(ours, theirs)| same_value(*ours, *theirs, self.spec, other.spec))
    }

    /// Whether a value is listed and of a type that is admitted.
    pub(super) fn lists(&self, value: Node<'_>) -> Answer {
        let listed = self.values.as_ref().is_some_and(|values| values.has(value));
        Answer::of(listed && Types::of_value(value).within(self.types))
    }

    /// Whether the listed values, and their type, are all that is said.
    pub(super) fn says_values_only(&self) -> bool {
        self.schema.unions.is_empty()
            && self.schema.parts.iter().all(|part| {
                part.entries().all(|entry| {
                    matches!(
                        entry.name().as_ref(),
                        "type" | "enum" | "const" | "nullable" | "default" | "deprecated"
                    ) || is_annotation(&entry.name())
                })
            })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.types.has(name)
    }
}

fn is_whole(divisor: Node<'_>) -> bool {
    Decimal::parse(divisor.raw()).and_then(|value| value.integer()).is_some_and(|value| value != 0)
}

/// Whether null is among the values.
fn admits_null<'a>(schema: &Effective<'a>, spec: &Spec<'a>, depth: usize) -> bool {
    if schema.or_null {
        return true;
    }
    let union = |variants: &[Node<'a>]| {
        depth < DEPTH
            && variants
                .iter()
                .any(|variant| admits_null(&Effective::of(&Shape::of(*variant, spec), spec), spec, depth + 1))
    };
    schema.parts.iter().all(|part| part_admits_null(*part))
        && schema.unions.iter().all(|alternatives| alternatives.or_null || union(&alternatives.variants))
}

fn part_admits_null(part: Node<'_>) -> bool {
    if part.as_bool() == Some(false) {
        return false;
    }
    // By OpenAPI 3.0 a list of values must name null too, and hardly any document does.
    if part.get("nullable").and_then(Node::as_bool) == Some(true) {
        return true;
    }
    let is_null = |node: Node<'_>| node.kind() == Kind::Null;
    let listed = part.get("enum").is_none_or(|list| list.items().any(is_null))
        && part.get("const").is_none_or(is_null);
    let typed = match part.get("type") {
        Some(_) => crate::schema::types::allows_null(part),
        None => {
            part.get("enum").is_some()
                || part.get("const").is_some()
                || !["properties", "items", "additionalProperties"].iter().any(|key| part.get(key).is_some())
        }
    };
    listed && typed
}
