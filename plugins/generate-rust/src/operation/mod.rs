//! Brings operations to what the generator handles: one media type for each body, one type for success and one
//! for errors, parameters that can be written as text, and names that do not clash.

mod body;
mod media;
mod parameters;
mod path;
mod responses;

use crate::names::Names;
use crate::patch::{Patch, Patches};
use crate::prose;
use crate::schema::Schemas;
use crate::source::{self, Object};
use serde_json::{Map, Value, json};

/// The methods of HTTP that OpenAPI describes, in the order of the generator.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// All operations as OpenAPI 3.0, and what has to be changed in the code that is generated of them.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    pub(crate) paths: Object,
    pub(crate) patches: Patches,
    pub(crate) count: usize,
    /// The operations of `skip` that exist.
    pub(crate) skipped: Vec<String>,
}

/// One operation, being brought over.
pub(crate) struct Operation<'d> {
    /// `GET /watches/{id}`, for messages.
    pub(crate) title: String,
    /// The name of its method.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) at: String,
    /// Path of the document.
    pub(crate) path: String,
    pub(crate) object: &'d Object,
    /// The path's own parameters, and where they stand.
    pub(crate) shared: (&'d [Value], String),
    pub(crate) patch: Patch,
}

/// Bring all operations over.
pub(crate) fn bring(schemas: &mut Schemas<'_>) -> Operations {
    let mut operations = Operations::default();
    let mut names = Names::of_operations();
    let root = schemas.root;
    let paths = root.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten().filter(|(path, _)| !path.starts_with("x-")) {
        let at = source::under("/paths", path);
        let (item, at) = match item.get("$ref") {
            Some(_) => match schemas.follow(item) {
                Some((target, pointer)) => (target, pointer),
                None => {
                    schemas.report.broken(
                        "missing-reference",
                        &at,
                        "the path refers to nothing in the document",
                    );
                    continue;
                }
            },
            None => (item, at),
        };
        let Some(item) = item.as_object() else {
            schemas.report.broken("invalid-path", &at, "a path is an object");
            continue;
        };
        bring_path(schemas, &mut operations, &mut names, path, item, &at);
    }
    operations
}

fn bring_path<'d>(
    schemas: &mut Schemas<'d>,
    operations: &mut Operations,
    names: &mut Names,
    path: &str,
    item: &'d Object,
    at: &str,
) {
    for method in METHODS {
        let Some(object) = item.get(*method).and_then(Value::as_object) else { continue };
        let title = format!("{} {path}", method.to_ascii_uppercase());
        if schemas.settings.skip.iter().any(|skip| is_same(skip, &title)) {
            operations.skipped.push(title);
            continue;
        }
        let operation = Operation {
            name: names.method_for(&wished_name(object, method, path)),
            title,
            at: source::under(at, method),
            path: path.to_owned(),
            object,
            shared: (source::items(item, "parameters"), source::under(at, "parameters")),
            patch: Patch::default(),
        };
        operations.count += 1;
        bring_one(schemas, operations, operation, method);
    }
}

/// Do both name the same operation? Methods are often written in lower case.
pub(crate) fn is_same(skip: &str, title: &str) -> bool {
    match (skip.split_once(' '), title.split_once(' ')) {
        (Some((method, path)), Some((other, same))) => method.eq_ignore_ascii_case(other) && path == same,
        _ => false,
    }
}

fn wished_name(object: &Object, method: &str, path: &str) -> String {
    match source::text(object, "operationId").filter(|id| id.chars().any(char::is_alphanumeric)) {
        Some(id) => id.to_owned(),
        None => format!("{method} {}", path.replace(['{', '}', '/'], " ")),
    }
}

fn bring_one<'d>(
    schemas: &mut Schemas<'d>,
    operations: &mut Operations,
    mut operation: Operation<'d>,
    method: &str,
) {
    let mut out = Map::new();
    out.insert("operationId".into(), operation.name.clone().into());
    if let Some(summary) = source::text(operation.object, "summary") {
        out.insert("summary".into(), prose::single(summary).into());
    }
    if let Some(description) = source::text(operation.object, "description") {
        out.insert("description".into(), prose::plain(description).into());
    }
    // A method of several traits could not be called when all are in scope.
    if let Some(tag) = source::items(operation.object, "tags").first().and_then(Value::as_str) {
        out.insert("tags".into(), json!([tag]));
    }
    for extension in ["x-dropshot-pagination", "x-dropshot-websocket"] {
        if let Some(value) = operation.object.get(extension) {
            out.insert(extension.into(), value.clone());
        }
    }
    let body = body::bring(schemas, &mut operation);
    let (path, mut parameters) = parameters::bring(schemas, &mut operation, body.is_some());
    if let Some(body) = body {
        out.insert("requestBody".into(), body.content);
        parameters.extend(body.parameter);
    }
    out.insert("parameters".into(), Value::Array(parameters));
    out.insert("responses".into(), responses::bring(schemas, &mut operation));
    operations.patches.insert(operation.name, operation.patch);
    // Paths that differ in the names of parameters only are one path for the generator too.
    let item = operations.paths.entry(path).or_insert_with(|| json!({}));
    item[method] = Value::Object(out);
}

/// What stands at a place, and where: the target, where it is a reference.
fn resolve<'d>(schemas: &mut Schemas<'d>, value: &'d Value, at: &str) -> Option<(&'d Object, String)> {
    let found = match value.get("$ref") {
        Some(_) => schemas.follow(value),
        None => Some((value, at.to_owned())),
    };
    let found = found.and_then(|(value, pointer)| Some((value.as_object()?, pointer)));
    if found.is_none() {
        schemas.report.broken(
            "missing-reference",
            at,
            "this refers to nothing in the document, or is no object",
        );
    }
    found
}
