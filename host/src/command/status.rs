//! `status`: where every contract and client stands, without running anything.

use super::repository;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::project::CheckOptions;

/// Look at every contract.
pub(crate) fn run(context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
    let contracts = project.select(&[])?;
    let options = CheckOptions { command: "status", no_tools: true, ..CheckOptions::default() };
    Ok(Outcome::Status(Box::new(project.check(&contracts, &options))))
}
