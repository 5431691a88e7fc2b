//! Posts a notice to a Slack channel.
//!
//! With a bot token it is posted once: the message carries the effect key as metadata, and after an attempt that
//! may have arrived the channel's history is looked through for it first. An incoming webhook has no history,
//! so that what may have arrived there stays unknown and is not sent again.

mod api;
mod blocks;
mod hook;

use countersign_message::{Notice as Content, Target, Wording};
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, diagnostic, http};
use serde::Deserialize;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
struct Configuration {
    api: Option<String>,
    channel: Option<String>,
    url: Option<String>,
    credential: String,
    title: Option<String>,
    message: Option<String>,
    findings: Option<usize>,
}

/// One attempt to tell a notice.
struct Attempt<'a> {
    key: &'a str,
    payload: &'a str,
    /// Seconds since 1970.
    time: u64,
    /// An earlier attempt may have arrived.
    ambiguous: bool,
}

struct Slack;

impl Notify for Slack {
    fn describe() -> Description {
        Description::new("notify-slack", env!("CARGO_PKG_VERSION"), "Post the notice to a Slack channel")
            .config_schema(include_str!("schema.json"))
            .example(
                "an app with a bot token; `slack` is a credential with the header `Authorization: Bearer {}`",
                r#"{"api":"https://slack.com/api","channel":"C0123456789","credential":"slack"}"#,
                "",
                &[],
                "",
            )
            .example(
                "an incoming webhook; `slack` is a credential with `as = \"url\"`",
                r#"{"url":"https://hooks.slack.com/services/{}","credential":"slack","title":"*{contract}*: {verdict}"}"#,
                "",
                &[],
                "",
            )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        let attempt = Attempt {
            key: &notice.key,
            payload: &notice.payload,
            time: notice.time,
            ambiguous: is_ambiguous(&notice),
        };
        tell(&config::get()?, &attempt, &mut http::send)
    }
}

countersign_plugin::export_notify!(Slack);

fn is_ambiguous(notice: &Notice) -> bool {
    notice.ext.iter().any(|(name, value)| name == "ambiguous" && value == "true")
}

/// How a request is sent.
type Send<'a> = &'a mut dyn FnMut(&http::Request) -> Result<http::Response, http::HttpError>;

fn tell(configuration: &Configuration, attempt: &Attempt<'_>, send: Send<'_>) -> Result<Receipt, Failure> {
    let wording = Wording {
        title: configuration.title.clone(),
        message: configuration.message.clone(),
        findings: configuration.findings,
    };
    let message = wording.write(&Content::parse(attempt.payload)?, Target::Slack, Target::Slack)?;
    let message = blocks::message(&message);
    let credential = &configuration.credential;
    match (&configuration.api, &configuration.channel, &configuration.url) {
        (Some(api), Some(channel), None) => {
            api::Channel { api, channel, credential, send }.tell(message, attempt)
        }
        (None, None, Some(url)) => hook::tell(url, credential, &message, attempt, send),
        (_, _, _) => {
            let message = "`api` and `channel`, or `url`, say where the message goes";
            Err(Failure::InvalidConfig(vec![diagnostic("invalid-config", message)]))
        }
    }
}

#[cfg(test)]
mod tests;
