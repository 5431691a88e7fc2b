//! What happened while nobody listened.

use crate::server::{Server, node, settings};
use crate::sign::commit;
use countersign_serve::{Limits, Settings, Source, Window};
use std::time::{Duration, Instant};

fn many() -> Settings {
    let nodes = (0..35).map(|index| node(Source::Github, &format!("r{index}"))).collect();
    let limits = Limits { catch_up: Duration::from_millis(300), ..settings().limits };
    Settings { nodes, limits, ..settings() }
}

#[test]
fn what_was_pushed_while_we_were_away_is_found_and_told_once_each() {
    let server = Server::with(many(), crate::server::Host::default());
    for index in 0..35 {
        server.push_of(&format!("acme/r{index}"), &format!("{index}"), "a", "b");
    }
    let told = |server: &Server| server.said().iter().map(|digest| digest.lines.len()).sum::<usize>();
    server.until("all are told", || told(&server) == 35);
    let server = {
        let mut ended = server;
        ended.end();
        for index in 0..35 {
            ended.host.heads.lock().unwrap().insert(format!("r{index}"), commit("later"));
        }
        ended.clock.turn(Duration::from_secs(3600));
        ended.restart(many())
    };
    let began = Instant::now();
    server.until("35 more", || told(&server) == 70);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    server.until("their runs", || server.runs() == 70);
    let found = server.said().last().unwrap().lines[0].clone();
    assert_eq!((found.author.as_str(), found.commits, found.pushes), ("somebody", None, 1));
    assert!(server.host.redelivered.load(std::sync::atomic::Ordering::SeqCst) >= 35);
    // The forge delivers late what we found by ourselves, and heads are compared again and again.
    let late = server.push_of("acme/r0", "late", "b", "later");
    assert_eq!(late.json()["disposition"], "duplicate");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!((told(&server), server.runs()), (70, 70));
}

#[test]
fn the_first_look_at_a_branch_finds_nothing_that_was_missed() {
    let host = crate::server::Host::default();
    host.heads.lock().unwrap().insert("r0".into(), commit("a"));
    let server = Server::with(many(), host);
    let head = || server.ask(server.store.nodes()).unwrap().first().and_then(|node| node.head.clone());
    server.until("it is remembered", || head() == Some(commit("a")));
    server.host.heads.lock().unwrap().insert("r0".into(), commit("b"));
    server.until("a missed push", || server.runs() == 1);
    let delivery = server.ask(server.store.deliveries(Window::default())).unwrap().remove(0);
    assert_eq!(
        (delivery.source, delivery.before, delivery.after),
        (Source::Reconcile, Some(commit("a")), Some(commit("b")))
    );
}
