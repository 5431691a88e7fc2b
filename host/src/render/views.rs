//! The commands that do not return a report, for people.

use super::human::change;
use super::style::{Style, Tone};
use super::{safe, words};
use crate::view::{DiffView, DoctorReport, DoctorState, Done, Explanation, PluginView};
use countersign_model::{ClientReport, Impact, RecordState, Report, TargetReport};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Write what `status` found: one line for each contract and client.
pub(super) fn status(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for contract in &report.contracts {
        let digest = contract.recorded.map_or_else(|| "-".into(), |digest| digest.short());
        let (tone, word) = match contract.record {
            RecordState::NotAsked => (Tone::Dim, "not asked"),
            RecordState::Agreed
            | RecordState::Stale
            | RecordState::Missing
            | RecordState::Unreachable
            | RecordState::Undecided => {
                let headline = words::headline(contract, report);
                (headline.tone, headline.word)
            }
        };
        rows.push((contract.name.to_string(), tone, word, format!("{digest}  {}", contract.snapshot)));
        rows.extend(contract.clients.iter().map(client_row));
    }
    let width = rows.iter().map(|(name, ..)| name.width()).max().unwrap_or_default();
    for (name, tone, word, rest) in &rows {
        let word = style.paint(*tone, format!("{word:13}"));
        writeln!(out, "{}  {word}  {}", padded(&safe(name), width), safe(rest))?;
    }
    if !rows.is_empty() {
        writeln!(out)?;
    }
    targets(&report.targets, style, out)?;
    super::human::problems(&report.problems, style, out)?;
    if !report.problems.is_empty() {
        writeln!(out)?;
    }
    let next = words::next(report).unwrap_or_else(|| words::Next::Command("countersign check".into()));
    writeln!(out, "{}. Next: {}", safe(&words::tally(report)), super::human::step(&next, style))
}

/// The repositories elsewhere, and what to do about those that do not simply live on.
fn targets(targets: &[TargetReport], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let width = targets.iter().map(|target| target.target.width()).max().unwrap_or_default();
    for one in targets {
        let (tone, word) = words::target(one.state);
        let word = style.paint(tone, format!("{word:13}"));
        writeln!(out, "{}  {word}  {}", padded(&safe(&one.target), width), safe(&one.reason))?;
        if let Some(hint) = &one.hint {
            writeln!(out, "{:width$}  {} {}", "", style.paint(Tone::Label, "hint:"), safe(hint))?;
        }
    }
    if targets.is_empty() { Ok(()) } else { writeln!(out) }
}

fn client_row(client: &ClientReport) -> (String, Tone, &'static str, String) {
    let headline = words::client(client);
    (format!("  {}", client.name), headline.tone, headline.word, words::place(client).to_owned())
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(text.width()))
}

/// Write a comparison.
pub(super) fn diff(diff: &DiffView, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut changes: Vec<_> = diff.changes.0.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.impact));
    for one in changes.iter().filter(|it| !style.quiet || it.impact == Impact::Breaking) {
        let place = match (words::readable(one.head.as_ref()), words::readable(one.base.as_ref())) {
            (Some((line, column)), _) => format!("at {}:{line}:{column}", diff.new),
            (None, Some((line, column))) => format!("was at {}:{line}:{column}", diff.old),
            (None, None) => String::new(),
        };
        let pointer = one.head.as_ref().or(one.base.as_ref()).map_or("", |it| it.pointer.as_str());
        change(one, None, format!("{place}  {pointer}").trim(), style, out)?;
    }
    let count = |impact| changes.iter().filter(|change| change.impact == impact).count();
    if style.quiet && count(Impact::Breaking) == 0 {
        return Ok(());
    }
    let (breaking, risky) = (count(Impact::Breaking), count(Impact::Risky));
    let tone = if breaking > 0 { Tone::Bad } else { Tone::Good };
    let tally = match changes.len() {
        0 => "no change".into(),
        all => format!("{}: {breaking} breaking, {risky} risky", words::count(all, "change")),
    };
    let tally = style.paint(tone, tally);
    let version = match changes.len() {
        0 => String::new(),
        _ => format!(" Suggested version: {}.", diff.bump()),
    };
    writeln!(out, "{tally}, from {} to {}.{version}", safe(&diff.old), safe(&diff.new))
}

/// Write what `doctor` found.
pub(super) fn doctor(report: &DoctorReport, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for check in &report.checks {
        let tone = match check.state {
            DoctorState::Ok => Tone::Good,
            DoctorState::Warn => Tone::Doubt,
            DoctorState::Fail => Tone::Bad,
            DoctorState::Skipped => Tone::Dim,
        };
        if style.quiet && check.state < DoctorState::Warn {
            continue;
        }
        let state = style.paint(tone, format!("{:7}", check.state.as_str()));
        writeln!(out, "{state}  {}: {}", safe(&check.name), safe(&check.detail))?;
        for line in check.hint.iter().flat_map(|hint| hint.lines()) {
            writeln!(out, "         {} {}", style.paint(Tone::Label, "hint:"), safe(line))?;
        }
    }
    let count = |state| report.checks.iter().filter(|check| check.state == state).count();
    let (warnings, failures) = (count(DoctorState::Warn), count(DoctorState::Fail));
    if style.quiet && warnings + failures == 0 {
        return Ok(());
    }
    let looked = words::count(report.checks.len(), "check");
    let next = if failures == 0 { " Next: countersign check" } else { "" };
    writeln!(
        out,
        "\n{looked}: {}, {}.{next}",
        words::count(failures, "failure"),
        words::count(warnings, "warning")
    )
}

/// Write what `doctor` found, a line each.
pub(super) fn doctor_concise(report: &DoctorReport, out: &mut dyn Write) -> io::Result<()> {
    for check in &report.checks {
        writeln!(out, "-: {} {} {}", check.state.as_str(), safe(&check.name), safe(&check.detail))?;
    }
    Ok(())
}

/// Write what `plugin list` found.
pub(super) fn plugins(plugins: &[PluginView], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let width = |text: fn(&PluginView) -> &str| {
        plugins.iter().map(|plugin| safe(text(plugin)).width()).max().unwrap_or_default()
    };
    let (names, kinds) = (width(|it| &it.name), width(|it| &it.kind));
    for plugin in plugins {
        let name = style.paint(Tone::Strong, padded(&safe(&plugin.name), names));
        let kind = padded(&safe(&plugin.kind), kinds);
        let (version, source) = (safe(&plugin.version), safe(&plugin.source));
        writeln!(out, "{name}  {kind}  {version}  {source}  {}", safe(&plugin.summary))?;
    }
    if style.quiet {
        return Ok(());
    }
    writeln!(out, "\n{}. Next: countersign plugin inspect NAME", words::count(plugins.len(), "plugin"))
}

/// Write what `plugin list` found, a line each.
pub(super) fn plugins_concise(plugins: &[PluginView], out: &mut dyn Write) -> io::Result<()> {
    for plugin in plugins {
        let parts = [&plugin.name, &plugin.kind, &plugin.version, &plugin.digest, &plugin.source];
        writeln!(out, "{}", parts.map(|part| safe(part)).join(" "))?;
    }
    Ok(())
}

/// Write what `plugin inspect` found.
pub(super) fn plugin(plugin: &PluginView, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", style.paint(Tone::Strong, safe(&plugin.name)), safe(&plugin.summary))?;
    for (label, value) in [
        ("kind", &plugin.kind),
        ("version", &plugin.version),
        ("world", &plugin.world),
        ("digest", &plugin.digest),
        ("source", &plugin.source),
    ] {
        writeln!(out, "  {label:8} {}", safe(value))?;
    }
    list("could use", "nothing: it imports nothing", &plugin.imports, out)?;
    list("granted", "nothing", &plugin.granted, out)
}

fn list(label: &str, none: &str, values: &[String], out: &mut dyn Write) -> io::Result<()> {
    match values {
        [] => writeln!(out, "  {label}: {none}"),
        values => {
            writeln!(out, "  {label}:")?;
            values.iter().try_for_each(|value| writeln!(out, "    {}", safe(value)))
        }
    }
}

/// Write an explanation.
pub(super) fn explanation(text: &Explanation, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let id = style.paint(Tone::Strong, safe(&text.id));
    match (text.impact, &text.plugin) {
        (Some(impact), Some(plugin)) => {
            let impact = style.paint(words::tone(impact), impact.as_str());
            writeln!(out, "{id}: {impact}, a rule of {}\n", safe(plugin))?;
        }
        (Some(impact), None) => writeln!(out, "{id}: {}\n", impact.as_str())?,
        (None, _) => writeln!(out, "{id}: {}\n", safe(text.kind))?,
    }
    paragraphs(&text.explanation, out)?;
    if !text.advice.is_empty() {
        writeln!(out, "\n{}", style.paint(Tone::Label, "What to do"))?;
        paragraphs(&text.advice, out)?;
    }
    Ok(())
}

fn paragraphs(markdown: &str, out: &mut dyn Write) -> io::Result<()> {
    crate::command::plain_markdown(markdown).lines().try_for_each(|line| writeln!(out, "{}", safe(line)))
}

/// Write what was done.
pub(super) fn done(done: &Done, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !style.quiet {
        done.done.iter().try_for_each(|line| writeln!(out, "{}", safe(line)))?;
    }
    match &done.next {
        Some(next) if !style.quiet => {
            writeln!(out, "Next: {}", style.paint(Tone::Strong, safe(next)))
        }
        Some(_) | None => Ok(()),
    }
}
