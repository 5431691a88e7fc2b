//! Messages for the user, shown under the plugin's name on standard error.

pub use crate::__bindings::dump::countersign::plugin::log::{Level, write};

/// Shown with `-vv`.
pub fn debug(message: impl AsRef<str>) {
    write(Level::Debug, message.as_ref());
}

/// Shown with `-v`.
pub fn info(message: impl AsRef<str>) {
    write(Level::Info, message.as_ref());
}

/// Always shown, unless `-q`.
pub fn warn(message: impl AsRef<str>) {
    write(Level::Warn, message.as_ref());
}

/// Always shown.
pub fn error(message: impl AsRef<str>) {
    write(Level::Error, message.as_ref());
}

/// Send panics to the user. The target has no standard error, so that a panic's message is lost without this.
pub(crate) fn keep_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("a panic without a message");
        match panic.location() {
            Some(place) => error(format!("panicked at {}:{}: {message}", place.file(), place.line())),
            None => error(format!("panicked: {message}")),
        }
    }));
}
