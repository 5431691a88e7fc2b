//! `canonicalize`: print a document in its canonical form.

use super::not_wired;
use crate::args::CanonicalizeArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Bring the document to its canonical form; the outcome is [`Outcome::Document`].
pub(crate) fn run(_args: &CanonicalizeArgs, _context: &Context) -> Result<Outcome, Vec<Problem>> {
    Err(not_wired("canonicalize"))
}
