//! How keys, values and suggestions read in a message.

use super::document::unescape;
use serde_json::Value;
use std::fmt::Write as _;

/// A text of the file between backticks, shortened to one line of at most 60 characters.
pub(super) fn quote(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(60).collect();
    let cut = if shown.len() < text.trim_end().len() { "…" } else { "" };
    format!("`{shown}{cut}`")
}

/// A JSON Pointer as a path of TOML keys: `contracts.watcher.canonicalize[0]`.
pub(super) fn path(pointer: &str) -> String {
    let mut shown = String::new();
    for segment in pointer.split('/').skip(1).map(unescape) {
        let segment: String = segment.chars().take(64).collect();
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let dot = if shown.is_empty() { "" } else { "." };
        if !shown.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            let _ = write!(shown, "[{segment}]");
        } else if !segment.is_empty() && segment.bytes().all(bare) {
            let _ = write!(shown, "{dot}{segment}");
        } else {
            let _ = write!(shown, "{dot}{segment:?}");
        }
    }
    shown
}

/// The table at a pointer, after a preposition: `` in `[contracts.watcher]` ``.
pub(super) fn inside(pointer: &str) -> String {
    match pointer {
        "" => "at the top level".into(),
        pointer => format!("in `[{}]`", path(pointer)),
    }
}

/// What kind of value this is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "a whole number",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// The texts between backticks, with commas.
pub(super) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| quote(text.as_ref())).collect::<Vec<_>>().join(", ")
}

/// The one of `known` that was probably meant.
pub(super) fn closest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let typed: String = typed.chars().take(80).collect();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&typed.to_lowercase(), candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// A hint that names what was probably meant, and all of `known`. `more` is suggested and not listed.
pub(super) fn suggestion(typed: &str, known: &[&str], more: &[&str], what: &str) -> Option<String> {
    // A key that is known beside others is not what was meant by itself.
    let others = known.iter().chain(more).copied().filter(|candidate| *candidate != typed);
    let meant = closest(typed, others);
    let meant = meant.map(|meant| format!("did you mean {}?", quote(meant)));
    let all = (!known.is_empty()).then(|| format!("{what}: {}", list(known)));
    let parts: Vec<_> = meant.into_iter().chain(all).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
