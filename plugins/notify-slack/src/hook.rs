//! An incoming webhook (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): its URL is the
//! secret, so the host puts that in, and no text of this stage holds it.

use crate::{Attempt, Send};
use countersign_message::{clean, refusal, retry_after, unavailable};
use countersign_plugin::{Failure, Receipt, http};
use serde_json::{Map, Value};

pub(crate) fn tell(
    url: &str,
    credential: &str,
    message: &Map<String, Value>,
    attempt: &Attempt<'_>,
    send: Send<'_>,
) -> Result<Receipt, Failure> {
    if attempt.ambiguous {
        let why = "an earlier message may have arrived, and an incoming webhook has no history to look in";
        return Ok(Receipt::Unknown(why.into()));
    }
    let request = http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: vec![("content-type".into(), "application/json".into())],
        body: serde_json::to_vec(message).ok(),
        credential: Some(credential.into()),
        timeout_ms: None,
    };
    match send(&request) {
        Ok(response) => receipt(&response),
        Err(error) => refusal(error, "Slack"),
    }
}

fn receipt(response: &http::Response) -> Result<Receipt, Failure> {
    // The body of a refusal is one word, such as `no_service`.
    let word: String = clean(&String::from_utf8_lossy(&response.body)).chars().take(60).collect();
    match response.status {
        200..=299 => Ok(Receipt::Delivered(String::new())),
        429 => Err(unavailable("Slack takes no more messages now", retry_after(response))),
        404 | 410 => Err(Failure::Other(format!(
            "the incoming webhook is gone (`{word}`): add one to the channel and store its URL"
        ))),
        500..=599 => Ok(Receipt::Unknown(format!("Slack answered with status {}", response.status))),
        status => Err(Failure::Other(format!("Slack refused the message with status {status} (`{word}`)"))),
    }
}
