mod chat;
mod markdown;
mod matrix;
mod slack;
mod title;

use crate::{Target, clean};

/// Somebody else's text for where it goes. What comes out is one line, opens nothing, closes nothing and
/// calls nobody, whatever the template has around it.
pub fn escape(text: &str, target: Target) -> String {
    escape_cleaned(&clean(text), target)
}

/// The same for a part of a text that was cleaned as a whole.
pub(crate) fn escape_cleaned(text: &str, target: Target) -> String {
    match target {
        Target::Markdown => markdown::escape(text),
        Target::Title => title::escape(text),
        Target::Slack => slack::escape(text),
        Target::Matrix => matrix::escape(text),
        Target::Plain => text.to_owned(),
    }
}

/// A character with its neighbours.
#[derive(Clone, Copy)]
struct Around {
    index: usize,
    before: Option<char>,
    character: char,
    after: Option<char>,
}

impl Around {
    fn each(text: &str) -> Vec<Self> {
        let characters: Vec<char> = text.chars().collect();
        let at = |index: usize| characters.get(index).copied();
        (characters.iter().enumerate())
            .map(|(index, &character)| Self {
                index,
                before: index.checked_sub(1).and_then(at),
                character,
                after: at(index + 1),
            })
            .collect()
    }

    /// Whether letters or digits are on both sides, as in `user_id`.
    fn is_inside_word(self) -> bool {
        let word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        word(self.before) && word(self.after)
    }
}
