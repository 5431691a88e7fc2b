//! Sends a notice as JSON to a URL, signed by the host as Standard Webhooks has it.

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
        let request = http::Request {
            method: "POST".into(),
            url: configuration.url,
            // The identifier is the effect key, so that a receiver can drop a notice that it has seen.
            headers: vec![
                ("content-type".into(), "application/json".into()),
                ("webhook-id".into(), notice.key),
                ("webhook-timestamp".into(), notice.time.to_string()),
            ],
            body: Some(notice.payload.into_bytes()),
            credential: configuration.credential,
            timeout_ms: None,
        };
        receipt(http::send(&request))
    }
}

countersign_plugin::export_notify!(Webhook);

/// What is known after an answer. A refusal is certain; silence after the request was sent is not.
fn receipt(answer: Result<http::Response, http::HttpError>) -> Result<Receipt, Failure> {
    match answer {
        Ok(response) => match response.status {
            200..=299 => Ok(Receipt::Delivered(String::new())),
            408 | 429 | 500..=599 => {
                Err(Failure::Unavailable(format!("the receiver answered with status {}", response.status)))
            }
            status => Err(Failure::Other(format!("the receiver refused the notice with status {status}"))),
        },
        Err(http::HttpError::DryRun) => Ok(Receipt::DryRun),
        Err(http::HttpError::Denied(text)) => Err(Failure::Denied(text)),
        Err(http::HttpError::Unreachable(text)) => {
            Err(Failure::Unavailable(format!("the receiver could not be reached: {text}")))
        }
        Err(http::HttpError::Timeout) => Ok(Receipt::Unknown("the receiver did not answer in time".into())),
        Err(http::HttpError::TooLarge(_)) => Ok(Receipt::Delivered(String::new())),
        Err(http::HttpError::Other(text)) => Ok(Receipt::Unknown(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Result<Receipt, Failure> {
        receipt(Ok(http::Response { status, headers: Vec::new(), body: Vec::new() }))
    }

    #[test]
    fn only_silence_leaves_the_effect_unknown() {
        assert!(matches!(answered(202), Ok(Receipt::Delivered(_))));
        assert!(matches!(answered(503), Err(Failure::Unavailable(_))));
        assert!(matches!(answered(401), Err(Failure::Other(_))));
        assert!(matches!(receipt(Err(http::HttpError::Timeout)), Ok(Receipt::Unknown(_))));
        assert!(matches!(
            receipt(Err(http::HttpError::Unreachable("x".into()))),
            Err(Failure::Unavailable(_))
        ));
        assert!(matches!(receipt(Err(http::HttpError::DryRun)), Ok(Receipt::DryRun)));
    }
}
