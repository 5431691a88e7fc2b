//! A typed, asynchronous Rust client of an OpenAPI document, made in the sandbox by progenitor and typify.
//!
//! Those take OpenAPI 3.0 and end with a panic on much of what documents say. So the document is first brought
//! to the part of OpenAPI 3.0 that they do well: see `schema` and `operation`. No operation is left out unless
//! the configuration says so; what cannot be generated ends the stage with its place.

mod emit;
mod lower;
mod names;
mod operation;
mod package;
mod patch;
mod prose;
mod report;
mod schema;
mod settings;
mod source;

use countersign_document as json;
use countersign_plugin::{Description, Document, Failure, Generate, config, log, read, tool};

pub use package::File;
pub use settings::{Constraints, Interface, Settings, Tags, Types};

struct Rust;

impl Generate for Rust {
    fn describe() -> Description {
        Description::new(
            "generate-rust",
            env!("CARGO_PKG_VERSION"),
            "Generate a typed, asynchronous Rust client, as a crate or as a module, without any tool",
        )
        .config_schema(settings::SCHEMA)
        .example(
            "a crate",
            r#"{"crate": "watcher-client"}"#,
            "application/json",
            &[ONE_OPERATION],
            "",
        )
    }

    fn generate(_client: String, document: &Document) -> Result<Vec<tool::File>, Failure> {
        let generated = generate(&read(document), &document.info().media_type, &config::get()?)?;
        generated.warnings.iter().for_each(log::warn);
        let file = |file: File| tool::File { path: file.path, content: file.content.into_bytes() };
        Ok(generated.files.into_iter().map(file).collect())
    }
}

countersign_plugin::export_generate!(Rust);

const ONE_OPERATION: &str = r#"{"openapi": "3.1.0", "info": {"title": "Watcher", "version": "1"}, "paths": {"/watches": {
  "get": {"operationId": "list_watches", "responses": {"200": {"description": "all of them", "content": {
    "application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}}}}}}}"#;

/// The client's files, and what the user should know about them.
#[derive(Debug)]
pub struct Generated {
    /// The files, relative to the client's output folder.
    pub files: Vec<File>,
    /// Where the client says less, or something else, than the document.
    pub warnings: Vec<String>,
}

/// Generate the client of a document.
///
/// # Errors
/// A [`Failure`] that names every place that cannot be generated, or what is wrong with the configuration.
pub fn generate(document: &[u8], media_type: &str, settings: &Settings) -> Result<Generated, Failure> {
    settings.check()?;
    let source = json::Document::parse(document, media_type)?;
    let lowered = lower::document(&source, settings)?;
    let code = emit::code(&lowered, settings)?;
    Ok(Generated { files: package::files(&code, &lowered, settings), warnings: lowered.warnings })
}

/// Somebody else's text between the backticks of a message.
fn quote(text: &str) -> String {
    json::excerpt(text).replace('`', "'")
}

#[cfg(test)]
mod tests;
