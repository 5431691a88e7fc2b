//! Workers: they take what is due, do it on threads for blocking work, and keep what became of it.

mod message;
mod run;

use crate::settings::Limits;
use crate::shared::Shared;
use crate::store::{Claim, JobKind, StoreError};
use crate::time::Time;
use serde_json::json;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// How many channels are spoken to at once.
const SPEAKERS: usize = 4;

/// How often a worker looks though nobody woke it.
const LOOK: Duration = Duration::from_secs(5);

/// How often it looks where other servers put work into the store.
const LOOK_SHARED: Duration = Duration::from_secs(1);

/// Begins the workers of a server. They end when it drains.
pub(crate) fn begin(shared: &Arc<Shared>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    let runners = shared.state().settings.limits.workers.max(1);
    for number in 0..runners {
        workers.spawn(work(Arc::clone(shared), JobKind::Run, format!("{}-run-{number}", shared.instance)));
    }
    for number in 0..SPEAKERS {
        workers.spawn(work(
            Arc::clone(shared),
            JobKind::Message,
            format!("{}-say-{number}", shared.instance),
        ));
    }
    workers
}

async fn work(shared: Arc<Shared>, kind: JobKind, name: String) {
    let due = match kind {
        JobKind::Run => &shared.runs_due,
        JobKind::Message => &shared.messages_due,
    };
    while !shared.is_draining() {
        let lease = shared.state().settings.limits.lease;
        match shared.store.claim(kind, &name, shared.now(), lease).await {
            Ok(Some(claim)) => {
                // There may be more than one job for one call; each worker that takes one calls the next.
                due.notify_one();
                shared.hold(&claim);
                shared.changed();
                match kind {
                    JobKind::Run => run::run(&shared, &claim).await,
                    JobKind::Message => message::speak(&shared, &claim).await,
                }
                shared.let_go(&claim);
            }
            Ok(None) => rest(&shared, kind, due).await,
            Err(error) => {
                shared.error("store", json!({ "why": error.to_string(), "doing": "looking for work" }));
                wait(&shared, Duration::from_secs(1)).await;
            }
        }
    }
}

/// Rests until something is due, or somebody calls.
async fn rest(shared: &Shared, kind: JobKind, due: &Notify) {
    let called = due.notified();
    let next = shared.store.next_due(kind).await.ok().flatten();
    let look = if shared.store.is_shared() { LOOK_SHARED } else { LOOK };
    let pause = next.map_or(look, |next| next.since(shared.now())).min(look).max(Duration::from_millis(1));
    tokio::select! {
        () = called => {}
        () = shared.drained() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

async fn wait(shared: &Shared, pause: Duration) {
    tokio::select! {
        () = shared.drained() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// Does something while the claim is kept alive; `log` is what there is to tell so far.
async fn holding<T>(
    shared: &Shared,
    claim: &Claim,
    log: impl Fn() -> Option<String>,
    doing: impl Future<Output = T>,
) -> T {
    let lease = shared.state().settings.limits.lease;
    tokio::pin!(doing);
    loop {
        tokio::select! {
            done = &mut doing => return done,
            () = tokio::time::sleep(lease / 3) => {
                let held = shared.store.renew(claim, shared.now().after(lease), log()).await;
                if held == Ok(false) {
                    // Somebody else took it over. What is done here counts no more; effects are keyed, and settle.
                    shared.warn("claim", json!({ "why": "it was lost", "job": claim.job, "subject": claim.subject }));
                }
            }
        }
    }
}

/// How long a job rests after a failure: doubled each time, with a quarter of jitter to either side.
fn pause(limits: &Limits, attempt: u32, random: u64) -> Duration {
    let doubled =
        limits.retry_first.saturating_mul(1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    let whole = doubled.min(limits.retry_most);
    whole.mul_f64(0.75 + (random % 1000) as f64 / 2000.0)
}

/// Whether a job was tried for so long that it is given up.
fn is_spent(limits: &Limits, since: Time, now: Time) -> bool {
    now.since(since) >= limits.retry_for
}

/// Keeps what became of a claim, and does not give up while the store is away: a lost word would be a second run.
async fn settle(shared: &Shared, claim: &Claim, settling: crate::store::Settling) {
    for attempt in 0..u32::MAX {
        match shared.store.settle(claim, settling.clone()).await {
            Ok(true) => return shared.changed(),
            Ok(false) => {
                let fields = json!({ "why": "it was lost before it was settled", "job": claim.job });
                return shared.warn("claim", fields);
            }
            Err(StoreError::Broken { why }) => {
                return shared.error("store", json!({ "why": why, "job": claim.job }));
            }
            Err(error) => {
                shared.error(
                    "store",
                    json!({ "why": error.to_string(), "doing": "settling", "job": claim.job }),
                );
                if shared.is_draining() && attempt > 2 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}
