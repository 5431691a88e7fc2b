//! `serve`: the daemon. Forges push to it; it runs the pipeline, tells the rooms, and shows where everything stands.

mod child;
mod host;
mod overview;
mod settings;
mod standing;
mod store;

use super::repository;
use crate::args::ServeArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use child::Runs;
use countersign_model::Problem;
use countersign_pipeline::project::Project;
use countersign_serve::{Log, Pages, Service, State, Time, listener};
use host::Host;
use std::sync::Arc;
use store::Place;

/// Serve until a signal says otherwise.
pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let project = repository::open(context)?;
    let listen = args.listen.unwrap_or(project.config.serve.listen);
    let mut context = context.clone();
    let place = Place::take(args, &project.config, &mut context).map_err(|problem| vec![problem])?;
    if let Some(to) = &args.backup {
        let to = context.directory.join(to);
        place.back_up(&to).map_err(|problem| vec![problem])?;
        return Ok(done(format!("copied the store to {}", to.display())));
    }
    let open = || place.open().map_err(|problem| vec![problem]);
    if args.migrate {
        // Opening it brings it up to date.
        open().map(drop)?;
        return Ok(done(format!("the store {place} is up to date")));
    }
    let runs = Runs::default();
    let state = state(project, &context, &runs)?;
    let store = open()?;
    let listener = listener(listen).map_err(|error| {
        vec![
            Problem::new("cannot-listen", error.to_string())
                .hint("choose another port: `--listen 127.0.0.1:8734`"),
        ]
    })?;
    let service = Service {
        state,
        store,
        site: Some(Arc::new(Pages::new())),
        clock: Arc::new(now),
        log: Log::to(std::io::stderr()),
    };
    let served = countersign_serve::run(service, listener);
    // A run that was given back is taken up again by whoever comes next, and must not be under way then.
    runs.end();
    served.map_err(|error| {
        vec![Problem::new("serve-failed", error.to_string()).hint("the log says what went before")]
    })?;
    Ok(done("drained and stopped".to_owned()))
}

fn done(what: String) -> Outcome {
    Outcome::Done(Done { done: vec![what], next: None })
}

/// What is served, from the configuration as it was opened.
fn state(project: Project, context: &Context, runs: &Runs) -> Result<State, Vec<Problem>> {
    let settings = settings::settings(&project, context)?;
    Ok(State { settings, work: Arc::new(Host::new(project, context.clone(), runs.clone())) })
}

/// A daemon is the one command that lives through time.
#[expect(clippy::disallowed_methods, reason = "the clock of a daemon goes on")]
fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time::ZERO.after(since)
}
