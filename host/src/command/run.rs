//! `run`: CI's single command. The event decides what it does.

use super::repository;
use crate::args::{EventArgs, RunArgs};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use countersign_pipeline::web::Sending;

/// Do what the event calls for.
pub(crate) fn run(args: &RunArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let event = event(&args.event, context)?;
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let project = repository::open_for(context, sending, withheld(&event))?;
    let _busy = context.progress.start("running");
    Ok(Outcome::Report(Box::new(project.run(&event))))
}

/// Why a run for this event uses no credentials, where it uses none: a pull request may have edited what they are
/// attached to.
pub(super) fn withheld(event: &Event) -> Option<&'static str> {
    match event {
        Event::PullRequest { .. } => Some("runs on pull requests use no credentials"),
        Event::Push { .. } | Event::Other => None,
    }
}

/// The event, from the flags where they are given and else from what CI set.
pub(super) fn event(args: &EventArgs, context: &Context) -> Result<Event, Vec<Problem>> {
    let told = super::event::told(args, context)?;
    Ok(Event::read(&told.variables, told.payload.as_deref()))
}
