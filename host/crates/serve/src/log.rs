//! The log: one JSON object a line, so that no text of somebody else's can look like a line of ours.

use std::io::Write;
use std::sync::{Arc, Mutex};

/// Where lines go.
#[derive(Clone)]
pub struct Log {
    _sink: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Log {
    /// A log that writes here.
    pub fn to(sink: impl Write + Send + 'static) -> Self {
        Self { _sink: Arc::new(Mutex::new(Box::new(sink))) }
    }
}
