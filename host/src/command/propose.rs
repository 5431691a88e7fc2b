//! `propose`: one pull request for each state of a contract that is somebody else's.

use super::{event, repository};
use crate::args::ProposeArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::{Announcement, ProposeOptions, ProposeSource};
use countersign_pipeline::web::Sending;

/// Propose the contracts that were asked for, or the one that the event is about.
pub(crate) fn run(args: &ProposeArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let source = match (&args.from, args.live) {
        (Some(from), _) => ProposeSource::From(repository::file(context, from)),
        (None, true) => ProposeSource::Live,
        (None, false) => ProposeSource::Provider { revision: args.revision.clone() },
    };
    // Who says where to look asks no event.
    let announcement = match &source {
        ProposeSource::Provider { revision: None } => announced(args, context)?,
        ProposeSource::Provider { .. } | ProposeSource::Live | ProposeSource::From(_) => None,
    };
    let options = ProposeOptions {
        source,
        announcement,
        base: args.base.clone(),
        push: args.push,
        dry_run: args.dry_run,
    };
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let withheld = event::withheld(&event::read(&args.event, context)?);
    let project = repository::open_to_propose(context, &args.generating, sending, withheld)?;
    let _busy = context.progress.start("proposing");
    let report = project.propose(&repository::texts(&args.contracts), &options)?;
    Ok(Outcome::Proposals(Box::new(report)))
}

fn announced(args: &ProposeArgs, context: &Context) -> Result<Option<Announcement>, Vec<Problem>> {
    let told = event::told(&args.event, context)?;
    Announcement::read(&told.variables, told.payload.as_deref()).map_err(|problem| vec![problem])
}
