//! Whether this binary understands the file at all.

use super::spans::Spans;
use countersign_model::Problem;
use serde_json::Value;

/// The problem of a file that asks for a newer host. A `minimum-version` that is no version is left to the
/// schema.
pub(super) fn too_new(file: &Value, host: &str, spans: &Spans) -> Option<Problem> {
    let pointer = "/pipeline/minimum-version";
    let asked = file.pointer(pointer)?.as_str()?;
    if triple(asked)? <= triple(host)? {
        return None;
    }
    let message = format!("`{}` asks for Countersign {asked} or newer; this is {host}", spans.file);
    let hint = format!("install Countersign {asked} or newer");
    Some(Problem::new("configuration-too-new", message).at(spans.position(pointer)).hint(hint))
}

/// `MAJOR.MINOR.PATCH`; what follows a hyphen does not count.
fn triple(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split('-').next()?.split('.').map(|number| number.parse().ok());
    let triple = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(triple)
}
