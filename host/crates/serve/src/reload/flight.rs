//! One reconcile at a time: whoever comes while it runs gets its outcome.

use crate::shared::Shared;
use crate::work::{Reconciled, Wanted};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// So many commits are remembered as known.
const KNOWN: usize = 256;

/// What became of a reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// The commit was there already; nobody was asked.
    NoChanges,
    /// Nothing was new upstream.
    InSync {
        /// Where we stand.
        commit: String,
    },
    /// The work tree moved on, and is served.
    FastForwarded {
        /// Where we stood.
        from: String,
        /// Where we stand.
        to: String,
    },
    /// The work tree holds what upstream does not. Somebody has to look.
    Diverged {
        /// Our commit.
        ours: String,
        /// Upstream's.
        theirs: String,
    },
    /// Upstream could not be read.
    FetchFailed {
        /// Why.
        why: String,
    },
    /// What is there now cannot be served. What was served before still is.
    Invalid {
        /// Why.
        why: String,
    },
}

impl Outcome {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoChanges => "no-changes",
            Self::InSync { .. } => "in-sync",
            Self::FastForwarded { .. } => "fast-forwarded",
            Self::Diverged { .. } => "diverged",
            Self::FetchFailed { .. } => "fetch-failed",
            Self::Invalid { .. } => "invalid",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoChanges | Self::InSync { .. } | Self::FastForwarded { .. } => StatusCode::OK,
            Self::Diverged { .. } => StatusCode::CONFLICT,
            Self::FetchFailed { .. } => StatusCode::BAD_GATEWAY,
            Self::Invalid { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

type Running = watch::Receiver<Option<Outcome>>;

/// The reconcile that runs, and what is known without one.
#[derive(Default)]
pub(crate) struct Flight {
    running: Mutex<Option<Running>>,
    /// What was asked for and was there. It only grows while a state is served, since the tree only moves forward.
    known: Mutex<HashSet<(Option<String>, String)>>,
}

impl Shared {
    /// Reloads, unless what is wanted is there already.
    pub(crate) async fn reload(self: &Arc<Self>, wanted: Wanted) -> Outcome {
        let outcome =
            if self.knows(&wanted).await { Outcome::NoChanges } else { self.fly_until(wanted).await };
        self.metrics.reload(outcome.as_str());
        outcome
    }

    /// Whoever joins a reconcile that had read upstream before the commit was there would be told too early. Such a one
    /// asks once more, and joins all others that do.
    async fn fly_until(self: &Arc<Self>, wanted: Wanted) -> Outcome {
        let (outcome, joined) = self.fly(wanted.clone()).await;
        let moved = matches!(outcome, Outcome::InSync { .. } | Outcome::FastForwarded { .. });
        if joined && moved && wanted.commit.is_some() && !self.knows(&wanted).await {
            return self.fly(wanted).await.0;
        }
        outcome
    }

    async fn knows(self: &Arc<Self>, wanted: &Wanted) -> bool {
        let Some(commit) = wanted.commit.clone() else { return false };
        let key = (wanted.branch.clone(), commit);
        if held(&self.flight.known).contains(&key) {
            return true;
        }
        let (state, wanted) = (self.state_for_long(), wanted.clone());
        let served = Arc::clone(&state);
        let knows = tokio::task::spawn_blocking(move || served.work.knows(&wanted)).await.unwrap_or(false);
        // Another state may be served by now, of which this says nothing.
        if knows && Arc::ptr_eq(&state, &self.state_for_long()) {
            let mut known = held(&self.flight.known);
            if known.len() >= KNOWN {
                known.clear();
            }
            known.insert(key);
        }
        knows
    }

    /// Joins the reconcile that runs, or begins one. It goes on where whoever asked has gone.
    async fn fly(self: &Arc<Self>, wanted: Wanted) -> (Outcome, bool) {
        let (mut running, joined) = {
            let mut running = held(&self.flight.running);
            match &*running {
                Some(running) => (running.clone(), true),
                None => {
                    let (sender, receiver) = watch::channel(None);
                    *running = Some(receiver.clone());
                    tokio::spawn(land(Arc::clone(self), wanted, sender));
                    (receiver, false)
                }
            }
        };
        let outcome = running.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        (
            outcome.unwrap_or_else(|| Outcome::Invalid { why: "the reload ended without a word".into() }),
            joined,
        )
    }
}

async fn land(shared: Arc<Shared>, wanted: Wanted, sender: watch::Sender<Option<Outcome>>) {
    let outcome = reconcile(&shared, wanted).await;
    shared.info("reload", json!({ "outcome": outcome }));
    *held(&shared.flight.running) = None;
    sender.send_replace(Some(outcome));
}

/// The new state is swapped in before the outcome is told, so whoever hears of it finds it.
async fn reconcile(shared: &Arc<Shared>, wanted: Wanted) -> Outcome {
    let state = shared.state_for_long();
    let reconciled = tokio::task::spawn_blocking(move || state.work.reconcile(&wanted)).await;
    let (outcome, state) = match reconciled {
        Ok(Reconciled::InSync { commit, state }) => (Outcome::InSync { commit }, state),
        Ok(Reconciled::FastForwarded { from, to, state }) => {
            (Outcome::FastForwarded { from, to }, Some(state))
        }
        Ok(Reconciled::Diverged { ours, theirs }) => (Outcome::Diverged { ours, theirs }, None),
        Ok(Reconciled::FetchFailed { why }) => (Outcome::FetchFailed { why }, None),
        Ok(Reconciled::Invalid { why }) => (Outcome::Invalid { why }, None),
        Err(_) => (Outcome::Invalid { why: "the reload broke off".into() }, None),
    };
    if let Some(state) = state {
        shared.swap(*state);
        held(&shared.flight.known).clear();
    }
    outcome
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
