//! The types that are declared by name: one for each schema that something refers to.

use crate::names::{self, Names, Wanted};
use crate::spec::Spec;
use countersign_document::{Node, pointer};
use std::collections::HashMap;

/// Which way data flows. What is marked `readOnly` is not written, and what is `writeOnly` is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Direction {
    /// From the service.
    Read,
    /// To the service.
    Write,
}

/// One schema with a name, for one direction.
#[derive(Clone, Debug)]
pub(crate) struct Declaration<'a> {
    pub(crate) name: String,
    pub(crate) node: Node<'a>,
    pub(crate) direction: Direction,
    /// Where it stands: components come in the document's order, a variant for writing behind its schema, and
    /// what else is referred to behind all of them.
    place: (usize, Direction),
}

/// All of them. They grow while schemas are read.
#[derive(Debug, Default)]
pub(crate) struct Declarations<'a> {
    list: Vec<Declaration<'a>>,
    by_schema: HashMap<(u32, Direction), usize>,
    names: Names,
}

impl<'a> Declarations<'a> {
    /// A declaration for each component, in the document's order.
    pub(crate) fn of_components(spec: &Spec<'a>) -> Self {
        let mut declarations = Self::default();
        let components = || spec.components("schemas").into_iter().flat_map(Node::entries);
        let wanted = |text: &str| Wanted::new(names::of_type(text), text);
        let wanted: Vec<_> = components().map(|entry| wanted(&entry.name())).collect();
        let names = declarations.names.give_all(&wanted);
        for (entry, name) in components().zip(names) {
            declarations.add(name, entry.value, Direction::Read);
        }
        declarations
    }

    /// The name of a schema for a direction. It is declared from now on.
    pub(crate) fn name(&mut self, node: Node<'a>, direction: Direction) -> String {
        if let Some(declaration) = self.get(node, direction) {
            return declaration.name.clone();
        }
        let read = match self.get(node, Direction::Read) {
            Some(declaration) => declaration.name.clone(),
            None => self.add_new(&name_of(&node.pointer()), node, Direction::Read),
        };
        match direction {
            Direction::Read => read,
            Direction::Write => self.add_new(&format!("{read}Writable"), node, direction),
        }
    }

    /// The declaration with an index, in the order in which they were asked for.
    pub(crate) fn at(&self, index: usize) -> Option<&Declaration<'a>> {
        self.list.get(index)
    }

    /// The order in which they are written.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.list.len()).collect();
        order.sort_by_key(|index| self.list.get(*index).map(|declaration| declaration.place));
        order
    }

    fn get(&self, node: Node<'a>, direction: Direction) -> Option<&Declaration<'a>> {
        self.by_schema.get(&(node.id(), direction)).and_then(|index| self.list.get(*index))
    }

    fn add_new(&mut self, wanted: &str, node: Node<'a>, direction: Direction) -> String {
        let name = self.names.give(wanted);
        self.add(name.clone(), node, direction);
        name
    }

    fn add(&mut self, name: String, node: Node<'a>, direction: Direction) {
        let index = self.list.len();
        let read = self.get(node, Direction::Read).map_or(index, |declaration| declaration.place.0);
        self.list.push(Declaration { name, node, direction, place: (read, direction) });
        self.by_schema.insert((node.id(), direction), index);
    }
}

/// The name of a schema that is no component, from where it stands: `/components/schemas/Watch/properties/region`
/// gives `WatchRegion`.
fn name_of(place: &str) -> String {
    const SILENT: [&str; 9] = [
        "components",
        "schemas",
        "properties",
        "$defs",
        "definitions",
        "paths",
        "content",
        "schema",
        "application/json",
    ];
    let segments = pointer::segments(place).into_iter().flatten();
    let telling: Vec<_> = segments.filter(|segment| !SILENT.contains(&segment.as_ref())).collect();
    names::of_type(&telling.join("-"))
}
