use super::notice;
use crate::{Limit, Notice, Style, Target, Template, Verdict, Wording};
use countersign_plugin::Failure;

const SUMMARY: &str = "the required property `price` of `Watch` was removed";

fn written(target: Target) -> String {
    let title = if target == Target::Markdown { Target::Title } else { target };
    let message = Wording::default().write(&notice(SUMMARY), title, target).unwrap();
    format!("{}\n\n{}", message.title, message.text)
}

fn filled(template: &str, notice: &Notice) -> String {
    Template::parse("message", template).unwrap().render(notice, &Style::new(Target::Plain)).unwrap()
}

#[test]
fn a_comment_says_verdict_contract_findings_client_commit_and_next_step() {
    let expected = "\
Breaking change in watcher (2 breaking, 1 risky, 1 compatible)

- **breaking**: the required property <code>price</code> of <code>Watch</code> was removed
- **breaking**: <code>GET /watches</code>: the required property <code>price</code> of <code>Watch</code> was removed
- **risky**: the required property <code>price</code> of <code>Watch</code> was removed
- … and 9 more

Client: dashboard
Commit: [<code>c0ffee012345</code>](https://github.com/acme/api/commit/c0ffee)
Next step: run <code>countersign propose</code> in the client's repository, and release the client before this change is deployed.";
    assert_eq!(written(Target::Markdown), expected);
}

#[test]
fn a_chat_says_the_same_in_its_own_markup() {
    let slack = written(Target::Slack);
    assert!(slack.contains("• *breaking*: `GET /watches`: the required property `price` of"), "{slack}");
    assert!(slack.contains("Commit: <https://github.com/acme/api/commit/c0ffee|c0ffee012345>"), "{slack}");
    let matrix = written(Target::Matrix);
    assert!(matrix.contains("<li><strong>breaking</strong>: <code>GET /watches</code>: the"), "{matrix}");
    assert!(
        matrix.contains("<a href=\"https://github.com/acme/api/commit/c0ffee\">c0ffee012345</a>"),
        "{matrix}"
    );
}

#[test]
fn a_template_is_filled_and_a_line_of_empty_placeholders_left_out() {
    let mut notice = notice(SUMMARY);
    let template = "{contract}: {verdict} {breaking}/{risky}/{compatible} of {total}\n{from} to {to}\nPull request: {pull-request}\nfor {clients}";
    let first = "watcher: breaking 2/1/1 of 12\naaaaaaaaaaaa to bbbbbbbbbbbb\nfor dashboard, mobile";
    assert_eq!(filled(template, &notice), first);
    notice.from = None;
    notice.verdict = Verdict::New;
    notice.client = None;
    notice.clients.clear();
    assert_eq!(filled("{client}\n{clients}\n{from}\n{verdict}\n\nend", &notice), "new\n\nend");
}

#[test]
fn a_link_that_is_no_web_address_is_no_link() {
    let mut notice = notice(SUMMARY);
    notice.links.insert("commit".into(), "javascript:alert(1)".into());
    assert_eq!(filled("see {link}", &notice), "");
}

#[test]
fn a_long_message_lists_less_and_says_how_much_there_is() {
    let text = "x".repeat(5000);
    let mut notice = notice(&text);
    notice.findings = (0..100).map(|_| notice.findings[0].clone()).collect();
    notice.total = 250;
    for target in [Target::Markdown, Target::Slack, Target::Matrix, Target::Plain, Target::Title] {
        for limit in [300, 500, 1000, 2000] {
            let style = Style { target, findings: 50, limit: Limit::Characters(limit) };
            let template = Template::parse("message", "{findings}").unwrap();
            let filled = template.render(&notice, &style).unwrap();
            let listed = filled.matches("breaking").count();
            assert!(style.limit.holds(&filled), "{target:?} {limit}");
            assert!(filled.contains(&format!("… and {} more", 250 - listed)), "{target:?} {limit}: {filled}");
        }
    }
}

#[test]
fn nothing_is_cut_after_it_was_escaped() {
    let mut notice = notice(&"<&>@🙂".repeat(200));
    notice.total = 4;
    for limit in 200..400 {
        let style = Style { target: Target::Matrix, findings: 3, limit: Limit::Bytes(limit) };
        let filled = Template::parse("message", "{findings}").unwrap().render(&notice, &style).unwrap();
        for (at, _) in filled.match_indices('&') {
            let entity = filled[at..].split_inclusive(';').next().unwrap();
            assert!(["&lt;", "&gt;", "&amp;"].contains(&entity), "{filled}");
        }
        assert!(filled.ends_with("</li></ul>"), "{filled}");
    }
}

#[test]
fn a_template_that_is_too_long_by_itself_is_refused() {
    let template = Template::parse("message", &"word ".repeat(1000)).unwrap();
    let style = Style::new(Target::Slack);
    assert!(matches!(template.render(&notice(SUMMARY), &style), Err(Failure::InvalidConfig(_))));
    let title = Template::parse("title", &"word ".repeat(1000)).unwrap();
    let style = Style { limit: Limit::Characters(140), ..Style::new(Target::Title) };
    let title = title.render(&notice(SUMMARY), &style).unwrap();
    assert!(title.chars().count() <= 140 && title.ends_with('…'), "{title}");
}

#[test]
fn a_payload_is_read_whatever_a_later_version_adds() {
    let payload = r#"{"schema_version":1,"key":"k","contract":"api","commit":"c0ffee","to":"sha256:00","verdict":"risky",
        "findings":[{"rule":"r","plugin":"p","impact":"compatible","direction":"both","subject":"/x","summary":"s","new":1},
                    {"impact":"breaking","summary":"worst"}],
        "total":1,"counts":{"breaking":7},"later":{"a":[]},"links":{"commit":"https://a.example/"}}"#;
    let notice = Notice::parse(payload).unwrap();
    assert_eq!(notice.findings[0].summary, "worst");
    assert_eq!((notice.total, notice.counts().breaking, notice.counts().risky), (2, 7, 0));
    assert!(matches!(Notice::parse("[]"), Err(Failure::InvalidInput(_))));
}
