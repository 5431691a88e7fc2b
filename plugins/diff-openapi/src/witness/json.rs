//! Values that witnesses are made of.

use crate::number::Decimal;
use crate::spec::{Kind, Node};
use std::fmt::Write as _;

/// Nesting of a value that is taken from a document.
const DEPTH: usize = 32;

/// A JSON value. Numbers are tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn text(text: &str) -> Self {
        Self::String(text.to_owned())
    }

    pub(super) fn number(token: &str) -> Self {
        Self::Number(token.to_owned())
    }

    /// The value in a document; nothing where it is nested too deep.
    pub(super) fn of(node: Node<'_>) -> Option<Self> {
        Self::within(node, DEPTH)
    }

    fn within(node: Node<'_>, depth: usize) -> Option<Self> {
        let below = depth.checked_sub(1)?;
        Some(match node.kind() {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(node.as_bool() == Some(true)),
            Kind::Number => Self::number(node.raw()),
            Kind::String => Self::String(node.as_str()?.into_owned()),
            Kind::Array => {
                Self::Array(node.items().map(|item| Self::within(item, below)).collect::<Option<_>>()?)
            }
            Kind::Object => {
                let entry = |entry: countersign_document::Entry<'_>| {
                    Some((entry.name().into_owned(), Self::within(entry.value, below)?))
                };
                Self::Object(node.entries().map(entry).collect::<Option<_>>()?)
            }
        })
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Boolean(_) => Kind::Boolean,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// Whether both are the same value: `1` is `1.0`, and the order of keys does not count.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => {
                left == right || Decimal::parse(left).is_some_and(|left| Some(left) == Decimal::parse(right))
            }
            (Self::Array(left), Self::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.same(right))
            }
            (Self::Object(left), Self::Object(right)) => {
                let found = |name: &str| right.iter().find(|(key, _)| key == name).map(|(_, value)| value);
                left.len() == right.len()
                    && left.iter().all(|(key, value)| found(key).is_some_and(|other| value.same(other)))
            }
            _ => self == other,
        }
    }

    /// Whether nothing in it holds more than two values.
    pub(super) fn is_small(&self) -> bool {
        match self {
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::String(_) => true,
            Self::Array(items) => items.len() <= 2 && items.iter().all(Self::is_small),
            Self::Object(entries) => entries.len() <= 2 && entries.iter().all(|(_, value)| value.is_small()),
        }
    }

    /// The value as JSON text.
    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Null => text.push_str("null"),
            Self::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
            Self::Number(token) => text.push_str(token),
            Self::String(value) => quoted(value, text),
            Self::Array(items) => {
                text.push('[');
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    item.write(text);
                }
                text.push(']');
            }
            Self::Object(entries) => {
                text.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    quoted(key, text);
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
        }
    }
}

/// A string of JSON (RFC 8259, section 7).
fn quoted(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            control if control < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            plain => text.push(plain),
        }
    }
    text.push('"');
}

/// An object's entries with one more, or with another value under a key that is there.
pub(super) fn with(entries: &[(String, Json)], name: &str, value: Json) -> Vec<(String, Json)> {
    let mut entries = without(entries, name);
    entries.push((name.to_owned(), value));
    entries
}

/// An object's entries but one.
pub(super) fn without(entries: &[(String, Json)], name: &str) -> Vec<(String, Json)> {
    entries.iter().filter(|(key, _)| key != name).cloned().collect()
}

/// The value under a key.
pub(super) fn value<'e>(entries: &'e [(String, Json)], name: &str) -> Option<&'e Json> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_printed_as_json_and_compared_by_meaning() {
        let value = Json::Object(vec![
            ("a\"\n".into(), Json::Array(vec![Json::Null, Json::Boolean(true), Json::number("1.0")])),
            ("b".into(), Json::text("ü\\")),
        ]);
        assert_eq!(value.print(), "{\"a\\\"\\u000a\":[null,true,1.0],\"b\":\"ü\\\\\"}");
        let Json::Object(entries) = &value else { unreachable!() };
        let swapped = Json::Object(with(&without(entries, "b"), "b", Json::text("ü\\")));
        assert!(value.same(&swapped));
        assert!(Json::number("1").same(&Json::number("1.0")));
        assert!(!Json::number("1").same(&Json::text("1")));
    }
}
