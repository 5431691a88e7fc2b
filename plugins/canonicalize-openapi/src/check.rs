//! Is it an OpenAPI document, and is there an API in it?

use crate::diagnose;
use countersign_document::{Node, Omissions, excerpt};
use countersign_plugin::Diagnostic;

/// The versions that differ in what a document must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Swagger 2.0.
    Two,
    /// OpenAPI 3.0.
    Three,
    /// OpenAPI 3.1 and later: `paths` is optional, webhooks or components do as well.
    ThreeOne,
}

/// Find out the version, and report everything that the document lacks at its top.
pub(crate) fn identify(root: Node<'_>) -> Result<Version, Vec<Diagnostic>> {
    if let Some(log) = log_line(root) {
        return Err(vec![log]);
    }
    let Some((name, value)) = declared(root) else {
        return Err(vec![diagnose(
            "not-openapi",
            "the document has neither `openapi` nor `swagger` at its top",
            root,
            "if it is another kind of JSON, choose `canonicalize-json`",
        )]);
    };
    let info = missing_info(root);
    match (version(name, value), info) {
        (Some(version), None) => Ok(version),
        (Some(_), Some(info)) => Err(vec![info]),
        (None, info) => Err(std::iter::once(wrong_version(name, value)).chain(info).collect()),
    }
}

/// The key that declares the version, and its value.
fn declared(root: Node<'_>) -> Option<(&'static str, Node<'_>)> {
    ["openapi", "swagger"].into_iter().find_map(|name| Some((name, root.get(name)?)))
}

fn version(name: &str, value: Node<'_>) -> Option<Version> {
    let text = value.as_str()?;
    match (name, text.split('.').collect::<Vec<_>>().as_slice()) {
        ("swagger", ["2", "0"]) => Some(Version::Two),
        ("openapi", ["3", "0", ..]) => Some(Version::Three),
        ("openapi", ["3", minor, ..]) if minor.parse::<u32>().is_ok() => Some(Version::ThreeOne),
        _ => None,
    }
}

fn wrong_version(name: &str, value: Node<'_>) -> Diagnostic {
    if let Some(text) = value.as_str() {
        let message = format!("`{name}` is `{}`, which is not supported", excerpt(&text));
        return diagnose("unsupported-version", message, value, "write OpenAPI 3.x or Swagger 2.0");
    }
    let message = format!("`{name}` is of type {}, not a string", value.kind().as_str());
    let version = if name == "swagger" { "2.0" } else { "3.1.0" };
    diagnose("invalid-version", message, value, &format!("quote the version: `{name}: \"{version}\"`"))
}

fn missing_info(root: Node<'_>) -> Option<Diagnostic> {
    let help = "an OpenAPI document has an `info` object with `title` and `version`";
    match root.get("info") {
        Some(info) if info.is_object() => None,
        Some(info) => {
            let message = format!("`info` is of type {}, not an object", info.kind().as_str());
            Some(diagnose("missing-info", message, info, help))
        }
        None => Some(diagnose("missing-info", "the document has no `info`", root, help)),
    }
}

/// A log line such as `INFO: started` reads as an entry of a YAML mapping.
fn log_line(root: Node<'_>) -> Option<Diagnostic> {
    const LEVELS: [&str; 8] = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL"];
    let first = root.entries().next()?;
    let name = first.name();
    if !name.contains(' ') && !LEVELS.contains(&name.as_ref()) {
        return None;
    }
    let message = format!("a log line stands before the document: `{}`", excerpt(&name));
    let help = "log to standard error, or have the command write its document to `{out}`";
    Some(diagnose("log-line", message, first.value, help))
}

/// What is wrong with a document that describes no API: a generator would turn it into a client that can
/// do nothing.
pub(crate) fn emptiness(root: Node<'_>, version: Version, omissions: &Omissions) -> Option<Diagnostic> {
    let kept = Kept { omissions };
    let holds = |key: &str| root.get(key).is_some_and(|map| kept.entries(map).next().is_some());
    let components = || {
        let components = root.get("components");
        components
            .is_some_and(|components| kept.entries(components).any(|map| kept.entries(map).next().is_some()))
    };
    let (filled, needed) = match version {
        Version::Two | Version::Three => (holds("paths"), "a path"),
        Version::ThreeOne => {
            (holds("paths") || holds("webhooks") || components(), "a path, a webhook or a component")
        }
    };
    if filled {
        return None;
    }
    if omissions.is_empty() {
        let message = format!("the document describes no API: it needs {needed}");
        let help = "look at how it was made; a service that failed to load its routes writes such a document";
        return Some(diagnose("empty-spec", message, root, help));
    }
    let message =
        format!("nothing is left of the API: {needed} must remain after `prune` and `unreferenced`");
    Some(diagnose("empty-spec", message, root, "narrow the patterns of `prune` in pipeline.toml"))
}

/// What is not left out.
#[derive(Clone, Copy)]
struct Kept<'o> {
    omissions: &'o Omissions,
}

impl<'o> Kept<'o> {
    /// The values of a map that is kept, without extensions.
    fn entries<'d>(self, map: Node<'d>) -> impl Iterator<Item = Node<'d>> + use<'d, 'o> {
        let map = (!self.omissions.contains(map)).then_some(map);
        let own = map.into_iter().flat_map(Node::entries).filter(|entry| !entry.name().starts_with("x-"));
        own.map(|entry| entry.value).filter(move |value| !self.omissions.contains(*value))
    }
}
