//! The one way in which a document is written: two spaces a level, `": "`, one entry a line, LF, a final newline.
//! Numbers are written as they were read; strings with the fewest escapes that JSON allows.

use crate::node::{Entry, Node};
use crate::tape::Tag;
use crate::{Document, text};
use std::borrow::Cow;

/// The order of an object's keys. In configuration it is written `preserve` or `sorted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As the author wrote them. Generators follow it.
    #[default]
    Preserve,
    /// By the Unicode code points of the unescaped keys, which is also the order of their UTF-8 bytes.
    Sorted,
}

/// Subtrees that are left out when a document is printed.
#[derive(Clone, Debug, Default)]
pub struct Omissions {
    /// One bit a node.
    bits: Vec<u64>,
}

impl Omissions {
    /// Nothing is left out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leave out a value, with its key if it has one.
    pub fn omit(&mut self, value: Node<'_>) {
        let (word, bit) = Self::place(value);
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= bit;
    }

    /// Is this value itself left out? Its ancestors are not asked.
    pub fn contains(&self, value: Node<'_>) -> bool {
        let (word, bit) = Self::place(value);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Is nothing left out?
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    fn place(value: Node<'_>) -> (usize, u64) {
        ((value.id() / 64) as usize, 1 << (value.id() % 64))
    }
}

/// Prints documents in canonical form.
#[derive(Clone, Debug, Default)]
pub struct Printer<'o> {
    order: Order,
    omissions: Cow<'o, Omissions>,
}

impl<'o> Printer<'o> {
    /// A printer that keeps the order of keys and leaves nothing out.
    pub fn new() -> Self {
        Self::default()
    }

    /// Print keys in this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Leave these out. Containers that lose all their content are printed empty.
    #[must_use]
    pub fn without(mut self, omissions: &'o Omissions) -> Self {
        self.omissions = Cow::Borrowed(omissions);
        self
    }

    /// The canonical text. Printing what it parses to gives the same bytes.
    pub fn print(&self, document: &Document<'_>) -> Vec<u8> {
        self.print_node(document.root())
    }

    /// The canonical text of one node, as if it were the root of a document.
    pub fn print_node(&self, node: Node<'_>) -> Vec<u8> {
        let mut output = String::with_capacity(bound(node));
        self.value(node, 0, &mut output);
        output.push('\n');
        output.into_bytes()
    }

    /// Recursion is bounded by the parser: no document is deeper than `MAXIMUM_DEPTH`.
    fn value(&self, node: Node<'_>, depth: usize, output: &mut String) {
        match node.slot().tag() {
            Tag::Object => self.object(node, depth, output),
            Tag::Array => self.array(node, depth, output),
            Tag::Escaped => escaped(node, output),
            Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::String => {
                output.push_str(node.raw());
            }
        }
    }

    fn object(&self, node: Node<'_>, depth: usize, output: &mut String) {
        let mut first = true;
        let mut print = |entry: Entry<'_>| {
            if self.keeps(entry.value) {
                separate('{', &mut first, depth, output);
                self.value(entry.key, depth, output);
                output.push_str(": ");
                self.value(entry.value, depth + 1, output);
            }
        };
        match self.order {
            Order::Preserve => node.entries().for_each(&mut print),
            Order::Sorted => sorted(node).into_iter().for_each(&mut print),
        }
        finish(['{', '}'], first, depth, output);
    }

    fn array(&self, node: Node<'_>, depth: usize, output: &mut String) {
        let mut first = true;
        for item in node.items().filter(|item| self.keeps(*item)) {
            separate('[', &mut first, depth, output);
            self.value(item, depth + 1, output);
        }
        finish(['[', ']'], first, depth, output);
    }

    fn keeps(&self, value: Node<'_>) -> bool {
        !self.omissions.contains(value)
    }
}

fn sorted(object: Node<'_>) -> Vec<Entry<'_>> {
    let mut entries: Vec<_> = object.entries().collect();
    entries.sort_by(|one, two| one.name().cmp(&two.name()));
    entries
}

/// Begin a container's next line.
fn separate(open: char, first: &mut bool, depth: usize, output: &mut String) {
    output.push(if *first { open } else { ',' });
    *first = false;
    indent(depth + 1, output);
}

/// End a container; one without content stays on its line.
fn finish(brackets: [char; 2], is_empty: bool, depth: usize, output: &mut String) {
    if is_empty {
        output.extend(brackets);
    } else {
        indent(depth, output);
        output.push(brackets[1]);
    }
}

fn indent(depth: usize, output: &mut String) {
    const LEVELS: &str = "\n                                                                ";
    match LEVELS.get(..=depth * 2) {
        Some(spaces) => output.push_str(spaces),
        None => {
            output.push('\n');
            output.extend(std::iter::repeat_n("  ", depth));
        }
    }
}

fn escaped(string: Node<'_>, output: &mut String) {
    let raw = string.raw();
    output.push('"');
    text::write_escaped(raw.get(1..raw.len() - 1).unwrap_or_default(), output);
    output.push('"');
}

/// A bound for the size of a node's canonical text. A buffer that grew by doubling instead would cost a
/// copy and half as much memory again, and the sandbox counts memory.
fn bound(node: Node<'_>) -> usize {
    fn content(node: Node<'_>, depth: usize) -> usize {
        let line = 2 * (depth + 1) + 2;
        let close = 2 * depth + 3;
        match node.slot().tag() {
            Tag::Object => node.entries().fold(close, |sum, entry| {
                sum + line + 2 + entry.key.raw().len() + content(entry.value, depth + 1)
            }),
            Tag::Array => node.items().fold(close, |sum, item| sum + line + content(item, depth + 1)),
            Tag::Null | Tag::False | Tag::True | Tag::Number | Tag::String | Tag::Escaped => node.raw().len(),
        }
    }
    content(node, 0) + 1
}
