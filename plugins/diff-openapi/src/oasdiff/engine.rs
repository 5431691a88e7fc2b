//! The comparison of two schemas, keyword by keyword.

use super::difference::{Dependents, Difference, Discriminator, EnumDifference, MapDifference, Names};
use super::schema::{Schema, Side, reference, texts};
use super::transition;
use super::value::{Value, text};
use crate::spec::Node;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Schemas inside schemas; a deeper nesting is refused.
const DEPTH: usize = 160;
/// Pairs of schemas that one run compares or walks over; more are refused.
const STEPS: usize = 3_000_000;

const TEXTS: &[&str] = &[
    "title",
    "format",
    "description",
    "pattern",
    "contentMediaType",
    "contentEncoding",
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$schema",
    "$comment",
];
const FLAGS: &[&str] = &["uniqueItems", "nullable", "readOnly", "writeOnly", "allowEmptyValue", "deprecated"];
const NUMBERS: &[&str] = &["minimum", "maximum", "multipleOf"];
/// Counts that are 0 where they are absent.
const COUNTS: &[&str] = &["minLength", "minItems", "minProperties"];
const LIMITS: &[&str] = &["maxLength", "maxItems", "maxProperties", "minContains", "maxContains"];
const ANY: &[&str] = &[
    "default",
    "example",
    "examples",
    "const",
    "xml",
    "externalDocs",
    "exclusiveMinimum",
    "exclusiveMaximum",
];
const ALLOWED: &[&str] = &["additionalProperties", "unevaluatedItems", "unevaluatedProperties"];
const SINGLES: &[&str] = &[
    "not",
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
    "contentSchema",
];
const LISTS: &[&str] = &["oneOf", "anyOf", "allOf", "prefixItems"];
const MAPS: &[&str] = &["properties", "patternProperties", "dependentSchemas", "$defs"];
const OTHERS: &[&str] = &["type", "enum", "required", "discriminator", "dependentRequired"];

/// Differences that are known already, by the places of the schemas.
type Known<'a> = HashMap<(u32, u32), Option<Rc<Difference<'a>>>>;

/// Compares schemas.
pub(super) struct Engine<'c, 'a> {
    pub(super) base: Side<'c, 'a>,
    pub(super) head: Side<'c, 'a>,
    /// Whether a schema and a reference to an equal one are the same branch of a choice.
    pub(super) match_inline_refs: bool,
    state: State<'a>,
    equivalent: HashMap<(u32, u32), bool>,
    depth: usize,
    steps: usize,
    /// Why the documents cannot be compared.
    pub(super) refused: Option<&'static str>,
}

/// What a comparison knows: inside a cycle it is told from what is being compared further up.
#[derive(Default)]
struct State<'a> {
    open_base: HashSet<String>,
    open_head: HashSet<String>,
    known: Known<'a>,
}

impl<'c, 'a> Engine<'c, 'a> {
    pub(super) fn new(base: Side<'c, 'a>, head: Side<'c, 'a>, match_inline_refs: bool) -> Self {
        Self {
            base,
            head,
            match_inline_refs,
            state: State::default(),
            equivalent: HashMap::new(),
            depth: 0,
            steps: 0,
            refused: None,
        }
    }

    /// Forget what is known, as for requests and responses.
    pub(super) fn forget(&mut self) {
        self.state = State::default();
    }

    /// Whether the run may go on.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            self.refused = Some("documents whose schemas unfold into too many places");
        }
        self.refused.is_none()
    }

    /// What differs between the schemas at two places, one of which may hold none.
    pub(super) fn difference(
        &mut self,
        base: Option<Node<'a>>,
        head: Option<Node<'a>>,
    ) -> Option<Rc<Difference<'a>>> {
        let (base, head) = match (base, head) {
            (Some(base), Some(head)) => (base, head),
            (None, None) => return None,
            (base, head) => {
                let (added, deleted) = (base.is_none(), head.is_none());
                let places = (base, head);
                return Some(Rc::new(Difference { added, deleted, places, ..Difference::default() }));
            }
        };
        let key = (base.id(), head.id());
        if let Some(known) = self.state.known.get(&key) {
            return known.clone();
        }
        let found = self.unknown(base, head).filter(|difference| !difference.is_empty()).map(Rc::new);
        self.state.known.insert(key, found.clone());
        found
    }

    fn unknown(&mut self, base: Node<'a>, head: Node<'a>) -> Option<Difference<'a>> {
        let places = (Some(base), Some(head));
        let (base_ref, head_ref) = (reference(base), reference(head));
        let schemas = (self.base.schema(base), self.head.schema(head));
        let open = |open: &HashSet<String>, name: &Option<String>| {
            name.as_ref().is_some_and(|name| open.contains(name))
        };
        let (base_open, head_open) =
            (open(&self.state.open_base, &base_ref), open(&self.state.open_head, &head_ref));
        if base_open || head_open {
            let circular = base_open != head_open || base_ref != head_ref;
            return Some(Difference { circular, places, schemas: Some(schemas), ..Difference::default() });
        }
        self.state.open_base.extend(base_ref.clone());
        self.state.open_head.extend(head_ref.clone());
        let found = self.keywords(&schemas.0, &schemas.1);
        if let Some(name) = base_ref {
            self.state.open_base.remove(&name);
        }
        if let Some(name) = head_ref {
            self.state.open_head.remove(&name);
        }
        Some(Difference { places, schemas: Some(schemas), ..found? })
    }

    fn keywords(&mut self, base: &Schema<'a>, head: &Schema<'a>) -> Option<Difference<'a>> {
        if !self.step() {
            return None;
        }
        if self.depth >= DEPTH {
            self.refused = Some("schemas that are nested more than 160 times");
            return None;
        }
        self.depth += 1;
        let mut found = shallow(base, head);
        self.below(base, head, &mut found);
        found.transitions = transition::between(self, base, head);
        self.depth -= 1;
        Some(found)
    }

    fn below(&mut self, base: &Schema<'a>, head: &Schema<'a>, found: &mut Difference<'a>) {
        for keyword in LISTS {
            let list = self.branches(&base.list(keyword), &head.list(keyword));
            if !list.is_empty() {
                found.lists.push((keyword, list));
            }
        }
        for keyword in SINGLES {
            if let Some(below) = self.difference(base.single(keyword), head.single(keyword)) {
                found.singles.push((keyword, below));
            }
        }
        for keyword in MAPS {
            let map = self.schemas_by_name(&base.map(keyword), &head.map(keyword));
            if !map.is_empty() {
                found.maps.push((keyword, map));
            }
        }
    }

    pub(super) fn schemas_by_name(
        &mut self,
        base: &[(String, Node<'a>)],
        head: &[(String, Node<'a>)],
    ) -> MapDifference<'a> {
        let names = |entries: &[(String, Node<'a>)]| entries.iter().map(|(name, _)| name.clone()).collect();
        let (base_names, head_names): (HashSet<String>, HashMap<&String, Node<'a>>) =
            (names(base), head.iter().map(|(name, node)| (name, *node)).collect());
        let mut found = MapDifference::default();
        for (name, node) in base {
            match head_names.get(name) {
                None => found.deleted.push(name.clone()),
                Some(other) => {
                    if let Some(below) = self.difference(Some(*node), Some(*other)) {
                        found.modified.push((name.clone(), Some(below)));
                    }
                }
            }
        }
        let added = head.iter().filter(|(name, _)| !base_names.contains(name));
        found.added.extend(added.map(|(name, _)| name.clone()));
        found
    }

    /// Whether the schemas at two places allow the same values.
    pub(super) fn equivalent(&mut self, base: Node<'a>, head: Node<'a>) -> bool {
        let key = (base.id(), head.id());
        if let Some(known) = self.equivalent.get(&key) {
            return *known;
        }
        let outer = std::mem::take(&mut self.state);
        let changes = self.difference(Some(base), Some(head)).is_some_and(|found| found.changes_validation());
        self.state = outer;
        self.equivalent.insert(key, !changes);
        !changes
    }

    /// Whether two schemas, which references may have led to, allow the same values.
    pub(super) fn equivalent_schemas(&mut self, base: Operand<'_, 'a>, head: Operand<'_, 'a>) -> bool {
        let outer = std::mem::take(&mut self.state);
        self.state.open_base.extend(base.reference);
        self.state.open_head.extend(head.reference);
        let changes = self.keywords(base.schema, head.schema).is_none_or(|found| found.changes_validation());
        self.state = outer;
        !changes
    }

    /// Whether a schema allows everything.
    pub(super) fn allows_everything(&mut self, schema: &Schema<'a>) -> bool {
        let empty = Schema::default();
        self.equivalent_schemas(Operand::inline(&empty), Operand::inline(schema))
    }
}

/// One side of a comparison of schemas that stand at no place of their own.
pub(super) struct Operand<'s, 'a> {
    pub(super) schema: &'s Schema<'a>,
    pub(super) reference: Option<String>,
}

impl<'s, 'a> Operand<'s, 'a> {
    pub(super) fn inline(schema: &'s Schema<'a>) -> Self {
        Self { schema, reference: None }
    }
}

/// What differs between two schemas without the schemas in them.
fn shallow<'a>(base: &Schema<'a>, head: &Schema<'a>) -> Difference<'a> {
    Difference {
        values: values(base, head),
        types: Names::between(&base.types(), &head.types()),
        required: Names::between(&base.texts("required"), &head.texts("required")),
        values_of_enum: enums(base, head),
        extensions: extensions(base.extensions(), head.extensions(), is_keyword),
        discriminator: discriminator(base.get("discriminator"), head.get("discriminator")),
        dependent_required: dependents(base, head),
        ..Difference::default()
    }
}

fn values<'a>(base: &Schema<'a>, head: &Schema<'a>) -> Vec<(&'static str, Value<'a>, Value<'a>)> {
    let mut pairs = Vec::new();
    let mut read = |keywords: &[&'static str], value: &dyn Fn(&Schema<'a>, &str) -> Value<'a>| {
        for keyword in keywords {
            let (old, new) = (value(base, keyword), value(head, keyword));
            if !old.same(&new) {
                pairs.push((*keyword, old, new));
            }
        }
    };
    read(TEXTS, &|schema, keyword| Value::Text(schema.text(keyword)));
    read(FLAGS, &|schema, keyword| Value::Flag(schema.flag(keyword)));
    read(NUMBERS, &Schema::number);
    read(COUNTS, &|schema, keyword| Value::Count(schema.count(keyword).unwrap_or_default()));
    read(LIMITS, &|schema, keyword| schema.count(keyword).map_or(Value::Absent, Value::Count));
    read(ANY, &Schema::any);
    read(ALLOWED, &Schema::allowed);
    read(&["false"], &|schema, _| Value::Flag(schema.is_never()));
    pairs
}

fn enums<'a>(base: &Schema<'a>, head: &Schema<'a>) -> EnumDifference<'a> {
    let (old, new) = (base.values(), head.values());
    let became = old.is_none() && new.is_some();
    let read = |nodes: Option<Vec<Node<'a>>>| -> Vec<Value<'a>> {
        nodes.unwrap_or_default().into_iter().map(|node| Value::of(Some(node))).collect()
    };
    let (old, new) = (read(old), read(new));
    let missing = |from: &[Value<'a>], other: &[Value<'a>]| {
        from.iter().filter(|value| !other.iter().any(|one| one.same(value))).cloned().collect()
    };
    let (added, deleted): (Vec<_>, Vec<_>) = (missing(&new, &old), missing(&old, &new));
    EnumDifference { became: became && !added.is_empty(), added, deleted }
}

/// What differs between the keys of two objects that are not known keywords.
pub(super) fn extensions<'a>(
    base: Option<Node<'a>>,
    head: Option<Node<'a>>,
    known: fn(&str) -> bool,
) -> MapDifference<'a> {
    let mut found = MapDifference::default();
    for entry in base.into_iter().flat_map(Node::entries).filter(|entry| !known(&entry.name())) {
        match head.and_then(|head| head.get(&entry.name())) {
            None => found.deleted.push(entry.name().into_owned()),
            Some(other) if !super::value::same_data(entry.value, other) => {
                found.modified.push((entry.name().into_owned(), None));
            }
            Some(_) => {}
        }
    }
    for entry in head.into_iter().flat_map(Node::entries).filter(|entry| !known(&entry.name())) {
        if base.and_then(|base| base.get(&entry.name())).is_none() {
            found.added.push(entry.name().into_owned());
        }
    }
    found
}

fn is_keyword(name: &str) -> bool {
    [TEXTS, FLAGS, NUMBERS, COUNTS, LIMITS, ANY, ALLOWED, SINGLES, LISTS, MAPS, OTHERS]
        .iter()
        .any(|keywords| keywords.contains(&name))
}

fn discriminator(base: Option<Node<'_>>, head: Option<Node<'_>>) -> Option<Discriminator> {
    let (base, head) = match (base, head) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Discriminator::Added),
        (Some(_), None) => return Some(Discriminator::Deleted),
        (Some(base), Some(head)) => (base, head),
    };
    let name = |node: Node<'_>| node.get("propertyName").map(text).unwrap_or_default();
    let mapping = |node: Node<'_>| -> Vec<(String, String)> {
        let entries = node.get("mapping").into_iter().flat_map(Node::entries);
        entries.map(|entry| (entry.name().into_owned(), text(entry.value))).collect()
    };
    let (old, new) = (mapping(base), mapping(head));
    let keys = |entries: &[(String, String)]| -> Vec<String> {
        entries.iter().map(|(name, _)| name.clone()).collect()
    };
    let target = |name: &str| new.iter().find(|(own, _)| own == name).map(|(_, target)| target.clone());
    let targets = old.iter().filter_map(|(name, from)| {
        target(name).filter(|to| to != from).map(|to| (name.clone(), from.clone(), to))
    });
    let is_known = |name: &str| matches!(name, "propertyName" | "mapping");
    let found = Discriminator::Changed {
        property: Some((name(base), name(head))).filter(|(old, new)| old != new),
        mapping: Names::between(&keys(&old), &keys(&new)),
        targets: targets.collect(),
        extensions: !extensions(Some(base), Some(head), is_known).is_empty(),
    };
    Some(found).filter(|found| !found.is_empty())
}

fn dependents(base: &Schema<'_>, head: &Schema<'_>) -> Vec<(String, Dependents)> {
    let (old, new) = (base.map("dependentRequired"), head.map("dependentRequired"));
    let find = |entries: &[(String, Node<'_>)], name: &str| {
        entries.iter().find(|(own, _)| own == name).map(|(_, names)| texts(*names))
    };
    let mut found = Vec::new();
    for (name, names) in &new {
        let names = texts(*names);
        match find(&old, name) {
            None => found.push((name.clone(), Dependents::Added(names))),
            Some(before) => {
                let changed = Names::between(&before, &names);
                if !changed.is_empty() {
                    found.push((name.clone(), Dependents::Changed(changed)));
                }
            }
        }
    }
    for (name, names) in &old {
        if find(&new, name).is_none() {
            found.push((name.clone(), Dependents::Deleted(texts(*names))));
        }
    }
    found
}
