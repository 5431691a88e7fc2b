//! `canonicalize`: a document in its canonical form, on standard output.

use super::repository;
use crate::args::CanonicalizeArgs;
use crate::builtin::BUILTINS;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::{Problem, RawDocument};
use countersign_pipeline::project;
use std::io::Read;
use std::path::Path;

/// Bring the document to its canonical form.
pub(crate) fn run(args: &CanonicalizeArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let raw = read(&args.file, context)?;
    project::canonicalize(BUILTINS, repository::format(&args.format), raw).map(Outcome::Document)
}

fn read(file: &Path, context: &Context) -> Result<RawDocument, Vec<Problem>> {
    let unreadable = |error: std::io::Error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        vec![Problem::new("unreadable-document", message).hint("name a file, or `-` for standard input")]
    };
    let mut content = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut content).map_err(unreadable)?;
    } else {
        content = std::fs::read(context.directory.join(file)).map_err(unreadable)?;
    }
    let media_type = match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => "application/json",
        Some("yaml" | "yml") => "application/yaml",
        Some(_) | None => "application/octet-stream",
    };
    Ok(RawDocument { content, media_type: media_type.into() })
}
