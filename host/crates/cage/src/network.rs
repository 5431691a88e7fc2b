//! Denies sockets of the network, and sees who asks for one (seccomp_unotify(2)).
//!
//! A second filter asks us about every `socket` call that is not for `AF_UNIX`. We deny all of them: the answer
//! needs no look into the caller's memory, so nothing can change between the look and the answer.

#![expect(unsafe_code, reason = "no library offers seccomp's notifications without libseccomp")]

use crate::processes::name_of;
use crate::{Event, Failure};
use libc::{
    BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO,
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

/// Sees who asks for a socket of the network, and says no.
#[derive(Debug)]
pub(crate) struct Watch {
    /// None where the kernel cannot ask us: the filter says no by itself, and nobody hears of it.
    listener: Option<OwnedFd>,
    stopped: AtomicBool,
}

/// From now on this process, and all that it starts, has no socket but `AF_UNIX` ones.
pub(crate) fn deny() -> Result<Watch, Failure> {
    let listener = match load(SECCOMP_RET_USER_NOTIF, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER) {
        // SAFETY: the call succeeded, so this is a new descriptor that nobody else knows.
        Ok(descriptor) => Some(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        Err(_) => {
            load(SECCOMP_RET_ERRNO | libc::EACCES as u32, 0)
                .map_err(Failure::new("deny the network with seccomp"))?;
            None
        }
    };
    Ok(Watch { listener, stopped: AtomicBool::new(false) })
}

/// Loads the filter; `denied` is what it does with a socket of the network.
fn load(denied: u32, flags: libc::c_ulong) -> io::Result<i32> {
    let word = |offset: usize| statement(BPF_LD | BPF_W | BPF_ABS, offset as u32);
    let answer = |action: u32| statement(BPF_RET | BPF_K, action);
    let equals = |value: u32, then: u8, otherwise: u8| sock_filter {
        code: (BPF_JMP | BPF_JEQ | BPF_K) as u16,
        jt: then,
        jf: otherwise,
        k: value,
    };
    // The first filter has ended whoever uses another architecture's calls, but only for what it denies.
    let mut program = [
        word(offset_of!(seccomp_data, arch)),
        equals(ARCHITECTURE, 1, 0),
        answer(SECCOMP_RET_ERRNO | libc::EPERM as u32),
        word(offset_of!(seccomp_data, nr)),
        equals(libc::SYS_socket as u32, 0, 3),
        word(offset_of!(seccomp_data, args)),
        equals(libc::AF_UNIX as u32, 1, 0),
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

/// What a socket is for (socket(2)). Netlink asks the kernel about the network, and reaches nobody.
fn asked(family: i32) -> Option<String> {
    match family {
        libc::AF_INET => Some("an IPv4 socket".into()),
        libc::AF_INET6 => Some("an IPv6 socket".into()),
        libc::AF_NETLINK => None,
        other => Some(format!("a socket of family {other}")),
    }
}
