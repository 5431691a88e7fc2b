use super::corpus::HOSTILE;
use super::{elements, notice, runs};
use crate::{Target, Wording, escape};
use proptest::prelude::*;

/// What Slack's `mrkdwn` would read as more than text.
fn live_in_slack(text: &str) -> Option<&'static str> {
    let entities =
        ["&amp;", "&lt;", "&gt;"].iter().fold(text.to_owned(), |text, entity| text.replace(entity, ""));
    let checks: [(&str, bool); 6] = [
        ("an entity", entities.contains(['&', '<', '>'])),
        ("formatting", text.contains(['`', '*', '~'])),
        ("a mention", ["@here", "@channel", "@everyone"].iter().any(|name| text.contains(name))),
        ("a link", text.contains("://")),
        ("a line", text.contains(['\n', '\r'])),
        ("a quote", text.starts_with("&gt;") || text.starts_with('>')),
    ];
    checks.into_iter().find(|(_, live)| *live).map(|(what, _)| what)
}

fn assert_dead(text: &str) {
    let slack = escape(text, Target::Slack);
    assert_eq!(live_in_slack(&slack), None, "{slack}");
    let matrix = escape(text, Target::Matrix);
    assert!(elements(&matrix).is_empty() && !matrix.contains(['"', '\'', '>', '\n']), "{matrix}");
    let shown = runs(&matrix).concat();
    assert!(!shown.contains("://") && !shown.contains("@room"), "{shown}");
}

#[test]
fn hostile_text_calls_nobody_in_a_chat() {
    HOSTILE.iter().for_each(|text| assert_dead(text));
}

#[test]
fn names_with_underscores_are_left_alone() {
    assert_eq!(escape("user_id and _id_", Target::Slack), "user_id and ＿id＿");
}

#[test]
fn a_message_of_hostile_text_holds_only_our_own_markup() {
    for text in HOSTILE {
        let notice = notice(text);
        let message = Wording::default().write(&notice, Target::Matrix, Target::Matrix).unwrap();
        for element in elements(&message.text) {
            let ours = [
                "<ul>",
                "<li>",
                "<strong>",
                "<code>",
                "<a href=\"https://github.com/acme/api/commit/c0ffee\">",
            ];
            assert!(ours.contains(&element) || element.starts_with("</"), "{element}");
        }
        let message = Wording::default().write(&notice, Target::Slack, Target::Slack).unwrap();
        let without_link =
            message.text.replace("<https://github.com/acme/api/commit/c0ffee|c0ffee012345>", "");
        assert!(!without_link.contains('<'), "{without_link}");
    }
}

proptest! {
    #[test]
    fn any_text_is_dead_in_a_chat(text in ".{0,60}") {
        assert_dead(&text);
    }

    #[test]
    fn any_text_of_markup_is_dead_in_a_chat(text in r#"([-@#a-e:/<>`*_~|!&; \n]|@here|@room|http://|<!){0,24}"#) {
        assert_dead(&text);
    }
}
