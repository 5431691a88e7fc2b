//! What rooms hear, and how often.

use crate::server::{Host, Server, node, settings};
use crate::sign::commit;
use countersign_serve::{Limits, MessageState, PushDigest, Sent, Settings, Source, Time, Window};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn pushes(said: &[PushDigest]) -> u32 {
    said.iter().flat_map(|digest| &digest.lines).map(|line| line.pushes).sum()
}

#[test]
fn a_room_hears_of_a_push_at_once_and_of_the_next_ones_in_one_digest() {
    let server = Server::start();
    server.push("1", "a", "b");
    server.until("a message", || server.said().len() == 1);
    let line = server.said()[0].lines[0].clone();
    assert_eq!((line.repository.as_str(), line.author.as_str(), line.commits), ("acme/api", "ada", Some(2)));
    let link = format!("https://github.com/acme/api/compare/{}...{}", commit("a"), commit("b"));
    assert_eq!(line.link, Some(link));
    for (id, before, after) in [("2", "b", "c"), ("3", "c", "d"), ("4", "d", "e")] {
        server.push(id, before, after);
    }
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.said().len(), 1, "not twice in a minute");
    server.clock.turn(Duration::from_secs(60));
    server.push_of("acme/unknown", "wake", "x", "y");
    server.until("a digest", || server.said().len() == 2);
    assert_eq!((server.said()[1].lines[0].pushes, server.said()[1].lines[0].commits), (3, Some(6)));
}

#[test]
fn thirty_five_repositories_at_once_are_told_within_a_second_and_a_rooms_budget() {
    let many = Settings {
        nodes: (0..35).map(|index| node(Source::Github, &format!("r{index}"))).collect(),
        ..settings()
    };
    let host = Host { say: Box::new(|_, _| slow(Sent::Sent)), ..Host::default() };
    let server = Arc::new(Server::with(many, host));
    let began = Instant::now();
    let senders: Vec<_> = (0..35)
        .map(|index| {
            let server = Arc::clone(&server);
            std::thread::spawn(move || {
                server.push_of(&format!("acme/r{index}"), &format!("{index}"), "a", "b").status
            })
        })
        .collect();
    for sender in senders {
        assert_eq!(sender.join().unwrap(), 202);
    }
    server.until("all are told", || pushes(&server.said()) == 35);
    let took = began.elapsed();
    assert!(server.said().len() <= 10, "{} messages", server.said().len());
    assert!(took < Duration::from_secs(5), "{took:?}");
}

/// A homeserver takes its time.
fn slow(sent: Sent) -> Sent {
    std::thread::sleep(Duration::from_millis(60));
    sent
}

#[test]
fn a_room_that_is_limited_is_left_alone_until_it_says_and_hears_everything_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let clock = crate::server::TurnedClock::default();
    let told = clock.clone();
    let say = move |_: &str, _: &PushDigest| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Sent::Limited { until: told.now().after(Duration::from_millis(400)) },
        _ => Sent::Sent,
    };
    let host = Arc::new(Host { say: Box::new(say), ..Host::default() });
    let folder = Arc::new(tempfile::TempDir::new().unwrap());
    let server = Server::on(folder, settings(), host, clock);
    let began = Instant::now();
    server.push("1", "a", "b");
    server.until("a refused message", || server.said().len() == 1);
    server.push("2", "b", "c");
    server.until("the message", || server.said().len() == 2);
    assert!(began.elapsed() >= Duration::from_millis(350));
    let transactions: HashSet<String> =
        server.host.said.lock().unwrap().iter().map(|(_, transaction, _)| transaction.clone()).collect();
    assert_eq!(transactions.len(), 1);
    assert_eq!(server.said()[1].lines[0].pushes, 2);
}

#[test]
fn a_message_with_an_unknown_fate_is_repeated_under_its_transaction_also_after_a_restart() {
    let quick = Settings {
        limits: Limits { retry_first: Duration::from_millis(20), ..settings().limits },
        ..settings()
    };
    let fate = Arc::new(AtomicUsize::new(0));
    let open = Arc::clone(&fate);
    let say = move |_: &str, _: &PushDigest| {
        if open.load(Ordering::SeqCst) == 0 { Sent::Unknown } else { Sent::Sent }
    };
    let server = Server::with(quick.clone(), Host { say: Box::new(say), ..Host::default() });
    server.push("1", "a", "b");
    server.until("two tries", || server.said().len() >= 2);
    server.push("2", "b", "c");
    let server = server.restart(quick);
    let before = server.said().len();
    fate.store(1, Ordering::SeqCst);
    server.until("it is sent", || server.said().len() > before);
    let said = server.host.said.lock().unwrap().clone();
    assert!(
        said.iter().all(|(_, transaction, digest)| (transaction, digest) == (&said[0].1, &said[0].2)),
        "{said:?}"
    );
    let of = |state| {
        server
            .ask(server.store.messages(Window::default()))
            .unwrap()
            .iter()
            .filter(|row| row.state == state)
            .count()
    };
    server.until("it is settled", || of(MessageState::Sent) == 1);
}

#[test]
fn a_message_that_never_will_be_there_is_kept_as_dead_and_holds_up_nothing() {
    let host = Host {
        say: Box::new(|_, digest| match digest.lines[0].repository.as_str() {
            "acme/api" => Sent::Failed { why: "the room is gone".into(), permanent: true },
            _ => Sent::Sent,
        }),
        ..Host::default()
    };
    let mut two = settings();
    two.nodes.push(node(Source::Github, "web"));
    let server = Server::with(two, host);
    server.push("1", "a", "b");
    server.until("a try", || server.said().len() == 1);
    server.push_of("acme/web", "2", "a", "b");
    server.until("the next", || server.said().len() == 2);
    let rows = server.ask(server.store.messages(Window::default())).unwrap();
    let dead: Vec<_> = rows.iter().filter(|row| row.state == MessageState::Dead).collect();
    assert_eq!(dead[0].error.as_deref(), Some("the room is gone"));
    assert!(dead[0].ended > Some(Time::ZERO));
}

#[test]
fn a_channel_is_told_whether_an_earlier_attempt_may_have_arrived() {
    let quick = Settings {
        limits: Limits { retry_first: Duration::from_millis(20), ..settings().limits },
        ..settings()
    };
    let count = AtomicUsize::new(0);
    let failed = || Sent::Failed { why: "nobody listens".into(), permanent: false };
    let say = move |_: &str, _: &PushDigest| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => failed(),
        1 => Sent::Unknown,
        _ => Sent::Sent,
    };
    let server = Server::with(quick, Host { say: Box::new(say), ..Host::default() });
    server.push("1", "a", "b");
    server.until("the message", || server.said().len() == 4);
    // A failure says nothing about the attempts before it.
    assert_eq!(*server.host.again.lock().unwrap(), [false, false, true, true]);
}
