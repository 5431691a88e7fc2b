//! `waive`: accept one breaking change until a day.

use super::not_wired;
use crate::args::WaiveArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Write the waiver.
pub(crate) fn run(_args: &WaiveArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("waive"))
}
