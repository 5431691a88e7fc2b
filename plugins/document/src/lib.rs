//! JSON and YAML documents for Countersign's stages.
//!
//! A [`Document`] is the text of a JSON document and a flat tape over it: 16 bytes a node, no tree, no copied
//! string. Numbers and strings stay what the author wrote, keys stay in the author's order, and every
//! [`Node`] knows its line and column. A YAML document is brought to JSON while it is read, and its nodes
//! keep the positions of the YAML source.
//!
//! What is not a document is refused with a [`Problem`] that says what it is instead: an error page, a log
//! line before the document, a half-written file, a key that stands twice.
//!
//! ```
//! use countersign_document::{Document, Order, Printer};
//!
//! let document = Document::parse(br#"{"b": 1E2, "a": ["\u0041"]}"#, "application/json")?;
//! let root = document.root();
//! assert_eq!(root.get("b").and_then(|node| node.as_number()), Some("1E2"));
//! assert_eq!(root.resolve("/a/0").map(|node| node.position().column), Some(18));
//! assert_eq!(Printer::new().print(&document), b"{\n  \"b\": 1E2,\n  \"a\": [\n    \"A\"\n  ]\n}\n");
//! # Ok::<(), countersign_document::Problem>(())
//! ```

mod document;
mod foreign;
mod json;
mod lines;
mod node;
pub mod pointer;
mod print;
mod problem;
pub mod reference;
mod scan;
mod tape;
mod text;
mod yaml;

pub use document::{Document, MAXIMUM_BYTES, MAXIMUM_DEPTH, MAXIMUM_NODES};
pub use node::{Entries, Entry, Items, Kind, Node};
pub use print::{Omissions, Order, Printer};
pub use problem::{Code, Position, Problem, excerpt};
pub use text::quoted;
