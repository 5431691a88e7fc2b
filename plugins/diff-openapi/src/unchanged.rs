//! What need not be compared: text that is the same in both documents and refers only to text that is.
//!
//! Most of two documents is equal, so that this decides how long a comparison takes.

use crate::spec::{Node, Spec, component_reference};
use std::collections::HashMap;
use std::ops::Range;

/// What refers, in the base document, to something else than a component that is the same in both documents, with all
/// that it refers to.
#[derive(Debug, Default)]
pub(crate) struct Unchanged {
    /// The ids of these references, ascending.
    unsure: Vec<u32>,
    /// Whether equal text is recognized at all; tests of the comparison itself turn it off.
    enabled: bool,
}

impl Unchanged {
    /// Find the references that lead to what is the same in both documents.
    pub(crate) fn between(base: &Spec<'_>, head: &Spec<'_>) -> Self {
        let document = base.root().document();
        let components = Components::of(base, head);
        let references: Vec<Reference> =
            document.values_of("$ref").into_iter().map(|node| components.reference(node)).collect();
        let dynamic = document.values_of("$dynamicRef").into_iter().map(|node| components.unsure(node));
        let mut references: Vec<Reference> = references.into_iter().chain(dynamic).collect();
        references.sort_unstable_by_key(|reference| reference.id);
        let same = components.closed(&references);
        let is_unsure = |reference: &&Reference| !reference.target.is_some_and(|target| same[target]);
        Self {
            unsure: references.iter().filter(is_unsure).map(|reference| reference.id).collect(),
            enabled: true,
        }
    }

    /// Whether two nodes have the same text, and all that they refer to is the same too.
    pub(crate) fn holds(&self, base: Node<'_>, head: Node<'_>) -> bool {
        self.enabled && self.is_sure(base.ids()) && base.same_text(head)
    }

    /// Whether no unsure reference stands in a range of the base document.
    fn is_sure(&self, ids: Range<u32>) -> bool {
        let next = self.unsure.partition_point(|id| *id < ids.start);
        self.unsure.get(next).is_none_or(|id| *id >= ids.end)
    }
}

/// A reference in the base document; components by their number.
#[derive(Debug)]
struct Reference {
    id: u32,
    /// The component that it stands in, if any.
    within: Option<usize>,
    /// The component that it leads to, if it leads to one as a whole.
    target: Option<usize>,
}

/// The components of the base document.
#[derive(Default)]
struct Components {
    numbers: HashMap<String, usize>,
    /// Ascending, as components stand in a text.
    ranges: Vec<Range<u32>>,
    /// Whether the other document has the same text under the same name.
    same: Vec<bool>,
}

impl Components {
    fn of(base: &Spec<'_>, head: &Spec<'_>) -> Self {
        let mut components = Self::default();
        let other = head.root().get("components");
        for section in base.root().get("components").into_iter().flat_map(Node::entries) {
            let other = other.and_then(|other| other.get(&section.name()));
            for entry in section.value.entries() {
                let twin = other.and_then(|other| other.get(&entry.name()));
                let reference = component_reference(&section.name(), &entry.name());
                components.numbers.insert(reference, components.ranges.len());
                components.ranges.push(entry.value.ids());
                components.same.push(twin.is_some_and(|twin| twin.same_text(entry.value)));
            }
        }
        components
    }

    fn reference(&self, node: Node<'_>) -> Reference {
        let target = node.as_str().and_then(|text| self.numbers.get(text.as_ref()).copied());
        Reference { target, ..self.unsure(node) }
    }

    /// A reference whose target cannot be told without following it.
    fn unsure(&self, node: Node<'_>) -> Reference {
        let next = self.ranges.partition_point(|range| range.end <= node.id());
        let within = self.ranges.get(next).filter(|range| range.contains(&node.id())).map(|_| next);
        Reference { id: node.id(), within, target: None }
    }

    /// The greatest set of components that are the same and refer to members of the set only.
    fn closed(&self, references: &[Reference]) -> Vec<bool> {
        let mut same = self.same.clone();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); same.len()];
        for reference in references {
            match (reference.target, reference.within) {
                (Some(target), Some(within)) => users[target].push(within),
                (None, Some(within)) => same[within] = false,
                (_, None) => {}
            }
        }
        let mut gone: Vec<usize> = (0..same.len()).filter(|component| !same[*component]).collect();
        while let Some(component) = gone.pop() {
            for user in std::mem::take(&mut users[component]) {
                if std::mem::replace(&mut same[user], false) {
                    gone.push(user);
                }
            }
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_document::{Document, Entry};

    /// Which components of a document are found unchanged against another.
    fn unchanged(base: &str, head: &str) -> Vec<String> {
        let parsed = [base, head].map(|schemas| format!(r#"{{"components": {{"schemas": {schemas}}}}}"#));
        let [base, head] =
            [&parsed[0], &parsed[1]].map(|text| Document::parse_json(text.as_bytes()).unwrap());
        let (base, head) = (Spec::new(base.root()), Spec::new(head.root()));
        let unchanged = Unchanged::between(&base, &head);
        fn schemas<'a>(spec: &Spec<'a>) -> Node<'a> {
            spec.root().resolve("/components/schemas").unwrap()
        }
        let entries = schemas(&base).entries();
        let twin = |entry: &Entry<'_>| schemas(&head).get(&entry.name()).unwrap();
        let held = entries.filter(|entry| unchanged.holds(entry.value, twin(entry)));
        held.map(|entry| entry.name().into_owned()).collect()
    }

    #[test]
    fn a_component_that_refers_to_a_changed_one_is_not_unchanged() {
        let schemas = |changed: &str| {
            let refer = |name: &str| format!(r##"{{"$ref": "#/components/schemas/{name}"}}"##);
            let [b, c, d, x] = ["b", "c", "d", "x"].map(refer);
            format!(
                r#"{{"a": {b}, "b": {{"not": {x}}}, "c": {d}, "d": [{c}], "x": {{"type": "{changed}"}}}}"#
            )
        };
        assert_eq!(unchanged(&schemas("string"), &schemas("number")), ["c", "d"]);
        assert_eq!(unchanged(&schemas("string"), &schemas("string")).len(), 5);
    }

    #[test]
    fn what_a_reference_leads_to_is_known_or_nothing_is_assumed() {
        for unsure in [
            r##"{"$dynamicRef": "#a"}"##,
            r##"{"properties": {"$ref": {"type": "string"}}}"##,
            r##"{"$ref": "other.yaml#/a"}"##,
            r##"{"$ref": "#/components/schemas/plain/items"}"##,
            r##"{"\u0024ref": "#/nowhere"}"##,
        ] {
            let schemas = format!(r#"{{"plain": {{"enum": ["$ref"]}}, "unsure": {unsure}}}"#);
            assert_eq!(unchanged(&schemas, &schemas), ["plain"], "{unsure}");
        }
    }

    #[test]
    fn an_escaped_name_is_found() {
        let schemas = r##"{"a/b~c": {"type": "string"}, "user": {"$ref": "#/components/schemas/a~1b~0c"}}"##;
        assert_eq!(unchanged(schemas, schemas), ["a/b~c", "user"]);
    }
}
