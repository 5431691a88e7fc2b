use super::Printed;
use std::collections::VecDeque;

/// A line longer than this is searched in pieces.
const LINE: usize = 16 * 1024;
/// How much of a line that shows damage is repeated to the user.
const SHOWN: usize = 400;

/// What a process writes to one stream: its beginning and its end are kept, all of it is searched.
#[derive(Debug, Default)]
pub(super) struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    head_limit: usize,
    tail_limit: usize,
    dropped: u64,
    patterns: Vec<String>,
    line: Vec<u8>,
    found: Option<Sign>,
}

/// A line that the tool declares to be a sign of damage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) pattern: String,
    pub(super) line: String,
}

impl Capture {
    /// Keeps `head` bytes of the beginning and `tail` bytes of the end; looks for `patterns` in every line,
    /// kept or not: a warning in the middle of a flood is still a warning.
    pub(super) fn new(head: usize, tail: usize, patterns: &[String]) -> Self {
        let patterns = patterns.iter().filter(|pattern| !pattern.is_empty()).cloned().collect();
        Self { head_limit: head, tail_limit: tail, patterns, ..Self::default() }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.search(bytes);
        let room = self.head_limit - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let excess = self.tail.len().saturating_sub(self.tail_limit);
        self.tail.drain(..excess);
        self.dropped += excess as u64;
    }

    fn search(&mut self, bytes: &[u8]) {
        if self.patterns.is_empty() || self.found.is_some() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.search_line();
                self.line.clear();
            } else if self.line.len() > LINE {
                self.search_line();
                let overlap = self.patterns.iter().map(String::len).max().unwrap_or(0);
                self.line.drain(..self.line.len().saturating_sub(overlap));
            }
        }
    }

    fn search_line(&mut self) {
        if self.found.is_none() {
            let line = String::from_utf8_lossy(&self.line);
            let pattern = self.patterns.iter().find(|pattern| line.contains(pattern.as_str()));
            self.found = pattern.map(|pattern| Sign {
                pattern: pattern.clone(),
                line: line.trim().chars().take(SHOWN).collect(),
            });
        }
    }

    /// The first sign of damage; to be asked when the stream has ended.
    pub(super) fn sign(&mut self) -> Option<Sign> {
        self.search_line();
        self.found.clone()
    }

    pub(super) fn printed(&self) -> Printed {
        let head = String::from_utf8_lossy(&self.head);
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let tail = String::from_utf8_lossy(&tail);
        let text = match self.dropped {
            0 => {
                // Joined before decoding: the border may lie inside a character.
                let bytes: Vec<u8> = self.head.iter().chain(&self.tail).copied().collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            dropped => format!("{head}\n[{dropped} bytes left out]\n{tail}"),
        };
        Printed { text, dropped: self.dropped }
    }

    /// Everything, where nothing had to be left out.
    pub(super) fn whole(self) -> Option<Vec<u8>> {
        (self.dropped == 0).then(|| self.head.into_iter().chain(self.tail).collect())
    }
}

impl Printed {
    pub(super) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.dropped += other.dropped;
    }

    /// The last few kilobytes, for an error.
    pub(super) fn end(&self) -> &str {
        let from = self.text.len().saturating_sub(4096);
        let from = (from..=self.text.len()).find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        &self.text[from..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_keeps_its_beginning_and_its_end_and_says_what_is_missing() {
        let mut capture = Capture::new(4, 3, &[]);
        for _ in 0..100 {
            capture.push(b"0123456789");
        }
        assert_eq!(
            capture.printed(),
            Printed { text: "0123\n[993 bytes left out]\n789".into(), dropped: 993 }
        );
        assert_eq!(capture.whole(), None);
    }

    #[test]
    fn a_character_that_is_cut_by_the_limit_is_whole_again() {
        let mut capture = Capture::new(1, 10, &[]);
        capture.push("é".as_bytes());
        assert_eq!(capture.printed().text, "é");
    }

    #[test]
    fn a_sign_is_found_across_writes_in_what_is_dropped_and_without_a_line_end() {
        let mut split = Capture::new(1, 1, &["pieces missing".into()]);
        split.push(b"one\nsome pie");
        split.push(b"ces missing here\nmore\n");
        assert_eq!(split.sign().map(|sign| sign.line), Some("some pieces missing here".into()));
        let mut long = Capture::new(1, 1, &["WARNING".into()]);
        long.push(&b"x".repeat(LINE - 1));
        long.push(b"xxWAR");
        long.push(b"NING");
        assert_eq!(long.sign().map(|sign| sign.pattern), Some("WARNING".into()));
        let mut none = Capture::new(1, 1, &["a\nb".into(), String::new()]);
        none.push(b"a\nb\n");
        assert_eq!(none.sign(), None);
    }
}
