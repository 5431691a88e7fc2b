//! `generate`: regenerate clients from the record.

use super::not_wired;
use crate::args::GenerateArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Generate the clients that were asked for.
pub(crate) fn run(_args: &GenerateArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("generate"))
}
