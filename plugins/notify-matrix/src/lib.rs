//! Sends a notice to a Matrix room, once: the effect key is the transaction's identifier, and a homeserver gives
//! the same event for the same identifier again (Matrix specification, client-server API v1.11,
//! "Transaction identifiers"). So what may have arrived is sent again, and nothing is looked up.

mod body;
mod client;

use client::{Client, Room};
use countersign_message::{Notice as Content, Target, Wording};
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, http};
use serde::Deserialize;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
struct Configuration {
    homeserver: String,
    room: String,
    credential: String,
    title: Option<String>,
    message: Option<String>,
    findings: Option<usize>,
    #[serde(default = "yes")]
    notice: bool,
}

fn yes() -> bool {
    true
}

struct Matrix;

impl Notify for Matrix {
    fn describe() -> Description {
        Description::new("notify-matrix", env!("CARGO_PKG_VERSION"), "Send the notice to a Matrix room, once")
            .config_schema(include_str!("schema.json"))
            .example(
                "a room by its alias; `matrix` is a credential with the header `Authorization: Bearer {}`",
                r##"{"homeserver":"https://matrix.example.org","room":"#contracts:example.org","credential":"matrix"}"##,
                "",
                &[],
                "",
            )
            .example(
                "words of one's own, and a message that counts as one of a person",
                r#"{"homeserver":"https://matrix.example.org","room":"!opaque","credential":"matrix","title":"{contract}: {verdict}","message":"<b>{total} changes</b>\n{findings}","notice":false}"#,
                "",
                &[],
                "",
            )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        tell(&config::get()?, &notice.key, &notice.payload, &mut http::send)
    }
}

countersign_plugin::export_notify!(Matrix);

/// How a request is sent.
type Send<'a> = &'a mut dyn FnMut(&http::Request) -> Result<http::Response, http::HttpError>;

fn tell(configuration: &Configuration, key: &str, payload: &str, send: Send<'_>) -> Result<Receipt, Failure> {
    let content = content(configuration, &Content::parse(payload)?)?;
    let mut client = Client::new(&configuration.homeserver, &configuration.credential, send);
    let room = match client.room(&configuration.room)? {
        Room::Found(room) => room,
        Room::Settled(receipt) => return Ok(receipt),
    };
    client.deliver(&room, key, &content)
}

/// The event's content. `m.mentions` without anybody keeps clients from looking for names in the text
/// (Matrix specification, "User and room mentions").
fn content(configuration: &Configuration, notice: &Content) -> Result<String, Failure> {
    let wording = Wording {
        title: configuration.title.clone(),
        message: configuration.message.clone(),
        findings: configuration.findings,
    };
    let message = wording.write(notice, Target::Matrix, Target::Matrix)?;
    let html = format!("<strong>{}</strong><br>{}", message.title, body::with_breaks(&message.text));
    let kind = if configuration.notice { "m.notice" } else { "m.text" };
    let content = serde_json::json!({
        "msgtype": kind,
        "body": body::plain(&html),
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": {},
    });
    Ok(content.to_string())
}

#[cfg(test)]
mod tests;
