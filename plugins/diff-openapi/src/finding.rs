//! What the comparison finds, before it is told to the host.
//!
//! A finding is told once for each rule and subject, however many operations reach it.

use crate::rule::{Place, RuleRef};
use crate::settings::Settings;
use crate::spec::{Node, location};
use crate::witness::{Prover, Seat};
use countersign_plugin::{Change, Direction, Impact};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Bytes of the document's own text that a summary quotes at most.
const QUOTE: usize = 80;
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
    /// The schemas that a witness is held against.
    pub(crate) seat: Option<Rc<Seat<'a>>>,
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
        let (rule, summary) = (rule.into(), summary.into());
        Self { rule, direction, summary, base, head, before: None, after: None, seat: None }
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
    found: BTreeMap<(String, String), (Finding<'a>, BTreeSet<String>)>,
}

impl<'a> Report<'a> {
    /// Add a finding that some operations reach.
    pub(crate) fn add(&mut self, finding: Finding<'a>, operations: impl IntoIterator<Item = String>) {
        let subject = finding.base.or(finding.head).map(Node::pointer).unwrap_or_default();
        let key = (subject, finding.rule.id().into_owned());
        match self.found.entry(key) {
            Entry::Vacant(new) => {
                new.insert((finding, operations.into_iter().collect()));
            }
            Entry::Occupied(mut known) => {
                let (known, reached) = known.get_mut();
                if known.direction != finding.direction {
                    known.direction = Direction::Both;
                }
                reached.extend(operations);
            }
        }
    }

    /// The changes in their fixed order: breaking first, then by subject, then by rule. Witnesses are sought in
    /// this order, so that those of breaking changes come first.
    pub(crate) fn changes(self, settings: &Settings, prover: &mut Prover<'_, 'a>) -> Vec<Change> {
        let mut changes: Vec<(Change, Finding<'a>)> = self
            .found
            .into_iter()
            .filter_map(|((subject, rule), (mut finding, operations))| {
                let impact = settings.impact(finding.rule)?;
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
                    operations: operations.into_iter().collect(),
                    witness: None,
                    ext: Vec::new(),
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

fn rank(impact: Impact) -> u8 {
    match impact {
        Impact::Breaking => 0,
        Impact::Risky => 1,
        Impact::Compatible => 2,
    }
}
