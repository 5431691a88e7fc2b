//! The only place that writes results. Every format is a view of the same data; nothing here reads a file,
//! the clock or the environment, and nothing that somebody else wrote is shown unescaped.

mod canary;
mod concise;
mod github;
mod human;
mod item;
mod json;
mod notice;
mod proposal;
mod style;
mod views;
mod words;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub(crate) use canary::canary_summary;
pub(crate) use github::step_summary;
pub(crate) use style::Style;

use crate::args::Format;
use crate::exit;
use crate::render::github::guarded;
use crate::view::Outcome;
use countersign_model::{BaselineReport, Problem, Report, terminal};
use std::io::{self, Write};

/// Write a report.
pub(crate) fn render(
    report: &Report,
    format: Format,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::report(report, style, out),
        Format::Concise => concise::report(report, style, out),
        Format::Json => json::write(report, out),
        Format::Github => github::report(report, style, out),
    }
}

/// Write the problems of a command that came to nothing. In JSON they are a report without contracts, so
/// that whoever reads it knows one shape.
pub(crate) fn problems(
    command: &str,
    problems: &[Problem],
    format: Format,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = report_of(command, problems);
    match format {
        Format::Human => human::failure(problems, style, out),
        Format::Concise => concise::report(&report, style, out),
        Format::Json => json::write(&report, out),
        Format::Github => github::problems(&report, style, out),
    }
}

/// The report of a command that came to nothing.
pub(crate) fn report_of(command: &str, problems: &[Problem]) -> Report {
    let verdict = exit::of_problems(problems);
    let version = env!("CARGO_PKG_VERSION");
    let report = Report::new(version, command, BaselineReport::NotNeeded, Vec::new(), problems.to_vec());
    Report { verdict, exit_code: verdict.exit_code(), ..report }
}

/// Write what a command came to.
pub(crate) fn outcome(
    outcome: &Outcome,
    format: Format,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match outcome {
        Outcome::Report(report) => render(report, format, style, out),
        Outcome::Status(report) if format == Format::Human => views::status(report, style, out),
        Outcome::Status(report) => {
            let exit_code = exit::of_outcome(outcome);
            render(&Report { exit_code, ..report.as_ref().clone() }, format, style, out)
        }
        Outcome::Proposals(report) => match format {
            Format::Human => proposal::human(report, style, out),
            Format::Concise => concise::items(&proposal::items(report), style, out),
            Format::Json => json::write(report.as_ref(), out),
            Format::Github => github::proposals(report, style, out),
        },
        Outcome::Diff(diff) => match format {
            Format::Human => views::diff(diff, style, out),
            Format::Concise => concise::items(&item::of_diff(diff), style, out),
            Format::Json => json::write(diff, out),
            Format::Github => github::diff(diff, style, out),
        },
        Outcome::Canary(report) => canary::canary(report, format, style, out),
        Outcome::Doctor(report) => match format {
            Format::Human => views::doctor(report, style, out),
            Format::Concise => views::doctor_concise(report, out),
            Format::Json => json::write(report, out),
            Format::Github => guarded(style, out, |out| views::doctor(report, style, out)),
        },
        Outcome::Plugins(plugins) => match format {
            Format::Human => views::plugins(plugins, style, out),
            Format::Concise => views::plugins_concise(plugins, out),
            Format::Json => json::write(plugins, out),
            Format::Github => guarded(style, out, |out| views::plugins(plugins, style, out)),
        },
        Outcome::Plugin(plugin) => text_or_json(plugin.as_ref(), format, style, out, views::plugin),
        Outcome::Explanation(text) => text_or_json(text, format, style, out, views::explanation),
        Outcome::Done(done) => text_or_json(done, format, style, out, views::done),
        Outcome::Document(bytes) => out.write_all(bytes),
    }
}

/// How a view is written for people.
type ForPeople<T> = fn(&T, &Style<'_>, &mut dyn Write) -> io::Result<()>;

fn text_or_json<T: serde::Serialize>(
    value: &T,
    format: Format,
    style: &Style<'_>,
    out: &mut dyn Write,
    text: ForPeople<T>,
) -> io::Result<()> {
    match format {
        Format::Human | Format::Concise => text(value, style, out),
        Format::Json => json::write(value, out),
        Format::Github => guarded(style, out, |out| text(value, style, out)),
    }
}

/// Somebody else's text for one line of a terminal or a log.
///
/// A job's log is a terminal that obeys: a GitHub runner takes a line that begins with `::`, and `##[`
/// anywhere, for a command, whatever format we print. So neither is ever printed.
pub(crate) fn safe(text: &str) -> String {
    let shown = terminal(text).replace("##[", "#\\u{23}[");
    if shown.trim_start().starts_with("::") { shown.replacen("::", ":\\u{3a}", 1) } else { shown }
}

/// Whether a character may not be shown as it is.
pub(crate) fn is_deceptive(character: char) -> bool {
    let plain = character == ' ' || character.is_ascii_graphic();
    !plain && !terminal(character.encode_utf8(&mut [0; 4])).starts_with(character)
}
