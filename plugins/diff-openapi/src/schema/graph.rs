//! The graph of schema comparisons: each pair once, and which operations reach it.

use super::effective::{Effective, Shape};
use super::relation::Budget;
use super::{Made, Outcome, Pair, UNDECIDED, compare, names};
use crate::finding::{Finding, Report};
use crate::reach::{Set, WORDS};
use crate::rule::{Place, Rule};
use crate::spec::{Node, Spec};
use crate::unchanged::Unchanged;
use crate::witness::Seat;
use std::collections::HashMap;
use std::rc::Rc;

/// A schema's identity: its parts by number, or its site where it has none.
type Identity = (Vec<u32>, bool);

/// A pair of schemas in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Vertex(usize);

struct State<'a> {
    base: Shape<'a>,
    head: Shape<'a>,
    place: Place,
    findings: Vec<Finding<'a>>,
    inside: Vec<Vertex>,
}

/// All pairs of schemas that operations reach.
#[derive(Default)]
pub(crate) struct Graph<'a> {
    index: HashMap<(Identity, Identity, Place), Vertex>,
    states: Vec<State<'a>>,
    /// Vertices before this one were compared.
    compared: usize,
    /// Whether the names of types are compared.
    names: bool,
    /// Schemas that the vertices are made of.
    parts: usize,
    /// The first pair for which there was no room.
    refused: Option<(Node<'a>, Node<'a>, Place)>,
}

/// Schemas that all vertices are made of at most. Vertices are conjunctions of schemas, and cycles can make as many
/// conjunctions of a few schemas as these have subsets.
const PARTS: usize = 100_000;

impl<'a> Graph<'a> {
    /// No pairs yet; whether the names of types are to be compared.
    pub(crate) fn new(names: bool) -> Self {
        Self { names, ..Self::default() }
    }

    /// The vertex of a pair, to be compared by [`Graph::run`]; nothing where the pair is known to be the same.
    pub(crate) fn enter(
        &mut self,
        base: Shape<'a>,
        head: Shape<'a>,
        place: Place,
        unchanged: &Unchanged,
    ) -> Option<Vertex> {
        // Equal schemas under another name go on, since the name is told.
        if base.site.raw() == head.site.raw() && is_same(&base, &head, unchanged) {
            return None;
        }
        let key = (identity(&base), identity(&head), place);
        if let Some(known) = self.index.get(&key) {
            return Some(*known);
        }
        self.parts += 1 + base.parts.len() + head.parts.len();
        if self.parts > PARTS {
            self.refused.get_or_insert((base.site, head.site, place));
            return None;
        }
        let vertex = Vertex(self.states.len());
        self.index.insert(key, vertex);
        self.states.push(State { base, head, place, findings: Vec::new(), inside: Vec::new() });
        Some(vertex)
    }

    /// Compare every pair, and the pairs that are found inside them.
    pub(crate) fn run(&mut self, base: &Spec<'a>, head: &Spec<'a>, unchanged: &Unchanged) {
        let budget = Budget::default();
        while let Some(state) = self.states.get(self.compared) {
            let same = is_same(&state.base, &state.head, unchanged);
            if same && !self.names {
                self.compared += 1;
                continue;
            }
            let old = Rc::new(Effective::of(&state.base, base));
            let new = Rc::new(Effective::of(&state.head, head));
            let place = state.place;
            let pair = Pair {
                base: &old,
                head: &new,
                base_spec: base,
                head_spec: head,
                place,
                budget: &budget,
                made: Made::default(),
            };
            let outcome = if same { Outcome::default() } else { compare(&pair) };
            let sides = ((&state.base, &*old), (&state.head, &*new));
            let named = names::compare(sides.0, sides.1, base, head).filter(|_| self.names);
            let inside = outcome.inside.into_iter();
            let inside =
                inside.filter_map(|(base, head, place)| self.enter(base, head, place, unchanged)).collect();
            let state = &mut self.states[self.compared];
            state.findings = outcome.findings;
            state.findings.extend(named);
            state.inside = inside;
            self.compared += 1;
        }
    }

    /// Tell the report of every finding, with the operations that reach it.
    pub(crate) fn tell(self, roots: &[(Vertex, String)], report: &mut Report<'a>) {
        let roots: Vec<(Vertex, usize)> =
            roots.iter().map(|(vertex, operation)| (*vertex, report.operation(operation))).collect();
        let reached = self.reached(&roots);
        for (state, operations) in self.states.into_iter().zip(reached) {
            let (base, head, request) = (state.base, state.head, state.place.is_request());
            let seat = Rc::new(Seat { base, head, request });
            for mut finding in state.findings {
                finding.seats.push(Rc::clone(&seat));
                report.add_reached(finding, &operations);
            }
        }
        if let Some((base, head, place)) = self.refused {
            let rule: &'static Rule = &UNDECIDED;
            let summary = "more pairs of schemas changed than are compared: the others are not, from here on";
            let finding = Finding::new(rule, place.direction(), Some(base), Some(head), summary);
            report.add_reached(finding, &Set::default());
        }
    }

    /// The operations that reach each vertex. They are passed on from vertex to vertex in an order in which one
    /// round is enough where there are no cycles, and a few are where there are.
    fn reached(&self, roots: &[(Vertex, usize)]) -> Vec<Set> {
        let mut sets = vec![Set::default(); self.states.len()];
        for (vertex, operation) in roots {
            sets[vertex.0].insert(*operation);
        }
        let order = self.order(roots);
        let (mut grown, mut room) = (true, WORDS);
        while std::mem::take(&mut grown) {
            for vertex in &order {
                let set = std::mem::take(&mut sets[vertex.0]);
                for inside in self.states[vertex.0].inside.iter().filter(|inside| *inside != vertex) {
                    grown |= sets[inside.0].absorb_within(&set, &mut room);
                }
                sets[vertex.0] = set;
            }
        }
        sets
    }

    /// The vertices that roots reach, each before those inside it as far as cycles allow (reverse postorder).
    fn order(&self, roots: &[(Vertex, usize)]) -> Vec<Vertex> {
        let mut order = Vec::with_capacity(self.states.len());
        let mut entered = vec![false; self.states.len()];
        let mut open: Vec<(Vertex, usize)> = Vec::new();
        for (root, _) in roots {
            if !std::mem::replace(&mut entered[root.0], true) {
                open.push((*root, 0));
            }
            while let Some((vertex, next)) = open.last_mut() {
                let inside = self.states[vertex.0].inside.get(*next).copied();
                *next += 1;
                match inside {
                    None => order.extend(open.pop().map(|(vertex, _)| vertex)),
                    Some(inside) if std::mem::replace(&mut entered[inside.0], true) => {}
                    Some(inside) => open.push((inside, 0)),
                }
            }
        }
        order.reverse();
        order
    }
}

/// Whether two schemas are known to say the same.
fn is_same(base: &Shape<'_>, head: &Shape<'_>, unchanged: &Unchanged) -> bool {
    !(base.cut || head.cut)
        && base.or_null == head.or_null
        && base.parts.len() == head.parts.len()
        && base.parts.iter().zip(&head.parts).all(|(base, head)| unchanged.holds(*base, *head))
}

fn identity(shape: &Shape<'_>) -> Identity {
    let bindings = shape.bindings.iter().map(|(_, node)| node.id());
    if shape.parts.is_empty() {
        return ([shape.site.id()].into_iter().chain(bindings).collect(), shape.or_null);
    }
    (shape.parts.iter().map(|part| part.id()).chain(bindings).collect(), shape.or_null)
}
