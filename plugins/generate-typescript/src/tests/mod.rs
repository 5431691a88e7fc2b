//! What comes out for small documents. `tests/tests/generate_typescript.rs` has the compiler read it.

mod clients;
mod hostile;
mod refusals;
mod schemas;

use crate::{Settings, generate};

/// One of the generated files without its head.
#[track_caller]
fn file(document: &str, settings: &Settings, path: &str) -> String {
    let generated = generate(document.as_bytes(), "application/json", settings).expect("it can be told");
    let file = generated.files.into_iter().find(|file| file.path == path).expect("there is such a file");
    let text = String::from_utf8(file.content).expect("it is text");
    text.strip_prefix(crate::emit::HEAD).expect("every file says where it comes from").to_owned()
}

/// A document of OpenAPI 3.1 with these schemas.
fn with_schemas(schemas: &str) -> String {
    let info = r#""info": {"title": "Test", "version": "1"}"#;
    format!(r#"{{"openapi": "3.1.0", {info}, "components": {{"schemas": {schemas}}}}}"#)
}

/// A document of OpenAPI 3.1 with these paths.
fn with_paths(paths: &str) -> String {
    let info = r#""info": {"title": "Test", "version": "1"}"#;
    format!(r#"{{"openapi": "3.1.0", {info}, "paths": {paths}}}"#)
}

/// The declarations for these schemas.
#[track_caller]
fn types(schemas: &str) -> String {
    declarations(&with_schemas(schemas))
}

/// The declarations of a document without its operations.
#[track_caller]
fn declarations(document: &str) -> String {
    let text = file(document, &Settings { client: false, ..Settings::default() }, "schema.ts");
    let end = text.find("/** What goes in").expect("operations stand at the end");
    text[..end].trim_end().to_owned()
}
