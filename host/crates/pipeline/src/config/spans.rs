use countersign_model::Position;
use std::collections::BTreeMap;

/// A line and a column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Place {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

/// Where a key and its value begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) key: Place,
    pub(super) value: Place,
}

/// Where everything in a file stands, by JSON Pointer (RFC 6901).
#[derive(Clone, Debug, Default)]
pub struct Spans {
    pub(super) file: String,
    pub(super) spans: BTreeMap<String, Span>,
}

impl Spans {
    /// The place of the value at `pointer`, or of the nearest thing around it that stands in the file.
    pub fn position(&self, pointer: &str) -> Position {
        self.find(pointer, |span| span.value)
    }

    /// The place of the key at `pointer`, or of the nearest thing around it that stands in the file.
    pub fn key_position(&self, pointer: &str) -> Position {
        self.find(pointer, |span| span.key)
    }

    /// Whether anything stands in the file at `pointer`.
    pub(super) fn has(&self, pointer: &str) -> bool {
        self.spans.contains_key(pointer)
    }

    pub(super) fn at(&self, place: Place) -> Position {
        Position { file: self.file.clone(), line: place.line, column: place.column }
    }

    fn find(&self, pointer: &str, part: fn(&Span) -> Place) -> Position {
        let mut pointer = pointer;
        let place = loop {
            match (self.spans.get(pointer), pointer.rfind('/')) {
                (Some(span), _) => break part(span),
                (None, Some(end)) => pointer = &pointer[..end],
                (None, None) => break Place::START,
            }
        };
        self.at(place)
    }
}
