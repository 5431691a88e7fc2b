//! Generates a TypeScript client from an OpenAPI document (3.0 or 3.1), inside the sandbox and without a tool of the
//! machine: types for every schema and operation, and a small client over `fetch` without dependencies.
//!
//! Nothing is left out silently: an operation that cannot be told is a [`Failure::InvalidInput`] with its place.

mod declarations;
mod describe;
mod emit;
mod names;
mod operation;
mod schema;
mod settings;
mod spec;
mod text;
mod types;

pub use settings::{Enums, ImportExtension, Settings};

use countersign_document as json;
use countersign_plugin::tool::File;
use countersign_plugin::{Description, Document, Failure, Generate, config, log, read};
use emit::Declared;
use schema::Schemas;
use spec::Spec;

struct TypeScript;

impl Generate for TypeScript {
    fn describe() -> Description {
        describe::description()
    }

    fn generate(_client: String, document: &Document) -> Result<Vec<File>, Failure> {
        let generated = generate(&read(document), &document.info().media_type, &config::get()?)?;
        generated.warnings.iter().for_each(log::warn);
        Ok(generated.files)
    }
}

countersign_plugin::export_generate!(TypeScript);

/// A client, and what the user should know about the way there.
#[derive(Debug)]
pub struct Generated {
    /// The files, sorted by path.
    pub files: Vec<File>,
    /// What is told with less than the document says, with its place.
    pub warnings: Vec<String>,
}

/// Generate the files of a client. The same bytes in give the same bytes out.
///
/// # Errors
/// [`Failure::InvalidInput`] with everything in the document that cannot be told.
pub fn generate(bytes: &[u8], media_type: &str, settings: &Settings) -> Result<Generated, Failure> {
    let document = json::Document::parse(bytes, media_type)?;
    let spec = Spec::new(document.root()).map_err(|problem| Failure::InvalidInput(vec![problem]))?;
    let mut schemas = Schemas::new(spec);
    let operations = operation::read_all(&mut schemas);
    let declared = declare(&mut schemas);
    let problems = schemas.spec.problems();
    if !problems.is_empty() {
        return Err(Failure::InvalidInput(problems));
    }
    let files = emit::files(settings, &declared, &operations);
    Ok(Generated { files, warnings: schemas.spec.warnings })
}

/// Read every schema that has a name. Reading one may give names to others.
fn declare<'a>(schemas: &mut Schemas<'a>) -> Vec<Declared<'a>> {
    let mut types = Vec::new();
    while let Some(declaration) = schemas.declarations.at(types.len()).cloned() {
        types.push((declaration.name, schemas.read(declaration.node, declaration.direction)));
    }
    for index in schema::untangle(&mut types) {
        if let Some(declaration) = schemas.declarations.at(index).cloned() {
            schemas.spec.warn("a schema is made of itself, and the circle is left out", declaration.node);
        }
    }
    let declared = |index| {
        let (name, kind) = types.get(index).cloned()?;
        Some(Declared { name, kind, node: schemas.declarations.at(index)?.node })
    };
    schemas.declarations.order().into_iter().filter_map(declared).collect()
}

#[cfg(test)]
mod tests;
