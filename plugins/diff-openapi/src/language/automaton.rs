//! Automata without determinism, and the questions that are asked of them.

use super::Answer;
use super::parse::{LAST, Ranges, Tree, parse};
use std::cell::Cell;
use std::collections::{BTreeSet, HashSet, VecDeque};

/// States of an automaton at most.
const STATES: usize = 2000;
/// Steps from state to state that one question may take.
const STEPS: usize = 200_000;

#[derive(Debug)]
enum Edge {
    On(Ranges, usize),
    Free(usize),
    AtStart(usize),
    AtEnd(usize),
}

/// A regular language, as an automaton that accepts where it can reach its last state.
#[derive(Debug)]
pub(crate) struct Language {
    edges: Vec<Vec<Edge>>,
    last: usize,
}

type States = Vec<usize>;

impl Language {
    /// The language of a pattern, which matches anywhere in a word unless it is anchored.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        let tree = parse(pattern)?;
        let mut language = Self { edges: vec![Vec::new()], last: 0 };
        let anything = || vec![(0, LAST)];
        language.edges[0].push(Edge::On(anything(), 0));
        let last = language.add(&tree, 0)?;
        let end = language.state()?;
        language.edges[last].push(Edge::Free(end));
        language.edges[end].push(Edge::On(anything(), end));
        language.last = end;
        Some(language)
    }

    /// How large the automaton is.
    pub(super) fn states(&self) -> usize {
        self.edges.len()
    }

    /// The words of some lengths.
    pub(super) fn lengths(least: u32, most: Option<u32>) -> Option<Self> {
        let mut language = Self { edges: vec![Vec::new()], last: 0 };
        let any = Tree::One(vec![(0, LAST)]);
        language.last = language.repeat(&any, least, most, 0)?;
        Some(language)
    }

    fn state(&mut self) -> Option<usize> {
        self.edges.push(Vec::new());
        (self.edges.len() <= STATES).then(|| self.edges.len() - 1)
    }

    /// Add what a tree says behind a state; the state in which it ends.
    fn add(&mut self, tree: &Tree, from: usize) -> Option<usize> {
        match tree {
            Tree::One(ranges) => self.step(from, |to| Edge::On(ranges.clone(), to)),
            Tree::Start => self.step(from, Edge::AtStart),
            Tree::End => self.step(from, Edge::AtEnd),
            Tree::Sequence(terms) => terms.iter().try_fold(from, |from, term| self.add(term, from)),
            Tree::Either(branches) => {
                let end = self.state()?;
                for branch in branches {
                    let start = self.step(from, Edge::Free)?;
                    let last = self.add(branch, start)?;
                    self.edges[last].push(Edge::Free(end));
                }
                Some(end)
            }
            Tree::Repeat(term, least, most) => self.repeat(term, *least, *most, from),
        }
    }

    fn step(&mut self, from: usize, edge: impl FnOnce(usize) -> Edge) -> Option<usize> {
        let to = self.state()?;
        self.edges[from].push(edge(to));
        Some(to)
    }

    fn repeat(&mut self, term: &Tree, least: u32, most: Option<u32>, from: usize) -> Option<usize> {
        let mut at = from;
        for _ in 0..least {
            at = self.add(term, at)?;
        }
        let Some(most) = most else {
            let again = self.step(at, Edge::Free)?;
            let last = self.add(term, again)?;
            self.edges[last].push(Edge::Free(again));
            return self.step(again, Edge::Free);
        };
        let end = self.state()?;
        for _ in least..most {
            self.edges[at].push(Edge::Free(end));
            let start = self.step(at, Edge::Free)?;
            at = self.add(term, start)?;
        }
        self.edges[at].push(Edge::Free(end));
        Some(end)
    }

    /// All states that are reached without a letter.
    fn closure(&self, from: impl IntoIterator<Item = usize>, start: bool, end: bool) -> States {
        let mut reached = BTreeSet::new();
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(state) = open.pop() {
            if !reached.insert(state) {
                continue;
            }
            open.extend(self.edges[state].iter().filter_map(|edge| match edge {
                Edge::Free(to) => Some(*to),
                Edge::AtStart(to) => start.then_some(*to),
                Edge::AtEnd(to) => end.then_some(*to),
                Edge::On(..) => None,
            }));
        }
        reached.into_iter().collect()
    }

    fn first(&self) -> States {
        self.closure([0], true, false)
    }

    fn next(&self, states: &[usize], letter: u32) -> States {
        let reached = states.iter().flat_map(|state| &self.edges[*state]).filter_map(|edge| match edge {
            Edge::On(ranges, to) => contains(ranges, letter).then_some(*to),
            Edge::Free(_) | Edge::AtStart(_) | Edge::AtEnd(_) => None,
        });
        self.closure(reached, false, false)
    }

    /// Whether a word may end in these states, which are those before any letter if `start`.
    fn accepts(&self, states: &[usize], start: bool) -> bool {
        self.closure(states.iter().copied(), start, true).binary_search(&self.last).is_ok()
    }

    /// Whether a word is in the language.
    pub(super) fn matches(&self, word: &str) -> bool {
        let states = word.chars().fold(self.first(), |states, letter| self.next(&states, u32::from(letter)));
        self.accepts(&states, word.is_empty())
    }

    /// Whether every word that is in all languages on the left is in the one on the right.
    pub(super) fn included(left: &[&Self], right: &Self, budget: &Cell<usize>) -> Answer {
        let all: Vec<&Self> = left.iter().copied().chain([right]).collect();
        search(&all, budget, |accepted| {
            let (right, left) = accepted.split_last().unwrap_or((&true, &[]));
            left.iter().all(|accepted| *accepted) && !right
        })
        .not()
    }

    /// Whether no word is in all of the languages.
    pub(super) fn disjoint(all: &[&Self], budget: &Cell<usize>) -> Answer {
        search(all, budget, |accepted| accepted.iter().all(|accepted| *accepted)).not()
    }
}

fn contains(ranges: &Ranges, letter: u32) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter))
}

/// Whether there is a word whose acceptance by each automaton is as wanted.
fn search(automata: &[&Language], budget: &Cell<usize>, wanted: impl Fn(&[bool]) -> bool) -> Answer {
    // To look at the automata at all costs as much as they are large.
    if !super::take(budget, automata.iter().map(|language| language.states()).sum()) {
        return Answer::Unknown;
    }
    let letters = letters(automata);
    let mut steps = 0;
    let first: Vec<States> = automata.iter().map(|language| language.first()).collect();
    let mut known = HashSet::from([(first.clone(), true)]);
    let mut open = VecDeque::from([(first, true)]);
    while let Some((states, start)) = open.pop_front() {
        let accepted: Vec<bool> =
            automata.iter().zip(&states).map(|(language, states)| language.accepts(states, start)).collect();
        if wanted(&accepted) {
            return Answer::Yes;
        }
        for letter in &letters {
            let taken = states.iter().map(Vec::len).sum::<usize>() + 1;
            steps += taken;
            if steps > STEPS || !super::take(budget, taken) {
                return Answer::Unknown;
            }
            let next: Vec<States> = automata
                .iter()
                .zip(&states)
                .map(|(language, states)| language.next(states, *letter))
                .collect();
            if !known.contains(&(next.clone(), false)) {
                known.insert((next.clone(), false));
                open.push_back((next, false));
            }
        }
    }
    Answer::No
}

/// One letter for each class of letters that no automaton tells apart.
fn letters(automata: &[&Language]) -> Vec<u32> {
    let mut bounds = BTreeSet::from([0]);
    for edge in automata.iter().flat_map(|language| language.edges.iter().flatten()) {
        if let Edge::On(ranges, _) = edge {
            for (low, high) in ranges {
                bounds.insert(*low);
                bounds.insert(high + 1);
            }
        }
    }
    bounds.into_iter().filter(|letter| *letter <= LAST).collect()
}
