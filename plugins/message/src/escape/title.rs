//! The title of a pull request knows no escape, and becomes the subject of a commit, in which `@name` mentions,
//! `#1` refers, `fixes #1` closes and `[skip ci]` skips.

use super::{Around, chat};

pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    let text = chat::defanged(text).replace("[:]//", ":⁄⁄");
    for here in Around::each(&text) {
        let digit_follows = here.after.is_some_and(|after| after.is_ascii_digit());
        match here.character {
            '@' => shown.push('＠'),
            '#' => shown.push('＃'),
            '!' if digit_follows => shown.push('！'),
            '-' if digit_follows => shown.push('‑'),
            '[' => shown.push('('),
            ']' => shown.push(')'),
            '`' => shown.push('\''),
            '*' => shown.push('∗'),
            ':' if here.after.is_some_and(|after| after != ' ') => shown.push('∶'),
            character => shown.push(character),
        }
    }
    shown
}
