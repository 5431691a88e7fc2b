//! `schema.ts`: the types.

use super::is_interface;
use crate::operation::Operation;
use crate::schema::documentation;
use crate::settings::{Enums, Settings};
use crate::text::{self, Documentation};
use crate::types::{Object, Property, Type, gap};
use countersign_document::Node;

/// A declaration with its type.
#[derive(Debug)]
pub(crate) struct Declared<'a> {
    pub(crate) name: String,
    pub(crate) node: Node<'a>,
    pub(crate) kind: Type,
}

pub(super) fn print(settings: &Settings, declared: &[Declared<'_>], operations: &[Operation]) -> String {
    let mut output = String::new();
    for declaration in declared {
        output.push_str(&documentation(declaration.node).print(""));
        output.push_str(&declaration.print(settings.enums));
        output.push('\n');
    }
    output.push_str(&print_operations(settings, operations));
    output
}

impl Declared<'_> {
    fn print(&self, enums: Enums) -> String {
        let Self { name, kind, .. } = self;
        if enums == Enums::Const
            && let Some(values) = values(kind)
        {
            return print_values(name, kind, &values);
        }
        let printed = kind.print("");
        if is_interface(kind) {
            return format!("export interface {name} {printed}\n");
        }
        format!("export type {name} ={}{printed};\n", gap(&printed))
    }
}

/// The values of an enumeration.
fn values(kind: &Type) -> Option<Vec<&str>> {
    let members =
        if let Type::Union(members) = kind { members.as_slice() } else { std::slice::from_ref(kind) };
    let others = members.iter().filter(|member| **member != Type::Null);
    let values: Option<Vec<_>> = others.map(Type::as_literal).collect();
    values.filter(|values| !values.is_empty())
}

/// An object with the values under names that read as they do, and the union of them.
fn print_values(name: &str, kind: &Type, values: &[&str]) -> String {
    let mut output = format!("export const {name} = {{\n");
    for value in values {
        let quoted = if value.starts_with('"') { (*value).to_owned() } else { text::literal(value) };
        let bare = quoted.trim_matches('"');
        let key = match text::property(bare) == bare {
            true => bare.to_owned(),
            // A bare or quoted `__proto__` would set the prototype.
            false if bare == "__proto__" => format!("[{quoted}]"),
            false => quoted.clone(),
        };
        output.push_str(&format!("  {key}: {value},\n"));
    }
    let is_nullable = matches!(kind, Type::Union(members) if members.contains(&Type::Null));
    let null = if is_nullable { " | null" } else { "" };
    output.push_str(&format!(
        "}} as const;\nexport type {name} = (typeof {name})[keyof typeof {name}]{null};\n"
    ));
    output
}

/// One interface with what goes in and what comes out of each operation.
fn print_operations(settings: &Settings, operations: &[Operation]) -> String {
    let properties = operations.iter().map(|operation| {
        let documentation = if settings.client {
            let mut short = Documentation::default();
            short.paragraph(&format!("`{}`", operation.title));
            short
        } else {
            operation.documentation.clone()
        };
        property(&operation.name, documentation, contract(operation))
    });
    let all = Object { properties: properties.collect(), ..Object::default() };
    let body = if operations.is_empty() { "{}".into() } else { all.print("", false) };
    format!("/** What goes in and what comes out of each operation. */\nexport interface Operations {body}\n")
}

fn contract(operation: &Operation) -> Type {
    let errors = operation
        .errors
        .iter()
        .map(|(status, kind)| property(status, Documentation::default(), kind.clone()))
        .collect::<Vec<_>>();
    let errors = match errors.is_empty() {
        true => Type::Named("{}"),
        false => Type::Object(Object { properties: errors, ..Object::default() }),
    };
    let properties = [("input", &operation.input), ("output", &operation.output), ("errors", &errors)];
    let properties = properties.map(|(name, kind)| property(name, Documentation::default(), kind.clone()));
    Type::Object(Object { properties: properties.into(), ..Object::default() })
}

fn property(name: &str, documentation: Documentation, kind: Type) -> Property {
    Property { name: name.to_owned(), documentation, optional: false, kind }
}
