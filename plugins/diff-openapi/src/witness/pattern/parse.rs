//! Reading a pattern.

use super::{Class, Item, Piece};

/// Groups in groups at most.
const DEPTH: usize = 20;
/// What a quantifier without an upper bound means.
const MANY: u32 = u32::MAX;

struct Reader<'p> {
    letters: &'p [char],
    at: usize,
}

/// The alternatives of a whole pattern.
pub(super) fn alternatives(letters: &[char]) -> Option<Vec<Vec<Piece>>> {
    let mut reader = Reader { letters, at: 0 };
    let all = reader.alternatives(0)?;
    (reader.at == letters.len()).then_some(all)
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(letter)
    }

    fn eat(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        self.at += usize::from(found);
        found
    }

    fn alternatives(&mut self, depth: usize) -> Option<Vec<Vec<Piece>>> {
        let mut all = vec![Vec::new()];
        while let Some(letter) = self.peek().filter(|letter| *letter != ')') {
            if letter == '|' {
                self.at += 1;
                all.push(Vec::new());
                continue;
            }
            let item = self.item(depth)?;
            let (least, most) = self.quantifier()?;
            all.last_mut()?.push(Piece { item, least, most });
        }
        Some(all)
    }

    fn item(&mut self, depth: usize) -> Option<Item> {
        Some(match self.next()? {
            '^' => Item::Start,
            '$' => Item::End,
            '(' => Item::Group(self.group(depth)?),
            '[' => Item::Letter(self.class()?),
            // Line terminators (ECMA-262, section 12.3).
            '.' => Item::Letter(Class {
                ranges: vec![('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')],
                negated: true,
            }),
            '\\' => Item::Letter(self.escape()?),
            '*' | '+' | '?' | '{' | '}' | ']' => return None,
            plain => Item::Letter(single(plain)),
        })
    }

    fn group(&mut self, depth: usize) -> Option<Vec<Vec<Piece>>> {
        if depth == DEPTH {
            return None;
        }
        if self.eat('?') {
            match self.next()? {
                ':' => {}
                '<' if self.peek().is_some_and(char::is_alphabetic) => while self.next()? != '>' {},
                _ => return None,
            }
        }
        let all = self.alternatives(depth + 1)?;
        self.eat(')').then_some(all)
    }

    fn quantifier(&mut self) -> Option<(u32, u32)> {
        let bounds = match self.peek() {
            Some('*') => (0, MANY),
            Some('+') => (1, MANY),
            Some('?') => (0, 1),
            Some('{') => {
                self.at += 1;
                let least = self.count()?;
                let most = match self.next()? {
                    '}' => least,
                    ',' if self.eat('}') => MANY,
                    ',' => self.count().filter(|_| self.eat('}'))?,
                    _ => return None,
                };
                return (least <= most).then(|| self.lazy((least, most)));
            }
            _ => return Some((1, 1)),
        };
        self.at += 1;
        Some(self.lazy(bounds))
    }

    /// Whether a quantifier is greedy does not change what matches.
    fn lazy(&mut self, bounds: (u32, u32)) -> (u32, u32) {
        self.eat('?');
        bounds
    }

    fn count(&mut self) -> Option<u32> {
        let start = self.at;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        self.letters[start..self.at].iter().collect::<String>().parse().ok()
    }

    fn class(&mut self) -> Option<Class> {
        let mut class = Class { ranges: Vec::new(), negated: self.eat('^') };
        loop {
            let first = match self.next()? {
                ']' => return Some(class),
                '\\' => self.escape()?,
                // Nested classes and set operations of some engines.
                '[' => return None,
                plain => single(plain),
            };
            let one = only(&first);
            if self.peek() == Some('-') && self.letters.get(self.at + 1).is_some_and(|next| *next != ']') {
                self.at += 1;
                let last = match self.next()? {
                    '\\' => only(&self.escape()?)?,
                    plain => plain,
                };
                class.ranges.push((one?, last));
                if one? > last {
                    return None;
                }
            } else if first.negated {
                return None;
            } else {
                class.ranges.extend(first.ranges);
            }
        }
    }

    fn escape(&mut self) -> Option<Class> {
        let digits = vec![('0', '9')];
        let word = vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
        // White space and line terminators (ECMA-262, sections 12.2 and 12.3).
        let space = vec![
            ('\t', '\r'),
            (' ', ' '),
            ('\u{a0}', '\u{a0}'),
            ('\u{1680}', '\u{1680}'),
            ('\u{2000}', '\u{200a}'),
            ('\u{2028}', '\u{2029}'),
            ('\u{202f}', '\u{202f}'),
            ('\u{205f}', '\u{205f}'),
            ('\u{3000}', '\u{3000}'),
            ('\u{feff}', '\u{feff}'),
        ];
        Some(match self.next()? {
            'd' => Class { ranges: digits, negated: false },
            'D' => Class { ranges: digits, negated: true },
            'w' => Class { ranges: word, negated: false },
            'W' => Class { ranges: word, negated: true },
            's' => Class { ranges: space, negated: false },
            'S' => Class { ranges: space, negated: true },
            't' => single('\t'),
            'n' => single('\n'),
            'r' => single('\r'),
            'f' => single('\u{c}'),
            'v' => single('\u{b}'),
            'x' => single(self.code(2)?),
            'u' => single(self.code(4)?),
            other if other.is_ascii_alphanumeric() => return None,
            other => single(other),
        })
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let text: String = self.letters.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits;
        let all = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(&text, 16).ok()).flatten().and_then(char::from_u32)
    }
}

fn single(letter: char) -> Class {
    Class { ranges: vec![(letter, letter)], negated: false }
}

/// The one character of a class.
fn only(class: &Class) -> Option<char> {
    match class.ranges.as_slice() {
        [(first, last)] if first == last && !class.negated => Some(*first),
        _ => None,
    }
}
