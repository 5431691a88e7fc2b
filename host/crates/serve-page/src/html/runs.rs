//! Runs, and one of them with its log.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::log::Log;
use super::mark::Marked;
use super::pager::{Choice, Pager, choices, with_query};
use super::render;
use crate::address::{self, Action};
use crate::filter::NodeFilter;
use crate::text;
use crate::view::{Cause, Listing, RunPage, RunRow, RunState, Trigger};
use askama::Template;

/// More deliveries of one run are counted.
const DELIVERIES: usize = 20;

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsTemplate<'a> {
    page: Page<'a>,
    listing: &'a Listing<RunRow>,
    filter: &'a NodeFilter,
    nodes: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunTemplate<'a> {
    page: Page<'a>,
    view: &'a RunPage,
    log: Log<'a>,
}

/// Write the list of runs; `nodes` are the names of all nodes, to choose one.
pub fn runs(frame: &Frame, listing: &Listing<RunRow>, filter: &NodeFilter, nodes: &[&str]) -> String {
    render(&RunsTemplate { page: Page::live(frame, Section::Runs), listing, filter, nodes })
}

/// Write the page of a run.
pub fn run(frame: &Frame, view: &RunPage) -> String {
    let page = Page::live(frame, Section::Runs);
    render(&RunTemplate { page, view, log: Log::of(view) })
}

impl RunsTemplate<'_> {
    fn choices(&self) -> Vec<Choice<'_>> {
        choices(self.nodes.iter().copied(), self.filter.node.as_deref())
    }

    fn pager(&self) -> Pager {
        Pager::of(self.listing, "Pages of runs", ["Later", "Earlier"], |paging| {
            with_query("/runs", &NodeFilter { paging, ..self.filter.clone() }.query())
        })
    }
}

impl RunTemplate<'_> {
    /// Whether asking again would do anything: what waits for its turn comes anyway.
    fn can_replay(&self) -> bool {
        matches!(self.view.run.state, RunState::Done | RunState::Dead | RunState::Retrying)
    }

    fn deliveries(&self) -> &[String] {
        let all = &self.view.run.trigger.deliveries;
        &all[..all.len().min(DELIVERIES)]
    }
}

/// What made a run, in a few words.
fn cause(trigger: &Trigger) -> String {
    let told = |cause: &Cause| match cause {
        Cause::Push => "push",
        Cause::Dispatch => "dispatch",
        Cause::Reconcile => "head had moved",
        Cause::Replay => "asked for again",
    };
    let causes: Vec<_> = trigger.causes.iter().map(told).collect();
    let by = trigger.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    format!("{}{by}", causes.join(", "))
}

/// How long the last attempt took; none while it runs.
fn took(run: &RunRow) -> Option<String> {
    Some(text::took(run.started_at.as_ref()?, run.finished_at.as_ref()?))
}
