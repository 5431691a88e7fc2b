//! Whether a change of type or format breaks, and how types are named in messages.

use super::difference::{Difference, Names};
use super::engine::{Engine, Operand};
use super::schema::{Schema, Side};
use super::value::Value;
use crate::spec::Node;

/// Types and formats before and after, seen from the side that must accept what the other sends.
struct Frame<'d> {
    /// Types that only the accepting or only the sending side has; nothing where types are equal.
    types: Option<(&'d [String], &'d [String])>,
    /// The formats of the accepting and the sending side, where they differ.
    formats: Option<(&'d str, &'d str)>,
    /// All types of the accepting side.
    accepting: Vec<String>,
}

impl Frame<'_> {
    fn is_breaking(&self, strongly_typed: bool) -> bool {
        let types = self.types.is_some_and(|(to, from)| !is_type_contained(to, from, strongly_typed));
        let formats = self.formats.is_some_and(|(to, from)| !is_format_contained(&self.accepting, to, from));
        types || formats
    }

    /// As above, where the accepting side may have no type at all and so accepts everything.
    fn is_breaking_unless_untyped(&self, strongly_typed: bool) -> bool {
        !(self.types.is_some() && self.accepting.is_empty()) && self.is_breaking(strongly_typed)
    }
}

/// The types of a difference, base and head.
fn both(difference: &Difference<'_>) -> (Vec<String>, Vec<String>) {
    difference.schemas.as_ref().map(|(base, head)| (base.types(), head.types())).unwrap_or_default()
}

fn request<'d>(difference: &'d Difference<'_>) -> Frame<'d> {
    let types = &difference.types;
    Frame {
        types: (!types.is_empty()).then_some((&types.added[..], &types.deleted[..])),
        formats: difference.value("format").map(|(from, to)| (to.as_text(), from.as_text())),
        accepting: both(difference).1,
    }
}

fn response<'d>(difference: &'d Difference<'_>) -> Frame<'d> {
    let types = &difference.types;
    Frame {
        types: (!types.is_empty()).then_some((&types.deleted[..], &types.added[..])),
        formats: difference.value("format").map(|(from, to)| (from.as_text(), to.as_text())),
        accepting: both(difference).0,
    }
}

/// Whether type or format differ at all.
pub(super) fn differ(difference: &Difference<'_>) -> bool {
    !difference.types.is_empty() || difference.value("format").is_some()
}

/// The end of the id for a change in what clients send in a body.
pub(super) fn request_verdict(difference: &Difference<'_>, strongly_typed: bool) -> &'static str {
    let widened = widened(difference);
    let mut frame = request(difference);
    if widened {
        frame.types = None;
    }
    if frame.is_breaking_unless_untyped(strongly_typed) {
        return "changed";
    }
    if is_swap(difference) && !widened { "compatible" } else { "generalized" }
}

/// The end of the id for a change in what clients receive.
pub(super) fn response_verdict(difference: &Difference<'_>, strongly_typed: bool) -> &'static str {
    let narrowed = narrowed(difference);
    let mut frame = response(difference);
    if narrowed {
        frame.types = None;
    }
    if frame.is_breaking_unless_untyped(strongly_typed) {
        return if widened(difference) { "generalized" } else { "changed" };
    }
    if is_swap(difference) && !narrowed { "compatible" } else { "specialized" }
}

/// Whether a change of a parameter breaks, which is text on the wire.
pub(super) fn parameter_breaks(difference: &Difference<'_>) -> bool {
    request(difference).is_breaking(false)
}

/// The end of the id for a property of a parameter, whose serialization is not known.
pub(super) fn parameter_property_verdict(difference: &Difference<'_>) -> &'static str {
    let frame = request(difference);
    match (frame.is_breaking(true), frame.is_breaking(false)) {
        (true, true) => "specialized",
        (false, false) => "generalized",
        _ => "changed",
    }
}

fn widened(difference: &Difference<'_>) -> bool {
    let (base, head) = both(difference);
    !difference.types.is_empty() && is_subset(&base, &head)
}

fn narrowed(difference: &Difference<'_>) -> bool {
    let (base, head) = both(difference);
    !difference.types.is_empty() && is_subset(&head, &base)
}

/// Whether a type was replaced, rather than a constraint added or removed.
fn is_swap(difference: &Difference<'_>) -> bool {
    let (base, head) = both(difference);
    !difference.types.is_empty() && !base.is_empty() && !head.is_empty()
}

fn is_subset(sub: &[String], whole: &[String]) -> bool {
    !sub.is_empty() && sub.iter().all(|name| whole.iter().any(|other| is_subtype(name, other)))
}

fn is_subtype(sub: &str, whole: &str) -> bool {
    sub == whole || (sub == "integer" && whole == "number")
}

fn is_type_contained(to: &[String], from: &[String], strongly_typed: bool) -> bool {
    if let ([to], [from]) = (to, from)
        && is_subtype(from, to)
    {
        return true;
    }
    // Text holds anything, and no type refuses anything.
    !strongly_typed && (to.is_empty() || to == ["string"])
}

fn is_format_contained(accepting: &[String], to: &str, from: &str) -> bool {
    if to.is_empty() {
        return true;
    }
    let [accepting] = accepting else { return false };
    matches!(
        (accepting.as_str(), to, from),
        ("number", "double", "float")
            | ("integer", "int64", "int32")
            | ("integer", "bigint", "int32" | "int64")
            | ("string", "date-time", "date" | "time")
    )
}

/// In JSON, a number is no string; in text it is one.
pub(super) fn is_strongly_typed(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

/// What changed, and how it was before and is now, in a message.
pub(super) fn arguments<'a>(engine: &Engine<'_, 'a>, difference: &Difference<'a>) -> [String; 3] {
    let dimension = match (!difference.types.is_empty(), difference.value("format").is_some()) {
        (true, true) => "type/format",
        (true, false) => "type",
        (false, _) => "format",
    };
    let Some((base, head)) = &difference.schemas else { return Default::default() };
    let value = |side, schema| match dimension {
        "format" => Some(schema_format(schema)).filter(|name| !name.is_empty()).unwrap_or("none".into()),
        "type" => type_name(side, schema, 0),
        _ => type_and_format(side, schema, 0),
    };
    [dimension.into(), value(&engine.base, base), value(&engine.head, head)]
}

fn schema_format(schema: &Schema<'_>) -> String {
    schema.text("format")
}

/// Arrays of arrays that a message names.
const NESTING: usize = 50;

fn type_name<'a>(side: &Side<'_, 'a>, schema: &Schema<'a>, depth: usize) -> String {
    let name = |name: String| match schema.single("items") {
        Some(items) if name == "array" && depth < NESTING => {
            format!("array<{}>", type_and_format(side, &side.schema(items), depth + 1))
        }
        _ => name,
    };
    let names: Vec<String> = schema.types().into_iter().map(name).collect();
    if names.is_empty() { "any".into() } else { names.join(", ") }
}

fn type_and_format<'a>(side: &Side<'_, 'a>, schema: &Schema<'a>, depth: usize) -> String {
    let (name, format) = (type_name(side, schema, depth), schema_format(schema));
    match (name.as_str(), format.as_str()) {
        (_, "") => name,
        ("any", _) => format,
        _ => format!("{name}/{format}"),
    }
}

/// Whether a single value became an array that is written the same way with one item, as in `?color=red`, and
/// whose items accept what the value could be.
pub(super) fn became_exploded_array<'a>(
    engine: &mut Engine<'_, 'a>,
    parameter: Node<'a>,
    location: &str,
    difference: &Difference<'a>,
) -> bool {
    let without_null =
        |names: &[String]| names.iter().filter(|name| *name != "null").cloned().collect::<Vec<_>>();
    let Some((base, head)) = &difference.schemas else { return false };
    let scalar = without_null(&base.types());
    let added = without_null(&difference.types.added);
    if added != ["array"] || scalar.is_empty() || !is_exploded_form(parameter, location) {
        return false;
    }
    let Some(items) = head.single("items") else { return false };
    let items = engine.head.schema(items);
    if !is_type_contained(&without_null(&items.types()), &scalar, false) {
        return false;
    }
    let masked = &["type", "nullable"];
    engine.equivalent_schemas(Operand::inline(&base.without(masked)), Operand::inline(&items.without(masked)))
}

/// Whether the items of an array are written as separate values.
fn is_exploded_form(parameter: Node<'_>, location: &str) -> bool {
    let (style, explode) = match location {
        "path" | "header" => ("simple", false),
        "query" | "cookie" => ("form", true),
        _ => return false,
    };
    let own = Value::of(parameter.get("style"));
    let style = Some(own.as_text()).filter(|own| !own.is_empty()).unwrap_or(style);
    let explode = parameter.get("explode").and_then(Node::as_bool).unwrap_or(explode);
    style == "form" && explode
}

/// Types in a message.
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The end of the id and the types for a choice of types that changed, where clients send (`true`) or receive.
pub(super) fn list_of_types(names: &Names, sent: bool) -> Option<(&'static str, String)> {
    if names.is_empty() {
        return None;
    }
    let narrowed = if sent { !names.deleted.is_empty() } else { names.added.is_empty() };
    Some(if narrowed {
        ("list-of-types-narrowed", joined(&names.deleted))
    } else {
        ("list-of-types-widened", joined(&names.added))
    })
}
