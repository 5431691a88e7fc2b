/// Somebody else's text on one line, without characters that nobody sees: C0 and C1 controls (ECMA-48),
/// bidirectional controls (Unicode Annex 9), zero-width, joining and tag characters. White space becomes one space.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() || matches!(character, '\u{2028}' | '\u{2029}') {
            if !cleaned.is_empty() && !cleaned.ends_with(' ') {
                cleaned.push(' ');
            }
        } else if !is_invisible(character) {
            cleaned.push(character);
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// At most `most` characters, with an ellipsis where there were more.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_and_no_line_end_is_left() {
        let hostile = "\u{1b}[2Ja\r\nb\u{202e}c\u{200b}d\u{9b}\u{e0041}\u{2028}e\u{feff}\u{85}f\t ";
        assert_eq!(clean(hostile), "[2Ja bcd e f");
        assert_eq!(clean("plain ä 漢 🙂"), "plain ä 漢 🙂");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(shorten("äöü🙂", 3), "äö…");
        assert_eq!(shorten("äöü🙂", 4), "äöü🙂");
        assert_eq!(shorten("a bc", 3), "a…");
    }
}
