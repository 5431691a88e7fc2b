//! `generate`: clients from the record; the cure for hand edits.

use super::repository;
use crate::args::GenerateArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Generate the clients that were asked for.
pub(crate) fn run(args: &GenerateArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open_to_generate(context, &args.generating)?;
    if let Some(report) = project.interrupted("generate") {
        return Ok(Outcome::Report(Box::new(report)));
    }
    let clients = project.select_clients(&repository::texts(&args.clients))?;
    let _busy = context.progress.start("generating");
    project.generate(&clients).map(|report| Outcome::Report(Box::new(report)))
}
