//! JSON for programs, that people can also look at: a text in it cannot move their cursor.

use countersign_model::is_deceptive;
use serde::Serialize;

/// A view as JSON (RFC 8259), pretty, with a line end. None of the views can fail to become JSON; one that did would be
/// `null`.
pub fn render<T: Serialize + ?Sized>(view: &T) -> String {
    let text = serde_json::to_string_pretty(view).unwrap_or_else(|_| "null".into());
    let mut shown = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        // Such characters stand only inside strings: the structure is ASCII, and its line ends stay.
        if character == '\n' || !is_deceptive(character) {
            shown.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown.push('\n');
    shown
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_reader_gets_back_what_was_written_and_a_terminal_gets_nothing_to_obey() {
        let hostile = "a\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0041}\n漢";
        let text = render(hostile);
        assert!(text.is_ascii() || text.contains('漢'), "{text}");
        assert!(!text.trim_end().chars().any(countersign_model::is_deceptive), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
