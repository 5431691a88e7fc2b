//! `waive`: accept one break, by name and until a day.

use super::repository;
use crate::args::WaiveArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use countersign_model::Problem;
use countersign_pipeline::project::WaiveRequest;

/// Write the waiver.
pub(crate) fn run(args: &WaiveArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
    let asked: Vec<String> = args.contract.iter().map(ToString::to_string).collect();
    let contracts = project.select(&asked)?;
    let request = WaiveRequest {
        fingerprint: args.fingerprint.clone(),
        owner: args.owner.clone(),
        reason: args.reason.clone(),
        until: args.until,
    };
    let _busy = context.progress.start("looking for the break");
    let (contract, path) = project.waive(&contracts, &request)?;
    let done =
        format!("waived {} of {contract} until {}, in {}", args.fingerprint, args.until, path.display());
    Ok(Outcome::Done(Done { done: vec![done], next: Some("countersign check".into()) }))
}
