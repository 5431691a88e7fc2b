//! From replaced stretches of lines to changes that a reader understands.

use crate::align::{Replaced, replaced};
use countersign_plugin::{Change, Direction, Impact, Location};
use std::collections::HashMap;
use std::ops::Range;

/// The only rule: a text has no structure that another rule could name.
pub(crate) const RULE: &str = "lines-changed";

/// Bytes of old or new text that a change quotes at most.
const QUOTE: usize = 4096;
/// Bytes of a line that a subject quotes at most.
const NAME: usize = 80;

/// One change for each stretch in which the documents differ, in the order of the document.
pub(crate) fn changes(base: &str, head: &str, impact: Impact) -> Vec<Change> {
    let old: Vec<&str> = base.split_inclusive('\n').collect();
    let new: Vec<&str> = head.split_inclusive('\n').collect();
    let mut seen = HashMap::new();
    replaced(&old, &new)
        .into_iter()
        .map(|stretch| Change {
            rule: RULE.into(),
            impact,
            direction: Direction::Neither,
            subject: told_apart(subject(&old, stretch.base.start), &mut seen),
            summary: summary(&stretch),
            before: quoted(&old, &stretch.base),
            after: quoted(&new, &stretch.head),
            base: location(&stretch.base),
            head: location(&stretch.head),
            operations: Vec::new(),
            witness: None,
            ext: Vec::new(),
        })
        .collect()
}

/// The nearest line above that has text. A line number would change with every edit further up.
fn subject(old: &[&str], start: usize) -> String {
    match old[..start].iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()) {
        Some(line) => format!("after `{}`", truncated(line, NAME)),
        None => "start of the document".into(),
    }
}

/// `subject` with a number from the second time on that it occurs.
fn told_apart(subject: String, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(subject.clone()).and_modify(|count| *count += 1).or_insert(1);
    if *count == 1 { subject } else { format!("{subject} ({count})") }
}

fn summary(stretch: &Replaced) -> String {
    let lines = |count: usize| {
        if count == 1 { "1 line".into() } else { format!("{count} lines") }
    };
    match (stretch.base.len(), stretch.head.len()) {
        (0, added) => format!("{} added at line {}", lines(added), stretch.head.start + 1),
        (removed, 0) => format!("{} removed at line {}", lines(removed), stretch.base.start + 1),
        (removed, added) => {
            format!("{} removed, {added} added at line {}", lines(removed), stretch.base.start + 1)
        }
    }
}

fn quoted(lines: &[&str], range: &Range<usize>) -> Option<String> {
    let mut text = String::new();
    for line in &lines[range.clone()] {
        text.push_str(line);
        if text.len() > QUOTE {
            break;
        }
    }
    (!text.is_empty()).then(|| truncated(&text, QUOTE))
}

fn location(range: &Range<usize>) -> Option<Location> {
    let line = u32::try_from(range.start + 1).ok();
    (!range.is_empty()).then(|| Location { pointer: String::new(), line, column: None })
}

/// At most `limit` bytes of `text`, cut between characters.
fn truncated(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit)])
}
