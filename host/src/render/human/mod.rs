//! Sentences for people, made to be read aloud: what is wrong first, its cure last.

mod change;
mod client;
mod contract;
mod notice;
mod problem;

pub(crate) use change::change;
pub(super) use notice::notices;
pub(crate) use problem::{problem, problems};

use super::style::{Style, Tone};
use super::words::Next;
use super::{safe, words};
use countersign_model::{BaselineReport, Problem, Report, Verdict};
use std::io::{self, Write};

/// Write the problems of a command that came to nothing.
pub(crate) fn failure(list: &[Problem], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    problems(list, style, out)?;
    if list.len() > 1 {
        writeln!(out, "\n{}", style.paint(Tone::Bad, words::count(list.len(), "error")))?;
    }
    Ok(())
}

/// Write a report.
pub(crate) fn report(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut said = false;
    for contract in &report.contracts {
        said |= contract::contract(contract, report, style, out)?;
    }
    said |= notices(&report.notices, style, out)?;
    if !report.problems.is_empty() {
        if said {
            writeln!(out)?;
        }
        problems(&report.problems, style, out)?;
        said = true;
    }
    if !style.quiet {
        said |= baseline(&report.baseline, style, out)?;
    }
    if style.quiet && report.verdict == Verdict::Agreed {
        return Ok(());
    }
    if said {
        writeln!(out)?;
    }
    footer(report, style, out)
}

fn baseline(baseline: &BaselineReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<bool> {
    let note = style.paint(Tone::Label, "note:");
    if let Some(why) = words::no_baseline(baseline) {
        writeln!(out, "{note} no baseline: {why}")?;
        return Ok(true);
    }
    match baseline {
        BaselineReport::Unreadable => {
            writeln!(out, "{note} the baseline cannot be read, so nobody can say what this change breaks")?;
            Ok(true)
        }
        BaselineReport::At { revision, commit } if style.verbose > 0 => {
            let (revision, commit) = (safe(revision), safe(&short(commit)));
            writeln!(out, "{note} breaks are counted from {commit}, the merge base with {revision}")?;
            Ok(true)
        }
        BaselineReport::At { .. }
        | BaselineReport::NotNeeded
        | BaselineReport::NoVersionControl
        | BaselineReport::NoCommit => Ok(false),
    }
}

/// A commit, as short as people write it.
pub(super) fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

/// What to do next, in its tone.
pub(super) fn step(next: &Next, style: &Style<'_>) -> String {
    match next {
        Next::Command(command) => style.paint(Tone::Strong, safe(command)).to_string(),
        Next::Deed(deed) => (*deed).to_owned(),
    }
}

fn footer(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let tone = match report.verdict {
        Verdict::Agreed => Tone::Good,
        Verdict::Drift | Verdict::Interrupted => Tone::Bad,
        Verdict::Unreachable | Verdict::Undecided => Tone::Doubt,
    };
    let tally = style.paint(tone, safe(&words::tally(report)));
    match words::next(report) {
        Some(next) => writeln!(out, "{tally}. Next: {}", step(&next, style)),
        None => writeln!(out, "{tally}."),
    }
}
