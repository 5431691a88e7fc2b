//! A parsed document: its text, its tape, and where its nodes stand in the source.

use crate::lines::Lines;
use crate::node::Node;
use crate::tape::{Slot, Tag, Tape};
use crate::{Code, Position, Problem, foreign, json, yaml};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Containers in containers at most.
pub const MAXIMUM_DEPTH: usize = 512;

/// Values and keys of a document at most. Each takes 16 bytes of memory, however few it takes in the text.
pub const MAXIMUM_NODES: usize = 1 << 22;

/// Bytes of a document at most: offsets and counts fit the tape's slots, with room to spare.
pub const MAXIMUM_BYTES: usize = 1 << 28;

/// A JSON or YAML document that has been checked as a whole.
#[derive(Debug)]
pub struct Document<'s> {
    /// The JSON text: the source itself, or what a YAML source means.
    text: Cow<'s, str>,
    tape: Tape,
    /// For YAML the source, and each slot's offset in it.
    yaml: Option<(&'s str, Vec<u32>)>,
    /// The source's lines; made when the first position is asked for.
    lines: OnceLock<Lines>,
    /// The children of large containers that pointers have led through, by the container's slot.
    children: Mutex<HashMap<u32, Arc<[u32]>>>,
}

impl<'s> Document<'s> {
    /// Parse JSON where the media type says so or the text starts with `{` or `[`, and YAML otherwise.
    ///
    /// # Errors
    /// A [`Problem`] where the bytes are not one JSON or YAML document whose root is an object or array.
    pub fn parse(bytes: &'s [u8], media_type: &str) -> Result<Self, Problem> {
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media_type.ends_with("json") {
            return Self::parse_json(bytes);
        }
        let text = foreign::text(bytes)?;
        if !text.trim_start().starts_with(['{', '[']) {
            return Self::yaml(text);
        }
        // A flow mapping of YAML starts like an object of JSON.
        Self::json(text).or_else(|problem| match media_type.ends_with("yaml") {
            true => Self::yaml(text),
            false => Err(problem),
        })
    }

    /// Parse JSON (RFC 8259). A UTF-8 byte order mark is dropped.
    ///
    /// # Errors
    /// A [`Problem`] where the bytes are not one JSON document whose root is an object or array.
    pub fn parse_json(bytes: &'s [u8]) -> Result<Self, Problem> {
        foreign::text(bytes).and_then(Self::json)
    }

    /// Parse YAML (1.2, core schema) that says nothing that JSON cannot say. A UTF-8 byte order mark is dropped.
    ///
    /// Quoted scalars, dates, `yes` and `on` are strings; numbers that JSON can write stay as they are written.
    /// Aliases are expanded. Merge keys, tags of other schemas, keys that are no scalars, `.inf` and `.nan`,
    /// integers with a leading zero, about which readers disagree, and several documents in one text are refused.
    ///
    /// # Errors
    /// A [`Problem`] where the bytes are not one such document whose root is a mapping or sequence.
    pub fn parse_yaml(bytes: &'s [u8]) -> Result<Self, Problem> {
        foreign::text(bytes).and_then(Self::yaml)
    }

    fn json(text: &'s str) -> Result<Self, Problem> {
        let tape = json::parse(text).map_err(|problem| foreign::explain(text, problem))?;
        Ok(Self {
            text: Cow::Borrowed(text),
            tape,
            yaml: None,
            lines: OnceLock::new(),
            children: Mutex::default(),
        })
    }

    fn yaml(source: &'s str) -> Result<Self, Problem> {
        foreign::refuse_conflict(source)?;
        let read = yaml::parse(source).map_err(|problem| foreign::explain(source, problem))?;
        let yaml = Some((source, read.origins));
        Ok(Self {
            text: Cow::Owned(read.text),
            tape: read.tape,
            yaml,
            lines: OnceLock::new(),
            children: Mutex::default(),
        })
    }

    /// The root: an object or an array.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The document as JSON text. Of a JSON document it is the source without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Values and keys in the document.
    pub fn nodes(&self) -> usize {
        self.tape.len() as usize
    }

    /// The values of all entries with this key, wherever they stand, in the order of the text. One pass over
    /// the tape, so that a walk need not look for them again and again.
    pub fn values_of(&self, key: &str) -> Vec<Node<'_>> {
        let text = self.text.as_bytes();
        // Nearly every slot differs in length, which the slot alone tells, or in the first letter.
        let first = key.as_bytes().first();
        let may_read = |slot: Slot| match slot.tag() {
            Tag::String => {
                slot.end() - slot.start() == key.len() + 2
                    && (first.is_none() || text.get(slot.start() + 1) == first)
            }
            Tag::Escaped => true,
            Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::Array | Tag::Object => false,
        };
        let is_key = |index: u32, slot: Slot| {
            let rest = text.get(slot.end()..).unwrap_or_default();
            Node::new(self, index).reads(key) && rest.trim_ascii_start().starts_with(b":")
        };
        let slots = (0..).zip(self.tape.slots()).filter(|(_, slot)| may_read(**slot));
        let keys = slots.filter(|(index, slot)| is_key(*index, **slot));
        keys.map(|(index, _)| Node::new(self, index + 1)).collect()
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    pub(crate) fn token(&self, slot: Slot) -> &str {
        self.text.get(slot.start()..slot.end()).unwrap_or_default()
    }

    /// The slots of a container's keys or items, kept so that pointers into it need not count them again.
    pub(crate) fn children(&self, container: u32) -> Arc<[u32]> {
        let mut known = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(container).or_insert_with(|| self.tape.children(container).collect()))
    }

    pub(crate) fn position(&self, index: u32) -> Position {
        let (source, offset) = match &self.yaml {
            Some((source, origins)) => (*source, origins.get(index as usize).copied().unwrap_or_default()),
            None => (self.text(), offset(self.tape.slot(index).start())),
        };
        self.lines.get_or_init(|| Lines::of(source)).position(source, offset)
    }
}

/// The position of an offset, found without an index of lines: for the one problem that ends a parse.
pub(crate) fn position(text: &str, at: usize) -> Position {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    Position { line: offset(line), column: offset(before.len() - start + 1) }
}

/// What is left of the line at an offset.
pub(crate) fn line(text: &str, at: usize) -> &str {
    text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// An offset or a line, none of which exceeds [`MAXIMUM_BYTES`].
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Refuse a document of more values and keys than [`MAXIMUM_NODES`].
pub(crate) fn check_nodes(nodes: u32) -> Result<(), Problem> {
    if (nodes as usize) < MAXIMUM_NODES {
        return Ok(());
    }
    let millions = MAXIMUM_NODES / 1_000_000;
    let message = format!("the document has more than {millions} million values and keys");
    Err(Problem::new(Code::TooLarge, message))
}

/// Refuse a text that is larger than the tape can hold.
pub(crate) fn check_size(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() <= MAXIMUM_BYTES {
        return Ok(());
    }
    let limit = MAXIMUM_BYTES >> 20;
    Err(Problem::new(Code::TooLarge, format!("the document is larger than {limit} MiB")))
}
