//! Regular expressions, as far as witnesses need them: does a text match, and what would?
//!
//! Only what has one meaning to all engines is read (ECMA-262, without look-around, back references, word
//! boundaries and properties). Work is bounded, so that a hostile pattern ends in "not known".

mod parse;
mod sample;
mod search;

/// Characters of a pattern at most.
const LENGTH: usize = 400;

/// A pattern that was understood.
#[derive(Debug)]
pub(super) struct Pattern {
    alternatives: Vec<Vec<Piece>>,
}

/// Something that repeats.
#[derive(Debug)]
struct Piece {
    item: Item,
    least: u32,
    most: u32,
}

#[derive(Debug)]
enum Item {
    Letter(Class),
    Start,
    End,
    Group(Vec<Vec<Piece>>),
}

/// A set of characters.
#[derive(Debug, Clone, Default)]
struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Class {
    fn has(&self, letter: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&letter)) != self.negated
    }
}

impl Pattern {
    /// The pattern, if it is one that is understood.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let letters: Vec<char> = text.chars().take(LENGTH + 1).collect();
        (letters.len() <= LENGTH)
            .then(|| parse::alternatives(&letters))?
            .map(|alternatives| Self { alternatives })
    }

    /// Whether some part of the text matches; nothing where it would take too long to tell.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        search::matches(&self.alternatives, text)
    }

    /// A text that may match, of about this many characters; another one for each `variant`.
    pub(super) fn sample(&self, variant: usize, length: usize) -> Option<String> {
        sample::sample(&self.alternatives, variant, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching_is_that_of_common_engines() {
        for (pattern, good, bad) in [
            ("^[a-z]+$", "abc", "aBc"),
            ("^[a-z0-9_-]{3,16}$", "a_b-9", "ab"),
            (r"^\d{3}-\d{4}$", "555-1234", "5555-123"),
            ("abc|def", "xxdefxx", "abdf"),
            (r"^(a|bc)*d?$", "abcabcd", "abcb"),
            (r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", "a@b.co", "a b@c.de"),
            (r"^\+?[1-9]\d{1,14}$", "+4912", "+0"),
            ("^(?:[A-Z]{2})(?<rest>\\w*)$", "AB_1", "A"),
            (r"^\u0041\x42\.$", "AB.", "ABC"),
            ("^.*?x$", "aax", "a\nx"),
            ("", "", "\u{0}never"),
        ] {
            let read = Pattern::parse(pattern).unwrap_or_else(|| panic!("{pattern}"));
            assert_eq!(read.matches(good), Some(true), "{pattern} {good}");
            assert_eq!(read.matches(bad), Some(pattern.is_empty()), "{pattern} {bad}");
        }
    }

    #[test]
    fn samples_match_their_pattern_and_have_the_length_that_is_asked_for() {
        for pattern in [
            "^[a-z]+$",
            r"^\d{3}-\d{4}$",
            "abc|def",
            r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
            "^([A-Z][a-z]*)(-[A-Z][a-z]*){2}$",
            r"^[\w.]{2,50}$",
            "^#[0-9a-fA-F]{6}$",
        ] {
            let read = Pattern::parse(pattern).unwrap();
            for variant in 0..8 {
                let sample = read.sample(variant, 0).unwrap();
                assert_eq!(read.matches(&sample), Some(true), "{pattern} {sample}");
            }
        }
        let sample = Pattern::parse("^a[a-z]*z$").unwrap().sample(0, 300).unwrap();
        assert_eq!(sample.chars().count(), 300);
    }

    #[test]
    fn what_engines_disagree_on_is_not_read_and_what_takes_too_long_is_not_known() {
        for pattern in ["(?=a)", r"(a)\1", r"\bword", r"\p{L}", "(", "[a", "a**", "[z-a]", "a{2,1}", "(?i)a"]
        {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
        let hostile = Pattern::parse("^(a|aa|(a+))+$").unwrap();
        assert_eq!(hostile.matches(&format!("{}b", "a".repeat(200))), None);
        let nested = "(".repeat(150) + &")".repeat(150);
        assert!(Pattern::parse(&nested).is_none());
    }
}
