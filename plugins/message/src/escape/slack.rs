//! Slack's `mrkdwn` has three entities and no way to write a formatting character as itself
//! (docs.slack.dev/messaging/formatting-message-text): those are replaced by ones that look alike, and only
//! where Slack would read them.

use super::{Around, chat};

pub(super) fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for here in Around::each(&chat::defanged(text)) {
        let name_follows = here.after.is_some_and(|after| after.is_alphanumeric() || "+-_".contains(after));
        match here.character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            // First in a line it would quote, even as an entity.
            '>' if here.index == 0 => shown.push('›'),
            '>' => shown.push_str("&gt;"),
            '`' => shown.push('ˋ'),
            '*' => shown.push('∗'),
            '~' => shown.push('∼'),
            '_' if !here.is_inside_word() => shown.push('＿'),
            // The colon in front of an emoji's name.
            ':' if name_follows => shown.push('∶'),
            character => shown.push(character),
        }
    }
    shown
}
