//! Paths, operations, bodies and responses.

use super::parameters::{self, Parameters};
use super::writer::Writer;
use super::{own_servers, resolved, schemas, text};
use crate::spec::Node;

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch"];

pub(super) fn paths(writer: &mut Writer, root: Node<'_>) {
    writer.object(|writer| {
        for entry in root.get("paths").into_iter().flat_map(Node::entries) {
            writer.entry(&entry.name(), |writer| item(writer, root, resolved(root, entry.value)));
        }
    });
}

fn item(writer: &mut Writer, root: Node<'_>, node: Node<'_>) {
    if !node.is_object() {
        return writer.raw(node.raw());
    }
    writer.from(Some(node));
    writer.object(|writer| {
        for entry in node.entries() {
            let name = entry.name();
            writer.entry(&name, |writer| match name.as_ref() {
                "parameters" => parameters::list(writer, root, entry.value),
                method if METHODS.contains(&method) && entry.value.is_object() => {
                    operation(writer, root, node, entry.value);
                }
                _ => writer.raw(entry.value.raw()),
            });
        }
    });
}

fn operation(writer: &mut Writer, root: Node<'_>, item: Node<'_>, node: Node<'_>) {
    writer.object(|writer| {
        for entry in node.entries() {
            let name = entry.name();
            match name.as_ref() {
                "consumes" | "produces" | "schemes" | "servers" | "requestBody" => {}
                "parameters" => writer.entry(&name, |writer| parameters::list(writer, root, entry.value)),
                "responses" => writer.entry(&name, |writer| responses(writer, root, node, entry.value)),
                _ => writer.entry(&name, |writer| writer.raw(entry.value.raw())),
            }
        }
        own_servers(writer, root, node);
        let parameters = Parameters::of(root, item, node);
        if let Some(body) = parameters.body {
            writer.entry("requestBody", |writer| request(writer, root, node, body));
        } else if !parameters.form.is_empty() {
            writer.entry("requestBody", |writer| form(writer, root, node, &parameters.form));
        }
    });
}

/// The media types that an operation takes or gives: its own, else those of the document.
fn media_types(root: Node<'_>, operation: Node<'_>, key: &str) -> Vec<String> {
    let list = operation.get(key).or_else(|| root.get(key));
    let names = list.into_iter().flat_map(Node::items).filter_map(Node::as_str);
    let mut names: Vec<String> = names.map(std::borrow::Cow::into_owned).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn or_json(names: Vec<String>) -> Vec<String> {
    if names.is_empty() { vec!["application/json".into()] } else { names }
}

fn request(writer: &mut Writer, root: Node<'_>, operation: Node<'_>, body: Node<'_>) {
    writer.from(Some(body));
    writer.object(|writer| {
        if let Some(required) = body.get("required") {
            writer.entry("required", |writer| writer.raw(required.raw()));
        }
        content(writer, body, &or_json(media_types(root, operation, "consumes")));
    });
}

/// The schema of a node under each media type.
fn content(writer: &mut Writer, node: Node<'_>, names: &[String]) {
    writer.entry("content", |writer| {
        writer.from(Some(node));
        writer.object(|writer| {
            for name in names {
                writer.entry(name, |writer| {
                    writer.from(Some(node));
                    writer.object(|writer| {
                        if let Some(value) = node.get("schema") {
                            writer.entry("schema", |writer| {
                                writer.from(Some(value));
                                schemas::schema(writer, value);
                            });
                        }
                    });
                });
            }
        });
    });
}

/// Fields of a form as the properties of one object.
fn form(writer: &mut Writer, root: Node<'_>, operation: Node<'_>, fields: &[Node<'_>]) {
    let is_form =
        |name: &String| name.starts_with("multipart/") || name == "application/x-www-form-urlencoded";
    let mut names: Vec<String> =
        media_types(root, operation, "consumes").into_iter().filter(is_form).collect();
    if names.is_empty() {
        let has_file = fields.iter().any(|field| text(*field, "type").as_deref() == Some("file"));
        names.push(if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" }.into());
    }
    let is_required = |field: &Node<'_>| field.get("required").and_then(Node::as_bool) == Some(true);
    let origin = operation.get("parameters").unwrap_or(operation);
    writer.from(Some(origin));
    writer.object(|writer| {
        if fields.iter().any(is_required) {
            writer.entry("required", |writer| writer.raw("true"));
        }
        writer.entry("content", |writer| {
            writer.object(|writer| {
                for name in &names {
                    writer.entry(name, |writer| fields_of(writer, fields));
                }
            });
        });
    });
}

fn fields_of(writer: &mut Writer, fields: &[Node<'_>]) {
    let name = |field: Node<'_>| text(field, "name").unwrap_or_default();
    let required: Vec<Node<'_>> = fields
        .iter()
        .copied()
        .filter(|field| field.get("required").and_then(Node::as_bool) == Some(true))
        .collect();
    writer.object(|writer| {
        writer.entry("schema", |writer| {
            writer.object(|writer| {
                writer.entry("type", |writer| writer.raw("\"object\""));
                writer.entry("properties", |writer| {
                    writer.object(|writer| {
                        for field in fields {
                            writer.entry(&name(*field), |writer| {
                                writer.from(Some(*field));
                                schemas::of_parameter(writer, *field);
                            });
                        }
                    });
                });
                if !required.is_empty() {
                    writer.entry("required", |writer| {
                        writer.array(|writer| {
                            for (at, field) in required.iter().enumerate() {
                                writer.item(at, |writer| {
                                    writer.from(Some(*field));
                                    writer.text(&name(*field));
                                });
                            }
                        });
                    });
                }
            });
        });
        let lists: Vec<Node<'_>> =
            fields.iter().copied().filter(|field| text(*field, "type").as_deref() == Some("array")).collect();
        if !lists.is_empty() {
            writer.entry("encoding", |writer| {
                writer.object(|writer| {
                    for field in &lists {
                        writer.entry(&name(*field), |writer| {
                            writer.object(|writer| parameters::collection(writer, *field));
                        });
                    }
                });
            });
        }
    });
}

fn responses(writer: &mut Writer, root: Node<'_>, operation: Node<'_>, map: Node<'_>) {
    let names = or_json(media_types(root, operation, "produces"));
    writer.object(|writer| {
        for entry in map.entries() {
            writer.entry(&entry.name(), |writer| {
                let node = resolved(root, entry.value);
                if !node.is_object() || node.get("$ref").is_some() {
                    return writer.raw(node.raw());
                }
                writer.from(Some(node));
                response(writer, node, &names);
            });
        }
    });
}

fn response(writer: &mut Writer, node: Node<'_>, names: &[String]) {
    writer.object(|writer| {
        for entry in node.entries() {
            let name = entry.name();
            match name.as_ref() {
                "schema" => content(writer, node, names),
                "headers" => writer.entry(&name, |writer| headers(writer, entry.value)),
                "examples" | "content" => {}
                _ => writer.entry(&name, |writer| writer.raw(entry.value.raw())),
            }
        }
    });
}

fn headers(writer: &mut Writer, map: Node<'_>) {
    writer.object(|writer| {
        for entry in map.entries() {
            writer.entry(&entry.name(), |writer| {
                writer.object(|writer| {
                    writer.entry("schema", |writer| {
                        writer.from(Some(entry.value));
                        schemas::of_parameter(writer, entry.value);
                    });
                });
            });
        }
    });
}
