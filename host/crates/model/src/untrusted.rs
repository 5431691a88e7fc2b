//! Text of a specification, a plugin, a tool or a webhook on its way to somebody's screen: one escape for
//! each place that it may go to.

use std::fmt;

/// A text that somebody else wrote. It shows itself only through one of the escapes.
#[derive(Clone, PartialEq, Eq)]
pub struct Untrusted<'a>(pub &'a str);

impl fmt::Debug for Untrusted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&terminal(self.0))
    }
}

impl fmt::Display for Untrusted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&terminal(self.0))
    }
}

/// Characters that move the cursor, colour, reorder or hide text: C0 and C1 controls (ECMA-48), bidirectional
/// controls (Unicode Annex 9), zero-width and tag characters.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// For a terminal or a plain log, on one line: deceptive characters become `\u{..}`, line ends become `\n`.
pub fn terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push(' '),
            character if is_deceptive(character) => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    shown
}

/// For the data of a GitHub workflow command: `::error::DATA`.
pub fn github_data(text: &str) -> String {
    // Only `%`, CR and LF are special here; `@actions/core` escapes these three and no others.
    let lines: Vec<_> = text.split('\n').map(terminal).collect();
    lines.join("\n").replace('%', "%25").replace('\n', "%0A")
}

/// For a property of a GitHub workflow command: `::error file=PROPERTY::`.
pub fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Ends a run of text in Markdown. A forge looks for mentions, references and links in the text of the result, where
/// an entity or a backslash is gone; an empty comment is still there, shows nothing and is not copied along.
const BREAK: &str = "<!---->";

/// Fewer hexadecimal digits in a row than a forge takes for a commit.
const HARMLESS_RUN: usize = 6;

/// For running text in Markdown: nothing becomes a mention, a reference, a link, HTML or formatting.
pub fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    let text: Vec<char> = terminal(text).chars().collect();
    let mut digits = 0;
    for (at, &character) in text.iter().enumerate() {
        let number_follows = text.get(at + 1).is_some_and(char::is_ascii_digit);
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        // Seven digits are the name of a commit to a forge.
        if digits > HARMLESS_RUN {
            shown.push_str(BREAK);
            digits = 1;
        }
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' | '#' | ':' => {
                shown.push(character);
                shown.push_str(BREAK);
            }
            // `GH-12` of GitHub, and `!12` of Gitea and GitLab.
            '-' | '!' if number_follows => {
                shown.push('\\');
                shown.push(character);
                shown.push_str(BREAK);
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '+' | '-'
            | '.' => {
                shown.push('\\');
                shown.push(character);
            }
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_or_reorders_text_reaches_a_terminal() {
        let hostile = "a\u{1b}[2Jb\r\nc\u{202e}d\u{9b}31m\u{200b}e\u{7}";
        let shown = terminal(hostile);
        assert!(shown.chars().all(|character| !is_deceptive(character)), "{shown}");
        assert_eq!(terminal("plain ä 漢"), "plain ä 漢");
    }

    #[test]
    fn a_workflow_command_cannot_be_smuggled_in() {
        assert_eq!(github_data("x\n::set-output name=a::b 100%"), "x%0A::set-output name=a::b 100%25");
        assert_eq!(github_property("a,b:c"), "a%2Cb%3Ac");
    }

    #[test]
    fn markdown_holds_no_mention_reference_link_or_html() {
        let shown = markdown("@team #12 [x](https://e.example) <img> `code` https://e.example");
        for live in ["@team", "[x](", "<img>", "`code`", "://", "#12", "&#"] {
            assert!(!shown.contains(live) || shown.contains(&format!("\\{live}")), "{live} in {shown}");
        }
    }

    #[test]
    fn markdown_holds_no_reference_to_an_issue_a_merge_request_or_a_commit() {
        assert_eq!(markdown("GH-12"), "GH\\-<!---->12");
        assert_eq!(markdown("!12"), "\\!<!---->12");
        assert_eq!(markdown("a1b2c3d4"), "a1b2c3<!---->d4");
        assert_eq!(markdown("GH-a, well!"), "GH\\-a, well\\!");
    }
}
