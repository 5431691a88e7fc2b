//! Swagger 2.0 as OpenAPI 3.
//!
//! A document of the old version is written anew in the words of OpenAPI 3.0, with a note of where each part came
//! from, so that everything else knows one version and findings still point into the document that the user has.

mod operations;
mod origin;
mod parameters;
mod schemas;
mod writer;

use origin::Origins;
pub(crate) use origin::restore;

use crate::spec::Node;
use countersign_document::pointer;
use countersign_plugin::Failure;
use writer::Writer;

/// A document in the words of OpenAPI 3.
#[derive(Debug)]
pub(crate) struct Converted {
    pub(crate) text: String,
    origins: Origins,
}

/// Whether a document says that it is of Swagger 2.0.
pub(crate) fn is_swagger(root: Node<'_>) -> bool {
    root.get("swagger")
        .is_some_and(|version| version.as_str().as_deref() == Some("2.0") || version.raw() == "2.0")
}

/// Write a Swagger 2.0 document as OpenAPI 3.0.
///
/// # Errors
/// [`Failure::Unsupported`] where shared parameters and responses that are written out at each use make the document
/// many times as long as it was.
pub(crate) fn convert(root: Node<'_>) -> Result<Converted, Failure> {
    let mut writer = Writer::new(root);
    writer.object(|writer| {
        writer.entry("openapi", |writer| writer.raw("\"3.0.3\""));
        for entry in root.entries() {
            let name = entry.name();
            if matches!(name.as_ref(), "info" | "security" | "tags" | "externalDocs")
                || name.starts_with("x-")
            {
                writer.entry(&name, |writer| writer.raw(entry.value.raw()));
            }
        }
        servers(writer, root);
        writer.entry("paths", |writer| operations::paths(writer, root));
        writer.entry("components", |writer| components(writer, root));
    });
    writer.finish()
}

/// `schemes`, `host` and `basePath` as servers.
fn servers(writer: &mut Writer, root: Node<'_>) {
    let (host, path) = (text(root, "host"), text(root, "basePath").unwrap_or_default());
    if host.is_none() && path.is_empty() {
        return;
    }
    writer.entry("servers", |writer| {
        writer.from(root.get("host").or_else(|| root.get("basePath")));
        writer.array(|writer| addresses(writer, root, root.get("schemes")));
    });
}

/// The servers of an operation with schemes of its own.
fn own_servers(writer: &mut Writer, root: Node<'_>, operation: Node<'_>) {
    let Some(schemes) = operation.get("schemes").filter(|_| root.get("host").is_some()) else { return };
    writer.entry("servers", |writer| {
        writer.from(Some(schemes));
        writer.array(|writer| addresses(writer, root, Some(schemes)));
    });
}

fn addresses(writer: &mut Writer, root: Node<'_>, schemes: Option<Node<'_>>) {
    let (host, path) = (text(root, "host"), text(root, "basePath").unwrap_or_default());
    let urls: Vec<String> = match (&host, schemes.filter(|schemes| !schemes.is_empty())) {
        (None, _) => vec![path],
        (Some(host), None) => vec![format!("//{host}{path}")],
        (Some(host), Some(schemes)) => schemes
            .items()
            .filter_map(Node::as_str)
            .map(|scheme| format!("{scheme}://{host}{path}"))
            .collect(),
    };
    for (at, url) in urls.iter().enumerate() {
        writer.item(at, |writer| {
            writer.object(|writer| writer.entry("url", |writer| writer.text(url)));
        });
    }
}

fn components(writer: &mut Writer, root: Node<'_>) {
    writer.object(|writer| {
        if let Some(definitions) = root.get("definitions") {
            writer.entry("schemas", |writer| {
                writer.from(Some(definitions));
                schemas::named(writer, definitions);
            });
        }
        if let Some(schemes) = root.get("securityDefinitions") {
            writer.entry("securitySchemes", |writer| {
                writer.from(Some(schemes));
                writer.object(|writer| {
                    for entry in schemes.entries() {
                        writer.entry(&entry.name(), |writer| security_scheme(writer, entry.value));
                    }
                });
            });
        }
    });
}

fn security_scheme(writer: &mut Writer, scheme: Node<'_>) {
    let kind = text(scheme, "type");
    writer.object(|writer| match kind.as_deref() {
        Some("basic") => {
            writer.entry("type", |writer| writer.raw("\"http\""));
            writer.entry("scheme", |writer| writer.raw("\"basic\""));
        }
        Some("oauth2") => {
            writer.entry("type", |writer| writer.raw("\"oauth2\""));
            writer.entry("flows", |writer| {
                writer.object(|writer| {
                    let flow = text(scheme, "flow").unwrap_or_default();
                    let name = match flow.as_str() {
                        "application" => "clientCredentials",
                        "accessCode" => "authorizationCode",
                        other => other,
                    };
                    writer.entry(name, |writer| {
                        copied(writer, scheme, &["authorizationUrl", "tokenUrl", "scopes"]);
                    });
                });
            });
        }
        _ => {
            for entry in scheme.entries() {
                writer.entry(&entry.name(), |writer| writer.raw(entry.value.raw()));
            }
        }
    });
}

/// An object of some keys of a node, as they are.
fn copied(writer: &mut Writer, node: Node<'_>, keys: &[&str]) {
    writer.object(|writer| {
        for key in keys {
            if let Some(value) = node.get(key) {
                writer.entry(key, |writer| writer.raw(value.raw()));
            }
        }
    });
}

fn text(node: Node<'_>, key: &str) -> Option<String> {
    node.get(key).and_then(Node::as_str).map(std::borrow::Cow::into_owned)
}

/// What a reference inside the document leads to.
fn resolved<'a>(root: Node<'a>, node: Node<'a>) -> Node<'a> {
    let target = text(node, "$ref").and_then(|reference| root.resolve(reference.strip_prefix('#')?));
    target.unwrap_or(node)
}

/// A pointer one step further down.
fn below(parent: &str, segment: &str) -> String {
    let mut path = parent.to_owned();
    pointer::push(&mut path, segment);
    path
}
