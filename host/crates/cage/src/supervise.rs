//! Starts the process, waits for it, and ends what it leaves behind.

use crate::helper::{Events, NOTHING_RAN, status_of};
use crate::network::Watch;
use crate::processes::end_descendants;
use crate::{Event, Failure, Plan, Rung, processes};
use rustix::process::{DumpableBehavior, Pid, WaitOptions, WaitStatus, getpid, set_dumpable_behavior, wait};
use std::os::unix::process::parent_id;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Runs the plan's process in the confinement that this process is in already.
pub(crate) fn supervise(plan: &Plan, events: &Events, watch: Option<&Watch>) -> Result<i32, Failure> {
    let mut command = Command::new(&plan.program);
    command.args(&plan.arguments).current_dir(&plan.folder).stdin(Stdio::null());
    command.env_clear().envs(plan.variables.iter().map(|(name, value)| (name, value)));
    // Nobody looks into the helper or takes its descriptors by `/proc`, though the process is the same user's.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(Failure::new("close the helper's memory"))?;
    events.tell(&Event::Confined);
    let child = command.spawn().map_err(Failure::new(format!("start `{}`", plan.program.display())))?;
    events.tell(&Event::Started);
    let (leader, ended) = (Pid::from_child(&child), AtomicBool::new(false));
    thread::scope(|scope| {
        if plan.rung != Rung::Namespaces {
            scope.spawn(|| follow(plan.parent, &ended));
        }
        if let Some(watch) = watch {
            scope.spawn(|| watch.answer(|event| events.tell(&event)));
        }
        let end = await_leader(leader);
        let left = processes::descendants_of(getpid());
        if !left.is_empty() {
            events.tell(&Event::LeftBehind(processes::names(&left)));
            end_descendants(getpid());
        }
        if let Some(watch) = watch {
            watch.stop();
        }
        ended.store(true, Ordering::SeqCst);
        let end = end.map_err(Failure::new("wait for the process"))?;
        events.tell(&end);
        Ok(status_of(&end))
    })
}

/// Where no namespace ends with its first process, we see to it: when whoever started us is gone, everything below
/// us goes too.
fn follow(parent: u32, ended: &AtomicBool) {
    while !ended.load(Ordering::SeqCst) {
        if parent_id() != parent {
            end_descendants(getpid());
            std::process::exit(NOTHING_RAN);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits for the process, and reaps what others leave: a helper that is the first process of its namespace has
/// to, and one that adopts does.
fn await_leader(leader: Pid) -> rustix::io::Result<Event> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == leader => return Ok(end_of(status)),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

pub(crate) fn end_of(status: WaitStatus) -> Event {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(status), _) => Event::Exited(status),
        (None, Some(signal)) => Event::Signalled(signal),
        (None, None) => Event::Exited(-1),
    }
}
