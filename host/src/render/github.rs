//! Annotations, a log and a step summary for GitHub Actions. The runner obeys lines that begin with `::`,
//! so free text stands between `::stop-commands::` and a token that nobody could know before.

use super::item::{self, Item, Level};
use super::style::Style;
use super::words::Next;
use super::{human, notice, proposal, views, words};
use crate::view::DiffView;
use countersign_model::{
    NoticeState, Proposals, Report, SentNotice, github_data, github_property, markdown, terminal,
};
use std::io::{self, Write};

/// A step summary is read by people; what does not fit is in the log.
const SUMMARY_ITEMS: usize = 30;

/// Write a report: annotations, then what people read.
pub(crate) fn report(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    annotate(&item::of_report(report), style, out)?;
    guarded(style, out, |out| human::report(report, style, out))
}

/// Write the problems of a command that came to nothing.
pub(crate) fn problems(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    annotate(&item::of_report(report), style, out)?;
    guarded(style, out, |out| human::failure(&report.problems, style, out))
}

/// Write a comparison.
pub(crate) fn diff(diff: &DiffView, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    annotate(&item::of_diff(diff), style, out)?;
    guarded(style, out, |out| views::diff(diff, style, out))
}

/// Write what became of proposals.
pub(crate) fn proposals(report: &Proposals, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    annotate(&proposal::items(report), style, out)?;
    guarded(style, out, |out| proposal::human(report, style, out))
}

/// Write annotations.
pub(super) fn annotate(items: &[Item], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    // The runner shows ten of each level for a step, so the order decides what is seen.
    for item in items.iter().filter(|item| !style.quiet || item.level == Level::Error) {
        let command = match item.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(file) = &item.file {
            let prefix = if file.starts_with('/') { "" } else { style.prefix };
            properties.push(format!("file={}", property(&format!("{prefix}{file}"))));
        }
        if let Some((line, column)) = item.place {
            properties.push(format!("line={line},col={column}"));
        }
        properties.push(format!("title={}", property(&item.rule)));
        writeln!(out, "::{command} {}::{}", properties.join(","), github_data(&item.message))?;
    }
    Ok(())
}

fn property(text: &str) -> String {
    github_property(&text.replace('\n', " "))
}

/// Write free text that the runner does not obey.
pub(crate) fn guarded(
    style: &Style<'_>,
    out: &mut dyn Write,
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "::stop-commands::{}", style.stop_token)?;
    let written = text(out);
    // What follows in the same step must be able to command again, whatever became of our text.
    writeln!(out, "::{}::", style.stop_token)?;
    written
}

/// The Markdown of a job's summary page: the verdict, a table of contracts, the worst findings and the
/// next command.
pub(crate) fn step_summary(report: &Report) -> String {
    let mut page = format!("### Countersign: {}\n\n", report.verdict.as_str());
    if !report.contracts.is_empty() {
        page.push_str("| Contract | Verdict | Why |\n|---|---|---|\n");
    }
    for contract in &report.contracts {
        let headline = words::headline(contract, report);
        let (name, clause) = (markdown(contract.name.as_str()), markdown(&headline.clause));
        page.push_str(&format!("| {name} | {} | {clause} |\n", headline.word));
    }
    page.push_str(&summary_notices(&report.notices));
    page.push_str(&summary_items(&item::of_report(report)));
    page.push_str(&format!("\n{}.", markdown(&words::tally(report))));
    match words::next(report) {
        Some(Next::Command(next)) => page.push_str(&format!(" Next: {}", code(&next))),
        Some(Next::Deed(deed)) => page.push_str(&format!(" Next: {}", markdown(deed))),
        None => {}
    }
    page.push('\n');
    page
}

/// Who was told, or would be. What failed stands among the findings.
pub(super) fn summary_notices(notices: &[SentNotice]) -> String {
    let told: Vec<_> = (notices.iter())
        .filter(|it| matches!(it.state, NoticeState::Delivered | NoticeState::Planned))
        .collect();
    let mut list = String::new();
    for one in told.iter().take(SUMMARY_ITEMS) {
        let (_, fate) = notice::fate(one.state);
        list.push_str(&format!("\n- {} \\({fate}\\)", markdown(&notice::clause(one))));
    }
    if told.len() > SUMMARY_ITEMS {
        let rest = words::count(told.len() - SUMMARY_ITEMS, "notice");
        list.push_str(&format!("\n- and {rest} more, in the log"));
    }
    if list.is_empty() { list } else { format!("{list}\n") }
}

/// The worst of a list, for a summary page.
pub(super) fn summary_items(items: &[Item]) -> String {
    let told: Vec<_> = items.iter().filter(|item| item.level != Level::Note).collect();
    let mut list = String::new();
    for item in told.iter().take(SUMMARY_ITEMS) {
        let level = if item.level == Level::Error { "error" } else { "warning" };
        list.push_str(&format!("\n- {level} {}: {}", code(&item.rule), markdown(&item.message)));
    }
    if told.len() > SUMMARY_ITEMS {
        list.push_str(&format!("\n- and {} more, in the log", told.len() - SUMMARY_ITEMS));
    }
    if list.is_empty() { list } else { format!("{list}\n") }
}

/// A code span; a text that could end one is running text instead.
fn code(text: &str) -> String {
    if text.contains(['`', '|', '\n']) { markdown(text) } else { format!("`{}`", terminal(text)) }
}
