//! `status`: show where every contract and client stands, without running a tool.

use super::not_wired;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Look at every contract; the outcome is [`Outcome::Status`].
pub(crate) fn run(_context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("status"))
}
