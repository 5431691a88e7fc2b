//! A log as a person reads it: what failed is in sight, and a long middle is folded.

use crate::text::clock;
use crate::view::{LogLevel, LogLine, RunPage};

/// A log of more lines is folded: so many of its beginning and of its end stay in sight.
const WHOLE: usize = 200;
const BEGINNING: usize = 30;
const END: usize = 100;
/// More lines are not on the page; the API has all.
const MOST: usize = 5_000;
/// A longer line is cut.
const WIDTH: usize = 2_000;

/// A log in parts.
pub(super) struct Log<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// How many lines there are.
    pub(super) lines: usize,
    /// How many of them are errors, and warnings.
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// How many the store has dropped.
    pub(super) dropped: u64,
}

/// A part of a log.
pub(super) struct Part<'a> {
    /// Its lines, each with its number.
    pub(super) lines: Vec<(usize, &'a LogLine)>,
    /// Whether it is behind a click.
    pub(super) is_folded: bool,
    /// How many lines after it are not on the page.
    pub(super) left: usize,
}

impl<'a> Log<'a> {
    pub(super) fn of(view: &'a RunPage) -> Self {
        let count = |level| view.log.iter().filter(|line| line.level == level).count();
        Self {
            parts: parts(&view.log),
            lines: view.log.len(),
            errors: count(LogLevel::Error),
            warnings: count(LogLevel::Warning),
            dropped: view.log_dropped,
        }
    }
}

fn parts(log: &[LogLine]) -> Vec<Part<'_>> {
    let mut lines: Vec<_> = log.iter().enumerate().map(|(at, line)| (at + 1, line)).collect();
    if log.len() <= WHOLE {
        return vec![Part { lines, is_folded: false, left: 0 }];
    }
    let end = lines.split_off(log.len() - END);
    let mut middle = lines.split_off(BEGINNING);
    let left = middle.len().saturating_sub(MOST - BEGINNING - END);
    middle.truncate(middle.len() - left);
    vec![
        Part { lines, is_folded: false, left: 0 },
        Part { lines: middle, is_folded: true, left },
        Part { lines: end, is_folded: false, left: 0 },
    ]
}

/// A line as it is shown.
pub(super) fn shown(line: &LogLine) -> (String, std::borrow::Cow<'_, str>) {
    (line.at.as_ref().map(clock).unwrap_or_default(), crate::text::shortened(&line.text, WIDTH))
}

/// Whether a line matters more than most and does not say so itself.
pub(super) fn is_untold(line: &LogLine) -> bool {
    line.level != LogLevel::Info && !line.text.trim_start().starts_with(line.level.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: usize) -> Vec<LogLine> {
        let line = |at: usize| LogLine { at: None, level: LogLevel::Info, text: at.to_string() };
        (1..=lines).map(line).collect()
    }

    #[test]
    fn a_short_log_is_whole_and_a_long_one_is_folded_in_the_middle() {
        let folded = |lines: &[LogLine]| {
            parts(lines).iter().map(|part| (part.lines.len(), part.is_folded, part.left)).collect::<Vec<_>>()
        };
        assert_eq!(folded(&log(200)), [(200, false, 0)]);
        assert_eq!(folded(&log(201)), [(30, false, 0), (71, true, 0), (100, false, 0)]);
        assert_eq!(folded(&log(6_000)), [(30, false, 0), (4_870, true, 1_000), (100, false, 0)]);
    }

    #[test]
    fn lines_keep_their_numbers() {
        let log = log(6_000);
        let parts = parts(&log);
        assert_eq!(parts[2].lines[99].0, 6_000);
        assert!(
            parts.iter().flat_map(|part| &part.lines).all(|(number, line)| number.to_string() == line.text)
        );
    }
}
