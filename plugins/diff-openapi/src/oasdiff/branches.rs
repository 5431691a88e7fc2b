//! Schemas in a list (`oneOf`, `anyOf`, `allOf`, `prefixItems`): references are matched by their target's
//! name, others by content, then by title.

use super::difference::{Branch, ListDifference};
use super::engine::{COMPARISON, Engine, READING};
use super::schema::{Side, reference};
use super::value::Value;
use crate::spec::Node;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Schemas inside schemas that are looked at to find those that may be the same.
const DEPTH: usize = 3;

impl<'a> Engine<'_, 'a> {
    /// What differs between two lists of schemas.
    pub(super) fn branches(&mut self, base: &[Node<'a>], head: &[Node<'a>]) -> ListDifference<'a> {
        if base.is_empty() && head.is_empty() {
            return ListDifference::default();
        }
        let mut found = self.referred(base, head);
        let inline = self.inline(base, head);
        found.added.extend(inline.added);
        found.deleted.extend(inline.deleted);
        found.modified.extend(inline.modified);
        if self.match_inline_refs {
            self.reconcile(&mut found, base, head);
        }
        found
    }

    fn modified(&mut self, found: &mut ListDifference<'a>, base: (usize, Node<'a>), head: (usize, Node<'a>)) {
        if let Some(below) = self.difference(Some(base.1), Some(head.1)) {
            let branch = |side: &Side<'_, 'a>, (index, node): (usize, Node<'a>)| Branch {
                index,
                component: component(node),
                title: side.schema(node).text("title"),
            };
            found.modified.push((branch(&self.base, base), branch(&self.head, head), below));
        }
    }

    /// References with the same text are compared; of several, the first remaining one counts.
    fn referred(&mut self, base: &[Node<'a>], head: &[Node<'a>]) -> ListDifference<'a> {
        let mut found = ListDifference::default();
        let mut targets = by_reference(head);
        for (index, node) in base.iter().enumerate() {
            let Some(name) = reference(*node) else { continue };
            match targets.get_mut(&name).and_then(VecDeque::pop_front) {
                Some(other) => self.modified(&mut found, (index, *node), (other, head[other])),
                None => found.deleted.push(branch(index, *node)),
            }
        }
        let mut targets = by_reference(base);
        for (index, node) in head.iter().enumerate() {
            let Some(name) = reference(*node) else { continue };
            if targets.get_mut(&name).and_then(VecDeque::pop_front).is_none() {
                found.added.push(branch(index, *node));
            }
        }
        found
    }

    fn inline(&mut self, base: &[Node<'a>], head: &[Node<'a>]) -> ListDifference<'a> {
        if !self.affords((base.len() + head.len()) * READING) {
            return ListDifference::default();
        }
        let (mut deleted, mut added) = self.without_twin(base, head);
        let mut found = ListDifference::default();
        let titled = self.by_title(base, head, &deleted, &added);
        let (olds, news): (HashSet<usize>, HashSet<usize>) = titled.iter().copied().unzip();
        for (old, new) in titled {
            self.modified(&mut found, (old, base[old]), (new, head[new]));
        }
        deleted.retain(|index| !olds.contains(index));
        added.retain(|index| !news.contains(index));
        let untitled = |title: String| title.is_empty();
        if let ([old], [new]) = (deleted.as_slice(), added.as_slice())
            && untitled(self.base.schema(base[*old]).text("title"))
            && untitled(self.head.schema(head[*new]).text("title"))
        {
            self.modified(&mut found, (*old, base[*old]), (*new, head[*new]));
            (deleted, added) = (Vec::new(), Vec::new());
        }
        let branches = |side: &Side<'_, 'a>, indices: &[usize], nodes: &[Node<'a>]| {
            let title = |index: usize| side.schema(nodes[index]).text("title");
            let branch =
                |index: &usize| Branch { index: *index, component: String::new(), title: title(*index) };
            indices.iter().map(branch).collect()
        };
        found.added = branches(&self.head, &added, head);
        found.deleted = branches(&self.base, &deleted, base);
        found
    }

    /// The inline schemas of each list that have no equal one in the other.
    fn without_twin(&mut self, base: &[Node<'a>], head: &[Node<'a>]) -> (Vec<usize>, Vec<usize>) {
        let inline = |nodes: &[Node<'a>]| -> Vec<usize> {
            (0..nodes.len()).filter(|index| reference(nodes[*index]).is_none()).collect()
        };
        let (old, new) = (inline(base), inline(head));
        let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
        for index in &new {
            alike.entry(likeness(&self.head, head[*index], DEPTH)).or_default().push(*index);
        }
        let mut deleted = Vec::new();
        let mut matched = HashSet::new();
        for index in &old {
            let like = alike.get(&likeness(&self.base, base[*index], DEPTH)).into_iter().flatten();
            let mut open = like.filter(|other| !matched.contains(*other));
            let twin = open.find(|other| {
                self.affords(COMPARISON) && self.difference(Some(base[*index]), Some(head[**other])).is_none()
            });
            match twin {
                Some(twin) => {
                    let twin = *twin;
                    matched.insert(twin);
                }
                None => deleted.push(*index),
            }
        }
        let added = new.into_iter().filter(|index| !matched.contains(index)).collect();
        (deleted, added)
    }

    fn by_title(
        &self,
        base: &[Node<'a>],
        head: &[Node<'a>],
        deleted: &[usize],
        added: &[usize],
    ) -> Vec<(usize, usize)> {
        let mut first: HashMap<String, usize> = HashMap::new();
        for old in deleted {
            first.entry(self.base.schema(base[*old]).text("title")).or_insert(*old);
        }
        let mut matched = HashSet::from([String::new()]);
        let mut pairs = Vec::new();
        for new in added {
            let title = self.head.schema(head[*new]).text("title");
            if matched.contains(&title) {
                continue;
            }
            if let Some(old) = first.get(&title) {
                pairs.push((*old, *new));
                matched.insert(title);
            }
        }
        pairs
    }

    /// A schema that became a reference to an equal one, or the other way round, is no change.
    fn reconcile(&mut self, found: &mut ListDifference<'a>, base: &[Node<'a>], head: &[Node<'a>]) {
        let mut kept = Vec::new();
        for old in std::mem::take(&mut found.deleted) {
            let node = base[old.index];
            if !self.affords(found.added.len()) {
                return;
            }
            let twin = found.added.iter().position(|new| {
                let other = head[new.index];
                reference(node).is_none() != reference(other).is_none() && self.equivalent(node, other)
            });
            match twin {
                Some(twin) => {
                    found.added.remove(twin);
                }
                None => kept.push(old),
            }
        }
        found.deleted = kept;
    }
}

/// A text that is equal for schemas between which there is no difference.
fn likeness<'a>(side: &Side<'_, 'a>, node: Node<'a>, depth: usize) -> String {
    if depth == 0 || reference(node).is_some() {
        return String::new();
    }
    let schema = side.schema(node);
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words.dedup();
        words
    };
    let values = schema.values().unwrap_or_default();
    let values = values.into_iter().map(|value| Value::of(Some(value)).likeness().1).collect();
    let properties: BTreeMap<String, String> = schema
        .map("properties")
        .into_iter()
        .map(|(name, node)| {
            let inside = likeness(side, node, depth - 1);
            (name, inside)
        })
        .collect();
    let texts = ["title", "format", "pattern", "description"].map(|keyword| schema.text(keyword));
    let bounds = ["const", "minimum", "maximum"].map(|keyword| schema.any(keyword).likeness());
    let lists = [sorted(schema.types()), sorted(schema.texts("required")), sorted(values)];
    format!("{texts:?}{bounds:?}{lists:?}{properties:?}")
}

fn branch(index: usize, node: Node<'_>) -> Branch {
    Branch { index, component: component(node), title: String::new() }
}

fn component(node: Node<'_>) -> String {
    let name = reference(node).unwrap_or_default();
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

fn by_reference(nodes: &[Node<'_>]) -> HashMap<String, VecDeque<usize>> {
    let mut found: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        if let Some(name) = reference(*node) {
            found.entry(name).or_default().push_back(index);
        }
    }
    found
}
