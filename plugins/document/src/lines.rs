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

/// The line feeds in some bytes. Compilers make steps of 16 bytes and more of the sum over 64.
fn count(bytes: &[u8]) -> u32 {
    let (chunks, rest) = bytes.as_chunks::<64>();
    let in_chunk =
        |chunk: &[u8; 64]| u32::from(chunk.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>());
    let in_rest = rest.iter().filter(|byte| **byte == b'\n').count();
    chunks.iter().map(in_chunk).sum::<u32>() + size(in_rest)
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
