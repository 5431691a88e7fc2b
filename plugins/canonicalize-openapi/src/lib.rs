//! The canonical form of OpenAPI documents: what `canonicalize-json` writes, of a document that is known to
//! describe an API, without the paths and components that `pipeline.toml` leaves out.

mod bundle;
mod check;
mod describe;
mod pattern;
mod prune;
mod reach;
mod settings;

use countersign_document as json;
use countersign_plugin::{
    Canonicalize, Description, Diagnostic, Document, Failure, SiblingError, config, diagnostic, log, read,
};
use json::{Omissions, Printer};
use settings::{Empty, Settings, Unreferenced};

struct OpenApi;

impl Canonicalize for OpenApi {
    fn describe() -> Description {
        describe::description()
    }

    fn canonicalize(document: &Document) -> Result<Vec<u8>, Failure> {
        let beside = Beside { document, digest: document.info().digest };
        let canonical = canonical(&read(document), &document.info().media_type, &config::get()?, &beside)?;
        canonical.warnings.iter().for_each(log::warn);
        Ok(canonical.bytes)
    }
}

countersign_plugin::export_canonicalize!(OpenApi);

/// The canonical bytes, and what the user should know about the way there.
#[derive(Debug)]
struct Canonical {
    bytes: Vec<u8>,
    warnings: Vec<String>,
}

fn canonical(
    bytes: &[u8],
    media_type: &str,
    settings: &Settings,
    files: &dyn bundle::Files,
) -> Result<Canonical, Failure> {
    let patterns = settings.patterns()?;
    let document = json::Document::parse(bytes, media_type)?;
    let version = check::identify(document.root()).map_err(Failure::InvalidInput)?;
    match bundle::bundle(document.root(), files)? {
        None => printed(&document, version, &patterns, settings),
        Some(bundled) => {
            let document = json::Document::parse_json(bundled.json.as_bytes())?;
            let canonical = printed(&document, version, &patterns, settings)?;
            Ok(Canonical { warnings: [bundled.warnings, canonical.warnings].concat(), ..canonical })
        }
    }
}

fn printed(
    document: &json::Document<'_>,
    version: check::Version,
    patterns: &[pattern::Pattern],
    settings: &Settings,
) -> Result<Canonical, Failure> {
    let mut omissions = Omissions::new();
    let mut warnings = prune::paths(document.root(), patterns, &mut omissions);
    if settings.unreferenced == Unreferenced::Drop {
        reach::drop_unreferenced(document.root(), &mut omissions);
    }
    let empty = check::emptiness(document.root(), version, &omissions);
    if let Some(empty) = empty.filter(|_| settings.empty == Empty::Refuse) {
        return Err(Failure::InvalidInput(vec![empty]));
    }
    warnings.extend(reach::broken(document.root(), &omissions));

    let bytes = Printer::new().order(settings.order).without(&omissions).print(document);
    Ok(Canonical { bytes, warnings })
}

/// The files that the host opens beside a document.
struct Beside<'d> {
    document: &'d Document,
    digest: String,
}

impl bundle::Files for Beside<'_> {
    fn open(&self, place: &str) -> Result<bundle::Found, bundle::Refusal> {
        let sibling = self.document.sibling(place).map_err(|error| match error {
            SiblingError::NotFound => bundle::Refusal::Missing,
            SiblingError::Denied(why) | SiblingError::Other(why) => bundle::Refusal::Denied(why),
        })?;
        let info = sibling.info();
        if info.digest == self.digest {
            return Ok(bundle::Found::Main);
        }
        Ok(bundle::Found::File { bytes: read(&sibling), media_type: info.media_type })
    }
}

/// A diagnostic about a node.
fn diagnose(code: &str, message: impl Into<String>, node: json::Node<'_>, help: &str) -> Diagnostic {
    Diagnostic { at: Some(node.location()), help: Some(help.into()), ..diagnostic(code, message) }
}

#[cfg(test)]
mod tests;
