//! What to do when nobody knows whether a write took effect: look, a few times, and never send again.

use crate::ForgeError;
use std::thread::sleep;
use std::time::Duration;

/// The pauses before each look. A write that is still on its way shows up in this time or is left to the caller.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];

/// What the write made, if a look finds it; else the error that left it open.
pub(crate) fn settle<T>(
    open: ForgeError,
    mut look: impl FnMut() -> Result<Option<T>, ForgeError>,
) -> Result<T, ForgeError> {
    for pause in PAUSES {
        sleep(pause);
        // A look that fails tells nothing; the next one may.
        if let Ok(Some(found)) = look() {
            return Ok(found);
        }
    }
    Err(open)
}

/// The error of a write that was answered with success, but without what it made.
pub(crate) fn unsaid(what: String) -> ForgeError {
    ForgeError::Unknown { what, why: "the answer does not say what it made".to_owned() }
}
