//! One contract: how it stands, what an accept would bring in, what this change breaks, its clients, its
//! cure.

use super::client::client;
use super::problem::problem;
use super::{change, short};
use crate::render::style::{Style, Tone};
use crate::render::words::{Identity, Wrote};
use crate::render::{safe, words};
use countersign_model::{
    BaselineReport, Change, ClientState, ContractReport, Impact, Location, Report, Verdict, WaiverState,
};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// More changes than these are counted, not told, unless `-v` is given.
const TOLD_CHANGES: usize = 50;

/// Write a contract; false where there was nothing to say.
pub(super) fn contract(
    contract: &ContractReport,
    report: &Report,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let wrote = words::wrote(report);
    if style.quiet && contract.verdict == Verdict::Agreed {
        return Ok(false);
    }
    let headline = words::headline(contract, report);
    let word = style.paint(headline.tone, headline.word);
    writeln!(out, "contract {}: {word} — {}", safe(contract.name.as_str()), safe(&headline.clause))?;
    for one in &contract.problems {
        problem(one, 2, style, out)?;
    }
    drift(contract, wrote, style, out)?;
    breaks(contract, report, style, out)?;
    if !style.quiet {
        waivers(contract, style, out)?;
    }
    clients(contract, wrote, style, out)?;
    cures(contract, style, out)?;
    Ok(true)
}

/// From the record to what the source says.
fn drift(contract: &ContractReport, wrote: Wrote, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let told = |change: &&Change| change.impact > Impact::Compatible || style.verbose > 0;
    let all = words::drift(contract, wrote);
    let mut changes: Vec<_> = all.iter().copied().filter(told).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.impact));
    let limit = if style.verbose > 0 { changes.len() } else { TOLD_CHANGES };
    for one in changes.iter().take(limit) {
        let place = drift_place(contract, words::is_accepted(contract, wrote), one);
        change::change(one, None, &place, style, out)?;
    }
    let rest = changes.len().saturating_sub(limit);
    if rest > 0 {
        writeln!(out, "  and {} more (shown with -v)", words::count(rest, "change"))?;
    }
    let compatible = all.len() - changes.len();
    if compatible > 0 && !style.quiet {
        writeln!(out, "  {} (shown with -v)", words::count(compatible, "compatible change"))?;
    }
    Ok(())
}

/// Before an accept the snapshot is the old document, after it the new one.
fn drift_place(contract: &ContractReport, accepted: bool, change: &Change) -> String {
    let (here, there) = match accepted {
        true => (change.head.as_ref(), change.base.as_ref()),
        false => (change.base.as_ref(), change.head.as_ref()),
    };
    let place = match words::readable(here) {
        Some((line, column)) => format!("at {}:{line}:{column}  ", contract.snapshot),
        None if accepted => "was at ".into(),
        None => "in the new document at ".into(),
    };
    with_pointer(place, here.or(there))
}

fn with_pointer(place: String, location: Option<&Location>) -> String {
    match location {
        Some(location) if !location.pointer.is_empty() => place + &location.pointer,
        Some(_) => place.trim_end().trim_end_matches(" at").to_owned(),
        None => String::new(),
    }
}

/// From the baseline to the record.
fn breaks(
    contract: &ContractReport,
    report: &Report,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let baseline = &report.baseline;
    let since = match baseline {
        BaselineReport::At { revision, .. } => format!("since {}", safe(revision)),
        BaselineReport::NoVersionControl
        | BaselineReport::NoCommit
        | BaselineReport::Unreadable
        | BaselineReport::NotNeeded => "since the baseline".into(),
    };
    for (index, finding) in contract.breaks.iter().enumerate() {
        if style.quiet && !finding.blocks() {
            continue;
        }
        let place = break_place(contract, baseline, &finding.change);
        change::change(&finding.change, Some(&since), &place, style, out)?;
        let (tone, fate) = words::fate(contract, index);
        writeln!(out, "    {}", style.paint(tone, safe(&fate)))?;
        let fingerprint = finding.fingerprint.to_string();
        if finding.blocks() {
            let command = words::waive(&fingerprint);
            writeln!(out, "    to accept it: {}", style.paint(Tone::Strong, safe(&command)))?;
        } else {
            writeln!(out, "    fingerprint {fingerprint}")?;
        }
    }
    changes_since(contract, words::wrote(report), &since, style, out)
}

fn changes_since(
    contract: &ContractReport,
    wrote: Wrote,
    since: &str,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if style.verbose == 0 {
        return Ok(());
    }
    // What was just accepted is told as drift already.
    let told: BTreeSet<_> = match words::is_accepted(contract, wrote) {
        true => contract.drift.0.iter().map(Identity::of).collect(),
        false => BTreeSet::new(),
    };
    let untold =
        |change: &&Change| change.impact != Impact::Breaking && !told.contains(&Identity::of(change));
    for one in contract.changes.iter().filter(untold) {
        let place = break_place(contract, &BaselineReport::NotNeeded, one);
        change::change(one, Some(since), &place, style, out)?;
    }
    Ok(())
}

fn break_place(contract: &ContractReport, baseline: &BaselineReport, change: &Change) -> String {
    if let Some((line, column)) = words::readable(change.head.as_ref()) {
        return with_pointer(format!("at {}:{line}:{column}  ", contract.snapshot), change.head.as_ref());
    }
    let Some((line, column)) = words::readable(change.base.as_ref()) else {
        return with_pointer("at ".into(), change.head.as_ref().or(change.base.as_ref()));
    };
    let snapshot = match baseline {
        BaselineReport::At { commit, .. } => format!("{}:{}", short(commit), contract.snapshot),
        BaselineReport::NoVersionControl
        | BaselineReport::NoCommit
        | BaselineReport::Unreadable
        | BaselineReport::NotNeeded => contract.snapshot.clone(),
    };
    with_pointer(format!("was at {snapshot}:{line}:{column}  "), change.base.as_ref())
}

fn waivers(contract: &ContractReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for entry in &contract.waivers {
        let text = match entry.state {
            WaiverState::Spent if style.verbose > 0 => "has done its work; the next accept prunes it",
            WaiverState::Unmatched => {
                "matches no break of this change; take it out of waivers.toml if it is not needed"
            }
            WaiverState::Spent | WaiverState::Active | WaiverState::Expired => continue,
        };
        let (fingerprint, owner) = (&entry.waiver.fingerprint, safe(&entry.waiver.owner));
        let note = style.paint(Tone::Label, "note:");
        writeln!(out, "  {note} the waiver {fingerprint} of {owner} {text}")?;
    }
    Ok(())
}

fn clients(
    contract: &ContractReport,
    wrote: Wrote,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for one in &contract.clients {
        let good = matches!(one.state, ClientState::Agreed | ClientState::External);
        let upcoming = one.upcoming.as_ref().is_some_and(|files| !files.is_empty());
        let wanted = match (style.quiet, contract.verdict) {
            (true, _) => !good,
            (false, Verdict::Agreed) => !good || style.verbose > 0,
            (false, Verdict::Drift | Verdict::Undecided | Verdict::Unreachable | Verdict::Interrupted) => {
                true
            }
        };
        if wanted || (upcoming && !style.quiet) {
            client(one, wrote, style, out)?;
        }
    }
    Ok(())
}

fn cures(contract: &ContractReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    // How to waive a break stands below the break.
    let blocking = contract.breaks.iter().filter(|finding| finding.blocks());
    let told: BTreeSet<_> = blocking.map(|finding| words::waive(&finding.fingerprint.to_string())).collect();
    for fix in contract.fixes.iter().filter(|fix| !told.contains(&fix.command)) {
        let command = style.paint(Tone::Strong, safe(&fix.command));
        writeln!(out, "  {} {command} — {}", style.paint(Tone::Label, "cure:"), safe(&fix.does))?;
    }
    Ok(())
}
