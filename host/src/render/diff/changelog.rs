//! An entry for a changelog (Keep a Changelog 1.1.0), in Markdown that can be pasted.

use super::escape::{markdown_code, markdown_prose};
use super::{IMPACTS, of_impact, sentence, shortened};
use crate::view::DiffView;
use countersign_model::{Change, Impact};
use std::collections::BTreeSet;

/// A sentence that is longer says nothing more to who reads a changelog.
const SENTENCE: usize = 300;

/// What a section is called, in the order of Keep a Changelog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Added,
    Changed,
    Deprecated,
    Removed,
}

const SECTIONS: [(Section, &str); 4] = [
    (Section::Added, "Added"),
    (Section::Changed, "Changed"),
    (Section::Deprecated, "Deprecated"),
    (Section::Removed, "Removed"),
];

/// The entries, section by section, the worst first; the first of a section has its title before it.
pub(super) fn entries(diff: &DiffView) -> Vec<String> {
    let changes: Vec<_> = IMPACTS.into_iter().flat_map(|impact| of_impact(diff, impact)).collect();
    let mut entries = Vec::new();
    for (section, title) in SECTIONS {
        let mut told = BTreeSet::new();
        for change in changes.iter().filter(|change| section_of(change) == section) {
            let line = entry(change);
            let title = if told.is_empty() { format!("### {title}\n") } else { String::new() };
            // What differs only in where it is reads as one change.
            if told.insert(line.clone()) {
                entries.push(format!("{title}{line}"));
            }
        }
    }
    entries
}

/// A rule's id says what happened; where it does not, the side on which the thing is does.
fn section_of(change: &Change) -> Section {
    let says = |word: &str| change.rule.split('-').any(|part| part == word);
    match (&change.base, &change.head) {
        _ if says("deprecated") => Section::Deprecated,
        _ if says("removed") || says("deleted") => Section::Removed,
        _ if says("added") || says("new") => Section::Added,
        (Some(_), None) => Section::Removed,
        (None, Some(_)) => Section::Added,
        (Some(_), Some(_)) | (None, None) => Section::Changed,
    }
}

fn entry(change: &Change) -> String {
    let stress = match change.impact {
        Impact::Breaking => "**Breaking:** ",
        Impact::Risky | Impact::Compatible => "",
    };
    let text = markdown_prose(&sentence(&shortened(&change.summary, SENTENCE)));
    format!("- {stress}{text}{}", reach(change))
}

/// The first operation, where the sentence does not name it, and the number of the others.
pub(super) fn reach(change: &Change) -> String {
    match change.operations.split_first() {
        None => String::new(),
        Some((first, [])) if change.summary.contains(first.as_str()) => String::new(),
        Some((first, rest)) => {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            format!(" ({}{more})", markdown_code(&shortened(first, SENTENCE)))
        }
    }
}
