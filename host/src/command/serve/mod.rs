//! `serve`: the daemon. Forges push to it; it runs the pipeline, tells the rooms, and shows where everything stands.

mod child;
mod host;
mod overview;
mod settings;

use super::repository;
use crate::args::ServeArgs;
use crate::context::Context;
use crate::view::{Done, Outcome};
use countersign_model::Problem;
use countersign_serve::{Log, Pages, Service, SqliteStore, State, Store, Time, listener};
use host::Host;
use std::sync::Arc;

/// Serve until a signal says otherwise.
pub(crate) fn run(args: &ServeArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let state = state(context)?;
    let config = repository::open(context)?.config;
    let file = args.store.clone().unwrap_or_else(|| config.root.join(&config.serve.store));
    if let Some(to) = &args.backup {
        SqliteStore::back_up(&file, to).map_err(|error| vec![store_failed(&error.to_string())])?;
        return Ok(done(format!("copied the store to {}", to.display())));
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| vec![store_failed(&error.to_string())])?;
    }
    let store = SqliteStore::open(&file).map_err(|error| vec![store_failed(&error.to_string())])?;
    if args.migrate {
        // Opening it brought it up to date.
        return Ok(done(format!("the store {} is up to date", file.display())));
    }
    let store: Arc<dyn Store> = Arc::new(store);
    let address = args.listen.unwrap_or(config.serve.listen);
    let listener = listener(address).map_err(|error| {
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
    countersign_serve::run(service, listener).map_err(|error| {
        vec![Problem::new("serve-failed", error.to_string()).hint("the log says what went before")]
    })?;
    Ok(done("drained and stopped".to_owned()))
}

fn done(what: String) -> Outcome {
    Outcome::Done(Done { done: vec![what], next: None })
}

fn store_failed(why: &str) -> Problem {
    let hint = "name another file with `--store`, or mend the permissions of its folder";
    Problem::new("store-failed", why).hint(hint)
}

/// What is served, from the configuration as it stands on the disk.
fn state(context: &Context) -> Result<State, Vec<Problem>> {
    let project = repository::open(context)?;
    let settings = settings::settings(&project)?;
    Ok(State { settings, work: Arc::new(Host::new(project, context.clone())) })
}

/// A daemon is the one command that lives through time.
#[expect(clippy::disallowed_methods, reason = "the clock of a daemon goes on")]
fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time::ZERO.after(since)
}
