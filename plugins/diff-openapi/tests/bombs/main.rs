//! Documents that are made to cost more than they are worth are decided or refused, in bounded time and memory.
//!
//! The bounds of what is shipped are 2 seconds and 512 MiB in the sandbox. An optimized build is held to them here, with
//! the whole documents (`cargo test --release -p diff-openapi --test bombs -- --nocapture` shows a table); any other
//! build takes a tenth of them, and longer. `BOMB` names one of them.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test that measures and says what"
)]

mod documents;

use diff_openapi::{Settings, changes};
use documents::{BOMBS, Bomb, Side};
use std::time::{Duration, Instant};

/// What one comparison may take.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 });
/// Kilobytes that one comparison may take.
const MEMORY: u64 = 500_000;

/// The most memory that this process held so far, in kilobytes; nothing where the system does not tell.
fn memory(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
}

/// How long this process has been at work, whatever else the machine does; nothing where the system does not tell.
fn worked() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // Hundredths of a second for itself and for the system (proc(5), fields 14 and 15).
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn settings(projection: &str) -> Settings {
    let text = format!(r#"{{"projection":"{projection}"}}"#);
    serde_json::from_str::<Settings>(&text).expect("settings").validated().expect("settings")
}

/// What is wrong with the comparison of two documents, if anything is.
fn measured(bomb: &Bomb, projection: &str) -> Option<String> {
    let (base, head) = ((bomb.text)(Side::Old), (bomb.text)(Side::New));
    // Where this cannot be written the measure is that of all bombs so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (before, started, worked_before) = (memory("VmRSS:"), Instant::now(), worked());
    let found = changes(base.as_bytes(), head.as_bytes(), &settings(projection));
    let work = worked().zip(worked_before).map(|(after, before)| after.saturating_sub(before));
    let (time, after) = (work.unwrap_or_else(|| started.elapsed()), memory("VmHWM:"));
    let grown = after.zip(before).map_or(0, |(after, before)| after.saturating_sub(before));
    let told = found.as_ref().map_or_else(|failure| format!("{failure:?}"), |found| found.len().to_string());
    let line =
        format!("{:>7.2} s {:>5} MB  {} ({projection}): {told}", time.as_secs_f64(), grown / 1000, bomb.name);
    println!("{line}");
    // There are changes on which oasdiff is silent by design.
    let is_silent = !bomb.same && projection == "none" && found.is_ok_and(|found| found.is_empty());
    (time > TIME || grown > MEMORY || is_silent).then_some(line)
}

#[test]
fn a_hostile_document_is_decided_or_refused_within_bounds() {
    let only = std::env::var("BOMB").unwrap_or_default();
    let bombs = BOMBS.iter().filter(|bomb| bomb.name.contains(&only));
    let wrong: Vec<String> =
        bombs.flat_map(|bomb| ["none", "oasdiff"].into_iter().filter_map(|to| measured(bomb, to))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
