//! Which parameters of both documents belong together.

use super::Comparison;
use super::engine::Engine;
use super::paths::Pair;
use super::schema::Side;
use super::value::{Value, text};
use crate::spec::Node;
use std::collections::HashSet;

/// A parameter, or a property of an object that is written as separate parameters.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'a> {
    pub(super) name: String,
    pub(super) location: String,
    /// Where its attributes stand.
    pub(super) node: Node<'a>,
    pub(super) schema: Option<Node<'a>>,
}

/// A parameter of both documents, by its old name.
pub(super) struct ParameterPair<'a> {
    pub(super) name: String,
    pub(super) location: String,
    pub(super) base: Parameter<'a>,
    pub(super) head: Parameter<'a>,
}

/// The parameters of two lists.
pub(super) struct ParameterChanges<'a> {
    pub(super) added: Vec<Parameter<'a>>,
    pub(super) deleted: Vec<Parameter<'a>>,
    pub(super) pairs: Vec<ParameterPair<'a>>,
    /// The second list.
    pub(super) head: Vec<Parameter<'a>>,
}

impl<'a> Parameter<'a> {
    pub(super) fn flag(&self, key: &str) -> bool {
        self.node.get(key).and_then(Node::as_bool) == Some(true)
    }

    fn in_form(&self) -> bool {
        matches!(self.location.as_str(), "query" | "cookie")
    }

    /// Whether this is an object whose properties are written as separate parameters.
    fn is_exploded(&self, side: &Side<'_, 'a>) -> bool {
        let style = Value::of(self.node.get("style"));
        let is_form = style.as_text() == "form" || (style.as_text().is_empty() && self.in_form());
        let Some(schema) = self.schema.map(|node| side.schema(node)) else { return false };
        self.flag("explode")
            && is_form
            && schema.types() == ["object"]
            && !schema.map("properties").is_empty()
    }

    /// The property of the exploded object as a parameter of its own.
    fn property(&self, side: &Side<'_, 'a>, name: &str) -> Option<Self> {
        let schema = side.schema(self.schema?).property(name)?;
        Some(Self { name: name.into(), schema: Some(schema), ..self.clone() })
    }
}

/// The parameters of a path item or an operation.
fn parameters<'a>(side: &Side<'_, 'a>, node: Node<'a>, lower: bool) -> Vec<Parameter<'a>> {
    let read = |node: Node<'a>| {
        let node = side.resolved(node);
        let of = |key: &str| node.get(key).map(text).unwrap_or_default();
        let (mut name, location) = (of("name"), of("in"));
        if lower && location == "header" {
            name = name.to_lowercase();
        }
        let schema = node.get("schema").filter(|schema| schema.is_object() || schema.as_bool().is_some());
        node.is_object().then_some(Parameter { name, location, node, schema })
    };
    node.get("parameters").into_iter().flat_map(Node::items).filter_map(read).collect()
}

impl<'a> ParameterChanges<'a> {
    /// Match the parameters of two nodes: exploded objects first, then by location and name.
    pub(super) fn between(
        comparison: &Comparison<'_, 'a>,
        pair: &Pair<'a>,
        (base, head): (Node<'a>, Node<'a>),
    ) -> Self {
        let (engine, lower) = (&comparison.engine, pair.lowers_headers());
        let mut base = parameters(&engine.base, base, lower);
        let mut head = parameters(&engine.head, head, lower);
        if comparison.settings.flatten_params() {
            inherit(&mut base, parameters(&engine.base, pair.base, lower));
            inherit(&mut head, parameters(&engine.head, pair.head, lower));
        }
        if !engine.affords(base.len().saturating_mul(head.len())) {
            return Self { added: Vec::new(), deleted: Vec::new(), pairs: Vec::new(), head };
        }
        let mut matching = Matching {
            engine,
            used: (vec![false; base.len()], vec![false; head.len()]),
            pairs: Vec::new(),
            base,
            head,
        };
        matching.exploded_head();
        matching.exploded_base();
        let deleted = matching.by_name(pair);
        let added = unused(&matching.head, &matching.used.1);
        Self { added, deleted, pairs: last_of_each_name(matching.pairs), head: matching.head }
    }
}

/// Add the parameters of a path that an operation does not have itself.
fn inherit<'a>(own: &mut Vec<Parameter<'a>>, shared: Vec<Parameter<'a>>) {
    let identity = |parameter: &Parameter<'a>| (parameter.location.clone(), parameter.name.clone());
    let known: HashSet<(String, String)> = own.iter().map(identity).collect();
    own.extend(shared.into_iter().filter(|parameter| !known.contains(&identity(parameter))));
}

fn unused<'a>(parameters: &[Parameter<'a>], used: &[bool]) -> Vec<Parameter<'a>> {
    parameters.iter().zip(used).filter(|(_, used)| !**used).map(|(parameter, _)| parameter.clone()).collect()
}

/// Of several pairs with one location and name, the last one counts.
fn last_of_each_name(pairs: Vec<ParameterPair<'_>>) -> Vec<ParameterPair<'_>> {
    let mut known = HashSet::new();
    let is_last = |pair: &ParameterPair<'_>| known.insert((pair.location.clone(), pair.name.clone()));
    let mut kept: Vec<ParameterPair<'_>> = pairs.into_iter().rev().filter(is_last).collect();
    kept.reverse();
    kept
}

struct Matching<'m, 'c, 'a> {
    engine: &'m Engine<'c, 'a>,
    base: Vec<Parameter<'a>>,
    head: Vec<Parameter<'a>>,
    used: (Vec<bool>, Vec<bool>),
    pairs: Vec<ParameterPair<'a>>,
}

impl<'a> Matching<'_, '_, 'a> {
    /// Simple parameters that became properties of an exploded object.
    fn exploded_head(&mut self) {
        let (base, head) = (&self.engine.base, &self.engine.head);
        let found = exploded((base, &self.base, &mut self.used.0), (head, &self.head, &mut self.used.1));
        self.pairs.extend(found.into_iter().map(|(simple, property)| ParameterPair {
            name: simple.name.clone(),
            location: simple.location.clone(),
            base: simple,
            head: property,
        }));
    }

    /// Properties of an exploded object that became simple parameters.
    fn exploded_base(&mut self) {
        let (base, head) = (&self.engine.base, &self.engine.head);
        let found = exploded((head, &self.head, &mut self.used.1), (base, &self.base, &mut self.used.0));
        self.pairs.extend(found.into_iter().map(|(simple, property)| ParameterPair {
            name: simple.name.clone(),
            location: simple.location.clone(),
            base: property,
            head: simple,
        }));
    }

    /// The other parameters; those without a counterpart are returned.
    fn by_name(&mut self, pair: &Pair<'a>) -> Vec<Parameter<'a>> {
        let mut deleted = Vec::new();
        for (at, parameter) in self.base.iter().enumerate() {
            if self.used.0[at] {
                continue;
            }
            let same = |other: &Parameter<'a>| {
                parameter.location == other.location
                    && match parameter.location.as_str() {
                        "path" => pair.is_renamed(&parameter.name, &other.name),
                        _ => parameter.name == other.name || self.is_part(parameter, other),
                    }
            };
            match self.head.iter().position(same).filter(|other| !self.used.1[*other]) {
                Some(other) => {
                    self.used.1[other] = true;
                    self.pairs.push(ParameterPair {
                        name: parameter.name.clone(),
                        location: parameter.location.clone(),
                        base: parameter.clone(),
                        head: self.head[other].clone(),
                    });
                }
                None => deleted.push(parameter.clone()),
            }
        }
        deleted
    }

    /// Whether one parameter is a property of the other, which is exploded.
    fn is_part(&self, base: &Parameter<'a>, head: &Parameter<'a>) -> bool {
        if head.is_exploded(&self.engine.head) {
            return head.property(&self.engine.head, &base.name).is_some();
        }
        base.is_exploded(&self.engine.base) && base.property(&self.engine.base, &head.name).is_some()
    }
}

type List<'l, 'c, 'a> = (&'l Side<'c, 'a>, &'l [Parameter<'a>], &'l mut Vec<bool>);

/// Pairs of a simple parameter and the property of an exploded object that has its name.
fn exploded<'a>(simple: List<'_, '_, 'a>, objects: List<'_, '_, 'a>) -> Vec<(Parameter<'a>, Parameter<'a>)> {
    let (simple_side, simple, simple_used) = simple;
    let (object_side, objects, objects_used) = objects;
    let mut found = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        if objects_used[at] || !object.in_form() || !object.is_exploded(object_side) {
            continue;
        }
        for (index, parameter) in simple.iter().enumerate() {
            let fits = !simple_used[index]
                && parameter.location == object.location
                && !parameter.is_exploded(simple_side);
            let property = fits.then(|| object.property(object_side, &parameter.name)).flatten();
            if let Some(property) = property {
                simple_used[index] = true;
                objects_used[at] = true;
                found.push((parameter.clone(), property));
            }
        }
    }
    found
}
