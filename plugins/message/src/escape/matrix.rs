//! HTML for Matrix. Clients look for addresses and links in the text of it, and `@room` calls everybody in
//! those that do not know `m.mentions`.

use super::chat;

pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for character in chat::defanged(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            character => shown.push(character),
        }
    }
    shown
}
