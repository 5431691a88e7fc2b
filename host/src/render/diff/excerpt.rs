//! The lines of both documents around a change, side by side. Lines that both have stand beside each other.

use countersign_model::{Change, Location};
use similar::{Algorithm, DiffOp};
use std::borrow::Cow;
use std::ops::Range;

/// Lines before and after the one that a change names.
const BEFORE: usize = 3;
const AFTER: usize = 12;

/// Lines to either side in which the same line of the other document is looked for.
const REACH: usize = 120;
/// The same, below a place that only holds the changed one.
const DEEP: usize = 600;

/// More rows than these are no excerpt: then each side shows its own lines.
const ROWS: usize = 36;

/// A document in one line is shown around the column.
const WIDTH: usize = 240;
const WIDTH_BEFORE: usize = 60;

/// Both documents in lines.
pub(super) struct Texts<'a>([Vec<&'a str>; 2]);

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Both have it, or nobody compared.
    Same,
    /// Only the old document has it.
    Removed,
    /// Only the new document has it.
    Added,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// Unescaped.
    pub(super) text: Cow<'a, str>,
    pub(super) mark: Mark,
    /// Whether it is the one that the change names.
    pub(super) named: bool,
}

/// The lines of one side; none stands beside a line that only the other side has.
pub(super) type Pane<'a> = Vec<Option<Line<'a>>>;

/// The number of a line of each side, counted from 0, where the side has it.
type Row = [Option<usize>; 2];

/// A line that a change names: its number, counted from 0, and the column in bytes.
type Named = (usize, usize);

impl<'a> Texts<'a> {
    /// Cut two documents into lines.
    pub(super) fn new(texts: &'a [String; 2]) -> Self {
        Self([texts[0].lines().collect(), texts[1].lines().collect()])
    }

    /// What the old and the new document say where the change is; none where that is not known.
    pub(super) fn around(&self, change: &Change) -> [Option<Pane<'a>>; 2] {
        let [old, new] = &self.0;
        let named = [named(change.base.as_ref(), old), named(change.head.as_ref(), new)];
        let rows = match named {
            [Some((base, _)), Some((head, _))] => self.rows([base, head], finer(change)),
            [Some((base, _)), None] => window(old, base).map(|line| [Some(line), None]).collect(),
            [None, Some((head, _))] => window(new, head).map(|line| [None, Some(line)]).collect(),
            [None, None] => Vec::new(),
        };
        let compared =
            rows.iter().any(|row| matches!(row, [Some(base), Some(head)] if alike(old[*base], new[*head])));
        let pane = |side: usize| {
            let named = named[side]?;
            Some(rows.iter().map(|row| self.line(row, side, named, compared)).collect())
        };
        [pane(0), pane(1)]
    }

    fn line(&self, row: &Row, side: usize, named: Named, compared: bool) -> Option<Line<'a>> {
        let at = row[side]?;
        let text = self.0[side][at];
        let same = matches!(row, [Some(base), Some(head)] if alike(self.0[0][*base], self.0[1][*head]));
        let mark = match side {
            _ if same || !compared => Mark::Same,
            0 => Mark::Removed,
            _ => Mark::Added,
        };
        let column = if at == named.0 { named.1 } else { 0 };
        Some(Line { number: at + 1, text: cropped(text, column), mark, named: at == named.0 })
    }

    /// The rows of both sides; where these have nothing in common, the lines of each in their order.
    fn rows(&self, at: [usize; 2], finer: [bool; 2]) -> Vec<Row> {
        let [old, new] = &self.0;
        let windows = [window(old, at[0]), window(new, at[1])];
        let wanted = |row: &Row| {
            let inside = |side: usize| row[side].is_some_and(|line| windows[side].contains(&line));
            inside(0) && finer[0] || inside(1) && finer[1]
        };
        let rows = self.pairs(at, finer);
        let first = rows.iter().position(wanted).unwrap_or_default();
        let last = rows.iter().rposition(wanted).unwrap_or_default();
        let rows = &rows[first..=last.min(rows.len().saturating_sub(1))];
        let meet =
            rows.iter().any(|row| matches!(row, [Some(base), Some(head)] if alike(old[*base], new[*head])));
        if meet && rows.len() <= ROWS {
            return rows.to_vec();
        }
        let [base, head] = windows;
        let height = base.len().max(head.len());
        let line = |range: &Range<usize>, row: usize| range.clone().nth(row);
        (0..height).map(|row| [line(&base, row), line(&head, row)]).collect()
    }

    /// Every line near both places, those that both have side by side.
    fn pairs(&self, at: [usize; 2], finer: [bool; 2]) -> Vec<Row> {
        let span = |side: usize| {
            let below = if finer[side] { REACH } else { DEEP };
            at[side].saturating_sub(REACH)..(at[side] + below).min(self.0[side].len())
        };
        let spans = [span(0), span(1)];
        let keys =
            |side: usize| self.0[side][spans[side].clone()].iter().map(|line| key(line)).collect::<Vec<_>>();
        let operations = similar::capture_diff_slices(Algorithm::Myers, &keys(0), &keys(1));
        let row = |base: Option<usize>, head: Option<usize>| {
            [base.map(|line| line + spans[0].start), head.map(|line| line + spans[1].start)]
        };
        let mut rows = Vec::new();
        for operation in operations {
            let (base, head) = (operation.old_range(), operation.new_range());
            match operation {
                DiffOp::Equal { .. } => {
                    rows.extend(base.zip(head).map(|(base, head)| row(Some(base), Some(head))));
                }
                DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                    let height = base.len().max(head.len());
                    rows.extend((0..height).map(|at| row(base.clone().nth(at), head.clone().nth(at))));
                }
            }
        }
        rows
    }
}

/// What makes two lines the same: not the comma behind a last member.
fn key(line: &str) -> &str {
    let line = line.trim_end();
    line.strip_suffix(',').unwrap_or(line)
}

fn alike(left: &str, right: &str) -> bool {
    key(left) == key(right)
}

fn named(location: Option<&Location>, lines: &[&str]) -> Option<Named> {
    let location = location?;
    let line = (location.line? as usize).checked_sub(1)?;
    let column = location.column.unwrap_or(1).saturating_sub(1) as usize;
    (line < lines.len()).then_some((line, column))
}

/// Which sides name the changed thing itself. Where it is only on one, the other names what holds it.
fn finer(change: &Change) -> [bool; 2] {
    let (Some(base), Some(head)) = (&change.base, &change.head) else { return [true, true] };
    let holds = |outer: &Location, inner: &Location| {
        inner.pointer.strip_prefix(&outer.pointer).is_some_and(|rest| rest.starts_with('/'))
    };
    [!holds(base, head), !holds(head, base)]
}

/// The lines around one: what it begins, and a little of what follows, as far as there is room.
fn window(lines: &[&str], at: usize) -> Range<usize> {
    let limit = (at + 1 + AFTER).min(lines.len());
    let depth = |line: &str| line.len() - line.trim_start().len();
    let here = depth(lines[at]);
    let ends = |line: &usize| !lines[*line].trim().is_empty() && depth(lines[*line]) <= here;
    let end = (at + 1..limit).find(ends).map_or(limit, |end| (end + BEFORE).min(limit));
    at.saturating_sub(BEFORE)..end
}

/// A line, or the part of a long one that begins a little before a column.
fn cropped(line: &str, column: usize) -> Cow<'_, str> {
    if line.len() <= WIDTH {
        return line.into();
    }
    let start = line.floor_char_boundary(column.saturating_sub(WIDTH_BEFORE));
    let end = line.floor_char_boundary((start + WIDTH).min(line.len()));
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < line.len() { "…" } else { "" });
    format!("{before}{}{after}", &line[start..end]).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::removed_field;

    fn at(pointer: &str, line: u32) -> Option<Location> {
        Some(Location { pointer: pointer.into(), line: Some(line), column: Some(1) })
    }

    fn shown(texts: [&str; 2], base: Option<Location>, head: Option<Location>) -> [Vec<String>; 2] {
        let texts = texts.map(String::from);
        let change = Change { base, head, ..removed_field() };
        Texts::new(&texts).around(&change).map(|pane| {
            let line = |line: Option<Line<'_>>| match line {
                None => String::new(),
                Some(Line { number, text, mark, named }) => {
                    let mark = match mark {
                        Mark::Same => ' ',
                        Mark::Removed => '-',
                        Mark::Added => '+',
                    };
                    format!("{}{number}{mark}{text}", if named { ">" } else { "" })
                }
            };
            pane.unwrap_or_default().into_iter().map(line).collect()
        })
    }

    #[test]
    fn lines_that_both_have_stand_beside_each_other() {
        let texts = ["a: 1\nb: 2\nc: 3\n", "a: 1\nx: 0\nb: 4\nc: 3\n"];
        assert_eq!(
            shown(texts, at("/b", 2), at("/b", 3)),
            [["1 a: 1", ">2-b: 2", "", "3 c: 3"], ["1 a: 1", "2+x: 0", ">3+b: 4", "4 c: 3"],]
        );
    }

    #[test]
    fn a_thing_that_is_gone_stands_beside_what_held_it() {
        let gone: String = (0..40).map(|line| format!("  k{line}: 0\n")).collect();
        let texts = [format!("a:\n{gone}  x: 1\nz: 2\n"), format!("a:\n{gone}z: 2\n")];
        let [old, new] = shown([&texts[0], &texts[1]], at("/a/x", 42), at("/a", 1));
        assert_eq!(old, ["39   k37: 0", "40   k38: 0", "41   k39: 0", ">42-  x: 1", "43 z: 2"]);
        assert_eq!(new, ["39   k37: 0", "40   k38: 0", "41   k39: 0", "", "42 z: 2"]);
    }

    #[test]
    fn documents_with_nothing_in_common_are_shown_unmarked() {
        let [old, new] = shown(["a: 1\n", "{\"a\":\n2}\n"], at("/a", 1), at("/a", 2));
        assert_eq!(
            (old, new),
            (vec![">1 a: 1".into(), String::new()], vec!["1 {\"a\":".into(), ">2 2}".into()])
        );
    }

    #[test]
    fn a_document_in_one_line_is_shown_around_the_column() {
        let line = format!("{}äNEEDLE{}", "x".repeat(999), "y".repeat(9999));
        let shown = cropped(&line, 1001);
        assert!(shown.starts_with("…x") && shown.contains("äNEEDLEy") && shown.len() < WIDTH + 10, "{shown}");
    }

    #[test]
    fn a_line_that_is_not_there_shows_nothing() {
        assert_eq!(shown(["", ""], at("", 1), at("", 9)), [Vec::<String>::new(), Vec::new()]);
    }
}
