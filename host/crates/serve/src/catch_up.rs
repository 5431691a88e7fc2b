//! What was pushed while we were away: heads are compared, and failed deliveries asked for again.
//!
//! Heads come first. Each branch that moved is one delivery of our own, and so one run and one line of a digest; what
//! a forge delivers late is then known as told.

use crate::pointers;
use crate::settings::Node;
use crate::shared::Shared;
use crate::store::{Arrival, Disposition, NodeState, Received, StoreError};
use crate::work::{Cause, Head, Source, State};
use serde_json::json;
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many nodes are asked for at once.
const AT_ONCE: usize = 8;

/// What one server of those that share a store does.
const DUTY: &str = "catch-up";

/// Catches up at once, and then again and again. Of servers that share a store one does; another begins, at once, when
/// that one has gone.
pub(crate) async fn keep_up(shared: Arc<Shared>) {
    let mut next = shared.now();
    while !shared.is_draining() {
        let (now, limits) = (shared.now(), shared.state().settings.limits.clone());
        match shared.store.turn(DUTY, &shared.instance, now, now.after(limits.lease)).await {
            Ok(true) if next <= now => {
                next = now.after(limits.catch_up);
                look_after_all(&shared).await;
            }
            Ok(true) => {}
            Ok(false) => next = now,
            Err(error) => {
                shared.error("store", json!({ "why": error.to_string(), "doing": "taking turns" }));
            }
        }
        tokio::select! {
            () = shared.drained() => {}
            () = tokio::time::sleep((limits.lease / 3).min(limits.catch_up)) => {}
        }
    }
    // The next one need not wait until our turn has run out.
    let now = shared.now();
    drop(shared.store.turn(DUTY, &shared.instance, now, now).await);
}

async fn look_after_all(shared: &Arc<Shared>) {
    if let Err(error) = catch_up(shared).await {
        shared.error("store", json!({ "why": error.to_string(), "doing": "catching up" }));
    }
    if let Err(error) = pointers::look_round(shared).await {
        shared.error("store", json!({ "why": error.to_string(), "doing": "looking at pointers" }));
    }
}

pub(crate) async fn catch_up(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let state = shared.state_for_long();
    let known = shared.store.nodes().await?;
    let mut asking = JoinSet::new();
    for node in state.settings.nodes.clone() {
        if asking.len() >= AT_ONCE {
            asking.join_next().await;
        }
        let known = known.iter().find(|known| known.node == node.name).cloned();
        asking.spawn(catch_up_with(Arc::clone(shared), Arc::clone(&state), node, known));
    }
    asking.join_all().await;
    let retention = state.settings.limits.retention;
    shared.store.tidy(shared.now().before(retention)).await.map(drop)
}

/// One node's failure is told, and hides no other's.
async fn catch_up_with(shared: Arc<Shared>, state: Arc<State>, node: Node, known: Option<NodeState>) {
    let failed = |doing: &str, why: String| {
        shared.warn("catch-up", json!({ "node": node.name, "doing": doing, "why": why }));
    };
    let last = known.and_then(|known| known.head);
    let (asked, of, since) = (Arc::clone(&state), node.clone(), last.clone());
    let head = tokio::task::spawn_blocking(move || asked.work.head(&of, since.as_deref())).await;
    match head.map_err(|error| error.to_string()).and_then(|head| head) {
        Ok(Some(head)) => {
            if let Err(error) = compare(&shared, &node, last, head).await {
                failed("keeping what was found", error.to_string());
            }
        }
        Ok(None) => {}
        Err(why) => failed("reading the branch", why),
    }
    let (asked, of) = (state, node.clone());
    let redelivered = tokio::task::spawn_blocking(move || asked.work.redeliver(&of)).await;
    match redelivered.map_err(|error| error.to_string()).and_then(|redelivered| redelivered) {
        Ok(0) => {}
        Ok(count) => shared.info("catch-up", json!({ "node": node.name, "redelivered": count })),
        Err(why) => failed("asking for failed deliveries", why),
    }
}

async fn compare(
    shared: &Arc<Shared>,
    node: &Node,
    last: Option<String>,
    head: Head,
) -> Result<(), StoreError> {
    let now = shared.now();
    match last {
        // The first look at a branch finds nothing that was missed.
        None => shared.store.see_head(&node.name, &head.commit, now).await,
        Some(last) if last == head.commit => Ok(()),
        Some(last) => {
            let received = shared.store.receive(found(node, last, head, now)).await?;
            if let Received::New(_) = received {
                shared
                    .info("catch-up", json!({ "node": node.name, "found": "a push that was not delivered" }));
                shared.wake(!node.channels.is_empty());
            }
            Ok(())
        }
    }
}

/// A push that nobody delivered.
fn found(node: &Node, last: String, head: Head, now: crate::time::Time) -> Arrival {
    Arrival {
        id: format!("reconcile:{}:{}:{}", node.name, head.commit.get(..12).unwrap_or(&head.commit), now.0),
        source: Source::Reconcile,
        event: "push".into(),
        repository: Some(node.repository.full_name()),
        received: now,
        headers: Vec::new(),
        body: Vec::new(),
        disposition: Disposition::Queued,
        content: None,
        node: Some(node.name.clone()),
        branch: Some(node.branch.clone()),
        before: Some(last),
        after: Some(head.commit),
        author: head.author,
        commits: head.commits,
        pushed_at: None,
        cause: Some(Cause::Push),
        moves_head: true,
        channels: node.channels.clone(),
        web: Some(node.repository.web()),
    }
}
