//! Compare two files natively, as `countersign diff` does in the sandbox, for scores and profiles:
//! `compare SETTINGS BASE HEAD`, with the stage's settings as JSON. Prints `{"changes": [...]}`.

use countersign_document::{Document, Printer};
use countersign_plugin::{Change, Impact};
use diff_openapi::Settings;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [settings, base, head] = arguments.as_slice() else {
        return Err("usage: compare SETTINGS BASE HEAD".into());
    };
    let settings: Settings = serde_json::from_str(settings)?;
    let settings = settings.validated().map_err(|failure| format!("{failure:?}"))?;
    let (base, head) = (canonical(base)?, canonical(head)?);
    let found = diff_openapi::changes(&base, &head, &settings).map_err(|failure| format!("{failure:?}"))?;
    let found: Vec<serde_json::Value> = found.iter().map(shown).collect();
    let shown = serde_json::to_string_pretty(&serde_json::json!({ "changes": found }))?;
    writeln!(std::io::stdout(), "{shown}")?;
    Ok(())
}

fn canonical(path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    let media_type =
        if matches!(extension, Some("yaml" | "yml")) { "application/yaml" } else { "application/json" };
    let document = Document::parse(&bytes, media_type).map_err(|problem| format!("{path}: {problem:?}"))?;
    Ok(Printer::new().print(&document))
}

/// A change as the scorer reads it.
fn shown(change: &Change) -> serde_json::Value {
    let level = match change.impact {
        Impact::Breaking => 3,
        Impact::Risky => 2,
        Impact::Compatible => 1,
    };
    let (method, path) = change.operations.first().and_then(|operation| operation.split_once(' ')).unzip();
    serde_json::json!({
        "id": change.rule, "level": level, "operation": method, "path": path,
        "text": change.summary, "location": change.subject, "operations": change.operations,
    })
}
