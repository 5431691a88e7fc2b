//! Write a stage for Countersign.
//!
//! A stage is a WebAssembly component. Implement the trait of its kind for a type of yours and export it:
//!
//! ```
//! use countersign_plugin::{Canonicalize, Description, Document, Failure, read};
//!
//! struct Trim;
//!
//! impl Canonicalize for Trim {
//!     fn describe() -> Description {
//!         Description::new("canonicalize-trim", "0.1.0", "Remove white space at the end of the document")
//!     }
//!
//!     fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
//!         Ok(read(document).trim_ascii_end().to_vec())
//!     }
//! }
//!
//! countersign_plugin::export_canonicalize!(Trim);
//! # fn main() {}
//! ```
//!
//! Build it for `wasm32-unknown-unknown` as a `cdylib`. The interface itself, with every item documented,
//! is `wit/plugin.wit` in this crate. A panic's message reaches the user through [`log`].

#[doc(hidden)]
#[path = "bindings.rs"]
pub mod __bindings;
mod describe;
mod stage;

pub use __bindings::diff::exports::countersign::plugin::diff::{
    Change, Direction, Impact, Rule, Side, Witness,
};
pub use __bindings::dump::countersign::plugin::types::{
    Description, Diagnostic, Document, DocumentInfo, Example, Failure, Location, SiblingError,
};
pub use __bindings::dump::countersign::plugin::{http, inputs, tool};
pub use __bindings::dump::exports::countersign::plugin::dump::Dumped;
pub use __bindings::notify::countersign::plugin::forge;
pub use __bindings::notify::exports::countersign::plugin::notify::{Notice, Receipt};
pub use stage::{Canonicalize, Diff, Dump, Generate, Notify};

pub mod config;
pub mod log;

#[doc(hidden)]
pub use __bindings::{
    canonicalize::export_canonicalize_stage, diff::export_diff_stage, dump::export_dump_stage,
    generate::export_generate_stage, notify::export_notify_stage,
};

/// Bytes that one call to the host copies at most: few enough for the copies on the way to stay in a cache.
const CHUNK: u32 = 512 << 10;

/// The whole of a document.
pub fn read(document: &Document) -> Vec<u8> {
    let size = document.info().size;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    loop {
        let chunk = document.read(bytes.len() as u64, CHUNK);
        if chunk.is_empty() {
            return bytes;
        }
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 >= size {
            return bytes;
        }
    }
}

/// A diagnostic about the whole document.
pub fn diagnostic(code: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic { code: code.into(), message: message.into(), at: None, help: None, ext: Vec::new() }
}
