//! The only place that writes results. Every format is a view of the same data; nothing here reads a file,
//! the clock or the environment, and nothing that somebody else wrote is shown unescaped.

mod canary;
mod concise;
mod diff;
mod github;
mod hooks;
mod human;
mod item;
mod json;
mod junit;
mod notice;
mod proposal;
mod sarif;
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
use item::Item;
use std::io::{self, Write};

/// The formats that every outcome has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Sentences for people.
    Human,
    /// One line for each thing.
    Concise,
    /// JSON.
    Json,
    /// A log that GitHub's runner obeys.
    Github,
}

/// Write what a command came to.
pub(crate) fn outcome(
    outcome: &Outcome,
    format: Format,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match (format, outcome) {
        (Format::Sarif, _) => sarif::write(&items(outcome), style, out),
        (Format::Junit, _) => junit::write(&items(outcome), style, out),
        (Format::Markdown, Outcome::Diff(diff)) => diff::markdown(diff, out),
        (Format::Html, Outcome::Diff(diff)) => diff::html(diff, out),
        (Format::Oasdiff, Outcome::Diff(diff)) => diff::oasdiff(diff, out),
        (Format::Concise, _) => shaped(outcome, Shape::Concise, style, out),
        (Format::Json, _) => shaped(outcome, Shape::Json, style, out),
        (Format::Github, _) => shaped(outcome, Shape::Github, style, out),
        // The last three are refused for every other command before it runs.
        (Format::Human | Format::Markdown | Format::Html | Format::Oasdiff, _) => {
            shaped(outcome, Shape::Human, style, out)
        }
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
    let items = || item::of_report(&report_of(command, problems));
    let shape = match format {
        Format::Sarif => return sarif::write(&items(), style, out),
        Format::Junit => return junit::write(&items(), style, out),
        Format::Human | Format::Markdown | Format::Html | Format::Oasdiff => Shape::Human,
        Format::Concise => Shape::Concise,
        Format::Json => Shape::Json,
        Format::Github => Shape::Github,
    };
    troubles(command, problems, shape, style, out)
}

/// Everything that an outcome says, flat.
fn items(outcome: &Outcome) -> Vec<Item> {
    match outcome {
        Outcome::Report(report) | Outcome::Status(report) => item::of_report(report),
        Outcome::Proposals(report) => proposal::items(report),
        Outcome::Diff(diff) => item::of_diff(diff),
        Outcome::Canary(report) => canary::items(report),
        Outcome::Hooks(report) => hooks::items(report),
        Outcome::Doctor(_)
        | Outcome::Plugins(_)
        | Outcome::Plugin(_)
        | Outcome::Explanation(_)
        | Outcome::Done(_)
        | Outcome::Document(_) => Vec::new(),
    }
}

/// Write a report.
fn render(report: &Report, format: Shape, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Shape::Human => human::report(report, style, out),
        Shape::Concise => concise::report(report, style, out),
        Shape::Json => json::write(report, out),
        Shape::Github => github::report(report, style, out),
    }
}

fn troubles(
    command: &str,
    problems: &[Problem],
    format: Shape,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = report_of(command, problems);
    match format {
        Shape::Human => human::failure(problems, style, out),
        Shape::Concise => concise::report(&report, style, out),
        Shape::Json => json::write(&report, out),
        Shape::Github => github::problems(&report, style, out),
    }
}

/// The report of a command that came to nothing.
pub(crate) fn report_of(command: &str, problems: &[Problem]) -> Report {
    let verdict = exit::of_problems(problems);
    let version = env!("CARGO_PKG_VERSION");
    let report = Report::new(version, command, BaselineReport::NotNeeded, Vec::new(), problems.to_vec());
    Report { verdict, exit_code: verdict.exit_code(), ..report }
}

fn shaped(outcome: &Outcome, format: Shape, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    match outcome {
        Outcome::Report(report) => render(report, format, style, out),
        Outcome::Status(report) if format == Shape::Human => views::status(report, style, out),
        Outcome::Status(report) => {
            let exit_code = exit::of_outcome(outcome);
            render(&Report { exit_code, ..report.as_ref().clone() }, format, style, out)
        }
        Outcome::Proposals(report) => match format {
            Shape::Human => proposal::human(report, style, out),
            Shape::Concise => concise::items(&proposal::items(report), style, out),
            Shape::Json => json::write(report.as_ref(), out),
            Shape::Github => github::proposals(report, style, out),
        },
        Outcome::Diff(diff) => match format {
            Shape::Human => views::diff(diff, style, out),
            Shape::Concise => concise::items(&item::of_diff(diff), style, out),
            Shape::Json => diff::json(diff, out),
            Shape::Github => github::diff(diff, style, out),
        },
        Outcome::Canary(report) => canary::canary(report, format, style, out),
        Outcome::Hooks(report) => hooks::hooks(report, format, style, out),
        Outcome::Doctor(report) => match format {
            Shape::Human => views::doctor(report, style, out),
            Shape::Concise => views::doctor_concise(report, out),
            Shape::Json => json::write(report, out),
            Shape::Github => guarded(style, out, |out| views::doctor(report, style, out)),
        },
        Outcome::Plugins(plugins) => match format {
            Shape::Human => views::plugins(plugins, style, out),
            Shape::Concise => views::plugins_concise(plugins, out),
            Shape::Json => json::write(plugins, out),
            Shape::Github => guarded(style, out, |out| views::plugins(plugins, style, out)),
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
    format: Shape,
    style: &Style<'_>,
    out: &mut dyn Write,
    text: ForPeople<T>,
) -> io::Result<()> {
    match format {
        Shape::Human | Shape::Concise => text(value, style, out),
        Shape::Json => json::write(value, out),
        Shape::Github => guarded(style, out, |out| text(value, style, out)),
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
