//! `status`: where every contract and client stands, without running anything.

use super::repository;
use crate::args::StatusArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::CheckOptions;

/// Look at every contract, and at the repositories elsewhere where that is asked for.
pub(crate) fn run(args: &StatusArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
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
