//! `doctor`: look at everything that a run needs, and say what is missing.

use super::not_wired;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Take every look; the outcome is [`Outcome::Doctor`].
pub(crate) fn run(_context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("doctor"))
}
