//! The whole document as OpenAPI 3.0.

use crate::operation::{self, Operations, is_same};
use crate::patch::Patches;
use crate::prose;
use crate::schema::Schemas;
use crate::settings::{Settings, invalid};
use crate::source::{self, Object};
use countersign_document::{Document, Node};
use countersign_plugin::{Diagnostic, Failure, diagnostic};
use serde_json::{Map, Value, json};

/// The document, in the part of OpenAPI 3.0 that the generator does well.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) document: Value,
    pub(crate) patches: Patches,
    pub(crate) warnings: Vec<String>,
    /// The API's name and version, in one line each.
    pub(crate) title: String,
    pub(crate) version: String,
}

/// Lower a document.
pub(crate) fn document(source: &Document<'_>, settings: &Settings) -> Result<Lowered, Failure> {
    is_known(source.root()).map_err(|problem| Failure::InvalidInput(vec![problem]))?;
    let root = source::value(source.root());
    let mut schemas = Schemas::new(&root, settings);
    let operations = operation::bring(&mut schemas);
    check_skips(settings, &operations)?;
    if operations.count == 0 {
        schemas.report.unsupported("/paths", "the document has no operation to call");
    }
    let (types, report) = schemas.finish();
    let warnings = report.settle(source)?;
    let info = info(&root);
    let (title, version) = (owned(&info, "title"), owned(&info, "version"));
    let document = json!({
        "openapi": "3.0.3",
        "info": info,
        "tags": tags(&root),
        "paths": operations.paths,
        "components": { "schemas": types },
    });
    Ok(Lowered { document, patches: operations.patches, warnings, title, version })
}

fn is_known(root: Node<'_>) -> Result<(), Diagnostic> {
    let version = root.get("openapi").and_then(Node::as_str).unwrap_or_default();
    if ["3.0.", "3.1."].iter().any(|known| version.starts_with(known)) {
        return Ok(());
    }
    let at = Some(root.get("openapi").unwrap_or(root).location());
    let message = match version.as_ref() {
        "" => "the document does not say that it is OpenAPI".to_owned(),
        other => format!("OpenAPI `{}` is not supported", crate::quote(other)),
    };
    let help = Some("`generate-rust` takes OpenAPI 3.0 and 3.1".to_owned());
    Err(Diagnostic { at, help, ..diagnostic("unknown-version", message) })
}

fn check_skips(settings: &Settings, operations: &Operations) -> Result<(), Failure> {
    let unknown =
        settings.skip.iter().filter(|skip| !operations.skipped.iter().any(|title| is_same(skip, title)));
    let unknown: Vec<_> = unknown
        .map(|skip| {
            invalid(&format!("`skip` names `{}`, which is no operation of the document", crate::quote(skip)))
        })
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(Failure::InvalidConfig(unknown)) }
}

fn info(root: &Value) -> Object {
    let none = Map::new();
    let info = root.get("info").and_then(Value::as_object).unwrap_or(&none);
    let text = |key: &str| source::text(info, key).unwrap_or_default();
    // The client sends the version in a header.
    let version: String = text("version").chars().filter(char::is_ascii_graphic).collect();
    let mut lowered = Map::from_iter([
        ("title".to_owned(), prose::single(text("title")).into()),
        ("version".to_owned(), version.into()),
    ]);
    if let Some(description) = source::text(info, "description") {
        lowered.insert("description".into(), prose::plain(description).into());
    }
    lowered
}

fn owned(object: &Object, key: &str) -> String {
    source::text(object, key).unwrap_or_default().to_owned()
}

fn tags(root: &Value) -> Vec<Value> {
    let tags = root.as_object().map_or(&[][..], |root| source::items(root, "tags"));
    let described = tags.iter().filter_map(|tag| {
        let description = tag.get("description").and_then(Value::as_str).map(prose::plain);
        Some(json!({ "name": tag.get("name")?.as_str()?, "description": description.unwrap_or_default() }))
    });
    described.collect()
}
