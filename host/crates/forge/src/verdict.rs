//! What an answer means: which statuses leave it open whether a write took effect, which mean a rate limit, and what
//! the forge said.

use crate::transport::Reply;
use crate::{ForgeError, clock};
use http::StatusCode;
use serde_json::Value;
use std::time::Duration;

/// The longest text of the forge's that an error carries, in characters.
const LONGEST_MESSAGE: usize = 300;
/// What GitHub asks for where a secondary limit does not say how long.
const UNSAID: Duration = Duration::from_secs(60);
/// The bounds of what is believed: a limit that ends at once would be asked for in a loop without end, and one that
/// ends in thousands of years is past what a clock can count to.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What an answer means.
pub(crate) enum Verdict {
    /// It was done.
    Good,
    /// It was certainly not done, because of a rate limit that ends after this.
    Later(Duration),
    /// It was certainly not done: the thing is elsewhere.
    Elsewhere(Option<String>),
    /// It was not done, or nobody knows.
    Bad(ForgeError),
}

/// What an answer to `what` means.
pub(crate) fn judge(what: String, reply: &Reply, write: bool) -> Verdict {
    let status = reply.status.as_u16();
    Verdict::Bad(match status {
        200..=299 => return Verdict::Good,
        301 | 302 | 307 | 308 => return Verdict::Elsewhere(reply.header("location").map(str::to_owned)),
        401 => ForgeError::Unauthorized { what },
        403 | 429 => match limit(reply) {
            Some(wait) => return Verdict::Later(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)),
            None => forbidden(what, reply),
        },
        404 => ForgeError::NotFound { what },
        408 | 500.. if write => {
            ForgeError::Unknown { what, why: format!("it was answered with status {status}") }
        }
        408 | 500.. => ForgeError::Unavailable { what, status },
        400..=499 => ForgeError::Refused { what, status, message: message(reply) },
        _ if write => ForgeError::Unknown { what, why: format!("it was answered with status {status}") },
        _ => ForgeError::Malformed { what, why: format!("it has status {status}") },
    })
}

/// When the rate limit ends that refused this, if one did.
///
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>
fn limit(reply: &Reply) -> Option<Duration> {
    let date = reply.header("date").and_then(clock::http_date);
    let left = |end: i64, date: i64| u64::try_from(end.saturating_sub(date)).unwrap_or(0).saturating_add(1);
    let until = |end: i64| date.map(|date| Duration::from_secs(left(end, date)));
    if let Some(text) = reply.header("retry-after") {
        let seconds = text.parse().ok().map(Duration::from_secs);
        return Some(seconds.or_else(|| until(clock::http_date(text)?)).unwrap_or(UNSAID));
    }
    if reply.header("x-ratelimit-remaining") == Some("0") {
        let reset = reply.header("x-ratelimit-reset").and_then(|text| text.parse().ok());
        return Some(reset.and_then(until).unwrap_or(UNSAID));
    }
    let said = message(reply).to_lowercase();
    let limited = ["secondary rate limit", "abuse detection", "rate limit exceeded"];
    (reply.status == StatusCode::TOO_MANY_REQUESTS || limited.iter().any(|text| said.contains(text)))
        .then_some(UNSAID)
}

fn forbidden(what: String, reply: &Reply) -> ForgeError {
    let message = message(reply);
    if message.to_lowercase().contains("archived") {
        return ForgeError::Refused { what, status: 403, message }; // No permission would help.
    }
    let sso = reply.header("x-github-sso").map(|_| "an authorisation for the organisation's single sign-on");
    let permission = reply.header("x-accepted-github-permissions").filter(|text| !text.is_empty());
    ForgeError::Forbidden { what, needs: permission.or(sso).map(cut) }
}

/// What the forge said, in short: `message` and the messages of `errors`, or the text as it is.
pub(crate) fn message(reply: &Reply) -> String {
    let Ok(body) = &reply.body else { return String::new() };
    let Ok(told) = serde_json::from_slice::<Value>(body) else {
        return cut(String::from_utf8_lossy(&body[..body.len().min(4 * LONGEST_MESSAGE)]).trim());
    };
    let mut parts: Vec<String> = told["message"].as_str().into_iter().map(str::to_owned).collect();
    parts.extend(told["errors"].as_array().into_iter().flatten().filter_map(part));
    cut(&parts.join("; "))
}

/// One of `errors`: its message, or its field and code.
fn part(error: &Value) -> Option<String> {
    let text = |name: &str| error[name].as_str();
    let own = error.as_str().or_else(|| text("message")).map(str::to_owned);
    own.or_else(|| Some(format!("{} {}", text("field")?, text("code")?)))
}

/// A text of the forge's, cut short.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let (parts, ()) = response.body(()).expect("a response").into_parts();
        Reply { status: parts.status, headers: parts.headers, body: Ok(body.as_bytes().to_vec()) }
    }

    fn error(reply: &Reply, write: bool) -> ForgeError {
        match judge("POST /x".to_owned(), reply, write) {
            Verdict::Bad(error) => error,
            Verdict::Good | Verdict::Later(_) | Verdict::Elsewhere(_) => panic!("no error"),
        }
    }

    #[test]
    fn a_server_error_leaves_a_write_open_and_a_read_not() {
        for status in [408, 500, 502, 503, 504] {
            assert!(error(&reply(status, &[], ""), true).is_unknown(), "{status}");
            assert!(!error(&reply(status, &[], ""), false).is_unknown(), "{status}");
        }
    }

    #[test]
    fn every_way_to_tell_a_rate_limit_is_understood() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let reset = ("x-ratelimit-reset", "784111787");
        let cases = [
            (reply(403, &[("retry-after", "7")], ""), 7),
            (reply(429, &[date, ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")], ""), 4),
            (reply(403, &[date, ("x-ratelimit-remaining", "0"), reset], ""), 11),
            (reply(403, &[("x-ratelimit-remaining", "0"), reset], ""), 60),
            (reply(403, &[], r#"{"message":"You have exceeded a secondary rate limit."}"#), 60),
            (reply(429, &[], ""), 60),
        ];
        for (reply, seconds) in cases {
            let Verdict::Later(wait) = judge(String::new(), &reply, true) else { panic!("no limit") };
            assert_eq!(wait.as_secs(), seconds);
        }
    }

    #[test]
    fn a_limit_without_sense_is_neither_a_loop_nor_an_overflow() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let day = LONGEST_WAIT.as_secs();
        for (header, value, seconds) in [
            ("retry-after", "0", 1),
            ("retry-after", "18446744073709551615", day),
            ("x-ratelimit-reset", "9223372036854775807", day),
            ("x-ratelimit-reset", "-9223372036854775808", 1),
        ] {
            let reply = reply(429, &[date, ("x-ratelimit-remaining", "0"), (header, value)], "");
            let Verdict::Later(wait) = judge(String::new(), &reply, true) else { panic!("no limit") };
            assert_eq!(wait.as_secs(), seconds, "{header}: {value}");
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        let told = reply(403, &[("x-accepted-github-permissions", "contents=write")], r#"{"message":"no"}"#);
        assert_eq!(
            error(&told, true).to_string(),
            "POST /x: the token may not do this; it needs contents=write"
        );
        let archived = reply(403, &[], r#"{"message":"Repository was archived so is read-only."}"#);
        assert!(matches!(error(&archived, true), ForgeError::Refused { status: 403, .. }));
    }

    #[test]
    fn what_the_forge_says_is_told_in_short() {
        let told = reply(
            422,
            &[],
            r#"{"message":"Validation Failed","errors":["plain",{"message":"own"},{"field":"head","code":"invalid"}]}"#,
        );
        assert_eq!(message(&told), "Validation Failed; plain; own; head invalid");
        assert_eq!(message(&reply(422, &[], &"ü".repeat(5_000))).chars().count(), 301);
    }
}
