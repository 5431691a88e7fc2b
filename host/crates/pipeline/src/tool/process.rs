//! One process: its own group, captured streams, a time limit, and nothing left of it afterwards.

use super::capture::Capture;
use super::{Ended, Interrupt, ToolError};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
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

/// A process to run.
pub(super) struct Process<'a> {
    pub(super) program: &'a Path,
    pub(super) arguments: &'a [String],
    pub(super) folder: &'a Path,
    pub(super) variables: &'a BTreeMap<OsString, OsString>,
    pub(super) timeout: Duration,
    pub(super) interrupt: &'a Interrupt,
}

/// How a process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Well,
    Badly(Ended),
    TimedOut,
    Interrupted,
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
        // Nothing to kill is the usual case, and no failure.
        let _ = kill_process_group(self.leader(), Signal::KILL);
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
    /// Runs it to its end. Background processes that it leaves in its group are killed with it.
    pub(super) fn run(&self, stdout: &mut Capture, stderr: &mut Capture) -> Result<End, ToolError> {
        if self.interrupt.is_raised() {
            return Ok(End::Interrupted);
        }
        let child = self.spawn().map_err(ToolError::io("start", self.program))?;
        let mut group = Group { child, is_reaped: false };
        let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
        let (out, err) = out.zip(err).expect("both streams were asked to be pipes");
        let (leader, done) = (group.leader(), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| drain(out, stdout, &done));
            scope.spawn(|| drain(err, stderr, &done));
            let (exited, exit) = mpsc::channel();
            scope.spawn(move || {
                await_exit(leader);
                // The receiver is gone only where this thread no longer matters.
                let _ = exited.send(());
            });
            let forced = self.await_end(&exit);
            let status = group.end();
            done.store(true, Ordering::SeqCst);
            let status = status.map_err(ToolError::io("wait for", self.program))?;
            Ok(forced.unwrap_or_else(|| end_of(status)))
        })
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let mut command = Command::new(self.program);
        command.args(self.arguments).current_dir(self.folder).env_clear().envs(self.variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
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

    /// `None` when the process ended by itself; otherwise why it has to be ended.
    fn await_end(&self, exit: &mpsc::Receiver<()>) -> Option<End> {
        let started = Instant::now();
        loop {
            let left = self.timeout.saturating_sub(started.elapsed());
            match exit.recv_timeout(left.min(TICK)) {
                Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) if self.interrupt.is_raised() => {
                    return Some(End::Interrupted);
                }
                Err(mpsc::RecvTimeoutError::Timeout) if left.is_zero() => return Some(End::TimedOut),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
        }
    }
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
