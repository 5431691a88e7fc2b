//! `canary`: call read-only endpoints of running services, and hold the answers against the record.

use super::{event, repository};
use crate::args::CanaryArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use countersign_pipeline::project::CanaryOptions;
use countersign_pipeline::web::Sending;

/// Ask the services of the contracts that were asked for.
pub(crate) fn run(args: &CanaryArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    // A canary reads, and its requests pass even where nothing else may be sent.
    let sending = if args.notify { Sending::Allowed } else { Sending::DryRun };
    let withheld = event::withheld(&Event::read(&context.environment, None));
    let project = repository::open_for(context, sending, withheld)?;
    let contracts = project.canaries(&repository::texts(&args.contracts))?;
    let _busy = context.progress.start("asking");
    let options = CanaryOptions { dry_run: args.dry_run };
    let report = project.canary(&contracts, options)?;
    let report = if args.notify { project.tell_violations(report) } else { report };
    Ok(Outcome::Canary(Box::new(report)))
}
