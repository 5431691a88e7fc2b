//! What differs between two schemas: a tree of which the rules read what they are about.

use super::schema::Schema;
use super::value::Value;
use crate::spec::Node;
use std::collections::HashSet;
use std::rc::Rc;

/// The difference of two schemas that stand at the same place.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    /// Whether only the second document has a schema here.
    pub(super) added: bool,
    /// Whether only the first document has a schema here.
    pub(super) deleted: bool,
    /// Whether a cycle is closed here in one of the documents only.
    pub(super) circular: bool,
    /// The schemas, if both documents have one.
    pub(super) schemas: Option<(Schema<'a>, Schema<'a>)>,
    /// Where the schemas stand, or the references to them.
    pub(super) places: (Option<Node<'a>>, Option<Node<'a>>),
    /// Keywords with a value of their own.
    pub(super) values: Vec<(&'static str, Value<'a>, Value<'a>)>,
    pub(super) types: Names,
    pub(super) required: Names,
    pub(super) values_of_enum: EnumDifference<'a>,
    pub(super) extensions: MapDifference<'a>,
    pub(super) discriminator: Option<Discriminator>,
    pub(super) dependent_required: Vec<(String, Dependents)>,
    /// Keywords that hold one schema.
    pub(super) singles: Vec<(&'static str, Rc<Difference<'a>>)>,
    /// Keywords that hold a list of schemas.
    pub(super) lists: Vec<(&'static str, ListDifference<'a>)>,
    /// Keywords that hold schemas by name.
    pub(super) maps: Vec<(&'static str, MapDifference<'a>)>,
    pub(super) transitions: Transitions,
}

/// Names that only one of two lists holds, in the order of the documents.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) added: Vec<String>,
    pub(super) deleted: Vec<String>,
}

/// Values that only one of two `enum`s holds.
#[derive(Debug, Default)]
pub(super) struct EnumDifference<'a> {
    /// Whether only the second schema is restricted to a list of values.
    pub(super) became: bool,
    pub(super) added: Vec<Value<'a>>,
    pub(super) deleted: Vec<Value<'a>>,
}

/// Schemas by name.
#[derive(Debug, Default)]
pub(super) struct MapDifference<'a> {
    pub(super) added: Vec<String>,
    pub(super) deleted: Vec<String>,
    pub(super) modified: Vec<(String, Option<Rc<Difference<'a>>>)>,
}

/// Schemas in a list, matched by reference, by content or by title.
#[derive(Debug, Default)]
pub(super) struct ListDifference<'a> {
    pub(super) added: Vec<Branch>,
    pub(super) deleted: Vec<Branch>,
    pub(super) modified: Vec<(Branch, Branch, Rc<Difference<'a>>)>,
}

/// One schema of a list.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) index: usize,
    /// The last segment of the reference, if it is one.
    pub(super) component: String,
    pub(super) title: String,
}

/// What differs in a discriminator.
#[derive(Debug)]
pub(super) enum Discriminator {
    Added,
    Deleted,
    Changed {
        property: Option<(String, String)>,
        mapping: Names,
        targets: Vec<(String, String, String)>,
        extensions: bool,
    },
}

/// What differs in the names that one property makes required.
#[derive(Debug)]
pub(super) enum Dependents {
    Added(Vec<String>),
    Deleted(Vec<String>),
    Changed(Names),
}

/// Changes that show at several keywords but are one.
#[derive(Debug, Default)]
pub(super) struct Transitions {
    /// A single type became a choice of scalar types, or back.
    pub(super) list_of_types: Names,
    /// Properties that moved from an object into the alternatives of a `oneOf`.
    pub(super) moved: Vec<String>,
    /// A schema became `oneOf` of itself and null (`true`), or back (`false`).
    pub(super) nullable: Option<bool>,
}

impl Names {
    pub(super) fn between(base: &[String], head: &[String]) -> Self {
        let missing = |from: &[String], other: &[String]| {
            let mut known: HashSet<&String> = other.iter().collect();
            from.iter().filter(|name| known.insert(name)).cloned().collect()
        };
        Self { added: missing(head, base), deleted: missing(base, head) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.deleted.is_empty()
    }
}

impl MapDifference<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.deleted.is_empty() && self.modified.is_empty()
    }
}

impl ListDifference<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.deleted.is_empty() && self.modified.is_empty()
    }
}

impl Discriminator {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Added | Self::Deleted => false,
            Self::Changed { property, mapping, targets, extensions } => {
                property.is_none() && mapping.is_empty() && targets.is_empty() && !extensions
            }
        }
    }
}

impl<'a> Difference<'a> {
    /// The old and the new value of a keyword that differs.
    pub(super) fn value(&self, keyword: &str) -> Option<(&Value<'a>, &Value<'a>)> {
        self.values.iter().find(|(own, ..)| *own == keyword).map(|(_, base, head)| (base, head))
    }

    pub(super) fn single(&self, keyword: &str) -> Option<&Rc<Difference<'a>>> {
        self.singles.iter().find(|(own, _)| *own == keyword).map(|(_, difference)| difference)
    }

    pub(super) fn list(&self, keyword: &str) -> Option<&ListDifference<'a>> {
        self.lists.iter().find(|(own, _)| *own == keyword).map(|(_, difference)| difference)
    }

    pub(super) fn map(&self, keyword: &str) -> Option<&MapDifference<'a>> {
        self.maps.iter().find(|(own, _)| *own == keyword).map(|(_, difference)| difference)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.has_no_change_of_its_own()
            && self.values.is_empty()
            && self.singles.is_empty()
            && self.lists.is_empty()
            && self.maps.is_empty()
    }

    fn has_no_change_of_its_own(&self) -> bool {
        !(self.added || self.deleted || self.circular)
            && self.types.is_empty()
            && self.required.is_empty()
            && self.values_of_enum.added.is_empty()
            && self.values_of_enum.deleted.is_empty()
            && self.extensions.is_empty()
            && self.discriminator.is_none()
            && self.dependent_required.is_empty()
            && self.transitions.is_empty()
    }

    /// Whether anything but annotations differs, here or below.
    pub(super) fn changes_validation(&self) -> bool {
        self.changes(&mut HashSet::new())
    }

    /// As above; what was found to change nothing is not looked at again.
    fn changes(&self, unchanged: &mut HashSet<*const Self>) -> bool {
        if !self.has_no_change_of_its_own()
            || self.values.iter().any(|(keyword, ..)| !is_annotation(keyword))
            || self.lists.iter().any(|(_, list)| !list.added.is_empty() || !list.deleted.is_empty())
            || self.maps.iter().any(|(_, map)| !map.added.is_empty() || !map.deleted.is_empty())
        {
            return true;
        }
        let changed = self
            .below()
            .any(|below| !unchanged.contains(&std::ptr::from_ref(below)) && below.changes(unchanged));
        if !changed {
            unchanged.insert(std::ptr::from_ref(self));
        }
        changed
    }

    fn below(&self) -> impl Iterator<Item = &Self> {
        let singles = self.singles.iter().map(|(_, below)| below.as_ref());
        let lists = self.lists.iter().flat_map(|(_, list)| &list.modified).map(|(.., below)| below.as_ref());
        let maps = self.maps.iter().flat_map(|(_, map)| &map.modified);
        singles.chain(lists).chain(maps.filter_map(|(_, below)| below.as_deref()))
    }
}

impl Transitions {
    pub(super) fn is_empty(&self) -> bool {
        self.list_of_types.is_empty() && self.moved.is_empty() && self.nullable.is_none()
    }
}

fn is_annotation(keyword: &str) -> bool {
    let annotations = ["title", "description", "default", "example", "externalDocs", "examples", "$comment"];
    annotations.contains(&keyword)
}

impl Branch {
    /// The schema in a message.
    pub(super) fn shown(&self) -> String {
        let number = self.index + 1;
        if !self.title.is_empty() {
            return format!("subschema #{number}: {}", self.title);
        }
        if !self.component.is_empty() {
            return format!("#/components/schemas/{}", self.component);
        }
        format!("subschema #{number}")
    }
}

/// Several schemas in a message.
pub(super) fn shown(branches: &[Branch]) -> String {
    branches.iter().map(Branch::shown).collect::<Vec<_>>().join(", ")
}
