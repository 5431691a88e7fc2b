//! A comparison in the formats that are its own. Its texts come from documents and plugins: none is written unescaped.

mod changelog;
mod escape;
mod excerpt;
mod html;
mod json;
mod markdown;
#[cfg(test)]
mod tests;

pub(super) use html::html;
pub(super) use json::{json, oasdiff};
pub(super) use markdown::markdown;

use crate::render::words;
use crate::view::DiffView;
use countersign_model::{Change, Impact, Side, Witness};

/// From the worst to the least.
const IMPACTS: [Impact; 3] = [Impact::Breaking, Impact::Risky, Impact::Compatible];

/// The changes of one impact, in the stages' order.
fn of_impact(diff: &DiffView, impact: Impact) -> Vec<&Change> {
    diff.changes.0.iter().filter(|change| change.impact == impact).collect()
}

/// What all of them come to, in a word or two.
fn verdict(diff: &DiffView) -> &'static str {
    match diff.changes.worst() {
        Some(Impact::Breaking) => "breaking",
        Some(Impact::Risky) => "risky",
        Some(Impact::Compatible) => "compatible",
        None => "no change",
    }
}

/// How many changes there are of each impact.
fn tally(diff: &DiffView) -> String {
    let count = |impact: Impact| format!("{} {}", of_impact(diff, impact).len(), impact.as_str());
    format!("{}: {}", words::count(diff.changes.0.len(), "change"), IMPACTS.map(count).join(", "))
}

/// What a witness shows.
pub(super) fn claim(witness: &Witness) -> &'static str {
    match witness.allowed_by {
        Side::Base => "was fine, is refused now",
        Side::Head => "can arrive now",
    }
}

/// A place in a file, as people and editors write it; empty where the line is not known.
fn place(file: &str, location: Option<&countersign_model::Location>) -> Option<String> {
    let (line, column) = words::readable(location)?;
    Some(format!("{file}:{line}:{column}"))
}

/// The beginning of a text, of at most `limit` characters, and whether something is missing.
pub(super) fn shortened(text: &str, limit: usize) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// A sentence as it begins a line.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + characters.as_str()
}
