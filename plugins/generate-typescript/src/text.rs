//! Text from the document as it may stand in a program: in a string, as a property's name, in a comment.
//!
//! The document is somebody else's. Nothing in it may end a string or a comment, or show a reviewer something
//! else than what the compiler reads. No text of it ever stands in a template or outside of these three.

/// A string literal in double quotes.
pub(crate) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            other if is_unseen(other) => literal.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// The name of a property in a type: bare where it is a plain identifier or a number such as a status.
pub(crate) fn property(name: &str) -> String {
    if is_plain(name) || is_number(name) { name.to_owned() } else { literal(name) }
}

/// The name of a property in an object literal, where a bare or quoted `__proto__` would set the prototype.
pub(crate) fn key(name: &str) -> String {
    if name == "__proto__" { format!("[{}]", literal(name)) } else { property(name) }
}

/// Letters, digits, `_` and `$` of ASCII, and no digit at the beginning.
fn is_plain(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    !name.is_empty()
        && name != "__proto__"
        && name.chars().all(plain)
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// A number that reads the same when it was read and written again.
fn is_number(name: &str) -> bool {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    digits && (1..=9).contains(&name.len()) && (name == "0" || !name.starts_with('0'))
}

/// Characters that a reader does not see, or that change what he sees: controls, line and paragraph separators,
/// marks of direction (Unicode Standard Annex 9), joiners and other characters without a width, tags.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What a comment says of a declaration, line by line. Every line went through [`Documentation::paragraph`] or
/// is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Documentation {
    lines: Vec<String>,
    tags: Vec<String>,
}

impl Documentation {
    /// Add a text of the document as a paragraph of its own.
    pub(crate) fn paragraph(&mut self, text: &str) {
        let mut lines: Vec<_> = text.lines().map(safe_line).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
        lines.drain(..first);
        if lines.is_empty() || lines == self.lines {
            return;
        }
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.append(&mut lines);
    }

    /// Take another text in place of this one, if there is another; the tags stay.
    pub(crate) fn replace_text(&mut self, other: Self) {
        if !other.lines.is_empty() {
            self.lines = other.lines;
        }
    }

    /// Add a tag such as `@deprecated`, with a text of the document behind it.
    pub(crate) fn tag(&mut self, tag: &'static str, text: &str) {
        let text = safe_line(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        self.tags.push(format!("@{tag} {text}").trim_end().to_owned());
    }

    /// The comment, with a line end behind it; nothing where there is nothing to say.
    pub(crate) fn print(&self, indent: &str) -> String {
        let gap = (!self.lines.is_empty() && !self.tags.is_empty()).then(String::new);
        let lines: Vec<_> = self.lines.iter().chain(&gap).chain(&self.tags).collect();
        match lines.as_slice() {
            [] => String::new(),
            [line] => format!("{indent}/** {line} */\n"),
            lines => {
                let mut comment = format!("{indent}/**\n");
                for line in lines {
                    comment.push_str(format!("{indent} * {line}").trim_end());
                    comment.push('\n');
                }
                comment.push_str(&format!("{indent} */\n"));
                comment
            }
        }
    }
}

/// One line of a text in a comment: it cannot end the comment, and no word in it becomes a tag or a directive
/// such as `@ts-ignore`.
fn safe_line(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    let mut previous = ' ';
    for character in line.trim_end().chars() {
        match character {
            '\t' => safe.push(' '),
            '/' if previous == '*' => safe.push_str("\\/"),
            '@' if !previous.is_alphanumeric() => safe.push_str("\\@"),
            other if is_unseen(other) => safe.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => safe.push(other),
        }
        previous = character;
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_string_cannot_be_left() {
        assert_eq!(literal("a\"b\\c\n\r\t\0"), r#""a\"b\\c\n\r\t\u{0}""#);
        assert_eq!(literal("\u{2028}\u{202e}\u{feff}é`${x}"), r#""\u{2028}\u{202e}\u{feff}é`${x}""#);
    }

    #[test]
    fn only_plain_names_stand_without_quotes() {
        let cases = [("a", "a"), ("$a_1", "$a_1"), ("1a", "\"1a\""), ("a-b", "\"a-b\""), ("", "\"\"")];
        for (name, expected) in cases.into_iter().chain([("404", "404"), ("01", "\"01\""), ("é", "\"é\"")])
        {
            assert_eq!(property(name), expected);
        }
        assert_eq!(property("__proto__"), "\"__proto__\"");
        assert_eq!(key("__proto__"), "[\"__proto__\"]");
    }

    #[test]
    fn a_comment_cannot_be_left_and_holds_no_tag_of_somebody_else() {
        let mut documentation = Documentation::default();
        documentation.paragraph("\n  one */ alert(1) /*\n@ts-ignore `${x}`\r\n\u{202e}two\u{2028}three\n\n");
        documentation.tag("default", "*/ x\n@y");
        insta::assert_snapshot!(documentation.print(""), @r"
        /**
         *   one *\/ alert(1) /*
         * \@ts-ignore `${x}`
         * \u{202e}two\u{2028}three
         *
         * @default *\/ x \@y
         */
        ");
    }

    #[test]
    fn a_mail_address_stays_readable() {
        let mut documentation = Documentation::default();
        documentation.paragraph("write to ana@example.com");
        assert_eq!(documentation.print(""), "/** write to ana@example.com */\n");
    }

    proptest! {
        #[test]
        fn whatever_the_text_the_comment_ends_once_and_at_its_end(text in ".{0,40}(\\*/|\\*|/|@|\n){0,4}.{0,40}") {
            let mut documentation = Documentation::default();
            documentation.paragraph(&text);
            documentation.tag("default", &text);
            let comment = documentation.print("  ");
            prop_assert_eq!(comment.find("*/"), Some(comment.len() - 3));
            let is_one_text = !comment.contains(['\r', '\u{2028}', '\u{2029}']);
            prop_assert!(is_one_text);
        }

        #[test]
        fn whatever_the_text_its_literal_is_one_line_that_reads_as_the_text(text in any::<String>()) {
            let literal = literal(&text);
            let is_one_line = !literal.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
            prop_assert!(is_one_line);
            let content = literal[1..literal.len() - 1].replace("\\\\", "").replace("\\\"", "");
            prop_assert!(!content.contains('"'));
        }
    }
}
