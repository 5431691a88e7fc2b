//! Words for people: times, lengths of time, counts and parts of sentences. Nothing here escapes; the templates do.

use jiff::Timestamp;
use std::borrow::{Borrow, Cow};

/// A time in UTC, as people read it.
pub(crate) fn moment(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The time of day with milliseconds, for a log.
pub(crate) fn clock(at: &Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

/// How long ago something was, or how soon it will be.
pub(crate) fn ago(now: &Timestamp, at: &Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let length = match seconds.unsigned_abs() {
        0..10 => return if seconds < 0 { "in a moment".into() } else { "just now".into() },
        seconds @ 10..60 => count(seconds, "second"),
        seconds @ 60..3_600 => count(seconds / 60, "minute"),
        seconds @ 3_600..172_800 => count(seconds / 3_600, "hour"),
        seconds => count(seconds / 86_400, "day"),
    };
    if seconds < 0 { format!("in {length}") } else { format!("{length} ago") }
}

/// How long something took.
pub(crate) fn took(from: &Timestamp, to: &Timestamp) -> String {
    let milliseconds = to.as_millisecond().saturating_sub(from.as_millisecond()).max(0);
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
        _ => format!("{} h {} min", milliseconds / 3_600_000, milliseconds % 3_600_000 / 60_000),
    }
}

/// `1 client`, `2 clients`, `12,345 clients`.
pub(crate) fn count(number: impl Borrow<u64>, noun: &str) -> String {
    let number = *number.borrow();
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with a comma after each three digits.
pub(crate) fn grouped(number: impl Borrow<u64>) -> String {
    let digits = number.borrow().to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A size in bytes, as people read it.
pub(crate) fn size(bytes: impl Borrow<u64>) -> String {
    match *bytes.borrow() {
        bytes @ 0..1_024 => count(bytes, "byte"),
        bytes @ 1_024..1_048_576 => format!("{}.{} KiB", bytes / 1_024, bytes % 1_024 * 10 / 1_024),
        bytes => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// The beginning of a commit's id; any other text as it is.
pub(crate) fn commit(id: &str) -> &str {
    let is_commit = id.len() >= 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit { &id[..10] } else { id }
}

/// The beginning of a text, of at most `limit` characters, with a mark where something is missing.
pub(crate) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// A sentence as it begins a line.
pub(crate) fn sentence(text: impl AsRef<str>) -> String {
    let mut characters = text.as_ref().chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + characters.as_str()
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// Whether it stood between backticks.
    pub(crate) is_code: bool,
}

/// The pieces of a sentence in turn. A text in which backticks do not pair is words only.
pub(crate) fn prose(text: impl AsRef<str>) -> Vec<Piece> {
    let text = text.as_ref();
    let parts: Vec<_> = text.split('`').collect();
    let pairs = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
    if !pairs {
        return vec![Piece { text: text.into(), is_code: false }];
    }
    parts
        .into_iter()
        .enumerate()
        .map(|(at, text)| Piece { text: text.into(), is_code: at % 2 == 1 })
        .collect()
}

/// JSON over several lines; any other text as it is.
pub(crate) fn pretty(text: &str) -> Cow<'_, str> {
    let parsed = serde_json::from_str::<serde_json::Value>(text);
    match parsed.and_then(|value| serde_json::to_string_pretty(&value)) {
        Ok(pretty) => pretty.into(),
        Err(_) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn times_are_told_from_now_in_both_directions() {
        let now = at(1_000_000);
        let told = |second| ago(&now, &at(second));
        assert_eq!(told(999_998), "just now");
        assert_eq!(told(999_940), "1 minute ago");
        assert_eq!(told(1_000_600), "in 10 minutes");
        assert_eq!(told(1_000_000 - 47 * 3_600), "47 hours ago");
        assert_eq!(told(1_000_000 - 49 * 3_600), "2 days ago");
    }

    #[test]
    fn lengths_of_time_grow_units_with_them() {
        let told = |milliseconds| took(&at(0), &Timestamp::from_millisecond(milliseconds).unwrap());
        assert_eq!(
            [told(7), told(1_234), told(61_000), told(3_660_000)],
            ["7 ms", "1.2 s", "1 min 1 s", "1 h 1 min"]
        );
        assert_eq!(took(&at(5), &at(4)), "0 ms", "a clock that went back");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([grouped(7), grouped(1_000), grouped(1_234_567)], ["7", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_commit_is_cut_and_nothing_else_is() {
        assert_eq!(commit("0123456789abcdef0123456789abcdef01234567"), "0123456789");
        assert_eq!(commit("refs/heads/main"), "refs/heads/main");
        assert_eq!(commit("ääääääääääää"), "ääääääääääää");
    }

    #[test]
    fn names_between_backticks_are_code_if_backticks_pair() {
        let codes = |text| prose(text).iter().filter(|piece| piece.is_code).count();
        assert_eq!([codes("removed `a` and `b`"), codes("a ` b"), codes("`` x ``")], [2, 0, 0]);
    }
}
