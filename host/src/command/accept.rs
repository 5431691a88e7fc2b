//! `accept`: take what the source says as the record, and regenerate its clients with it.

use super::repository;
use crate::args::AcceptArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::Source;

/// Accept the contracts that were asked for.
pub(crate) fn run(args: &AcceptArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open_to_generate(context, &args.generating)?;
    let contracts = project.select(&repository::texts(&args.contracts))?;
    let source = match (&args.from, args.live) {
        (Some(from), _) => Source::From(repository::file(context, from)),
        (None, true) => Source::Live,
        (None, false) => Source::Code,
    };
    if matches!(source, Source::From(_)) && contracts.len() > 1 {
        let message = "`--from` names one document, and there is more than one contract";
        let hint = "name the contract: countersign accept CONTRACT --from FILE";
        return Err(vec![Problem::new("ambiguous-contract", message).hint(hint)]);
    }
    let _busy = context.progress.start("accepting");
    project.accept(&contracts, &source).map(|report| Outcome::Report(Box::new(report)))
}
