//! From the rows of the store to what is shown of them.

use crate::settings::Node;
use crate::store::{self, Disposition, Pointer};
use crate::time::Time;
use crate::work;
use countersign_serve_page::view::{
    Cause, DeliveryOutcome, DeliveryPage, DeliveryRow, Effect, Event, Evidence, Header, LogLine, NodeRow,
    NodeState, PointerRow, RunPage, RunRow, RunState, Source, Trigger,
};
use jiff::Timestamp;

/// A time as it is shown. One that only a broken clock tells becomes the first of all.
pub(super) fn at(time: Time) -> Timestamp {
    Timestamp::from_millisecond(time.0).unwrap_or_default()
}

fn at_second(seconds: u64) -> Timestamp {
    i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_default()
}

fn source(source: work::Source) -> Source {
    match source {
        work::Source::Github => Source::GitHub,
        work::Source::Gitea => Source::Gitea,
        work::Source::Gitlab => Source::GitLab,
        work::Source::Generic => Source::Generic,
        work::Source::Reconcile => Source::Reconcile,
        work::Source::Manual => Source::Manual,
    }
}

fn outcome(disposition: Disposition) -> DeliveryOutcome {
    match disposition {
        Disposition::Queued => DeliveryOutcome::Queued,
        Disposition::SkippedLoop => DeliveryOutcome::SkippedLoop,
        Disposition::SkippedEvent => DeliveryOutcome::SkippedEvent,
        Disposition::SkippedBranch => DeliveryOutcome::SkippedBranch,
        Disposition::SkippedRepository => DeliveryOutcome::SkippedRepository,
        Disposition::Duplicate => DeliveryOutcome::Duplicate,
    }
}

pub(super) fn delivery(row: &store::DeliveryRow) -> DeliveryRow {
    let repeats = row.duplicate_of.as_ref().map(|first| format!("it repeats `{first}`"));
    let again = (row.seen > 1).then(|| format!("it came {} times", row.seen));
    let notes: Vec<String> = repeats.into_iter().chain(again).collect();
    DeliveryRow {
        id: row.id.clone(),
        source: source(row.source),
        event: row.event.clone(),
        repository: row.repository.clone(),
        received_at: at(row.received),
        outcome: outcome(row.disposition),
        note: (!notes.is_empty()).then(|| notes.join(", and ")),
        runs: row.runs.clone(),
        node: row.node.clone(),
        branch: row.branch.clone(),
        commit: row.after.clone(),
        author: row.author.clone(),
    }
}

/// A delivery; without headers and body for who may not see them.
pub(super) fn delivery_page(delivery: &store::Delivery, is_whole: bool) -> DeliveryPage {
    let headers = delivery.headers.iter().filter(|_| is_whole);
    let body = if is_whole { String::from_utf8_lossy(&delivery.body) } else { "".into() };
    DeliveryPage {
        delivery: self::delivery(&delivery.row),
        headers: headers.map(|(name, value)| Header::new(name, value)).collect(),
        body: body.into_owned(),
        body_cut: false,
        withheld: !is_whole,
    }
}

fn causes(row: &store::RunRow) -> Vec<Cause> {
    // A push that we found ourselves is a delivery by nobody.
    let prefix = format!("{}:", work::Source::Reconcile.as_str());
    let is_found = !row.deliveries.is_empty() && row.deliveries.iter().all(|id| id.starts_with(&prefix));
    let cause = |cause: &work::Cause| match cause {
        work::Cause::Push if is_found => Cause::Reconcile,
        work::Cause::Push => Cause::Push,
        work::Cause::Dispatch(_) => Cause::Dispatch,
        work::Cause::Replay => Cause::Replay,
    };
    let mut causes = Vec::new();
    for cause in row.causes.iter().map(cause) {
        // Dispatches of two types are one word here.
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    causes
}

pub(super) fn run(row: &store::RunRow) -> RunRow {
    let trigger = Trigger {
        causes: causes(row),
        deliveries: row.deliveries.clone(),
        by: row.moved.as_ref().and_then(|moved| moved.author.clone()),
        branch: row.moved.as_ref().map(|moved| moved.branch.clone()),
        commit: row.moved.as_ref().map(|moved| moved.commit.clone()),
        replay_of: None,
    };
    RunRow {
        id: row.id.clone(),
        node: row.node.clone(),
        trigger,
        state: match row.state {
            store::RunState::Queued => RunState::Queued,
            store::RunState::Running => RunState::Running,
            store::RunState::Retrying => RunState::Retrying,
            store::RunState::Done => RunState::Done,
            store::RunState::Dead => RunState::Dead,
        },
        verdict: row.verdict,
        summary: row.error.clone(),
        attempt: row.attempts,
        queued_at: at(row.queued),
        started_at: row.started.map(at),
        finished_at: row.finished.map(at),
        next_attempt_at: row.next.map(at),
    }
}

pub(super) fn run_page(row: &store::RunRow) -> RunPage {
    RunPage {
        run: run(row),
        effects: row.effects.iter().map(Effect::told).collect(),
        log: LogLine::of_text(&row.log),
        // The store keeps the end of a log, and does not count what went before.
        log_dropped: 0,
    }
}

/// A node as configured, with what is known of it and its last run.
pub(super) fn node(node: &Node, known: Option<&store::NodeState>, last: Option<&store::RunRow>) -> NodeRow {
    let (state, note) = condition(known, last);
    let last_delivery = known.and_then(|known| known.last_delivery.clone().zip(known.last_delivery_at));
    NodeRow {
        name: node.name.clone(),
        repository: format!("{}:{}", node.repository.source.as_str(), node.repository.full_name()),
        branch: node.branch.clone(),
        state,
        note,
        head: known.and_then(|known| known.head.clone()),
        contracts: node.contracts.clone(),
        channels: node.channels.clone(),
        last_delivery: last_delivery.map(|(id, time)| Event { id, at: at(time) }),
        last_run: last.map(|run| Event {
            id: run.id.clone(),
            at: at(run.finished.or(run.started).unwrap_or(run.queued)),
        }),
        last_verdict: last.and_then(|run| run.verdict),
        reconciled_at: None,
    }
}

fn condition(known: Option<&store::NodeState>, last: Option<&store::RunRow>) -> (NodeState, Option<String>) {
    use store::RunState::{Dead, Retrying};
    if let Some(run) = last.filter(|run| matches!(run.state, Dead | Retrying)) {
        return (NodeState::Failing, run.error.clone());
    }
    let Some(delivery) = known.and_then(|known| known.last_delivery.as_deref()) else {
        return (NodeState::Silent, None);
    };
    if delivery.starts_with(work::Source::Reconcile.as_str()) {
        let note = "its branch had moved, and no delivery had told so";
        return (NodeState::Deaf, Some(note.into()));
    }
    (NodeState::Healthy, None)
}

pub(super) fn pointer(pointer: &Pointer) -> PointerRow {
    let (target, history) = (&pointer.target, &pointer.history);
    let evidence = |transition: &countersign_model::target::Transition| Evidence {
        at: at_second(transition.at),
        state: transition.state,
        reason: transition.reason.sentence(target),
    };
    PointerRow {
        target: target.name.clone(),
        kind: target.kind,
        state: history.state,
        since: history.since.map(at_second),
        moved_to: history.moved_to.clone(),
        tombstone: pointer.tombstone,
        hint: history.transitions.last().and_then(|transition| transition.reason.hint(target)),
        evidence: history.transitions.iter().rev().map(evidence).collect(),
        next_probe_at: Some(at(pointer.next_probe)),
    }
}

#[cfg(test)]
mod tests;
