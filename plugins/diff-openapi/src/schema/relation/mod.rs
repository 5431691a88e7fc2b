//! Whether every value that one schema admits is admitted by another.
//!
//! This is what a verdict rests on: a request breaks clients where not all that was accepted still is, a response
//! where something arrives that could not before. The question is answered in three ways, and "unknown" is
//! reported, never passed over. "No" means that a keyword lets through what the other side refuses, as long as the
//! schema's other keywords do not rule it out; "yes" is certain.

mod arrays;
mod logic;
mod numbers;
mod objects;
mod set;
mod strings;
mod values;

use objects::dependent_required_included;
pub(super) use set::Set;

use super::effective::{Union, is_annotation};
use super::types::Types;
use crate::equal::{same_environment, same_value};
pub(crate) use crate::language::Answer;
use crate::language::Patterns;
use crate::spec::Node;
use std::cell::Cell;
use std::collections::HashMap;

/// Pairs of schemas that one question may visit.
const VISITS: usize = 2_000;
/// Pairs of schemas that all questions of a comparison may visit, so that a hostile document ends in time.
const ALL_VISITS: usize = 60_000;
/// Questions inside each other that are asked once more by what is written, where they were not answered.
const SAME: usize = 4;
/// Parts, properties and values that cost as much as a visit.
const SIZE: usize = 16;
/// Questions inside each other.
const DEPTH: usize = 60;

/// What is left of the work that all questions of a comparison may cost, and what they share.
#[derive(Debug)]
pub(super) struct Budget {
    visits: Cell<usize>,
    pub(super) patterns: Patterns,
}

impl Default for Budget {
    fn default() -> Self {
        Self { visits: Cell::new(ALL_VISITS), patterns: Patterns::default() }
    }
}

impl Budget {
    /// Pay for a schema that is large.
    fn charge(&self, size: usize) {
        self.visits.set(self.visits.get().saturating_sub(size / SIZE));
    }

    /// Pay for a look at so many things, if there are any; whether there was enough left.
    fn affords(&self, size: usize) -> bool {
        self.charge(size);
        size == 0 || !self.is_spent()
    }

    fn is_spent(&self) -> bool {
        self.visits.get() == 0
    }

    fn take(&self) -> bool {
        let left = self.visits.get();
        self.visits.set(left.saturating_sub(1));
        left > 0
    }
}

/// What is known of a pair.
#[derive(Debug, Clone, Copy)]
enum Known {
    Answer(Answer),
    /// It is being asked, since so many steps into values.
    Asked(usize),
}

/// A question in one direction: whether data that flows one way fits.
pub(super) struct Question<'q> {
    /// Whether the data is sent by clients, so that what is read-only does not occur in it.
    request: bool,
    /// Whether a property that the sender does not list may be sent all the same, with any value, since nothing says
    /// that it may not. By convention nobody does that, so that a new property breaks nobody.
    exact: bool,
    budget: &'q Budget,
    visits: usize,
    depth: usize,
    known: HashMap<(Vec<u64>, Vec<u64>, bool), Known>,
    /// How many steps into properties and items led to the pair that is being asked.
    inside: usize,
    /// How many answers rested on a pair that was still being asked.
    assumed: usize,
}

impl<'q> Question<'q> {
    pub(super) fn new(request: bool, budget: &'q Budget) -> Self {
        let known = HashMap::new();
        Self { request, exact: false, budget, visits: VISITS, depth: 0, known, inside: 0, assumed: 0 }
    }

    /// A question to the letter, which only equal schemas answer with yes both ways.
    pub(super) fn exact(request: bool, budget: &'q Budget) -> Self {
        Self { exact: true, ..Self::new(request, budget) }
    }

    /// Whether all values of the left set are in the right one.
    pub(super) fn included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        if right.is_always() || left.is_empty() {
            return Answer::Yes;
        }
        let key = (left.key(), right.key(), self.exact);
        match self.known.get(&key) {
            Some(Known::Answer(answer)) => return *answer,
            // Coinduction: a recursive schema fits unless something on the way does not. A schema that comes back to
            // itself without a step into a value says nothing of it.
            Some(Known::Asked(inside)) if *inside < self.inside => {
                self.assumed += 1;
                return Answer::Yes;
            }
            Some(Known::Asked(_)) => return Answer::Unknown,
            None => {}
        }
        if !left.is_comparable(right) || !self.enter() {
            return Answer::Unknown;
        }
        self.known.insert(key.clone(), Known::Asked(self.inside));
        let assumed = self.assumed;
        let mut answer = self.asked(left, right);
        self.depth -= 1;
        // What is not understood is at least the same as itself.
        if answer == Answer::Unknown && self.depth < SAME && left.says_like(right) {
            answer = Answer::Yes;
        }
        if answer == Answer::Yes && self.assumed != assumed {
            self.known.remove(&key);
        } else {
            self.known.insert(key, Known::Answer(answer));
        }
        answer
    }

    /// The question about what is inside the values.
    fn included_inside<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        self.inside += 1;
        let answer = self.included(left, right);
        self.inside -= 1;
        answer
    }

    /// Whether no further pair can be visited, so that there is no point in making its sets.
    fn is_spent(&self) -> bool {
        self.visits == 0 || self.budget.is_spent()
    }

    /// Take one step of the budget, one level down; to be left by `self.depth -= 1`.
    fn enter(&mut self) -> bool {
        let may = self.visits > 0 && self.depth < DEPTH && self.budget.take();
        if may {
            self.visits -= 1;
            self.depth += 1;
        }
        may
    }

    fn asked<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let null = Answer::of(!left.null || right.null);
        if null == Answer::No || left.types == Types::NONE {
            return null;
        }
        let (left, right) = (left.without_null(), right.without_null());
        if let Some(answer) = self.values_included(&left, &right) {
            return answer;
        }
        if let Some(union) = left.union() {
            return self.variants_included(&left, &union, &right);
        }
        if !left.types.within(right.types) {
            return Answer::No;
        }
        let own = self.keywords_included(&left, &right);
        if own == Answer::No {
            return own;
        }
        let unions = right.unions();
        own.and(Answer::all(unions.iter().map(|union| self.in_union(&left, union, &right))))
    }

    /// Every variant on the left must fit.
    fn variants_included<'a>(
        &mut self,
        left: &Set<'_, 'a>,
        union: &Union<'a>,
        right: &Set<'_, 'a>,
    ) -> Answer {
        Answer::all((0..union.variants.len()).map(|at| match self.is_spent() {
            true => Answer::Unknown,
            false => self.included(&left.choosing(union, at), right),
        }))
    }

    /// One alternative on the right must hold all that is on the left, and with `oneOf` no other any of it.
    fn in_union<'a>(&mut self, left: &Set<'_, 'a>, union: &Union<'a>, right: &Set<'_, 'a>) -> Answer {
        let whole = self.in_variant(left, union, right);
        if whole == Answer::Yes {
            return whole;
        }
        let split = left.split();
        if split.len() > 1 {
            return Answer::all(split.iter().map(|part| self.in_variant(part, union, right)));
        }
        whole
    }

    fn in_variant<'a>(&mut self, left: &Set<'_, 'a>, union: &Union<'a>, right: &Set<'_, 'a>) -> Answer {
        let mut apart = true;
        for (at, variant) in union.variants.iter().enumerate() {
            if self.is_spent() {
                return Answer::Unknown;
            }
            let variant = right.sibling(*variant);
            let fits = self.included(left, &variant);
            if fits == Answer::Yes && (union.any || self.only_in(left, union, right, at)) {
                return Answer::Yes;
            }
            apart &= fits == Answer::No && self.disjoint(left, &variant) == Answer::Yes;
        }
        // The alternatives may hold together what none of them holds alone.
        if apart { Answer::No } else { Answer::Unknown }
    }

    fn only_in<'a>(&mut self, left: &Set<'_, 'a>, union: &Union<'a>, right: &Set<'_, 'a>, at: usize) -> bool {
        union.variants.iter().enumerate().filter(|(other, _)| *other != at).all(|(_, variant)| {
            if self.is_spent() {
                return false;
            }
            let variant = right.sibling(*variant);
            self.disjoint(left, &variant) == Answer::Yes
                || left.excluded().iter().any(|sibling| self.included(&variant, sibling) == Answer::Yes)
        })
    }

    /// Whether what one keyword of the right asks for is met by the left.
    pub(super) fn keyword_included<'a>(
        &mut self,
        keyword: &str,
        left: &Set<'_, 'a>,
        right: &Set<'_, 'a>,
    ) -> Answer {
        match keyword {
            "not" => self.exclusions_included(left, right),
            "if" | "then" | "else" => self.conditions_included(left, right),
            "contains" | "minContains" | "maxContains" => self.contains_included(left, right),
            "patternProperties" | "additionalProperties" => self.rest_included(left, right),
            "propertyNames" => self.names_included(left, right),
            "dependentRequired" => dependent_required_included(left, right),
            "dependentSchemas" => self.dependent_schemas_included(left, right),
            "unevaluatedItems" => {
                self.items_included(left, right).and(self.unevaluated_included(left, right, keyword))
            }
            "unevaluatedProperties" => {
                self.rest_included(left, right).and(self.unevaluated_included(left, right, keyword))
            }
            "prefixItems" => self.items_included(left, right),
            "contentSchema" => self.content_included(left, right),
            "pattern" => strings::pattern_included(left, right),
            _ => Answer::Unknown,
        }
    }

    fn content_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let content = |set: &Set<'_, 'a>| set.schema.all("contentSchema").collect::<Vec<_>>();
        self.included(&left.all_of(&content(left)), &right.all_of(&content(right)))
    }

    fn keywords_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let flat =
            strings::included(left, right).and(numbers::included(left, right)).and(others(left, right));
        if flat == Answer::No {
            return flat;
        }
        flat.and(self.arrays_included(left, right))
            .and(self.objects_included(left, right))
            .and(self.exclusions_included(left, right))
            .and(self.conditions_included(left, right))
            .and(self.content_included(left, right))
    }
}

/// Keywords that nothing is known of, and references out of the document: they must be the same.
fn others<'a>(left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
    let within = |ours: &Set<'_, 'a>, theirs: &Set<'_, 'a>| {
        let mut unknown = ours.schema.parts.iter().flat_map(|part| {
            part.entries().filter(|entry| is_unknown(*part, &entry.name(), ours)).collect::<Vec<_>>()
        });
        unknown.all(|entry| {
            let bound = entry.key.raw() == "\"$dynamicRef\"" && !same_environment(ours.spec, theirs.spec);
            let same = |value| !bound && same_value(entry.value, value, ours.spec, theirs.spec);
            theirs.schema.all(&entry.name()).any(same)
        })
    };
    if within(left, right) && within(right, left) { Answer::Yes } else { Answer::Unknown }
}

fn is_unknown<'a>(part: Node<'a>, keyword: &str, set: &Set<'_, 'a>) -> bool {
    match keyword {
        "$ref" => set.spec.target(part).is_none(),
        "$dynamicRef" => set.spec.is_bound_outside(part),
        _ => !super::keywords::is_known(keyword) && !is_annotation(keyword),
    }
}
