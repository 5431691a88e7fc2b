//! A schema as oasdiff reads it: a reference is followed, and from OpenAPI 3.1 on the keywords beside it win
//! over those of its target.

use super::value::{Value, text};
use crate::spec::{Kind, Node, Spec};
use std::cell::{Cell, OnceCell};
use std::collections::HashSet;

/// References that are followed in a row.
const CHAIN: usize = 64;

/// Bytes of a schema whose text is held against another.
const SMALL: usize = 4096;

/// One of the two documents.
pub(super) struct Side<'c, 'a> {
    spec: &'c Spec<'a>,
    /// Whether keywords beside a reference count.
    siblings: bool,
    /// Whether a chain of references was not followed to its end.
    cut: Cell<bool>,
}

impl<'c, 'a> Side<'c, 'a> {
    pub(super) fn new(spec: &'c Spec<'a>) -> Self {
        let version = spec.root().get("openapi").map(text).unwrap_or_default();
        let mut parts = version.split('.');
        let siblings = matches!((parts.next(), parts.next()), (Some("3"), Some("1" | "2")));
        Self { spec, siblings, cut: Cell::new(false) }
    }

    pub(super) fn root(&self) -> Node<'a> {
        self.spec.root()
    }

    /// Whether a chain of references was longer than any that is followed.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.get()
    }

    /// The node at the end of a chain of references.
    pub(super) fn resolved(&self, node: Node<'a>) -> Node<'a> {
        let mut node = node;
        for _ in 0..CHAIN {
            match self.target(node) {
                Some(target) => node = target,
                None => return node,
            }
        }
        self.cut.set(true);
        node
    }

    /// The value of a key, with references followed; nothing where it is `null`.
    pub(super) fn get(&self, node: Node<'a>, key: &str) -> Option<Node<'a>> {
        node.get(key).filter(|value| !value.is_null()).map(|value| self.resolved(value))
    }

    fn target(&self, node: Node<'a>) -> Option<Node<'a>> {
        reference(node).and_then(|_| self.spec.target(node))
    }

    /// The schema that stands at a node.
    pub(super) fn schema(&self, node: Node<'a>) -> Schema<'a> {
        let mut layers = Vec::with_capacity(1);
        let mut node = node;
        for link in 0..=CHAIN {
            if reference(node).is_none() {
                layers.push(node);
                break;
            }
            if self.siblings {
                layers.push(node);
            }
            match self.spec.target(node) {
                Some(target) => node = target,
                None => break,
            }
            if link == CHAIN {
                self.cut.set(true);
            }
        }
        Schema { layers, masked: &[], required: OnceCell::new() }
    }
}

/// What a node refers to by `$ref`.
pub(super) fn reference(node: Node<'_>) -> Option<String> {
    node.get("$ref").filter(|value| value.kind() == Kind::String).map(text).filter(|text| !text.is_empty())
}

/// The keywords of a schema.
#[derive(Debug, Clone, Default)]
pub(super) struct Schema<'a> {
    /// What stands first wins; all but the last are references.
    layers: Vec<Node<'a>>,
    masked: &'static [&'static str],
    /// The properties that are required, once somebody asked for one.
    required: OnceCell<HashSet<String>>,
}

impl<'a> Schema<'a> {
    /// The schema without some keywords.
    pub(super) fn without(&self, masked: &'static [&'static str]) -> Self {
        Self { layers: self.layers.clone(), masked, required: OnceCell::new() }
    }

    /// Whether two small schemas have the same text, and refer to nothing.
    pub(super) fn reads_like(&self, other: &Self) -> bool {
        let own = |schema: &Self| {
            let mut layers = schema.layers.iter().copied();
            let only = layers.find(|layer| layer.len() != 1 || reference(*layer).is_none());
            only.filter(|_| layers.next().is_none() && schema.masked.is_empty())
        };
        own(self).zip(own(other)).is_some_and(|(own, other)| {
            own.raw().len() < SMALL && own.same_text(other) && !own.raw().contains('$')
        })
    }

    /// The value of a keyword; nothing where it is `null`.
    pub(super) fn get(&self, keyword: &str) -> Option<Node<'a>> {
        if self.masked.contains(&keyword) {
            return None;
        }
        self.layers.iter().find_map(|layer| layer.get(keyword)).filter(|value| !value.is_null())
    }

    /// The value of a keyword that holds one schema.
    pub(super) fn single(&self, keyword: &str) -> Option<Node<'a>> {
        let both = matches!(keyword, "additionalProperties" | "unevaluatedItems" | "unevaluatedProperties");
        self.get(keyword).filter(|node| node.is_object() || (!both && node.kind() == Kind::Boolean))
    }

    /// The schemas of a keyword that holds a list of them.
    pub(super) fn list(&self, keyword: &str) -> Vec<Node<'a>> {
        let is_schema = |node: &Node<'a>| node.is_object() || node.kind() == Kind::Boolean;
        self.get(keyword).into_iter().flat_map(Node::items).filter(is_schema).collect()
    }

    /// The entries of a keyword that holds an object.
    pub(super) fn map(&self, keyword: &str) -> Vec<(String, Node<'a>)> {
        let entries = self.get(keyword).into_iter().flat_map(Node::entries);
        entries.map(|entry| (entry.name().into_owned(), entry.value)).collect()
    }

    /// The schema of a property.
    pub(super) fn property(&self, name: &str) -> Option<Node<'a>> {
        self.get("properties")?.get(name)
    }

    pub(super) fn text(&self, keyword: &str) -> String {
        self.get(keyword).map(text).unwrap_or_default()
    }

    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.get(keyword).and_then(Node::as_bool) == Some(true)
    }

    pub(super) fn any(&self, keyword: &str) -> Value<'a> {
        Value::of(self.get(keyword))
    }

    /// The boolean of a keyword that can hold a schema or a boolean.
    pub(super) fn allowed(&self, keyword: &str) -> Value<'a> {
        self.get(keyword).and_then(Node::as_bool).map_or(Value::Absent, Value::Flag)
    }

    /// A number that counts something.
    pub(super) fn count(&self, keyword: &str) -> Option<u64> {
        let token = self.get(keyword)?.as_number()?;
        token.parse().ok().or_else(|| whole(token.parse().ok()?))
    }

    pub(super) fn number(&self, keyword: &str) -> Value<'a> {
        let number = self.any(keyword);
        if matches!(number, Value::Number(_)) { number } else { Value::Absent }
    }

    /// The texts of a keyword that holds a list of them, or one of them.
    pub(super) fn texts(&self, keyword: &str) -> Vec<String> {
        self.get(keyword).map(texts).unwrap_or_default()
    }

    pub(super) fn types(&self) -> Vec<String> {
        self.texts("type")
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.get_or_init(|| self.texts("required").into_iter().collect()).contains(name)
    }

    /// The values of `enum`; nothing where there is none.
    pub(super) fn values(&self) -> Option<Vec<Node<'a>>> {
        self.get("enum").filter(|node| node.is_array()).map(|node| node.items().collect())
    }

    /// Keywords that neither OpenAPI nor JSON Schema define, such as `x-sunset`.
    pub(super) fn extensions(&self) -> Option<Node<'a>> {
        self.layers.last().copied().filter(|node| reference(*node).is_none())
    }

    /// Whether this is the schema `false`, which nothing satisfies.
    pub(super) fn is_never(&self) -> bool {
        self.layers.last().is_some_and(|node| node.as_bool() == Some(false))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value was checked before")]
fn whole(number: f64) -> Option<u64> {
    ((0.0..1e18).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// A string, or the strings in an array.
pub(super) fn texts(node: Node<'_>) -> Vec<String> {
    match node.kind() {
        Kind::String => vec![text(node)],
        Kind::Array => node.items().filter(|item| item.kind() == Kind::String).map(text).collect(),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::Object => Vec::new(),
    }
}
