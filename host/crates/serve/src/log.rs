//! The log: one JSON object a line, so that no text of somebody else's can look like a line of ours.

use crate::time::Time;
use countersign_model::terminal;
use serde_json::{Map, Value};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The longest text that one field shows.
const LONGEST: usize = 500;

/// Where lines go.
#[derive(Clone)]
pub struct Log {
    sink: Arc<Mutex<Box<dyn Write + Send>>>,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

impl Log {
    /// A log that writes here.
    pub fn to(sink: impl Write + Send + 'static) -> Self {
        Self { sink: Arc::new(Mutex::new(Box::new(sink))) }
    }

    /// Writes one line. Deceptive characters in texts are made visible, since some read a log with `cat`.
    pub(crate) fn line(&self, at: Time, level: Level, event: &str, fields: Value) {
        let mut line = Map::new();
        line.insert("time".into(), timestamp(at).into());
        let level = match level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        line.insert("level".into(), level.into());
        line.insert("event".into(), event.into());
        if let Value::Object(fields) = fields {
            line.extend(
                fields
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key, safe(value))),
            );
        }
        let line = format!("{}\n", Value::Object(line));
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that nobody takes must not stop what it tells of.
        drop(sink.write_all(line.as_bytes()).and_then(|()| sink.flush()));
    }
}

fn safe(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let short: String = text.chars().take(LONGEST).collect();
            Value::String(terminal(&short))
        }
        Value::Array(values) => Value::Array(values.into_iter().map(safe).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value,
    }
}

fn timestamp(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_hostile_text_stays_within_its_field_and_its_line() {
        let sink = Shared::default();
        let hostile = "a\n{\"level\":\"error\"}\u{1b}[2J\u{202e}b";
        Log::to(sink.clone()).line(
            Time(1_500),
            Level::Info,
            "delivery",
            json!({"author": hostile, "none": null}),
        );
        let written = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().count(), 1);
        assert!(!written.contains('\u{1b}') && !written.contains('\u{202e}'), "{written}");
        let line: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(line["time"], "1970-01-01T00:00:01.500Z");
        assert_eq!(line["level"], "info");
        assert!(line.get("none").is_none());
    }
}
