//! Runs: attempts, patience, and the end of both.

use crate::server::{Host, Server, done, settings};
use countersign_model::Verdict;
use countersign_serve::{Ending, JobKind, Limits, RunOutcome, RunRow, RunState, Settings, Trigger, Window};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn run_of(server: &Server) -> RunRow {
    let id = server.ask(server.store.runs(Window::default())).unwrap()[0].id.clone();
    server.ask(server.store.run(&id)).unwrap().unwrap()
}

fn retry(why: &str) -> RunOutcome {
    RunOutcome::ended(Ending::Retry { why: why.into(), not_before: None })
}

fn host(
    run: impl Fn(&Trigger, &mut dyn countersign_serve::RunLog) -> RunOutcome + Send + Sync + 'static,
) -> Host {
    Host { run: Box::new(run), ..Host::default() }
}

#[test]
fn a_run_is_kept_with_its_verdict_effects_and_log() {
    let server = Server::with(
        settings(),
        host(|_, log| {
            log.line("checked");
            log.line("two\nlines");
            RunOutcome {
                effects: vec!["opened a pull request".into()],
                ..RunOutcome::ended(Ending::Done(Verdict::Drift))
            }
        }),
    );
    server.push("1", "a", "b");
    server.until("the run", || server.runs() == 1 && run_of(&server).state == RunState::Done);
    let run = run_of(&server);
    assert_eq!(
        (run.verdict, run.attempts, run.deliveries.as_slice()),
        (Some(Verdict::Drift), 1, ["github:1".to_owned()].as_slice())
    );
    assert_eq!(
        (run.log.as_str(), run.effects.as_slice()),
        ("checked\ntwo\nlines\n", ["opened a pull request".to_owned()].as_slice())
    );
    assert!(run.finished >= run.started && run.started >= Some(run.queued));
}

#[test]
fn a_failed_run_and_one_that_panics_are_tried_again_as_the_same_run() {
    let count = AtomicUsize::new(0);
    let server = Server::with(
        settings(),
        host(move |trigger, _| match count.fetch_add(1, Ordering::SeqCst) {
            0 => retry("the forge is away"),
            1 => panic!("a mistake of ours"),
            attempt => {
                assert_eq!(trigger.attempt as usize, attempt + 1);
                done()
            }
        }),
    );
    server.push("1", "a", "b");
    server.until("three attempts", || server.runs() == 3 && run_of(&server).state == RunState::Done);
    let runs = server.host.runs.lock().unwrap().clone();
    assert!(runs.iter().all(|run| run.run == runs[0].run));
    assert_eq!((run_of(&server).attempts, run_of(&server).error), (3, None));
}

#[test]
fn nobody_is_asked_before_the_time_that_they_named() {
    let clock = crate::server::TurnedClock::default();
    let told = clock.clone();
    let count = AtomicUsize::new(0);
    let run = move |_: &Trigger, _: &mut dyn countersign_serve::RunLog| match count
        .fetch_add(1, Ordering::SeqCst)
    {
        0 => {
            let not_before = Some(told.now().after(Duration::from_millis(700)));
            RunOutcome::ended(Ending::Retry { why: "limited".into(), not_before })
        }
        _ => done(),
    };
    let folder = Arc::new(tempfile::TempDir::new().unwrap());
    let server = Server::on(folder, settings(), Arc::new(host(run)), clock);
    let began = Instant::now();
    server.push("1", "a", "b");
    server.until("an attempt", || server.runs() == 1);
    server.push("2", "b", "c");
    server.until("a second attempt", || server.runs() == 2);
    assert!(began.elapsed() >= Duration::from_millis(650), "{:?}", began.elapsed());
    assert_eq!(server.host.runs.lock().unwrap()[1].deliveries.len(), 2);
}

#[test]
fn a_run_that_fails_for_days_is_given_up_in_sight_and_can_be_replayed() {
    let limits = Limits {
        retry_first: Duration::from_millis(5),
        retry_for: Duration::from_millis(60),
        ..settings().limits
    };
    let fails = Arc::new(AtomicUsize::new(1));
    let failing = Arc::clone(&fails);
    let server = Server::with(
        Settings { limits, ..settings() },
        host(move |_, _| match failing.load(Ordering::SeqCst) {
            0 => done(),
            _ => retry("still away"),
        }),
    );
    server.push("1", "a", "b");
    server.until("it is given up", || server.runs() > 0 && run_of(&server).state == RunState::Dead);
    let dead = run_of(&server);
    assert!(dead.error.as_deref().is_some_and(|why| why.starts_with("given up after")), "{:?}", dead.error);
    assert!(server.log.text().contains("\"ending\":\"dead\""));
    let metrics = crate::http::get(server.address, "/metrics").body;
    assert!(metrics.contains("countersign_jobs{kind=\"run\",state=\"dead\"} 1"), "{metrics}");
    fails.store(0, Ordering::SeqCst);
    let replay = server.ask(server.store.replay(&dead.id, server.clock.now())).unwrap().unwrap();
    server.until("the replay", || {
        server.ask(server.store.run(&replay)).unwrap().is_some_and(|run| run.state == RunState::Done)
    });
}

#[test]
fn runs_of_one_node_never_overlap_and_what_comes_meanwhile_is_one_more_run() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    let server = Server::with(
        settings(),
        host(move |_, _| {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(200));
            now.fetch_sub(1, Ordering::SeqCst);
            done()
        }),
    );
    server.push("0", "x", "0");
    server.until("the first run", || server.runs() == 1);
    for index in 0..5 {
        server.push(&format!("{}", index + 1), &index.to_string(), &(index + 1).to_string());
    }
    server.until("the second", || server.runs() == 2 && running.load(Ordering::SeqCst) == 0);
    assert_eq!(server.host.runs.lock().unwrap()[1].deliveries.len(), 5);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[test]
fn a_drain_lets_a_run_end_and_takes_no_more() {
    let mut server = Server::with(
        settings(),
        host(|_, _| {
            std::thread::sleep(Duration::from_millis(400));
            done()
        }),
    );
    server.push("1", "a", "b");
    server.until("the run", || server.runs() == 1);
    server.end();
    assert_eq!(run_of(&server).state, RunState::Done);
    assert!(server.log.text().contains("\"in_time\":true"));
    assert!(crate::http::try_request(server.address, "GET", "/healthz", &vec![], b"").is_none());
}

#[test]
fn a_run_that_does_not_end_in_time_is_given_back_and_taken_up_again_at_once() {
    let short =
        Settings { limits: Limits { drain: Duration::from_millis(100), ..settings().limits }, ..settings() };
    let count = AtomicUsize::new(0);
    let server = Server::with(
        short.clone(),
        host(move |_, _| {
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                std::thread::sleep(Duration::from_secs(3));
            }
            done()
        }),
    );
    server.push("1", "a", "b");
    server.until("the run", || server.runs() == 1);
    let began = Instant::now();
    let server = server.restart(short);
    server.until("the run again", || server.runs() == 2);
    assert!(began.elapsed() < Duration::from_secs(2), "no claim had to run out: {:?}", began.elapsed());
    let runs = server.host.runs.lock().unwrap().clone();
    assert_eq!((runs[1].run.as_str(), runs[1].attempt), (runs[0].run.as_str(), 1));
}

#[test]
fn a_claim_lives_as_long_as_its_run() {
    let limits = Limits { lease: Duration::from_millis(150), ..settings().limits };
    let server = Server::with(
        Settings { limits, ..settings() },
        host(|_, log| {
            log.line("begun");
            std::thread::sleep(Duration::from_millis(700));
            done()
        }),
    );
    server.push("1", "a", "b");
    server.until("a live log", || server.runs() == 1 && run_of(&server).log == "begun\n");
    assert_eq!(run_of(&server).state, RunState::Running);
    server.until("its end", || run_of(&server).state == RunState::Done);
    assert_eq!((server.runs(), run_of(&server).attempts), (1, 1));
    assert_eq!(server.ask(server.store.next_due(JobKind::Run)).unwrap(), None);
}

#[test]
fn a_node_that_is_configured_no_more_leaves_a_dead_run_and_no_crash() {
    let server = Server::with(settings(), host(|_, _| retry("later")));
    server.push("1", "a", "b");
    server.until("an attempt", || server.runs() >= 1);
    let server = server.restart(Settings { nodes: vec![], ..settings() });
    server.until("its end", || run_of(&server).state == RunState::Dead);
    assert_eq!(run_of(&server).error.as_deref(), Some("the node is no longer configured"));
}
