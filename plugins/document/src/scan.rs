//! Where tokens end. Only this module looks at single bytes of strings and numbers.

use crate::{Code, text};

/// What is wrong with a token, and at which offset.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) offset: usize,
    pub(crate) message: &'static str,
}

fn invalid<T>(offset: usize, message: &'static str) -> Result<T, Fault> {
    Err(Fault { code: Code::InvalidJson, offset, message })
}

fn truncated<T>(bytes: &[u8], message: &'static str) -> Result<T, Fault> {
    Err(Fault { code: Code::Truncated, offset: bytes.len(), message })
}

/// The offset of the first byte at or after `from` that is not white space.
pub(crate) fn space(bytes: &[u8], from: usize) -> usize {
    const SPACES: u64 = u64::from_le_bytes([b' '; 8]);
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b' ') => {
                // Indentation is a third of a canonical document.
                while word(bytes, at) == Some(SPACES) {
                    at += 8;
                }
                if bytes.get(at) == Some(&b' ') {
                    at += 1;
                }
            }
            Some(b'\n' | b'\r' | b'\t') => at += 1,
            _ => return at,
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at + 8)?;
    word.try_into().ok().map(u64::from_le_bytes)
}

/// The offset after the string whose opening quote stands at `quote`, and whether it holds an escape.
pub(crate) fn string(bytes: &[u8], quote: usize) -> Result<(usize, bool), Fault> {
    let (mut at, mut escaped) = (quote + 1, false);
    loop {
        at = plain(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                at = escape(bytes, at)?;
                escaped = true;
            }
            Some(b'\n' | b'\r') => return invalid(at, "a string ends at the end of its line at the latest"),
            Some(_) => return invalid(at, "a control character in a string must be escaped"),
            None => return truncated(bytes, "the document ends inside a string"),
        }
    }
}

/// The offset of the first quote, backslash or control character at or after `from`; eight bytes a step.
fn plain(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut at = from;
    while let Some(word) = word(bytes, at) {
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        // The lowest bit is exact: a borrow only reaches bytes after a match.
        let found = control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// The offset after the escape that starts at `at`.
fn escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => unicode(bytes, at),
        Some(_) => invalid(at, "no such escape in a JSON string"),
        None => truncated(bytes, "the document ends inside a string"),
    }
}

fn unicode(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let lone = "half of a surrogate pair stands alone, which is no character";
    let unit = |at: usize| text::hexadecimal(bytes.get(at + 2..at + 6));
    let Some(first) = unit(at) else {
        return match bytes.len() {
            length if length < at + 6 => truncated(bytes, "the document ends inside a string"),
            _ => invalid(at, "`\\u` needs four hexadecimal digits"),
        };
    };
    if char::from_u32(first).is_some() {
        return Ok(at + 6);
    }
    let second = bytes.get(at + 6..at + 8).filter(|next| *next == b"\\u").and_then(|_| unit(at + 6));
    match second.and_then(|second| text::pair(first, second)) {
        Some(_) => Ok(at + 12),
        None => invalid(at, lone),
    }
}

/// The offset after the number that starts at `from` (RFC 8259, section 6).
pub(crate) fn number(bytes: &[u8], from: usize) -> Result<usize, Fault> {
    let mut at = from;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match bytes.get(at) {
        Some(b'0') if matches!(bytes.get(at + 1), Some(b'0'..=b'9')) => {
            return invalid(at, "a number has no leading zero");
        }
        Some(b'0'..=b'9') => digits(bytes, at)?,
        None => return truncated(bytes, "the document ends inside a number"),
        Some(_) => return invalid(at, "a number needs a digit after `-`"),
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(bytes, at + 1 + sign)?;
    }
    Ok(at)
}

/// The offset after one or more digits.
fn digits(bytes: &[u8], from: usize) -> Result<usize, Fault> {
    let rest = bytes.get(from..).unwrap_or_default();
    match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        0 if rest.is_empty() => truncated(bytes, "the document ends inside a number"),
        0 => invalid(from, "a number needs a digit here"),
        count => Ok(from + count),
    }
}

/// Is the whole text one number of JSON?
pub(crate) fn is_number(text: &str) -> bool {
    number(text.as_bytes(), 0) == Ok(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_grammar() {
        for text in ["0", "-0", "1E2", "1e+2", "0.50", "100000000000000000000", "-1.5e-9"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "01", "-01", "1.", ".5", "+1", "1e", "1e+", "0x10", "NaN", "1 "] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn strings_end_at_their_quote_whatever_their_length() {
        for length in 0..40 {
            let text = format!("\"{}\"x", "é".repeat(length));
            assert_eq!(string(text.as_bytes(), 0), Ok((text.len() - 1, false)));
            let text = format!("\"{}\\n\"x", "a".repeat(length));
            assert_eq!(string(text.as_bytes(), 0), Ok((text.len() - 1, true)));
        }
    }

    #[test]
    fn lone_surrogates_and_unknown_escapes_are_refused() {
        for text in [r#""\ud800""#, r#""\udc00\ud800""#, r#""\ud800\u0041""#, r#""\x41""#, r#""\u00g0""#] {
            assert_eq!(string(text.as_bytes(), 0).unwrap_err().code, Code::InvalidJson, "{text}");
        }
        assert!(string(r#""\ud83d\ude00""#.as_bytes(), 0).is_ok());
    }
}
