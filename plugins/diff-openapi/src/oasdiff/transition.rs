//! Changes that show at several keywords but are one: what they explain is not reported again.

use super::difference::{Difference, Names, Transitions};
use super::engine::{Engine, Operand};
use super::schema::{Schema, Side, reference};
use super::table::Kind;
use crate::spec::Node;

/// The transitions from one schema to another.
pub(super) fn between<'a>(engine: &mut Engine<'_, 'a>, base: &Schema<'a>, head: &Schema<'a>) -> Transitions {
    Transitions {
        list_of_types: list_of_types(engine, base, head),
        moved: moved(engine, base, head),
        nullable: nullable(engine, base, head),
    }
}

/// Types that a schema allows, and whether they are alternatives of a choice.
struct Pattern {
    types: Vec<String>,
    is_choice: bool,
}

fn list_of_types<'a>(engine: &Engine<'_, 'a>, base: &Schema<'a>, head: &Schema<'a>) -> Names {
    let (Some(old), Some(new)) = (pattern(&engine.base, base), pattern(&engine.head, head)) else {
        return Names::default();
    };
    let equal = old.types.len() == new.types.len() && new.types.iter().all(|name| old.types.contains(name));
    if equal || !(old.is_choice || new.is_choice) {
        return Names::default();
    }
    Names::between(&old.types, &new.types)
}

fn pattern<'a>(side: &Side<'_, 'a>, schema: &Schema<'a>) -> Option<Pattern> {
    if schema.single("not").is_some() || !is_empty(schema, &["allOf", "properties"]) {
        return None;
    }
    if let Some(first) = schema.types().into_iter().next() {
        return Some(Pattern { types: vec![first], is_choice: false });
    }
    let choice = |keyword: &str| scalar_types(side, &schema.list(keyword));
    let types = choice("oneOf").or_else(|| choice("anyOf"))?;
    Some(Pattern { types, is_choice: true })
}

/// The type of each alternative, if all of them have one and no structure.
fn scalar_types<'a>(side: &Side<'_, 'a>, alternatives: &[Node<'a>]) -> Option<Vec<String>> {
    let one = |node: &Node<'a>| {
        let schema = side.schema(*node);
        let types = schema.types();
        let plain = is_empty(&schema, &["properties", "oneOf", "anyOf", "allOf"]);
        types.into_iter().next().filter(|name| plain && !name.is_empty() && schema.types().len() == 1)
    };
    let types: Option<Vec<String>> = alternatives.iter().map(one).collect();
    types.filter(|types| !types.is_empty())
}

fn is_empty(schema: &Schema<'_>, keywords: &[&str]) -> bool {
    keywords.iter().all(|keyword| schema.get(keyword).is_none_or(Node::is_empty))
}

/// The properties of an object that became properties of the alternatives of a `oneOf`.
fn moved<'a>(engine: &Engine<'_, 'a>, base: &Schema<'a>, head: &Schema<'a>) -> Vec<String> {
    let properties = base.map("properties");
    let wrapped = is_empty(base, &["oneOf"])
        && !is_empty(head, &["oneOf"])
        && is_empty(head, &["properties"])
        && head.types().is_empty();
    if !wrapped || properties.is_empty() {
        return Vec::new();
    }
    let alternatives: Vec<Schema<'a>> =
        head.list("oneOf").into_iter().map(|node| engine.head.schema(node)).collect();
    let holds = |name: &str| alternatives.iter().any(|schema| schema.property(name).is_some());
    properties.into_iter().map(|(name, _)| name).filter(|name| holds(name)).collect()
}

/// Whether a schema became `oneOf` of itself and null, or back.
fn nullable<'a>(engine: &mut Engine<'_, 'a>, base: &Schema<'a>, head: &Schema<'a>) -> Option<bool> {
    if let Some(payload) = wrapped(engine, base, head, false) {
        let (schema, name) = (engine.head.schema(payload), reference(payload));
        let payload = Operand { schema: &schema, reference: name };
        if engine.equivalent_schemas(Operand::inline(base), payload) {
            return Some(true);
        }
    }
    let payload = wrapped(engine, head, base, true)?;
    let (schema, name) = (engine.base.schema(payload), reference(payload));
    let payload = Operand { schema: &schema, reference: name };
    engine.equivalent_schemas(payload, Operand::inline(head)).then_some(false)
}

/// The alternative beside null of a `oneOf` that constrains nothing else, if the other schema is plain and
/// refuses null.
fn wrapped<'a>(
    engine: &mut Engine<'_, 'a>,
    plain: &Schema<'a>,
    wrapper: &Schema<'a>,
    wrapper_is_base: bool,
) -> Option<Node<'a>> {
    let accepts_null = plain.flag("nullable") || plain.types().iter().any(|name| name == "null");
    let composed = !is_empty(plain, &["oneOf", "anyOf", "allOf"]) || plain.single("not").is_some();
    let alternatives = wrapper.list("oneOf");
    if accepts_null || composed || alternatives.len() != 2 {
        return None;
    }
    if !engine.allows_everything(&wrapper.without(&["oneOf"])) {
        return None;
    }
    let mut payload = None;
    let mut nulls = 0;
    for node in alternatives {
        let side = if wrapper_is_base { &engine.base } else { &engine.head };
        let schema = side.schema(node);
        let is_null = schema.types() == ["null"] && engine.allows_everything(&schema.without(&["type"]));
        if is_null {
            nulls += 1;
        } else {
            payload = Some(node);
        }
    }
    payload.filter(|_| nulls == 1)
}

/// Whether a transition at a schema explains a change there, so that it is not reported.
pub(super) fn explains(difference: &Difference<'_>, rule: &str, kind: Kind) -> bool {
    let about_null = rule.contains("-became-nullable") || rule.contains("-became-not-nullable");
    // Headers have no part in this, as oasdiff's list of exempt rules leaves them out.
    let about_null = about_null && !rule.starts_with("response-header-");
    let transitions = &difference.transitions;
    let shape = matches!(kind, Kind::Type | Kind::Structure);
    let all =
        shape || matches!(kind, Kind::Values | Kind::Constraints | Kind::Existence | Kind::Requiredness);
    let wraps = rule.ends_with("-body-wrapped-in-one-of") || rule.ends_with("-property-one-of-added");
    (transitions.nullable.is_some() && all && !about_null)
        || (!transitions.moved.is_empty() && shape && !wraps)
        || (!transitions.list_of_types.is_empty() && shape && !rule.contains("-list-of-types-"))
        || (only_null(difference) && kind == Kind::Type && !about_null)
}

/// Whether null is all that was added to or removed from the types.
fn only_null(difference: &Difference<'_>) -> bool {
    let null = |names: &[String]| names.iter().all(|name| name == "null");
    !difference.types.is_empty()
        && null(&difference.types.added)
        && null(&difference.types.deleted)
        && difference.value("format").is_none()
}
