//! `check`: compare code, record and clients, and write nothing.

use super::not_wired;
use crate::args::CheckArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Check the contracts that were asked for.
pub(crate) fn run(_args: &CheckArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("check"))
}
