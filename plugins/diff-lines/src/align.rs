//! Which lines of two documents belong together, in bounded time.
//!
//! `similar` finds the shortest script for a stretch of lines, but its worst case is quadratic and its own
//! bound is a wall clock, which would make the result depend on the machine. So documents are first cut at
//! lines that occur once on each side, and a stretch between two cuts that is beyond the budget is reported as
//! replaced: coarser, never wrong.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// Line pairs that all stretches together may cost; about a second in the sandbox.
const BUDGET: usize = 200_000_000;

/// A stretch of lines that is replaced: half-open line ranges, counted from 0, at least one not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) base: Range<usize>,
    pub(crate) head: Range<usize>,
}

/// The stretches in which `head` differs from `base`, in order, no two of them adjacent.
pub(crate) fn replaced(base: &[&str], head: &[&str]) -> Vec<Replaced> {
    let (base, head) = interned(base, head);
    let mut found = Vec::new();
    let mut budget = BUDGET;
    let (mut base_start, mut head_start) = (0, 0);
    for (base_cut, head_cut) in anchors(&base, &head).into_iter().chain([(base.len(), head.len())]) {
        stretch(&base, &head, base_start..base_cut, head_start..head_cut, &mut budget, &mut found);
        (base_start, head_start) = (base_cut, head_cut);
    }
    found
}

/// Lines as numbers, equal where the lines are, so that a comparison costs one instruction.
fn interned(base: &[&str], head: &[&str]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers = HashMap::new();
    let mut number = |line: &&str| -> u32 {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(line.to_string()).or_insert(next)
    };
    (base.iter().map(&mut number).collect(), head.iter().map(&mut number).collect())
}

/// The longest run of lines, rising on both sides, that occur once in each document (patience sorting).
fn anchors(base: &[u32], head: &[u32]) -> Vec<(usize, usize)> {
    let positions = unique(head);
    let mut pairs: Vec<(usize, usize)> = unique(base)
        .into_iter()
        .filter_map(|(line, at)| positions.get(&line).map(|other| (at, *other)))
        .collect();
    pairs.sort_unstable();
    longest_rising(&pairs)
}

fn unique(lines: &[u32]) -> HashMap<u32, usize> {
    let mut seen: HashMap<u32, Option<usize>> = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        seen.entry(*line).and_modify(|position| *position = None).or_insert(Some(at));
    }
    seen.into_iter().filter_map(|(line, at)| at.map(|at| (line, at))).collect()
}

/// The longest subsequence of `pairs`, sorted by their first, whose seconds rise too.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tops: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, second)) in pairs.iter().enumerate() {
        let pile = tops.partition_point(|top| pairs[*top].1 < *second);
        previous.push(pile.checked_sub(1).map(|below| tops[below]));
        if pile == tops.len() {
            tops.push(index);
        } else {
            tops[pile] = index;
        }
    }
    let mut rising = Vec::with_capacity(tops.len());
    let mut next = tops.last().copied();
    while let Some(index) = next {
        rising.push(pairs[index]);
        next = previous[index];
    }
    rising.reverse();
    rising
}

/// Compare one stretch between two anchors and add what is replaced in it.
fn stretch(
    base: &[u32],
    head: &[u32],
    base_range: Range<usize>,
    head_range: Range<usize>,
    budget: &mut usize,
    found: &mut Vec<Replaced>,
) {
    let (old, new) = (&base[base_range.clone()], &head[head_range.clone()]);
    let prefix = old.iter().zip(new).take_while(|(left, right)| left == right).count();
    let (old, new) = (&old[prefix..], &new[prefix..]);
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(|(left, right)| left == right).count();
    let (old, new) = (&old[..old.len() - suffix], &new[..new.len() - suffix]);
    let (base_start, head_start) = (base_range.start + prefix, head_range.start + prefix);
    let cost = (old.len() + new.len()).saturating_mul(old.len() + new.len());
    if old.is_empty() || new.is_empty() || cost > *budget {
        push(found, base_start..base_start + old.len(), head_start..head_start + new.len());
        return;
    }
    *budget -= cost;
    for operation in capture_diff_slices(Algorithm::Histogram, old, new) {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let (old, new) = (operation.old_range(), operation.new_range());
        push(
            found,
            base_start + old.start..base_start + old.end,
            head_start + new.start..head_start + new.end,
        );
    }
}

/// Add a stretch, joined to the one before it where nothing equal stands between them.
fn push(found: &mut Vec<Replaced>, base: Range<usize>, head: Range<usize>) {
    if base.is_empty() && head.is_empty() {
        return;
    }
    match found.last_mut() {
        Some(last) if last.base.end == base.start && last.head.end == head.start => {
            last.base.end = base.end;
            last.head.end = head.end;
        }
        _ => found.push(Replaced { base, head }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `base` with every replaced stretch exchanged for the text of `head`.
    fn applied<'a>(base: &[&'a str], head: &[&'a str]) -> Vec<&'a str> {
        let mut lines = Vec::new();
        let mut at = 0;
        for stretch in replaced(base, head) {
            lines.extend(&base[at..stretch.base.start]);
            lines.extend(&head[stretch.head]);
            at = stretch.base.end;
        }
        lines.extend(&base[at..]);
        lines
    }

    #[test]
    fn applying_the_stretches_gives_the_new_document() {
        let words = ["a", "b", "c", "a", "d", "e", "a", "b"];
        for seed in 0..200_usize {
            let pick = |salt: usize| -> Vec<&str> {
                (0..12).map(|at| words[(seed * 31 + at * salt + at * at * 7) % words.len()]).collect()
            };
            let (base, head) = (pick(3), pick(5));
            assert_eq!(applied(&base, &head), head);
        }
    }

    #[test]
    fn two_edits_far_apart_are_two_stretches() {
        let base: Vec<String> = (0..1000).map(|line| line.to_string()).collect();
        let mut head = base.clone();
        head[10] = "x".into();
        head.remove(900);
        let (base, head): (Vec<&str>, Vec<&str>) =
            (base.iter().map(String::as_str).collect(), head.iter().map(String::as_str).collect());
        assert_eq!(
            replaced(&base, &head),
            [Replaced { base: 10..11, head: 10..11 }, Replaced { base: 900..901, head: 900..900 }]
        );
    }

    #[test]
    fn a_stretch_beyond_the_budget_is_replaced_as_a_whole() {
        let base: Vec<&str> = (0..40_000).map(|line| if line % 3 == 0 { "a" } else { "b" }).collect();
        let head: Vec<&str> = (0..40_000).map(|line| if line % 7 == 0 { "b" } else { "a" }).collect();
        assert_eq!(replaced(&base, &head).len(), 1);
        assert_eq!(applied(&base, &head), head);
    }
}
