use super::*;
use serde_json::{Value, json};
use std::collections::VecDeque;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn payload(summary: &str) -> String {
    let payload = json!({
        "schema_version": 1, "key": KEY, "contract": "watcher", "client": "dashboard", "commit": "c0ffee",
        "to": "sha256:00", "verdict": "breaking", "total": 1,
        "findings": [{"rule": "r", "impact": "breaking", "summary": summary}],
        "links": {"commit": "https://github.com/acme/api/commit/c0ffee"},
    });
    payload.to_string()
}

fn bot() -> Configuration {
    serde_json::from_str(r#"{"api":"https://slack.com/api","channel":"C0123456789","credential":"slack"}"#)
        .unwrap()
}

fn hook() -> Configuration {
    serde_json::from_str(r#"{"url":"https://hooks.slack.com/services/{}","credential":"slack"}"#).unwrap()
}

fn answer(status: u16, body: &str) -> Result<http::Response, http::HttpError> {
    let headers = vec![("retry-after".into(), "30".into())];
    Ok(http::Response { status, headers, body: body.into() })
}

type Answers = Vec<Result<http::Response, http::HttpError>>;

fn told(
    configuration: &Configuration,
    ambiguous: bool,
    answers: Answers,
) -> (Result<Receipt, Failure>, Vec<(String, String)>) {
    let mut answers = VecDeque::from(answers);
    let mut requests = Vec::new();
    let payload = payload("the property `price` was removed");
    let attempt = Attempt { key: KEY, payload: &payload, time: 1_700_000_000, ambiguous };
    let result = tell(configuration, &attempt, &mut |request| {
        let body = String::from_utf8(request.body.clone().unwrap()).unwrap();
        requests.push((request.url.clone(), body));
        answers.pop_front().expect("an answer for each request")
    });
    (result, requests)
}

#[test]
fn a_message_carries_the_key_and_unfurls_nothing() {
    let (result, requests) = told(&bot(), false, vec![answer(200, r#"{"ok":true,"ts":"1.2"}"#)]);
    assert!(matches!(result, Ok(Receipt::Delivered(ts)) if ts == "1.2"));
    let [(url, body)] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(url, "https://slack.com/api/chat.postMessage");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["metadata"], json!({"event_type": "countersign_notice", "event_payload": {"key": KEY}}));
    assert_eq!((&body["unfurl_links"], &body["unfurl_media"]), (&json!(false), &json!(false)));
    assert_eq!(body["channel"], "C0123456789");
    assert_eq!(body["blocks"][1]["text"]["verbatim"], true);
    let text = body["blocks"][1]["text"]["text"].as_str().unwrap();
    assert!(text.starts_with("• *breaking*: the property `price` was removed\n"), "{text}");
}

#[test]
fn after_an_ambiguous_attempt_the_history_is_looked_through_first() {
    let other = json!({"ok": true, "messages": [{"ts": "1", "text": KEY}], "response_metadata": {"next_cursor": "a="}});
    let metadata = json!({"event_type": "countersign_notice", "event_payload": {"key": KEY}});
    let found = json!({"ok": true, "messages": [{"ts": "2.5", "metadata": metadata}]});
    let pages = vec![answer(200, &other.to_string()), answer(200, &found.to_string())];
    let (result, requests) = told(&bot(), true, pages);
    assert!(matches!(result, Ok(Receipt::Delivered(ts)) if ts == "2.5"));
    assert!(
        requests[1].1.ends_with("&include_all_metadata=true&oldest=1697408000&cursor=a%3D"),
        "{requests:?}"
    );
    let (result, requests) =
        told(&bot(), true, vec![answer(200, r#"{"ok":true,"messages":[]}"#), answer(200, r#"{"ok":true}"#)]);
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(requests[1].0, "https://slack.com/api/chat.postMessage");
}

#[test]
fn nothing_is_posted_where_the_history_cannot_be_read() {
    let troubles = [
        answer(200, r#"{"ok":false,"error":"missing_scope"}"#),
        answer(502, "<html>"),
        Err(http::HttpError::Timeout),
    ];
    for trouble in troubles {
        let (result, requests) = told(&bot(), true, vec![trouble]);
        assert!(matches!(result, Ok(Receipt::Unknown(_))), "{result:?}");
        assert_eq!(requests.len(), 1);
    }
    // An unknown end of an attempt that sent nothing is given up; this one is not, for a later look may tell.
    for later in [Err(http::HttpError::Unreachable("x".into())), answer(429, "")] {
        let (result, requests) = told(&bot(), true, vec![later]);
        assert!(matches!(result, Err(Failure::Unavailable(_))), "{result:?}");
        assert_eq!(requests.len(), 1);
    }
    let page = r#"{"ok":true,"messages":[],"response_metadata":{"next_cursor":"x"}}"#;
    let (result, _) = told(&bot(), true, (0..10).map(|_| answer(200, page)).collect());
    assert!(matches!(result, Ok(Receipt::Unknown(why)) if why.contains("too long")));
}

#[test]
fn an_error_in_an_answer_of_status_200_is_one() {
    for (error, says) in [
        ("not_in_channel", "/invite"),
        ("invalid_auth", "token"),
        ("is_archived", "archived"),
        ("odd`\u{1b}[2J", "(`odd[2J`)"),
    ] {
        let body = json!({"ok": false, "error": error}).to_string();
        let (result, _) = told(&bot(), false, vec![answer(200, &body)]);
        assert!(matches!(&result, Err(Failure::Other(text)) if text.contains(says)), "{result:?}");
    }
}

#[test]
fn an_error_in_which_the_message_may_have_been_posted_leaves_it_unknown() {
    for error in ["internal_error", "fatal_error"] {
        let body = json!({"ok": false, "error": error}).to_string();
        let (result, requests) = told(&bot(), false, vec![answer(200, &body)]);
        assert!(matches!(&result, Ok(Receipt::Unknown(why)) if why.contains(error)), "{result:?}");
        assert_eq!(requests.len(), 1);
    }
}

#[test]
fn a_limit_tells_when_to_come_back_and_silence_stays_unknown() {
    for configuration in [bot(), hook()] {
        let (result, _) = told(&configuration, false, vec![answer(429, "")]);
        assert!(matches!(result, Err(Failure::Unavailable(text)) if text.ends_with("; retry-after: 30")));
        for silence in [answer(502, "<html>"), Err(http::HttpError::Timeout)] {
            let (result, _) = told(&configuration, false, vec![silence]);
            assert!(matches!(result, Ok(Receipt::Unknown(_))), "{result:?}");
        }
        let (result, _) = told(&configuration, false, vec![Err(http::HttpError::DryRun)]);
        assert!(matches!(result, Ok(Receipt::DryRun)));
    }
}

#[test]
fn an_incoming_webhook_is_not_sent_to_again_blindly() {
    let (result, requests) = told(&hook(), true, Vec::new());
    assert!(matches!(result, Ok(Receipt::Unknown(_))) && requests.is_empty());
    let (result, requests) = told(&hook(), false, vec![answer(200, "ok")]);
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(requests[0].0, "https://hooks.slack.com/services/{}");
    let (result, _) = told(&hook(), false, vec![answer(404, "no_service")]);
    assert!(matches!(result, Err(Failure::Other(text)) if text.contains("gone (`no_service`)")));
}

#[test]
fn text_of_a_specification_calls_nobody() {
    let hostile = "<!channel> @here `x` *bold* <https://evil.example|good> https://evil.example &amp;";
    let attempt = Attempt { key: KEY, payload: &payload(hostile), time: 0, ambiguous: false };
    let mut body = String::new();
    let result = tell(&bot(), &attempt, &mut |request| {
        body = String::from_utf8(request.body.clone().unwrap()).unwrap();
        answer(200, r#"{"ok":true}"#)
    });
    assert!(result.is_ok());
    for live in ["<!", "@here", "*bold", "https://evil", "|good>"] {
        assert!(!body.contains(live), "{live} in {body}");
    }
}

#[test]
fn every_described_example_is_a_configuration() {
    for example in Slack::describe().examples {
        let configuration: Configuration = serde_json::from_str(&example.config).unwrap();
        assert!(configuration.api.is_some() != configuration.url.is_some(), "{}", example.name);
    }
    let empty: Configuration = serde_json::from_str(r#"{"credential":"slack"}"#).unwrap();
    assert!(matches!(told(&empty, false, Vec::new()).0, Err(Failure::InvalidConfig(_))));
}
