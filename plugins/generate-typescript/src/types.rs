//! TypeScript's types as values: how they are put together, and how they are printed.

use crate::text::{self, Documentation};
use std::collections::HashSet;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Anything at all.
    Unknown,
    /// Nothing at all.
    Never,
    /// `null`
    Null,
    /// A type that TypeScript or the platform brings: `string`, `Blob`.
    Named(&'static str),
    /// A literal, printed.
    Literal(String),
    /// A declaration of ours.
    Reference(String),
    /// An array of one type.
    Array(Box<Type>),
    /// An array with a type for each place.
    Tuple(Tuple),
    /// An object.
    Object(Object),
    /// One of several.
    Union(Vec<Type>),
    /// All of several.
    Intersection(Vec<Type>),
}

/// An array with a type for each place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tuple {
    pub(crate) items: Vec<Type>,
    /// How many of the items are there in any case.
    pub(crate) required: usize,
    /// What may stand behind them.
    pub(crate) rest: Option<Box<Type>>,
}

/// An object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    pub(crate) properties: Vec<Property>,
    /// Names that are required and of which nothing else is said here.
    pub(crate) demanded: Vec<String>,
    /// The type of everything else.
    pub(crate) index: Option<Box<Type>>,
}

/// A property of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) documentation: Documentation,
    pub(crate) optional: bool,
    pub(crate) kind: Type,
}

/// Columns that a union may take before each member gets a line of its own.
const WIDTH: usize = 90;

/// Anything but `undefined`.
const DEMANDED: &str = "{} | null";

pub(crate) const STRING: Type = Type::Named("string");
pub(crate) const NUMBER: Type = Type::Named("number");
pub(crate) const BOOLEAN: Type = Type::Named("boolean");
pub(crate) const UNDEFINED: Type = Type::Named("undefined");
pub(crate) const BLOB: Type = Type::Named("Blob");

impl Type {
    /// One of these, each once; `null` and `undefined` stand last.
    pub(crate) fn union(types: impl IntoIterator<Item = Type>) -> Type {
        let mut members = Vec::new();
        for kind in types {
            match kind {
                Type::Unknown => return Type::Unknown,
                Type::Never => {}
                Type::Union(inner) => members.extend(inner),
                Type::Null
                | Type::Named(_)
                | Type::Literal(_)
                | Type::Reference(_)
                | Type::Array(_)
                | Type::Tuple(_)
                | Type::Object(_)
                | Type::Intersection(_) => members.push(kind),
            }
        }
        let mut members = unique(members);
        members.sort_by_key(|member| (*member == UNDEFINED, *member == Type::Null));
        match members.len() {
            0 => Type::Never,
            1 => members.swap_remove(0),
            _ => Type::Union(members),
        }
    }

    /// All of these. Objects written out become one where no name stands twice.
    pub(crate) fn intersection(types: impl IntoIterator<Item = Type>) -> Type {
        let mut members = Vec::new();
        for kind in types {
            match kind {
                Type::Unknown => {}
                Type::Never => return Type::Never,
                Type::Intersection(inner) => members.extend(inner),
                Type::Null
                | Type::Named(_)
                | Type::Literal(_)
                | Type::Reference(_)
                | Type::Array(_)
                | Type::Tuple(_)
                | Type::Object(_)
                | Type::Union(_) => members.push(kind),
            }
        }
        let mut merged: Vec<Type> = Vec::with_capacity(members.len());
        for member in unique(members) {
            match (merged.last_mut(), member) {
                (Some(Type::Object(one)), Type::Object(other)) if one.can_take(&other) => one.take(other),
                (_, member) => merged.push(member),
            }
        }
        match merged.len() {
            0 => Type::Unknown,
            1 => merged.swap_remove(0),
            _ => {
                merged.iter_mut().for_each(Type::open_index);
                Type::Intersection(merged)
            }
        }
    }

    /// An index signature binds the properties of the other members too, so that no object literal would fit.
    fn open_index(&mut self) {
        if let Type::Object(Object { index: Some(index), .. }) = self
            && **index != Type::Never
        {
            **index = Type::Unknown;
        }
    }

    /// Is it short enough to be printed twice?
    fn is_simple(&self) -> bool {
        match self {
            Type::Unknown
            | Type::Never
            | Type::Null
            | Type::Named(_)
            | Type::Literal(_)
            | Type::Reference(_) => true,
            Type::Array(item) => item.is_simple(),
            Type::Union(members) => members.len() <= 8 && members.iter().all(Type::is_simple),
            Type::Tuple(_) | Type::Object(_) | Type::Intersection(_) => false,
        }
    }

    /// The type as text. `indent` is that of the line that it begins on.
    pub(crate) fn print(&self, indent: &str) -> String {
        match self {
            Type::Unknown => "unknown".into(),
            Type::Never => "never".into(),
            Type::Null => "null".into(),
            Type::Named(name) => (*name).into(),
            Type::Literal(text) | Type::Reference(text) => text.clone(),
            Type::Array(item) => format!("{}[]", item.print_operand(indent, false)),
            Type::Tuple(tuple) => tuple.print(indent),
            Type::Object(object) => object.print(indent, false),
            Type::Union(members) => print_union(members, indent, false),
            Type::Intersection(members) => print_intersection(members, indent),
        }
    }
}

impl Type {
    /// The literal that a type is.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        if let Type::Literal(text) = self { Some(text) } else { None }
    }

    /// The type as something stands before or behind it; `beside` says whether it is part of an intersection.
    fn print_operand(&self, indent: &str, beside: bool) -> String {
        match self {
            Type::Object(object) => object.print(indent, beside),
            Type::Union(members) => format!("({})", print_union(members, indent, beside)),
            Type::Intersection(_) => format!("({})", self.print(indent)),
            Type::Unknown
            | Type::Never
            | Type::Null
            | Type::Named(_)
            | Type::Literal(_)
            | Type::Reference(_)
            | Type::Array(_)
            | Type::Tuple(_) => self.print(indent),
        }
    }
}

/// Each of these once. An enumeration may have thousands.
fn unique(types: Vec<Type>) -> Vec<Type> {
    let mut seen = HashSet::with_capacity(types.len());
    let is_new: Vec<_> = types.iter().map(|kind| seen.insert(kind)).collect();
    types.into_iter().zip(is_new).filter_map(|(kind, is_new)| is_new.then_some(kind)).collect()
}

fn print_union(members: &[Type], indent: &str, beside: bool) -> String {
    let printed: Vec<_> = members.iter().map(|member| member.print_operand(indent, beside)).collect();
    let (tall, flat): (Vec<_>, Vec<_>) = printed.iter().partition(|member| member.contains('\n'));
    if tall.len() <= 1 && flat.iter().map(|member| member.len() + 3).sum::<usize>() <= WIDTH {
        return printed.join(" | ");
    }
    // What was printed is moved, and not printed again: that would double the work at every level.
    printed.iter().map(|member| format!("\n{indent}  | {}", member.replace('\n', "\n  "))).collect()
}

fn print_intersection(members: &[Type], indent: &str) -> String {
    members.iter().map(|member| member.print_operand(indent, true)).collect::<Vec<_>>().join(" & ")
}

/// What stands before a type: a union in several lines begins with a line end of its own.
pub(crate) fn gap(printed: &str) -> &'static str {
    if printed.starts_with('\n') { "" } else { " " }
}

impl Tuple {
    fn print(&self, indent: &str) -> String {
        let item = |(index, kind): (usize, &Type)| match index < self.required {
            true => kind.print(indent),
            false => format!("{}?", kind.print_operand(indent, false)),
        };
        let rest = self.rest.iter().map(|rest| format!("...{}[]", rest.print_operand(indent, false)));
        let items: Vec<_> = self.items.iter().enumerate().map(item).chain(rest).collect();
        format!("[{}]", items.join(", "))
    }
}

impl Property {
    /// Does it fit into a line with its object?
    fn is_short(&self) -> bool {
        !self.optional && self.documentation == Documentation::default() && self.kind.is_simple()
    }
}

impl Object {
    /// Does it say nothing but that it is an object?
    pub(crate) fn is_bare(&self) -> bool {
        *self == Self::default()
    }

    fn can_take(&self, other: &Self) -> bool {
        let is_new = |property: &Property| self.properties.iter().all(|own| own.name != property.name);
        // Below this size the quadratic comparison is cheap.
        self.index.is_none()
            && other.index.is_none()
            && self.properties.len() * other.properties.len() < 1 << 16
            && other.properties.iter().all(is_new)
    }

    fn take(&mut self, other: Self) {
        self.properties.extend(other.properties);
        other.demanded.into_iter().for_each(|name| self.demand(name));
        for name in std::mem::take(&mut self.demanded) {
            self.demand(name);
        }
    }

    /// Make a name required, whether or not something else is known of it.
    pub(crate) fn demand(&mut self, name: String) {
        match self.properties.iter_mut().find(|property| property.name == name) {
            Some(property) => property.optional = false,
            None if self.demanded.contains(&name) => {}
            None => self.demanded.push(name),
        }
    }

    /// The object as text. Beside other members of an intersection a demanded name only takes `undefined` out of
    /// what they say of it.
    pub(crate) fn print(&self, indent: &str, beside: bool) -> String {
        if beside && let Some(line) = self.print_line() {
            return line;
        }
        let deeper = format!("{indent}  ");
        let mut body = String::new();
        for property in &self.properties {
            body.push_str(&property.documentation.print(&deeper));
            let mark = if property.optional { "?" } else { "" };
            let kind = property.kind.print(&deeper);
            let gap = gap(&kind);
            body.push_str(&format!("{deeper}{}{mark}:{gap}{kind};\n", text::property(&property.name)));
        }
        for name in &self.demanded {
            let kind = if beside { DEMANDED } else { "unknown" };
            body.push_str(&format!("{deeper}{}: {kind};\n", text::property(name)));
        }
        let index = if self.is_bare() { Some(Type::Unknown) } else { self.index() };
        match index {
            Some(index) if body.is_empty() => format!("{{ [key: string]: {} }}", index.print(indent)),
            Some(index) => format!("{{\n{body}{deeper}[key: string]: {};\n{indent}}}", index.print(&deeper)),
            None => format!("{{\n{body}{indent}}}"),
        }
    }

    /// The object in one line, where there is little in it.
    fn print_line(&self) -> Option<String> {
        let (name, kind) = match (self.properties.as_slice(), self.demanded.as_slice()) {
            ([property], []) if property.is_short() => (&property.name, property.kind.print("")),
            ([], [name]) => (name, DEMANDED.to_owned()),
            _ => return None,
        };
        let line = format!("{{ {}: {kind} }}", text::property(name));
        (self.index.is_none() && line.len() <= WIDTH && !line.contains('\n')).then_some(line)
    }

    /// The index signature. TypeScript wants every property to fit it, so that it covers them too; where that
    /// would be long, it says nothing.
    fn index(&self) -> Option<Type> {
        let index = self.index.as_deref()?;
        let has_properties = !self.properties.is_empty() || !self.demanded.is_empty();
        if *index == Type::Never {
            return (!has_properties).then_some(Type::Never);
        }
        let is_simple = self.properties.iter().all(|property| property.kind.is_simple());
        if !self.demanded.is_empty() || !is_simple || self.properties.len() > 12 {
            return Some(Type::Unknown);
        }
        let optional = self.properties.iter().any(|property| property.optional).then_some(UNDEFINED);
        let kinds = self.properties.iter().map(|property| property.kind.clone());
        Some(Type::union(std::iter::once(index.clone()).chain(kinds).chain(optional)))
    }
}
