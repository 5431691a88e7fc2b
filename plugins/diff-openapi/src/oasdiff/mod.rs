//! The changes as oasdiff 1.28 tells them: one for each operation that a change reaches, with its ids, levels
//! and messages, in its order.
//!
//! The rules are oasdiff's, not this stage's: they compare schemas keyword by keyword. Two things differ by
//! design: a document that oasdiff would refuse to load is compared as far as it can be read, and a rule that
//! needs the present day is undecided without the setting `as-of`.

mod bodies;
mod bounds;
mod branches;
mod components;
mod content;
mod date;
mod difference;
mod engine;
mod keywords;
mod lifecycle;
mod operations;
mod parameter_pairs;
mod parameters;
mod paths;
mod properties;
mod responses;
mod schema;
mod security;
mod shallow;
mod stability;
mod table;
mod transition;
mod types;
mod value;
mod version;
mod walk;

use crate::settings::Settings;
use crate::spec::{Node, Spec, location};
use countersign_plugin::{Change, Failure, Impact};
pub(crate) use date::Date;
use difference::Difference;
use engine::Engine;
use operations::Operation;
use schema::Side;
pub(crate) use stability::Stability;
use std::cmp::Reverse;
pub(crate) use table::{documents, ids};

/// Bytes that all entries may take, and what each takes besides the path of its operation.
const TOLD: usize = 64_000_000;
const ENTRY: usize = 600;

/// All changes, in oasdiff's order: by level, path, method, id and arguments.
pub(crate) fn changes<'a>(
    base: &Spec<'a>,
    head: &Spec<'a>,
    settings: &Settings,
) -> Result<Vec<Change>, Failure> {
    let engine = Engine::new(Side::new(base), Side::new(head), settings.match_inline_refs());
    let mut comparison = Comparison { engine, settings, entries: Vec::new(), told: 0 };
    paths::compare(&mut comparison);
    security::compare(&mut comparison);
    components::compare(&mut comparison);
    version::compare(&mut comparison);
    if let Some(reason) = comparison.engine.refusal() {
        return Err(Failure::Unsupported(reason.into()));
    }
    Ok(comparison.told())
}

/// The comparison of two documents, while it goes on.
struct Comparison<'c, 'a> {
    engine: Engine<'c, 'a>,
    settings: &'c Settings,
    entries: Vec<Entry<'a>>,
    /// Bytes that the entries take, roughly.
    told: usize,
}

/// One change.
struct Entry<'a> {
    rule: String,
    arguments: Vec<String>,
    /// What follows the message, such as the media type.
    details: String,
    /// Path and method; empty where the change is in no operation.
    operation: (String, &'static str),
    places: (Option<Node<'a>>, Option<Node<'a>>),
    /// Whether it cannot be told if the rule holds.
    undecided: bool,
}

/// What a change is about.
#[derive(Default)]
struct Subject<'s, 'a> {
    operation: Option<&'s Operation<'a>>,
    /// The schemas that were compared: their transitions may explain the change.
    explained_by: Option<&'s Difference<'a>>,
    details: &'s str,
    places: (Option<Node<'a>>, Option<Node<'a>>),
}

impl<'a> Comparison<'_, 'a> {
    /// Report a change, unless a transition explains it.
    fn report(&mut self, rule: &str, subject: &Subject<'_, 'a>, arguments: Vec<String>) {
        self.push(rule, subject, arguments, false);
    }

    fn push(&mut self, rule: &str, subject: &Subject<'_, 'a>, arguments: Vec<String>, undecided: bool) {
        let Some(entry) = table::rules().get(rule) else {
            debug_assert!(false, "oasdiff has no rule `{rule}`");
            return;
        };
        if subject.explained_by.is_some_and(|found| transition::explains(found, rule, entry.kind)) {
            return;
        }
        self.told += subject.operation.map_or(0, |operation| operation.path.len()) + ENTRY;
        if self.told > TOLD {
            self.engine.refused = Some("documents between which so much has changed");
            return;
        }
        let operation = subject.operation.map(|operation| (operation.path.clone(), operation.method));
        self.entries.push(Entry {
            rule: rule.into(),
            arguments,
            details: subject.details.into(),
            operation: operation.unwrap_or_default(),
            places: subject.places,
            undecided,
        });
    }

    /// The impact of an entry, or nothing where it is not to be reported.
    fn impact(&self, entry: &Entry<'_>) -> Option<Impact> {
        let default =
            if entry.undecided { Impact::Risky } else { table::rules().get(entry.rule.as_str())?.impact };
        self.settings.impact_of(&entry.rule, default)
    }

    fn told(mut self) -> Vec<Change> {
        let entries = std::mem::take(&mut self.entries);
        let mut told: Vec<(Impact, Entry<'a>)> =
            entries.into_iter().filter_map(|entry| Some((self.impact(&entry)?, entry))).collect();
        told.sort_by(|(one, first), (two, second)| {
            let key = |impact: Impact, entry: &Entry<'a>| (rank(impact), entry.arguments.len());
            let ((rank, size), (other_rank, other_size)) = (key(*one, first), key(*two, second));
            rank.cmp(&other_rank)
                .then_with(|| first.operation.cmp(&second.operation))
                .then_with(|| first.rule.cmp(&second.rule))
                .then_with(|| size.cmp(&other_size))
                .then_with(|| first.arguments.cmp(&second.arguments))
                .then_with(|| first.details.cmp(&second.details))
        });
        told.into_iter().map(|(impact, entry)| entry.change(impact)).collect()
    }
}

fn rank(impact: Impact) -> Reverse<u8> {
    Reverse(match impact {
        Impact::Breaking => 3,
        Impact::Risky => 2,
        Impact::Compatible => 1,
    })
}

impl Entry<'_> {
    fn change(self, impact: Impact) -> Change {
        let (base, head) = self.places;
        let mut summary =
            table::rules().get(self.rule.as_str()).map(|rule| rule.text(&self.arguments)).unwrap_or_default();
        if !self.details.is_empty() {
            summary.push_str(&format!(" {}", self.details));
        }
        if self.undecided {
            summary.push_str(" (undecided: `as-of` is not set)");
        }
        let (path, method) = self.operation;
        Change {
            impact,
            direction: table::direction(&self.rule),
            subject: base.or(head).map(Node::pointer).unwrap_or_default(),
            summary: summary.replace(char::is_control, " "),
            before: None,
            after: None,
            base: base.map(location),
            head: head.map(location),
            operations: if method.is_empty() { Vec::new() } else { vec![format!("{method} {path}")] },
            ext: Vec::new(),
            witness: None,
            rule: self.rule,
        }
    }
}
