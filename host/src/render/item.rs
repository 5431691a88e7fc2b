//! A report as a flat list, worst first within a contract: for formats that have one line for each thing.

use super::{notice, words};
use crate::view::DiffView;
use countersign_model::{
    Change, ClientReport, ClientState, ContractReport, FindingState, Impact, Place, Problem, RecordState,
    Report, TargetReport, TargetState, WaiverState,
};

/// The code of a live source that could not be asked.
const UNREACHABLE: &str = "source-unreachable";

/// More operations than these are counted: a thing is one line.
const TOLD_OPERATIONS: usize = 5;

/// How much a thing matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// It is wrong.
    Error,
    /// It deserves a look.
    Warning,
    /// It is good to know.
    Note,
}

/// One thing. Its texts are unescaped.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) level: Level,
    pub(crate) file: Option<String>,
    pub(crate) place: Option<(u32, u32)>,
    pub(crate) rule: String,
    pub(crate) message: String,
}

impl Item {
    pub(super) fn new(level: Level, rule: &str, message: impl Into<String>) -> Self {
        Self { level, file: None, place: None, rule: rule.into(), message: message.into() }
    }

    fn in_file(mut self, file: &str, place: Option<(u32, u32)>) -> Self {
        self.file = Some(file.into());
        self.place = place;
        self
    }
}

/// Everything that a report says, flat.
pub(crate) fn of_report(report: &Report) -> Vec<Item> {
    let mut items: Vec<_> = report.problems.iter().map(of_problem).collect();
    items.extend(report.contracts.iter().flat_map(|contract| of_contract(contract, report)));
    let mut notices: Vec<_> = report.notices.iter().map(notice::item).collect();
    notices.sort_by_key(|item| item.level);
    items.extend(notices);
    items.extend(report.targets.iter().filter_map(of_target));
    items.extend(words::no_baseline(&report.baseline).map(|why| Item::new(Level::Note, "no-baseline", why)));
    items
}

/// Everything that a comparison says, flat.
pub(crate) fn of_diff(diff: &DiffView) -> Vec<Item> {
    let mut items: Vec<_> = (diff.changes.0.iter())
        .map(|change| {
            let (file, place) = match words::readable(change.head.as_ref()) {
                Some(place) => (&diff.new, Some(place)),
                None => (&diff.old, words::readable(change.base.as_ref())),
            };
            of_change(change, level(change.impact)).in_file(file, place)
        })
        .collect();
    items.sort_by_key(|item| item.level);
    items
}

/// A repository elsewhere that does not simply live on.
fn of_target(target: &TargetReport) -> Option<Item> {
    let (level, rule) = match target.state {
        TargetState::Alive => return None,
        TargetState::Moved => (Level::Warning, "target-moved"),
        TargetState::Forbidden => (Level::Warning, "target-forbidden"),
        TargetState::Suspect => (Level::Warning, "target-suspect"),
        TargetState::Gone => (Level::Warning, "target-gone"),
        TargetState::Legal => (Level::Warning, "target-withheld"),
        TargetState::Undecided => (Level::Note, "target-undecided"),
    };
    let mut message = format!("{}: {}", target.target, target.reason);
    if let Some(hint) = &target.hint {
        message.push_str(&format!("; hint: {hint}"));
    }
    Some(Item::new(level, rule, message))
}

fn level(impact: Impact) -> Level {
    match impact {
        Impact::Breaking => Level::Error,
        Impact::Risky => Level::Warning,
        Impact::Compatible => Level::Note,
    }
}

/// A problem in one line, unescaped.
pub(super) fn told(problem: &Problem) -> String {
    let mut message = problem.message.clone();
    for cause in &problem.causes {
        message.push_str(&format!("; caused by: {cause}"));
    }
    if let Some(hint) = &problem.hint {
        message.push_str(&format!("; hint: {hint}"));
    }
    message
}

/// A problem as one thing.
pub(super) fn of_problem(problem: &Problem) -> Item {
    let item = Item::new(Level::Error, &problem.code, told(problem));
    match &problem.at {
        Some(at) => item.in_file(&at.file, Some((at.line, at.column))),
        None => item,
    }
}

fn of_change(change: &Change, level: Level) -> Item {
    let mut message = change.summary.clone();
    if !change.operations.is_empty() {
        let told = &change.operations[..change.operations.len().min(TOLD_OPERATIONS)];
        let more = match change.operations.len() - told.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        message.push_str(&format!(" (reaches {}{more})", told.join(", ")));
    }
    Item::new(level, &change.rule, message)
}

fn of_contract(contract: &ContractReport, report: &Report) -> Vec<Item> {
    let accepted = words::is_accepted(contract, words::wrote(report));
    let mut items: Vec<_> = contract.problems.iter().map(of_problem).collect();
    items.extend(of_record(contract, report));
    items.extend(words::drift(contract, words::wrote(report)).into_iter().map(|change| {
        let here = if accepted { change.head.as_ref() } else { change.base.as_ref() };
        let level = match level(change.impact) {
            // Somebody just said that it is meant.
            Level::Error if accepted => Level::Warning,
            level @ (Level::Error | Level::Warning | Level::Note) => level,
        };
        of_change(change, level).in_file(&contract.snapshot, words::readable(here))
    }));
    items.extend((0..contract.breaks.len()).filter_map(|index| of_break(contract, index)));
    items.extend(contract.waivers.iter().filter_map(|entry| of_waiver(contract, entry)));
    items.extend(contract.clients.iter().flat_map(|client| of_client(contract, client)));
    items.sort_by_key(|item| item.level);
    items
}

fn of_record(contract: &ContractReport, report: &Report) -> Option<Item> {
    let (level, rule) = match contract.record {
        RecordState::Agreed | RecordState::NotAsked => return None,
        RecordState::Stale => (Level::Error, "stale-record"),
        RecordState::Missing => (Level::Error, "missing-record"),
        // Its problem says so already, and why.
        RecordState::Unreachable if contract.problems.iter().any(|it| it.code == UNREACHABLE) => return None,
        RecordState::Unreachable => (Level::Warning, UNREACHABLE),
        RecordState::Undecided => (Level::Error, "undecided-record"),
    };
    let clause = match contract.record {
        RecordState::Unreachable => "the live source could not be asked".into(),
        RecordState::Agreed
        | RecordState::NotAsked
        | RecordState::Stale
        | RecordState::Missing
        | RecordState::Undecided => words::headline(contract, report).clause,
    };
    let mut message = format!("contract {}: {clause}", contract.name);
    if let Some(fix) = contract.fixes.first() {
        message.push_str(&format!("; cure: {}", fix.command));
    }
    Some(Item::new(level, rule, message).in_file(&contract.snapshot, None))
}

fn of_break(contract: &ContractReport, index: usize) -> Option<Item> {
    let finding = contract.breaks.get(index)?;
    let level = match finding.state {
        FindingState::Blocking(_) | FindingState::WaiverExpired => Level::Error,
        FindingState::Reported => Level::Warning,
        FindingState::Waived => Level::Note,
    };
    let (_, fate) = words::fate(contract, index);
    let place = words::readable(finding.change.head.as_ref());
    let mut item = of_change(&finding.change, level).in_file(&contract.snapshot, place);
    item.message.push_str(&format!("; since the baseline, {}; {fate}", finding.fingerprint));
    Some(item)
}

fn of_waiver(contract: &ContractReport, entry: &countersign_model::ReportedWaiver) -> Option<Item> {
    let (rule, text) = match entry.state {
        WaiverState::Active | WaiverState::Expired => return None,
        WaiverState::Spent => ("spent-waiver", "has done its work; the next accept prunes it"),
        WaiverState::Unmatched => ("unmatched-waiver", "matches no break of this change"),
    };
    let file = format!("contracts/{}/waivers.toml", contract.name);
    let message = format!("the waiver {} of {} {text}", entry.waiver.fingerprint, entry.waiver.owner);
    Some(Item::new(Level::Note, rule, message).in_file(&file, None))
}

fn of_client(contract: &ContractReport, client: &ClientReport) -> Vec<Item> {
    let mut items: Vec<_> = client.problems.iter().map(of_problem).collect();
    let rule = match client.state {
        ClientState::Agreed | ClientState::External => return items,
        ClientState::Stale => "stale-client",
        ClientState::Unverified => "unverified-client",
        ClientState::Undecided => "undecided-client",
    };
    let clause = words::client(client).clause;
    let mut message = format!("client {} of {}: {clause}", client.name, contract.name);
    if !client.files.is_empty() {
        message.push_str(&format!("; {} would change", words::count(client.files.len(), "file")));
    }
    let item = Item::new(Level::Error, rule, message);
    items.push(match (&client.place, client.files.first()) {
        (Place::Local { output }, Some(file)) => item.in_file(&format!("{output}/{}", file.path), None),
        (Place::Local { output }, None) => item.in_file(output, None),
        (Place::External { .. }, _) => item,
    });
    items
}
