//! The event that started a run: from flags where they are given, and else from what CI set.

use crate::args::EventArgs;
use crate::context::Context;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use std::collections::BTreeMap;

/// The variables and the payload of an event.
pub(super) struct Told {
    /// The environment, with the event that a flag names.
    pub(super) variables: BTreeMap<String, String>,
    /// The text of the payload, which is JSON.
    pub(super) payload: Option<String>,
}

/// What the flags and the environment say of the event.
pub(super) fn told(args: &EventArgs, context: &Context) -> Result<Told, Vec<Problem>> {
    let mut variables = context.environment.clone();
    if let Some(name) = &args.event_name {
        variables.insert("GITHUB_EVENT_NAME".into(), name.clone());
    }
    let named = args.event_path.as_ref().map(|path| context.directory.join(path));
    let path =
        named.or_else(|| variables.get("GITHUB_EVENT_PATH").filter(|path| !path.is_empty()).map(Into::into));
    let payload = path.map(|path| {
        let unreadable =
            |error| unreadable(format!("the event cannot be read from `{}`: {error}", path.display()));
        std::fs::read_to_string(&path).map_err(unreadable)
    });
    let payload = payload.transpose()?;
    if let Some(Err(error)) = payload.as_deref().map(serde_json::from_str::<serde_json::Value>) {
        return Err(unreadable(format!("the event's payload is not JSON: {error}")));
    }
    Ok(Told { variables, payload })
}

/// The event that a command acts on.
pub(super) fn read(args: &EventArgs, context: &Context) -> Result<Event, Vec<Problem>> {
    let told = told(args, context)?;
    Ok(Event::read(&told.variables, told.payload.as_deref()))
}

/// Why a run for this event uses no credentials, where it uses none: a pull request may have edited what they are
/// attached to.
pub(super) fn withheld(event: &Event) -> Option<&'static str> {
    match event {
        Event::PullRequest { .. } => Some("runs on pull requests use no credentials"),
        Event::Push { .. } | Event::Other => None,
    }
}

fn unreadable(message: String) -> Vec<Problem> {
    vec![Problem::new("unreadable-event", message).hint("name the file of the payload with `--event-path`")]
}
