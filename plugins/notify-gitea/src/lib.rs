//! Asks for a run of a workflow of the client's repository on Gitea or Forgejo, which have no
//! `repository_dispatch`.
//!
//! At least once: after an answer that was lost it is sent again, and the key in its input lets the workflow end
//! early. The input `contract` is the object of `notify-github`, as JSON text.

use countersign_message::{Notice as Content, event, told};
use countersign_plugin::forge::ForgeError;
use countersign_plugin::{Description, Failure, Notice, Notify, Receipt, config, forge};
use serde::Deserialize;

/// The stage's keys in `pipeline.toml`.
#[derive(Deserialize)]
struct Configuration {
    workflow: String,
    reference: Option<String>,
}

struct Gitea;

impl Notify for Gitea {
    fn describe() -> Description {
        Description::new(
            "notify-gitea",
            env!("CARGO_PKG_VERSION"),
            "Ask for a run of a workflow of the client's repository on Gitea or Forgejo",
        )
        .config_schema(include_str!("schema.json"))
        .example(
            "the workflow declares the input: `on: workflow_dispatch: inputs: contract: { type: string }`",
            r#"{"workflow":"contract.yml","reference":"main"}"#,
            "",
            &[],
            "",
        )
    }

    fn notify(notice: Notice) -> Result<Receipt, Failure> {
        tell(&config::get()?, &notice.key, &notice.payload, forge::dispatch_workflow)
    }
}

countersign_plugin::export_notify!(Gitea);

/// How it is sent: workflow, branch and inputs.
fn tell(
    configuration: &Configuration,
    key: &str,
    payload: &str,
    send: impl FnOnce(&str, Option<&str>, &[(String, String)]) -> Result<(), ForgeError>,
) -> Result<Receipt, Failure> {
    let contract = event(&Content::parse(payload)?, key)?.to_string();
    let inputs = [("contract".to_owned(), contract)];
    match send(&configuration.workflow, configuration.reference.as_deref(), &inputs) {
        Ok(()) => Ok(Receipt::Delivered(String::new())),
        Err(error) => told(error),
    }
}

#[cfg(test)]
mod tests;
