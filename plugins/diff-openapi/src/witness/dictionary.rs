//! What two schemas speak of: the bounds, names, patterns and values that tell them apart, if anything does.

use super::check::{Checker, count};
use super::exact::Exact;
use super::formats;
use super::json::Json;
use super::make::texts;
use super::pattern::Pattern;
use crate::spec::{Kind, Node};
use std::collections::BTreeMap;

/// Schemas that are read at most.
const SCHEMAS: usize = 120;
/// Names, values and patterns that are kept at most, each.
const WORDS: usize = 80;

/// Whose schema something was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Allowing,
    Refusing,
}

/// Words of two schemas.
#[derive(Default)]
pub(super) struct Dictionary<'a> {
    /// Bounds of numbers, and steps between them.
    pub(super) bounds: Vec<Exact>,
    pub(super) steps: Vec<Exact>,
    /// Bounds of lengths, of counts of items and of counts of properties.
    pub(super) lengths: Vec<usize>,
    pub(super) counts: Vec<usize>,
    pub(super) sizes: Vec<usize>,
    pub(super) patterns: Vec<Pattern>,
    /// Listed values.
    pub(super) values: Vec<Json>,
    /// Properties that the refusing schema wants.
    pub(super) wanted: Vec<String>,
    /// Properties whose presence matters to others.
    pub(super) triggers: Vec<String>,
    /// Properties with what is said of them.
    pub(super) properties: BTreeMap<String, Vec<(Origin, Node<'a>)>>,
    pub(super) name_patterns: Vec<Pattern>,
    /// What is said of items.
    pub(super) items: Vec<(Origin, Node<'a>)>,
}

impl<'a> Dictionary<'a> {
    /// Read schemas of one origin, and all that speak of the same value.
    pub(super) fn read(&mut self, sites: &[Node<'a>], checker: &Checker<'_, 'a>, origin: Origin) {
        let mut open: Vec<Node<'a>> = sites.to_vec();
        let mut at = 0;
        while let Some(node) = open.get(at).copied().filter(|_| at < SCHEMAS && checker.pay(1)) {
            at += 1;
            self.learn(node, origin);
            let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| node.get(keyword));
            let single = ["not", "if", "then", "else"].into_iter().filter_map(|keyword| node.get(keyword));
            let dependent = node.get("dependentSchemas").into_iter().flat_map(Node::entries);
            let target = node.get("$ref").and_then(|_| checker.spec.target(node));
            let beside = lists.flat_map(Node::items).chain(single).chain(dependent.map(|entry| entry.value));
            for next in target.into_iter().chain(beside) {
                let known = |other: &Node<'a>| other.id() == next.id();
                if open.len() < SCHEMAS && !open.iter().any(known) {
                    open.push(next);
                }
            }
        }
    }

    fn learn(&mut self, node: Node<'a>, origin: Origin) {
        for entry in node.entries() {
            let value = entry.value;
            match entry.name().as_ref() {
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                    self.bounds.extend(value.as_number().and_then(Exact::parse));
                }
                "multipleOf" => self.steps.extend(value.as_number().and_then(Exact::parse)),
                "format" => {
                    let bounds = value.as_str().and_then(|format| formats::bounds(&format));
                    self.bounds.extend(bounds.into_iter().flatten());
                }
                "minLength" | "maxLength" => self.lengths.extend(count(value)),
                "minItems" | "maxItems" | "minContains" | "maxContains" => self.counts.extend(count(value)),
                "minProperties" | "maxProperties" => self.sizes.extend(count(value)),
                "pattern" => self.patterns.extend(value.as_str().and_then(|text| Pattern::parse(&text))),
                "enum" => self.values.extend(value.items().take(WORDS).filter_map(Json::of)),
                "const" => self.values.extend(Json::of(value)),
                "prefixItems" => {
                    self.counts.push(value.len());
                    self.items.extend(value.items().take(WORDS).map(|item| (origin, item)));
                }
                "items" | "contains" | "unevaluatedItems" if value.kind() == Kind::Object => {
                    self.items.push((origin, value));
                }
                _ => self.learn_of_objects(&entry.name(), value, origin),
            }
        }
    }

    fn learn_of_objects(&mut self, keyword: &str, value: Node<'a>, origin: Origin) {
        match keyword {
            "required" => {
                if origin == Origin::Refusing {
                    self.wanted.extend(texts(value).take(WORDS));
                }
                self.names(texts(value));
            }
            "dependentRequired" | "dependentSchemas" => {
                let names = || value.entries().map(|entry| entry.name().into_owned()).take(WORDS);
                self.triggers.extend(names());
                self.names(names());
            }
            "properties" => {
                for entry in value.entries().take(WORDS * 2) {
                    let known = self.properties.entry(entry.name().into_owned()).or_default();
                    known.push((origin, entry.value));
                }
            }
            "patternProperties" => {
                let patterns = value.entries().filter_map(|entry| Pattern::parse(&entry.name()));
                self.name_patterns.extend(patterns.take(WORDS));
            }
            "propertyNames" => {
                let pattern = value.get("pattern").and_then(Node::as_str);
                self.name_patterns.extend(pattern.and_then(|text| Pattern::parse(&text)));
                self.names(value.get("enum").into_iter().flat_map(texts));
            }
            _ => {}
        }
    }

    fn names(&mut self, names: impl Iterator<Item = String>) {
        for name in names.take(WORDS) {
            self.properties.entry(name).or_default();
        }
    }
}
