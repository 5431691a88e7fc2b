//! The words that several formats share: how a contract stands, in a clause, and how many of what.

use super::style::Tone;
use countersign_model::{
    BaselineReport, Blocked, Cage, Change, ClientReport, ClientState, ContractReport, Counts, FindingState,
    Fix, Impact, Location, NoticeState, ObservedFrom, Place, Proof, RecordState, Report, TargetState,
    Verdict,
};
use std::collections::BTreeSet;

/// How something stands: a word for the eye and a clause for the ear. Both are unescaped.
pub(crate) struct Headline {
    pub(crate) tone: Tone,
    pub(crate) word: &'static str,
    pub(crate) clause: String,
}

impl Headline {
    fn new(tone: Tone, word: &'static str, clause: impl Into<String>) -> Self {
        Self { tone, word, clause: clause.into() }
    }
}

/// `1 client`, `2 clients`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn source(contract: &ContractReport) -> &'static str {
    match contract.observed.as_ref().map(|observed| observed.from) {
        Some(ObservedFrom::Live) => "the live service",
        Some(ObservedFrom::Given) => "the given document",
        Some(ObservedFrom::Dump | ObservedFrom::KeptDump) | None => "the code",
    }
}

/// What the command that is reported has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrote {
    /// It only looked.
    Nothing,
    /// Clients, from the record as it was.
    Clients,
    /// The record, and its clients with it.
    Record,
}

/// What the command that is reported has written.
pub(crate) fn wrote(report: &Report) -> Wrote {
    match report.command.as_str() {
        "accept" => Wrote::Record,
        "generate" => Wrote::Clients,
        _ => Wrote::Nothing,
    }
}

/// Whether a contract's drift is now in its record: then its new places are in the file, not its old ones.
pub(crate) fn is_accepted(contract: &ContractReport, wrote: Wrote) -> bool {
    wrote == Wrote::Record && contract.record == RecordState::Agreed
}

/// The drift that is not told as a break since the baseline already: each change is told once.
pub(crate) fn drift(contract: &ContractReport, wrote: Wrote) -> Vec<&Change> {
    let told = if is_accepted(contract, wrote) { told_as_breaks(contract) } else { BTreeSet::new() };
    contract.drift.0.iter().filter(|change| !told.contains(&Identity::of(change))).collect()
}

fn told_as_breaks(contract: &ContractReport) -> BTreeSet<Identity<'_>> {
    contract.breaks.iter().map(|finding| Identity::of(&finding.change)).collect()
}

/// What makes two changes of one contract the same, whatever they are counted from: what a fingerprint is
/// made of.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity<'a> {
    rule: &'a str,
    subject: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// The identity of a change.
    pub(crate) fn of(change: &'a Change) -> Self {
        Self {
            rule: &change.rule,
            subject: &change.subject,
            before: change.before.as_deref(),
            after: change.after.as_deref(),
        }
    }
}

/// How many clients the command has given other files.
fn regenerated(contract: &ContractReport) -> usize {
    let has_other_files = |client: &&ClientReport| {
        !client.files.is_empty() || client.upcoming.as_ref().is_some_and(|files| !files.is_empty())
    };
    contract.clients.iter().filter(has_other_files).count()
}

/// How a contract stands, as the command left it.
pub(crate) fn headline(contract: &ContractReport, report: &Report) -> Headline {
    let uncounted = report.baseline == BaselineReport::Unreadable;
    let done = match wrote(report) {
        Wrote::Record if contract.verdict == Verdict::Agreed => accepted(contract, uncounted),
        Wrote::Clients if contract.verdict == Verdict::Agreed && regenerated(contract) > 0 => {
            Some(Headline::new(Tone::Good, "generated", agreement(contract)))
        }
        Wrote::Record | Wrote::Clients | Wrote::Nothing => None,
    };
    done.unwrap_or_else(|| {
        let mut standing = standing(contract, uncounted);
        let is_new = !contract.drift.0.is_empty() || contract.baseline.is_none();
        if is_accepted(contract, wrote(report)) && contract.verdict != Verdict::Agreed && is_new {
            standing.clause = format!("{} is the record now; {}", contract.snapshot, standing.clause);
        }
        standing
    })
}

/// What an accept did; none where it found everything as it should be.
fn accepted(contract: &ContractReport, uncounted: bool) -> Option<Headline> {
    let clients = match regenerated(contract) {
        0 => None,
        1 => Some("1 client was regenerated".to_owned()),
        several => Some(format!("{several} clients were regenerated")),
    };
    let (word, mut clause) = match (contract.drift.0.is_empty(), contract.baseline, &clients) {
        (false, _, _) => ("accepted", agreement(contract)),
        (true, None, _) => ("recorded", format!("{} is the record now", contract.snapshot)),
        (true, Some(_), Some(_)) => ("agreed", agreement(contract)),
        (true, Some(_), None) => return None,
    };
    if let Some(clients) = clients {
        clause.push_str(&format!("; {clients}"));
    }
    if uncounted {
        clause.push_str("; its breaks could not be counted");
    }
    Some(Headline::new(Tone::Good, word, clause))
}

fn standing(contract: &ContractReport, uncounted: bool) -> Headline {
    let snapshot = &contract.snapshot;
    if contract.verdict == Verdict::Interrupted {
        return Headline::new(Tone::Bad, "interrupted", "an accept was cut off half-way");
    }
    match contract.record {
        RecordState::Stale => {
            let clause = format!("{} no longer says what {snapshot} says", source(contract));
            Headline::new(Tone::Bad, "stale", clause)
        }
        RecordState::Missing => {
            Headline::new(Tone::Bad, "no record yet", format!("there is no {snapshot} to compare with"))
        }
        RecordState::Undecided => {
            Headline::new(Tone::Doubt, "undecided", "the record and its source could not be compared")
        }
        RecordState::Unreachable if contract.verdict == Verdict::Unreachable => Headline::new(
            Tone::Doubt,
            "unreachable",
            "the live source could not be asked, and nothing else is wrong",
        ),
        RecordState::Unreachable | RecordState::Agreed | RecordState::NotAsked => {
            beyond_the_record(contract, uncounted)
        }
    }
}

fn beyond_the_record(contract: &ContractReport, uncounted: bool) -> Headline {
    let blocking = contract.breaks.iter().filter(|finding| finding.blocks()).count();
    let in_state = |state| contract.clients.iter().filter(|client| client.state == state).count();
    let (stale, unverified) = (in_state(ClientState::Stale), in_state(ClientState::Unverified));
    if blocking > 0 {
        let clause = format!("{} since the baseline would break somebody", count(blocking, "change"));
        return Headline::new(Tone::Bad, "blocked", clause);
    }
    if stale > 0 {
        let verb = if stale == 1 { "is" } else { "are" };
        let clause = format!("{} {verb} not what the record generates", count(stale, "client"));
        return Headline::new(Tone::Bad, "stale", clause);
    }
    let is_undecided = !contract.problems.is_empty() || in_state(ClientState::Undecided) > 0;
    if uncounted && !is_undecided && unverified == 0 {
        let clause = "its breaks could not be counted, since the baseline cannot be read";
        return Headline::new(Tone::Doubt, "undecided", clause);
    }
    if contract.verdict != Verdict::Agreed {
        let only_unverified = unverified > 0 && contract.problems.is_empty();
        let clause = "what would have to be known is not; see below";
        return match only_unverified {
            true => Headline::new(
                Tone::Doubt,
                "unverified",
                format!("nobody looked at {}", count(unverified, "client")),
            ),
            false => Headline::new(Tone::Doubt, "undecided", clause),
        };
    }
    Headline::new(Tone::Good, "agreed", agreement(contract))
}

fn agreement(contract: &ContractReport) -> String {
    let local = contract.clients.iter().filter(|client| client.state == ClientState::Agreed).count();
    let asked = contract.record == RecordState::Agreed;
    match (asked, local) {
        (true, 0) => format!("{} says what {} says", source(contract), contract.snapshot),
        (true, _) => {
            format!("{}, {} and {} say the same", source(contract), contract.snapshot, count(local, "client"))
        }
        (false, 0) => format!("{} stands; its source was not asked", contract.snapshot),
        (false, _) => format!("{} and {} say the same", contract.snapshot, count(local, "client")),
    }
}

/// How a client stands.
pub(crate) fn client(client: &ClientReport) -> Headline {
    let proof = match client.proof {
        Some(Proof::Lock) => " (proved by its lock)",
        Some(Proof::Generated) => match client.cage {
            Some(Cage::Mirror) => " (proved by generating it, on the rung `mirror`)",
            Some(Cage::Bare) => " (proved by generating it, on the rung `bare`)",
            Some(Cage::Namespaces) | None => " (proved by generating it)",
        },
        None => "",
    };
    match client.state {
        ClientState::Agreed => {
            Headline::new(Tone::Good, "agreed", format!("it is what the record generates{proof}"))
        }
        ClientState::Stale => {
            let cause = client.cause.map_or("it is not what the record generates", |it| it.as_sentence());
            Headline::new(Tone::Bad, "stale", format!("{cause}{proof}"))
        }
        ClientState::Unverified => {
            Headline::new(Tone::Doubt, "unverified", "no tool ran, and no lock of the baseline proves it")
        }
        ClientState::External => Headline::new(Tone::Dim, "elsewhere", "its own repository checks it"),
        ClientState::Undecided => Headline::new(Tone::Doubt, "undecided", "it could not be compared"),
    }
}

/// Where a client lives, unescaped.
pub(crate) fn place(client: &ClientReport) -> &str {
    match &client.place {
        Place::Local { output } => output,
        Place::External { repository } => repository,
    }
}

/// Why a break blocks, or why not; unescaped.
pub(crate) fn fate(contract: &ContractReport, index: usize) -> (Tone, String) {
    let Some(finding) = contract.breaks.get(index) else { return (Tone::Dim, String::new()) };
    let waiver = || {
        let mut waivers = contract.waivers.iter().filter(|it| it.waiver.fingerprint == finding.fingerprint);
        waivers.next().map(|entry| &entry.waiver)
    };
    match finding.state {
        FindingState::Blocking(Blocked::ExternalClient) => (Tone::Bad, blocked_by_clients(contract)),
        FindingState::Blocking(Blocked::Policy) => (Tone::Bad, "blocks: `block = \"always\"`".into()),
        FindingState::Reported if has_external_client(contract) => {
            (Tone::Dim, "does not block: `block = \"never\"`".into())
        }
        FindingState::Reported => (Tone::Dim, "does not block: no client lives in another repository".into()),
        FindingState::Waived => match waiver() {
            Some(it) => (Tone::Dim, format!("waived by {} until {}: {}", it.owner, it.until, it.reason)),
            None => (Tone::Dim, "waived".into()),
        },
        FindingState::WaiverExpired => match waiver() {
            Some(it) => (Tone::Bad, format!("blocks: the waiver of {} ended on {}", it.owner, it.until)),
            None => (Tone::Bad, "blocks: its waiver has ended".into()),
        },
    }
}

fn has_external_client(contract: &ContractReport) -> bool {
    contract.clients.iter().any(|client| matches!(client.place, Place::External { .. }))
}

fn blocked_by_clients(contract: &ContractReport) -> String {
    let clients: Vec<_> = (contract.clients.iter())
        .filter(|client| matches!(client.place, Place::External { .. }))
        .map(|client| format!("{} ({})", client.name, place(client)))
        .collect();
    let (verb, clients) = match clients.as_slice() {
        [] => ("lives", "a client".to_owned()),
        [one] => ("lives", one.clone()),
        several => ("live", several.join(", ")),
    };
    format!("blocks: {clients} {verb} in another repository, which cannot move in the same commit")
}

/// A change's place in the file that a reader can open: the line, and the pointer.
pub(crate) fn readable(location: Option<&Location>) -> Option<(u32, u32)> {
    let location = location?;
    Some((location.line?, location.column.unwrap_or(1)))
}

/// The tone of an impact.
pub(crate) fn tone(impact: Impact) -> Tone {
    match impact {
        Impact::Compatible => Tone::Dim,
        Impact::Risky => Tone::Doubt,
        Impact::Breaking => Tone::Bad,
    }
}

/// Why there is no baseline; none where there is one, or where it cannot be read.
pub(crate) fn no_baseline(baseline: &BaselineReport) -> Option<&'static str> {
    match baseline {
        BaselineReport::NoVersionControl => {
            Some("this folder is not under version control, so breaks have no memory")
        }
        BaselineReport::NoCommit => Some("there is no commit yet"),
        BaselineReport::At { .. } | BaselineReport::Unreadable | BaselineReport::NotNeeded => None,
    }
}

/// The counts of a report in one clause.
pub(crate) fn tally(report: &Report) -> String {
    let counts = &report.counts;
    let mut told = Vec::new();
    if report.verdict == Verdict::Agreed && report.command != NOTIFY {
        told.push(report.verdict.as_str().to_owned());
    }
    told.extend(stale(counts));
    for (number, noun) in [(breaking(report), "breaking change"), (problems(report), "error")] {
        if number > 0 {
            told.push(count(number, noun));
        }
    }
    for (number, word) in [
        (counts.blocking, "blocking"),
        (counts.unverified_clients, "unverified"),
        (counts.undecided, "undecided"),
        (unreachable(report), "unreachable"),
    ] {
        if number > 0 {
            told.push(format!("{number} {word}"));
        }
    }
    // The other commands are not about notices: there, only what went wrong is worth a word.
    let notify_only = [
        (NoticeState::Delivered, "sent"),
        (NoticeState::Planned, "planned"),
        (NoticeState::Claimed, "left to another run"),
    ];
    let states = [
        (NoticeState::Failed, "failed"),
        (NoticeState::Unknown, "unknown"),
        (NoticeState::Abandoned, "given up"),
    ];
    let shown = notify_only.into_iter().filter(|_| report.command == NOTIFY).chain(states);
    for (state, word) in shown {
        let number = notices(report, state);
        if number > 0 {
            told.push(format!("{} {word}", count(number, "notice")));
        }
    }
    if report.command == NOTIFY {
        return if told.is_empty() { "nobody has to be told anything".into() } else { told.join(", ") };
    }
    if told.is_empty() {
        told.push(report.verdict.as_str().to_owned());
    }
    let all = format!("{}, {}", count(counts.contracts, "contract"), count(counts.clients, "client"));
    format!("{all}: {}", told.join(", "))
}

fn stale(counts: &Counts) -> Option<String> {
    match (counts.stale_contracts, counts.stale_clients) {
        (0, 0) => None,
        (contracts, 0) => Some(format!("{contracts} stale")),
        (0, clients) => Some(count(clients, "stale client")),
        (contracts, clients) => {
            Some(format!("{} and {}", count(contracts, "stale contract"), count(clients, "stale client")))
        }
    }
}

/// Every breaking change once, as it is told.
fn breaking(report: &Report) -> usize {
    let wrote = wrote(report);
    let of_contract = |contract: &ContractReport| {
        let drift = drift(contract, wrote).into_iter().filter(|change| change.impact == Impact::Breaking);
        drift.count() + contract.breaks.len()
    };
    report.contracts.iter().map(of_contract).sum()
}

fn unreachable(report: &Report) -> usize {
    report.contracts.iter().filter(|contract| contract.record == RecordState::Unreachable).count()
}

fn problems(report: &Report) -> usize {
    let of_contract = |contract: &ContractReport| {
        contract.problems.len() + contract.clients.iter().map(|client| client.problems.len()).sum::<usize>()
    };
    report.problems.len() + report.contracts.iter().map(of_contract).sum::<usize>()
}

/// The command whose report is about notices alone.
const NOTIFY: &str = "notify";

/// How a repository elsewhere stands, in a word.
pub(crate) fn target(state: TargetState) -> (Tone, &'static str) {
    match state {
        TargetState::Alive => (Tone::Good, "alive"),
        TargetState::Moved => (Tone::Doubt, "moved"),
        TargetState::Forbidden => (Tone::Bad, "forbidden"),
        TargetState::Suspect => (Tone::Doubt, "suspect"),
        TargetState::Gone => (Tone::Bad, "gone"),
        TargetState::Legal => (Tone::Bad, "withheld"),
        TargetState::Undecided => (Tone::Dim, "undecided"),
    }
}

/// How many notices came to this.
fn notices(report: &Report, state: NoticeState) -> usize {
    report.notices.iter().filter(|notice| notice.state == state).count()
}

/// What to do next.
pub(crate) enum Next {
    /// A command to type, unescaped.
    Command(String),
    /// Something that no command of ours does.
    Deed(&'static str),
}

/// What to do next; none where there is nothing to do.
pub(crate) fn next(report: &Report) -> Option<Next> {
    let settled = Verdict::worst(report.contracts.iter().map(|contract| contract.verdict));
    if settled == Verdict::Agreed && notices(report, NoticeState::Failed) > 0 {
        return Some(Next::Deed("run again: what was not delivered is sent by the next run"));
    }
    if settled == Verdict::Agreed && notices(report, NoticeState::Unknown) > 0 {
        return Some(Next::Deed("run again: the next run looks whether it arrived"));
    }
    next_command(report).map(Next::Command)
}

fn next_command(report: &Report) -> Option<String> {
    let mut commands: Vec<&str> = Vec::new();
    let all = report.contracts.iter().flat_map(|contract| &contract.fixes);
    for Fix { command, does: _ } in all {
        if !commands.contains(&command.as_str()) {
            commands.push(command);
        }
    }
    let all_are =
        |verb: &str| commands.iter().all(|command| command.starts_with(verb) && !command.contains(" --"));
    match commands.as_slice() {
        [] => next_without_fix(report),
        [one] => Some((*one).to_owned()),
        _ if all_are("countersign accept ") => Some("countersign accept".into()),
        _ if all_are("countersign generate ") => Some("countersign generate".into()),
        [first, ..] => Some((*first).to_owned()),
    }
}

fn next_without_fix(report: &Report) -> Option<String> {
    if report.verdict == Verdict::Interrupted {
        return Some("countersign recover".into());
    }
    let mut findings = report.contracts.iter().flat_map(|contract| &contract.breaks);
    if let Some(finding) = findings.find(|finding| finding.blocks()) {
        return Some(waive(&finding.fingerprint.to_string()));
    }
    let only_unverified = report.counts.undecided == 0 && problems(report) == 0;
    match report.verdict {
        Verdict::Agreed if wrote(report) != Wrote::Nothing => Some("countersign check".into()),
        Verdict::Undecided if only_unverified => Some("countersign check".into()),
        Verdict::Undecided => Some("countersign doctor".into()),
        Verdict::Agreed | Verdict::Drift | Verdict::Unreachable | Verdict::Interrupted => None,
    }
}

/// The command that waives a break, to be completed by the reader.
pub(crate) fn waive(fingerprint: &str) -> String {
    format!("countersign waive {fingerprint} --owner NAME --reason TEXT --until YYYY-MM-DD")
}
