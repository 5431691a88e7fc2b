//! What became of proposals: the words that every format shares, and the sentences for people.

use super::item::{self, Item, Level};
use super::style::{Style, Tone};
use super::{human, safe, words};
use countersign_model::{NoticeVerdict, Proposal, ProposalState, Proposals};
use std::io::{self, Write};

/// How a proposal stands: a word for the eye.
fn word(state: ProposalState) -> (Tone, &'static str) {
    match state {
        ProposalState::Opened | ProposalState::Healed => (Tone::Good, "opened"),
        ProposalState::Planned => (Tone::Dim, "planned"),
        ProposalState::Left | ProposalState::Refreshed => (Tone::Good, "left"),
        ProposalState::Merged => (Tone::Good, "merged"),
        ProposalState::Declined => (Tone::Dim, "declined"),
        ProposalState::Occupied => (Tone::Doubt, "occupied"),
        ProposalState::Overtaken => (Tone::Dim, "overtaken"),
        ProposalState::Current => (Tone::Good, "current"),
        ProposalState::Trivial => (Tone::Dim, "trivial"),
        ProposalState::Unreachable => (Tone::Doubt, "unreachable"),
        ProposalState::Failed => (Tone::Bad, "undecided"),
    }
}

/// How a proposal stands, in a clause, unescaped.
fn clause(proposal: &Proposal, base: &str) -> String {
    let pull = proposal
        .pull
        .as_ref()
        .map_or_else(|| "a pull request".to_owned(), |pull| format!("#{}", pull.number));
    let branch = proposal.branch.as_deref().unwrap_or("a branch");
    let digest = proposal.to.map(|digest| digest.short()).unwrap_or_default();
    match proposal.state {
        ProposalState::Opened => format!("{pull} is open{}", meaning(proposal)),
        ProposalState::Healed => {
            format!("{pull} is open now, for the branch that an earlier run left{}", meaning(proposal))
        }
        ProposalState::Planned => format!("a pull request would be opened{}", meaning(proposal)),
        ProposalState::Left => format!("{pull} is open already{}", meaning(proposal)),
        ProposalState::Refreshed => {
            format!("{pull} is open already; its text is up to date now{}", meaning(proposal))
        }
        ProposalState::Merged => format!("{pull} was merged, and {base} still holds it"),
        ProposalState::Declined => {
            format!("{pull} was closed without a merge, which is an answer for {digest}")
        }
        ProposalState::Occupied => {
            format!(
                "the branch {branch} holds somebody else's commits and has no pull request; it stays as it is"
            )
        }
        ProposalState::Overtaken => {
            "the provider has changed it again, and the newer state is here".to_owned()
        }
        ProposalState::Current => format!("{base} is what upstream says"),
        ProposalState::Trivial => "only locks, the record's own file or white space would change".to_owned(),
        ProposalState::Unreachable => "its source could not be reached".to_owned(),
        ProposalState::Failed => "it could not be decided".to_owned(),
    }
}

fn meaning(proposal: &Proposal) -> String {
    let verdict = match proposal.verdict {
        Some(NoticeVerdict::Breaking) => "; the change is breaking",
        Some(NoticeVerdict::Risky) => "; the change is risky",
        Some(NoticeVerdict::Compatible) => "; the change is compatible",
        Some(NoticeVerdict::New) => "; the contract is new here",
        Some(NoticeVerdict::Violated) => "; the running service violates it",
        None => "",
    };
    let files = match proposal.files.len() {
        0 => String::new(),
        files => format!(", {}", words::count(files, "file")),
    };
    format!("{verdict}{files}")
}

/// One line for each proposal and each problem.
pub(super) fn items(report: &Proposals) -> Vec<Item> {
    let mut items: Vec<Item> = report.problems.iter().map(item::of_problem).collect();
    for proposal in &report.proposals {
        items.extend(proposal.problems.iter().map(item::of_problem));
        if proposal.problems.is_empty() {
            let level = level(proposal.state);
            let url = proposal.pull.as_ref().map(|pull| format!(": {}", pull.url)).unwrap_or_default();
            let message = format!("contract {}: {}{url}", proposal.contract, clause(proposal, base(report)));
            items.push(Item::new(level, rule(proposal.state), message));
        }
    }
    items.extend(report.notes.iter().map(|note| Item::new(Level::Note, "proposal-note", note)));
    items
}

fn level(state: ProposalState) -> Level {
    match state {
        ProposalState::Failed => Level::Error,
        ProposalState::Occupied | ProposalState::Unreachable => Level::Warning,
        ProposalState::Opened
        | ProposalState::Healed
        | ProposalState::Planned
        | ProposalState::Left
        | ProposalState::Refreshed
        | ProposalState::Merged
        | ProposalState::Declined
        | ProposalState::Overtaken
        | ProposalState::Current
        | ProposalState::Trivial => Level::Note,
    }
}

fn rule(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Opened | ProposalState::Healed => "proposal-opened",
        ProposalState::Planned => "proposal-planned",
        ProposalState::Left | ProposalState::Refreshed => "proposal-left",
        ProposalState::Merged => "proposal-merged",
        ProposalState::Declined => "proposal-declined",
        ProposalState::Occupied => "proposal-occupied",
        ProposalState::Overtaken => "proposal-overtaken",
        ProposalState::Current => "proposal-current",
        ProposalState::Trivial => "proposal-trivial",
        ProposalState::Unreachable => "source-unreachable",
        ProposalState::Failed => "proposal-failed",
    }
}

fn base(report: &Proposals) -> &str {
    report.base.as_ref().map_or("the base", |base| base.branch.as_str())
}

/// Write what became of proposals.
pub(super) fn human(report: &Proposals, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for proposal in &report.proposals {
        if !style.quiet || !proposal.problems.is_empty() || proposal.state == ProposalState::Occupied {
            one(proposal, base(report), style, out)?;
        }
    }
    human::problems(&report.problems, style, out)?;
    if style.quiet {
        return Ok(());
    }
    for note in &report.notes {
        writeln!(out, "{} {}", style.paint(Tone::Label, "note:"), safe(note))?;
    }
    writeln!(out, "\n{}", safe(&tally(report)))
}

fn one(proposal: &Proposal, base: &str, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (tone, word) = word(proposal.state);
    let name = style.paint(Tone::Strong, safe(proposal.contract.as_str()));
    writeln!(out, "{name}: {}: {}", style.paint(tone, word), safe(&clause(proposal, base)))?;
    if let Some(pull) = &proposal.pull {
        writeln!(out, "  {}", safe(&pull.url))?;
    }
    if let Some(branch) = &proposal.branch {
        writeln!(out, "  branch {}", safe(branch))?;
    }
    for pull in proposal.superseded.iter().filter(|_| proposal.plan.is_empty()) {
        writeln!(out, "  closed #{}, which this takes the place of: {}", pull.number, safe(&pull.url))?;
    }
    for step in &proposal.plan {
        writeln!(out, "  would {}", safe(step))?;
    }
    if style.verbose > 0 {
        for file in &proposal.files {
            writeln!(out, "  {} +{} -{}", safe(&file.path), file.added, file.removed)?;
        }
    }
    human::problems(&proposal.problems, style, out)
}

/// The last line: how many of what, and what to do next.
fn tally(report: &Proposals) -> String {
    let count =
        |states: &[ProposalState]| report.proposals.iter().filter(|it| states.contains(&it.state)).count();
    let opened = count(&[ProposalState::Opened, ProposalState::Healed]);
    let planned = count(&[ProposalState::Planned]);
    let open = count(&[ProposalState::Left, ProposalState::Refreshed]);
    let undecided = count(&[ProposalState::Failed, ProposalState::Unreachable]) + report.problems.len();
    let mut parts = vec![words::count(report.proposals.len(), "contract")];
    for (number, what) in
        [(opened, "opened"), (planned, "planned"), (open, "open already"), (undecided, "undecided")]
    {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    }
    let next = match (report.dry_run, planned, opened + open, undecided) {
        (_, _, _, 1..) => " Next: cure what is undecided, and run it again",
        (true, 1.., _, _) => " Next: countersign propose",
        (_, _, 1.., _) => " Next: review and merge",
        _ => "",
    };
    format!("{}.{next}", parts.join(", "))
}
