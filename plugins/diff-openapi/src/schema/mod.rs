//! Schemas: what both documents allow, compared where data flows.
//!
//! A comparison is a graph, since schemas refer to each other and to themselves. A node of the graph is a pair
//! of schemas at a place; it is compared once, with a work list instead of recursion, and afterwards every
//! operation is led along the edges to the findings that it reaches.

mod bounds;
mod collections;
mod dynamic;
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
pub(crate) use types::{content_type, is_number, is_scalar, properties};

use crate::finding::Finding;
use crate::rule::{Family, Place, Rule};
use crate::spec::Spec;
use effective::{Effective, label};
use relation::{Budget, Set};
use std::cell::OnceCell;
use std::rc::Rc;

/// Bytes of a pointer beyond which no name is read from it.
const LONG: usize = 4096;

/// Two schemas at one place.
struct Pair<'p, 'a> {
    base: &'p Rc<Effective<'a>>,
    head: &'p Rc<Effective<'a>>,
    base_spec: &'p Spec<'a>,
    head_spec: &'p Spec<'a>,
    place: Place,
    budget: &'p Budget,
    made: Made<'p, 'a>,
}

/// What questions about a pair share, made when the first one is asked.
#[derive(Default)]
struct Made<'p, 'a> {
    name: OnceCell<String>,
    /// Whether the receiver restricts properties that it does not list.
    restricts: OnceCell<bool>,
    sets: OnceCell<(Set<'p, 'a>, Set<'p, 'a>)>,
}

/// What a pair of schemas gives: its own findings, and the pairs inside it.
#[derive(Default)]
struct Outcome<'a> {
    findings: Vec<Finding<'a>>,
    inside: Vec<(Shape<'a>, Shape<'a>, Place)>,
    /// Pairs that may belong together: alternatives that were matched by their type and position.
    guessed: Vec<(Shape<'a>, Shape<'a>, Place)>,
}

impl<'p, 'a> Pair<'p, 'a> {
    /// A finding about the pair itself.
    fn finding(&self, family: &'static Family, what: &str) -> Finding<'a> {
        let (base, head) = (self.base.definition, self.head.definition);
        Finding::at(family, self.place, Some(base), Some(head), format!("{} {what}", self.name()))
    }

    /// The schema in words: its name, if it is a component, a property, a parameter or a header, else its place.
    fn name(&self) -> &str {
        self.made.name.get_or_init(|| {
            let pointer = self.base.definition.pointer();
            if pointer.len() > LONG {
                return format!("the {}", self.place.noun());
            }
            let carrier = || effective::carrier(self.base_spec.root(), &pointer);
            label(&pointer).or_else(carrier).unwrap_or_else(|| format!("the {}", self.place.noun()))
        })
    }

    /// Whether the receiver restricts properties that it does not list.
    fn restricts_unlisted(&self, receiver: &Effective<'a>) -> bool {
        let keywords = ["additionalProperties", "patternProperties", "unevaluatedProperties"];
        *self
            .made
            .restricts
            .get_or_init(|| receiver.cut || keywords.iter().any(|keyword| receiver.first(keyword).is_some()))
    }

    /// The values that the old and that the new schema admit.
    fn sets(&self) -> &(Set<'p, 'a>, Set<'p, 'a>) {
        self.made.sets.get_or_init(|| {
            let base = Set::of(self.base, self.base_spec, self.budget);
            (base, Set::of(self.head, self.head_spec, self.budget))
        })
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
    dynamic::compare(pair, &mut outcome);
    if pair.base.cut || pair.head.cut {
        let what = "is composed of more schemas than are compared";
        outcome.findings.push(keywords::undecided(pair, what));
    }
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
