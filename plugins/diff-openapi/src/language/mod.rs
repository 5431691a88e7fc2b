//! Patterns as regular languages: which of two admits more.
//!
//! The common subset of ECMA-262 (the patterns of JSON Schema) is read, and inclusion is decided by following both
//! automata side by side. What is outside of the subset (look-around, back references, word boundaries, Unicode
//! properties) or too large is undecided, never guessed.

mod automaton;
mod parse;

pub(crate) use automaton::Language;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Steps that all questions about patterns in a comparison may take, so that a hostile document ends in time.
const ALL_STEPS: usize = 2_000_000;

/// The patterns of a comparison, each read once, and what is left of the work that they may cost.
#[derive(Debug)]
pub(crate) struct Patterns {
    read: RefCell<HashMap<String, Option<Rc<Language>>>>,
    budget: Cell<usize>,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { read: RefCell::default(), budget: Cell::new(ALL_STEPS) }
    }
}

impl Patterns {
    /// The language of a pattern; nothing where it is not read.
    pub(crate) fn of(&self, pattern: &str) -> Option<Rc<Language>> {
        if let Some(known) = self.read.borrow().get(pattern) {
            return known.clone();
        }
        if self.budget.get() == 0 {
            return None;
        }
        let language = Language::of(pattern).map(Rc::new);
        let size = language.as_ref().map_or(1, |language| language.states());
        let language = language.filter(|_| take(&self.budget, size));
        self.read.borrow_mut().insert(pattern.to_owned(), language.clone());
        language
    }

    /// The words of some lengths.
    pub(crate) fn lengths(&self, least: u32, most: Option<u32>) -> Option<Rc<Language>> {
        let language = Language::lengths(least, most).filter(|_| self.budget.get() > 0)?;
        take(&self.budget, language.states()).then(|| Rc::new(language))
    }

    /// Whether every word that is in all languages on the left is in the one on the right.
    pub(crate) fn included(&self, left: &[Rc<Language>], right: &Language) -> Answer {
        Language::included(&left.iter().map(Rc::as_ref).collect::<Vec<_>>(), right, &self.budget)
    }

    /// Whether no word is in all of the languages.
    pub(crate) fn disjoint(&self, all: &[Rc<Language>]) -> Answer {
        Language::disjoint(&all.iter().map(Rc::as_ref).collect::<Vec<_>>(), &self.budget)
    }

    /// Whether a word matches a pattern.
    pub(crate) fn matches(&self, pattern: &str, word: &str) -> Answer {
        match self.of(pattern) {
            Some(language) if take(&self.budget, language.states() * (word.len() + 1) / 8) => {
                Answer::of(language.matches(word))
            }
            _ => Answer::Unknown,
        }
    }
}

/// Take some steps of a budget, if it has them.
fn take(budget: &Cell<usize>, steps: usize) -> bool {
    let left = budget.get();
    budget.set(left.saturating_sub(steps));
    left >= steps
}

/// An answer that may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    Unknown,
}

impl Answer {
    pub(crate) fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }

    /// Whether both hold.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::Unknown, Self::Yes | Self::Unknown) | (Self::Yes, Self::Unknown) => Self::Unknown,
        }
    }

    /// Whether one of them holds.
    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether all hold; the rest is not asked once one does not.
    pub(crate) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for answer in answers {
            all = all.and(answer);
            if all == Self::No {
                break;
            }
        }
        all
    }

    /// Whether any holds; the rest is not asked once one does.
    pub(crate) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for answer in answers {
            any = any.or(answer);
            if any == Self::Yes {
                break;
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::Answer::{No, Unknown, Yes};
    use super::*;

    fn language(pattern: &str) -> Language {
        Language::of(pattern).unwrap_or_else(|| panic!("{pattern} is read"))
    }

    fn within(left: &str, right: &str) -> Answer {
        Language::included(&[&language(left)], &language(right), &budget())
    }

    fn budget() -> Cell<usize> {
        Cell::new(ALL_STEPS)
    }

    #[test]
    fn spellings_of_one_language_are_equal() {
        for (left, right) in [
            ("^[0-9]+$", r"^\d\d*$"),
            ("^[A-Za-z0-9_]$", r"^\w$"),
            ("a", "^.*a.*$|a"),
            ("", ".*"),
            ("^(a|b)$", "^[ab]$"),
            ("^(?:ab){2}$", "^abab$"),
            ("^a{2,}$", "^aa+$"),
            (r"^\u0061$", r"^\x61$"),
            ("^[^a]$", "^(?:[^a])$"),
            ("^a*?$", "^a*$"),
            (r"^\/$", "^/$"),
            ("^(a$|b$)", "^[ab]$"),
        ] {
            assert_eq!((within(left, right), within(right, left)), (Yes, Yes), "{left} {right}");
        }
    }

    #[test]
    fn one_language_can_hold_another() {
        for (small, large) in [
            ("^a$", "a"),
            ("^[a-c]+$", "^[a-z]+$"),
            ("^[0-9]{5}$", "^[0-9]{3,6}$"),
            ("^a+$", "^a*$"),
            ("^https://", "^https?://"),
            ("^a|b$", "a|b"),
            ("^$", "^a?$"),
        ] {
            assert_eq!((within(small, large), within(large, small)), (Yes, No), "{small} {large}");
        }
    }

    #[test]
    fn what_is_not_regular_or_not_read_is_undecided() {
        for pattern in [r"(a)\1", "a(?=b)", r"\bword", r"\p{L}", "(a", "[z-a]", "a**", "a{3,1}", "a{99999}"] {
            assert!(Language::of(pattern).is_none(), "{pattern}");
        }
        let (many, other) = (language("(a|b)*a(a|b){16}"), language("(a|b)*b(a|b){16}"));
        assert_ne!(Language::included(&[&many], &other, &budget()), Yes);
        let hostile = language("^(x+x+)+(x|[a-z]{0,90}){0,9}y$");
        assert_ne!(Language::included(&[&hostile], &language("^(x+x+)+y$"), &budget()), Yes);
    }

    #[test]
    fn lengths_are_languages_too() {
        assert_eq!(
            Language::included(
                &[&language("^[0-9]{5}$")],
                &Language::lengths(5, Some(5)).unwrap(),
                &budget()
            ),
            Yes
        );
        assert_eq!(
            Language::included(&[&language("^[0-9]+$")], &Language::lengths(2, None).unwrap(), &budget()),
            No
        );
        let both = [&language("^[ab]*$"), &Language::lengths(1, Some(1)).unwrap()];
        assert_eq!(Language::included(&both, &language("^(a|b)$"), &budget()), Yes);
        assert!(Language::lengths(1_000_000, None).is_none());
    }

    #[test]
    fn words_are_matched_anywhere_unless_anchored() {
        assert!(language("b").matches("abc"));
        assert!(!language("^b").matches("abc"));
        assert!(language("^$").matches(""));
        assert!(!language("^.$").matches("\n"));
        assert!(language(r"^\d{3}-[a-z]$").matches("123-x"));
    }

    #[test]
    fn answers_combine_with_what_is_not_known() {
        assert_eq!((Unknown.and(No), Unknown.and(Yes)), (No, Unknown));
        assert_eq!((Unknown.or(Yes), Unknown.or(No)), (Yes, Unknown));
        assert_eq!(Answer::all([Yes, Unknown, No]), No);
        assert_eq!(Answer::any([No, Unknown]), Unknown);
    }
}
