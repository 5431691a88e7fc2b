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

    /// The first names of a set, in their order.
    pub(crate) fn listed(&self, set: &Set, limit: usize) -> Vec<String> {
        let mut names: Vec<&String> = set.numbers().filter_map(|number| self.names.get(number)).collect();
        names.sort_unstable();
        names.truncate(limit);
        names.into_iter().cloned().collect()
    }
}

/// How many names each of some sets may list, so that all together stay within bounds.
pub(crate) fn limit<'s>(sets: impl Iterator<Item = &'s Set> + Clone) -> usize {
    let all: usize = sets.clone().map(Set::len).sum();
    if all <= LISTED { usize::MAX } else { (LISTED / sets.count().max(1)).max(1) }
}

/// A set of operations by their number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    pub(crate) fn insert(&mut self, number: usize) {
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Add all of another set; whether there was anything new.
    pub(crate) fn absorb(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut grown = false;
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            grown |= *other & !*own != 0;
            *own |= *other;
        }
        grown
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        let bits = |(at, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        };
        self.0.iter().enumerate().flat_map(bits)
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
        assert_eq!(operations.listed(&set, 2), ["GET /000", "GET /001"]);
        assert_eq!(operations.listed(&set, limit([&set].into_iter())).len(), 200);
    }

    #[test]
    fn many_sets_of_many_operations_list_a_bounded_number_of_names() {
        let mut set = Set::default();
        (0..1000).for_each(|number| set.insert(number));
        let sets = vec![set; 1000];
        assert_eq!(limit(sets.iter()), 100);
    }
}
