//! Descriptors that a helper was started with, and must not pass on.

#![expect(unsafe_code, reason = "no library closes a range of descriptors at the next exec")]

use crate::Failure;
use std::io;

/// Closes every descriptor but the three standard ones when the next program starts (close_range(2)). An open
/// folder would be a way out of any cage.
pub(crate) fn close_at_exec() -> Result<(), Failure> {
    // SAFETY: the call takes three numbers and closes nothing now, so nobody's descriptor becomes another's.
    let result =
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if result == 0 {
        return Ok(());
    }
    Err(Failure::new("close what was left open")(io::Error::last_os_error()))
}
