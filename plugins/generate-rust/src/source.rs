//! The document as a tree of JSON values that can be taken apart and put together.

use countersign_document::{Kind, Node};
use serde_json::{Map, Number, Value};

/// An object of JSON.
pub(crate) type Object = Map<String, Value>;

/// A copy of a node.
pub(crate) fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(node.as_bool().unwrap_or_default()),
        Kind::Number => number(node.as_number().unwrap_or_default()),
        Kind::String => Value::String(node.as_str().unwrap_or_default().into_owned()),
        Kind::Array => Value::Array(node.items().map(value).collect()),
        Kind::Object => Value::Object(
            node.entries().map(|entry| (entry.name().into_owned(), value(entry.value))).collect(),
        ),
    }
}

/// Numbers up to this one are integers of a double without doubt.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number in its plainest form: `1.0` and `1E0` become `1`, since bounds of integers are often written so.
/// A spelling that no reader shares would not get through the tagged types that the generator reads.
fn number(token: &str) -> Value {
    if let Ok(number) = token.parse::<i64>() {
        return number.into();
    }
    if let Ok(number) = token.parse::<u64>() {
        return number.into();
    }
    let number = token.parse::<f64>().unwrap_or_default();
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it is a whole number below 2^53")]
        return (number as i64).into();
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The value at a JSON Pointer, which may be percent-encoded as the fragment of a URI.
pub(crate) fn at<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    root.pointer(pointer).or_else(|| root.pointer(&decode(pointer)?))
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let decoded = match byte {
            b'%' => {
                let (high, low) =
                    (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        };
        bytes.push(decoded);
    }
    String::from_utf8(bytes).ok()
}

/// A pointer with one more segment.
pub(crate) fn under(pointer: &str, segment: &str) -> String {
    let mut longer = pointer.to_owned();
    countersign_document::pointer::push(&mut longer, segment);
    longer
}

/// The text of a key, if it has one.
pub(crate) fn text<'v>(object: &'v Object, key: &str) -> Option<&'v str> {
    object.get(key).and_then(Value::as_str)
}

/// The items of a key; none where it is no array.
pub(crate) fn items<'v>(object: &'v Object, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Is the key there and true?
pub(crate) fn flag(object: &Object, key: &str) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_their_plainest_form() {
        let plain = |token: &str| number(token).to_string();
        assert_eq!(plain("1.0"), "1");
        assert_eq!(plain("1E2"), "100");
        assert_eq!(plain("-0"), "0");
        assert_eq!(plain("0.50"), "0.5");
        assert_eq!(plain("18446744073709551615"), "18446744073709551615");
    }

    #[test]
    fn a_fragment_may_be_percent_encoded() {
        let root = serde_json::json!({"a b": {"c": 1}});
        assert_eq!(at(&root, "/a%20b/c"), Some(&Value::from(1)));
        assert_eq!(at(&root, "/a%2"), None);
    }
}
