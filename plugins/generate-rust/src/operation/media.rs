//! Media types of bodies.

use crate::source::{self, Object};
use serde_json::Value;

/// What the generator can do with a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Medium {
    /// `application/json`.
    Json,
    /// JSON under another name, such as `application/problem+json`.
    JsonLike,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `text/plain`.
    Text,
    /// Everything else: bytes.
    Raw,
    /// `multipart/form-data`, whose boundary belongs to the media type.
    Multipart,
}

/// One body of several, by its media type.
#[derive(Clone, Debug)]
pub(crate) struct Body<'v> {
    pub(crate) medium: Medium,
    /// The media type in lower case, without parameters.
    pub(crate) media_type: String,
    pub(crate) schema: Option<&'v Value>,
    pub(crate) at: String,
}

/// The bodies of a request or response, the one that the generator does best first.
pub(crate) fn bodies<'v>(object: &'v Object, at: &str) -> Vec<Body<'v>> {
    let content = object.get("content").and_then(Value::as_object);
    let at = source::under(at, "content");
    let mut bodies: Vec<_> = content
        .into_iter()
        .flatten()
        .map(|(media_type, body)| {
            let schema = body.get("schema");
            let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let at = source::under(&source::under(&at, media_type), "schema");
            Body { medium: medium(&name, schema), media_type: name, schema, at }
        })
        .collect();
    bodies.sort_by_key(|body| body.medium);
    bodies
}

fn medium(name: &str, schema: Option<&Value>) -> Medium {
    match name {
        "application/json" | "text/json" => Medium::Json,
        // What a framework writes that does not know the media type. A text would not be JSON.
        "*/*" | "application/*"
            if schema.is_some_and(|schema| schema.get("type").is_none_or(|name| name != "string")) =>
        {
            Medium::Json
        }
        "application/x-www-form-urlencoded" => Medium::Form,
        "multipart/form-data" => Medium::Multipart,
        "text/plain" => Medium::Text,
        name if name.ends_with("+json") => Medium::JsonLike,
        _ => Medium::Raw,
    }
}

/// May the media type stand in a header as it is?
pub(crate) fn is_header(media_type: &str) -> bool {
    media_type.contains('/')
        && !media_type.contains('*')
        && media_type.bytes().all(|byte| byte.is_ascii_graphic())
}
