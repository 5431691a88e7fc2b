//! Sentences of a plugin on their way into a page: names that it put between backticks stay code, and nothing in
//! them acts.

use crate::render::safe;
use countersign_model::{markdown, terminal};

/// Ends a run of text for whoever looks for mentions and links in it; shows nothing.
const BREAK: &str = "<!---->";

/// Fewer hexadecimal digits in a row than a forge takes for a commit.
const HARMLESS_RUN: usize = 6;

/// For the text of an HTML element, and for an attribute in quotes.
pub(super) fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    terminal(text).chars().for_each(|character| push_html(character, &mut shown));
    // Whatever prints the page, a runner's log may be where it ends.
    let shown = shown.replace("##[", "#&#35;[");
    if shown.trim_start().starts_with("::") { shown.replacen("::", "&#58;:", 1) } else { shown }
}

fn push_html(character: char, shown: &mut String) {
    match character {
        '&' => shown.push_str("&amp;"),
        '<' => shown.push_str("&lt;"),
        '>' => shown.push_str("&gt;"),
        '"' => shown.push_str("&quot;"),
        '\'' => shown.push_str("&apos;"),
        character => shown.push(character),
    }
}

/// A sentence for HTML.
pub(super) fn html_prose(text: &str) -> String {
    prose(text, html, |code| format!("<code>{}</code>", html(code)))
}

/// A sentence for HTML inside Markdown, where a forge looks for mentions and links.
pub(super) fn comment_prose(text: &str) -> String {
    prose(text, comment, comment_code)
}

/// Code for HTML inside Markdown.
pub(super) fn comment_code(text: &str) -> String {
    format!("<code>{}</code>", comment(text))
}

/// Text for HTML inside Markdown: nothing becomes a mention, a reference or a link.
fn comment(text: &str) -> String {
    let text: Vec<char> = terminal(text).chars().collect();
    let (mut shown, mut digits) = (String::with_capacity(text.len() + 8), 0);
    for (at, &character) in text.iter().enumerate() {
        digits = if character.is_ascii_hexdigit() { digits + 1 } else { 0 };
        if digits > HARMLESS_RUN {
            shown.push_str(BREAK);
            digits = 1;
        }
        // Between tags Markdown is not read today; an image must not depend on that.
        match character {
            '[' => shown.push_str("&#91;"),
            character => push_html(character, &mut shown),
        }
        let number_follows = text.get(at + 1).is_some_and(char::is_ascii_digit);
        let ends =
            matches!(character, '@' | '#' | ':' | '.') || matches!(character, '-' | '!') && number_follows;
        if ends {
            shown.push_str(BREAK);
        }
    }
    shown
}

/// A sentence for Markdown.
pub(super) fn markdown_prose(text: &str) -> String {
    // `$` before a code span begins a formula on GitHub, so such a text has no code in it.
    if text.contains("$`") { markdown(text) } else { prose(text, markdown, markdown_code) }
}

/// A code span (CommonMark, section 6.1): nothing in it is markup, whatever it holds.
pub(super) fn markdown_code(text: &str) -> String {
    let text = safe(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.is_empty() || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The parts of a sentence in turn: words, and what stands between two backticks. A text in which these do not pair
/// is words only.
fn prose(text: &str, words: fn(&str) -> String, code: fn(&str) -> String) -> String {
    let parts: Vec<_> = text.split('`').collect();
    let pairs = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|code| !code.trim().is_empty());
    if !pairs {
        return words(text);
    }
    let part = |(at, part): (usize, &&str)| if at % 2 == 0 { words(part) } else { code(part) };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_backticks_stay_code() {
        assert_eq!(html_prose("removed `a<b>` & more"), "removed <code>a&lt;b&gt;</code> &amp; more");
        assert_eq!(markdown_prose("removed `a_b`, *now*"), "removed `a_b`, \\*now\\*");
        assert_eq!(comment_prose("see `@team`, #1"), "see <code>@<!---->team</code>, #<!---->1");
    }

    #[test]
    fn backticks_that_do_not_pair_are_text() {
        for text in ["a ` b", "`` x ``", "` `", "cost $`x`$"] {
            assert!(!markdown_prose(text).replace("\\`", "").contains('`'), "{text}");
        }
        assert_eq!(html_prose("a ` <b"), "a ` &lt;b");
    }

    #[test]
    fn a_code_span_ends_where_it_ends() {
        assert_eq!(markdown_code("a"), "`a`");
        assert_eq!(markdown_code("a`b``c"), "```a`b``c```");
        assert_eq!(markdown_code("`"), "`` ` ``");
        assert_eq!(markdown_code("a\n\n<b>"), "`a\\n\\n<b>`");
    }

    #[test]
    fn html_ends_no_attribute_and_commands_no_runner() {
        assert_eq!(html("\"'<\u{202e}##[x"), "&quot;&apos;&lt;\\u{202e}#&#35;[x");
        assert_eq!(html(" ::error::x"), " &#58;:error::x");
    }
}
