//! One contract: its clients, and the history of its record with what each change means.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::mark::{Mark, Marked};
use super::pager::{Pager, with_query};
use super::render;
use crate::address::{self, Action};
use crate::text;
use crate::view::{ClientRow, ContractPage, ExcerptLine, ExcerptMark, RecordChange, ShownChange, State};
use askama::Template;
use countersign_model::{Change, Direction, Impact, Side, Witness, WitnessProof};

/// From the worst to the least.
const IMPACTS: [Impact; 3] = [Impact::Breaking, Impact::Risky, Impact::Compatible];

/// More changes of one commit are counted.
const CHANGES: usize = 100;
/// More operations than these are counted.
const OPERATIONS: usize = 6;
/// More clients than these are counted.
const CLIENTS: usize = 1_000;
/// A longer sentence, or value, is cut.
const SENTENCE: usize = 1_000;
const VALUE: usize = 2_000;

#[derive(Template)]
#[template(path = "contract.html")]
struct ContractTemplate<'a> {
    page: Page<'a>,
    view: &'a ContractPage,
}

/// Write the page of a contract.
pub fn contract(frame: &Frame, view: &ContractPage) -> String {
    render(&ContractTemplate { page: Page::live(frame, Section::Contracts), view })
}

impl ContractTemplate<'_> {
    fn pager(&self) -> Pager {
        let path = address::contract(&self.view.contract.name);
        Pager::of(&self.view.history, "Pages of the history", ["Later", "Earlier"], |paging| {
            let page = if paging.page > 1 { format!("page={}", paging.page) } else { String::new() };
            with_query(&path, &page)
        })
    }

    /// The state, of the record and of all clients, that needs a person most.
    fn worst(&self) -> Mark {
        let contract = &self.view.contract;
        contract.counts.worst().into_iter().fold(contract.state, State::max).mark()
    }

    /// How many clients are in which state.
    fn tally(&self) -> String {
        let counts = &self.view.contract.counts;
        let states = State::ALL.into_iter().filter(|state| counts.get(*state) > 0);
        let parts = states.map(|state| format!("{} {}", text::grouped(counts.get(state)), state.as_str()));
        parts.collect::<Vec<_>>().join(", ")
    }

    fn clients(&self) -> impl Iterator<Item = &ClientRow> {
        self.view.contract.clients.iter().take(CLIENTS)
    }

    fn clients_left(&self) -> usize {
        self.view.contract.clients.len().saturating_sub(CLIENTS)
    }
}

/// The changes of a commit, the worst first, as many as are shown.
fn worst_first(entry: &RecordChange) -> Vec<&ShownChange> {
    let of = |impact: Impact| entry.changes.iter().filter(move |shown| shown.change.impact == impact);
    IMPACTS.into_iter().flat_map(of).take(CHANGES).collect()
}

fn left(entry: &RecordChange) -> usize {
    entry.changes.len().saturating_sub(CHANGES)
}

/// The change itself.
fn change(shown: &ShownChange) -> &Change {
    &shown.change
}

/// How many changes there are of each impact, for those that there are.
fn tally(entry: &RecordChange) -> Vec<(Mark, usize)> {
    let count = |impact: Impact| entry.changes.iter().filter(|shown| shown.change.impact == impact).count();
    IMPACTS.map(|impact| (impact.mark(), count(impact))).into_iter().filter(|(_, count)| *count > 0).collect()
}

fn is_breaking(entry: &RecordChange) -> bool {
    entry.changes.iter().any(|shown| shown.change.impact == Impact::Breaking)
}

fn direction(change: &Change) -> Option<&'static str> {
    match change.direction {
        Direction::Request => Some("in the request"),
        Direction::Response => Some("in the response"),
        Direction::Both => Some("in the request and the response"),
        Direction::Neither => None,
    }
}

/// The first operations that a change reaches, and how many more there are.
fn operations(change: &Change) -> (&[String], usize) {
    let shown = change.operations.len().min(OPERATIONS);
    (&change.operations[..shown], change.operations.len() - shown)
}

fn values(change: &Change) -> Vec<(&'static str, &str)> {
    let values = [("Before", change.before.as_deref()), ("After", change.after.as_deref())];
    values.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// The lines of a value, as far as it is shown.
fn lines(value: &str, limit: usize) -> Vec<String> {
    text::shortened(value, limit).lines().map(str::to_owned).collect()
}

fn claim(witness: &Witness) -> &'static str {
    match witness.allowed_by {
        Side::Base => "Was fine, is refused now",
        Side::Head => "Can arrive now",
    }
}

fn proof(witness: &Witness) -> &str {
    match &witness.proof {
        WitnessProof::Proven => "both schemas say so",
        WitnessProof::Unproven { why } => why,
    }
}

/// Both sides of an excerpt that there are, each with its name.
fn sides(shown: &ShownChange) -> Vec<(&'static str, &[Option<ExcerptLine>])> {
    let Some(excerpt) = &shown.excerpt else { return Vec::new() };
    let sides = [("Old", excerpt.old.as_slice()), ("New", excerpt.new.as_slice())];
    sides.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

/// The class and the sign of a line. The sign stands in the text, for who cannot see the colour.
fn line_mark(line: &ExcerptLine) -> (&'static str, &'static str) {
    match line.mark {
        ExcerptMark::Same => ("same", " "),
        ExcerptMark::Removed => ("removed", "−"),
        ExcerptMark::Added => ("added", "+"),
    }
}
