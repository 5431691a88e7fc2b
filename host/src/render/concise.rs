//! One line for each thing, as editors and `grep` like it: `file:line:col: level rule message`. A thing
//! without a file begins with `-`, and one without a line has none.

use super::item::{self, Item, Level};
use super::style::{Style, Tone};
use super::{safe, words};
use countersign_model::Report;
use std::io::{self, Write};

/// Write a report.
pub(crate) fn report(report: &Report, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    items(&item::of_report(report), style, out)?;
    if style.verbose > 0 {
        writeln!(out, "-: note summary {}", safe(&words::tally(report)))?;
    }
    Ok(())
}

/// Write a list.
pub(crate) fn items(items: &[Item], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for item in items.iter().filter(|item| !style.quiet || item.level == Level::Error) {
        let file = item.file.as_deref().map_or_else(|| "-".into(), safe);
        let place = item.place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        let level = style.paint(tone(item.level), word(item.level));
        writeln!(out, "{file}{place}: {level} {} {}", safe(&item.rule), safe(&item.message))?;
    }
    Ok(())
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn tone(level: Level) -> Tone {
    match level {
        Level::Error => Tone::Bad,
        Level::Warning => Tone::Doubt,
        Level::Note => Tone::Dim,
    }
}
