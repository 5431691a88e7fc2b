//! The one escape of the pages: what it lets through neither ends an element or an attribute, nor hides or reorders
//! text.

use askama::filters::Escaper;
use countersign_model::is_deceptive;
use std::fmt::{self, Write};

/// Escapes text for an HTML element, and for an attribute in quotes. `askama.toml` names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inert;

impl Escaper for Inert {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        let mut done = 0;
        for (at, character) in text.char_indices() {
            if is_plain(character) {
                continue;
            }
            to.write_str(&text[done..at])?;
            done = at + character.len_utf8();
            write_escaped(character, &mut to)?;
        }
        to.write_str(&text[done..])
    }
}

fn is_plain(character: char) -> bool {
    match character {
        '&' | '<' | '>' | '"' | '\'' => false,
        ' '..='~' => true,
        character => !is_deceptive(character),
    }
}

fn write_escaped(character: char, to: &mut impl Write) -> fmt::Result {
    match character {
        '&' => to.write_str("&amp;"),
        '<' => to.write_str("&lt;"),
        '>' => to.write_str("&gt;"),
        '"' => to.write_str("&quot;"),
        '\'' => to.write_str("&#39;"),
        // As in `countersign_model::terminal`.
        '\n' => to.write_str("\\n"),
        '\t' => to.write_char(' '),
        deceptive => write!(to, "{}", deceptive.escape_unicode()),
    }
}

#[cfg(test)]
mod tests {
    use super::Inert;
    use askama::filters::Escaper;
    use countersign_model::terminal;

    fn escaped(text: &str) -> String {
        let mut shown = String::new();
        Inert.write_escaped_str(&mut shown, text).unwrap();
        shown
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escaped("<a b=\"c\" d='e'>&amp;"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_as_a_terminal_shows_it() {
        let hostile = "ä 漢\u{202e}x\u{0}\u{1b}[2J\r\n\ty\u{200b}\u{e0041}";
        assert_eq!(escaped(hostile), terminal(hostile));
    }

    #[test]
    fn no_template_turns_the_escape_off() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut templates = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let flat: String = text.split_whitespace().collect();
            for way in ["|safe", "|escape", "|e(", "filtersafe", "style=", "<style", "javascript:"] {
                assert!(!flat.contains(way), "{}: `{way}`", path.display());
            }
            templates += 1;
        }
        assert!(templates > 5, "{templates} templates");
    }
}
