//! Sends a notice as JSON to a URL, signed by the host as Standard Webhooks has it. The effect key is the
//! message's identifier, by which a receiver drops what it has seen, so that what may have arrived is sent again.

use countersign_message::{refusal, retry_after, unavailable};
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, http};
use serde::Deserialize;

#[derive(Deserialize)]
struct Configuration {
    url: String,
    #[serde(default)]
    credential: Option<String>,
}

struct Webhook;

impl Notify for Webhook {
    fn describe() -> Description {
        Description::new(
            "notify-webhook",
            env!("CARGO_PKG_VERSION"),
            "Send the notice as JSON to a URL; a credential with `sign` signs it (Standard Webhooks)",
        )
        .config_schema(include_str!("schema.json"))
        .example(
            "a signed notice",
            r#"{"url":"https://hooks.example.com/contracts","credential":"hooks"}"#,
            "",
            &[],
            "",
        )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        let configuration: Configuration = config::get()?;
        match http::send(&request(configuration, notice.key, notice.time, notice.payload)) {
            Ok(response) => receipt(&response),
            Err(error) => refusal(error, "the receiver"),
        }
    }
}

countersign_plugin::export_notify!(Webhook);

/// The identifier is the effect key in every attempt; the time is that of the attempt.
fn request(configuration: Configuration, key: String, time: u64, payload: String) -> http::Request {
    http::Request {
        method: "POST".into(),
        url: configuration.url,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("webhook-id".into(), key),
            ("webhook-timestamp".into(), time.to_string()),
        ],
        body: Some(payload.into_bytes()),
        credential: configuration.credential,
        timeout_ms: None,
    }
}

fn receipt(response: &http::Response) -> Result<Receipt, Failure> {
    match response.status {
        200..=299 => Ok(Receipt::Delivered(String::new())),
        410 => Err(Failure::Other(
            "the receiver answered with status 410: it is gone and asks for no more notices; remove the channel".into(),
        )),
        // The receiver knows a notice by its identifier, so that sending again is right whatever happened.
        status @ (408 | 425 | 429 | 500..=599) => {
            Err(unavailable(&format!("the receiver answered with status {status}"), retry_after(response)))
        }
        status @ 300..=399 => Err(Failure::Other(format!(
            "the receiver redirects (status {status}); redirects are not followed, so name the final URL"
        ))),
        status => Err(Failure::Other(format!("the receiver refused the notice with status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Result<Receipt, Failure> {
        let headers = vec![("retry-after".into(), "120".into())];
        receipt(&http::Response { status, headers, body: Vec::new() })
    }

    #[test]
    fn only_silence_leaves_the_effect_unknown() {
        assert!(matches!(answered(202), Ok(Receipt::Delivered(_))));
        assert!(matches!(answered(503), Err(Failure::Unavailable(_))));
        assert!(matches!(answered(401), Err(Failure::Other(_))));
        let refused = |error| refusal(error, "the receiver");
        assert!(matches!(refused(http::HttpError::Timeout), Ok(Receipt::Unknown(_))));
        assert!(matches!(refused(http::HttpError::Unreachable("x".into())), Err(Failure::Unavailable(_))));
        assert!(matches!(refused(http::HttpError::DryRun), Ok(Receipt::DryRun)));
    }

    #[test]
    fn a_receiver_that_is_gone_says_so() {
        assert!(matches!(answered(410), Err(Failure::Other(text)) if text.contains("remove the channel")));
    }

    #[test]
    fn a_receiver_says_when_it_wants_to_be_asked_again() {
        for status in [429, 503] {
            let failure = answered(status);
            assert!(
                matches!(failure, Err(Failure::Unavailable(text)) if text.ends_with("; retry-after: 120"))
            );
        }
    }

    #[test]
    fn the_identifier_is_the_effect_key_in_every_attempt() {
        let sent = |time| {
            let configuration = Configuration { url: "https://a.example/".into(), credential: None };
            request(configuration, "key".into(), time, "{}".into())
        };
        assert_eq!(sent(1).headers[1], ("webhook-id".to_owned(), "key".to_owned()));
        assert_eq!(sent(2).headers[1], sent(1).headers[1]);
        assert_ne!(sent(2).headers[2], sent(1).headers[2]);
    }
}
