//! Lines and columns of offsets, from an index that costs one fast pass and next to no memory.

use crate::Position;

/// Bytes between two entries of the index.
const BLOCK: usize = 4096;

/// What stands before each block of a text.
#[derive(Debug)]
pub(crate) struct Lines {
    /// For each block the lines that end before it, and where the line starts in which it begins.
    blocks: Vec<(u32, u32)>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let (mut ended, mut start) = (0, 0);
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        for (number, block) in text.as_bytes().chunks(BLOCK).enumerate() {
            blocks.push((ended, start));
            ended += count(block);
            if let Some(last) = block.iter().rposition(|byte| *byte == b'\n') {
                start = size(number * BLOCK + last + 1);
            }
        }
        Self { blocks }
    }

    /// The position of an offset in the text that the index was made of.
    pub(crate) fn position(&self, text: &str, offset: u32) -> Position {
        let number = (offset as usize / BLOCK).min(self.blocks.len().saturating_sub(1));
        let (ended, mut start) = self.blocks.get(number).copied().unwrap_or_default();
        let before = text.as_bytes().get(number * BLOCK..offset as usize).unwrap_or_default();
        if let Some(last) = before.iter().rposition(|byte| *byte == b'\n') {
            start = size(number * BLOCK + last + 1);
        }
        Position { line: ended + count(before) + 1, column: offset - start + 1 }
    }
}

/// The line feeds in some bytes, four words a step. WebAssembly gains nothing from a sum over single bytes.
fn count(bytes: &[u8]) -> u32 {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    const FEEDS: u64 = u64::from_le_bytes([b'\n'; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let (steps, words) = words.as_chunks::<4>();
    let in_word = |word: &[u8; 8]| {
        let differs = u64::from_le_bytes(*word) ^ FEEDS;
        // The highest bit of each byte is set where the byte is zero; no carry leaves its byte.
        (!(((differs & LOW) + LOW) | differs | LOW)).count_ones()
    };
    let in_step =
        |[one, two, three, four]: &[[u8; 8]; 4]| in_word(one) + in_word(two) + in_word(three) + in_word(four);
    let in_rest = rest.iter().filter(|byte| **byte == b'\n').count();
    steps.iter().map(in_step).sum::<u32>() + words.iter().map(in_word).sum::<u32>() + size(in_rest)
}

fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_a_count_from_the_beginning() {
        let long = "x".repeat(3 * BLOCK);
        let text = format!("\n\na\n{long}\n{}{long}\nb", "é\n".repeat(BLOCK));
        let lines = Lines::of(&text);
        let (mut line, mut column) = (1, 1);
        for (offset, byte) in text.bytes().enumerate() {
            assert_eq!(lines.position(&text, size(offset)), Position { line, column }, "at {offset}");
            (line, column) = if byte == b'\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(lines.position(&text, size(text.len())), Position { line, column });
    }
}
