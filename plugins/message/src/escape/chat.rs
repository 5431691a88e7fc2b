//! What chat clients read out of plain text by themselves: addresses and links. They know no escape, so the
//! character that makes them one is replaced by one that looks alike, where anyone can see it.

use super::Around;

/// A text in which nothing is an address of somebody or something, and no link has a scheme.
pub(super) fn defanged(text: &str) -> String {
    let linked = text.replace("://", "[:]//");
    let mut shown = String::with_capacity(linked.len());
    for here in Around::each(&linked) {
        let starts_word = !here.before.is_some_and(char::is_alphanumeric)
            && here.after.is_some_and(|after| after.is_alphanumeric() || after == '_');
        match here.character {
            '@' if starts_word => shown.push('＠'),
            '#' if starts_word => shown.push('＃'),
            character => shown.push(character),
        }
    }
    shown
}
