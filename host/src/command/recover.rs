//! `recover`: finish an accept that was interrupted.

use super::not_wired;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Roll the journal forward.
pub(crate) fn run(_context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("recover"))
}
