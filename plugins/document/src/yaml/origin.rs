//! Byte offsets for positions that the YAML parser counts in characters.

/// Walks along a text with the parser. Its positions hardly ever go back, and then only a little, so that the
/// whole walk is linear.
pub(crate) struct Cursor<'t> {
    text: &'t str,
    /// In a text of ASCII both counts are one.
    ascii: bool,
    characters: usize,
    bytes: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, ascii: text.is_ascii(), characters: 0, bytes: 0 }
    }

    /// The byte offset of the character with this number, counted from 0.
    pub(crate) fn offset(&mut self, character: usize) -> usize {
        if self.ascii {
            return character.min(self.text.len());
        }
        while self.characters < character && self.bytes < self.text.len() {
            self.bytes = self.text.ceil_char_boundary(self.bytes + 1);
            self.characters += 1;
        }
        while self.characters > character {
            self.bytes = self.text.floor_char_boundary(self.bytes - 1);
            self.characters -= 1;
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_forwards_and_backwards() {
        let mut cursor = Cursor::new("aé😀b");
        assert_eq!([0, 2, 3, 1, 4, 99].map(|character| cursor.offset(character)), [0, 3, 7, 1, 8, 8]);
    }
}
