//! JSON for programs, that people can also look at: a text in it cannot move their cursor.

use super::is_deceptive;
use serde::Serialize;
use std::io::{self, Write};

/// Write `value`, pretty, with a line end.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
    writeln!(out, "{}", escaped(&text))
}

/// The same JSON (RFC 8259) with every character escaped that a terminal would act on. Such characters
/// stand only inside strings: the structure is ASCII, and its line ends stay.
fn escaped(json: &str) -> String {
    // A GitHub runner obeys `##[` anywhere in a log. It stands only inside strings, too.
    let json = json.replace("##[", "#\\u0023[");
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !is_deceptive(character) {
            shown.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_back_what_was_written_and_a_terminal_gets_nothing_to_obey() {
        let hostile = "a\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0041}##[x]\n漢";
        let mut out = Vec::new();
        write(hostile, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.chars().all(|character| character == '\n' || !is_deceptive(character)), "{text}");
        assert!(!text.contains("##["), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
