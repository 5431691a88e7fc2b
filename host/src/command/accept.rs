//! `accept`: take what the source says as the record, and regenerate its clients with it.

use super::not_wired;
use crate::args::AcceptArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Accept the contracts that were asked for.
pub(crate) fn run(_args: &AcceptArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("accept"))
}
