//! What a canary found, in every format: violations of the record by a running service. Words of an answer's head and
//! of the record are somebody else's: none is written unescaped.

use super::github::{self, guarded};
use super::item::{self, Item, Level};
use super::style::{Style, Tone};
use super::{concise, human, json, notice, safe, words};
use crate::render::Shape;
use countersign_model::{
    CanaryContract, CanaryEndpoint, CanaryReport, EndpointState, Verdict, Violation, markdown,
};
use std::io::{self, Write};

/// Write what a canary found.
pub(super) fn canary(
    report: &CanaryReport,
    format: Shape,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Shape::Human => for_people(report, style, out),
        Shape::Concise => {
            concise::items(&items(report), style, out)?;
            if style.verbose > 0 {
                writeln!(out, "-: note summary {}", safe(&tally(report)))?;
            }
            Ok(())
        }
        Shape::Json => json::write(report, out),
        Shape::Github => {
            github::annotate(&items(report), style, out)?;
            guarded(style, out, |out| for_people(report, style, out))
        }
    }
}

fn for_people(report: &CanaryReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut said = false;
    for one in &report.contracts {
        said |= contract(one, report.dry_run, style, out)?;
    }
    for problem in &report.problems {
        human::problem(problem, 0, style, out)?;
    }
    said |= human::notices(&report.notices, style, out)? || !report.problems.is_empty();
    if style.quiet && report.verdict == Verdict::Agreed {
        return Ok(());
    }
    if said {
        writeln!(out)?;
    }
    let tally = style.paint(tone(report.verdict), safe(&tally(report)));
    match next(report) {
        Some(next) => writeln!(out, "{tally}. Next: {next}"),
        None => writeln!(out, "{tally}."),
    }
}

fn contract(
    contract: &CanaryContract,
    dry_run: bool,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    if style.quiet && contract.verdict == Verdict::Agreed {
        return Ok(false);
    }
    let word = style.paint(tone(contract.verdict), word(contract.verdict, dry_run));
    let (name, clause) = (safe(contract.name.as_str()), safe(&clause(contract)));
    writeln!(out, "contract {name}: {word} — {clause}")?;
    for problem in &contract.problems {
        human::problem(problem, 2, style, out)?;
    }
    for one in contract.endpoints.iter().filter(|one| is_wanted(one, style)) {
        endpoint(contract, one, style, out)?;
    }
    if let (Some(key), true) = (&contract.key, style.verbose > 0) {
        writeln!(out, "  key {key}")?;
    }
    Ok(true)
}

/// An answer that agrees by being a failure is worth a look: the record declares it, and little was compared.
fn is_wanted(endpoint: &CanaryEndpoint, style: &Style<'_>) -> bool {
    match endpoint.state {
        EndpointState::Violating | EndpointState::Unreachable | EndpointState::Undecided => true,
        EndpointState::Planned => !style.quiet,
        EndpointState::Agreed => !style.quiet && (style.verbose > 0 || declared_failure(endpoint).is_some()),
    }
}

fn endpoint(
    contract: &CanaryContract,
    endpoint: &CanaryEndpoint,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let operation = style.paint(Tone::Strong, safe(&endpoint.operation));
    let (tone, state) = state(endpoint.state);
    let status = endpoint.status.map(|status| format!(" {status}")).unwrap_or_default();
    writeln!(out, "  {operation}:{status} {}", style.paint(tone, state))?;
    if endpoint.state == EndpointState::Planned || style.verbose > 0 {
        writeln!(out, "    {}", safe(&request(endpoint)))?;
    }
    if let Some(failure) = declared_failure(endpoint) {
        writeln!(out, "    {} {failure}", style.paint(Tone::Label, "note:"))?;
    }
    for violation in &endpoint.violations {
        let rule = style.paint(Tone::Bad, violation.rule.as_str());
        writeln!(out, "    {rule}  {}", safe(&place(violation)))?;
        writeln!(out, "      expected {}", safe(&violation.expected))?;
        writeln!(out, "      seen     {}", safe(&violation.seen))?;
        writeln!(out, "      declared at {} {}", safe(&contract.snapshot), safe(&violation.schema))?;
    }
    if endpoint.untold > 0 {
        writeln!(out, "    and {} more", words::count(endpoint.untold, "violation"))?;
    }
    endpoint.problem.iter().try_for_each(|problem| human::problem(problem, 4, style, out))
}

/// Where in the answer; unescaped.
fn place(violation: &Violation) -> String {
    let more = match violation.places {
        0 | 1 => String::new(),
        places => format!(", and in {} more", words::count(places - 1, "place")),
    };
    match violation.instance.as_deref() {
        None => "in the answer's head".into(),
        Some("") => format!("the whole body{more}"),
        Some(pointer) => format!("at {pointer}{more}"),
    }
}

fn request(endpoint: &CanaryEndpoint) -> String {
    let method = endpoint.operation.split(' ').next().unwrap_or_default();
    format!("{method} {}", endpoint.url)
}

fn declared_failure(endpoint: &CanaryEndpoint) -> Option<String> {
    let status =
        endpoint.status.filter(|status| *status >= 300 && endpoint.state == EndpointState::Agreed)?;
    Some(format!("the record declares {status}, so this agrees; what a success looks like was not seen"))
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Agreed => Tone::Good,
        Verdict::Drift | Verdict::Interrupted => Tone::Bad,
        Verdict::Unreachable | Verdict::Undecided => Tone::Doubt,
    }
}

fn word(verdict: Verdict, dry_run: bool) -> &'static str {
    match verdict {
        Verdict::Agreed if dry_run => "planned",
        Verdict::Drift => "violated",
        Verdict::Agreed | Verdict::Unreachable | Verdict::Undecided | Verdict::Interrupted => {
            verdict.as_str()
        }
    }
}

fn state(state: EndpointState) -> (Tone, &'static str) {
    match state {
        EndpointState::Planned => (Tone::Dim, "would be asked"),
        EndpointState::Agreed => (Tone::Good, "agreed"),
        EndpointState::Violating => (Tone::Bad, "violates the record"),
        EndpointState::Unreachable => (Tone::Doubt, "unreachable"),
        EndpointState::Undecided => (Tone::Doubt, "undecided"),
    }
}

fn clause(contract: &CanaryContract) -> String {
    let all = words::count(contract.endpoints.len(), "endpoint");
    let count = |state| contract.endpoints.iter().filter(|endpoint| endpoint.state == state).count();
    let (base, snapshot) = (&contract.base, &contract.snapshot);
    if contract.endpoints.is_empty() {
        return format!("nothing of {base} was asked");
    }
    if count(EndpointState::Planned) > 0 {
        return format!("{all} of {base} would be held against {snapshot}");
    }
    match count(EndpointState::Violating) {
        0 if contract.verdict == Verdict::Agreed => format!("{all} of {base} answered as {snapshot} says"),
        0 => format!("{} of {all} of {base} answered as {snapshot} says", count(EndpointState::Agreed)),
        wrong => format!("{wrong} of {all} of {base} answered otherwise than {snapshot} says"),
    }
}

fn tally(report: &CanaryReport) -> String {
    let counts = &report.counts;
    let all = words::count(counts.endpoints, "endpoint");
    if report.dry_run {
        return format!("{all} would be asked, {} undecided", counts.undecided);
    }
    format!(
        "{all}: {} agreed, {} violating ({}), {} unreachable, {} undecided",
        counts.agreed,
        counts.violating,
        words::count(counts.violations, "violation"),
        counts.unreachable,
        counts.undecided
    )
}

fn next(report: &CanaryReport) -> Option<&'static str> {
    match report.verdict {
        Verdict::Drift => Some("mend the service, or deploy what the record describes"),
        Verdict::Agreed if report.dry_run => Some("countersign canary"),
        Verdict::Agreed | Verdict::Unreachable | Verdict::Undecided | Verdict::Interrupted => None,
    }
}

/// Everything that a canary says, flat.
pub(super) fn items(report: &CanaryReport) -> Vec<Item> {
    let mut all = Vec::new();
    for contract in &report.contracts {
        let mut items: Vec<_> = contract.problems.iter().map(item::of_problem).collect();
        items.extend(contract.endpoints.iter().flat_map(|endpoint| of_endpoint(contract, endpoint)));
        items.sort_by_key(|item| item.level);
        all.extend(items);
    }
    all.extend(report.problems.iter().map(item::of_problem));
    all.extend(report.notices.iter().map(notice::item));
    all
}

fn of_endpoint(contract: &CanaryContract, endpoint: &CanaryEndpoint) -> Vec<Item> {
    let named = |item: Item| Item { message: format!("{}: {}", endpoint.operation, item.message), ..item };
    let mut items: Vec<_> = endpoint.problem.iter().map(item::of_problem).map(named).collect();
    if endpoint.state == EndpointState::Unreachable {
        items.iter_mut().for_each(|item| item.level = Level::Warning);
    }
    let status = endpoint.status.unwrap_or_default();
    for violation in &endpoint.violations {
        let Violation { expected, seen, schema, .. } = violation;
        let place = place(violation);
        let message =
            format!("{place}: expected {expected}, seen {seen}; status {status}; declared at {schema}");
        let item = Item::new(Level::Error, violation.rule.as_str(), message);
        items.push(named(Item { file: Some(contract.snapshot.clone()), ..item }));
    }
    if let Some(failure) = declared_failure(endpoint) {
        items.push(named(Item::new(Level::Note, "declared-failure", failure)));
    }
    if endpoint.state == EndpointState::Planned {
        items.push(Item::new(Level::Note, "planned", request(endpoint)));
    }
    items
}

/// The Markdown of a job's summary page.
pub(crate) fn canary_summary(report: &CanaryReport) -> String {
    let mut page = format!("### Countersign canary: {}\n\n", word(report.verdict, report.dry_run));
    if !report.contracts.is_empty() {
        page.push_str("| Contract | Verdict | Why |\n|---|---|---|\n");
    }
    for contract in &report.contracts {
        let (name, clause) = (markdown(contract.name.as_str()), markdown(&clause(contract)));
        page.push_str(&format!("| {name} | {} | {clause} |\n", word(contract.verdict, report.dry_run)));
    }
    page.push_str(&github::summary_items(&items(report)));
    page.push_str(&github::summary_notices(&report.notices));
    page.push_str(&format!("\n{}.\n", markdown(&tally(report))));
    page
}
