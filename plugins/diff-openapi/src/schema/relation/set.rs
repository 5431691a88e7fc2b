//! A schema as the set of its values.

use super::Budget;
use crate::number::Decimal;
use crate::schema::effective::{Effective, Shape, Union};
use crate::schema::types::{Types, types};
use crate::schema::values::{Values, allowed};
use crate::spec::{Kind, Node, Spec};

/// Alternatives inside each other whose null is looked for.
const DEPTH: usize = 8;

/// A schema of one of the documents, made ready for questions.
#[derive(Clone)]
pub(in crate::schema) struct Set<'q, 'a> {
    pub(super) spec: &'q Spec<'a>,
    pub(super) budget: &'q Budget,
    pub(super) schema: Effective<'a>,
    /// The types that values have, without null.
    pub(super) types: Types,
    pub(super) null: bool,
    /// Alternatives of which one was chosen, by the number of their first variant.
    chosen: Vec<u32>,
    /// Siblings of a variant of `oneOf` that was chosen, which exclude it.
    siblings: Vec<Node<'a>>,
}

impl<'q, 'a> Set<'q, 'a> {
    pub(in crate::schema) fn of(schema: &Effective<'a>, spec: &'q Spec<'a>, budget: &'q Budget) -> Self {
        let shape = Shape { site: schema.definition, parts: schema.parts.clone(), or_null: schema.or_null };
        Self::made(&shape, spec, budget, Vec::new())
    }

    /// The values of schemas of the same document that all hold; every value where there are none.
    pub(super) fn all_of(&self, sites: &[Node<'a>]) -> Self {
        let always = || Shape { site: self.spec.root(), parts: Vec::new(), or_null: false };
        let shape = Shape::all_of(sites, self.spec).unwrap_or_else(always);
        Self::made(&shape, self.spec, self.budget, Vec::new())
    }

    fn made(shape: &Shape<'a>, spec: &'q Spec<'a>, budget: &'q Budget, chosen: Vec<u32>) -> Self {
        let mut schema = Effective::of(shape, spec);
        schema.unions.retain(|union| !chosen.contains(&union.variants[0].id()));
        let null = admits_null(&schema, spec, 0);
        let mut types = types(&schema);
        if types.has("number") && schema.all("multipleOf").any(is_whole) {
            types = types.without_fractions();
        }
        Self { spec, budget, schema, types, null, chosen, siblings: Vec::new() }
    }

    fn shape(&self) -> Shape<'a> {
        Shape { site: self.schema.definition, parts: self.schema.parts.clone(), or_null: false }
    }

    /// What tells this set from others.
    pub(super) fn key(&self) -> Vec<usize> {
        let parts = self.schema.parts.iter().map(|part| part.id() as usize);
        let chosen = self.chosen.iter().map(|id| *id as usize + (1 << 31));
        let side = std::ptr::from_ref(self.spec) as usize;
        let rest =
            [side, usize::from(self.types.bits()), usize::from(self.null), usize::from(self.schema.or_null)];
        rest.into_iter().chain(parts).chain(chosen).collect()
    }

    pub(super) fn is_always(&self) -> bool {
        self.schema.parts.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.null
            && (self.types == Types::NONE
                || self.values().is_some_and(|values| values.nodes().next().is_none()))
    }

    pub(super) fn without_null(&self) -> Self {
        Self { null: false, ..self.clone() }
    }

    /// The listed values, without null.
    pub(super) fn values(&self) -> Option<Values<'a>> {
        allowed(&self.schema)
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
        set.schema.unions.retain(|union| !chosen.contains(&union.variants[0].id()));
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
