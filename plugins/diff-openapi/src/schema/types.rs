//! Type, format and nullability.

use super::effective::{Effective, Shape};
use super::{Outcome, Pair};
use crate::number::Decimal;
use crate::rule::families;
use crate::spec::{Kind, Node, Spec};
use std::collections::BTreeMap;

families! {
    TYPE_CHANGED = "type-changed", Breaking, Breaking,
        "The type or format of a {place} changed, and values of one are not values of the other. Generated clients \
         send or expect the old type and fail, when they parse at the latest.",
        "Add a new property with the new type, and keep the old one until its last reader is gone.";
    TYPE_GENERALIZED = "type-generalized", Compatible, Breaking, source: (Breaking, Breaking),
        "A {place} may now have values of more types, or of any format. A reader that was generated for the old type \
         fails on a value of a new one; a sender is not affected.",
        "Keep what clients receive as narrow as it was; offer the wider value in a new property.";
    TYPE_SPECIALIZED = "type-specialized", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} may now have values of fewer types only. What clients receive still fits what they expect.",
        "Nothing to do for data that clients receive.";
    TYPES_NARROWED = "list-of-types-narrowed", Breaking, Compatible, source: (Breaking, Breaking),
        "A type was removed from the list of types of a {place}. A client that sends this type is now refused.",
        "Go on accepting the removed type until no client sends it.";
    TYPES_WIDENED = "list-of-types-widened", Compatible, Breaking, source: (Risky, Breaking),
        "A type was added to the list of types of a {place}. A reader that was generated for the old list fails on it.",
        "Offer values of the new type in a new property.";
    BECAME_NULLABLE = "became-nullable", Compatible, Breaking, source: (Breaking, Breaking),
        "A {place} may now be null. A client that was generated before expects a value and fails on null.",
        "Go on sending a value, or leave nullability to a new property.";
    BECAME_NOT_NULLABLE = "became-not-nullable", Breaking, Compatible, source: (Breaking, Breaking),
        "A {place} may no longer be null. A client that sends null is now refused.",
        "Go on accepting null, and treat it as the value that it stood for.";
}

const ANY: Types = Types(0b111_1111);
/// Integers are numbers, so that a number has two bits.
const NAMES: &[(&str, u8)] = &[
    ("string", 0b1),
    ("integer", 0b10),
    ("number", 0b110),
    ("boolean", 0b1000),
    ("array", 0b1_0000),
    ("object", 0b10_0000),
    ("file", 0b100_0000),
];

/// A set of JSON types, without null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const STRING: Self = Self(0b1);
    pub(super) const NUMBER: Self = Self(0b110);
    pub(super) const BOOLEAN: Self = Self(0b1000);
    pub(super) const OBJECT: Self = Self(0b10_0000);

    pub(super) fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The types that are in both.
    pub(super) fn meet(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn bits(self) -> u8 {
        self.0
    }

    /// Whole numbers instead of numbers.
    pub(super) fn without_fractions(self) -> Self {
        Self(self.0 & !0b100)
    }

    /// Each type by itself; a number is one.
    pub(super) fn split(self) -> Vec<Self> {
        let numbers = self.meet(Self::NUMBER);
        let others = [0b1, 0b1000, 0b1_0000, 0b10_0000, 0b100_0000].map(|bit| Self(self.0 & bit));
        others.into_iter().chain([numbers]).filter(|types| *types != Self::NONE).collect()
    }

    /// The type of a value; none for null.
    pub(super) fn of_value(value: Node<'_>) -> Self {
        Self(kind(value))
    }

    /// Whether a type is among them.
    pub(super) fn has(self, name: &str) -> bool {
        NAMES.iter().any(|(known, bits)| *known == name && self.0 & bits == *bits)
    }

    fn names(self) -> Vec<&'static str> {
        let names = NAMES.iter().filter(|(_, bits)| self.0 & bits == *bits);
        names.filter(|(name, _)| *name != "integer" || self.0 & 0b100 == 0).map(|(name, _)| *name).collect()
    }

    fn text(self) -> String {
        match self {
            ANY => "any type".into(),
            Self(0) => "nothing".into(),
            some => some.names().join(", "),
        }
    }
}

/// How what is allowed changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    Narrowed,
    Widened,
    Changed,
}

/// Compare types, formats and nullability. False where the types have nothing in common, and nothing else is
/// worth a word.
pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) -> bool {
    let (old, new) = (types(pair.base), types(pair.head));
    let (old_format, new_format) = (format(pair.base), format(pair.head));
    let mut relation = relation(old, new);
    if relation == Relation::Same && old != ANY {
        relation = format_relation(old_format.as_deref(), new_format.as_deref());
    }
    if relation == Relation::Same {
        nullability(pair, outcome);
        return true;
    }
    let lists = old.names().len() > 1 && new.names().len() > 1 && old != ANY && new != ANY;
    let family = match (relation, lists, pair.place.is_request()) {
        (Relation::Narrowed, true, _) => &TYPES_NARROWED,
        (Relation::Widened, true, _) => &TYPES_WIDENED,
        (Relation::Narrowed, false, false) => &TYPE_SPECIALIZED,
        (Relation::Widened, false, _) => &TYPE_GENERALIZED,
        (Relation::Narrowed, false, true) | (Relation::Changed | Relation::Same, _, _) => &TYPE_CHANGED,
    };
    let (before, after) = (described(old, old_format.as_deref()), described(new, new_format.as_deref()));
    let what = format!("changed from {before} to {after}");
    outcome.findings.push(pair.finding(family, &what).values(Some(before), Some(after)));
    if old.0 & new.0 == 0 || old == ANY || new == ANY {
        return false;
    }
    nullability(pair, outcome);
    true
}

fn described(types: Types, format: Option<&str>) -> String {
    format.map_or_else(|| types.text(), |format| format!("{} ({})", types.text(), format))
}

fn relation(old: Types, new: Types) -> Relation {
    match (old.within(new), new.within(old)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::Widened,
        (false, true) => Relation::Narrowed,
        (false, false) => Relation::Changed,
    }
}

/// Formats whose values all have another format too (OpenAPI format registry; JSON Schema 2020-12, section 7.3).
const WITHIN: &[(&str, &str)] = &[
    ("int8", "int16"),
    ("int16", "int32"),
    ("int32", "int64"),
    ("uint8", "uint16"),
    ("uint16", "uint32"),
    ("uint32", "uint64"),
    ("float", "double"),
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("uri", "iri"),
    ("uri", "uri-reference"),
    ("iri", "iri-reference"),
    ("uri-reference", "iri-reference"),
];

fn is_within(inner: &str, outer: &str) -> bool {
    WITHIN.iter().any(|(narrow, wide)| *narrow == inner && (*wide == outer || is_within(wide, outer)))
}

pub(super) fn format_relation(old: Option<&str>, new: Option<&str>) -> Relation {
    match (old, new) {
        (old, new) if old == new => Relation::Same,
        (None, _) => Relation::Narrowed,
        (_, None) => Relation::Widened,
        (Some(old), Some(new)) if is_within(old, new) => Relation::Widened,
        (Some(old), Some(new)) if is_within(new, old) => Relation::Narrowed,
        (Some(_), Some(_)) => Relation::Changed,
    }
}

/// The types that a schema allows. A schema that tells the properties of an object, the items of an array or its
/// values means that type, though by the letter it allows every other one too.
pub(super) fn types(schema: &Effective<'_>) -> Types {
    if schema.is_never() {
        return Types(0);
    }
    let declared = schema.all("type").fold(ANY, |types, list| Types(types.0 & declared(list).0));
    if declared != ANY || schema.all("type").next().is_some() {
        return declared;
    }
    if let Some(values) = super::values::allowed(schema) {
        return Types(values.nodes().fold(0, |bits, value| bits | kind(value)));
    }
    if !schema.properties.is_empty() || schema.first("additionalProperties").is_some() {
        return Types(0b10_0000);
    }
    if schema.first("items").is_some() { Types(0b1_0000) } else { ANY }
}

fn declared(list: Node<'_>) -> Types {
    let bits = |name: Node<'_>| {
        let text = name.as_str().unwrap_or_default();
        NAMES.iter().find(|(known, _)| *known == text).map_or(0, |(_, bits)| *bits)
    };
    match list.kind() {
        Kind::Array => Types(list.items().fold(0, |all, name| all | bits(name))),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::String | Kind::Object => Types(bits(list)),
    }
}

fn kind(value: Node<'_>) -> u8 {
    match value.kind() {
        Kind::Null => 0,
        Kind::String => 0b1,
        Kind::Number if Decimal::parse(value.raw()).is_some_and(|value| value.is_integer()) => 0b10,
        Kind::Number => 0b110,
        Kind::Boolean => 0b1000,
        Kind::Array => 0b1_0000,
        Kind::Object => 0b10_0000,
    }
}

/// The format. Frameworks write a file as `format: binary` or as `contentMediaType`, which mean the same.
pub(super) fn format(schema: &Effective<'_>) -> Option<String> {
    if let Some(format) = schema.first("format") {
        return format.as_str().map(std::borrow::Cow::into_owned);
    }
    let media_type = schema.first("contentMediaType")?.as_str()?;
    (media_type == "application/octet-stream").then(|| "binary".into())
}

fn nullability<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let (Some(old), Some(new)) = (nullable(pair.base), nullable(pair.head)) else { return };
    match (old, new) {
        (false, true) => outcome.findings.push(pair.finding(&BECAME_NULLABLE, "may now be null")),
        (true, false) => outcome.findings.push(pair.finding(&BECAME_NOT_NULLABLE, "may no longer be null")),
        (true, true) | (false, false) => {}
    }
}

/// Whether null is allowed; nothing for a schema that says nothing of types.
fn nullable(schema: &Effective<'_>) -> Option<bool> {
    if schema.or_null || schema.unions.iter().any(|union| union.or_null) {
        return Some(true);
    }
    let mut typed = schema.parts.iter().filter(|part| part.get("type").is_some()).peekable();
    if typed.peek().is_some() {
        return Some(typed.all(|part| allows_null(*part)));
    }
    if let Some(values) = super::values::allowed(schema) {
        return Some(values.has_null);
    }
    (!schema.unions.is_empty() || types(schema) != ANY).then_some(false)
}

pub(super) fn allows_null(part: Node<'_>) -> bool {
    let listed = part.get("type").is_some_and(|list| {
        list.as_str().as_deref() == Some("null")
            || list.kind() == Kind::Array && list.items().any(|name| name.as_str().as_deref() == Some("null"))
    });
    listed || part.get("nullable").and_then(Node::as_bool) == Some(true)
}

/// Whether a schema allows neither arrays nor objects.
pub(crate) fn is_scalar<'a>(schema: Node<'a>, spec: &Spec<'a>) -> bool {
    let types = types(&Effective::of(&Shape::of(schema, spec), spec));
    !types.has("array") && !types.has("object")
}

/// Whether a schema allows numbers and truth values only, whose text holds no reserved character.
pub(crate) fn is_number<'a>(schema: Node<'a>, spec: &Spec<'a>) -> bool {
    let types = types(&Effective::of(&Shape::of(schema, spec), spec));
    types != Types::NONE && types.within(Types(Types::NUMBER.0 | Types::BOOLEAN.0))
}

/// The media type in which a part of a form is written by default (OpenAPI 3.1, section 4.8.15.1).
pub(crate) fn content_type<'a>(schema: Node<'a>, spec: &Spec<'a>) -> &'static str {
    let effective = Effective::of(&Shape::of(schema, spec), spec);
    let types = types(&effective);
    if types != ANY && types.has("array") {
        let items = effective.first("items").filter(|items| !items.is_array());
        return items.map_or("application/json", |items| {
            content_type_of(&Effective::of(&Shape::of(items, spec), spec))
        });
    }
    content_type_of(&effective)
}

fn content_type_of(schema: &Effective<'_>) -> &'static str {
    let types = types(schema);
    let binary = matches!(format(schema).as_deref(), Some("binary" | "byte" | "base64"));
    if types != ANY && (types.has("object") || types.has("array")) {
        "application/json"
    } else if binary || types == ANY || schema.first("contentEncoding").is_some() || types.has("file") {
        "application/octet-stream"
    } else {
        "text/plain"
    }
}

/// The schemas of the properties of an object, by their names.
pub(crate) fn properties<'a>(schema: Node<'a>, spec: &Spec<'a>) -> BTreeMap<String, Node<'a>> {
    let declared = Effective::of(&Shape::of(schema, spec), spec).properties.into_iter();
    declared.filter_map(|(name, property)| Some((name, *property.schemas.first()?))).collect()
}
