//! New namespaces (namespaces(7), user_namespaces(7)), in which an ordinary user may mount.

#![expect(unsafe_code, reason = "a process that goes on in two places is made by no safe call")]

use crate::helper::{Events, status_of};
use crate::supervise::{end_of, supervise};
use crate::{Failure, Plan, confine, mounts};
use rustix::io::{Errno, read, write};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitOptions, getegid, geteuid, set_parent_process_death_signal, waitpid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities,
};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;

/// What the process keeps of the superuser's power over its own namespaces, where it is the superuser: that of
/// writing files whoever owns them. An ordinary user's process has none.
const KEPT: [CapabilitySet; 4] =
    [CapabilitySet::CHOWN, CapabilitySet::DAC_OVERRIDE, CapabilitySet::FOWNER, CapabilitySet::FSETID];

/// Runs the plan's process in namespaces of its own.
pub(crate) fn run(plan: &Plan, events: &Events) -> Result<i32, Failure> {
    inside(
        || {
            mounts::enter(plan)?;
            drop_capabilities(&KEPT)?;
            let watch = confine::confine(plan)?;
            supervise(plan, events, watch.as_ref())
        },
        plan.network,
        events,
    )
}

/// Runs `work` as the first process of new namespaces, as the same user, and returns its result as a status.
pub(crate) fn inside(
    work: impl FnOnce() -> Result<i32, Failure>,
    network: bool,
    events: &Events,
) -> Result<i32, Failure> {
    let (ready, go) = pipe_with(PipeFlags::CLOEXEC).map_err(Failure::new("make a pipe"))?;
    match clone_into(network).map_err(Failure::new("make namespaces"))? {
        Some(child) => {
            drop(ready);
            // The child waits until it is somebody: until then it has no identity in its namespace.
            map_user(child).map_err(Failure::new("map the user into the namespace"))?;
            write(&go, b"x").map_err(Failure::new("start the first process of the namespaces"))?;
            drop(go);
            let end =
                waitpid(Some(child), WaitOptions::empty()).map_err(Failure::new("wait for the cage"))?;
            let end = end.map(|(_, status)| end_of(status));
            Ok(end.map_or(-1, |end| status_of(&end)))
        }
        None => {
            drop(go);
            let result = begin(&ready).and_then(|()| work());
            let status = result.unwrap_or_else(|failure| {
                events.tell(&failure.event());
                crate::helper::NOTHING_RAN
            });
            std::process::exit(status)
        }
    }
}

fn begin(ready: &OwnedFd) -> Result<(), Failure> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(Failure::new("follow the parent's end"))?;
    match read(ready, &mut [0_u8; 1]).map_err(Failure::new("wait for the user's mapping"))? {
        1 => Ok(()),
        _ => Err(Failure::new("wait for the user's mapping")(io::Error::other("the other side is gone"))),
    }
}

/// Goes on twice, like `fork`: in the caller, with the child's number, and in the child.
fn clone_into(network: bool) -> io::Result<Option<Pid>> {
    let network = if network { 0 } else { libc::CLONE_NEWNET };
    let spaces = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | network;
    let flags = libc::c_long::from(spaces | libc::SIGCHLD);
    // SAFETY: the helper has one thread and holds no lock, so the copy of its memory is whole. Without a stack
    // of its own the child goes on where this call returns, on its own copy, as after fork(2).
    let result = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
    match i32::try_from(result) {
        Ok(0) => Ok(None),
        Ok(child) if child > 0 => Ok(Pid::from_raw(child)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The superuser maps everybody, so that files of others keep their owners; everybody else may map one.
fn map_user(child: Pid) -> io::Result<()> {
    let process = format!("/proc/{}", child.as_raw_pid());
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        let own = |file: &str| -> io::Result<String> {
            let text = fs::read_to_string(format!("/proc/self/{file}"))?;
            // `inside outside count`, one range a line; both sides are our own numbers.
            let ranges = text.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                let (first, _, count) = (words.next()?, words.next()?, words.next()?);
                Some(format!("{first} {first} {count}\n"))
            });
            Ok(ranges.collect())
        };
        fs::write(format!("{process}/uid_map"), own("uid_map")?)?;
        return fs::write(format!("{process}/gid_map"), own("gid_map")?);
    }
    fs::write(format!("{process}/setgroups"), "deny")?;
    let one = |id: u32| format!("{id} {id} 1\n");
    fs::write(format!("{process}/uid_map"), one(user.as_raw()))?;
    fs::write(format!("{process}/gid_map"), one(group.as_raw()))
}

/// Keeps these where the user is the superuser and has them, and none otherwise.
fn drop_capabilities(kept: &[CapabilitySet]) -> Result<(), Failure> {
    shrink(kept).map_err(Failure::new("give up the superuser's power"))
}

/// What a process without namespaces of its own gives up: all but reading and writing files whoever owns them.
pub(crate) fn give_up_power() -> Result<(), Failure> {
    drop_capabilities(&[CapabilitySet::DAC_OVERRIDE])
}

fn shrink(kept: &[CapabilitySet]) -> rustix::io::Result<()> {
    let kept: CapabilitySet =
        if geteuid().is_root() { kept.iter().copied().collect() } else { CapabilitySet::empty() };
    let kept = kept & capabilities(None)?.permitted;
    clear_ambient_capability_set()?;
    for capability in (CapabilitySet::all() - kept).iter() {
        match remove_capability_from_bounding_set(capability) {
            // One that this kernel does not have.
            Ok(()) | Err(Errno::INVAL) => {}
            // Who may not shrink the set gains nothing from what is left in it: before anything is executed,
            // `confine` gives up all new privileges.
            Err(Errno::PERM) => break,
            Err(error) => return Err(error),
        }
    }
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    set_capabilities(None, sets)
}
