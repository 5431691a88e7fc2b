//! `run`: do what the CI event calls for.

use super::not_wired;
use crate::args::RunArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Do what the event calls for.
pub(crate) fn run(_args: &RunArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("run"))
}
