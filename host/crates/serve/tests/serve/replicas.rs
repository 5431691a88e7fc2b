//! Two servers on one database, and what becomes of the work of one that is killed.

use crate::kill::{post, receiver, start_on, told};
use countersign_serve::{Disposition, PostgresStore, RunState, Store, Window};
use countersign_tests::{Postgres, postgres};
use std::collections::HashSet;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CONNECTIONS: usize = 12;
const EFFECTS: [&str; 2] = ["effects-0", "effects-1"];

/// A receiver that nobody leaves behind, however its test ends.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(url: &str, folder: &Path, effects: &str) -> (Running, SocketAddr) {
    let (child, address) = start_on(url, folder, effects);
    (Running(child), address)
}

/// So many deliveries are taken before one of two is killed, and once more after that.
const ENOUGH: u64 = 150;

fn until_it_holds(url: &str, deliveries: u64) {
    let store = PostgresStore::open(url).unwrap();
    let held = || ask(store.counts()).unwrap().deliveries.iter().map(|(_, count)| count).sum::<u64>();
    let began = Instant::now();
    while held() < deliveries {
        assert!(began.elapsed() < Duration::from_secs(60), "in vain: {} deliveries", held());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn all() -> Window {
    Window { limit: u32::MAX, ..Window::default() }
}

fn ask<T>(asking: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(asking)
}

/// Both under load, and then the first is killed; what was acknowledged, by either.
fn kill_one(folder: &Path, url: &str) -> (Vec<String>, Running) {
    let (mut killed, first) = start(url, folder, EFFECTS[0]);
    let (other, second) = start(url, folder, EFFECTS[1]);
    let over = [AtomicBool::new(false), AtomicBool::new(false)];
    let acknowledged = std::thread::scope(|scope| {
        let over = &over;
        let senders: Vec<_> = (0..2 * CONNECTIONS)
            .map(|connection| {
                let (side, to) = (connection % 2, [first, second][connection % 2]);
                scope.spawn(move || post(to, side, connection, &over[side]))
            })
            .collect();
        until_it_holds(url, ENOUGH);
        killed.kill();
        over[0].store(true, Ordering::SeqCst);
        until_it_holds(url, 2 * ENOUGH);
        over[1].store(true, Ordering::SeqCst);
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    (acknowledged, other)
}

#[test]
fn the_work_of_a_server_that_was_killed_is_done_by_the_other_and_told_once() {
    let Some(server) = postgres() else { return };
    if receiver().is_none() {
        return;
    }
    let (folder, url) = (TempDir::new().unwrap(), server.database());
    let (acknowledged, mut other) = kill_one(folder.path(), &url);
    let store = PostgresStore::open(&url).unwrap();
    let rows = ask(store.deliveries(all())).unwrap();
    let kept: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(id.as_str())).collect();
    assert_eq!(lost, Vec::<&String>::new(), "of {}", acknowledged.len());
    assert!(
        acknowledged.len() as u64 > ENOUGH,
        "{} acknowledged: too few to prove anything",
        acknowledged.len()
    );
    let queued = rows.iter().filter(|row| row.disposition == Disposition::Queued).count() as u64;
    let began = Instant::now();
    let open = || ask(store.runs(all())).unwrap().iter().filter(|run| run.state != RunState::Done).count();
    while (told(folder.path(), &EFFECTS) < queued || open() > 0) && began.elapsed() < Duration::from_secs(30)
    {
        std::thread::sleep(Duration::from_millis(100));
    }
    other.kill();
    assert_eq!(told(folder.path(), &EFFECTS), queued, "each push is told once");
    assert_eq!(open(), 0, "each run ends");
    let done: Vec<String> =
        EFFECTS.map(|file| std::fs::read_to_string(folder.path().join(file)).unwrap()).into();
    assert!(done.iter().all(|effects| effects.contains("run ")), "both did some of it");
}

#[test]
fn a_server_whose_database_comes_back_takes_deliveries_again() {
    let Some(server) = Postgres::start() else { return };
    if receiver().is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let (mut child, address) = start(&server.database(), folder.path(), EFFECTS[0]);
    let push = |id: &str| {
        let body = crate::sign::push("acme/api-0", id, &format!("{id}'")).to_string().into_bytes();
        let headers = crate::sign::github(crate::sign::SECRET, "push", id, &body);
        crate::http::try_request(address, "POST", "/hooks/github", &headers, &body)
            .map(|answer| answer.status)
    };
    assert_eq!(push("1"), Some(202));
    server.stop();
    assert_eq!(push("2"), Some(503), "nothing is acknowledged that is not kept");
    server.resume();
    let began = Instant::now();
    while push("2") != Some(202) {
        assert!(began.elapsed() < Duration::from_secs(20), "in vain");
        std::thread::sleep(Duration::from_millis(100));
    }
    while told(folder.path(), &EFFECTS) < 2 && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill();
    assert_eq!(told(folder.path(), &EFFECTS), 2);
}
