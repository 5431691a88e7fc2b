//! `run`: CI's single command. The event decides what it does.

use super::repository;
use crate::args::{EventArgs, RunArgs};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;
use countersign_pipeline::event::Event;
use countersign_pipeline::web::Sending;

/// Do what the event calls for.
pub(crate) fn run(args: &RunArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let event = event(&args.event, context)?;
    let sending = if args.dry_run { Sending::DryRun } else { Sending::Allowed };
    let project = repository::open_for(context, sending, withheld(&event))?;
    let _busy = context.progress.start("running");
    Ok(Outcome::Report(Box::new(project.run(&event))))
}

/// Why a run for this event uses no credentials, where it uses none: a pull request may have edited what they are
/// attached to.
pub(super) fn withheld(event: &Event) -> Option<&'static str> {
    match event {
        Event::PullRequest { .. } => Some("runs on pull requests use no credentials"),
        Event::Push { .. } | Event::Other => None,
    }
}

/// The event, from the flags where they are given and else from what CI set.
pub(super) fn event(args: &EventArgs, context: &Context) -> Result<Event, Vec<Problem>> {
    let mut variables = context.environment.clone();
    if let Some(name) = &args.event_name {
        variables.insert("GITHUB_EVENT_NAME".into(), name.clone());
    }
    let named = args.event_path.as_ref().map(|path| context.directory.join(path));
    let path =
        named.or_else(|| variables.get("GITHUB_EVENT_PATH").filter(|path| !path.is_empty()).map(Into::into));
    let payload = path.map(|path| {
        std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("the event cannot be read from `{}`: {error}", path.display());
            vec![
                Problem::new("unreadable-event", message)
                    .hint("name the file of the payload with `--event-path`"),
            ]
        })
    });
    let payload = payload.transpose()?;
    if let Some(Err(error)) = payload.as_deref().map(serde_json::from_str::<serde_json::Value>) {
        let message = format!("the event's payload is not JSON: {error}");
        return Err(vec![
            Problem::new("unreadable-event", message)
                .hint("name the file of the payload with `--event-path`"),
        ]);
    }
    Ok(Event::read(&variables, payload.as_deref()))
}
