//! The Web API with a bot token: `chat.postMessage` and `conversations.history` (docs.slack.dev/reference/methods).

use crate::{Attempt, Send};
use countersign_message::{clean, refusal, retry_after, unavailable};
use countersign_plugin::{Failure, Receipt, http};
use serde_json::{Map, Value, json};

/// The type of the metadata that a message carries.
const EVENT_TYPE: &str = "countersign_notice";

/// How far back an earlier message is looked for, in seconds.
const LOOK_BACK: u64 = 30 * 24 * 60 * 60;

/// Messages of one page, and pages that are looked through.
const PAGE: u32 = 200;
const MOST_PAGES: usize = 10;

/// One channel of a workspace.
pub(crate) struct Channel<'a> {
    pub(crate) api: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) credential: &'a str,
    pub(crate) send: Send<'a>,
}

/// Whether the channel has a message already.
enum Found {
    /// It has, with this timestamp, which is the message's name.
    Yes(String),
    No,
    /// There is more history than was looked through.
    Unknown,
}

/// Why there is no result.
enum Trouble {
    Http(http::HttpError),
    /// Slack said so: nothing was done.
    Refused {
        error: String,
        retry_after: Option<u64>,
    },
    /// No answer that says whether anything was done.
    Unclear(String),
}

impl Channel<'_> {
    pub(crate) fn tell(
        &mut self,
        mut message: Map<String, Value>,
        attempt: &Attempt<'_>,
    ) -> Result<Receipt, Failure> {
        if attempt.ambiguous {
            match self.find(attempt) {
                Ok(Found::Yes(timestamp)) => return Ok(Receipt::Delivered(timestamp)),
                Ok(Found::No) => {}
                Ok(Found::Unknown) => {
                    let why = "the channel's history is too long to be looked through";
                    return Ok(Receipt::Unknown(why.into()));
                }
                Err(trouble) => return unsettled(trouble),
            }
        }
        message.insert("channel".into(), self.channel.into());
        let metadata = json!({ "event_type": EVENT_TYPE, "event_payload": { "key": attempt.key } });
        message.insert("metadata".into(), metadata);
        let body = Value::Object(message).to_string();
        match self.call("chat.postMessage", "application/json; charset=utf-8", body) {
            Ok(answer) => Ok(Receipt::Delivered(text(&answer, "ts"))),
            Err(Trouble::Http(error)) => refusal(error, "Slack"),
            Err(Trouble::Refused { error, .. }) if is_ambiguous(&error) => Ok(Receipt::Unknown(format!(
                "Slack has trouble (`{error}`), and may have posted the message"
            ))),
            Err(Trouble::Refused { error, retry_after }) => Err(failure(&error, retry_after)),
            Err(Trouble::Unclear(why)) => Ok(Receipt::Unknown(why)),
        }
    }

    /// Look for a message with this key. The newest come first.
    fn find(&mut self, attempt: &Attempt<'_>) -> Result<Found, Trouble> {
        let oldest = attempt.time.saturating_sub(LOOK_BACK);
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let mut form =
                format!("channel={}&limit={PAGE}&include_all_metadata=true&oldest={oldest}", self.channel);
            if !cursor.is_empty() {
                form = format!("{form}&cursor={}", countersign_message::encode_segment(&cursor));
            }
            let page = self.call("conversations.history", "application/x-www-form-urlencoded", form)?;
            if let Some(message) = messages(&page).find(|message| has_key(message, attempt.key)) {
                return Ok(Found::Yes(text(message, "ts")));
            }
            cursor = page.get("response_metadata").map(|more| text(more, "next_cursor")).unwrap_or_default();
            if cursor.is_empty() {
                return Ok(Found::No);
            }
        }
        Ok(Found::Unknown)
    }

    fn call(&mut self, method: &str, content_type: &str, body: String) -> Result<Value, Trouble> {
        let request = http::Request {
            method: "POST".into(),
            url: format!("{}/{method}", self.api),
            headers: vec![("content-type".into(), content_type.into())],
            body: Some(body.into_bytes()),
            credential: Some(self.credential.to_owned()),
            timeout_ms: None,
        };
        let response = (self.send)(&request).map_err(Trouble::Http)?;
        let wait = retry_after(&response);
        let status = response.status;
        if status == 429 {
            return Err(Trouble::Refused { error: "ratelimited".into(), retry_after: wait });
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        // Slack says what is wrong in an answer with status 200.
        match answer.get("ok").and_then(Value::as_bool) {
            Some(true) => Ok(answer),
            Some(false) => Err(Trouble::Refused { error: text(&answer, "error"), retry_after: wait }),
            None if (400..500).contains(&status) => {
                Err(Trouble::Refused { error: format!("status {status}"), retry_after: wait })
            }
            None => Err(Trouble::Unclear(format!("Slack answered with status {status} and no result"))),
        }
    }
}

fn messages(page: &Value) -> impl Iterator<Item = &Value> {
    page.get("messages").and_then(Value::as_array).into_iter().flatten()
}

fn has_key(message: &Value, key: &str) -> bool {
    let metadata = message.get("metadata");
    let event_type = metadata.and_then(|metadata| metadata.get("event_type")).and_then(Value::as_str);
    let found = metadata.and_then(|metadata| metadata.pointer("/event_payload/key")).and_then(Value::as_str);
    event_type == Some(EVENT_TYPE) && found == Some(key)
}

/// What is known where the history could not be read: the earlier message may be there.
fn unsettled(trouble: Trouble) -> Result<Receipt, Failure> {
    let why = match trouble {
        Trouble::Http(http::HttpError::DryRun) => return Ok(Receipt::DryRun),
        Trouble::Http(error) => match refusal(error, "Slack") {
            Ok(Receipt::Unknown(why)) => why,
            Ok(receipt @ (Receipt::Delivered(_) | Receipt::DryRun)) => return Ok(receipt),
            // Nobody has looked yet, so that the next run has to.
            Err(failure) => return Err(failure),
        },
        Trouble::Refused { error, retry_after } => match error.as_str() {
            "ratelimited" | "rate_limited" => return Err(failure(&error, retry_after)),
            "missing_scope" => "the app may not read the channel: add the scope `channels:history`".into(),
            error => format!("Slack refused to show the channel's history (`{}`)", word(error)),
        },
        Trouble::Unclear(why) => why,
    };
    Ok(Receipt::Unknown(format!("an earlier message may have arrived, and was not looked for: {why}")))
}

/// Errors that say themselves that some of it may have been done (docs.slack.dev/reference/methods/chat.postMessage).
fn is_ambiguous(error: &str) -> bool {
    matches!(error, "internal_error" | "fatal_error")
}

/// What an error of Slack means to a user. But for the ambiguous ones, nothing was posted.
fn failure(error: &str, retry_after: Option<u64>) -> Failure {
    let advice = match error {
        "ratelimited" | "rate_limited" => {
            return unavailable("Slack takes no more messages now", retry_after);
        }
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => {
            return unavailable(&format!("Slack has trouble (`{error}`)"), retry_after);
        }
        "not_in_channel" => "invite the app to the channel, with `/invite`",
        "channel_not_found" => "check `channel`; a private channel has to invite the app first",
        "is_archived" => "the channel is archived: unarchive it, or name another",
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            "Slack does not know the token: install the app again and store the new one"
        }
        "missing_scope" => "add the scope `chat:write` to the app, and install it again",
        "msg_too_long" | "invalid_blocks" | "msg_blocks_too_long" => "shorten `message`",
        "restricted_action" | "ekm_access_denied" => "the workspace does not let the app post there",
        _ => return Failure::Other(format!("Slack refused the message (`{}`)", word(error))),
    };
    Failure::Other(format!("Slack refused the message (`{error}`): {advice}"))
}

fn word(error: &str) -> String {
    clean(error).chars().filter(|character| *character != '`').take(60).collect()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().chars().take(200).collect()
}
