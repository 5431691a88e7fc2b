//! Small values that a schema allows.

use super::check::{Checker, Verdict};
use super::exact::Exact;
use super::facts::{Choice, Facts};
use super::formats;
use super::json::{self, Json};
use super::pattern::Pattern;
use crate::spec::Node;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Values inside values at most.
const DEPTH: usize = 10;
/// Values that are tried for one schema.
const INSTANCES: usize = 40;
/// Items, or characters, that are filled in at most.
pub(super) const FILL: usize = 1900;
/// What a property or an item is where nothing is said of it.
const ANYTHING: &str = "text";

/// What was made already, by schema.
pub(super) type Memo = RefCell<HashMap<(u32, bool), Option<Json>>>;

/// A maker of values for the schemas of one document.
#[derive(Clone, Copy)]
pub(super) struct Maker<'c, 'a> {
    pub(super) checker: Checker<'c, 'a>,
    pub(super) memo: &'c Memo,
}

impl<'a> Maker<'_, 'a> {
    /// The schema that a site names, if it only names another one.
    pub(super) fn definition(&self, site: Node<'a>) -> Node<'a> {
        self.checker.definition(site)
    }

    /// Whether several schemas all allow a value.
    pub(super) fn all_allow(&self, sites: &[Node<'a>], value: &Json) -> bool {
        sites.iter().all(|site| self.checker.allows(*site, value) == Verdict::Yes)
    }

    /// A small value that several schemas allow.
    pub(super) fn minimal(&self, sites: &[Node<'a>], depth: usize) -> Option<Json> {
        let [site] = sites else { return self.first(sites, depth) };
        let key = (site.id(), self.checker.request);
        if let Some(known) = self.memo.borrow().get(&key) {
            return known.clone();
        }
        // While it is being made, a value cannot be a part of itself.
        self.memo.borrow_mut().insert(key, None);
        let made = self.first(sites, depth);
        // A part of something that is being made may have failed only because of that.
        if made.is_some() || depth == 0 && self.checker.pay(1) {
            self.memo.borrow_mut().insert(key, made.clone());
        } else {
            self.memo.borrow_mut().remove(&key);
        }
        made
    }

    fn first(&self, sites: &[Node<'a>], depth: usize) -> Option<Json> {
        if sites.is_empty() {
            return Some(Json::text(ANYTHING));
        }
        let mut found = None;
        self.instances(sites, depth, &mut |_, value| {
            let good = self.all_allow(sites, &value);
            found = good.then_some(value);
            good
        });
        // Null is the smaller value of something large, and the only one of something without end.
        let large = |value: &Json| {
            depth > 0 && matches!(value, Json::Object(_) | Json::Array(_)) && !value.is_small()
        };
        if found.as_ref().is_none_or(large) && self.all_allow(sites, &Json::Null) {
            return Some(Json::Null);
        }
        found
    }

    /// Values of each alternative and each type, until `stop` says so. They need not be allowed.
    pub(super) fn instances(
        &self,
        sites: &[Node<'a>],
        depth: usize,
        stop: &mut dyn FnMut(&Facts<'a>, Json) -> bool,
    ) -> bool {
        if depth > DEPTH {
            return false;
        }
        let plain = Facts::of(sites, Choice::default(), &self.checker);
        let others = plain.options.iter().enumerate();
        let others = others.flat_map(|(at, count)| (1..*count).map(move |option| Choice { at, option }));
        let others: Vec<Choice> = others.take(INSTANCES).collect();
        if self.of_each_kind(&plain, depth, stop) {
            return true;
        }
        others.into_iter().any(|choice| {
            self.checker.pay(1) && self.of_each_kind(&Facts::of(sites, choice, &self.checker), depth, stop)
        })
    }

    fn of_each_kind(
        &self,
        facts: &Facts<'a>,
        depth: usize,
        stop: &mut dyn FnMut(&Facts<'a>, Json) -> bool,
    ) -> bool {
        let of_kind = |kind| self.of_kind(facts, kind, depth);
        facts.kinds().into_iter().filter_map(of_kind).any(|value| stop(facts, value))
    }

    /// A value of one type.
    fn of_kind(&self, facts: &Facts<'a>, kind: &str, depth: usize) -> Option<Json> {
        if let Some(values) = facts.listed() {
            let fits = |value: &Json| {
                let found = value.kind().as_str();
                (found == kind || found == "number" && kind == "integer")
                    && self.all_allow(&facts.parts, value)
            };
            let mut fitting = values.iter().filter(|value| fits(value));
            return fitting.next().or(values.first()).cloned();
        }
        match kind {
            "boolean" => Some(Json::Boolean(true)),
            "integer" => self.number(facts, true),
            "number" => self.number(facts, false),
            "string" => self.string(facts, None, 0).map(Json::String),
            "array" => self.array(facts, None, depth),
            "object" => self.object(facts, depth).map(Json::Object),
            _ => Some(Json::Null),
        }
    }

    /// A text: of a format, of a pattern, or plain; of a length, where one is asked for.
    pub(super) fn string(&self, facts: &Facts<'a>, length: Option<usize>, variant: usize) -> Option<String> {
        let least = length.unwrap_or_else(|| facts.at_least("minLength"));
        if least > FILL {
            return None;
        }
        let formats: Vec<_> = facts.all("format").filter_map(Node::as_str).collect();
        let samples: Vec<&str> = formats.iter().flat_map(|format| formats::samples(format)).collect();
        if let (false, None) = (samples.is_empty(), length) {
            return samples.get(variant % samples.len()).map(|text| (*text).to_owned());
        }
        if let Some(pattern) = facts.all("pattern").find_map(Node::as_str) {
            let pattern = self.checker.pay(50).then(|| Pattern::parse(&pattern)).flatten()?;
            let sample = pattern.sample(variant, least)?;
            // What a pattern without an end lets follow.
            let missing = least.saturating_sub(sample.chars().count());
            let last = sample.chars().last().unwrap_or('x');
            return Some(sample.chars().chain(std::iter::repeat_n(last, missing)).collect());
        }
        if let Some(padded) = formats.iter().find_map(|format| formats::padded(format, least)) {
            return Some(padded);
        }
        let suffix = if variant == 0 { String::new() } else { variant.to_string() };
        let length = length
            .unwrap_or_else(|| (ANYTHING.len() + suffix.len()).max(least).min(facts.at_most("maxLength")));
        let text = ANYTHING.chars().chain(std::iter::repeat('x')).take(length.saturating_sub(suffix.len()));
        Some(text.chain(suffix.chars()).collect())
    }

    /// A number that all parts allow, near 0 or near a bound.
    fn number(&self, facts: &Facts<'a>, whole: bool) -> Option<Json> {
        let near = near_bounds(facts, whole);
        let mut near = near.into_iter().map(|value| Json::Number(value.token()));
        near.find(|value| self.all_allow(&facts.parts, value))
    }

    /// An array of the least number of items, or of as many as asked for.
    pub(super) fn array(&self, facts: &Facts<'a>, length: Option<usize>, depth: usize) -> Option<Json> {
        let contains: Vec<Node<'a>> = facts.all("contains").collect();
        let contained = if contains.is_empty() { 0 } else { facts.at_least("minContains").max(1) };
        let length = length.unwrap_or_else(|| facts.at_least("minItems").max(contained));
        let distinct = facts.is("uniqueItems");
        let mut items: Vec<Json> = Vec::new();
        for at in 0..length.min(FILL) {
            let mut sites = item_sites(facts, at);
            if at < contained {
                sites.extend(&contains);
            }
            let item = if distinct {
                self.another(&sites, &items, depth + 1)
            } else {
                self.minimal(&sites, depth + 1)
            };
            if !self.checker.pay(1) {
                return None;
            }
            items.push(item?);
        }
        (items.len() == length).then_some(Json::Array(items))
    }

    /// A value that is not among others.
    pub(super) fn another(&self, sites: &[Node<'a>], others: &[Json], depth: usize) -> Option<Json> {
        let is_new =
            |value: &Json| !others.iter().any(|other| other.same(value)) && self.all_allow(sites, value);
        let first = self.minimal(sites, depth)?;
        if is_new(&first) {
            return Some(first);
        }
        let facts = Facts::of(sites, Choice::default(), &self.checker);
        let turn = others.len();
        let texts = (turn..turn + 8).filter_map(|turn| self.string(&facts, None, turn)).map(Json::String);
        let number = |turn: usize| Some(Json::Number(Exact::whole(i64::try_from(turn).ok()?).token()));
        let listed = facts.listed().unwrap_or_default().into_iter();
        let plain = listed.chain(texts).chain((turn..turn + 4).filter_map(number)).chain(plain_values());
        plain.into_iter().find(is_new)
    }

    /// The entries that an object has to have.
    pub(super) fn object(&self, facts: &Facts<'a>, depth: usize) -> Option<Vec<(String, Json)>> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        let mut seen = HashSet::new();
        let mut names: Vec<String> = facts.all("required").flat_map(texts).collect();
        names.reverse();
        while let Some(name) = names.pop() {
            let hidden = facts.parts.iter().any(|part| self.checker.hides(*part, &name, 0));
            if hidden || !seen.insert(name.clone()) {
                continue;
            }
            let needed = facts.all("dependentRequired").filter_map(|all| all.get(&name)).flat_map(texts);
            names.extend(needed);
            entries.push((name.clone(), self.property(facts, &name, depth)?));
        }
        self.pad(facts, entries, facts.at_least("minProperties"), depth)
    }

    /// The value of a property.
    pub(super) fn property(&self, facts: &Facts<'a>, name: &str, depth: usize) -> Option<Json> {
        let sites = self.property_sites(facts, name);
        let tag = facts.tags.iter().find(|(property, _)| property == name).map(|(_, tag)| Json::text(tag));
        if let Some(tag) = tag.filter(|tag| self.all_allow(&sites, tag)) {
            return Some(tag);
        }
        self.minimal(&sites, depth + 1)
    }

    /// Add properties that are declared, then others, until there are enough.
    pub(super) fn pad(
        &self,
        facts: &Facts<'a>,
        mut entries: Vec<(String, Json)>,
        count: usize,
        depth: usize,
    ) -> Option<Vec<(String, Json)>> {
        if entries.len() >= count {
            return Some(entries);
        }
        if count > FILL / 10 {
            return None;
        }
        let declared = facts.all("properties").flat_map(Node::entries);
        let declared = declared.filter(|entry| !self.checker.is_hidden(entry.value));
        let declared: Vec<String> = declared.map(|entry| entry.name().into_owned()).take(count * 2).collect();
        let patterns = facts.all("patternProperties").flat_map(Node::entries);
        let patterns: Vec<Pattern> =
            patterns.filter_map(|entry| Pattern::parse(&entry.name())).take(4).collect();
        let sampled = patterns.iter().flat_map(|pattern| (0..count).filter_map(|at| pattern.sample(at, 3)));
        let others = (1..=count).map(|at| format!("other{at}"));
        for name in declared.into_iter().chain(sampled).chain(others) {
            if entries.len() >= count {
                break;
            }
            let fits = json::value(&entries, &name).is_none() && self.checker.pay(1);
            if let Some(value) = fits.then(|| self.property(facts, &name, depth)).flatten() {
                entries.push((name, value));
            }
        }
        (entries.len() >= count).then_some(entries)
    }

    /// The schemas of a property, by the word of each part.
    pub(super) fn property_sites(&self, facts: &Facts<'a>, name: &str) -> Vec<Node<'a>> {
        let mut sites = Vec::new();
        for part in &facts.parts {
            let own = part.get("properties").and_then(|all| all.get(name));
            let patterns = part.get("patternProperties").into_iter().flat_map(Node::entries);
            let by_pattern = patterns.filter(|entry| self.checker.fits(entry.key, name) != Verdict::No);
            let before = sites.len();
            sites.extend(own.into_iter().chain(by_pattern.map(|entry| entry.value)));
            if sites.len() == before {
                sites.extend(part.get("additionalProperties"));
            }
        }
        sites
    }
}

/// The schemas of an item, by the word of each part.
pub(super) fn item_sites<'a>(facts: &Facts<'a>, at: usize) -> Vec<Node<'a>> {
    let of = |part: &Node<'a>| {
        let prefix = part.get("prefixItems").and_then(|list| list.item(at));
        prefix.or_else(|| part.get("items").filter(|items| !items.is_array()))
    };
    facts.parts.iter().filter_map(of).collect()
}

/// Numbers beside 0 and beside the bounds, those that read best first.
fn near_bounds(facts: &Facts<'_>, whole: bool) -> Vec<Exact> {
    let one = Exact::whole(1);
    let half = one.half().unwrap_or(one);
    let eighth = half.half().and_then(Exact::half).unwrap_or(half);
    let steps: Vec<Exact> = facts.numbers("multipleOf").collect();
    let mut near = vec![Exact::whole(0), one];
    for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
        for bound in facts.numbers(keyword) {
            near.push(bound);
            if bound.is_huge() {
                near.extend(bound.plus(bound));
                continue;
            }
            near.extend([one, half, eighth].iter().flat_map(|step| beside(bound, *step)));
            near.extend(steps.iter().chain([&one]).flat_map(|step| {
                bound
                    .floor_to(*step)
                    .into_iter()
                    .flat_map(|floor| [floor].into_iter().chain(beside(floor, *step)))
            }));
        }
    }
    near.extend(steps);
    near.retain(|value| !whole || value.is_whole());
    near
}

/// The numbers one step above and one below.
fn beside(value: Exact, step: Exact) -> impl Iterator<Item = Exact> {
    [value.plus(step), value.minus(step)].into_iter().flatten()
}

/// The strings of a list.
pub(super) fn texts(list: Node<'_>) -> impl Iterator<Item = String> {
    list.items().filter_map(Node::as_str).map(std::borrow::Cow::into_owned)
}

/// One value of each type, or a few.
pub(super) fn plain_values() -> [Json; 8] {
    [
        Json::Null,
        Json::Boolean(true),
        Json::number("0"),
        Json::number("1.5"),
        Json::text(ANYTHING),
        Json::Array(Vec::new()),
        Json::Object(Vec::new()),
        Json::Boolean(false),
    ]
}
