//! One client: how it stands, why, and which of its files would change.

use super::problem::problem;
use crate::render::style::{Style, Tone};
use crate::render::words::Wrote;
use crate::render::{safe, words};
use countersign_model::{ClientReport, FileChange, FileChangeKind};
use std::io::{self, Write};

/// More files than these are counted, unless `-v` is given.
const TOLD_FILES: usize = 10;

/// Write a client; `wrote` where the command has just written it.
pub(super) fn client(
    client: &ClientReport,
    wrote: Wrote,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let headline = words::client(client);
    let (name, place) = (safe(client.name.as_str()), safe(words::place(client)));
    let word = style.paint(headline.tone, headline.word);
    writeln!(out, "  client {name} ({place}): {word} — {}", safe(&headline.clause))?;
    for one in &client.problems {
        problem(one, 4, style, out)?;
    }
    if !client.files.is_empty() {
        let changes = if wrote == Wrote::Nothing { "generating it would change" } else { "changed" };
        writeln!(out, "    {changes} {}:", words::count(client.files.len(), "file"))?;
        files(&client.files, style, out)?;
    }
    match client.upcoming.as_deref() {
        Some([]) | None => Ok(()),
        Some(upcoming) => {
            let changes = if wrote == Wrote::Nothing { "accept would change" } else { "changed" };
            let (count, list) = (words::count(upcoming.len(), "file"), listed(upcoming, style));
            writeln!(out, "    {changes} {count}: {list}")
        }
    }
}

fn listed(files: &[FileChange], style: &Style<'_>) -> String {
    let limit = if style.verbose > 0 { files.len() } else { TOLD_FILES };
    let told = files.iter().take(limit).map(|file| match file.kind {
        FileChangeKind::Added => format!("{} (new)", safe(file.path.as_str())),
        FileChangeKind::Removed => format!("{} (gone)", safe(file.path.as_str())),
        FileChangeKind::Changed => safe(file.path.as_str()),
    });
    let rest = files.len().saturating_sub(limit);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    told.collect::<Vec<_>>().join(", ") + &more
}

fn files(files: &[FileChange], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let limit = if style.verbose > 0 { files.len() } else { TOLD_FILES };
    for file in files.iter().take(limit) {
        let (tone, verb) = match file.kind {
            FileChangeKind::Added => (Tone::Good, "add"),
            FileChangeKind::Removed => (Tone::Bad, "remove"),
            FileChangeKind::Changed => (Tone::Doubt, "change"),
        };
        writeln!(out, "      {}  {}", style.paint(tone, format!("{verb:6}")), safe(file.path.as_str()))?;
    }
    let rest = files.len().saturating_sub(limit);
    if rest > 0 {
        writeln!(out, "      and {rest} more")?;
    }
    Ok(())
}
