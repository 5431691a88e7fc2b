//! Texts that match.

use super::{Class, Item, Piece};

/// Characters of a sample at most.
const LENGTH: usize = 1900;
/// Characters that read well, tried before others of a class.
const PLAIN: &str = "abcxyzABCXYZ0123459_-. /:@#+";

/// A text for alternatives; the anchors are taken to stand where they hold, and whoever asks checks.
pub(super) fn sample(alternatives: &[Vec<Piece>], variant: usize, length: usize) -> Option<String> {
    let mut least = Sampler { text: String::new(), variant, spare: 0 };
    least.any(alternatives)?;
    let spare = length.saturating_sub(least.text.chars().count());
    if spare == 0 {
        return Some(least.text);
    }
    let mut sampler = Sampler { text: String::new(), variant, spare };
    sampler.any(alternatives)?;
    Some(sampler.text)
}

struct Sampler {
    text: String,
    variant: usize,
    /// Characters that are still to be had above the least.
    spare: usize,
}

impl Sampler {
    fn any(&mut self, alternatives: &[Vec<Piece>]) -> Option<()> {
        let pieces = alternatives.get(self.variant % alternatives.len())?;
        pieces.iter().try_for_each(|piece| self.piece(piece))
    }

    fn piece(&mut self, piece: &Piece) -> Option<()> {
        for _ in 0..piece.least {
            self.item(&piece.item)?;
        }
        let mut more = piece.most - piece.least;
        while more > 0 && self.spare > 0 {
            let (before, spare) = (self.text.len(), std::mem::take(&mut self.spare));
            self.item(&piece.item)?;
            self.spare = spare.saturating_sub(self.text[before..].chars().count());
            more -= 1;
            if self.text.len() == before {
                break;
            }
        }
        Some(())
    }

    fn item(&mut self, item: &Item) -> Option<()> {
        match item {
            Item::Start | Item::End => {}
            Item::Letter(class) => self.text.push(class.some(self.variant)?),
            Item::Group(alternatives) => self.any(alternatives)?,
        }
        (self.text.len() <= LENGTH).then_some(())
    }
}

impl Class {
    /// One of its characters, another one for each variant where there are several.
    fn some(&self, variant: usize) -> Option<char> {
        let plain: Vec<char> = PLAIN.chars().filter(|letter| self.has(*letter)).collect();
        if !plain.is_empty() {
            return plain.get(variant % plain.len()).copied();
        }
        let firsts = self.ranges.iter().map(|(first, _)| *first);
        firsts.chain([' ', '~', 'ä', '\n', '\u{10000}']).find(|letter| self.has(*letter))
    }
}
