//! The tree of processes below one, as `/proc` tells it (proc(5)).

use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

/// How often a tree that keeps growing is swept before it is given up.
const SWEEPS: usize = 200;

/// What the processes below one use together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many there are.
    pub processes: usize,
    /// Their memory in bytes; pages that several of them share count once for each.
    pub memory: u64,
}

/// Ends every process below `root`, which itself stays. Returns when none is left, or after one second.
pub fn end_descendants(root: Pid) {
    for _ in 0..SWEEPS {
        let left = descendants_of(root);
        if left.is_empty() {
            return;
        }
        for pid in left {
            // One that ended meanwhile is what we want.
            let _ = kill_process(pid, Signal::KILL);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What the processes below `root` use.
pub fn usage(root: Pid) -> Usage {
    let below = descendants_of(root);
    Usage { processes: below.len(), memory: below.iter().map(|pid| memory_of(*pid)).sum() }
}

/// The names of processes, as they call themselves.
pub(crate) fn names(pids: &[Pid]) -> Vec<String> {
    pids.iter().map(|pid| name_of(pid.as_raw_pid())).collect()
}

/// The name of a process, at most 15 bytes, chosen by itself.
pub(crate) fn name_of(pid: i32) -> String {
    let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = String::from_utf8_lossy(&name).trim_end_matches('\n').to_owned();
    if name.is_empty() { "?".into() } else { name }
}

/// Every process below `root` that has not ended, in the order of their numbers.
pub(crate) fn descendants_of(root: Pid) -> Vec<Pid> {
    let parents = parents();
    let is_below = |pid: i32| {
        let mut at = pid;
        // A chain is never longer than the number of processes; one that changes while it is read might be.
        for _ in 0..=parents.len() {
            match parents.get(&at) {
                Some(parent) if *parent == root.as_raw_pid() => return true,
                Some(parent) => at = *parent,
                None => return false,
            }
        }
        false
    };
    parents.keys().copied().filter(|pid| is_below(*pid)).filter_map(Pid::from_raw).collect()
}

/// Every process that has not ended, with its parent.
fn parents() -> BTreeMap<i32, i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| Some((pid, parent_of(pid)?))).collect()
}

/// Of `PID (NAME) STATE PARENT …`; the name may hold anything, so the last `)` counts.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    let state = rest.next()?;
    if matches!(state, "Z" | "X") { None } else { rest.next()?.parse().ok() }
}

/// The second number of `statm` counts pages in memory.
fn memory_of(pid: Pid) -> u64 {
    let pages = fs::read_to_string(format!("/proc/{}/statm", pid.as_raw_pid())).ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or_default();
    pages * rustix::param::page_size() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_tree_is_found_and_ended_even_where_a_child_left_its_group_and_its_parent() {
        let mut child =
            Command::new("sh").args(["-c", "setsid sh -c 'sleep 60 & sleep 60' & wait"]).spawn().unwrap();
        let root = Pid::from_child(&child);
        let mut seen = Usage::default();
        for _ in 0..100 {
            seen = usage(root);
            if seen.processes >= 3 {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        assert!(seen.processes >= 3 && seen.memory > 0, "{seen:?}");
        end_descendants(root);
        assert_eq!(usage(root).processes, 0);
        child.wait().unwrap();
    }
}
