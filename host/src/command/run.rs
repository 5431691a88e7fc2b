//! `run`: CI's single command. The event decides what it does.

use super::repository;
use crate::args::RunArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use countersign_pipeline::web::Sending;

/// Do what the event calls for.
pub(crate) fn run(args: &RunArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let event = event(args, context)?;
    let withheld = match event {
        Event::PullRequest { .. } => Some("runs on pull requests use no credentials"),
        Event::Push { .. } | Event::Other => None,
    };
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let project = repository::open_for(context, sending, withheld)?;
    let _busy = context.progress.start("running");
    Ok(Outcome::Report(Box::new(project.run(&event))))
}

/// The event, from the flags where they are given and else from what CI set.
fn event(args: &RunArgs, context: &Context) -> Result<Event, Vec<Problem>> {
    let told = super::event::told(args.event_name.as_deref(), args.event_path.as_deref(), context)?;
    Ok(Event::read(&told.variables, told.payload.as_deref()))
}
