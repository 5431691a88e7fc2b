//! Runs, and one of them with its log.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::log::Log;
use super::mark::Marked;
use super::pager::{Choice, Pager, choices, with_query};
use super::render;
use crate::address::{self, Action};
use crate::filter::RunFilter;
use crate::live::Topic;
use crate::text;
use crate::view::{Listing, RunPage, RunRow, RunState, Trigger, TriggerKind};
use askama::Template;

/// More deliveries of one run are counted.
const DELIVERIES: usize = 20;

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsTemplate<'a> {
    page: Page<'a>,
    listing: &'a Listing<RunRow>,
    filter: &'a RunFilter,
}

#[derive(Template)]
#[template(path = "run.html")]
struct RunTemplate<'a> {
    page: Page<'a>,
    view: &'a RunPage,
    log: Log<'a>,
}

/// Write the list of runs.
pub fn runs(frame: &Frame, listing: &Listing<RunRow>, filter: &RunFilter) -> String {
    render(&RunsTemplate { page: Page::new(frame, Section::Runs, &[Topic::Runs]), listing, filter })
}

/// Write the page of a run.
pub fn run(frame: &Frame, view: &RunPage) -> String {
    let page = Page::new(frame, Section::Runs, &[Topic::Runs]);
    render(&RunTemplate { page, view, log: Log::of(view) })
}

impl RunsTemplate<'_> {
    fn states(&self) -> Vec<Choice> {
        choices(&RunState::ALL, self.filter.state, RunState::as_str)
    }

    fn pager(&self) -> Pager {
        Pager::of(self.listing, "Pages of runs", ["Later", "Earlier"], |paging| {
            with_query("/runs", &RunFilter { paging, ..self.filter.clone() }.query())
        })
    }
}

impl RunTemplate<'_> {
    /// Whether asking again would do anything: what waits for its turn comes anyway.
    fn can_replay(&self) -> bool {
        matches!(self.view.run.state, RunState::Done | RunState::Dead | RunState::Waiting)
    }

    fn deliveries(&self) -> &[String] {
        let all = &self.view.run.trigger.deliveries;
        &all[..all.len().min(DELIVERIES)]
    }
}

/// What made a run, in a few words.
fn cause(trigger: &Trigger) -> String {
    let by = trigger.by.as_deref();
    match (trigger.kind, by) {
        (TriggerKind::Push, Some(by)) => format!("push by {by}"),
        (TriggerKind::Push, None) => "push".into(),
        (TriggerKind::Reconcile, _) => "head had moved".into(),
        (TriggerKind::Person, Some(by)) => format!("asked for by {by}"),
        (TriggerKind::Person, None) => "asked for".into(),
        (TriggerKind::Timer, _) => "timer".into(),
        (TriggerKind::Other, _) => "webhook".into(),
    }
}

/// How long the last attempt took; none while it runs.
fn took(run: &RunRow) -> Option<String> {
    Some(text::took(run.started_at.as_ref()?, run.finished_at.as_ref()?))
}
