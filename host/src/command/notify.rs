//! `notify`: tell the clients what commits did to the records.

use super::{event, repository};
use crate::args::NotifyArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::{NotifyOptions, Range};
use countersign_pipeline::web::Sending;

/// Tell whom it concerns.
pub(crate) fn run(args: &NotifyArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let event = event::read(&args.event, context)?;
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let project = repository::open_for(context, sending, event::withheld(&event))?;
    let range = match (&args.from, &args.to) {
        (None, None) => Range::SinceReceipts(event),
        (Some(from), to) => {
            Range::Between { from: from.clone(), to: to.clone().unwrap_or_else(|| "HEAD".into()) }
        }
        (None, Some(to)) => Range::Between { from: format!("{to}^"), to: to.clone() },
    };
    let options = NotifyOptions {
        contracts: project.select(&repository::texts(&args.contracts))?,
        channels: project.select_channels(&repository::texts(&args.channels))?,
        range,
    };
    let _busy = context.progress.start("notifying");
    Ok(Outcome::Report(Box::new(project.notify(&options))))
}
