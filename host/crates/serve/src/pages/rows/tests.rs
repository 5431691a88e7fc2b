use super::*;
use crate::store::RunState as Kept;
use countersign_model::Verdict;

fn kept_run(state: Kept) -> store::RunRow {
    store::RunRow {
        id: "run-1".into(),
        node: "api".into(),
        causes: vec![work::Cause::Dispatch("a".into()), work::Cause::Push, work::Cause::Dispatch("b".into())],
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
        moved: Some(store::Moved { branch: "main".into(), commit: "b".into(), author: None }),
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
    let trigger = &page.run.trigger;
    assert_eq!((trigger.branch.as_deref(), trigger.commit.as_deref()), (Some("main"), Some("b")));
    assert_eq!(page.run.state, RunState::Retrying);
    assert_eq!(page.run.summary.as_deref(), Some("no way"));
    assert_eq!(page.run.started_at.map(Timestamp::as_millisecond), Some(2_000));
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
