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
        by: None,
        branch: None,
        commit: None,
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
mod tests {
    use super::*;
    use crate::store::RunState as Kept;
    use countersign_model::Verdict;

    fn kept_run(state: Kept) -> store::RunRow {
        store::RunRow {
            id: "run-1".into(),
            node: "api".into(),
            causes: vec![
                work::Cause::Dispatch("a".into()),
                work::Cause::Push,
                work::Cause::Dispatch("b".into()),
            ],
            deliveries: vec!["github:1".into()],
            state,
            queued: Time(1_000),
            started: Some(Time(2_000)),
            finished: None,
            next: None,
            attempts: 2,
            verdict: Some(Verdict::Agreed),
            error: Some("no way".into()),
            effects: vec!["opened `acme/web#1`".into()],
            log: "error: no way\n".into(),
        }
    }

    fn kept_delivery() -> store::Delivery {
        let row = store::DeliveryRow {
            id: "github:2".into(),
            source: work::Source::Github,
            event: "push".into(),
            repository: Some("acme/api".into()),
            node: Some("api".into()),
            branch: Some("main".into()),
            before: None,
            after: Some("b".into()),
            author: Some("ada".into()),
            commits: Some(1),
            received: Time(1_000),
            disposition: Disposition::Duplicate,
            duplicate_of: Some("github:1".into()),
            seen: 3,
            runs: Vec::new(),
        };
        let headers = vec![("x-github-event".into(), "push".into()), ("cookie".into(), "s3cret".into())];
        store::Delivery { row, headers, body: b"{\xff}".to_vec() }
    }

    fn known(last_delivery: Option<&str>) -> store::NodeState {
        store::NodeState {
            node: "api".into(),
            head: Some("b".into()),
            head_at: None,
            last_delivery: last_delivery.map(str::to_owned),
            last_delivery_at: last_delivery.map(|_| Time(1_000)),
            last_run: None,
        }
    }

    #[test]
    fn a_run_tells_each_cause_once_and_what_it_failed_with() {
        let page = run_page(&kept_run(Kept::Retrying));
        assert_eq!(page.run.trigger.causes, [Cause::Dispatch, Cause::Push]);
        assert_eq!(page.run.state, RunState::Retrying);
        assert_eq!(page.run.summary.as_deref(), Some("no way"));
        assert_eq!(page.run.started_at.map(|time| time.as_millisecond()), Some(2_000));
        assert_eq!(page.log[0].text, "error: no way");
        assert_eq!(page.effects, [Effect::told("opened `acme/web#1`")]);
    }

    #[test]
    fn a_push_that_only_we_found_is_none_that_a_forge_told() {
        let found = store::RunRow {
            causes: vec![work::Cause::Push],
            deliveries: vec!["reconcile:1".into()],
            ..kept_run(Kept::Done)
        };
        assert_eq!(run(&found).trigger.causes, [Cause::Reconcile]);
        let both = store::RunRow { deliveries: vec!["reconcile:1".into(), "github:1".into()], ..found };
        assert_eq!(run(&both).trigger.causes, [Cause::Push]);
    }

    #[test]
    fn headers_and_body_are_for_who_is_signed_in_and_secrets_for_nobody() {
        let page = delivery_page(&kept_delivery(), false);
        assert!(page.withheld && page.headers.is_empty() && page.body.is_empty());
        assert_eq!(page.delivery.note.as_deref(), Some("it repeats `github:1`, and it came 3 times"));
        let page = delivery_page(&kept_delivery(), true);
        assert_eq!((page.withheld, page.body.as_str()), (false, "{\u{fffd}}"));
        assert_eq!(page.headers.iter().map(Header::value).collect::<Vec<_>>(), [Some("push"), None]);
    }

    #[test]
    fn a_node_is_as_its_last_run_and_its_last_delivery_say() {
        let state = |known: Option<&store::NodeState>, run: Option<&store::RunRow>| condition(known, run).0;
        let (told, found) = (known(Some("github:1")), known(Some("reconcile:1")));
        assert_eq!(state(None, None), NodeState::Silent);
        assert_eq!(state(Some(&known(None)), None), NodeState::Silent);
        assert_eq!(state(Some(&found), Some(&kept_run(Kept::Done))), NodeState::Deaf);
        assert_eq!(state(Some(&told), Some(&kept_run(Kept::Done))), NodeState::Healthy);
        for failed in [Kept::Dead, Kept::Retrying] {
            let (state, note) = condition(Some(&told), Some(&kept_run(failed)));
            assert_eq!((state, note.as_deref()), (NodeState::Failing, Some("no way")));
        }
    }

    #[test]
    fn no_clock_is_too_broken_to_be_shown() {
        assert_eq!(at(Time(i64::MAX)), Timestamp::default());
        assert_eq!(at_second(u64::MAX), Timestamp::default());
    }
}
