//! Escapes of JSON strings (RFC 8259, section 7): how they are read and the one form in which they are written.

/// What a string without its quotes is made of.
enum Piece<'t> {
    /// Text that is written as it reads.
    Plain(&'t str),
    /// An escape.
    Escape(char),
}

/// The pieces of a string that has been checked: every escape in it is whole and every surrogate paired.
struct Pieces<'t>(&'t str);

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0;
        if rest.is_empty() {
            return None;
        }
        let plain = rest.find('\\').unwrap_or(rest.len());
        if plain > 0 {
            let (text, rest) = rest.split_at(plain);
            self.0 = rest;
            return Some(Piece::Plain(text));
        }
        let (character, length) = escape(rest.as_bytes());
        self.0 = rest.get(length..).unwrap_or_default();
        Some(Piece::Escape(character))
    }
}

/// The character of the escape at the beginning of `bytes`, and the escape's length.
fn escape(bytes: &[u8]) -> (char, usize) {
    let simple = match bytes.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (simple, 2)
}

fn unicode(bytes: &[u8]) -> (char, usize) {
    let first = hexadecimal(bytes.get(2..6)).unwrap_or_default();
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    let second = hexadecimal(bytes.get(8..12)).unwrap_or_default();
    (pair(first, second).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
}

/// Whether two texts are the same. WebAssembly compares memory byte by byte; this goes by 32 bytes.
pub(crate) fn same(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    if one.len() != two.len() {
        return false;
    }
    let word =
        |chunk: &[u8; 32], at: usize| chunk.as_chunks::<8>().0.get(at).map(|word| u64::from_le_bytes(*word));
    let same = |(one, two): (&[u8; 32], &[u8; 32])| (0..4).all(|at| word(one, at) == word(two, at));
    let ((one, one_rest), (two, two_rest)) = (one.as_chunks(), two.as_chunks());
    one_rest == two_rest && one.iter().zip(two).all(same)
}

/// The value of four hexadecimal digits.
pub(crate) fn hexadecimal(digits: Option<&[u8]>) -> Option<u32> {
    let digits = digits.filter(|digits| digits.len() == 4)?;
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

/// The character of a surrogate pair.
pub(crate) fn pair(high: u32, low: u32) -> Option<char> {
    let paired = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    paired.then(|| char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))).flatten()
}

/// The text of a string whose content, without the quotes, is `content`.
pub(crate) fn unescape(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    for piece in Pieces(content) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Escape(character) => text.push(character),
        }
    }
    text
}

/// Write the content of a string that has escapes, in canonical form.
pub(crate) fn write_escaped(content: &str, output: &mut String) {
    for piece in Pieces(content) {
        match piece {
            Piece::Plain(plain) => output.push_str(plain),
            Piece::Escape(character) => write_character(character, output),
        }
    }
}

/// A text as a JSON string, in canonical form.
pub fn quoted(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + 2);
    write_quoted(text, &mut output);
    output
}

/// Write a text with quotes around it, in canonical form. Returns whether an escape was needed.
pub(crate) fn write_quoted(text: &str, output: &mut String) -> bool {
    let escaped = text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    output.push('"');
    if escaped {
        text.chars().for_each(|character| write_character(character, output));
    } else {
        output.push_str(text);
    }
    output.push('"');
    escaped
}

/// The canonical form escapes what JSON must escape and nothing else.
fn write_character(character: char, output: &mut String) {
    match character {
        '"' => output.push_str("\\\""),
        '\\' => output.push_str("\\\\"),
        '\u{8}' => output.push_str("\\b"),
        '\u{c}' => output.push_str("\\f"),
        '\n' => output.push_str("\\n"),
        '\r' => output.push_str("\\r"),
        '\t' => output.push_str("\\t"),
        '\0'..='\u{1f}' => output.push_str(&format!("\\u{:04x}", u32::from(character))),
        other => output.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_read_as_the_characters_they_name() {
        assert_eq!(unescape(r#"a\u0041\n\/\"\\\ud83d\ude00"#), "aA\n/\"\\😀");
    }

    #[test]
    fn only_what_must_be_escaped_is_escaped() {
        let mut output = String::new();
        write_escaped(r"\u0041\/\u0000\u001F\u007f\n\u2028\ud83d\ude00\u202e", &mut output);
        assert_eq!(output, "A/\\u0000\\u001f\u{7f}\\n\u{2028}😀\u{202e}");
    }
}
