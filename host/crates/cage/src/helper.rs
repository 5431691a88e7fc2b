//! The second process: reads a plan, confines itself, and runs what the plan says.

use crate::descriptors::close_at_exec;
use crate::supervise::supervise;
use crate::{Event, Failure, Plan, Rung, confine, namespaces, probe};
use rustix::process::{Signal, set_child_subreaper, set_parent_process_death_signal, setsid};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::process::parent_id;
use std::path::Path;

/// The first argument of a program that is started as a helper. The second is the plan's file, or asks for a trial.
pub const HELPER: &str = "__cage";
/// Instead of a plan: try what this machine allows in this folder, and print it.
pub(crate) const PROBE: &str = "--probe";

/// The exit status of a helper whose process did not start, or of one that was ended by a signal; the events
/// tell which.
pub(crate) const NOTHING_RAN: i32 = 125;

/// Where events go. Each is one write, so that two processes may share the file.
#[derive(Debug)]
pub(crate) struct Events(File);

impl Events {
    pub(crate) fn to(file: File) -> Self {
        Self(file)
    }

    pub(crate) fn tell(&self, event: &Event) {
        if let Ok(mut line) = serde_json::to_vec(event) {
            line.push(b'\n');
            // Whoever reads them sees that one is missing; there is nowhere else to tell it.
            let _ = (&self.0).write_all(&line);
        }
    }
}

/// Runs the helper to its end and returns its exit status: that of the process, or 125 where the events say
/// more. `arguments` are those after [`HELPER`].
///
/// Call it first in `main`, before any thread is started.
pub fn run_helper(arguments: &[&OsStr]) -> i32 {
    match arguments {
        [option, folder] if *option == PROBE => probe::answer(Path::new(folder)),
        [plan] => run_plan(Path::new(plan)),
        _ => NOTHING_RAN,
    }
}

fn run_plan(file: &Path) -> i32 {
    let Ok(plan) = read(file) else { return NOTHING_RAN };
    let Ok(events) = OpenOptions::new().append(true).create(true).open(&plan.events) else {
        return NOTHING_RAN;
    };
    let events = Events::to(events);
    match run(&plan, &events) {
        Ok(status) => status,
        Err(failure) => {
            events.tell(&failure.event());
            NOTHING_RAN
        }
    }
}

fn read(file: &Path) -> io::Result<Plan> {
    serde_json::from_slice(&fs::read(file)?).map_err(io::Error::other)
}

fn run(plan: &Plan, events: &Events) -> Result<i32, Failure> {
    // The terminal belongs to the session that we were started in, and a process of that session may type into it.
    setsid().map_err(Failure::new("leave the session"))?;
    close_at_exec()?;
    match plan.rung {
        Rung::Namespaces => {
            // Whoever started us may be killed, and then nobody is left to end what we run. The first process of
            // the namespaces follows us, and takes all others with it.
            set_parent_process_death_signal(Some(Signal::KILL))
                .map_err(Failure::new("follow the parent's end"))?;
            if parent_id() != plan.parent {
                return Err(Failure::new("follow the parent's end")(io::Error::other("it is gone already")));
            }
            namespaces::run(plan, events)
        }
        Rung::Mirror | Rung::Bare => {
            set_child_subreaper(Some(rustix::process::getpid()))
                .map_err(Failure::new("adopt processes that are left behind"))?;
            if plan.rung == Rung::Mirror {
                namespaces::give_up_power()?;
            }
            let watch = confine::confine(plan)?;
            supervise(plan, events, watch.as_ref())
        }
    }
}

/// The status with which a helper ends that must not say more than its events.
pub(crate) fn status_of(event: &Event) -> i32 {
    match event {
        Event::Exited(status) => *status,
        Event::Signalled(_)
        | Event::Confined
        | Event::Started
        | Event::Failed { .. }
        | Event::Network { .. }
        | Event::LeftBehind(_) => NOTHING_RAN,
    }
}
