//! A comparison as a comment on a pull request: short, the breaking changes first, details behind a click.

use super::escape::{comment_code, comment_prose, markdown_code, markdown_prose};
use super::{changelog, claim, of_impact, place, sentence, shortened, tally, verdict};
use crate::render::words;
use crate::view::DiffView;
use countersign_model::{Change, Impact, WitnessProof};
use std::io::{self, Write};

/// Of a comment's bytes, those that changes may fill, then compatible ones, then the changelog. GitHub refuses a
/// comment of more than 65,536 characters; all of ours has at most 60,000.
const CHANGES: usize = 36_000;
const COMPATIBLE: usize = 46_000;
const CHANGELOG: usize = 59_000;

/// More operations than these are counted.
const OPERATIONS: usize = 5;

/// A longer name, value or sentence is cut.
const NAME: usize = 120;
const VALUE: usize = 200;
const SENTENCE: usize = 400;

/// Few enough to be shown without a click.
const OPEN: usize = 3;

/// Write a comparison.
pub(in crate::render) fn markdown(diff: &DiffView, out: &mut dyn Write) -> io::Result<()> {
    let mut page = heading(diff);
    for (impact, title) in [(Impact::Breaking, "Breaking"), (Impact::Risky, "Risky")] {
        let changes = of_impact(diff, impact);
        if !changes.is_empty() {
            let open = impact == Impact::Breaking && changes.len() <= OPEN;
            page.push_str(&format!("\n#### {title}: {}\n\n", changes.len()));
            fill(&mut page, changes.iter().map(|change| block(diff, change, open)), CHANGES);
        }
    }
    compatible(&mut page, &of_impact(diff, Impact::Compatible));
    entry(&mut page, &changelog::entries(diff));
    out.write_all(page.as_bytes())
}

fn heading(diff: &DiffView) -> String {
    let (old, new) = (markdown_code(&shortened(&diff.old, NAME)), markdown_code(&shortened(&diff.new, NAME)));
    let heading = format!("### Contract diff: {}\n\n", verdict(diff));
    match diff.changes.worst() {
        None => format!("{heading}Nothing changed from {old} to {new}.\n"),
        Some(_) => format!(
            "{heading}**{}**, from {old} to {new}. Suggested version: **{}**.\n",
            tally(diff),
            diff.bump()
        ),
    }
}

/// Put in what fits, and say how much does not.
fn fill(page: &mut String, blocks: impl Iterator<Item = String>, limit: usize) {
    let mut more = 0;
    for block in blocks {
        // The first that does not fit ends the list: nobody looks for a gap in it.
        if more == 0 && page.len() + block.len() <= limit {
            page.push_str(&block);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        page.push_str(&format!("- and {more} more\n"));
    }
}

fn block(diff: &DiffView, change: &Change, open: bool) -> String {
    let open = if open { " open" } else { "" };
    let rule = comment_code(&shortened(&change.rule, NAME));
    let summary = comment_prose(&sentence(&shortened(&change.summary, SENTENCE)));
    let mut block = format!("<details{open}>\n<summary><b>{summary}</b> {rule}</summary>\n\n");
    let code = |text: &str| markdown_code(&shortened(text, VALUE));
    if !change.operations.is_empty() {
        block.push_str(&format!("- Reaches {}\n", reach(change)));
    }
    match (place(&diff.new, change.head.as_ref()), place(&diff.old, change.base.as_ref())) {
        (Some(head), Some(base)) => {
            block.push_str(&format!("- At {}, was at {}\n", code(&head), code(&base)));
        }
        (Some(head), None) => block.push_str(&format!("- At {}\n", code(&head))),
        (None, Some(base)) => block.push_str(&format!("- Was at {}\n", code(&base))),
        (None, None) => {}
    }
    for (label, value) in [("Before", &change.before), ("After", &change.after)] {
        if let Some(value) = value {
            block.push_str(&format!("- {label}: {}\n", code(value)));
        }
    }
    if let Some(witness) = &change.witness {
        block.push_str(&format!("- {}: {}\n", sentence(claim(witness)), code(&witness.value)));
        if let WitnessProof::Unproven { why } = &witness.proof {
            block.push_str(&format!("- Unproven: {}\n", markdown_prose(&shortened(why, VALUE))));
        }
    }
    block.push_str("\n</details>\n");
    block
}

fn reach(change: &Change) -> String {
    let told = change.operations.iter().take(OPERATIONS);
    let told: Vec<_> = told.map(|operation| markdown_code(&shortened(operation, NAME))).collect();
    match change.operations.len() - told.len() {
        0 => told.join(", "),
        rest => format!("{} and {rest} more", told.join(", ")),
    }
}

/// One line for each change that nobody needs to act on.
fn compatible(page: &mut String, changes: &[&Change]) {
    if changes.is_empty() {
        return;
    }
    let line = |change: &&Change| {
        let summary = markdown_prose(&sentence(&shortened(&change.summary, SENTENCE)));
        let rule = markdown_code(&shortened(&change.rule, NAME));
        format!("- {summary}{} {rule}\n", changelog::reach(change))
    };
    let title = words::count(changes.len(), "compatible change");
    page.push_str(&format!("\n<details>\n<summary>{title}</summary>\n\n"));
    fill(page, changes.iter().map(line), COMPATIBLE);
    page.push_str("\n</details>\n");
}

/// The changelog's entries stand in a block of code, so that they are copied as they are: no line of theirs can end it,
/// since each begins with a mark of ours.
fn entry(page: &mut String, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    page.push_str("\n<details>\n<summary>Changelog entry</summary>\n\n~~~markdown\n");
    fill(page, entries.iter().map(|entry| format!("{entry}\n")), CHANGELOG);
    page.push_str("~~~\n\n</details>\n");
}
