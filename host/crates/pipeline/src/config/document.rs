//! TOML text to a JSON value, with the place of everything in it.

use super::spans::{Place, Span, Spans};
use countersign_model::Problem;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A file that could be read, and what is wrong with its TOML.
pub(super) struct Document {
    pub(super) value: Value,
    pub(super) spans: Spans,
    pub(super) problems: Vec<Problem>,
    /// Whether the value is all that the text says, so that it is worth looking into.
    pub(super) whole: bool,
}

/// Read `text` as TOML 1.1.
pub(super) fn read(text: &str, file: &str) -> Document {
    let (table, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    let mut reader = Reader {
        lines: &lines,
        spans: Spans { file: file.to_owned(), spans: BTreeMap::new() },
        problems: Vec::new(),
    };
    reader.spans.spans.insert(String::new(), Span { key: Place::START, value: Place::START });
    // A duplicated key leaves a whole tree behind; after any other mistake the rest may mean anything.
    let whole = errors.iter().all(|error| error.message() == "duplicate key");
    for error in &errors {
        reader.syntax_problem(error, text);
    }
    let value = reader.table(table.get_ref(), "");
    Document { value, spans: reader.spans, problems: reader.problems, whole }
}

/// Where lines begin, to turn offsets into places.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Place { line: number(line), column: number(before.chars().count() + 1) }
    }
}

struct Reader<'t> {
    lines: &'t Lines<'t>,
    spans: Spans,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn syntax_problem(&mut self, error: &toml::de::Error, text: &str) {
        let span = error.span().unwrap_or_default();
        let mut problem = if error.message() == "duplicate key" {
            let key = super::quote(text.get(span.clone()).unwrap_or_default());
            Problem::new("duplicate-key", format!("key {key} is there twice"))
                .hint("write it once, with everything that belongs to it")
        } else {
            let message = error.message().replace('\n', "; ");
            Problem::new("invalid-toml", format!("not TOML: {message}"))
        };
        problem.at = Some(self.spans.at(self.lines.place(span.start)));
        self.problems.push(problem);
    }

    fn table(&mut self, table: &DeTable<'_>, pointer: &str) -> Value {
        let mut object = Map::new();
        for (key, value) in table {
            let pointer = format!("{pointer}/{}", escape(key.get_ref()));
            self.mark(&pointer, key.span(), value.span());
            let value = self.value(value.get_ref(), &pointer);
            object.insert(key.get_ref().clone().into_owned(), value);
        }
        Value::Object(object)
    }

    fn value(&mut self, value: &DeValue<'_>, pointer: &str) -> Value {
        match value {
            DeValue::String(text) => Value::String(text.clone().into_owned()),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(Number::from);
                self.number(number, integer.as_str(), pointer)
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                self.number(number, float.as_str(), pointer)
            }
            DeValue::Array(array) => {
                let entries = array.iter().enumerate().map(|(index, entry)| {
                    let pointer = format!("{pointer}/{index}");
                    self.mark(&pointer, entry.span(), entry.span());
                    self.value(entry.get_ref(), &pointer)
                });
                Value::Array(entries.collect())
            }
            DeValue::Table(table) => self.table(table, pointer),
        }
    }

    fn number(&mut self, number: Option<Number>, text: &str, pointer: &str) -> Value {
        let number = number.unwrap_or_else(|| {
            let message = format!("{} is not a number that fits here", super::quote(text));
            self.problems.push(Problem::new("invalid-value", message).at(self.spans.position(pointer)));
            Number::from(0)
        });
        Value::Number(number)
    }

    fn mark(&mut self, pointer: &str, key: Range<usize>, value: Range<usize>) {
        let key = self.lines.place(key.start);
        // A table that only its subtables declare has no place of its own.
        let value = if value.is_empty() { key } else { self.lines.place(value.start) };
        self.spans.spans.insert(pointer.to_owned(), Span { key, value });
    }
}

/// A key as a segment of a JSON Pointer (RFC 6901, section 3).
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A segment of a JSON Pointer as a key.
pub(super) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
