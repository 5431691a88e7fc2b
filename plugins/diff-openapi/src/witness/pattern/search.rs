//! Whether a text matches, by trying with a bound on the work.

use super::{Item, Piece};

/// Steps at most.
const STEPS: usize = 20_000;
/// Calls into each other at most.
const DEPTH: usize = 400;

/// It would take too long.
struct GaveUp;

type Found = Result<bool, GaveUp>;
type Then<'t> = &'t mut dyn FnMut(&mut Search<'_>, usize) -> Found;

struct Search<'s> {
    text: &'s [char],
    steps: usize,
    depth: usize,
}

/// Whether a part of the text matches one of the alternatives.
pub(super) fn matches(alternatives: &[Vec<Piece>], text: &str) -> Option<bool> {
    let letters: Vec<char> = text.chars().collect();
    let mut search = Search { text: &letters, steps: STEPS, depth: 0 };
    for start in 0..=letters.len() {
        match search.any(alternatives, start, &mut |_, _| Ok(true)) {
            Ok(true) => return Some(true),
            Ok(false) => {}
            Err(GaveUp) => return None,
        }
    }
    Some(false)
}

impl Search<'_> {
    fn any(&mut self, alternatives: &[Vec<Piece>], at: usize, then: Then<'_>) -> Found {
        for pieces in alternatives {
            if self.sequence(pieces, at, then)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sequence(&mut self, pieces: &[Piece], at: usize, then: Then<'_>) -> Found {
        let Some((piece, rest)) = pieces.split_first() else { return then(self, at) };
        self.steps = self.steps.checked_sub(1).ok_or(GaveUp)?;
        if self.depth == DEPTH {
            return Err(GaveUp);
        }
        self.depth += 1;
        let then: Then<'_> = &mut |search, at| search.sequence(rest, at, then);
        let found = match &piece.item {
            Item::Letter(class) => {
                let most = usize::try_from(piece.most).unwrap_or(usize::MAX);
                let run = self.text[at..].iter().take(most).take_while(|letter| class.has(**letter)).count();
                self.run(piece.least as usize, run, at, then)
            }
            Item::Start | Item::End | Item::Group(_) => self.repeated(piece, 0, at, then),
        };
        self.depth -= 1;
        found
    }

    /// The longest run first, then shorter ones.
    fn run(&mut self, least: usize, longest: usize, at: usize, then: Then<'_>) -> Found {
        for length in (least..=longest).rev() {
            self.steps = self.steps.checked_sub(1).ok_or(GaveUp)?;
            if then(self, at + length)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn repeated(&mut self, piece: &Piece, count: u32, at: usize, then: Then<'_>) -> Found {
        self.steps = self.steps.checked_sub(1).ok_or(GaveUp)?;
        if count < piece.most {
            let again: Then<'_> = &mut |search, next| {
                // A round that took nothing need not be repeated.
                if next == at && count >= piece.least {
                    return Ok(false);
                }
                search.repeated(piece, count + 1, next, then)
            };
            let found = match &piece.item {
                Item::Start => at == 0 && again(self, at)?,
                Item::End => at == self.text.len() && again(self, at)?,
                Item::Group(alternatives) => self.any(alternatives, at, again)?,
                Item::Letter(class) => {
                    self.text.get(at).is_some_and(|letter| class.has(*letter)) && again(self, at + 1)?
                }
            };
            if found {
                return Ok(true);
            }
        }
        if count >= piece.least { then(self, at) } else { Ok(false) }
    }
}
