//! The comparison of two schemas, keyword by keyword.

use super::difference::{Difference, MapDifference};
use super::schema::{Schema, Side, reference};
use super::shallow::shallow;
use super::transition;
use crate::spec::Node;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Schemas inside schemas; a deeper nesting is refused.
const DEPTH: usize = 180;
/// Pairs of schemas that one run compares or walks over; more are refused.
const STEPS: usize = 300_000;
/// Pairs of members of two lists that are held against each other; more are refused.
const LOOKS: usize = 10_000_000;

pub(super) const SINGLES: &[&str] = &[
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
pub(super) const LISTS: &[&str] = &["oneOf", "anyOf", "allOf", "prefixItems"];
pub(super) const MAPS: &[&str] = &["properties", "patternProperties", "dependentSchemas", "$defs"];

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
    looks: Cell<usize>,
    /// Why the documents cannot be compared.
    pub(super) refused: Option<&'static str>,
}

/// Looks that it costs to compare two schemas.
pub(super) const COMPARISON: usize = 1000;
/// Looks that it costs to read a schema.
pub(super) const READING: usize = 100;

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
            looks: Cell::new(LOOKS),
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

    /// Pay for so many looks; false where there were too many, and the run is refused.
    pub(super) fn affords(&self, looks: usize) -> bool {
        let left = self.looks.get();
        self.looks.set(left.saturating_sub(looks));
        left > looks
    }

    /// Why the documents cannot be compared, if that is so.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        let long = self.base.is_cut() || self.head.is_cut();
        let chain = long.then_some("references that lead from one to the next without end");
        let lists =
            (self.looks.get() == 0).then_some("lists that are too long to be held against each other");
        self.refused.or(chain).or(lists)
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
        let found = self.unknown(base, head);
        self.state.known.insert(key, found.clone());
        found
    }

    // Schemas nest deeply and the stack is small: what recurs keeps its values on the heap, and what needs room
    // of its own does not recur.

    fn unknown(&mut self, base: Node<'a>, head: Node<'a>) -> Option<Rc<Difference<'a>>> {
        let mut work = self.begin(base, head);
        if !work.is_done {
            let schemas = work.found.schemas.take()?;
            self.keywords(&schemas, &mut work.found);
            work.found.schemas = Some(schemas);
            self.end(&work);
        }
        (!work.found.is_empty()).then(|| Rc::from(work.found))
    }

    #[inline(never)]
    fn begin(&mut self, base: Node<'a>, head: Node<'a>) -> Box<Work<'a>> {
        let references = (reference(base), reference(head));
        let is_open = |open: &HashSet<String>, name: &Option<String>| {
            name.as_ref().is_some_and(|name| open.contains(name))
        };
        let base_open = is_open(&self.state.open_base, &references.0);
        let head_open = is_open(&self.state.open_head, &references.1);
        let is_done = base_open || head_open;
        let found = Difference {
            circular: is_done && (base_open != head_open || references.0 != references.1),
            places: (Some(base), Some(head)),
            schemas: Some((self.base.schema(base), self.head.schema(head))),
            ..Difference::default()
        };
        if !is_done {
            self.state.open_base.extend(references.0.clone());
            self.state.open_head.extend(references.1.clone());
        }
        Box::new(Work { found: Box::new(found), references, is_done })
    }

    #[inline(never)]
    fn end(&mut self, work: &Work<'a>) {
        if let Some(name) = &work.references.0 {
            self.state.open_base.remove(name);
        }
        if let Some(name) = &work.references.1 {
            self.state.open_head.remove(name);
        }
    }

    fn keywords(&mut self, schemas: &(Schema<'a>, Schema<'a>), found: &mut Difference<'a>) {
        if !self.step() {
            return;
        }
        if self.depth >= DEPTH {
            self.refused = Some("schemas that are nested too deep");
            return;
        }
        if schemas.0.reads_like(&schemas.1) {
            return;
        }
        self.depth += 1;
        shallow(&schemas.0, &schemas.1, found);
        for keyword in LISTS {
            self.list(keyword, schemas, found);
        }
        for child in children(schemas, found) {
            let below = self.difference(child.base, child.head);
            store(&child, below, found);
        }
        found.transitions = transition::between(self, &schemas.0, &schemas.1);
        self.depth -= 1;
    }

    fn list(
        &mut self,
        keyword: &'static str,
        schemas: &(Schema<'a>, Schema<'a>),
        found: &mut Difference<'a>,
    ) {
        let (base, head) = (schemas.0.list(keyword), schemas.1.list(keyword));
        if !base.is_empty() || !head.is_empty() {
            let list = self.branches(&base, &head);
            if !list.is_empty() {
                found.lists.push((keyword, list));
            }
        }
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
        let mut found = Box::<Difference<'a>>::default();
        self.keywords(&(base.schema.clone(), head.schema.clone()), &mut found);
        self.state = outer;
        self.refused.is_none() && !found.changes_validation()
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

/// A comparison that goes on.
struct Work<'a> {
    found: Box<Difference<'a>>,
    references: (Option<String>, Option<String>),
    /// Whether a cycle is closed here.
    is_done: bool,
}

/// A schema inside of two schemas.
struct Child<'a> {
    keyword: &'static str,
    /// The name under the keyword, where it holds several schemas.
    name: Option<String>,
    base: Option<Node<'a>>,
    head: Option<Node<'a>>,
}

/// The schemas that both schemas hold under the same keyword and name; others are told as added or deleted.
#[inline(never)]
fn children<'a>(schemas: &(Schema<'a>, Schema<'a>), found: &mut Difference<'a>) -> Vec<Child<'a>> {
    let (base, head) = schemas;
    let single = |keyword: &&'static str| {
        let (base, head) = (base.single(keyword), head.single(keyword));
        (base.is_some() || head.is_some()).then_some(Child { keyword, name: None, base, head })
    };
    let mut children: Vec<Child<'a>> = SINGLES.iter().filter_map(single).collect();
    for keyword in MAPS {
        let (old, new) = (base.map(keyword), head.map(keyword));
        let mut map = MapDifference::default();
        let missing = |from: &[(String, Node<'a>)], other: &[(String, Node<'a>)]| -> Vec<String> {
            let names: HashSet<&String> = other.iter().map(|(name, _)| name).collect();
            from.iter().filter(|(name, _)| !names.contains(name)).map(|(name, _)| name.clone()).collect()
        };
        map.added = missing(&new, &old);
        map.deleted = missing(&old, &new);
        if !map.is_empty() {
            found.maps.push((keyword, map));
        }
        let new: HashMap<String, Node<'a>> = new.into_iter().collect();
        children.extend(old.into_iter().filter_map(|(name, base)| {
            let head = Some(*new.get(&name)?);
            Some(Child { keyword, name: Some(name), base: Some(base), head })
        }));
    }
    children
}

/// Keep what differs between two children.
#[inline(never)]
fn store<'a>(child: &Child<'a>, below: Option<Rc<Difference<'a>>>, found: &mut Difference<'a>) {
    let Some(below) = below else { return };
    let Some(name) = &child.name else {
        found.singles.push((child.keyword, below));
        return;
    };
    let entry = (name.clone(), Some(below));
    match found.maps.iter_mut().find(|(keyword, _)| *keyword == child.keyword) {
        Some((_, map)) => map.modified.push(entry),
        None => {
            let map = MapDifference { modified: vec![entry], ..MapDifference::default() };
            found.maps.push((child.keyword, map));
        }
    }
}
