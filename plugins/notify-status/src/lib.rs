//! Sets a commit status that says what a commit did to a contract.
//!
//! The same context again replaces the status, so that telling a notice twice is telling it once.

use countersign_message::{Limit, Notice as Content, Style, Target, Template, Verdict, Wording, told};
use countersign_plugin::forge::{ForgeError, Status, StatusState};
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, forge};
use serde::Deserialize;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
struct Configuration {
    context: String,
    description: Option<String>,
    #[serde(default = "failure")]
    breaking: State,
    #[serde(default = "success")]
    risky: State,
}

/// How a status stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Success,
    Failure,
    Error,
    Pending,
}

fn failure() -> State {
    State::Failure
}

fn success() -> State {
    State::Success
}

struct CommitStatus;

impl Notify for CommitStatus {
    fn describe() -> Description {
        Description::new(
            "notify-status",
            env!("CARGO_PKG_VERSION"),
            "Set a status on the commit that changed a contract",
        )
        .config_schema(include_str!("schema.json"))
        .example("a breaking change is a failure", r#"{"context":"countersign/{contract}"}"#, "", &[], "")
        .example(
            "a breaking change is told, and is no failure",
            r#"{"context":"contract","breaking":"success","description":"{verdict}: {total} changes"}"#,
            "",
            &[],
            "",
        )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        tell(&config::get()?, &notice.payload, forge::set_status)
    }
}

countersign_plugin::export_notify!(CommitStatus);

/// The most characters of a description (GitHub).
const LONGEST_DESCRIPTION: usize = 140;

fn tell(
    configuration: &Configuration,
    payload: &str,
    set: impl FnOnce(&Status) -> Result<(), ForgeError>,
) -> Result<Receipt, Failure> {
    let notice = Content::parse(payload)?;
    let style = Style { limit: Limit::Characters(LONGEST_DESCRIPTION), ..Style::new(Target::Title) };
    let description = match &configuration.description {
        Some(template) => Template::parse("description", template)?.render(&notice, &style)?,
        None => Wording::default().title(&notice, Target::Title, Some(style.limit))?,
    };
    let status = Status {
        context: context(&configuration.context, &notice),
        state: state(configuration, notice.verdict),
        description,
        url: notice.link("compare").or_else(|| notice.main_link()),
    };
    match set(&status) {
        Ok(()) => Ok(Receipt::Delivered(String::new())),
        Err(error) => told(error),
    }
}

/// The name of what speaks. It has to stay the same, so the names in it are not escaped as prose is: they are of
/// letters, digits, `-`, `_` and `.`.
fn context(template: &str, notice: &Content) -> String {
    let client = notice.client.as_deref().unwrap_or_default();
    template.replace("{contract}", &notice.contract).replace("{client}", client)
}

fn state(configuration: &Configuration, verdict: Verdict) -> StatusState {
    let state = match verdict {
        Verdict::Breaking | Verdict::Violated => configuration.breaking,
        Verdict::Risky => configuration.risky,
        Verdict::Compatible | Verdict::New | Verdict::Pushed => State::Success,
    };
    match state {
        State::Success => StatusState::Success,
        State::Failure => StatusState::Failure,
        State::Error => StatusState::Error,
        State::Pending => StatusState::Pending,
    }
}

#[cfg(test)]
mod tests;
