//! The same views with somebody's worst in every text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What no page may act on: markup in text and in attributes, addresses that run, characters that hide and reorder.
pub(crate) const HOSTILE: &str = "javascript:alert(1)//\"'><script>alert(1)</script><img src=x onerror=alert(1)>\
    </title></pre></code></textarea><!--{{ 7*7 }}&lt;&#60;\u{202e}\u{2066}\u{200b}\u{0}\u{1b}[2J\u{9b}\r\n\t`a`]]>";

/// The view with `change` made to each text that may be any text: what a view refuses, such as a time, stays.
pub(crate) fn with_texts<V: Serialize + DeserializeOwned>(view: &V, change: impl Fn(usize) -> String) -> V {
    let mut value = serde_json::to_value(view).expect("a view is JSON");
    let mut places = Vec::new();
    places_of(&value, &mut String::new(), &mut places);
    for (at, place) in places.iter().enumerate() {
        let slot = value.pointer_mut(place).expect("a place of the value");
        let old = std::mem::replace(slot, Value::String(change(at)));
        if serde_json::from_value::<V>(value.clone()).is_err() {
            *value.pointer_mut(place).expect("a place of the value") = old;
        }
    }
    serde_json::from_value(value).expect("only what fits was changed")
}

/// A hostile text, like no other in the view.
pub(crate) fn hostile(at: usize) -> String {
    format!("{HOSTILE}{at}")
}

/// A text without an end.
pub(crate) fn endless(at: usize) -> String {
    format!("{at}{}", "endless".repeat(60))
}

fn places_of(value: &Value, place: &mut String, places: &mut Vec<String>) {
    let length = place.len();
    let mut below = |key: &str, value: &Value| {
        place.push('/');
        place.push_str(&key.replace('~', "~0").replace('/', "~1"));
        places_of(value, place, places);
        place.truncate(length);
    };
    match value {
        Value::String(_) => places.push(place.clone()),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| below(&at.to_string(), value));
        }
        Value::Object(values) => values.iter().for_each(|(key, value)| below(key, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
