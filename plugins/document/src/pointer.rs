//! JSON Pointers (RFC 6901).

use std::borrow::Cow;

/// Append one segment to a pointer, with `~` and `/` escaped.
pub fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for character in segment.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Append the index of an array's item to a pointer.
pub fn push_index(pointer: &mut String, index: usize) {
    pointer.push('/');
    pointer.push_str(&index.to_string());
}

/// The unescaped segments of a pointer; `None` where it is neither empty nor starts with `/`.
pub fn segments(pointer: &str) -> Option<impl Iterator<Item = Cow<'_, str>>> {
    let mut segments = pointer.split('/');
    let starts_empty = segments.next().is_some_and(str::is_empty);
    starts_empty.then(|| segments.map(unescape))
}

fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        // The order matters: `~01` is `~1`, not `/`.
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// A segment as an array index: digits without a leading zero (RFC 6901, section 4).
pub(crate) fn index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with('0');
    let digits = segment.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && digits).then(|| segment.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_escaped_and_unescaped() {
        let mut pointer = String::new();
        push(&mut pointer, "a/b~1");
        push_index(&mut pointer, 3);
        assert_eq!(pointer, "/a~1b~01/3");
        let segments: Vec<_> = segments(&pointer).unwrap().collect();
        assert_eq!(segments, ["a/b~1", "3"]);
    }

    #[test]
    fn an_index_has_no_leading_zero_and_no_sign() {
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("10"), Some(10));
        for text in ["01", "+1", "-1", "", "x", "99999999999999999999999"] {
            assert_eq!(index(text), None, "{text}");
        }
    }
}
