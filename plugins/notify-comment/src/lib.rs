//! Keeps one comment for each contract on the pull requests that bring the commit.
//!
//! The host finds the comment again by its name and updates it, so that telling a notice twice is telling it once.

use countersign_message::{Limit, Notice as Content, Style, Target, Template, Verdict, Wording, told};
use countersign_plugin::forge::ForgeError;
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, forge};
use serde::Deserialize;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
struct Configuration {
    heading: String,
    message: Option<String>,
    findings: Option<usize>,
}

struct Comment;

impl Notify for Comment {
    fn describe() -> Description {
        Description::new(
            "notify-comment",
            env!("CARGO_PKG_VERSION"),
            "Keep a comment on the pull request that changes a contract",
        )
        .config_schema(include_str!("schema.json"))
        .example(
            "verdict, findings, who is concerned and the next step, under a heading",
            r#"{"heading":"Contract {contract}"}"#,
            "",
            &[],
            "",
        )
        .example(
            "a text of your own",
            r#"{"heading":"API changed","message":"{total} changes:\n{findings}","findings":10}"#,
            "",
            &[],
            "",
        )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        tell(&config::get()?, &notice.payload, forge::comment)
    }
}

countersign_plugin::export_notify!(Comment);

/// How it is kept: name and body.
fn tell(
    configuration: &Configuration,
    payload: &str,
    keep: impl FnOnce(&str, &str) -> Result<Option<String>, ForgeError>,
) -> Result<Receipt, Failure> {
    let notice = Content::parse(payload)?;
    match keep(&name(&notice), &body(configuration, &notice)?) {
        // A commit that came without a pull request has nobody to tell.
        Ok(url) => Ok(Receipt::Delivered(url.unwrap_or_default())),
        Err(error) => told(error),
    }
}

/// One comment for each contract, or for each client where clients name this channel.
fn name(notice: &Content) -> String {
    // What the service does is other news than what a commit did, and replaces nothing of it.
    if notice.verdict == Verdict::Violated {
        return format!("{}/canary", notice.contract);
    }
    match notice.client.as_deref().filter(|client| !client.is_empty()) {
        Some(client) => format!("{}/{client}", notice.contract),
        None => notice.contract.clone(),
    }
}

/// The most characters of the heading.
const LONGEST_HEADING: usize = 250;

/// The most characters of the text: GitHub takes 65,536 with all that is around it, and an escaped character may
/// have several bytes, of which the host takes 65,000.
const LONGEST_TEXT: usize = 15_000;

fn body(configuration: &Configuration, notice: &Content) -> Result<String, Failure> {
    let limit = Limit::Characters(LONGEST_HEADING);
    let style = Style { limit, ..Style::new(Target::Markdown) };
    let heading = Template::parse("heading", &configuration.heading)?.render(notice, &style)?;
    let wording =
        Wording { title: None, message: configuration.message.clone(), findings: configuration.findings };
    let text = wording.text(notice, Target::Markdown, Some(Limit::Characters(LONGEST_TEXT)))?;
    if configuration.message.is_some() {
        return Ok(format!("### {heading}\n\n{text}\n"));
    }
    let title = wording.title(notice, Target::Markdown, Some(limit))?;
    Ok(format!("### {heading}\n\n**{title}**\n\n{text}\n"))
}

#[cfg(test)]
mod tests;
