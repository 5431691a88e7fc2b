//! One problem: `error:`, the place with its line, `caused by:`, `hint:`.

use crate::codes::CODES;
use crate::render::safe;
use crate::render::style::{Style, Tone};
use countersign_model::{Position, Problem};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// A line of source is shown as far as this, in characters, around its column.
const WINDOW: usize = 100;

/// Write several problems, with an empty line between them.
pub(crate) fn problems(problems: &[Problem], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (index, one) in problems.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        problem(one, 0, style, out)?;
    }
    Ok(())
}

/// The code of problems whose line may hold a secret, and is not shown.
const SECRET: &str = "exposed-secret";

/// Write a problem, `indent` columns from the left.
pub(crate) fn problem(
    problem: &Problem,
    indent: usize,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut message = problem.message.lines();
    let first = safe(message.next().unwrap_or_default());
    let error = style.paint(Tone::Bad, "error:");
    writeln!(out, "{:indent$}{error} {}", "", style.paint(Tone::Strong, first))?;
    for line in message {
        writeln!(out, "{:indent$}  | {}", "", safe(line))?;
    }
    if let Some(at) = &problem.at {
        let arrow = style.paint(Tone::Label, "-->");
        writeln!(out, "{:indent$}  {arrow} {}:{}:{}", "", safe(&at.file), at.line, at.column)?;
        if problem.code != SECRET {
            line_at(at, indent, style, out)?;
        }
    }
    for cause in &problem.causes {
        labelled("caused by:", cause, "| ", indent + 2, style, out)?;
    }
    if let Some(hint) = &problem.hint {
        // Without a bar, so that several lines of TOML can be copied.
        labelled("hint:", hint, "", indent + 2, style, out)?;
    }
    if style.verbose > 0 {
        let code = safe(&problem.code);
        let known = CODES.iter().any(|it| it.id == problem.code);
        let explain = if known { format!(": countersign explain {code}") } else { String::new() };
        writeln!(out, "{:indent$}  code {code}{explain}", "")?;
    }
    Ok(())
}

fn labelled(
    label: &str,
    text: &str,
    bar: &str,
    indent: usize,
    style: &Style<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines = text.lines();
    let first = safe(lines.next().unwrap_or_default());
    writeln!(out, "{:indent$}{} {first}", "", style.paint(Tone::Label, label))?;
    for line in lines {
        writeln!(out, "{:indent$}  {bar}{}", "", safe(line))?;
    }
    Ok(())
}

fn line_at(at: &Position, indent: usize, style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = (style.source)(&at.file);
    let line = text.as_deref().and_then(|text| text.lines().nth((at.line as usize).checked_sub(1)?));
    let Some((line, caret)) = line.and_then(|line| excerpt(line, at.column as usize)) else {
        return Ok(());
    };
    let number = at.line.to_string();
    let (width, bar) = (number.len(), style.paint(Tone::Label, "|"));
    writeln!(out, "{:indent$}  {:width$} {bar}", "", "")?;
    writeln!(out, "{:indent$}  {} {bar} {line}", "", style.paint(Tone::Label, &number))?;
    writeln!(out, "{:indent$}  {:width$} {bar} {:caret$}{}", "", "", "", style.paint(Tone::Bad, "^"))
}

/// The part of a line around a column, escaped, and how many columns stand before the caret.
fn excerpt(line: &str, column: usize) -> Option<(String, usize)> {
    let before = column.checked_sub(1)?;
    let characters: Vec<char> = line.chars().collect();
    if before > characters.len() || line.trim().is_empty() {
        return None;
    }
    let start = before.saturating_sub(WINDOW * 2 / 3);
    let end = characters.len().min(start + WINDOW);
    let text = |range: &[char]| safe(&range.iter().collect::<String>());
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < characters.len() { "…" } else { "" };
    let caret = lead.width() + text(&characters[start..before]).width();
    Some((format!("{lead}{}{tail}", text(&characters[start..end])), caret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_its_character_even_after_wide_and_hostile_ones() {
        for (line, column, expected) in
            [("use = 1", 7, 6), ("漢字 = 1", 6, 7), ("a\u{1b}b", 3, 7), ("", 1, 99), ("a", 9, 99)]
        {
            assert_eq!(excerpt(line, column).map_or(99, |(_, caret)| caret), expected, "{line:?}");
        }
    }

    #[test]
    fn a_long_line_is_shown_around_its_column() {
        let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let (shown, caret) = excerpt(&line, 501).unwrap();
        assert_eq!(shown.chars().nth(caret), Some('X'));
        assert!(shown.chars().count() <= WINDOW + 2);
    }
}
