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
        let subject = finding.base.or(finding.head).map(Node::pointer).unwrap_or_default();
        let key = (subject, finding.rule.id().into_owned());
        match self.found.entry(key) {
            Entry::Vacant(new) => {
                new.insert((finding, operations.clone()));
            }
            Entry::Occupied(mut known) => {
                let (known, reached) = known.get_mut();
                if known.direction != finding.direction {
                    known.direction = Direction::Both;
                }
                let room = SEATS.saturating_sub(known.seats.len());
                known.seats.extend(finding.seats.into_iter().take(room));
                // Of two verdicts on one subject the rule's own, or else the worse, stands.
                // Whoever is called is taken more strictly than whoever calls.
                if finding.rule.is_called() {
                    known.rule = finding.rule;
                }
                known.verdict = both(known.verdict, finding.verdict);
                reached.absorb(operations);
            }
        }
    }

    /// The changes in their fixed order: breaking first, then by subject, then by rule. Witnesses are sought in
    /// this order, so that those of breaking changes come first.
    pub(crate) fn changes(self, settings: &Settings, prover: &mut Prover<'_, 'a>) -> Vec<Change> {
        let Self { found, operations } = self;
        let limit = reach::limit(found.values().map(|(_, reached)| reached));
        let mut changes: Vec<(Change, Finding<'a>)> = found
            .into_iter()
            .filter_map(|((subject, rule), (mut finding, reached))| {
                let impact = settings.impact(finding.rule, finding.verdict)?;
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
                    operations: operations.listed(&reached, limit),
                    witness: None,
                    ext: left_out(&reached, limit),
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
fn left_out(reached: &Set, limit: usize) -> Vec<(String, String)> {
    let all = reached.len();
    (all > limit).then(|| ("operations".into(), all.to_string())).into_iter().collect()
}
