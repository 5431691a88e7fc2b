//! A service's answer, held against what the record declares of it.
//!
//! `record` finds operations and what they may answer, `bundle` makes a JSON Schema (2020-12) of a schema of the record,
//! `answer` compares, and `told` says what differs without a value of the answer. Nothing here sends a request.

mod answer;
mod bundle;
mod record;
#[cfg(test)]
mod tests;
mod told;

pub(crate) use answer::{Judged, compiled, judge};
pub(crate) use bundle::{Bundle, Flow};
pub(crate) use record::{ApiRecord, local};

/// A text of somebody else's for a message, on one line and shortened.
fn short(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
