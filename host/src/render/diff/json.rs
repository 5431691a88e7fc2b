//! A comparison for programs: our own shape, and that of oasdiff.

use crate::render::json::write;
use crate::view::DiffView;
use countersign_model::{Change, Impact, Location};
use serde::Serialize;
use std::io::{self, Write as Out};

/// A comparison.
#[derive(Serialize)]
struct Shown<'a> {
    /// The old document, as the user named it.
    old: &'a str,
    /// The new document, as the user named it.
    new: &'a str,
    /// What both are.
    format: &'a str,
    /// The worst impact; none where nothing changed.
    worst: Option<Impact>,
    /// The part of a version that the change asks for: `major`, `minor` or `none`.
    bump: &'static str,
    /// Every change, the breaking ones first.
    changes: Vec<ShownChange<'a>>,
}

/// A change, with what other tools call its parts.
#[derive(Serialize)]
struct ShownChange<'a> {
    /// The rule.
    id: &'a str,
    /// 3 breaking, 2 risky, 1 compatible.
    level: u8,
    /// The method of the first operation that it reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    /// The path of the first operation that it reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    /// Where it is in the new document, or was in the old one.
    location: Option<Place<'a>>,
    #[serde(flatten)]
    change: &'a Change,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    #[serde(flatten)]
    location: &'a Location,
}

/// An entry of `oasdiff changelog --format json`, as far as it is a promise there.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    text: &'a str,
    level: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

/// Write a comparison.
pub(in crate::render) fn json(diff: &DiffView, out: &mut dyn Out) -> io::Result<()> {
    let changes = diff.changes.0.iter().map(|change| {
        let (operation, path) = operation(change);
        let location = match (&change.head, &change.base) {
            (Some(location), _) => Some(Place { file: &diff.new, location }),
            (None, Some(location)) => Some(Place { file: &diff.old, location }),
            (None, None) => None,
        };
        ShownChange { id: &change.rule, level: level(change.impact), operation, path, location, change }
    });
    let shown = Shown {
        old: &diff.old,
        new: &diff.new,
        format: &diff.format,
        worst: diff.changes.worst(),
        bump: diff.bump(),
        changes: changes.collect(),
    };
    write(&shown, out)
}

/// Write a comparison that the stage made in oasdiff's terms, one entry for each.
pub(in crate::render) fn oasdiff(diff: &DiffView, out: &mut dyn Out) -> io::Result<()> {
    let entries = diff.changes.0.iter().map(|change| {
        let (operation, path) = operation(change);
        Entry { id: &change.rule, text: &change.summary, level: level(change.impact), operation, path }
    });
    write(&entries.collect::<Vec<_>>(), out)
}

fn level(impact: Impact) -> u8 {
    match impact {
        Impact::Breaking => 3,
        Impact::Risky => 2,
        Impact::Compatible => 1,
    }
}

/// Method and path of the first operation. Some changes reach a path and no method.
fn operation(change: &Change) -> (Option<&str>, Option<&str>) {
    let Some(first) = change.operations.first() else { return (None, None) };
    match first.split_once(' ') {
        Some((method, path)) => (Some(method).filter(|method| !method.is_empty()), Some(path)),
        None => (Some(first), None),
    }
}
