//! One change on the page.

use super::{Numbered, SENTENCE, mark};
use crate::render::diff::escape::{html as escape, html_prose};
use crate::render::diff::excerpt::{Line, Mark, Pane, Texts};
use crate::render::diff::{claim, place, sentence, shortened};
use crate::view::DiffView;
use countersign_model::{Change, Direction, Impact, Witness, WitnessProof};
use std::borrow::Cow;
use std::io::{self, Write};

/// More operations than these are behind a click.
const OPERATIONS: usize = 4;
/// More than these are counted.
const ALL_OPERATIONS: usize = 100;
/// A longer value is cut.
const VALUE: usize = 2_000;
/// A witness of more characters is shown over several lines.
const WIDE: usize = 80;

/// Write a change.
pub(super) fn write(
    diff: &DiffView,
    texts: &Texts<'_>,
    (number, change): Numbered<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let impact = change.impact.as_str();
    writeln!(out, "<article class=\"{impact}\" id=\"c{number}\" aria-labelledby=\"t{number}\">")?;
    let badge = format!("<span aria-hidden=\"true\">{}</span> {impact}", mark(change.impact));
    let rule = escape(&shortened(&change.rule, SENTENCE));
    let direction = match change.direction {
        Direction::Request => "<span>in the request</span>",
        Direction::Response => "<span>in the response</span>",
        Direction::Both => "<span>in the request and the response</span>",
        Direction::Neither => "",
    };
    writeln!(
        out,
        "<p class=\"meta\"><span class=\"badge\">{badge}</span> <code>{rule}</code> {direction}\
         <a href=\"#c{number}\" aria-label=\"link to change {number}\">#{number}</a></p>"
    )?;
    let summary = html_prose(&sentence(&shortened(&change.summary, SENTENCE)));
    writeln!(out, "<h3 id=\"t{number}\">{summary}</h3>")?;
    reaches(&change.operations, out)?;
    values(change, out)?;
    if let Some(witness) = &change.witness {
        shown(witness, out)?;
    }
    if let Some(text) = diff.explanations.get(&change.rule) {
        let lines: Vec<_> = crate::command::plain_markdown(text).lines().map(escape).collect();
        let told = lines.join("\n");
        writeln!(
            out,
            "<details><summary>About this rule</summary><div class=\"told\">{told}</div></details>"
        )?;
    }
    sides(diff, texts, change, out)?;
    writeln!(out, "</article>")
}

fn reaches(operations: &[String], out: &mut dyn Write) -> io::Result<()> {
    let code = |operation: &String| format!("<code>{}</code>", escape(&shortened(operation, SENTENCE)));
    if operations.len() <= OPERATIONS {
        let told: Vec<_> = operations.iter().map(code).collect();
        return match told.is_empty() {
            true => Ok(()),
            false => writeln!(out, "<p class=\"reach\">Reaches {}</p>", told.join(", ")),
        };
    }
    writeln!(
        out,
        "<details class=\"reach\"><summary>Reaches {} operations</summary>\n<ul>",
        operations.len()
    )?;
    for operation in operations.iter().take(ALL_OPERATIONS) {
        writeln!(out, "<li>{}</li>", code(operation))?;
    }
    if operations.len() > ALL_OPERATIONS {
        writeln!(out, "<li>and {} more</li>", operations.len() - ALL_OPERATIONS)?;
    }
    writeln!(out, "</ul></details>")
}

fn values(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    if change.before.is_none() && change.after.is_none() {
        return Ok(());
    }
    writeln!(out, "<dl class=\"values\">")?;
    for (label, value) in [("Before", &change.before), ("After", &change.after)] {
        if let Some(value) = value {
            let value = escape(&shortened(value, VALUE));
            writeln!(out, "<dt>{label}</dt><dd><code>{value}</code></dd>")?;
        }
    }
    writeln!(out, "</dl>")
}

fn shown(witness: &Witness, out: &mut dyn Write) -> io::Result<()> {
    let proof = match &witness.proof {
        WitnessProof::Proven => "both schemas say so".into(),
        WitnessProof::Unproven { why } => format!("unproven: {}", html_prose(&shortened(why, SENTENCE))),
    };
    let claim = sentence(claim(witness));
    let lines: Vec<_> = pretty(&witness.value).lines().map(escape).collect();
    writeln!(
        out,
        "<div class=\"witness\"><p>{claim} <span class=\"proof\">({proof})</span></p>\n<pre><code>{}</code></pre></div>",
        lines.join("\n")
    )
}

/// JSON over several lines, where it is long and not too long.
fn pretty(value: &str) -> String {
    let shown = shortened(value, VALUE);
    if value.len() <= WIDE || matches!(shown, Cow::Owned(_)) {
        return shown.into_owned();
    }
    let parsed = serde_json::from_str::<serde_json::Value>(value);
    parsed.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| shown.into_owned())
}

/// What both documents say there.
fn sides(diff: &DiffView, texts: &Texts<'_>, change: &Change, out: &mut dyn Write) -> io::Result<()> {
    let [old, new] = texts.around(change);
    let captions = [
        ("Old", place(&diff.old, change.base.as_ref()), old),
        ("New", place(&diff.new, change.head.as_ref()), new),
    ];
    let panes: Vec<_> =
        captions.into_iter().filter_map(|(side, place, pane)| Some((side, place?, pane?))).collect();
    if panes.is_empty() {
        return Ok(());
    }
    let one = if panes.len() == 1 { " one" } else { "" };
    let open = if change.impact == Impact::Compatible { "" } else { " open" };
    writeln!(out, "<details{open}><summary>In the documents</summary>\n<div class=\"sides{one}\">")?;
    for (side, place, lines) in panes {
        pane(side, &place, &lines, out)?;
    }
    writeln!(out, "</div></details>")
}

fn pane(side: &str, place: &str, lines: &Pane<'_>, out: &mut dyn Write) -> io::Result<()> {
    let place = escape(place);
    writeln!(out, "<figure><figcaption><b>{side}</b> {place}</figcaption>")?;
    write!(out, "<pre tabindex=\"0\" role=\"group\" aria-label=\"{side} document at {place}\"><code>")?;
    lines.iter().try_for_each(|line| self::line(line.as_ref(), out))?;
    writeln!(out, "</code></pre></figure>")
}

/// The sign stands in the text, for who cannot see the colour; a line number is no part of the document.
fn line(line: Option<&Line<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let Some(Line { number, text, mark, named }) = line else {
        return write!(out, "<span class=\"line gap\" aria-hidden=\"true\"></span>");
    };
    let (class, sign) = match mark {
        Mark::Same => ("", ' '),
        Mark::Removed => (" removed", '−'),
        Mark::Added => (" added", '+'),
    };
    let (named, pointer) = if *named { (" named", "▸ ") } else { ("", "") };
    let text = escape(&text.replace('\t', "    "));
    write!(out, "<span class=\"line{class}{named}\"><i>{pointer}{number}</i>{sign} {text}\n</span>")
}
