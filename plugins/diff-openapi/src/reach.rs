//! Which operations reach what. Findings and operations can both be many, so that sets of operations are bits,
//! and names are written out at the end, a bounded number of times.

use std::collections::HashMap;

/// Names that all findings together list at most. A document in which thousands of operations reach thousands of
/// changes would otherwise be answered with the product of both.
const LISTED: usize = 100_000;

/// Operations by number, in the order in which they were first named.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    numbers: HashMap<String, usize>,
    names: Vec<String>,
}

impl Operations {
    /// The number of an operation.
    pub(crate) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }

    /// The first names of a set, in their order, as long as there is room for their bytes, and for one at least.
    pub(crate) fn listed(&self, set: &Set, limit: usize, room: &mut usize) -> Vec<String> {
        let mut names: Vec<&String> = set.numbers().filter_map(|number| self.names.get(number)).collect();
        names.sort_unstable();
        names.truncate(limit);
        let mut fits = |name: &str| {
            let fits = *room > name.len();
            *room = room.saturating_sub(name.len());
            fits
        };
        let listed = names.iter().enumerate().take_while(|(at, name)| fits(name) || *at == 0);
        listed.map(|(_, name)| (*name).clone()).collect()
    }

    /// How many operations were named.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }
}

/// How many names each of some sets may list, so that all together stay within bounds.
pub(crate) fn limit<'s>(sets: impl Iterator<Item = &'s Set> + Clone) -> usize {
    let all: usize = sets.clone().map(Set::len).sum();
    if all <= LISTED { usize::MAX } else { (LISTED / sets.count().max(1)).max(1) }
}

/// A set of operations by their number: bits in words, of which those without any are left out. Nearly every set has
/// few members, while there can be as many sets as operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    words: Vec<(usize, u64)>,
    /// Whether there are more members than are known.
    cut: bool,
}

/// Words of the sets that one graph holds at most.
pub(crate) const WORDS: usize = 2_000_000;

impl Set {
    pub(crate) fn insert(&mut self, number: usize) {
        let (word, bit) = (number / 64, 1 << (number % 64));
        match self.words.binary_search_by_key(&word, |(word, _)| *word) {
            Ok(at) => self.words[at].1 |= bit,
            Err(at) => self.words.insert(at, (word, bit)),
        }
    }

    /// Add all of another set; whether there was anything new.
    pub(crate) fn absorb(&mut self, other: &Self) -> bool {
        let (mut grown, mut at) = (other.cut && !self.cut, 0);
        self.cut |= other.cut;
        let mut missing = Vec::new();
        for (word, bits) in &other.words {
            at += self.words[at..].iter().take_while(|(own, _)| own < word).count();
            match self.words.get_mut(at).filter(|(own, _)| own == word) {
                Some((_, own)) => {
                    grown |= *bits & !*own != 0;
                    *own |= *bits;
                }
                None => missing.push((*word, *bits)),
            }
        }
        if !missing.is_empty() {
            grown = true;
            self.words.append(&mut missing);
            self.words.sort_unstable_by_key(|(word, _)| *word);
        }
        grown
    }

    /// The same, as long as there is room for more words; without, one member is enough to say that there are some.
    pub(crate) fn absorb_within(&mut self, other: &Self, room: &mut usize) -> bool {
        if *room == 0 {
            let grown = !self.cut;
            self.cut = true;
            if self.words.is_empty() {
                self.words.extend(other.words.first());
            }
            return grown;
        }
        let before = self.words.len();
        let grown = self.absorb(other);
        *room = room.saturating_sub(self.words.len() - before);
        grown
    }

    /// Whether there are more members than are known.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|(_, bits)| bits.count_ones() as usize).sum()
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        let bits = |(at, word): &(usize, u64)| {
            let (at, word) = (*at, *word);
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        };
        self.words.iter().flat_map(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_in_their_order_up_to_a_limit() {
        let mut operations = Operations::default();
        let mut set = Set::default();
        for number in (0..200).rev() {
            set.insert(operations.number(&format!("GET /{number:03}")));
        }
        set.insert(operations.number("GET /007"));
        assert_eq!(set.len(), 200);
        let mut room = 100_000;
        assert_eq!(operations.listed(&set, 2, &mut room), ["GET /000", "GET /001"]);
        assert_eq!(operations.listed(&set, limit([&set].into_iter()), &mut room).len(), 200);
        room = 20;
        assert_eq!(operations.listed(&set, 200, &mut room), ["GET /000", "GET /001"]);
        assert_eq!(operations.listed(&set, 200, &mut room), ["GET /000"]);
    }

    #[test]
    fn a_set_absorbs_another_wherever_its_members_are() {
        let set = |numbers: &[usize]| {
            let mut set = Set::default();
            numbers.iter().for_each(|number| set.insert(*number));
            set
        };
        let mut own = set(&[1000, 70]);
        assert!(own.absorb(&set(&[5, 71, 1000, 9999])));
        assert_eq!(own.numbers().collect::<Vec<_>>(), [5, 70, 71, 1000, 9999]);
        assert!(!own.absorb(&set(&[5, 9999])));
        assert!(set(&[]).absorb(&own));
    }

    #[test]
    fn without_room_a_set_says_that_there_is_more() {
        let (mut own, mut other, mut room) = (Set::default(), Set::default(), 1);
        other.insert(1);
        other.insert(100);
        assert!(own.absorb_within(&other, &mut room) && !own.is_cut());
        assert!(Set::default().absorb_within(&own, &mut room));
        assert!(own.absorb_within(&other, &mut room) && own.is_cut());
        assert!(!own.absorb_within(&other, &mut room));
    }

    #[test]
    fn many_sets_of_many_operations_list_a_bounded_number_of_names() {
        let mut set = Set::default();
        (0..1000).for_each(|number| set.insert(number));
        let sets = vec![set; 1000];
        assert_eq!(limit(sets.iter()), 100);
    }
}
