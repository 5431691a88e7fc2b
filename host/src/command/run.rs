//! `run`: CI's single command. The event decides what it does.

use super::{event, repository};
use crate::args::RunArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::web::Sending;

/// Do what the event calls for.
pub(crate) fn run(args: &RunArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let event = event::read(&args.event, context)?;
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let project = repository::open_for(context, sending, event::withheld(&event))?;
    let _busy = context.progress.start("running");
    Ok(Outcome::Report(Box::new(project.run(&event))))
}
