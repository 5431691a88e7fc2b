//! `diff`: what changed between two documents, and what that means.

use super::repository;
use crate::args::DiffArgs;
use crate::context::Context;
use crate::view::{DiffView, Outcome};
use countersign_model::Problem;

/// Compare the two documents.
pub(crate) fn run(args: &DiffArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open_or_bare(context)?;
    let (old, new) = (repository::file(context, &args.old), repository::file(context, &args.new));
    let format = args.format.as_deref().map(repository::format);
    let comparison = project.compare(&old, &new, format)?;
    Ok(Outcome::Diff(DiffView::new(&args.old, &args.new, comparison.format.as_str(), comparison.changes)))
}
