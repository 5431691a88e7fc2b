//! The places of a difference that rules look at: modified schemas, and properties on one side only.

use super::difference::Difference;
use super::engine::Engine;
use super::schema::Schema;
use crate::spec::Node;
use std::rc::Rc;

/// Places below one body or parameter; more are refused, since they are kept in memory.
const PLACES: usize = 100_000;

/// A place, with its path as messages name it.
pub(super) struct Step<'a> {
    /// The path of what holds the property, or of the schema itself where it is no property.
    path: String,
    /// The name of the property; empty where the schema is none.
    pub(super) name: String,
    pub(super) parent: Rc<Difference<'a>>,
    pub(super) found: Found<'a>,
}

/// What stands at a place.
pub(super) enum Found<'a> {
    Modified(Rc<Difference<'a>>),
    Added(Node<'a>, Schema<'a>),
    Deleted(Node<'a>, Schema<'a>),
}

impl Step<'_> {
    /// The full name of the place.
    pub(super) fn full_name(&self) -> String {
        full_name(&self.path, &self.name)
    }

    /// The full name of a property of the schema at this place.
    pub(super) fn full_name_of(&self, property: &str) -> String {
        full_name(&self.path, &full_name(&self.name, property))
    }
}

fn full_name(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// Every place below a difference.
pub(super) fn steps<'a>(engine: &mut Engine<'_, 'a>, root: &Rc<Difference<'a>>) -> Vec<Step<'a>> {
    let mut walk = Walk { engine, steps: Vec::new() };
    walk.below("", root);
    walk.steps
}

struct Walk<'e, 'c, 'a> {
    engine: &'e mut Engine<'c, 'a>,
    steps: Vec<Step<'a>>,
}

impl<'a> Walk<'_, '_, 'a> {
    fn modified(
        &mut self,
        path: &str,
        name: &str,
        parent: &Rc<Difference<'a>>,
        difference: &Rc<Difference<'a>>,
    ) {
        if self.steps.len() > PLACES {
            self.engine.refused = Some("schemas that unfold into too many places");
        }
        if !self.engine.step() {
            return;
        }
        // A schema on one side only is nothing that was modified.
        if difference.schemas.is_some() {
            self.push(path, name, parent, Found::Modified(Rc::clone(difference)));
        }
        let path = if name.is_empty() { path.to_owned() } else { full_name(path, name) };
        self.below(&path, difference);
    }

    fn push(&mut self, path: &str, name: &str, parent: &Rc<Difference<'a>>, found: Found<'a>) {
        let parent = Rc::clone(parent);
        self.steps.push(Step { path: path.to_owned(), name: name.to_owned(), parent, found });
    }

    fn below(&mut self, path: &str, parent: &Rc<Difference<'a>>) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            self.list(keyword, path, parent);
        }
        self.single("items", &full_name(path, "items"), parent);
        self.properties(path, parent);
        self.single("additionalProperties", &full_name(path, "additionalProperties"), parent);
        self.list("prefixItems", path, parent);
        let others = [
            "contains",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
            "if",
            "then",
            "else",
            "not",
            "contentSchema",
        ];
        for keyword in others {
            self.single(keyword, &format!("{path}/{keyword}"), parent);
        }
        for keyword in ["patternProperties", "dependentSchemas"] {
            for (name, difference) in parent.map(keyword).into_iter().flat_map(|map| &map.modified) {
                if let Some(difference) = difference {
                    self.modified(&format!("{path}/{keyword}[{name}]"), "", parent, difference);
                }
            }
        }
    }

    fn single(&mut self, keyword: &str, path: &str, parent: &Rc<Difference<'a>>) {
        if let Some(difference) = parent.single(keyword) {
            self.modified(path, "", parent, difference);
        }
    }

    fn list(&mut self, keyword: &str, path: &str, parent: &Rc<Difference<'a>>) {
        for (base, head, difference) in parent.list(keyword).into_iter().flat_map(|list| &list.modified) {
            let (old, new) = (base.shown(), head.shown());
            let name = if old == new { old } else { format!("{old} -> {new}") };
            let segment = format!("{keyword}[{name}]");
            let rooted = keyword == "prefixItems";
            let path = if rooted { format!("{path}/{segment}") } else { full_name(path, &segment) };
            self.modified(&path, "", parent, difference);
        }
    }

    fn properties(&mut self, path: &str, parent: &Rc<Difference<'a>>) {
        let (Some(map), Some((base, head))) = (parent.map("properties"), &parent.schemas) else { return };
        for name in &map.added {
            if let Some(node) = head.property(name) {
                let schema = self.engine.head.schema(node);
                self.push(path, name, parent, Found::Added(node, schema));
            }
        }
        for name in &map.deleted {
            if let Some(node) = base.property(name) {
                let schema = self.engine.base.schema(node);
                self.push(path, name, parent, Found::Deleted(node, schema));
            }
        }
        for (name, difference) in &map.modified {
            if let Some(difference) = difference {
                self.modified(path, name, parent, difference);
            }
        }
    }
}
