//! `check`: compare code, record and clients, and write nothing.

use super::repository;
use crate::args::{CheckArgs, GeneratingArgs};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::CheckOptions;

/// Check the contracts that were asked for.
pub(crate) fn run(args: &CheckArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let generating = GeneratingArgs { twice: args.twice, ..GeneratingArgs::default() };
    let project = repository::open_to_generate(context, &generating)?;
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
