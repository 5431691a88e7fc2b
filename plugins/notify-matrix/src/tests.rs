use super::*;
use std::collections::VecDeque;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn payload(summary: &str) -> String {
    let payload = serde_json::json!({
        "schema_version": 1, "key": KEY, "contract": "watcher", "client": "dashboard", "commit": "c0ffee",
        "to": "sha256:00", "verdict": "breaking", "total": 1,
        "findings": [{"rule": "r", "impact": "breaking", "summary": summary, "operations": [summary]}],
        "links": {"commit": "https://github.com/acme/api/commit/c0ffee?a=1&b=2"},
    });
    payload.to_string()
}

fn configuration(room: &str) -> Configuration {
    let text = serde_json::json!({"homeserver": "https://hs.example/", "room": room, "credential": "matrix"});
    serde_json::from_value(text).unwrap()
}

fn answer(status: u16, body: &str) -> Result<http::Response, http::HttpError> {
    Ok(http::Response { status, headers: Vec::new(), body: body.into() })
}

type Answers = Vec<Result<http::Response, http::HttpError>>;

/// What became of a notice, and the requests that it took.
fn told(room: &str, answers: Answers) -> (Result<Receipt, Failure>, Vec<String>) {
    let mut answers = VecDeque::from(answers);
    let mut requests = Vec::new();
    let result = tell(&configuration(room), KEY, &payload("x"), &mut |request| {
        assert_eq!(request.credential.as_deref(), Some("matrix"));
        requests.push(format!("{} {}", request.method, request.url));
        answers.pop_front().expect("an answer for each request")
    });
    (result, requests)
}

fn event() -> Result<http::Response, http::HttpError> {
    answer(200, r#"{"event_id":"$e"}"#)
}

const PUT: &str = "PUT https://hs.example/_matrix/client/v3/rooms/%21opaque/send/m.room.message/0123456789abcdef0123456789abcdef";

#[test]
fn the_effect_key_is_the_transaction() {
    let (result, requests) = told("!opaque", vec![event()]);
    assert!(matches!(result, Ok(Receipt::Delivered(event)) if event == "$e"));
    assert_eq!(requests, [PUT]);
}

#[test]
fn an_alias_is_looked_up_and_a_room_s_id_is_not_parsed() {
    let (result, requests) = told("#ops:hs.example", vec![answer(200, r#"{"room_id":"!opaque"}"#), event()]);
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(
        requests,
        ["GET https://hs.example/_matrix/client/v3/directory/room/%23ops%3Ahs.example", PUT]
    );
    let (result, _) = told("#ops:hs.example", vec![answer(404, r#"{"errcode":"M_NOT_FOUND"}"#)]);
    assert!(matches!(result, Err(Failure::Other(text)) if text.contains("alias")));
    let (result, _) = told("#ops:hs.example", vec![Err(http::HttpError::Timeout)]);
    assert!(matches!(result, Err(Failure::Unavailable(_))));
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_transaction() {
    let (result, requests) = told("!opaque", vec![Err(http::HttpError::Timeout), event()]);
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(requests, [PUT, PUT]);
    let lost = || Err(http::HttpError::Other("reset".into()));
    assert!(matches!(told("!opaque", vec![lost(), lost()]).0, Ok(Receipt::Unknown(_))));
}

#[test]
fn a_limit_tells_when_to_come_back() {
    let limited = answer(429, r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":4378}"#);
    let (result, _) = told("!opaque", vec![limited]);
    assert!(matches!(result, Err(Failure::Unavailable(text)) if text.ends_with("; retry-after: 5")));
    let headers = vec![("retry-after".into(), "9".into())];
    let limited = Ok(http::Response { status: 429, headers, body: Vec::new() });
    let (result, _) = told("!opaque", vec![limited]);
    assert!(matches!(result, Err(Failure::Unavailable(text)) if text.ends_with("; retry-after: 9")));
}

#[test]
fn a_room_is_joined_once_where_it_lets_the_account_in() {
    let forbidden = || answer(403, r#"{"errcode":"M_FORBIDDEN"}"#);
    let (result, requests) = told("!opaque", vec![forbidden(), answer(200, "{}"), event()]);
    assert!(matches!(result, Ok(Receipt::Delivered(_))));
    assert_eq!(requests[1], "POST https://hs.example/_matrix/client/v3/join/%21opaque");
    let (result, _) = told("!opaque", vec![forbidden(), answer(200, "{}"), forbidden()]);
    assert!(matches!(result, Err(Failure::Other(text)) if text.contains("invite")));
    let (result, _) = told("!opaque", vec![forbidden(), forbidden()]);
    assert!(matches!(result, Err(Failure::Other(text)) if text.contains("invite")));
}

#[test]
fn every_refusal_says_what_to_do() {
    for (status, code, says) in [
        (401, "M_UNKNOWN_TOKEN", "log in"),
        (413, "M_TOO_LARGE", "shorten"),
        (404, "M_NOT_FOUND", "no such room"),
        (400, "M_BAD\u{1b}_JSON", "M_BAD_JSON"),
    ] {
        let (result, _) = told("!opaque", vec![answer(status, &format!("{{\"errcode\":\"{code}\"}}"))]);
        let Err(Failure::Other(text)) = result else { continue };
        assert!(text.contains(says) || code.contains('\u{1b}'), "{text}");
    }
    let (result, _) = told("!opaque", vec![answer(502, "<html>")]);
    assert!(matches!(result, Err(Failure::Unavailable(_))));
    let (result, _) = told("!opaque", vec![Err(http::HttpError::DryRun)]);
    assert!(matches!(result, Ok(Receipt::DryRun)));
}

fn sent(summary: &str) -> serde_json::Value {
    let content = content(&configuration("!opaque"), &Content::parse(&payload(summary)).unwrap());
    serde_json::from_str(&content.unwrap()).unwrap()
}

#[test]
fn a_message_has_two_forms_and_mentions_nobody() {
    let content = sent("the property `price` was removed");
    assert_eq!(content["msgtype"], "m.notice");
    assert_eq!(content["m.mentions"], serde_json::json!({}));
    let expected = "Breaking change in watcher (1 breaking, 0 risky, 0 compatible)\n\n• breaking: the property price was removed\nClient: dashboard\nCommit: c0ffee\nNext step: run countersign propose in the client's repository, and release the client before this change is deployed.";
    assert_eq!(content["body"], expected);
    let html = content["formatted_body"].as_str().unwrap();
    assert!(
        html.contains("<a href=\"https://github.com/acme/api/commit/c0ffee?a=1&amp;b=2\">c0ffee</a>"),
        "{html}"
    );
}

#[test]
fn text_of_a_specification_pings_nobody_and_brings_no_markup() {
    let content = sent("@room @all:hs.example <img src=x onerror=1> https://evil.example \u{202e}</li></ul>");
    let html = content["formatted_body"].as_str().unwrap();
    assert!(!html.contains("<img") && !html.contains("@room") && !html.contains("https://evil"), "{html}");
    assert_eq!(html.matches("</ul>").count(), 1, "{html}");
    let body = content["body"].as_str().unwrap();
    assert!(!body.contains("@room") && !body.contains("https://evil") && body.contains("＠room"), "{body}");
}

#[test]
fn the_largest_message_is_within_what_an_event_may_be() {
    let mut content = Content::parse(&payload(&"<&\"'@🙂".repeat(3000))).unwrap();
    content.findings = vec![content.findings[0].clone(); 100];
    let configuration = Configuration { findings: Some(20), ..configuration("!opaque") };
    let content = super::content(&configuration, &content).unwrap();
    assert!(content.len() < 60_000, "{}", content.len());
}

#[test]
fn every_described_example_is_a_configuration() {
    for example in Matrix::describe().examples {
        assert!(serde_json::from_str::<Configuration>(&example.config).is_ok(), "{}", example.name);
    }
    let schema: serde_json::Value = serde_json::from_str(include_str!("schema.json")).unwrap();
    assert_eq!(schema["properties"]["notice"]["default"], configuration("!opaque").notice);
}
