//! Whether two values mean the same, whatever their spelling and order.

use crate::number::Decimal;
use crate::schema::is_annotation;
use crate::spec::{Kind, Node, Spec};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Nesting beyond which values count as different, so that the comparison of a hostile document ends.
const DEPTH: usize = 200;
/// References that are followed in a row; a longer chain is a cycle.
const CHAIN: usize = 64;

/// A JSON value as text that is equal for equal values: `1` and `1.0`, `"a"` and `"\u0061"`, objects whose
/// keys stand in another order.
pub(crate) fn literal(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null | Kind::Boolean => node.raw().into(),
        Kind::Number => {
            Decimal::parse(node.raw()).map_or_else(|| node.raw().into(), |number| format!("{number:?}"))
        }
        Kind::String => format!("{:?}", node.as_str().unwrap_or_default()),
        Kind::Array => format!("[{}]", node.items().map(literal).collect::<Vec<_>>().join(",")),
        Kind::Object => {
            let entries: BTreeMap<_, _> =
                node.entries().map(|entry| (entry.name(), literal(entry.value))).collect();
            format!("{entries:?}")
        }
    }
}

/// Whether two schemas, or two values of a keyword that may hold some, say the same: references are followed,
/// annotations and orders without meaning are left out of account.
pub(crate) fn same_value<'a>(
    base: Node<'a>,
    head: Node<'a>,
    base_spec: &Spec<'a>,
    head_spec: &Spec<'a>,
) -> bool {
    Equality { base: base_spec, head: head_spec, assumed: HashSet::new() }.same(
        base,
        head,
        Meaning::Schema,
        0,
    )
}

/// Whether all schemas that dynamic references may stand for say the same in both documents.
pub(crate) fn same_environment<'a>(base: &Spec<'a>, head: &Spec<'a>) -> bool {
    if let Some(known) = base.same_environment.get() {
        return known;
    }
    // While it is being asked, it is: what differs is found by itself.
    base.same_environment.set(Some(true));
    let (old, new) = (base.bindings(), head.bindings());
    let same =
        old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| same_value(*old, *new, base, head));
    base.same_environment.set(Some(same));
    same
}

/// How the keys of an object, or the items of an array, are to be read.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// Keys are keywords.
    Schema,
    /// Keys are names.
    Names,
    /// The order of items says nothing.
    Set,
    /// Data, not schema.
    Data,
}

struct Equality<'c, 'a> {
    base: &'c Spec<'a>,
    head: &'c Spec<'a>,
    /// Pairs that are being compared further up, or were: a cycle is equal unless something in it differs.
    assumed: HashSet<(u32, u32)>,
}

impl<'a> Equality<'_, 'a> {
    fn same(&mut self, base: Node<'a>, head: Node<'a>, meaning: Meaning, depth: usize) -> bool {
        let (base, head) = match meaning {
            Meaning::Schema => (followed(base, self.base), followed(head, self.head)),
            Meaning::Names | Meaning::Set | Meaning::Data => (base, head),
        };
        if depth > DEPTH || base.kind() != head.kind() && !matches!(meaning, Meaning::Set) {
            return false;
        }
        let is_whole = matches!(meaning, Meaning::Set | Meaning::Data);
        let size = if is_whole { base.ids().len() + head.ids().len() } else { 1 };
        if !self.base.affords_equality(size) {
            return false;
        }
        if matches!(meaning, Meaning::Set) {
            return set(base) == set(head);
        }
        match (base.kind(), meaning) {
            (Kind::Object, Meaning::Schema | Meaning::Names) => {
                !self.assumed.insert((base.id(), head.id())) || self.same_entries(base, head, meaning, depth)
            }
            (Kind::Array, Meaning::Schema) => {
                let mut pairs = base.items().zip(head.items());
                base.len() == head.len()
                    && pairs.all(|(base, head)| self.same(base, head, meaning, depth + 1))
            }
            _ => literal(base) == literal(head),
        }
    }

    fn same_entries(&mut self, base: Node<'a>, head: Node<'a>, meaning: Meaning, depth: usize) -> bool {
        // Where dynamic references are bound, definitions may be what they are bound to.
        let binds = !self.base.bound_names().is_empty() || !self.head.bound_names().is_empty();
        let counts =
            |key: &str| matches!(meaning, Meaning::Names) || !is_annotation(key) || binds && key == "$defs";
        let count = |node: Node<'a>| node.entries().filter(|entry| counts(&entry.name())).count();
        count(base) == count(head)
            && base.entries().filter(|entry| counts(&entry.name())).all(|entry| {
                let name = entry.name();
                let below = if matches!(meaning, Meaning::Names) { Meaning::Schema } else { read(&name) };
                if matches!(meaning, Meaning::Schema)
                    && name == "$dynamicRef"
                    && self.base.is_bound_outside(base)
                {
                    return head.get(&name).is_some_and(|other| entry.value.same(other))
                        && same_environment(self.base, self.head);
                }
                if matches!(meaning, Meaning::Schema) && is_reference(&name) {
                    return self.same_targets(base, head, &name, depth);
                }
                head.get(&name).is_some_and(|other| self.same(entry.value, other, below, depth + 1))
            })
    }

    /// Whether references that stand beside other keywords lead to the same.
    fn same_targets(&mut self, base: Node<'a>, head: Node<'a>, keyword: &str, depth: usize) -> bool {
        match (self.base.target(base), self.head.target(head)) {
            (Some(base), Some(head)) => self.same(base, head, Meaning::Schema, depth + 1),
            (None, None) => base.get(keyword).map(literal) == head.get(keyword).map(literal),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// The schema that a reference alone stands for; a reference beside other keywords is one of them.
pub(crate) fn followed<'a>(node: Node<'a>, spec: &Spec<'a>) -> Node<'a> {
    let mut node = node;
    for _ in 0..CHAIN {
        let binds = |name: &str| name == "$defs" && !spec.bound_names().is_empty();
        let says_nothing = |name: &str| is_reference(name) || is_annotation(name) && !binds(name);
        let alone = node.entries().all(|entry| says_nothing(&entry.name()));
        match spec.target(node).filter(|_| alone) {
            Some(target) => node = target,
            None => break,
        }
    }
    node
}

pub(crate) fn is_reference(keyword: &str) -> bool {
    matches!(keyword, "$ref" | "$dynamicRef")
}

/// What stands in a list without order; one value may stand without the list.
pub(crate) fn set(node: Node<'_>) -> BTreeSet<String> {
    if node.is_array() { node.items().map(literal).collect() } else { BTreeSet::from([literal(node)]) }
}

/// How the value of a keyword is to be read.
pub(crate) fn read(keyword: &str) -> Meaning {
    match keyword {
        "properties" | "patternProperties" | "dependentSchemas" | "dependentRequired" | "$defs" => {
            Meaning::Names
        }
        "required" | "enum" | "type" => Meaning::Set,
        "const" | "default" => Meaning::Data,
        _ => Meaning::Schema,
    }
}
