//! Values around the differences of two schemas, in a fixed order.

use super::dictionary::{Dictionary, Origin};
use super::exact::Exact;
use super::facts::Facts;
use super::formats;
use super::json::{Json, value, with, without};
use super::make::{FILL, Maker, item_sites, plain_values};
use crate::spec::Node;

/// Names of properties that no one declares, as far as anyone can tell.
const STRANGE: [&str; 3] = ["other", "Other-1", "$_"];
/// Texts of a pattern that are tried.
const SAMPLES: usize = 12;

type Entries = Vec<(String, Json)>;

/// The variations of what one schema allows, looked at one by one until `stop` says so.
pub(super) struct Variations<'v, 'a> {
    pub(super) allowing: Maker<'v, 'a>,
    pub(super) refusing: Maker<'v, 'a>,
    pub(super) sites: &'v [Node<'a>],
    pub(super) dictionary: &'v Dictionary<'a>,
    /// A property to look at first.
    pub(super) name: Option<&'v str>,
}

type Stop<'s> = &'s mut dyn FnMut(Json) -> bool;

impl<'a> Variations<'_, 'a> {
    pub(super) fn visit(&self, stop: Stop<'_>) -> bool {
        stop(Json::Null)
            || self.dictionary.values.iter().any(|value| stop(value.clone()))
            || self.allowing.instances(self.sites, 0, &mut |_, value| stop(value))
            || plain_values().into_iter().any(&mut *stop)
            || self.allowing.instances(self.sites, 0, &mut |facts, value| match value {
                Json::Null | Json::Boolean(_) => false,
                Json::Number(_) => self.numbers(stop),
                Json::String(_) => self.strings(facts, stop),
                Json::Array(items) => self.arrays(facts, &items, stop),
                Json::Object(entries) => self.objects(facts, &entries, stop),
            })
    }

    fn numbers(&self, stop: Stop<'_>) -> bool {
        let one = Exact::whole(1);
        let fractions = [one, one.half().unwrap_or(one), Exact::parse("0.01").unwrap_or(one)];
        let steps = || fractions.into_iter().chain(self.dictionary.steps.iter().copied());
        let mut found = |value: Option<Exact>| value.is_some_and(|value| stop(Json::Number(value.token())));
        let (huge, bounds): (Vec<Exact>, Vec<Exact>) =
            self.dictionary.bounds.iter().partition(|bound| bound.is_huge());
        for bound in bounds {
            let sides = |step: Exact| {
                let floor = bound.floor_to(step);
                [
                    bound.plus(step),
                    bound.minus(step),
                    floor,
                    floor.and_then(|floor| floor.plus(step)),
                    floor.and_then(|floor| floor.minus(step)),
                    floor.and_then(|floor| floor.plus(step)?.plus(step)),
                ]
            };
            if steps().flat_map(sides).any(&mut found) || found(Some(bound)) {
                return true;
            }
        }
        let multiples = |step: Exact| {
            [Some(step), step.plus(step), step.plus(step).and_then(|twice| twice.plus(step)), step.half()]
        };
        let small = [0, 1, -1, 2, 3, 5, 7, 100, -100].map(|small| Some(Exact::whole(small)));
        let steps = self.dictionary.steps.iter().copied();
        let twice = huge.iter().map(|bound| bound.plus(*bound));
        steps.flat_map(multiples).chain(small).chain(twice).any(found)
    }

    fn strings(&self, facts: &Facts<'a>, stop: Stop<'_>) -> bool {
        let lengths = self.dictionary.lengths.iter();
        let lengths = lengths.flat_map(|length| [length + 1, length.saturating_sub(1), *length]);
        let text = |length| self.allowing.string(facts, Some(length), 0);
        let mut stop = |text: String| stop(Json::String(text));
        if lengths.filter_map(text).any(&mut stop) {
            return true;
        }
        let own = (1..SAMPLES).filter_map(|variant| self.allowing.string(facts, None, variant));
        let patterns = self.dictionary.patterns.iter();
        let samples = patterns
            .flat_map(|pattern| (0..SAMPLES).filter_map(|variant| pattern.sample(variant, variant / 3)));
        let formats = formats::all_samples().map(str::to_owned);
        let words = [formats::NONSENSE, "0", "A", "a b", "\u{e4}", "-", "(", "{"].map(str::to_owned);
        own.chain(formats).chain(words).chain(samples).any(&mut stop)
            || [0, 1, 2, 100].into_iter().filter_map(text).any(stop)
    }

    fn arrays(&self, facts: &Facts<'a>, items: &[Json], stop: Stop<'_>) -> bool {
        let least = facts.at_least("minItems");
        let mut counts: Vec<usize> = vec![0, 1, 2];
        for count in &self.dictionary.counts {
            counts.extend([count + 1, count.saturating_sub(1), *count]);
        }
        for count in counts.into_iter().filter(|count| *count <= FILL / 2) {
            let array = self.allowing.array(facts, Some(count), 0);
            if !self.allowing.checker.pay(1) || array.is_some_and(&mut *stop) {
                return true;
            }
        }
        let alike = |item: Json, count: usize| Json::Array(vec![item; count]);
        let sites = item_sites(facts, items.len());
        let mut others = Vec::new();
        others.extend(items.first().cloned().or_else(|| self.allowing.minimal(&sites, 1)));
        self.allowing.instances(&sites, 1, &mut |_, value| {
            others.push(value);
            others.len() > 20
        });
        for (origin, node) in &self.dictionary.items {
            others.extend(self.of(*origin).minimal(&[*node], 1));
        }
        others.extend(plain_values());
        let mut both =
            others.into_iter().flat_map(|item| [(item.clone(), least.max(1)), (item, least.max(2))]);
        if both.any(|(item, count)| count <= FILL && stop(alike(item, count))) {
            return true;
        }
        // A tuple with something else at its end.
        let ends = plain_values().into_iter().map(|last| items.iter().cloned().chain([last]).collect());
        ends.map(Json::Array).any(stop)
    }

    fn objects(&self, facts: &Facts<'a>, entries: &Entries, stop: Stop<'_>) -> bool {
        let mut stop = |entries: Entries| stop(Json::Object(entries));
        self.presence(facts, entries, &mut stop)
            || self.one_more(facts, entries, &mut stop)
            || self.strangers(facts, entries, &mut stop)
            || self.sizes(facts, entries, &mut stop)
            || self.all_declared(facts, entries).is_some_and(&mut stop)
            || self.other_values(facts, entries, &mut stop)
            || self.triggered(facts, entries, &mut stop)
    }

    /// All that the refusing schema wants, less one each.
    fn presence(&self, facts: &Facts<'a>, entries: &Entries, stop: &mut dyn FnMut(Entries) -> bool) -> bool {
        let mut full = entries.clone();
        for name in &self.dictionary.wanted {
            if value(&full, name).is_none() {
                full.extend(self.property(facts, name).map(|value| (name.clone(), value)));
            }
        }
        if let Some(name) = self.name {
            let present = self.property(facts, name).map(|value| with(&full, name, value));
            if stop(without(&full, name)) || present.is_some_and(&mut *stop) {
                return true;
            }
        }
        let less = self.dictionary.wanted.iter().map(|name| without(&full, name));
        stop(full.clone()) || less.into_iter().any(stop)
    }

    /// With one property more.
    fn one_more(&self, facts: &Facts<'a>, entries: &Entries, stop: &mut dyn FnMut(Entries) -> bool) -> bool {
        let names = self.dictionary.properties.keys();
        let absent = names.filter(|name| value(entries, name).is_none());
        let mut more = absent.filter_map(|name| Some(with(entries, name, self.property(facts, name)?)));
        more.any(stop)
    }

    /// With a property that is not declared.
    fn strangers(&self, facts: &Facts<'a>, entries: &Entries, stop: &mut dyn FnMut(Entries) -> bool) -> bool {
        let patterns = self.dictionary.name_patterns.iter();
        let sampled =
            patterns.flat_map(|pattern| (0..3).filter_map(|variant| pattern.sample(variant, variant)));
        let names: Vec<String> = STRANGE.map(str::to_owned).into_iter().chain(sampled).collect();
        let declared =
            |name: &String| self.allowing.property(facts, name, 0).map(|value| with(entries, name, value));
        let plain = |name: &String| plain_values().map(|value| with(entries, name, value));
        names.iter().filter_map(declared).any(&mut *stop) || names.iter().flat_map(plain).any(stop)
    }

    /// With more and fewer properties than a bound says.
    fn sizes(&self, facts: &Facts<'a>, entries: &Entries, stop: &mut dyn FnMut(Entries) -> bool) -> bool {
        let sizes = self.dictionary.sizes.iter();
        let mut sizes = sizes.flat_map(|size| [size + 1, size.saturating_sub(1), *size]);
        sizes.any(|size| self.allowing.pad(facts, entries.clone(), size, 0).is_some_and(&mut *stop))
    }

    /// With everything that is declared.
    fn all_declared(&self, facts: &Facts<'a>, entries: &Entries) -> Option<Entries> {
        let declared = facts.all("properties").map(Node::len).max()?;
        self.allowing.pad(facts, entries.clone(), declared.min(40), 0)
    }

    /// With other values of a property.
    fn other_values(
        &self,
        facts: &Facts<'a>,
        entries: &Entries,
        stop: &mut dyn FnMut(Entries) -> bool,
    ) -> bool {
        for (name, said) in &self.dictionary.properties {
            let mut others = Vec::new();
            for (origin, node) in said {
                let listed = node.get("enum").into_iter().flat_map(Node::items).chain(node.get("const"));
                others.extend(listed.take(10).filter_map(Json::of));
                others.extend(self.of(*origin).minimal(&[*node], 1));
            }
            let sites = self.allowing.property_sites(facts, name);
            self.allowing.instances(&sites, 1, &mut |_, value| {
                others.push(value);
                others.len() > 20
            });
            if others.into_iter().chain(plain_values()).any(|value| stop(with(entries, name, value))) {
                return true;
            }
        }
        false
    }

    /// With what sets conditions off, and other values of a property.
    fn triggered(&self, facts: &Facts<'a>, entries: &Entries, stop: &mut dyn FnMut(Entries) -> bool) -> bool {
        let mut triggers = self.dictionary.triggers.iter();
        triggers.any(|name| {
            let set = self.property(facts, name).map(|value| with(entries, name, value));
            set.is_some_and(|set| self.other_values(facts, &set, stop))
        })
    }

    /// The value of a property, as the allowing schema has it, or else as the refusing one wants it.
    fn property(&self, facts: &Facts<'a>, name: &str) -> Option<Json> {
        let sites = self.allowing.property_sites(facts, name);
        let said = self.dictionary.properties.get(name).into_iter().flatten();
        let wanted = said
            .filter(|(origin, _)| *origin == Origin::Refusing)
            .filter_map(|(_, node)| self.refusing.minimal(&[*node], 1));
        let mut good = wanted.filter(|value| self.allowing.all_allow(&sites, value));
        good.next().or_else(|| self.allowing.property(facts, name, 0))
    }

    fn of(&self, origin: Origin) -> &Maker<'_, 'a> {
        match origin {
            Origin::Allowing => &self.allowing,
            Origin::Refusing => &self.refusing,
        }
    }
}
