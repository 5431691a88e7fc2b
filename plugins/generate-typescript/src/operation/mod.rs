//! Operations: what goes in, what comes out, and how it is sent.

mod bodies;
mod media;
mod name;
mod parameters;
mod path;
mod responses;

pub(crate) use bodies::Body;
pub(crate) use parameters::{Parameter, Serialization};
pub(crate) use responses::Response;

use crate::declarations::Direction;
use crate::schema::Schemas;
use crate::text::Documentation;
use crate::types::{NUMBER, Object, Property, STRING, Type, UNDEFINED};
use countersign_document::Node;

/// The methods that a path may have (OpenAPI 3.1, section 4.8.9.1).
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation, ready to be written.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of its method.
    pub(crate) name: String,
    pub(crate) documentation: Documentation,
    /// The request's method, in capitals.
    pub(crate) method: String,
    /// The path, with parameters in braces and everything else as it is sent.
    pub(crate) path: String,
    /// Method and path as the document has them.
    pub(crate) title: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) responses: Vec<Response>,
    /// What is handed to the method.
    pub(crate) input: Type,
    /// Must anything be handed to it?
    pub(crate) needs_input: bool,
    pub(crate) output: Type,
    /// The bodies of all other answers, by their key in the document.
    pub(crate) errors: Vec<(String, Type)>,
    /// The media types of what comes out.
    pub(crate) accept: Vec<String>,
}

/// An operation of the document, and where it stands.
#[derive(Clone, Copy)]
struct Source<'a> {
    path: Node<'a>,
    item: Node<'a>,
    /// The shared path that the item refers to.
    shared: Option<Node<'a>>,
    method: &'static str,
    node: Node<'a>,
}

/// Read every operation, in the document's order.
pub(crate) fn read_all(schemas: &mut Schemas<'_>) -> Vec<Operation> {
    let sources = sources(schemas);
    let names = name::of_all(&sources);
    sources.iter().zip(names).map(|(source, name)| read(schemas, source, name)).collect()
}

fn sources<'a>(schemas: &mut Schemas<'a>) -> Vec<Source<'a>> {
    let mut sources = Vec::new();
    for entry in schemas.spec.root.get("paths").into_iter().flat_map(Node::entries) {
        if entry.name().starts_with("x-") {
            continue;
        }
        let item = entry.value;
        if !item.is_object() {
            let message = format!("a path is of type {}, not an object", item.kind().as_str());
            schemas.spec.problem("invalid-path", message, item, "write an object of operations by method");
            continue;
        }
        let shared = item.get("$ref").and_then(|_| schemas.spec.resolved(item));
        for method in methods(item, shared) {
            let node = item.get(method).or_else(|| shared?.get(method));
            let Some(node) = node else { continue };
            if node.is_object() {
                sources.push(Source { path: entry.key, item, shared, method, node });
            } else {
                let message = format!("an operation is of type {}, not an object", node.kind().as_str());
                schemas.spec.problem("invalid-operation", message, node, "write an operation");
            }
        }
    }
    sources
}

/// The methods of a path in the order in which they are written.
fn methods(item: Node<'_>, shared: Option<Node<'_>>) -> Vec<&'static str> {
    let mut methods = Vec::new();
    for entry in item.entries().chain(shared.into_iter().flat_map(Node::entries)) {
        let name = entry.name();
        let method = METHODS.into_iter().find(|method| *method == name);
        methods.extend(method.filter(|method| !methods.contains(method)));
    }
    methods
}

fn read<'a>(schemas: &mut Schemas<'a>, source: &Source<'a>, name: String) -> Operation {
    let raw_path = source.path.as_str().unwrap_or_default();
    let template = path::Template::parse(&raw_path);
    let method = source.method.to_ascii_uppercase();
    let title = format!("{method} {raw_path}");
    let mut parameters = parameters::read(schemas, source);
    parameters.retain(|parameter| parameter.place != "path" || template.names.contains(&parameter.name));
    for name in &template.names {
        if !parameters.iter().any(|parameter| parameter.place == "path" && parameter.name == *name) {
            let kind = Type::union([STRING, NUMBER]);
            parameters.push(Parameter::undeclared(name.clone(), kind));
        }
    }
    let body = bodies::read(schemas, source.node);
    let answers = responses::read(schemas, source.node, source.method == "head");
    let (input, needs_input) = input(&parameters, body.as_ref());
    Operation {
        documentation: documentation(source, &title),
        name,
        method,
        path: template.text,
        title,
        parameters,
        body,
        input,
        needs_input,
        output: answers.output,
        errors: answers.errors,
        accept: answers.accept,
        responses: answers.all,
    }
}

/// What is handed to a method: one group for each place of parameters, and the body.
fn input(parameters: &[Parameter], body: Option<&Body>) -> (Type, bool) {
    let mut object = Object::default();
    let mut needs_input = false;
    for place in ["path", "query", "header", "cookie"] {
        let mut group = Object::default();
        let mut required = false;
        for parameter in parameters.iter().filter(|parameter| parameter.place == place) {
            required |= parameter.required;
            group.properties.push(parameter.property());
        }
        if !group.properties.is_empty() {
            needs_input |= required;
            object.properties.push(plain(place, Type::Object(group), required));
        }
    }
    let Some(body) = body else {
        // Without a property a bare object would take anything.
        object.index = object.properties.is_empty().then(|| Box::new(Type::Never));
        return (Type::Object(object), needs_input);
    };
    needs_input |= body.required;
    let mut variants = body.variants();
    if variants.len() == 1 {
        object.properties.append(&mut variants.swap_remove(0).properties);
        return (Type::Object(object), needs_input);
    }
    let variants = Type::union(variants.into_iter().map(Type::Object));
    let own = if object.properties.is_empty() { Type::Unknown } else { Type::Object(object) };
    (Type::intersection([own, variants]), needs_input)
}

/// A property of ours; where it may be missing, it may be `undefined` as well.
fn plain(name: &str, kind: Type, required: bool) -> Property {
    let kind = if required { kind } else { Type::union([kind, UNDEFINED]) };
    Property { name: name.to_owned(), documentation: Documentation::default(), optional: !required, kind }
}

fn documentation(source: &Source<'_>, title: &str) -> Documentation {
    let mut documentation = Documentation::default();
    for keyword in ["summary", "description"] {
        if let Some(text) = source.node.get(keyword).and_then(Node::as_str) {
            documentation.paragraph(&text);
        }
    }
    documentation.paragraph(&format!("`{title}`"));
    for place in [source.node, source.item] {
        if let Some(url) = server(place) {
            documentation.paragraph(&format!("It has a server of its own: `{url}`. Name it as `baseUrl`."));
            break;
        }
    }
    if source.node.get("deprecated").and_then(Node::as_bool) == Some(true) {
        documentation.tag("deprecated", "");
    }
    documentation
}

fn server(place: Node<'_>) -> Option<String> {
    place.get("servers")?.item(0)?.get("url")?.as_str().map(Into::into)
}

/// The direction of everything that goes in.
const IN: Direction = Direction::Write;
/// The direction of everything that comes out.
const OUT: Direction = Direction::Read;
