//! A comparison as a page to read, without a network.

use crate::view::DiffView;
use std::io::{self, Write};

/// Write a comparison.
pub(in crate::render) fn html(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} changes", diff.changes.0.len())
}
