//! One attempt of a run, from the claim to what is kept of it.

use super::{holding, is_spent, pause, settle};
use crate::settings::Node;
use crate::shared::Shared;
use crate::store::{Claim, Settling};
use crate::work::{Ending, RunLog, RunOutcome, Standing, Trigger, Work};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

/// What is held of one attempt's log; the store keeps less.
const LOG: usize = 4 * 1024 * 1024;

/// A log that grows while it is read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn so_far(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl RunLog for Lines {
    fn line(&mut self, text: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < LOG {
            // A text of several lines stays several lines; none of them is ours to interpret.
            lines.push_str(text.trim_end_matches('\n'));
            lines.push('\n');
        }
    }
}

pub(super) async fn run(shared: &Arc<Shared>, claim: &Claim) {
    let state = shared.state_for_long();
    let log = Lines::default();
    // Servers that share a store need not have read the same configuration yet.
    let outcome = match state.settings.node(&claim.subject) {
        Some(node) => {
            let (trigger, work) = (trigger(claim, node), Arc::clone(&state.work));
            let attempt = attempt(work, trigger, log.clone());
            holding(shared, claim, || Some(log.so_far()), attempt).await
        }
        None => RunOutcome::ended(match shared.store.is_shared() {
            true => Ending::Retry { why: "this server does not know the node".into(), not_before: None },
            false => Ending::Dead { why: "the node is no longer configured".into() },
        }),
    };
    remember(shared, claim, &outcome.standings).await;
    let settling = settling(shared, claim, outcome, log.so_far());
    tell(shared, claim, &settling);
    settle(shared, claim, settling).await;
}

/// Keeps what was found, for the pages. A run that cannot be remembered counts all the same.
async fn remember(shared: &Shared, claim: &Claim, standings: &[Standing]) {
    let run = claim.run.as_deref().unwrap_or_default();
    if let Err(error) = shared.store.put_standings(run, shared.now(), standings).await {
        shared.warn("store", json!({ "why": error.to_string(), "doing": "keeping what a run found" }));
    }
}

fn trigger(claim: &Claim, node: &Node) -> Trigger {
    let moves = |branch: &Option<String>| branch.as_ref() == Some(&node.branch);
    let mut pushes =
        claim.deliveries.iter().filter(|delivery| moves(&delivery.branch) && delivery.after.is_some());
    let first = pushes.next();
    let last = pushes.next_back().or(first);
    Trigger {
        run: claim.run.clone().unwrap_or_default(),
        attempt: claim.attempt,
        node: node.clone(),
        causes: claim.causes.clone(),
        deliveries: claim.deliveries.iter().map(|delivery| delivery.id.clone()).collect(),
        branch: node.branch.clone(),
        before: first.and_then(|delivery| delivery.before.clone()),
        after: last.and_then(|delivery| delivery.after.clone()),
    }
}

/// A run that panics is a run that failed: the next attempt may meet other facts, and people see why.
async fn attempt(work: Arc<dyn Work>, trigger: Trigger, mut log: Lines) -> RunOutcome {
    let run = tokio::task::spawn_blocking(move || work.run(&trigger, &mut log)).await;
    run.unwrap_or_else(|error| {
        let why = if error.is_panic() { "the run panicked" } else { "the run was cut short" };
        RunOutcome::ended(Ending::Retry { why: why.into(), not_before: None })
    })
}

fn settling(shared: &Shared, claim: &Claim, outcome: RunOutcome, log: String) -> Settling {
    let at = shared.now();
    let limits = &shared.state().settings.limits;
    let effects = outcome.effects;
    match outcome.ending {
        Ending::Done(verdict) => Settling::Done { at, verdict: Some(verdict), effects, log },
        Ending::Dead { why } => Settling::Dead { at, why, effects, log },
        Ending::Retry { why, .. } if is_spent(limits, claim.since, at) => Settling::Dead {
            at,
            why: format!("given up after {} attempts: {why}", claim.attempt),
            effects,
            log,
        },
        Ending::Retry { why, not_before } => {
            let pause = at.after(pause(limits, claim.attempt, crate::random::word()));
            let run_at = not_before.map_or(pause, |not_before| pause.max(not_before));
            Settling::Again { at, run_at, not_before, why, effects, log }
        }
    }
}

fn tell(shared: &Shared, claim: &Claim, settling: &Settling) {
    let fields = |ending: &str, why: Option<&String>| {
        shared.metrics.run(ending);
        json!({ "run": claim.run, "node": claim.subject, "attempt": claim.attempt, "ending": ending, "why": why })
    };
    match settling {
        Settling::Done { verdict, .. } => {
            shared.info("run", fields(verdict.map_or("done", countersign_model::Verdict::as_str), None));
        }
        Settling::Again { why, .. } => shared.warn("run", fields("again", Some(why))),
        Settling::Dead { why, .. } => shared.error("run", fields("dead", Some(why))),
        Settling::Released { .. } => {}
    }
}
