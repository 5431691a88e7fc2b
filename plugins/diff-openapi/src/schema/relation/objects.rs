//! Objects: properties by their name, counts, and what one property asks of others.

use super::strings::count;
use super::{Answer, Question, Set, strings};
use crate::language::Patterns;
use crate::spec::Node;
use std::collections::BTreeSet;

impl Question<'_> {
    pub(super) fn objects_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        if !left.has("object") {
            return Answer::Yes;
        }
        self.required_included(left, right)
            .and(counts_included(left, right))
            .and(self.properties_included(left, right))
            .and(self.rest_included(left, right))
            .and(self.names_included(left, right))
            .and(dependent_required_included(left, right))
            .and(self.dependent_schemas_included(left, right))
            .and(self.unevaluated_included(left, right, "unevaluatedProperties"))
    }

    /// Whether a property does not occur in this direction.
    fn is_hidden(&self, set: &Set<'_, '_>, name: &str) -> bool {
        let flag = if self.request { "readOnly" } else { "writeOnly" };
        let Some(property) = set.schema.properties.get(name) else { return false };
        crate::schema::Shape::all_of(&property.schemas, set.spec).is_some_and(|shape| shape.is(flag))
    }

    /// Whether a property may be sent: it is listed, or what is not listed has a schema, or it is asked to the letter.
    fn sends(&self, left: &Set<'_, '_>, name: &str) -> bool {
        self.exact || left.schema.properties.contains_key(name) || !left.unlisted().is_always()
    }

    fn required_included(&mut self, left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
        Answer::all(right.schema.properties.iter().filter(|(_, property)| property.required).map(
            |(name, _)| {
                Answer::of(left.requires(name) || self.is_hidden(right, name) || self.is_hidden(left, name))
            },
        ))
    }

    fn properties_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let names: BTreeSet<&String> =
            left.schema.properties.keys().chain(right.schema.properties.keys()).collect();
        Answer::all(names.into_iter().map(|name| {
            if self.is_hidden(left, name) || self.is_hidden(right, name) || !self.sends(left, name) {
                return Answer::Yes;
            }
            if self.is_spent() {
                return Answer::Unknown;
            }
            let (ours, theirs) = (left.property(name), right.property(name));
            let (Some(ours), Some(theirs)) = (ours, theirs) else { return Answer::Unknown };
            self.included_inside(&ours, &theirs)
        }))
    }

    /// Properties that neither side lists: those whose names match a pattern, and all others.
    pub(super) fn rest_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let (ours, theirs) = (patterns(left), patterns(right));
        let rest = self.included_inside(&left.unlisted(), &right.unlisted());
        if ours.is_empty() && theirs.is_empty() {
            return rest;
        }
        let known: BTreeSet<&String> = ours.iter().chain(&theirs).collect();
        let each = Answer::all(known.into_iter().map(|pattern| {
            if !self.budget.affords(ours.len() + theirs.len()) {
                return Answer::Unknown;
            }
            let fits = self.included_inside(&left.matching(pattern), &right.matching(pattern));
            // Names may match several patterns, whose schemas then all hold.
            let alone = ours.len().max(theirs.len()) <= 1;
            if alone || fits == Answer::Yes { fits } else { fits.or(Answer::Unknown) }
        }));
        rest.and(each)
    }

    pub(super) fn names_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let wanted: Vec<Node<'a>> = right.schema.all("propertyNames").collect();
        if wanted.is_empty() {
            return Answer::Yes;
        }
        let wanted = right.all_of(&wanted);
        let own: Vec<Node<'a>> = left.schema.all("propertyNames").collect();
        let by_names = self.included(&left.all_of(&own).texts(), &wanted.texts());
        if by_names != Answer::Yes && left.unlisted().is_empty() && patterns(left).is_empty() {
            return Answer::all(left.schema.properties.keys().map(|name| self.accepts_name(&wanted, name)));
        }
        by_names
    }

    fn accepts_name(&mut self, set: &Set<'_, '_>, name: &str) -> Answer {
        let listed = set
            .values
            .as_ref()
            .is_none_or(|values| values.nodes().any(|node| node.as_str().as_deref() == Some(name)));
        let others = set.schema.unions.is_empty()
            && set.schema.all("not").chain(set.schema.all("if")).next().is_none();
        let answer = Answer::of(listed && set.has("string")).and(strings::accepts(set, name));
        if others { answer } else { answer.and(Answer::Unknown) }
    }

    pub(super) fn dependent_schemas_included<'a>(
        &mut self,
        left: &Set<'_, 'a>,
        right: &Set<'_, 'a>,
    ) -> Answer {
        let wanted = right.schema.all("dependentSchemas").flat_map(Node::entries);
        Answer::all(wanted.map(|entry| {
            if self.is_spent() {
                return Answer::Unknown;
            }
            if !left.can_have(&entry.name()) {
                return Answer::Yes;
            }
            let own: Vec<Node<'a>> =
                left.schema.all("dependentSchemas").filter_map(|map| map.get(&entry.name())).collect();
            let wanted = right.sibling(entry.value);
            let always = self.included(left, &wanted);
            if always == Answer::Yes || own.is_empty() {
                return always;
            }
            always.or(self.included(&left.all_of(&own), &wanted))
        }))
    }
}

/// Whether all that one property asks of others is asked on the left too.
pub(super) fn dependent_required_included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    let wanted = right.schema.all("dependentRequired").flat_map(Node::entries);
    Answer::all(wanted.filter(|entry| left.can_have(&entry.name())).map(|entry| {
        let own = left.schema.all("dependentRequired").filter_map(|map| map.get(&entry.name()));
        let own: BTreeSet<String> =
            own.flat_map(Node::items).filter_map(Node::as_str).map(Into::into).collect();
        let mut others = entry.value.items().filter_map(Node::as_str);
        Answer::of(others.all(|other| left.requires(&other) || own.contains(other.as_ref())))
    }))
}

fn counts_included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    let number =
        |set: &Set<'_, '_>, keyword: &str| set.schema.all(keyword).filter_map(count).collect::<Vec<_>>();
    let required = left.schema.properties.values().filter(|property| property.required).count() as u64;
    let least = number(left, "minProperties").into_iter().max().unwrap_or(0).max(required);
    let closed = left.unlisted().is_empty() && patterns(left).is_empty();
    let listed = closed.then_some(left.schema.properties.len() as u64);
    let most = number(left, "maxProperties").into_iter().chain(listed).min();
    let enough = number(right, "minProperties").into_iter().all(|wanted| least >= wanted);
    let few = number(right, "maxProperties").into_iter().all(|limit| most.is_some_and(|most| most <= limit));
    Answer::of(enough && few)
}

fn patterns(set: &Set<'_, '_>) -> BTreeSet<String> {
    let maps = set.schema.all("patternProperties").flat_map(Node::entries);
    maps.map(|entry| entry.name().into_owned()).collect()
}

/// Whether two patterns have the same language, as far as that is known.
fn same_language(left: &str, right: &str, patterns: &Patterns) -> bool {
    left == right
        || patterns.of(left).zip(patterns.of(right)).is_some_and(|(left, right)| {
            patterns.included(std::slice::from_ref(&left), &right) == Answer::Yes
                && patterns.included(std::slice::from_ref(&right), &left) == Answer::Yes
        })
}

impl<'q, 'a> Set<'q, 'a> {
    fn requires(&self, name: &str) -> bool {
        self.schema.properties.get(name).is_some_and(|property| property.required)
    }

    /// Whether an object can have a property of this name.
    pub(super) fn can_have(&self, name: &str) -> bool {
        !self.property(name).is_some_and(|value| value.is_empty())
    }

    /// The values that a property of this name can have; nothing where a pattern that may match is not read.
    pub(in crate::schema) fn property(&self, name: &str) -> Option<Self> {
        let patterns_count: usize = self.schema.all("patternProperties").map(Node::len).sum();
        if !self.budget.affords(self.schema.parts.len() + patterns_count) {
            return None;
        }
        let mut sites = Vec::new();
        for part in &self.schema.parts {
            let mut described = false;
            if let Some(schema) = part.get("properties").and_then(|map| map.get(name)) {
                sites.push(schema);
                described = true;
            }
            for entry in part.get("patternProperties").into_iter().flat_map(Node::entries) {
                match self.budget.patterns.matches(&entry.name(), name) {
                    Answer::Yes => {
                        sites.push(entry.value);
                        described = true;
                    }
                    Answer::No => {}
                    Answer::Unknown => return None,
                }
            }
            sites.extend(part.get("additionalProperties").filter(|_| !described));
        }
        if self.is_simple() && !self.schema.properties.contains_key(name) && patterns(self).is_empty() {
            sites.extend(self.schema.all("unevaluatedProperties"));
        }
        Some(self.all_of(&sites))
    }

    /// The values of properties that are not listed and match no pattern.
    pub(super) fn unlisted(&self) -> Self {
        let mut sites: Vec<Node<'a>> = self.schema.all("additionalProperties").collect();
        if self.is_simple() {
            sites.extend(self.schema.all("unevaluatedProperties"));
        }
        self.all_of(&sites)
    }

    /// The values of properties that are not listed and match a pattern.
    fn matching(&self, pattern: &str) -> Self {
        let mut sites = Vec::new();
        for part in &self.schema.parts {
            let schemas = part.get("patternProperties").into_iter().flat_map(Node::entries);
            let own: Vec<Node<'a>> = schemas
                .filter(|entry| same_language(&entry.name(), pattern, &self.budget.patterns))
                .map(|entry| entry.value)
                .collect();
            if own.is_empty() {
                sites.extend(part.get("additionalProperties"));
            }
            sites.extend(own);
        }
        self.all_of(&sites)
    }

    /// Whether nothing but the schema's own keywords describes its items and properties.
    pub(super) fn is_simple(&self) -> bool {
        let nested = ["if", "dependentSchemas", "contains", "not"];
        self.schema.unions.is_empty() && nested.iter().all(|keyword| self.schema.first(keyword).is_none())
    }

    /// Whether all that describes items and properties is the same.
    pub(super) fn describes_like(&self, other: &Self) -> bool {
        let keys = |set: &Self| set.schema.properties.keys().cloned().collect::<BTreeSet<_>>();
        let nested = [
            "anyOf",
            "oneOf",
            "if",
            "then",
            "else",
            "dependentSchemas",
            "prefixItems",
            "contains",
            "patternProperties",
        ];
        keys(self) == keys(other)
            && nested.iter().all(|keyword| {
                let (ours, theirs): (Vec<_>, Vec<_>) =
                    (self.schema.all(keyword).collect(), other.schema.all(keyword).collect());
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(&theirs)
                        .all(|(ours, theirs)| crate::equal::same_value(*ours, *theirs, self.spec, other.spec))
            })
    }
}
