//! JSON as it is written, with its place and where it came from.

use super::{Converted, Origins, below};
use crate::spec::Node;
use countersign_plugin::Failure;

/// How many times as long as the original a converted document may be, and how many bytes longer in any case.
const GROWTH: usize = 8;
const ROOM: usize = 1 << 20;

/// Writes a converted document.
pub(super) struct Writer {
    text: String,
    /// The pointer of what is being written.
    at: String,
    origins: Origins,
    limit: usize,
}

impl Writer {
    pub(super) fn new(root: Node<'_>) -> Self {
        let limit = root.raw().len().saturating_mul(GROWTH) + ROOM;
        Self { text: String::new(), at: String::new(), origins: Origins::default(), limit }
    }

    pub(super) fn finish(self) -> Result<Converted, Failure> {
        if self.is_full() {
            let problem = "a Swagger 2.0 document that shares long parameters and responses many times; convert it to OpenAPI 3";
            return Err(Failure::Unsupported(problem.into()));
        }
        Ok(Converted { text: self.text, origins: self.origins })
    }

    fn is_full(&self) -> bool {
        self.text.len() > self.limit
    }

    /// Note that what is being written came from a node of the original.
    pub(super) fn from(&mut self, origin: Option<Node<'_>>) {
        if let Some(origin) = origin.filter(|_| !self.is_full()) {
            self.origins.note(self.at.clone(), origin.pointer());
        }
    }

    pub(super) fn raw(&mut self, text: &str) {
        if !self.is_full() {
            self.text.push_str(text);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                letter if letter.is_control() && u32::from(letter) < 0x20 => {
                    self.text.push_str(&format!("\\u{:04x}", u32::from(letter)));
                }
                letter => self.text.push(letter),
            }
        }
        self.text.push('"');
    }

    pub(super) fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push('{');
        write(self);
        self.text.push('}');
    }

    pub(super) fn array(&mut self, write: impl FnOnce(&mut Self)) {
        self.text.push('[');
        write(self);
        self.text.push(']');
    }

    /// An entry of the object that is being written. A name is written once.
    pub(super) fn entry(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.separate('{');
        self.text(name);
        self.text.push(':');
        let outer = std::mem::take(&mut self.at);
        self.at = below(&outer, name);
        write(self);
        self.at = outer;
    }

    /// An item of the array that is being written.
    pub(super) fn item(&mut self, at: usize, write: impl FnOnce(&mut Self)) {
        self.separate('[');
        let outer = std::mem::take(&mut self.at);
        self.at = below(&outer, &at.to_string());
        write(self);
        self.at = outer;
    }

    fn separate(&mut self, opening: char) {
        if !self.text.ends_with(opening) {
            self.text.push(',');
        }
    }
}
