//! What need not be compared: text that is the same in both documents and refers only to text that is.
//!
//! Most of two documents is equal, so that this decides how long a comparison takes.

use crate::spec::{Node, Spec, component_reference};
use std::collections::{HashMap, HashSet};

/// The components that are the same in both documents, with all that they refer to.
#[derive(Debug, Default)]
pub(crate) struct Unchanged {
    references: HashSet<String>,
    /// Whether equal text is recognized at all; tests of the comparison itself turn it off.
    enabled: bool,
}

impl Unchanged {
    /// Find the components that are the same in both documents.
    pub(crate) fn between(base: &Spec<'_>, head: &Spec<'_>) -> Self {
        let mut candidates: HashMap<String, Vec<String>> = HashMap::new();
        for section in base.root().get("components").into_iter().flat_map(Node::entries) {
            let other = base_section(head, &section.name());
            for entry in section.value.entries() {
                let twin = other.and_then(|other| other.get(&entry.name()));
                let same = twin.is_some_and(|twin| twin.raw() == entry.value.raw());
                if let Some(references) = same.then(|| references(entry.value.raw())).flatten() {
                    candidates.insert(component_reference(&section.name(), &entry.name()), references);
                }
            }
        }
        Self { references: closed(candidates), enabled: true }
    }

    /// Whether two nodes have the same text, and all that they refer to is the same too.
    pub(crate) fn holds(&self, base: Node<'_>, head: Node<'_>) -> bool {
        self.enabled
            && base.raw() == head.raw()
            && references(base.raw())
                .is_some_and(|all| all.iter().all(|reference| self.references.contains(reference)))
    }
}

fn base_section<'a>(spec: &Spec<'a>, section: &str) -> Option<Node<'a>> {
    spec.root().get("components")?.get(section)
}

/// The greatest set of candidates that refer to members of the set only.
fn closed(mut candidates: HashMap<String, Vec<String>>) -> HashSet<String> {
    let mut users: HashMap<String, Vec<String>> = HashMap::new();
    for (name, references) in &candidates {
        for reference in references {
            users.entry(reference.clone()).or_default().push(name.clone());
        }
    }
    let mut gone: Vec<String> =
        users.keys().filter(|name| !candidates.contains_key(*name)).cloned().collect();
    while let Some(name) = gone.pop() {
        for user in users.remove(&name).unwrap_or_default() {
            if candidates.remove(&user).is_some() {
                gone.push(user);
            }
        }
    }
    candidates.into_keys().collect()
}

/// The references in a text; nothing where one cannot be told without following it.
fn references(text: &str) -> Option<Vec<String>> {
    if text.contains("\"$dynamicRef\"") {
        return None;
    }
    text.match_indices("\"$ref\"")
        .map(|(at, key)| {
            let value =
                text[at + key.len()..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            let reference = value.split_once('"')?.0;
            (!reference.contains('\\')).then(|| reference.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_text() {
        assert_eq!(
            references(r##"{"$ref": "#/a", "b":{"$ref":"#/c"}}"##),
            Some(vec!["#/a".into(), "#/c".into()])
        );
        assert_eq!(references(r##"{"$ref":{"type":"string"}}"##), None);
        assert_eq!(references(r##"{"$dynamicRef":"#a"}"##), None);
    }

    #[test]
    fn a_component_that_refers_to_a_changed_one_is_not_unchanged() {
        let candidates = [("a", vec!["b"]), ("b", vec!["changed"]), ("c", vec!["d"]), ("d", vec!["c"])];
        let candidates = candidates.into_iter();
        let closed = closed(
            candidates.map(|(name, to)| (name.into(), to.into_iter().map(str::to_owned).collect())).collect(),
        );
        assert_eq!(closed, HashSet::from(["c".into(), "d".into()]));
    }
}
