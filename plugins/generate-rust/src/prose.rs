//! Text of the document that becomes documentation of the client.
//!
//! It stays text: a code block in it would be compiled and run by the tests of the crate that holds the client.

/// Spaces in a row that are still no code block of Markdown, whatever stands before them.
const INDENT: usize = 3;

/// Bytes of one description at most.
const LONGEST: usize = 16 * 1024;

/// The text without code blocks, control characters and characters that turn the direction of text around.
pub(crate) fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace("```", "'''").replace("~~~", "'''");
    let lines: Vec<_> = text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(line).collect();
    let mut plain = lines.join("\n").trim_end().to_owned();
    if plain.len() > LONGEST {
        plain.truncate(plain.floor_char_boundary(LONGEST));
        plain.push('…');
    }
    plain
}

/// The text in one line.
pub(crate) fn single(text: &str) -> String {
    plain(text).replace('\n', " ")
}

fn line(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut spaces = 0;
    for c in text.chars().map(|c| if c == '\t' { ' ' } else { c }) {
        spaces = if c == ' ' { spaces + 1 } else { 0 };
        if spaces <= INDENT && !c.is_control() && !turns(c) {
            plain.push(c);
        }
    }
    plain.trim_end().to_owned()
}

/// Bidirectional controls, which rustc denies, and zero-width characters.
fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_description_is_a_code_block() {
        assert_eq!(
            plain("a\n\n    panic!()\n\n```rust\npanic!()\n```"),
            "a\n\n   panic!()\n\n'''rust\npanic!()\n'''"
        );
        assert_eq!(plain("- x\n\n\t\tpanic!()"), "- x\n\n  panic!()");
        assert_eq!(plain("a``````b"), "a''''''b");
    }

    #[test]
    fn control_characters_and_turns_are_left_out() {
        assert_eq!(plain("a\u{0}b\u{202e}c\r\nd\re\u{7f}"), "abc\nd\ne");
        assert_eq!(single("a\n\nb"), "a  b");
    }
}
