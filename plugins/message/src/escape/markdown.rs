//! Markdown on a forge is read twice: first as Markdown, then the forge looks through the *text* of the result
//! for mentions, references, commits, emoji and links. The second reading sees a character however it was
//! written, so an entity or a backslash does not stop it (github/markup#1168, github/cmark-gfm#181). An empty
//! comment does: it ends a run of text, shows nothing, and is not copied along.

use super::Around;

/// Ends a run of text. It never stands first in a line, where it would begin a block of HTML.
const BREAK: &str = "<!---->";

/// Fewer hexadecimal digits than a forge takes for a commit.
const HARMLESS_RUN: usize = 6;

pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    let around = Around::each(text);
    let mut run = HexRun::default();
    for (index, here) in around.iter().enumerate() {
        if run.breaks_at(&around, index) {
            shown.push_str(BREAK);
        }
        push(&mut shown, *here, &around[..index]);
    }
    shown
}

fn push(shown: &mut String, here: Around, earlier: &[Around]) {
    let Around { index, before, character, after } = here;
    let first = index == 0;
    let digit_follows = after.is_some_and(|character| character.is_ascii_digit());
    let word_before = before.is_some_and(char::is_alphanumeric);
    match character {
        '&' => shown.push_str("&amp;"),
        '<' => shown.push_str("&lt;"),
        '>' => shown.push_str("&gt;"),
        '"' => shown.push_str("&quot;"),
        '`' | '*' | '~' | '|' | '\\' | '$' | '^' | ']' => entity(shown, character),
        '[' => {
            // Gitea reads `[[name]]` in the text of the result.
            entity(shown, character);
            shown.push_str(BREAK);
        }
        '@' | '#' => broken(shown, character),
        ':' if after.is_some_and(|after| after != ' ') => broken(shown, character),
        '!' if digit_follows => broken(shown, character),
        '-' if digit_follows && word_before => broken(shown, character),
        '_' if !here.is_inside_word() => entity(shown, character),
        // What makes a list, a heading, a rule or a command of a bot stands first.
        '-' | '+' | '=' | '/' if first => entity(shown, character),
        '.' | ')' if is_number(earlier) => entity(shown, character),
        '.' if ends_with_www(earlier) => entity(shown, character),
        character => shown.push(character),
    }
}

fn entity(shown: &mut String, character: char) {
    shown.push_str(&format!("&#{};", u32::from(character)));
}

fn broken(shown: &mut String, character: char) {
    shown.push(character);
    shown.push_str(BREAK);
}

/// Whether the text so far is the number of a list's item, of which Markdown takes nine digits.
fn is_number(earlier: &[Around]) -> bool {
    (1..=9).contains(&earlier.len()) && earlier.iter().all(|around| around.character.is_ascii_digit())
}

fn ends_with_www(earlier: &[Around]) -> bool {
    earlier.len() >= 3
        && earlier.iter().rev().take(3).all(|around| around.character.eq_ignore_ascii_case(&'w'))
}

/// A word of hexadecimal digits that is long enough to be a commit.
#[derive(Default)]
struct HexRun {
    start: usize,
    end: usize,
}

impl HexRun {
    /// Whether the word is broken before this character.
    fn breaks_at(&mut self, around: &[Around], index: usize) -> bool {
        let word = |character: char| character.is_alphanumeric() || character == '_';
        let here = around[index];
        if word(here.character) && !here.before.is_some_and(word) {
            let characters = around[index..].iter().map(|around| around.character);
            let run: Vec<char> = characters.take_while(|character| word(*character)).collect();
            let is_commit = run.len() > HARMLESS_RUN && run.iter().all(char::is_ascii_hexdigit);
            *self = if is_commit { Self { start: index, end: index + run.len() } } else { Self::default() };
        }
        index > self.start && index < self.end && (index - self.start).is_multiple_of(HARMLESS_RUN)
    }
}
