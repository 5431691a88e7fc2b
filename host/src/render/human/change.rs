//! One change: its rule, what it says, where it is, what it reaches.

use crate::render::diff::{claim, shortened};
use crate::render::style::{Style, Tone};
use crate::render::{safe, words};
use countersign_model::{Change, Direction, Witness, WitnessProof};
use std::io::{self, Write};

/// More operations than these are counted, unless `-v` is given.
const TOLD_OPERATIONS: usize = 5;

/// More characters of a witness are cut, unless `-v` is given.
const TOLD_WITNESS: usize = 200;

/// Write a change. `since` says what it is counted from, already escaped; `place` says where it is.
pub(crate) fn change(
    change: &Change,
    since: Option<&str>,
    place: &str,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let impact = style.paint(words::tone(change.impact), change.impact.as_str());
    let rule = style.paint(Tone::Strong, safe(&change.rule));
    let direction = match change.direction {
        Direction::Request => "  (request)",
        Direction::Response => "  (response)",
        Direction::Both => "  (request and response)",
        Direction::Neither => "",
    };
    let since = since.map(|since| format!("  {since}")).unwrap_or_default();
    writeln!(out, "  {impact}  {rule}{direction}{since}")?;
    writeln!(out, "    {}", safe(&change.summary))?;
    if !place.is_empty() {
        writeln!(out, "    {}", safe(place))?;
    }
    reaches(&change.operations, style, out)?;
    if let Some(witness) = &change.witness {
        shown(witness, style, out)?;
    }
    if style.verbose > 0 {
        details(change, out)?;
    }
    Ok(())
}

fn reaches(operations: &[String], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    if operations.is_empty() {
        return Ok(());
    }
    let limit = if style.verbose > 0 { operations.len() } else { TOLD_OPERATIONS };
    let told: Vec<_> = operations.iter().take(limit).map(|operation| safe(operation)).collect();
    let rest = operations.len() - told.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    writeln!(out, "    reaches {}{more}", told.join(", "))
}

/// A value that shows what breaks.
fn shown(witness: &Witness, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let limit = if style.verbose > 0 { usize::MAX } else { TOLD_WITNESS };
    writeln!(out, "    {}: {}", claim(witness), safe(&shortened(&witness.value, limit)))?;
    match &witness.proof {
        WitnessProof::Proven => Ok(()),
        WitnessProof::Unproven { why } => {
            writeln!(out, "    {}", style.paint(Tone::Dim, format!("unproven: {}", safe(why))))
        }
    }
}

fn details(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    for (label, value) in [("before", &change.before), ("after", &change.after)] {
        if let Some(value) = value {
            writeln!(out, "    {label} {}", safe(value))?;
        }
    }
    writeln!(out, "    by {}", safe(&change.plugin))
}
