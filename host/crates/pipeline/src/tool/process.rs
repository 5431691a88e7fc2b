//! One process: its own group, captured streams, limits, and nothing left of it afterwards.

use super::capture::Capture;
use super::confinement::Confinement;
use super::{Ended, Exceeded, Interrupt, Remark, ToolError};
use countersign_cage::{Event, HELPER, end_descendants, read_events, usage};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a waiting thread looks at the flags that may end it.
const TICK: Duration = Duration::from_millis(50);
/// How long what is left in a pipe is read for, when the group is dead and somebody outside it still
/// holds the other end.
const GRACE: Duration = Duration::from_secs(1);
/// Every how many ticks it is looked at what the processes use.
const LOOK: u32 = 8;
/// How many processes one tool may have. What has more is out of hand.
const MOST_PROCESSES: usize = 1024;

/// A process to run.
pub(super) struct Process<'a> {
    pub(super) program: &'a Path,
    pub(super) arguments: &'a [String],
    pub(super) folder: &'a Path,
    pub(super) variables: &'a BTreeMap<OsString, OsString>,
    pub(super) timeout: Duration,
    pub(super) interrupt: &'a Interrupt,
    /// Whether it may use the network, where it is confined.
    pub(super) network: bool,
    /// The helper that confines it, and how; none for a process that runs as it is.
    pub(super) confinement: Option<(&'a Path, &'a Confinement)>,
    pub(super) limits: Limits<'a>,
}

/// What a process and all that it starts may use.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits<'a> {
    /// Memory, in bytes.
    pub(super) memory: Option<u64>,
    /// A folder, and how many bytes may be written to it.
    pub(super) disk: Option<(&'a Path, u64)>,
}

/// What became of a process.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) end: End,
    /// What it tried that it was not to.
    pub(super) remarks: Vec<Remark>,
    /// What kept it from being started as it was to be.
    pub(super) not_started: Option<NotStarted>,
}

/// Why a process did not start as it was to.
#[derive(Clone, Debug)]
pub(super) struct NotStarted {
    /// What was tried.
    pub(super) doing: String,
    /// Why it failed.
    pub(super) why: String,
    /// Whether the cage failed, before anything of the tool could have had a part in it.
    pub(super) is_cage: bool,
}

/// How a process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Well,
    Badly(Ended),
    TimedOut,
    Interrupted,
    Exceeded(Exceeded),
}

/// Kills the group and reaps its leader on every way out, a panic included.
///
/// The leader is reaped last: while it is a zombie, the kernel cannot give its number to another group.
struct Group {
    child: Child,
    is_reaped: bool,
}

impl Group {
    fn leader(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn end(&mut self) -> std::io::Result<ExitStatus> {
        // A child that left the group is still below its leader.
        end_descendants(self.leader());
        // Nothing to kill is the usual case, and no failure.
        let _ = kill_process_group(self.leader(), Signal::KILL);
        let _ = kill_process(self.leader(), Signal::KILL);
        self.is_reaped = true;
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.is_reaped {
            let _ = self.end();
        }
    }
}

impl Process<'_> {
    /// Runs it to its end. Background processes that it leaves are killed with it.
    pub(super) fn run(&self, stdout: &mut Capture, stderr: &mut Capture) -> Result<Ran, ToolError> {
        if self.interrupt.is_raised() {
            return Ok(Ran { end: End::Interrupted, remarks: Vec::new(), not_started: None });
        }
        let written_before = self.limits.disk.map_or(0, |(folder, _)| size_of(folder));
        let child = self.spawn().map_err(ToolError::io("start", self.program))?;
        let mut group = Group { child, is_reaped: false };
        let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
        let (out, err) = out.zip(err).expect("both streams were asked to be pipes");
        let (leader, done) = (group.leader(), AtomicBool::new(false));
        let end = thread::scope(|scope| {
            scope.spawn(|| drain(out, stdout, &done));
            scope.spawn(|| drain(err, stderr, &done));
            let (exited, exit) = mpsc::channel();
            scope.spawn(move || {
                await_exit(leader);
                // The receiver is gone only where this thread no longer matters.
                let _ = exited.send(());
            });
            let forced = self.await_end(&exit, leader, written_before);
            let status = group.end();
            done.store(true, Ordering::SeqCst);
            let status = status.map_err(ToolError::io("wait for", self.program))?;
            // What was written since the last look counts too: the end may have come by a full disk.
            let forced = forced.or_else(|| self.exceeded_disk(written_before).map(End::Exceeded));
            Ok(forced.unwrap_or_else(|| end_of(status)))
        })?;
        Ok(self.told(end))
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let mut command = match self.confinement {
            None => {
                let mut command = Command::new(self.program);
                command.args(self.arguments).current_dir(self.folder).process_group(0);
                command.env_clear().envs(self.variables);
                command
            }
            Some((helper, confinement)) => {
                let mut plan = confinement.plan(self);
                // A little more than may be written in all, so that the look from outside comes first.
                plan.file_size = self.limits.disk.map_or(u64::MAX, |(_, most)| most + most / 8);
                let file = confinement.private.join("plan");
                std::fs::write(&file, serde_json::to_vec(&plan).map_err(std::io::Error::other)?)?;
                std::fs::write(&plan.events, "")?;
                // The helper makes a session of its own, and with it a group.
                let mut command = Command::new(helper);
                command.arg(HELPER).arg(file).current_dir("/").env_clear();
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut attempts = 0;
        loop {
            match command.spawn() {
                // A script that was just copied looks busy while a fork on another thread holds its file.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && attempts < 20 => {
                    attempts += 1;
                    thread::sleep(Duration::from_millis(10));
                }
                other => return other,
            }
        }
    }

    /// The end as the helper saw it, which is that of the process and not its own.
    fn told(&self, end: End) -> Ran {
        let mut ran = Ran { end, remarks: Vec::new(), not_started: None };
        let Some((_, confinement)) = self.confinement else { return ran };
        let events = read_events(&confinement.private.join("events")).unwrap_or_default();
        let was_forced = !matches!(end, End::Well | End::Badly(_));
        let mut is_confined = false;
        if !was_forced && !events.iter().any(is_outcome) {
            // Whoever ended the helper may be what it was to keep in.
            let (doing, why) = ("run the helper to its end".into(), "it was ended from outside".into());
            ran.not_started = Some(NotStarted { doing, why, is_cage: false });
        }
        for event in events {
            match event {
                Event::Confined => is_confined = true,
                Event::Started => {}
                Event::Failed { doing, why } => {
                    ran.not_started = Some(NotStarted { doing, why, is_cage: !is_confined });
                }
                Event::Exited(0) if !was_forced => ran.end = End::Well,
                Event::Exited(status) if !was_forced => ran.end = End::Badly(Ended::Status(status)),
                Event::Signalled(signal) if !was_forced => ran.end = End::Badly(Ended::Signal(signal)),
                Event::Exited(_) | Event::Signalled(_) => {}
                Event::Network { program, asked } => ran.remarks.push(Remark::Network { program, asked }),
                Event::LeftBehind(names) => ran.remarks.push(Remark::LeftBehind(names)),
            }
        }
        ran
    }

    /// `None` when the process ended by itself; otherwise why it has to be ended.
    fn await_end(&self, exit: &mpsc::Receiver<()>, leader: Pid, written_before: u64) -> Option<End> {
        let started = Instant::now();
        for tick in 1_u32.. {
            let left = self.timeout.saturating_sub(started.elapsed());
            match exit.recv_timeout(left.min(TICK)) {
                Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) if self.interrupt.is_raised() => {
                    return Some(End::Interrupted);
                }
                Err(mpsc::RecvTimeoutError::Timeout) if left.is_zero() => return Some(End::TimedOut),
                Err(mpsc::RecvTimeoutError::Timeout) if tick.is_multiple_of(LOOK) => {
                    let exceeded = self.exceeded(leader).or_else(|| self.exceeded_disk(written_before));
                    if let Some(exceeded) = exceeded {
                        return Some(End::Exceeded(exceeded));
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
        }
        None
    }

    fn exceeded(&self, leader: Pid) -> Option<Exceeded> {
        let used = usage(leader);
        if used.processes > MOST_PROCESSES {
            return Some(Exceeded::Processes(MOST_PROCESSES));
        }
        self.limits.memory.filter(|most| used.memory > *most).map(Exceeded::Memory)
    }

    fn exceeded_disk(&self, before: u64) -> Option<Exceeded> {
        let (folder, most) = self.limits.disk?;
        (size_of(folder).saturating_sub(before) > most).then_some(Exceeded::Disk(most))
    }
}

/// Whether an event tells how it all ended.
fn is_outcome(event: &Event) -> bool {
    match event {
        Event::Failed { .. } | Event::Exited(_) | Event::Signalled(_) => true,
        Event::Confined | Event::Started | Event::Network { .. } | Event::LeftBehind(_) => false,
    }
}

/// What a folder takes on the disk, in bytes. Links are not followed.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        let below = if metadata.is_dir() { size_of(&entry.path()) } else { 0 };
        Some(below + metadata.blocks() * 512)
    });
    sizes.sum()
}

/// Waits until the leader has ended, and leaves it to be reaped.
fn await_exit(leader: Pid) {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while matches!(waitid(WaitId::Pid(leader), options), Err(rustix::io::Errno::INTR)) {}
}

fn end_of(status: ExitStatus) -> End {
    match (status.success(), status.signal()) {
        (true, _) => End::Well,
        (false, Some(signal)) => End::Badly(Ended::Signal(signal)),
        (false, None) => End::Badly(Ended::Status(status.code().unwrap_or(-1))),
    }
}

/// Reads a stream to its end, or, once `done`, to what is there now: a process that left the group may hold
/// the stream open for ever.
fn drain(mut stream: impl Read + AsFd, capture: &mut Capture, done: &AtomicBool) {
    let mut buffer = vec![0; 64 * 1024];
    let mut deadline = None;
    loop {
        let last = done.load(Ordering::SeqCst);
        if last && Instant::now() > *deadline.get_or_insert_with(|| Instant::now() + GRACE) {
            return;
        }
        if !is_ready(&stream, if last { Duration::ZERO } else { TICK }) {
            if last {
                return;
            }
            continue;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => capture.push(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn is_ready(stream: &impl AsFd, patience: Duration) -> bool {
    let patience = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    let mut descriptors = [PollFd::new(stream, PollFlags::IN)];
    matches!(poll(&mut descriptors, Some(&patience)), Ok(count) if count > 0)
}
