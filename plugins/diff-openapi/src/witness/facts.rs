//! What all schemas that speak of one value say together, with a choice made wherever there is one.

use super::check::Checker;
use super::exact::Exact;
use super::json::Json;
use crate::spec::{Kind, Node};

/// Schemas that speak of one value, at most.
const PARTS: usize = 64;
/// Schemas that refer to each other, at most.
const DEPTH: usize = 32;

/// Which option to take at one of the choices; the first one everywhere else.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    pub(super) at: usize,
    pub(super) option: usize,
}

/// The schemas that speak of one value.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) parts: Vec<Node<'a>>,
    /// How many options each choice had.
    pub(super) options: Vec<usize>,
    /// The property that a discriminator names, with the value that stands for the variant that was chosen.
    pub(super) tags: Vec<(String, String)>,
    choice: Choice,
}

impl<'a> Facts<'a> {
    pub(super) fn of(sites: &[Node<'a>], choice: Choice, checker: &Checker<'_, 'a>) -> Self {
        let mut facts = Self { choice, ..Self::default() };
        for site in sites {
            facts.expand(*site, checker, 0);
        }
        facts
    }

    fn expand(&mut self, node: Node<'a>, checker: &Checker<'_, 'a>, depth: usize) {
        let known = self.parts.iter().any(|part| part.id() == node.id());
        if known || depth > DEPTH || self.parts.len() > PARTS || !checker.pay(1) {
            return;
        }
        let target = node.get("$ref").and_then(|_| checker.spec.target(node));
        if target.is_none() || !checker.old {
            self.parts.push(node);
        }
        if let Some(target) = target {
            self.expand(target, checker, depth + 1);
            if checker.old {
                return;
            }
        }
        for member in node.get("allOf").into_iter().flat_map(Node::items) {
            self.expand(member, checker, depth + 1);
        }
        for keyword in ["anyOf", "oneOf"] {
            let variants = node.get(keyword).into_iter().flat_map(Node::items);
            let variants: Vec<Vec<Node<'a>>> =
                variants.filter(|variant| !is_null(*variant)).map(|variant| vec![variant]).collect();
            if let Some(variant) = self.chosen(&variants) {
                self.tag(node, variant[0]);
                self.expand(variant[0], checker, depth + 1);
            }
        }
        if let Some(condition) = node.get("if").filter(|_| !checker.old) {
            let branch = |keyword: &str| node.get(keyword).into_iter();
            let options =
                [branch("else").collect(), [condition].into_iter().chain(branch("then")).collect::<Vec<_>>()];
            for part in self.chosen(&options).into_iter().flatten() {
                self.expand(*part, checker, depth + 1);
            }
        }
    }

    fn chosen<'o, T>(&mut self, options: &'o [T]) -> Option<&'o T> {
        let first = options.first()?;
        self.options.push(options.len());
        let at = self.options.len() - 1;
        if at == self.choice.at { options.get(self.choice.option).or(Some(first)) } else { Some(first) }
    }

    /// What a discriminator says for a variant: a mapping to it, else the name of its component.
    fn tag(&mut self, node: Node<'a>, variant: Node<'a>) {
        let discriminator = node.get("discriminator");
        let property = discriminator.and_then(|node| node.get("propertyName")).and_then(Node::as_str);
        let (Some(property), Some(reference)) = (property, variant.get("$ref").and_then(Node::as_str)) else {
            return;
        };
        let name = reference.rsplit('/').next().unwrap_or_default();
        let mapping = discriminator.and_then(|node| node.get("mapping")).into_iter().flat_map(Node::entries);
        let mut mapped = mapping
            .filter(|entry| entry.value.as_str().is_some_and(|target| target == reference || target == name));
        let value = mapped.next().map_or_else(|| name.to_owned(), |entry| entry.name().into_owned());
        self.tags.push((property.into_owned(), value));
    }

    /// The values of a keyword in all parts.
    pub(super) fn all(&self, keyword: &str) -> impl Iterator<Item = Node<'a>> {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// The greatest of the counts under a keyword.
    pub(super) fn at_least(&self, keyword: &str) -> usize {
        self.all(keyword).filter_map(super::check::count).max().unwrap_or_default()
    }

    /// The least of the counts under a keyword.
    pub(super) fn at_most(&self, keyword: &str) -> usize {
        self.all(keyword).filter_map(super::check::count).min().unwrap_or(usize::MAX)
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.all(keyword).any(|value| value.as_bool() == Some(true))
    }

    /// The numbers under a keyword.
    pub(super) fn numbers(&self, keyword: &str) -> impl Iterator<Item = Exact> {
        self.all(keyword).filter_map(|node| Exact::parse(node.as_number()?))
    }

    /// The values that are listed, from the shortest list; nothing where there is none.
    pub(super) fn listed(&self) -> Option<Vec<Json>> {
        if let Some(constant) = self.all("const").next() {
            return Some(Json::of(constant).into_iter().collect());
        }
        let shortest = self.all("enum").filter(|list| list.is_array()).min_by_key(|list| list.len())?;
        Some(shortest.items().take(100).filter_map(Json::of).collect())
    }

    /// The types that a value can have, the likeliest first.
    pub(super) fn kinds(&self) -> Vec<&'static str> {
        let mut typed = self.all("type");
        let Some(first) = typed.next() else { return self.likely() };
        let mut kinds = names(first);
        for other in typed {
            let other = names(other);
            let narrowed = |kind: &'static str| match kind {
                kind if other.contains(&kind) => Some(kind),
                "number" if other.contains(&"integer") => Some("integer"),
                "integer" if other.contains(&"number") => Some("integer"),
                _ => None,
            };
            kinds = kinds.into_iter().filter_map(narrowed).collect();
        }
        // Null is a candidate of its own.
        kinds.sort_by_key(|kind| *kind == "null");
        kinds
    }

    /// The types that the keywords of an untyped schema are about, then the others.
    fn likely(&self) -> Vec<&'static str> {
        if let Some(values) = self.listed() {
            let mut kinds: Vec<&str> = values.iter().map(|value| value.kind().as_str()).collect();
            kinds.dedup();
            return kinds;
        }
        let about: [(&'static str, &[&str]); 4] = [
            (
                "object",
                &["properties", "required", "additionalProperties", "minProperties", "patternProperties"],
            ),
            ("array", &["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"]),
            ("string", &["pattern", "minLength", "maxLength", "format"]),
            ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        ];
        let speaks = |keywords: &[&str]| keywords.iter().any(|keyword| self.all(keyword).next().is_some());
        let mut kinds: Vec<&'static str> =
            about.iter().filter(|(_, keywords)| speaks(keywords)).map(|(kind, _)| *kind).collect();
        for kind in ["string", "object", "array", "number", "boolean"] {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }
}

fn names(types: Node<'_>) -> Vec<&'static str> {
    const KNOWN: [&str; 7] = ["null", "boolean", "object", "array", "number", "integer", "string"];
    let known = |node: Node<'_>| {
        let text = node.as_str()?;
        KNOWN.iter().copied().find(|known| *known == text)
    };
    if types.is_array() {
        types.items().filter_map(known).collect()
    } else {
        known(types).into_iter().collect()
    }
}

/// Whether a variant is null and nothing else; null is a candidate of its own.
fn is_null(variant: Node<'_>) -> bool {
    variant.get("type").is_some_and(|kind| kind.as_str().as_deref() == Some("null"))
        || variant.get("const").is_some_and(|value| value.kind() == Kind::Null)
}
