//! A comparison as a comment on a pull request.

use crate::view::DiffView;
use std::io::{self, Write};

/// Write a comparison.
pub(in crate::render) fn markdown(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} changes", diff.changes.0.len())
}
