//! `status`: where every contract and client stands, without running anything.

use super::{event, repository};
use crate::args::StatusArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use countersign_pipeline::project::CheckOptions;
use countersign_pipeline::web::Sending;

/// Look at every contract, and at the repositories elsewhere where that is asked for.
pub(crate) fn run(args: &StatusArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let withheld = event::withheld(&Event::read(&context.environment, None));
    let project = repository::open_for(context, Sending::Allowed, withheld)?;
    let contracts = project.select(&[])?;
    let options = CheckOptions { command: "status", no_tools: true, ..CheckOptions::default() };
    let mut report = project.check(&contracts, &options);
    if args.targets {
        let _busy = context.progress.start("looking at the repositories elsewhere");
        let (targets, problems) = project.targets();
        report = report.with_targets(targets, problems);
    }
    Ok(Outcome::Status(Box::new(report)))
}
