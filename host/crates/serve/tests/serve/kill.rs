//! SIGKILL under load, again and again: what was acknowledged is there, and nothing is told twice.

use crate::http::try_request;
use crate::sign::{SECRET, github, push};
use countersign_serve::{Disposition, SqliteStore, Store, Window};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;

/// How often it is killed; `SERVE_KILLS` says otherwise.
#[expect(clippy::disallowed_methods, reason = "a test's own setting")]
fn kills() -> usize {
    std::env::var("SERVE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(20)
}

/// The example that Cargo builds with the tests.
pub(crate) fn receiver() -> Option<PathBuf> {
    let test = std::env::current_exe().unwrap();
    let receiver = test.parent().and_then(Path::parent).unwrap().join("examples/receive");
    if !receiver.is_file() {
        eprintln!(
            "skipped: the example `receive` is not built; run the package's tests without a target filter"
        );
        return None;
    }
    Some(receiver)
}

fn start(folder: &Path) -> (Child, SocketAddr) {
    start_on(folder.join("serve.db"), folder, "effects")
}

/// A receiver on a store, with its effects in a file of the folder.
pub(crate) fn start_on(store: impl AsRef<OsStr>, folder: &Path, effects: &str) -> (Child, SocketAddr) {
    std::fs::write(folder.join("secret"), SECRET).unwrap();
    let mut child = Command::new(receiver().expect("it was there"))
        .arg(store)
        .args(["secret", effects].map(|name| folder.join(name)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().parse().unwrap())
}

/// Posts until it is over, and returns what was acknowledged.
pub(crate) fn post(to: SocketAddr, round: usize, connection: usize, over: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        let id = format!("{round}-{connection}-{number}");
        let body =
            push(&format!("acme/api-{}", connection % 35), &id, &format!("{id}'")).to_string().into_bytes();
        let answer = try_request(to, "POST", "/hooks/github", &github(SECRET, "push", &id, &body), &body);
        if answer.is_some_and(|answer| answer.status == 202) {
            acknowledged.push(format!("github:{id}"));
        }
    }
    acknowledged
}

fn round(folder: &Path, round: usize) -> Vec<String> {
    let (mut child, address) = start(folder);
    let gone = Arc::new(AtomicBool::new(false));
    let all = Arc::new(Mutex::new(Vec::new()));
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let (gone, all) = (Arc::clone(&gone), Arc::clone(&all));
            std::thread::spawn(move || {
                let acknowledged = post(address, round, connection, &gone);
                all.lock().unwrap().extend(acknowledged);
            })
        })
        .collect();
    // From while it starts until it is in full swing; the same moments each time, and none like another.
    std::thread::sleep(Duration::from_millis(40 + (round as u64 * 7919) % 400));
    child.kill().unwrap();
    child.wait().unwrap();
    gone.store(true, Ordering::SeqCst);
    for sender in senders {
        sender.join().unwrap();
    }
    std::mem::take(&mut *all.lock().unwrap())
}

/// Pushes by the transactions that told of them, in these files of the folder; a channel takes each once.
pub(crate) fn told(folder: &Path, files: &[&str]) -> u64 {
    let effects = files.iter().map(|file| std::fs::read_to_string(folder.join(file)).unwrap_or_default());
    let effects: String = effects.collect();
    let mut messages: HashMap<&str, u64> = HashMap::new();
    for line in effects.lines().filter_map(|line| line.strip_prefix("say ")) {
        let (transaction, pushes) = line.split_once(' ').unwrap();
        let pushes = pushes.parse().unwrap();
        let before = messages.insert(transaction, pushes);
        assert!(before.is_none_or(|before| before == pushes), "{transaction} was repeated with another text");
    }
    messages.values().sum()
}

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_told_twice() {
    if receiver().is_none() {
        return;
    }
    let folder = tempfile::TempDir::new().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for number in 0..kills() {
        acknowledged.extend(round(folder.path(), number));
    }
    let store = SqliteStore::open(&folder.path().join("serve.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows = runtime.block_on(store.deliveries(Window { limit: u32::MAX, ..Window::default() })).unwrap();
    let kept: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(id.as_str())).collect();
    assert_eq!(lost, Vec::<&String>::new(), "of {}", acknowledged.len());
    assert!(
        acknowledged.len() > kills() * CONNECTIONS / 4,
        "{} acknowledged: too few to prove anything",
        acknowledged.len()
    );
    let queued = rows.iter().filter(|row| row.disposition == Disposition::Queued).count() as u64;
    let (mut child, _) = start(folder.path());
    let began = Instant::now();
    while told(folder.path(), &["effects"]) < queued && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        told(folder.path(), &["effects"]),
        queued,
        "each push is told once, of {} acknowledged",
        acknowledged.len()
    );
    let log = rusqlite::Connection::open(folder.path().join("serve.db")).unwrap();
    let sound: String = log.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    eprintln!("{} kills, {} acknowledged, 0 lost", kills(), acknowledged.len());
}
