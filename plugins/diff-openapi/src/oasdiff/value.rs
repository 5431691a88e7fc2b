//! Values as oasdiff shows and compares them: numbers are floats, except those that count something.

use crate::spec::{Kind, Node};
use std::collections::BTreeMap;

/// A value of a keyword, or what stands for its absence.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Absent,
    Text(String),
    Count(u64),
    Number(f64),
    Flag(bool),
    /// An array or an object.
    Data(Node<'a>),
}

impl<'a> Value<'a> {
    pub(super) fn of(node: Option<Node<'a>>) -> Self {
        let Some(node) = node else { return Self::Absent };
        match node.kind() {
            Kind::Null => Self::Absent,
            Kind::Boolean => Self::Flag(node.as_bool() == Some(true)),
            Kind::Number => number(node).map_or(Self::Absent, Self::Number),
            Kind::String => Self::Text(text(node)),
            Kind::Array | Kind::Object => Self::Data(node),
        }
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn is_flag(&self, flag: bool) -> bool {
        matches!(self, Self::Flag(own) if *own == flag)
    }

    /// The text of a string; empty for anything else.
    pub(super) fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Absent | Self::Count(_) | Self::Number(_) | Self::Flag(_) | Self::Data(_) => "",
        }
    }

    /// Whether both are numbers and the first is the smaller one.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Count(one), Self::Count(two)) => one < two,
            (Self::Number(one), Self::Number(two)) => one < two,
            _ => false,
        }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) => true,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Count(one), Self::Count(two)) => one == two,
            (Self::Number(one), Self::Number(two)) => one == two,
            (Self::Flag(one), Self::Flag(two)) => one == two,
            (Self::Data(one), Self::Data(two)) => same_data(*one, *two),
            _ => false,
        }
    }

    /// A text that is equal for values that are the same.
    pub(super) fn likeness(&self) -> (u8, String) {
        match self {
            Self::Absent => (0, String::new()),
            Self::Text(text) => (1, text.clone()),
            Self::Count(count) => (2, count.to_string()),
            // Both zeros are one number.
            Self::Number(number) => (3, (number + 0.0).to_string()),
            Self::Flag(flag) => (4, flag.to_string()),
            Self::Data(node) => (5, exact(*node)),
        }
    }

    /// The value in a message, without quotes.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Absent => "undefined".into(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => format!("{number:.2}"),
            Self::Flag(flag) => flag.to_string(),
            Self::Data(node) => nested(*node),
        }
    }
}

pub(super) fn text(node: Node<'_>) -> String {
    node.as_str().unwrap_or_default().into_owned()
}

fn number(node: Node<'_>) -> Option<f64> {
    node.as_number()?.parse().ok()
}

/// Whether two JSON values are equal when numbers are floats and the order of keys says nothing.
pub(super) fn same_data(one: Node<'_>, two: Node<'_>) -> bool {
    match (one.kind(), two.kind()) {
        (Kind::Number, Kind::Number) => number(one) == number(two),
        (Kind::Array, Kind::Array) => {
            one.len() == two.len() && one.items().zip(two.items()).all(|(one, two)| same_data(one, two))
        }
        (Kind::Object, Kind::Object) => {
            let same = |name: &str, value| two.get(name).is_some_and(|other| same_data(value, other));
            one.len() == two.len() && one.entries().all(|entry| same(&entry.name(), entry.value))
        }
        (one_kind, two_kind) => one_kind == two_kind && one.same(two),
    }
}

/// A JSON value as text that is equal for values that are the same.
fn exact(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Number => number(node).map_or_else(|| node.raw().into(), |number| (number + 0.0).to_string()),
        Kind::Null | Kind::Boolean => node.raw().into(),
        Kind::String => format!("{:?}", text(node)),
        Kind::Array => format!("[{}]", node.items().map(exact).collect::<Vec<_>>().join(",")),
        Kind::Object => {
            let entries: BTreeMap<_, _> =
                node.entries().map(|entry| (entry.name(), exact(entry.value))).collect();
            format!("{entries:?}")
        }
    }
}

/// What stands inside an array or an object: lists in brackets, maps sorted by key.
fn nested(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "<nil>".into(),
        Kind::Boolean => node.raw().into(),
        Kind::Number => number(node).map_or_else(|| node.raw().into(), shortest),
        Kind::String => text(node),
        Kind::Array => format!("[{}]", node.items().map(nested).collect::<Vec<_>>().join(" ")),
        Kind::Object => {
            let entries: BTreeMap<_, _> =
                node.entries().map(|entry| (entry.name().into_owned(), nested(entry.value))).collect();
            let entries: Vec<String> =
                entries.into_iter().map(|(name, value)| format!("{name}:{value}")).collect();
            format!("map[{}]", entries.join(" "))
        }
    }
}

/// The shortest text that reads as the same float; in scientific notation from 10²¹ on and below 10⁻⁴.
fn shortest(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 || (1e-4..1e21).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_document::Document;

    fn shown(json: &str) -> String {
        let text = format!("{{\"value\":{json}}}");
        let document = Document::parse_json(text.as_bytes()).unwrap();
        Value::of(document.root().get("value")).shown()
    }

    #[test]
    fn values_are_shown_as_oasdiff_shows_them() {
        for (json, text) in [
            ("null", "undefined"),
            ("10", "10.00"),
            ("0.125", "0.12"),
            ("true", "true"),
            ("\"a b\"", "a b"),
            ("[1, \"a\", null, [2.5]]", "[1 a <nil> [2.5]]"),
            (r#"{"b": 1e21, "a": {"c": 0.00001}}"#, "map[a:map[c:1e-05] b:1e+21]"),
        ] {
            assert_eq!(shown(json), text, "{json}");
        }
    }

    #[test]
    fn data_is_compared_by_what_it_means() {
        let same = |one: &str, two: &str| {
            let text = format!("{{\"one\":{one},\"two\":{two}}}");
            let document = Document::parse_json(text.as_bytes()).unwrap();
            let value = |key| Value::of(document.root().get(key));
            value("one").same(&value("two"))
        };
        assert!(same(r#"{"a":1,"b":[1e2]}"#, r#"{"b":[100.0],"a":1.0}"#));
        assert!(!same("[1,2]", "[2,1]"));
        assert!(!same("1", "\"1\""));
    }
}
