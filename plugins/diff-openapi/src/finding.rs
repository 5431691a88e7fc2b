//! What the comparison finds, before it is told to the host.
//!
//! A finding is told once for each rule and subject, however many operations reach it.

use crate::reach::{self, Operations, Set};
use crate::rule::{Place, RuleRef, rank, worse};
use crate::settings::Settings;
use crate::spec::{Node, location};
use crate::witness::{Prover, Seat};
use countersign_plugin::{Change, Direction, Impact};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;

/// Bytes of the document's own text that a summary quotes at most.
const QUOTE: usize = 80;
/// Pairs of schemas that a finding remembers.
const SEATS: usize = 4;
/// Bytes that the old or the new value holds at most.
const VALUE: usize = 1000;

/// Bytes that all findings may take before those of one rule are told as one, and what each takes besides its pointers.
const TOLD: usize = 8_000_000;
const FINDING: usize = 800;
/// Bytes that the names of operations may take in all findings.
const NAMES: usize = 32_000_000;

/// One thing that changed.
#[derive(Debug, Clone)]
pub(crate) struct Finding<'a> {
    pub(crate) rule: RuleRef,
    pub(crate) direction: Direction,
    pub(crate) summary: String,
    pub(crate) base: Option<Node<'a>>,
    pub(crate) head: Option<Node<'a>>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// What is known of this very change, where the rule's impact says more or less than that.
    pub(crate) verdict: Option<Impact>,
    /// Pairs of schemas of which it is told, for witnesses: a few, where there are many.
    pub(crate) seats: Vec<Rc<Seat<'a>>>,
}

impl<'a> Finding<'a> {
    /// A finding about what stands at `base` in the old and at `head` in the new document.
    pub(crate) fn new(
        rule: impl Into<RuleRef>,
        direction: Direction,
        base: Option<Node<'a>>,
        head: Option<Node<'a>>,
        summary: impl Into<String>,
    ) -> Self {
        let (before, after, verdict, seats) = (None, None, None, Vec::new());
        Self {
            rule: rule.into(),
            direction,
            summary: summary.into(),
            base,
            head,
            before,
            after,
            verdict,
            seats,
        }
    }

    /// A finding of a family at a place.
    pub(crate) fn at(
        family: &'static crate::rule::Family,
        place: Place,
        base: Option<Node<'a>>,
        head: Option<Node<'a>>,
        summary: impl Into<String>,
    ) -> Self {
        Self::new(RuleRef::At(family, place), place.direction(), base, head, summary)
    }

    /// Take in another finding that is told as this one.
    fn absorb(&mut self, other: Self) {
        if self.direction != other.direction {
            self.direction = Direction::Both;
        }
        let room = SEATS.saturating_sub(self.seats.len());
        self.seats.extend(other.seats.into_iter().take(room));
        // Of two verdicts on one subject the rule's own, or else the worse, stands.
        // Whoever is called is taken more strictly than whoever calls.
        if other.rule.is_called() {
            self.rule = other.rule;
        }
        self.verdict = both(self.verdict, other.verdict);
    }

    /// Add the old and the new value.
    #[must_use]
    pub(crate) fn values(mut self, before: Option<String>, after: Option<String>) -> Self {
        self.before = before.map(|text| clip(&text, VALUE));
        self.after = after.map(|text| clip(&text, VALUE));
        self
    }
}

/// Text of the document in a summary: one line, in backticks, not too long.
pub(crate) fn quote(text: &str) -> String {
    let line: String =
        text.chars().take(QUOTE + 1).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("`{}`", clip(&line, QUOTE))
}

fn clip(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit)])
}

/// All findings, each with the operations that reach it.
#[derive(Debug, Default)]
pub(crate) struct Report<'a> {
    found: BTreeMap<(String, String), (Finding<'a>, Set)>,
    operations: Operations,
    /// Bytes that what was found takes, roughly.
    told: usize,
    /// What there was no room for, by rule.
    rest: BTreeMap<String, Rest<'a>>,
}

/// Findings of one rule that are told as one.
#[derive(Debug)]
struct Rest<'a> {
    /// The first of them.
    finding: Finding<'a>,
    operations: Set,
    count: usize,
}

impl<'a> Report<'a> {
    /// Add a finding that some operations reach.
    pub(crate) fn add(&mut self, finding: Finding<'a>, operations: impl IntoIterator<Item = String>) {
        let mut reached = Set::default();
        operations.into_iter().for_each(|name| reached.insert(self.operation(&name)));
        self.add_reached(finding, &reached);
    }

    /// The number of an operation, for sets of them.
    pub(crate) fn operation(&mut self, name: &str) -> usize {
        self.operations.number(name)
    }

    /// Add a finding that a set of operations reaches.
    pub(crate) fn add_reached(&mut self, finding: Finding<'a>, operations: &Set) {
        if self.told > TOLD {
            return self.add_to_rest(finding, operations);
        }
        let subject = finding.base.or(finding.head).map(Node::pointer).unwrap_or_default();
        let key = (subject, finding.rule.id().into_owned());
        match self.found.entry(key) {
            Entry::Vacant(new) => {
                // The pointer is told as the subject and as the place on each side.
                self.told += FINDING + 3 * new.key().0.len();
                new.insert((finding, operations.clone()));
            }
            Entry::Occupied(mut known) => {
                let (known, reached) = known.get_mut();
                known.absorb(finding);
                reached.absorb(operations);
            }
        }
    }

    /// Count a finding with the others of its rule.
    fn add_to_rest(&mut self, finding: Finding<'a>, operations: &Set) {
        match self.rest.entry(finding.rule.id().into_owned()) {
            Entry::Vacant(new) => {
                new.insert(Rest { finding, operations: operations.clone(), count: 1 });
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.finding.absorb(finding);
                known.operations.absorb(operations);
                known.count += 1;
            }
        }
    }

    /// The changes in their fixed order: breaking first, then by subject, then by rule. Witnesses are sought in
    /// this order, so that those of breaking changes come first.
    pub(crate) fn changes(self, settings: &Settings, prover: &mut Prover<'_, 'a>) -> Vec<Change> {
        let Self { found, operations, rest, .. } = self;
        let mut unlisted = Vec::new();
        for (rule, Rest { mut finding, operations, count }) in rest {
            let more = format!(" ({count} changes of this kind are not told one by one; this is the first)");
            finding.summary.push_str(&more);
            let subject = finding.base.or(finding.head).map(Node::pointer).unwrap_or_default();
            unlisted.push(((subject, rule), (finding, operations)));
        }
        let limit = reach::limit(found.values().map(|(_, reached)| reached));
        let mut room = NAMES;
        let mut changes: Vec<(Change, Finding<'a>)> = found
            .into_iter()
            .chain(unlisted)
            .filter_map(|((subject, rule), (mut finding, reached))| {
                let impact = settings.impact(finding.rule, finding.verdict)?;
                let listed = operations.listed(&reached, limit, &mut room);
                let change = Change {
                    rule,
                    impact,
                    direction: finding.direction,
                    subject,
                    summary: std::mem::take(&mut finding.summary),
                    before: finding.before.take(),
                    after: finding.after.take(),
                    base: finding.base.map(location),
                    head: finding.head.map(location),
                    ext: left_out(&reached, listed.len(), operations.count()),
                    operations: listed,
                    witness: None,
                };
                Some((change, finding))
            })
            .collect();
        changes.sort_by_key(|(change, _)| rank(change.impact));
        for (change, finding) in changes.iter_mut().filter(|(change, _)| change.impact != Impact::Compatible)
        {
            change.witness = prover.witness(finding, change);
        }
        changes.into_iter().map(|(change, _)| change).collect()
    }
}

/// The verdict on two findings with one subject: where one of them has none, the rule's own impact is at least as
/// bad as any but the worst.
fn both(left: Option<Impact>, right: Option<Impact>) -> Option<Impact> {
    match (left, right) {
        (Some(Impact::Breaking), _) | (_, Some(Impact::Breaking)) => Some(Impact::Breaking),
        (Some(left), Some(right)) => Some(worse(left, right)),
        (None, _) | (_, None) => None,
    }
}

/// How many operations a finding reaches, where it does not list them all.
fn left_out(reached: &Set, listed: usize, known: usize) -> Vec<(String, String)> {
    let all = if reached.is_cut() { known } else { reached.len() };
    (all > listed).then(|| ("operations".into(), all.to_string())).into_iter().collect()
}
