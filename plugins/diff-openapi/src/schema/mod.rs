//! Schemas: what both documents allow, compared where data flows.
//!
//! A comparison is a graph, since schemas refer to each other and to themselves. A node of the graph is a pair
//! of schemas at a place; it is compared once, with a work list instead of recursion, and afterwards every
//! operation is led along the edges to the findings that it reaches.

mod bounds;
mod collections;
mod effective;
mod graph;
mod keywords;
mod lifecycle;
mod names;
mod properties;
mod relation;
mod types;
mod values;
mod variants;
mod verdict;

pub(crate) use effective::{Shape, is_annotation};
pub(crate) use graph::{Graph, Vertex};
pub(crate) use keywords::UNDECIDED;
pub(crate) use lifecycle::{DEPRECATED, REACTIVATED};
pub(crate) use types::{content_type, is_number, is_scalar, property};

use crate::finding::Finding;
use crate::rule::{Family, Place, Rule};
use crate::spec::Spec;
use effective::{Effective, label};
use relation::Budget;

/// Two schemas at one place.
struct Pair<'p, 'a> {
    base: &'p Effective<'a>,
    head: &'p Effective<'a>,
    base_spec: &'p Spec<'a>,
    head_spec: &'p Spec<'a>,
    place: Place,
    budget: &'p Budget,
}

/// What a pair of schemas gives: its own findings, and the pairs inside it.
#[derive(Default)]
struct Outcome<'a> {
    findings: Vec<Finding<'a>>,
    inside: Vec<(Shape<'a>, Shape<'a>, Place)>,
    /// Pairs that may belong together: alternatives that were matched by their type and position.
    guessed: Vec<(Shape<'a>, Shape<'a>, Place)>,
}

impl<'a> Pair<'_, 'a> {
    /// A finding about the pair itself.
    fn finding(&self, family: &'static Family, what: &str) -> Finding<'a> {
        let (base, head) = (self.base.definition, self.head.definition);
        Finding::at(family, self.place, Some(base), Some(head), format!("{} {what}", self.name()))
    }

    /// The schema in words: its name, if it is a component, a property, a parameter or a header, else its place.
    fn name(&self) -> String {
        let pointer = self.base.definition.pointer();
        let carrier = || effective::carrier(self.base_spec.root(), &pointer);
        label(&pointer).or_else(carrier).unwrap_or_else(|| format!("the {}", self.place.noun()))
    }
}

/// Compare everything that two schemas say, each keyword by its own module.
fn compare<'a>(pair: &Pair<'_, 'a>) -> Outcome<'a> {
    let mut outcome = Outcome::default();
    if types::compare(pair, &mut outcome) {
        values::compare(pair, &mut outcome);
        bounds::compare(pair, &mut outcome);
        collections::compare(pair, &mut outcome);
        variants::compare(pair, &mut outcome);
        keywords::compare(pair, &mut outcome);
        verdict::settle(pair, &mut outcome);
        properties::compare(pair, &mut outcome);
        values::extensible_values(pair, &mut outcome);
        values::default(pair, &mut outcome);
        variants::discriminator(pair, &mut outcome);
    } else {
        verdict::settle(pair, &mut outcome);
    }
    lifecycle::compare(pair, &mut outcome);
    outcome.inside.append(&mut outcome.guessed);
    outcome
}

/// The rules about schemas that stand at one place only.
pub(crate) fn rules() -> Vec<&'static Rule> {
    [properties::RULES, keywords::RULES, names::RULES].concat()
}

/// The rules about schemas that stand at every place.
pub(crate) fn families() -> Vec<&'static Family> {
    [
        types::FAMILIES,
        values::FAMILIES,
        bounds::FAMILIES,
        collections::FAMILIES,
        variants::FAMILIES,
        keywords::FAMILIES,
        lifecycle::FAMILIES,
    ]
    .concat()
}
