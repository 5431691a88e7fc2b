//! What every store has to hold to. A store's tests call [`all`] with a way to open it: the same place again and
//! again, so that what is asserted after a reopening is what a crash would leave.

mod messages;

use super::record::{Arrival, Disposition, JobKind, JobState, Moved, Received, RunState, Settling, Window};
use super::{Claim, Store};
use crate::time::Time;
use crate::work::{Cause, Source, Standing};
use countersign_model::{Digest, Verdict};
use countersign_serve_page::view::State;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(30);

/// Opens the same store, or a new and empty one.
pub(crate) trait Opens {
    fn fresh(&mut self);
    fn open(&self) -> Arc<dyn Store>;
}

type Case = for<'a> fn(&'a dyn Opens) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! cases {
    ($($name:path),* $(,)?) => { &[$((stringify!($name), |opens| Box::pin($name(opens)))),*] };
}

const CASES: &[(&str, Case)] = cases![
    a_delivery_has_one_effect_by_its_id_also_after_a_restart,
    a_replay_under_another_id_is_a_duplicate_also_after_a_restart,
    a_branch_pushed_to_and_fro_is_no_replay,
    a_delivery_that_was_skipped_counts_once_its_node_is_there,
    deliveries_that_wait_are_one_run,
    runs_of_one_node_never_overlap_and_those_of_others_do,
    a_push_during_a_run_is_a_run_of_its_own,
    a_claim_that_ran_out_is_taken_over_and_its_holder_is_refused,
    a_failed_run_comes_back_with_what_arrived_meanwhile,
    not_even_a_push_wakes_a_run_before_the_forge_allows_it,
    a_released_claim_costs_no_attempt,
    a_dead_run_is_kept_and_can_be_replayed,
    the_head_follows_pushes_and_our_own,
    what_was_found_by_comparing_heads_is_not_told_again,
    messages::one_message_a_repository_a_minute_and_the_rest_is_counted,
    messages::a_burst_of_repositories_fits_into_the_budget_of_a_room,
    messages::a_message_whose_fate_is_open_is_repeated_to_the_letter,
    messages::a_refused_message_keeps_its_transaction_and_takes_along_what_came_since,
    messages::whoever_lost_a_channel_says_nothing_more_to_it,
    two_servers_take_each_job_once,
    what_two_servers_hear_at_the_same_time_counts_once,
    a_text_may_hold_every_character,
    lists_show_what_there_is,
    what_runs_found_is_kept_since_it_first_was_so,
    tidying_forgets_bodies_and_keeps_ids,
    many_writers_lose_nothing,
];

/// Runs every case over fresh stores, and says which one failed.
pub(crate) fn all(opens: &mut dyn Opens) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for (name, case) in CASES {
        opens.fresh();
        eprintln!("case {name}");
        runtime.block_on(case(opens));
    }
}

fn push(id: &str, before: &str, after: &str) -> Arrival {
    Arrival {
        id: format!("github:{id}"),
        source: Source::Github,
        event: "push".into(),
        repository: Some("acme/api".into()),
        received: Time(1_000),
        headers: vec![("x-github-event".into(), "push".into())],
        body: b"{}".to_vec(),
        disposition: Disposition::Queued,
        content: Some(format!("{before}..{after}")),
        node: Some("api".into()),
        branch: Some("main".into()),
        before: Some(before.into()),
        after: Some(after.into()),
        author: Some("ada".into()),
        commits: Some(2),
        pushed_at: None,
        moves_head: true,
        cause: Some(Cause::Push),
        channels: vec!["room".into()],
        web: Some("https://github.com/acme/api".into()),
    }
}

/// A push of a repository of this name, for what is no case of every store.
pub(crate) fn push_of(node: &str) -> Arrival {
    of_node(node, push(node, "a", "b"))
}

fn of_node(node: &str, mut arrival: Arrival) -> Arrival {
    arrival.node = Some(node.into());
    arrival.repository = Some(format!("acme/{node}"));
    arrival.content = arrival.content.map(|content| format!("{node} {content}"));
    arrival
}

fn at(now: i64, mut arrival: Arrival) -> Arrival {
    arrival.received = Time(now);
    arrival
}

async fn claim(store: &dyn Store, now: i64) -> Option<Claim> {
    store.claim(JobKind::Run, "worker", Time(now), LEASE).await.unwrap()
}

fn done(at: i64) -> Settling {
    Settling::Done {
        at: Time(at),
        verdict: Some(Verdict::Agreed),
        effects: vec!["did".into()],
        log: "line\n".into(),
    }
}

fn again(at: i64, run_at: i64, not_before: Option<i64>) -> Settling {
    let not_before = not_before.map(Time);
    Settling::Again {
        at: Time(at),
        run_at: Time(run_at),
        not_before,
        why: "no".into(),
        effects: vec![],
        log: "a\n".into(),
    }
}

async fn a_delivery_has_one_effect_by_its_id_also_after_a_restart(opens: &dyn Opens) {
    let first = opens.open().receive(push("1", "a", "b")).await.unwrap();
    assert_eq!(first, Received::New(Disposition::Queued));
    let store = opens.open();
    let again = store.receive(push("1", "a", "b")).await.unwrap();
    assert_eq!(again, Received::Duplicate { of: "github:1".into() });
    assert_eq!(store.runs(Window::default()).await.unwrap().len(), 1);
    assert_eq!(store.delivery("github:1").await.unwrap().unwrap().row.seen, 2);
}

async fn a_replay_under_another_id_is_a_duplicate_also_after_a_restart(opens: &dyn Opens) {
    opens.open().receive(push("1", "a", "b")).await.unwrap();
    opens.open().receive(push("2", "b", "c")).await.unwrap();
    let store = opens.open();
    let claim = claim(&*store, 2_000).await.unwrap();
    assert!(store.settle(&claim, done(3_000)).await.unwrap());
    let replay = store.receive(push("3", "a", "b")).await.unwrap();
    assert_eq!(replay, Received::Duplicate { of: "github:1".into() });
    let kept = store.delivery("github:3").await.unwrap().unwrap().row;
    assert_eq!((kept.disposition, kept.duplicate_of), (Disposition::Duplicate, Some("github:1".into())));
    assert_eq!(store.runs(Window::default()).await.unwrap().len(), 1);
}

async fn a_branch_pushed_to_and_fro_is_no_replay(opens: &dyn Opens) {
    let store = opens.open();
    for (id, before, after) in [("1", "a", "b"), ("2", "b", "a"), ("3", "a", "b"), ("4", "b", "a")] {
        let received = store.receive(push(id, before, after)).await.unwrap();
        assert_eq!(received, Received::New(Disposition::Queued), "{id}");
    }
    let replay = store.receive(push("5", "b", "a")).await.unwrap();
    assert!(matches!(replay, Received::Duplicate { .. }), "the branch stands at `a`");
}

async fn a_delivery_that_was_skipped_counts_once_its_node_is_there(opens: &dyn Opens) {
    let store = opens.open();
    let mut unknown = push("1", "a", "b");
    unknown.disposition = Disposition::SkippedRepository;
    unknown.node = None;
    store.receive(unknown.clone()).await.unwrap();
    assert!(matches!(store.receive(unknown).await.unwrap(), Received::Duplicate { .. }));
    assert_eq!(claim(&*store, 2_000).await, None);
    assert_eq!(store.receive(push("1", "a", "b")).await.unwrap(), Received::New(Disposition::Queued));
    assert!(claim(&*store, 2_000).await.is_some());
}

async fn deliveries_that_wait_are_one_run(opens: &dyn Opens) {
    let store = opens.open();
    for (id, before, after) in [("1", "a", "b"), ("2", "b", "c"), ("3", "c", "d")] {
        store.receive(push(id, before, after)).await.unwrap();
    }
    let mut dispatch = push("4", "d", "e");
    dispatch.cause = Some(Cause::Dispatch("changed".into()));
    store.receive(dispatch).await.unwrap();
    let claim = claim(&*store, 2_000).await.unwrap();
    let ids: Vec<_> = claim.deliveries.iter().map(|delivery| delivery.id.as_str()).collect();
    assert_eq!(ids, ["github:1", "github:2", "github:3", "github:4"]);
    assert_eq!(claim.causes, [Cause::Push, Cause::Dispatch("changed".into())]);
    let run = store.run(claim.run.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((run.state, run.attempts, run.deliveries.len()), (RunState::Running, 1, 4));
}

async fn runs_of_one_node_never_overlap_and_those_of_others_do(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    store.receive(of_node("web", push("2", "a", "b"))).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    store.receive(push("3", "b", "c")).await.unwrap();
    let second = claim(&*store, 2_000).await.unwrap();
    assert_eq!((first.subject.as_str(), second.subject.as_str()), ("api", "web"));
    assert_eq!(claim(&*store, 2_000).await, None);
    store.settle(&first, done(3_000)).await.unwrap();
    assert_eq!(claim(&*store, 3_000).await.unwrap().subject, "api");
}

async fn a_push_during_a_run_is_a_run_of_its_own(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    store.receive(push("2", "b", "c")).await.unwrap();
    assert!(store.settle(&first, done(3_000)).await.unwrap());
    let second = claim(&*store, 4_000).await.unwrap();
    assert_ne!(first.run, second.run);
    assert_eq!(second.deliveries[0].after.as_deref(), Some("c"));
}

async fn a_claim_that_ran_out_is_taken_over_and_its_holder_is_refused(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let lost = claim(&*store, 2_000).await.unwrap();
    assert!(store.renew(&lost, Time(40_000), Some("so far\n".into())).await.unwrap());
    assert_eq!(claim(&*store, 39_999).await, None);
    assert_eq!(store.next_due(JobKind::Run).await.unwrap(), Some(Time(40_000)));
    let store = opens.open();
    let taken = claim(&*store, 40_000).await.unwrap();
    assert_eq!((taken.job, taken.attempt, &taken.run), (lost.job, 2, &lost.run));
    assert!(!store.renew(&lost, Time(90_000), None).await.unwrap());
    assert!(!store.settle(&lost, done(41_000)).await.unwrap());
    assert!(store.settle(&taken, done(41_000)).await.unwrap());
    let run = store.run(taken.run.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((run.state, run.effects.len()), (RunState::Done, 1));
    assert!(run.log.starts_with("so far\nthe worker of this attempt is gone"), "{}", run.log);
}

async fn a_failed_run_comes_back_with_what_arrived_meanwhile(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    store.receive(at(2_500, push("2", "b", "c"))).await.unwrap();
    store.settle(&first, again(3_000, 900_000, None)).await.unwrap();
    let second = claim(&*store, 3_000).await.expect("the newer push wakes it");
    assert_eq!((&second.run, second.deliveries.len(), second.attempt), (&first.run, 2, 2));
    assert_eq!(store.runs(Window::default()).await.unwrap().len(), 1);
    store.settle(&second, again(4_000, 900_000, None)).await.unwrap();
    let waiting = store.run(first.run.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((waiting.state, waiting.next), (RunState::Retrying, Some(Time(900_000))));
    assert_eq!(claim(&*store, 899_999).await, None);
    assert!(claim(&*store, 900_000).await.is_some());
}

async fn not_even_a_push_wakes_a_run_before_the_forge_allows_it(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    store.settle(&first, again(3_000, 50_000, Some(50_000))).await.unwrap();
    store.receive(at(4_000, push("2", "b", "c"))).await.unwrap();
    assert_eq!(claim(&*store, 49_999).await, None);
    assert_eq!(store.next_due(JobKind::Run).await.unwrap(), Some(Time(50_000)));
    assert_eq!(claim(&*store, 50_000).await.unwrap().deliveries.len(), 2);
}

async fn a_released_claim_costs_no_attempt(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    assert!(store.settle(&first, Settling::Released { run_at: Time(2_000) }).await.unwrap());
    let run = store.run(first.run.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((run.state, run.attempts), (RunState::Queued, 0));
    assert_eq!(claim(&*store, 2_000).await.unwrap().attempt, 1);
}

async fn a_dead_run_is_kept_and_can_be_replayed(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let first = claim(&*store, 2_000).await.unwrap();
    let dead = Settling::Dead { at: Time(3_000), why: "never".into(), effects: vec![], log: String::new() };
    store.settle(&first, dead).await.unwrap();
    let run = first.run.unwrap();
    let row = store.run(&run).await.unwrap().unwrap();
    assert_eq!((row.state, row.error.as_deref()), (RunState::Dead, Some("never")));
    let counts = store.counts().await.unwrap();
    assert!(counts.jobs.contains(&(JobKind::Run, JobState::Dead, 1)), "{counts:?}");
    let of_run = store.replay(&run, Time(4_000)).await.unwrap().unwrap();
    let of_delivery = store.replay("github:1", Time(4_000)).await.unwrap().unwrap();
    assert_eq!(of_run, of_delivery, "both wait, so they are one");
    let replay = claim(&*store, 4_000).await.unwrap();
    assert_eq!((replay.causes.as_slice(), replay.deliveries.len()), ([Cause::Replay].as_slice(), 1));
    assert_eq!(store.replay("nothing", Time(4_000)).await.unwrap(), None);
}

async fn the_head_follows_pushes_and_our_own(opens: &dyn Opens) {
    let store = opens.open();
    store.see_head("api", "z", Time(1)).await.unwrap();
    store.receive(push("1", "z", "b")).await.unwrap();
    let mut own = push("2", "b", "c");
    own.disposition = Disposition::SkippedLoop;
    store.receive(own).await.unwrap();
    let mut other = push("3", "x", "y");
    (other.disposition, other.moves_head) = (Disposition::SkippedBranch, false);
    store.receive(other).await.unwrap();
    let nodes = store.nodes().await.unwrap();
    assert_eq!(nodes[0].head.as_deref(), Some("c"));
    assert_eq!(nodes[0].last_delivery.as_deref(), Some("github:3"));
    assert!(nodes[0].last_run.is_some());
}

async fn what_was_found_by_comparing_heads_is_not_told_again(opens: &dyn Opens) {
    let store = opens.open();
    store.see_head("api", "a", Time(1)).await.unwrap();
    let mut found = at(90_000, push("x", "a", "d"));
    (found.id, found.source, found.content) = ("reconcile:1".into(), Source::Reconcile, None);
    assert_eq!(store.receive(found.clone()).await.unwrap(), Received::New(Disposition::Queued));
    let mut late = at(95_000, push("1", "a", "b"));
    late.pushed_at = Some(Time(50_000));
    let duplicate = Received::Duplicate { of: "reconcile:1".into() };
    assert_eq!(store.receive(late).await.unwrap(), duplicate, "made before we looked");
    let same = at(95_000, push("2", "c", "d"));
    assert_eq!(store.receive(same).await.unwrap(), duplicate, "leads to what we found");
    let mut newer = at(96_000, push("3", "d", "e"));
    newer.pushed_at = Some(Time(95_500));
    assert_eq!(store.receive(newer).await.unwrap(), Received::New(Disposition::Queued));
    let back = at(97_000, push("4", "e", "d"));
    assert_eq!(store.receive(back).await.unwrap(), Received::New(Disposition::Queued));
    found.id = "reconcile:2".into();
    assert!(
        matches!(store.receive(found).await.unwrap(), Received::Duplicate { .. }),
        "the node stands elsewhere"
    );
}

async fn two_servers_take_each_job_once(opens: &dyn Opens) {
    const JOBS: usize = 60;
    let servers = [opens.open(), opens.open()];
    for index in 0..JOBS {
        servers[index % 2].receive(push_of(&format!("api-{index}"))).await.unwrap();
    }
    let workers = (0..8).map(|worker| {
        let store = Arc::clone(&servers[worker % 2]);
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(claim) = claim(&*store, 2_000).await {
                assert!(store.settle(&claim, done(3_000)).await.unwrap());
                taken.push(claim.subject);
            }
            taken
        })
    });
    let mut taken = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        taken.extend(worker.await.unwrap());
    }
    taken.sort_unstable();
    let all = taken.len();
    taken.dedup();
    assert_eq!((all, taken.len()), (JOBS, JOBS));
}

async fn what_two_servers_hear_at_the_same_time_counts_once(opens: &dyn Opens) {
    let servers = [opens.open(), opens.open()];
    for round in 0..10 {
        let (before, after) = (format!("{round}"), format!("{}", round + 1));
        let hear = |server: usize, id: String| {
            let (store, arrival) = (Arc::clone(&servers[server]), push(&id, &before, &after));
            tokio::spawn(async move { store.receive(arrival).await.unwrap() })
        };
        // The same id twice, and the same content under another.
        let heard =
            [hear(0, format!("{round}")), hear(1, format!("{round}")), hear(1, format!("{round}-again"))];
        let mut new = 0;
        for heard in heard {
            new += usize::from(matches!(heard.await.unwrap(), Received::New(_)));
        }
        assert_eq!(new, 1, "round {round}");
    }
    assert_eq!(claim(&*servers[0], 2_000).await.unwrap().deliveries.len(), 10);
    assert_eq!(claim(&*servers[1], 2_000).await, None);
}

async fn a_text_may_hold_every_character(opens: &dyn Opens) {
    let store = opens.open();
    let mut odd = push("1", "a", "b");
    (odd.author, odd.branch) = (Some("zero \0, snowman \u{2603}, \u{1f600}".into()), Some("a\0b".into()));
    odd.body = vec![0, 255, b'?', 10];
    store.receive(odd).await.unwrap();
    let kept = store.delivery("github:1").await.unwrap().unwrap();
    assert_eq!(kept.body, [0, 255, b'?', 10]);
    assert!(kept.row.author.unwrap().ends_with("snowman \u{2603}, \u{1f600}"));
    let claim = claim(&*store, 2_000).await.unwrap();
    let mut log = done(3_000);
    if let Settling::Done { log, .. } = &mut log {
        log.push_str("a line with \0 in it\n");
    }
    assert!(store.settle(&claim, log).await.unwrap());
}

async fn lists_show_what_there_is(opens: &dyn Opens) {
    let store = opens.open();
    for index in 0..5 {
        let node = if index % 2 == 0 { "api" } else { "web" };
        let arrival = of_node(node, at(1_000 + index, push(&index.to_string(), &index.to_string(), "x")));
        store.receive(arrival).await.unwrap();
    }
    let newest = Window { limit: 2, ..Window::default() };
    let ids: Vec<_> = store.deliveries(newest).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["github:4", "github:3"]);
    let of_web = Window { of: Some("web".into()), offset: 1, ..Window::default() };
    assert_eq!(store.deliveries(of_web).await.unwrap()[0].id, "github:1");
    let whole = store.delivery("github:2").await.unwrap().unwrap();
    assert_eq!((whole.body.as_slice(), whole.headers.len(), whole.row.runs.len()), (b"{}".as_slice(), 1, 1));
    let runs = store.runs(Window::default()).await.unwrap();
    let moved: Vec<_> = runs.iter().map(|run| run.moved.clone().expect("it answers pushes")).collect();
    let main = Moved { branch: "main".into(), commit: "x".into(), author: Some("ada".into()) };
    assert_eq!(moved, [main.clone(), main]);
    store.probe().await.unwrap();
    assert_eq!(store.nodes().await.unwrap().len(), 2);
}

async fn what_runs_found_is_kept_since_it_first_was_so(opens: &dyn Opens) {
    let found = |client: Option<&str>, state, record: &[u8]| Standing {
        contract: "api".into(),
        client: client.map(str::to_owned),
        state,
        note: None,
        link: None,
        record: Some(Digest::of(record)),
    };
    let store = opens.open();
    let put = |run: &'static str, at, standing| {
        let store = &store;
        async move { store.put_standings(run, Time(at), &[standing]).await.unwrap() }
    };
    put("one", 1_000, found(Some("web"), State::Agreed, b"a")).await;
    put("one", 1_000, found(None, State::Drifted, b"a")).await;
    put("two", 2_000, found(None, State::Proposed, b"a")).await;
    put("three", 3_000, found(None, State::Drifted, b"a")).await;
    put("three", 3_000, found(Some("web"), State::Agreed, b"b")).await;
    drop(store);
    let store = opens.open();
    let stood: Vec<_> = store.standings().await.unwrap();
    let shown: Vec<_> = stood
        .iter()
        .map(|stood| {
            (stood.standing.client.as_deref(), stood.standing.state, stood.since.0, stood.run.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [(None, State::Proposed, 2_000, "two"), (Some("web"), State::Agreed, 1_000, "three")],
        "a run that does not propose knows of no proposal"
    );
    store.put_standings("four", Time(4_000), &[found(None, State::Drifted, b"b")]).await.unwrap();
    assert_eq!(store.standings().await.unwrap()[0].standing.state, State::Drifted, "of another record");
}

async fn tidying_forgets_bodies_and_keeps_ids(opens: &dyn Opens) {
    let store = opens.open();
    store.receive(push("1", "a", "b")).await.unwrap();
    let claim = claim(&*store, 2_000).await.unwrap();
    store.settle(&claim, done(3_000)).await.unwrap();
    assert_eq!(store.tidy(Time(1_000)).await.unwrap(), 0);
    assert!(store.tidy(Time(9_000)).await.unwrap() >= 3);
    assert_eq!(store.delivery("github:1").await.unwrap().unwrap().body, b"");
    assert_eq!(store.run(claim.run.as_deref().unwrap()).await.unwrap().unwrap().log, "");
    assert!(matches!(store.receive(push("1", "a", "b")).await.unwrap(), Received::Duplicate { .. }));
}

async fn many_writers_lose_nothing(opens: &dyn Opens) {
    let store = opens.open();
    let writers = (0..16).map(|writer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for index in 0..25 {
                let id = format!("{writer}-{index}");
                let received = store.receive(push(&id, &id, &format!("{id}'"))).await.unwrap();
                assert_eq!(received, Received::New(Disposition::Queued));
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let store = opens.open();
    assert_eq!(store.counts().await.unwrap().deliveries, [(Disposition::Queued, 400)]);
    assert_eq!(claim(&*store, 2_000).await.unwrap().deliveries.len(), 400);
}
