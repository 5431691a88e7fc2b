//! `diff`: compare two documents and say what breaks.

use super::not_wired;
use crate::args::DiffArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Compare the two documents.
pub(crate) fn run(_args: &DiffArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("diff"))
}
