//! `check`: compare code, record and clients, and write nothing.

use super::repository;
use crate::args::CheckArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::CheckOptions;

/// Check the contracts that were asked for.
pub(crate) fn run(args: &CheckArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
    let contracts = project.select(&repository::texts(&args.contracts))?;
    let _busy = context.progress.start("checking");
    let options = CheckOptions {
        command: "check",
        live: args.live,
        no_tools: args.no_tools,
        always_dump: repository::in_ci(context),
        baseline: None,
    };
    Ok(Outcome::Report(Box::new(project.check(&contracts, &options))))
}
