//! Reading a pattern of ECMA-262 (section 22.2.1, with the `u` flag that JSON Schema asks for).

use std::iter::Peekable;
use std::str::Chars;

/// Groups inside each other.
const DEPTH: usize = 40;
/// The largest number of repetitions that is read.
const REPETITIONS: u32 = 1000;
pub(super) const LAST: u32 = 0x0010_FFFF;

/// A set of code points as ranges, in order, with gaps between them.
pub(super) type Ranges = Vec<(u32, u32)>;

#[derive(Debug)]
pub(super) enum Tree {
    One(Ranges),
    Start,
    End,
    Sequence(Vec<Tree>),
    Either(Vec<Tree>),
    Repeat(Box<Tree>, u32, Option<u32>),
}

/// The pattern as a tree; nothing where it is malformed or says what is not regular.
pub(super) fn parse(pattern: &str) -> Option<Tree> {
    let mut parser = Parser { letters: pattern.chars().peekable(), depth: 0 };
    let tree = parser.either()?;
    parser.letters.next().is_none().then_some(tree)
}

struct Parser<'p> {
    letters: Peekable<Chars<'p>>,
    depth: usize,
}

impl Parser<'_> {
    fn takes(&mut self, letter: char) -> bool {
        self.letters.next_if_eq(&letter).is_some()
    }

    fn either(&mut self) -> Option<Tree> {
        let mut branches = vec![self.sequence()?];
        while self.takes('|') {
            branches.push(self.sequence()?);
        }
        Some(Tree::Either(branches))
    }

    fn sequence(&mut self) -> Option<Tree> {
        let mut terms = Vec::new();
        while self.letters.peek().is_some_and(|letter| !matches!(letter, '|' | ')')) {
            let term = self.term()?;
            terms.push(self.repeated(term)?);
        }
        Some(Tree::Sequence(terms))
    }

    fn term(&mut self) -> Option<Tree> {
        Some(match self.letters.next()? {
            '^' => Tree::Start,
            '$' => Tree::End,
            '.' => Tree::One(complement(vec![(10, 10), (13, 13), (0x2028, 0x2029)])),
            '(' => self.group()?,
            '[' => Tree::One(self.class()?),
            '\\' => Tree::One(self.escape(false)?),
            '*' | '+' | '?' | '{' | '}' | ']' => return None,
            letter => Tree::One(single(letter)),
        })
    }

    fn group(&mut self) -> Option<Tree> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        if self.takes('?') {
            self.group_head()?;
        }
        let inner = self.either()?;
        self.depth -= 1;
        self.takes(')').then_some(inner)
    }

    /// A group without a number, or with a name; look-around is not read.
    fn group_head(&mut self) -> Option<()> {
        match self.letters.next()? {
            ':' => Some(()),
            '<' if !matches!(self.letters.peek(), Some('=' | '!')) => {
                self.letters.find(|letter| *letter == '>').map(|_| ())
            }
            _ => None,
        }
    }

    fn repeated(&mut self, term: Tree) -> Option<Tree> {
        let (least, most) = match self.letters.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.letters.next();
                let counts = self.counts()?;
                self.takes('?');
                return Some(Tree::Repeat(Box::new(term), counts.0, counts.1));
            }
            _ => return Some(term),
        };
        self.letters.next();
        self.takes('?');
        Some(Tree::Repeat(Box::new(term), least, most))
    }

    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let least = self.number()?;
        let most = if self.takes(',') {
            if self.letters.peek() == Some(&'}') { None } else { Some(self.number()?) }
        } else {
            Some(least)
        };
        (self.takes('}') && most.is_none_or(|most| most >= least)).then_some((least, most))
    }

    fn number(&mut self) -> Option<u32> {
        let mut text = String::new();
        while let Some(digit) = self.letters.next_if(char::is_ascii_digit) {
            text.push(digit);
        }
        text.parse().ok().filter(|number| *number <= REPETITIONS)
    }

    fn class(&mut self) -> Option<Ranges> {
        let negated = self.takes('^');
        let mut ranges = Vec::new();
        while !self.takes(']') {
            let low = self.class_atom()?;
            if self.letters.peek() != Some(&'-') {
                ranges.extend(low);
                continue;
            }
            self.letters.next();
            if self.letters.peek() == Some(&']') {
                ranges.extend(low);
                ranges.extend(single('-'));
                continue;
            }
            let high = self.class_atom()?;
            let ([(low, same)], [(high, last)]) = (low.as_slice(), high.as_slice()) else { return None };
            if low != same || high != last || low > high {
                return None;
            }
            ranges.push((*low, *high));
        }
        let ranges = sorted(ranges);
        Some(if negated { complement(ranges) } else { ranges })
    }

    fn class_atom(&mut self) -> Option<Ranges> {
        match self.letters.next()? {
            '\\' => self.escape(true),
            letter => Some(single(letter)),
        }
    }

    fn escape(&mut self, in_class: bool) -> Option<Ranges> {
        let letter = self.letters.next()?;
        Some(match letter {
            'd' => digits(),
            'D' => complement(digits()),
            'w' => word(),
            'W' => complement(word()),
            's' => space(),
            'S' => complement(space()),
            't' => single('\t'),
            'n' => single('\n'),
            'r' => single('\r'),
            'f' => single('\u{c}'),
            'v' => single('\u{b}'),
            '0' if !self.letters.peek().is_some_and(char::is_ascii_digit) => single('\0'),
            'b' if in_class => single('\u{8}'),
            'x' => self.hexadecimal(2)?,
            'u' => self.code_point()?,
            letter if letter.is_ascii_alphanumeric() => return None,
            letter => single(letter),
        })
    }

    fn code_point(&mut self) -> Option<Ranges> {
        if !self.takes('{') {
            let unit = self.hexadecimal(4)?;
            // Half of a pair is no code point.
            return (!(0xD800..0xE000).contains(&unit[0].0)).then_some(unit);
        }
        let mut value = 0_u32;
        while let Some(digit) = self.letters.next_if(char::is_ascii_hexdigit) {
            value = value.checked_mul(16)?.checked_add(digit.to_digit(16)?)?;
        }
        (self.takes('}') && value <= LAST).then(|| vec![(value, value)])
    }

    fn hexadecimal(&mut self, length: usize) -> Option<Ranges> {
        let mut value = 0;
        for _ in 0..length {
            value = value * 16 + self.letters.next()?.to_digit(16)?;
        }
        Some(vec![(value, value)])
    }
}

fn single(letter: char) -> Ranges {
    vec![(u32::from(letter), u32::from(letter))]
}

fn digits() -> Ranges {
    vec![(48, 57)]
}

fn word() -> Ranges {
    vec![(48, 57), (65, 90), (95, 95), (97, 122)]
}

/// White space and line ends (ECMA-262, sections 12.2 and 12.3).
fn space() -> Ranges {
    vec![
        (9, 13),
        (32, 32),
        (160, 160),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
}

fn sorted(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut merged: Ranges = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match merged.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => merged.push((low, high)),
        }
    }
    merged
}

fn complement(ranges: Ranges) -> Ranges {
    let mut outside = Vec::with_capacity(ranges.len() + 1);
    let mut next = 0;
    for (low, high) in ranges {
        if low > next {
            outside.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= LAST {
        outside.push((next, LAST));
    }
    outside
}
