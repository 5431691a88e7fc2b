//! The values that cross the border, as the rest of the host knows them. The generated types stay inside.

use crate::bindings::{diff, dump, notify};
use std::sync::Arc;

pub use diff::exports::countersign::plugin::diff::{Change, Direction, Impact, Rule, Side, Witness};
pub use dump::countersign::plugin::types::{Description, Diagnostic, Example, Failure, Location};
pub use dump::exports::countersign::plugin::dump::Dumped;
pub use notify::exports::countersign::plugin::notify::{Notice, Receipt};

/// A document that a stage may read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The contract's name, or the path of a declared input.
    pub name: String,
    /// The media type (RFC 6838).
    pub media_type: String,
    /// `sha256:` and the hexadecimal digest of the content.
    pub digest: String,
    /// The bytes.
    pub content: Arc<Vec<u8>>,
}
