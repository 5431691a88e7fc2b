//! `canonicalize`: a document in its canonical form, on standard output.

use super::repository;
use crate::args::CanonicalizeArgs;
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::{Beside, Problem, RawDocument};
use std::io::Read;
use std::path::Path;

/// Bring the document to its canonical form.
pub(crate) fn run(args: &CanonicalizeArgs, context: &Context) -> Result<Outcome, Vec<Problem>> {
    let raw = read(&args.file, context)?;
    repository::bare(context)?.canonicalize(repository::format(&args.format), raw).map(Outcome::Document)
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
    let folder = context.directory.join(file).parent().map(Path::to_owned);
    let beside = folder.filter(|_| file != Path::new("-")).map_or(Beside::Nowhere, Beside::Folder);
    Ok(RawDocument { content, media_type: media_type.into(), beside })
}
