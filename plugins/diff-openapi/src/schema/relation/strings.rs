//! Text: lengths, patterns and formats.

use super::{Answer, Set};
use crate::language::{Language, Patterns};
use crate::number::Decimal;
use crate::schema::types::{Relation, format, format_relation};
use crate::spec::Node;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What a schema says about text.
struct Text {
    least: u64,
    most: Option<u64>,
    patterns: Vec<String>,
}

impl Text {
    fn of(set: &Set<'_, '_>) -> Self {
        let counts = |keyword: &str| set.schema.all(keyword).filter_map(count).collect::<Vec<_>>();
        let patterns = set.schema.all("pattern").filter_map(Node::as_str).map(std::borrow::Cow::into_owned);
        Self {
            least: counts("minLength").into_iter().max().unwrap_or(0),
            most: counts("maxLength").into_iter().min(),
            patterns: patterns.collect(),
        }
    }

    /// All that is said as languages; nothing where one of them is not read.
    fn languages(&self, patterns: &Patterns) -> Option<Vec<Rc<Language>>> {
        let mut all: Vec<Rc<Language>> =
            self.patterns.iter().map(|pattern| patterns.of(pattern)).collect::<Option<_>>()?;
        if self.least > 0 || self.most.is_some() {
            let least = u32::try_from(self.least).ok()?;
            let most = self.most.map(u32::try_from).transpose().ok()?;
            all.push(patterns.lengths(least, most)?);
        }
        Some(all)
    }

    /// The same, as far as it is read: fewer languages admit more.
    fn known_languages(&self, patterns: &Patterns) -> Vec<Rc<Language>> {
        let lengths = Self { patterns: Vec::new(), ..*self };
        let mut all = lengths.languages(patterns).unwrap_or_default();
        all.extend(self.patterns.iter().filter_map(|pattern| patterns.of(pattern)));
        all
    }
}

/// A number that counts something.
pub(super) fn count(node: Node<'_>) -> Option<u64> {
    Decimal::parse(node.raw())?.integer()?.try_into().ok()
}

pub(super) fn included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    if !left.has("string") {
        return Answer::Yes;
    }
    let (ours, theirs) = (Text::of(left), Text::of(right));
    let content = ["contentEncoding", "contentMediaType"].map(|keyword| {
        let value = |set: &Set<'_, '_>| {
            set.schema.first(keyword).and_then(Node::as_str).map(std::borrow::Cow::into_owned)
        };
        Answer::of(value(right).is_none() || value(left) == value(right))
    });
    lengths_included(&ours, &theirs, &left.budget.patterns)
        .and(patterns_included(&ours, &theirs, &left.budget.patterns))
        .and(format_included(left, right))
        .and(Answer::all(content))
}

fn lengths_included(ours: &Text, theirs: &Text, patterns: &Patterns) -> Answer {
    let long = ours.least >= theirs.least;
    let short = theirs.most.is_none_or(|theirs| ours.most.is_some_and(|ours| ours <= theirs));
    if long && short {
        return Answer::Yes;
    }
    if ours.patterns.is_empty() {
        return Answer::No;
    }
    within(ours, &Text { patterns: Vec::new(), ..*theirs }, patterns)
}

/// Whether the patterns of the right hold for all text on the left.
pub(super) fn pattern_included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    patterns_included(&Text::of(left), &Text::of(right), &left.budget.patterns)
}

fn patterns_included(ours: &Text, theirs: &Text, patterns: &Patterns) -> Answer {
    let new = theirs
        .patterns
        .iter()
        .filter(|pattern| !ours.patterns.contains(pattern))
        .cloned()
        .collect::<Vec<_>>();
    if new.is_empty() {
        return Answer::Yes;
    }
    within(ours, &Text { least: 0, most: None, patterns: new }, patterns)
}

fn within(ours: &Text, theirs: &Text, patterns: &Patterns) -> Answer {
    let Some(right) = theirs.languages(patterns) else { return Answer::Unknown };
    let exact = ours.languages(patterns);
    let left = ours.known_languages(patterns);
    let answer = Answer::all(right.iter().map(|right| patterns.included(&left, right)));
    // Without a pattern that was not read the left admits more, so that only "yes" is certain.
    if answer == Answer::No && exact.is_none() { Answer::Unknown } else { answer }
}

/// Formats are told apart by their names; some are known to be within others. Of several on the left one is enough.
pub(super) fn format_included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    let all = |set: &Set<'_, '_>| {
        let written = set.schema.all("format").filter_map(Node::as_str).map(std::borrow::Cow::into_owned);
        written.chain(format(&set.schema)).collect::<BTreeSet<_>>()
    };
    let ours = all(left);
    let within = |own: &String, wanted: &String| {
        matches!(format_relation(Some(own), Some(wanted)), Relation::Same | Relation::Widened)
    };
    Answer::of(all(right).iter().all(|wanted| ours.iter().any(|own| within(own, wanted))))
}

pub(super) fn accepts(set: &Set<'_, '_>, text: &str) -> Answer {
    let own = Text::of(set);
    let length = text.chars().count() as u64;
    let fits = own.least <= length && own.most.is_none_or(|most| length <= most);
    let matches = own.patterns.iter().map(|pattern| set.budget.patterns.matches(pattern, text));
    let format = if format(&set.schema).is_some() { Answer::Unknown } else { Answer::Yes };
    Answer::of(fits).and(Answer::all(matches)).and(format)
}

/// Whether no text can be in both.
pub(super) fn apart(left: &Set<'_, '_>, right: &Set<'_, '_>) -> bool {
    let (ours, theirs) = (Text::of(left), Text::of(right));
    let beyond = |low: &Text, high: &Text| low.most.is_some_and(|most| most < high.least);
    if beyond(&ours, &theirs) || beyond(&theirs, &ours) {
        return true;
    }
    if ours.patterns.is_empty() || theirs.patterns.is_empty() {
        return false;
    }
    let patterns = &left.budget.patterns;
    let all = [ours.known_languages(patterns), theirs.known_languages(patterns)].concat();
    patterns.disjoint(&all) == Answer::Yes
}
