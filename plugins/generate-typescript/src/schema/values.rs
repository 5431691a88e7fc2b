//! Enumerations and constants.

use crate::text;
use crate::types::Type;
use countersign_document::{Kind, Node};

/// The values that a schema lists; `None` where it lists none, or some that are no scalars.
pub(super) fn of(node: Node<'_>) -> Option<Type> {
    if let Some(value) = node.get("const") {
        return literal(value);
    }
    let values = node.get("enum")?;
    let kinds: Option<Vec<_>> = values.items().map(literal).collect();
    kinds.filter(|kinds| !kinds.is_empty()).map(Type::union)
}

fn literal(value: Node<'_>) -> Option<Type> {
    match value.kind() {
        Kind::Null => Some(Type::Null),
        Kind::Boolean | Kind::Number => Some(Type::Literal(value.raw().into())),
        Kind::String => value.as_str().map(|text| Type::Literal(text::literal(&text))),
        Kind::Array | Kind::Object => None,
    }
}
