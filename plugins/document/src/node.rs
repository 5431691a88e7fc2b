//! How a document is walked: copyable handles over the tape.

use crate::tape::{self, Hashed, Slot, Tag};
use crate::{Document, Position, pointer, text};
use countersign_plugin::Location;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The type of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number, kept as its token.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The type's name in JSON Schema, such as `object`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// One value, or one key, of a document: a handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    index: u32,
}

/// One entry of an object.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'d> {
    /// The key, a string node: [`Node::raw`] is its token and [`Node::position`] its place.
    pub key: Node<'d>,
    /// The value.
    pub value: Node<'d>,
}

impl<'d> Entry<'d> {
    /// The key, unescaped. Borrowed unless it holds an escape.
    pub fn name(&self) -> Cow<'d, str> {
        self.key.unescaped()
    }
}

impl<'d> Node<'d> {
    pub(crate) fn new(document: &'d Document<'d>, index: u32) -> Self {
        Self { document, index }
    }

    pub(crate) fn slot(self) -> Slot {
        self.document.tape().slot(self.index)
    }

    /// The document that the node belongs to.
    pub fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// A number that no other node of the same document has. It grows in the order of the text.
    pub fn id(self) -> u32 {
        self.index
    }

    /// The ids of this node and of all that it holds.
    pub fn ids(self) -> Range<u32> {
        self.index..self.after()
    }

    /// The type.
    pub fn kind(self) -> Kind {
        match self.slot().tag() {
            Tag::Null => Kind::Null,
            Tag::False | Tag::True => Kind::Boolean,
            Tag::Number => Kind::Number,
            Tag::String | Tag::Escaped => Kind::String,
            Tag::Array => Kind::Array,
            Tag::Object => Kind::Object,
        }
    }

    /// Is it an object?
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Is it an array?
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Is it `null`?
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Entries of an object or items of an array; 0 for anything else.
    pub fn len(self) -> usize {
        self.slot().length() as usize
    }

    /// Is it an object or array without content, or a scalar?
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The token or text of the node as JSON. Of a container it holds the author's white space; of a document
    /// that was YAML it is the JSON that it means.
    pub fn raw(self) -> &'d str {
        self.document.token(self.slot())
    }

    /// The text of a string, unescaped. Borrowed unless it holds an escape.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        (self.kind() == Kind::String).then(|| self.unescaped())
    }

    /// The token of a number, as it was written.
    pub fn as_number(self) -> Option<&'d str> {
        (self.kind() == Kind::Number).then(|| self.raw())
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.slot().tag() {
            Tag::True => Some(true),
            Tag::False => Some(false),
            Tag::Null | Tag::Number | Tag::String | Tag::Escaped | Tag::Array | Tag::Object => None,
        }
    }

    /// The entries of an object, in the author's order; none for anything else.
    pub fn entries(self) -> Entries<'d> {
        Entries(self.children(Tag::Object))
    }

    /// The items of an array; none for anything else.
    pub fn items(self) -> Items<'d> {
        Items(self.children(Tag::Array))
    }

    /// The value of a key. Small objects are scanned; large ones are looked up in an order that the parser
    /// has made already, so that this is fast on `components/schemas` too.
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        if self.slot().tag() != Tag::Object {
            return None;
        }
        match self.document.tape().sorted_keys(self.index) {
            Some(keys) => self.search(keys, key),
            None => self.entries().find(|entry| entry.key.reads(key)).map(|entry| entry.value),
        }
    }

    /// An item of an array by its index, counted from 0. The places of the items of a large array are counted once.
    pub fn item(self, index: usize) -> Option<Node<'d>> {
        if index <= tape::SCANNED || !self.is_array() {
            return self.items().nth(index);
        }
        let item = *self.document.children(self.index).get(index)?;
        Some(Node::new(self.document, item))
    }

    /// The node at a JSON Pointer (RFC 6901) that is relative to this node.
    pub fn resolve(self, pointer: &str) -> Option<Node<'d>> {
        pointer::segments(pointer)?.try_fold(self, |node, segment| node.step(&segment))
    }

    /// The value or item that one unescaped segment of a JSON Pointer leads to.
    pub fn step(self, segment: &str) -> Option<Node<'d>> {
        match self.kind() {
            Kind::Object => self.get(segment),
            Kind::Array => self.item(pointer::index(segment)?),
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => None,
        }
    }

    /// The JSON Pointer of this node from the root; of a key, that of its value.
    pub fn pointer(self) -> String {
        let mut pointer = String::new();
        let mut node = self.document.root();
        while node.index != self.index {
            let Some((number, child)) = node.child(self.index) else { break };
            let child = Node::new(self.document, child);
            if node.is_array() {
                pointer::push_index(&mut pointer, number);
                node = child;
            } else {
                pointer::push(&mut pointer, &child.unescaped());
                if child.index == self.index {
                    break;
                }
                node = Node::new(self.document, child.index + 1);
            }
        }
        pointer
    }

    /// The number and the slot of the key or item that is, or holds, a slot inside this container.
    fn child(self, inner: u32) -> Option<(usize, u32)> {
        if self.len() <= tape::SCANNED {
            return self.document.tape().child(self.index, inner);
        }
        let children = self.document.children(self.index);
        let number = children.partition_point(|child| *child <= inner).checked_sub(1)?;
        Some((number, *children.get(number)?))
    }

    /// Line and column in the source.
    pub fn position(self) -> Position {
        self.document.position(self.index)
    }

    /// Pointer, line and column, as a stage reports them.
    pub fn location(self) -> Location {
        let Position { line, column } = self.position();
        Location { pointer: self.pointer(), line: Some(line), column: Some(column) }
    }

    /// Are both written in the same way? Faster than to compare [`Node::raw`].
    pub fn same_text(self, other: Node<'_>) -> bool {
        text::same(self.raw(), other.raw())
    }

    /// Do both say the same? White space, escapes and the order of keys do not count; numbers are compared
    /// as tokens, so `1` and `1.0` differ.
    pub fn same(self, other: Node<'_>) -> bool {
        if self.same_text(other) {
            return true;
        }
        match (self.kind(), other.kind()) {
            (Kind::String, Kind::String) => self.unescaped() == other.unescaped(),
            (Kind::Array, Kind::Array) => {
                self.len() == other.len() && self.items().zip(other.items()).all(|(one, two)| one.same(two))
            }
            (Kind::Object, Kind::Object) => self.len() == other.len() && self.same_entries(other),
            (Kind::Null | Kind::Boolean | Kind::Number | Kind::String | Kind::Array | Kind::Object, _) => {
                false
            }
        }
    }

    fn same_entries(self, other: Node<'_>) -> bool {
        self.entries().zip(other.entries()).all(|(one, two)| {
            let name = one.name();
            let two = if two.key.reads(&name) { Some(two.value) } else { other.get(&name) };
            two.is_some_and(|two| one.value.same(two))
        })
    }

    /// Is this the string `text`?
    pub(crate) fn reads(self, text: &str) -> bool {
        let slot = self.slot();
        match slot.tag() {
            // Most texts differ in length already, which the slot alone tells.
            Tag::String if slot.end() - slot.start() == text.len() + 2 => {
                let (own, text) = (self.bytes(), text.as_bytes());
                own.first() == text.first() && own == text
            }
            Tag::String => false,
            Tag::Escaped => self.unescaped() == text,
            Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::Array | Tag::Object => false,
        }
    }

    fn search(self, keys: &[Hashed], key: &str) -> Option<Node<'d>> {
        let hash = tape::hash(key.as_bytes());
        let text = |index: u32| Node::new(self.document, index).unescaped();
        let order =
            |(candidate, index): &Hashed| candidate.cmp(&hash).then_with(|| text(*index).as_ref().cmp(key));
        let found = keys.binary_search_by(order).ok()?;
        keys.get(found).map(|(_, index)| Node::new(self.document, index + 1))
    }

    /// What stands between the quotes of a string.
    fn content(self) -> &'d str {
        let slot = self.slot();
        self.document.text().get(slot.start() + 1..slot.end().saturating_sub(1)).unwrap_or_default()
    }

    /// The same as bytes: a slice of bytes needs no look at where characters begin.
    fn bytes(self) -> &'d [u8] {
        let slot = self.slot();
        let text = self.document.text().as_bytes();
        text.get(slot.start() + 1..slot.end().saturating_sub(1)).unwrap_or_default()
    }

    fn unescaped(self) -> Cow<'d, str> {
        match self.slot().tag() {
            Tag::Escaped => Cow::Owned(text::unescape(self.content())),
            Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::String | Tag::Array | Tag::Object => {
                Cow::Borrowed(self.content())
            }
        }
    }

    fn children(self, container: Tag) -> Children<'d> {
        let slot = self.slot();
        let next = self.index + 1;
        let end = if slot.tag() == container { slot.next(self.index) } else { next };
        Children { document: self.document, next, end }
    }

    /// The index after this node and all that it holds.
    fn after(self) -> u32 {
        self.slot().next(self.index)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::excerpt(self.raw()))
    }
}

/// The range of the tape that a container's content takes.
#[derive(Clone, Debug)]
struct Children<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Children<'d> {
    fn take(&mut self) -> Option<Node<'d>> {
        (self.next < self.end).then(|| {
            let node = Node::new(self.document, self.next);
            self.next = node.after();
            node
        })
    }
}

/// The entries of an object, in the author's order.
#[derive(Clone, Debug)]
pub struct Entries<'d>(Children<'d>);

impl<'d> Iterator for Entries<'d> {
    type Item = Entry<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Entry { key: self.0.take()?, value: self.0.take()? })
    }
}

/// The items of an array.
#[derive(Clone, Debug)]
pub struct Items<'d>(Children<'d>);

impl<'d> Iterator for Items<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take()
    }
}
