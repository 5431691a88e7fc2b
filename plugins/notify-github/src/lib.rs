//! Sends a `repository_dispatch` to the client's repository on GitHub.
//!
//! At least once: after an answer that was lost it is sent again, and its key lets the receiver drop it. The payload
//! is one object, `contract`, with names, digests, counts and links, and without any text of the specification.

use countersign_message::{Notice as Content, event, told};
use countersign_plugin::forge::ForgeError;
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, forge};
use serde::Deserialize;
use serde_json::json;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Configuration {
    event_type: String,
}

struct Github;

impl Notify for Github {
    fn describe() -> Description {
        Description::new(
            "notify-github",
            env!("CARGO_PKG_VERSION"),
            "Send a repository_dispatch to the client's repository on GitHub",
        )
        .config_schema(include_str!("schema.json"))
        .example(
            "a workflow in the client's repository starts with `on: repository_dispatch: types: [contract-changed]`",
            r#"{"event-type":"contract-changed"}"#,
            "",
            &[],
            "",
        )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        tell(&config::get()?, &notice.key, &notice.payload, forge::dispatch)
    }
}

countersign_plugin::export_notify!(Github);

/// How it is sent: event type and payload.
fn tell(
    configuration: &Configuration,
    key: &str,
    payload: &str,
    send: impl FnOnce(&str, &str) -> Result<(), ForgeError>,
) -> Result<Receipt, Failure> {
    let contract = event(&Content::parse(payload)?, key)?;
    // One key of the ten that GitHub takes: a receiver may put its own beside it when it passes the event on.
    let payload = json!({ "contract": contract }).to_string();
    match send(&configuration.event_type, &payload) {
        Ok(()) => Ok(Receipt::Delivered(String::new())),
        Err(error) => told(error),
    }
}

#[cfg(test)]
mod tests;
