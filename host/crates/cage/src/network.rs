//! Denies sockets of the network, and sees who asks for one (seccomp_unotify(2)).
//!
//! A second filter asks us about `socket` calls. We deny all of them: the answer needs no look into the caller's
//! memory, so nothing can change between the look and the answer.

#![expect(unsafe_code, reason = "no library offers seccomp's notifications without libseccomp")]

use crate::processes::name_of;
use crate::{Event, Failure, Rung};
use libc::{
    BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO,
    SECCOMP_RET_USER_NOTIF, seccomp_data, seccomp_notif, seccomp_notif_resp, sock_filter, sock_fprog,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::collections::BTreeSet;
use std::io;
use std::mem::{offset_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// How many different requests are told. What asks for more is told enough about.
const TOLD: usize = 20;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xC000_00B7;

/// The mark of x32's calls on x86-64; no other architecture has as many.
const X32: u32 = 0x4000_0000;

/// Sees who asks for a socket of the network, and says no.
#[derive(Debug)]
pub(crate) struct Watch {
    /// None where the kernel cannot ask us: the filter says no by itself, and nobody hears of it.
    listener: Option<OwnedFd>,
    stopped: AtomicBool,
}

/// From now on this process, and all that it starts, has no socket but, in namespaces, `AF_UNIX` ones. Elsewhere
/// those lead to whoever listens on this machine.
pub(crate) fn deny(rung: Rung) -> Result<Watch, Failure> {
    let local = rung == Rung::Namespaces;
    let listener = match load(SECCOMP_RET_USER_NOTIF, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER, local) {
        // SAFETY: the call succeeded, so this is a new descriptor that nobody else knows.
        Ok(descriptor) => Some(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        Err(_) => {
            load(SECCOMP_RET_ERRNO | libc::EACCES as u32, 0, local)
                .map_err(Failure::new("deny the network with seccomp"))?;
            None
        }
    };
    Ok(Watch { listener, stopped: AtomicBool::new(false) })
}

/// Loads the filter; `denied` is what it does with a socket, and `local` whether it lets `AF_UNIX` ones through.
fn load(denied: u32, flags: libc::c_ulong, local: bool) -> io::Result<i32> {
    let word = |offset: usize| statement(BPF_LD | BPF_W | BPF_ABS, offset as u32);
    let answer = |action: u32| statement(BPF_RET | BPF_K, action);
    let jump = |kind: u32, value: u32, then: u8, otherwise: u8| sock_filter {
        code: (BPF_JMP | kind | BPF_K) as u16,
        jt: then,
        jf: otherwise,
        k: value,
    };
    let mut program = [
        // The calls of another architecture, and of x32, have other numbers, so no filter would know them.
        word(offset_of!(seccomp_data, arch)),
        jump(BPF_JEQ, ARCHITECTURE, 1, 0),
        answer(SECCOMP_RET_ERRNO | libc::EPERM as u32),
        word(offset_of!(seccomp_data, nr)),
        jump(BPF_JGE, X32, 0, 1),
        answer(SECCOMP_RET_ERRNO | libc::EPERM as u32),
        jump(BPF_JEQ, libc::SYS_socket as u32, 0, 3),
        word(offset_of!(seccomp_data, args)),
        jump(BPF_JEQ, if local { libc::AF_UNIX as u32 } else { u32::MAX }, 1, 0),
        answer(denied),
        answer(SECCOMP_RET_ALLOW),
    ];
    let program = sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: `program` points to as many instructions as it says, and both outlive the call, which copies
    // them.
    let result = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, std::ptr::from_ref(&program))
    };
    i32::try_from(result).ok().filter(|result| *result >= 0).ok_or_else(io::Error::last_os_error)
}

fn statement(code: u32, value: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: 0, k: value }
}

impl Watch {
    /// Answers until [`stop`](Self::stop), and tells each different request once.
    pub(crate) fn answer(&self, tell: impl Fn(Event)) {
        let Some(listener) = &self.listener else { return };
        let mut told = BTreeSet::new();
        while !self.stopped.load(Ordering::SeqCst) {
            let patience = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
            let mut descriptors = [PollFd::from_borrowed_fd(listener.as_fd(), PollFlags::IN)];
            if !matches!(poll(&mut descriptors, Some(&patience)), Ok(ready) if ready > 0) {
                continue;
            }
            if descriptors[0].revents().contains(PollFlags::HUP) {
                return;
            }
            if let Some(event) = deny_one(listener)
                && told.len() < TOLD
                && told.insert(format!("{event:?}"))
            {
                tell(event);
            }
        }
    }

    /// Ends [`answer`](Self::answer).
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }
}

/// Takes one request and denies it.
fn deny_one(listener: &OwnedFd) -> Option<Event> {
    // SAFETY: both are plain integers, and the kernel wants them zeroed.
    let (mut request, mut response): (seccomp_notif, seccomp_notif_resp) = unsafe { (zeroed(), zeroed()) };
    // SAFETY: the argument is the structure that this request fills in.
    let received =
        unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut request) };
    if received != 0 {
        return None;
    }
    let program = name_of(request.pid as i32);
    response.id = request.id;
    response.error = -libc::EACCES;
    // SAFETY: the argument is the structure that this request reads. A caller that is gone is an error, and
    // none of ours.
    let _ = unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut response) };
    asked(request.data.args[0] as i32).map(|asked| Event::Network { program, asked })
}

/// What a socket is for (socket(2)). Netlink asks the kernel, and `AF_UNIX` reaches
/// nobody but this machine, so that nobody needs to hear of it.
fn asked(family: i32) -> Option<String> {
    match family {
        libc::AF_INET => Some("an IPv4 socket".into()),
        libc::AF_INET6 => Some("an IPv6 socket".into()),
        libc::AF_NETLINK | libc::AF_UNIX => None,
        other => Some(format!("a socket of family {other}")),
    }
}
