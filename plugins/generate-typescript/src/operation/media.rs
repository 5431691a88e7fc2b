//! Media types (RFC 9110, section 8.3) and what a program holds of them.
//!
//! `kindOf` in `runtime.ts` is the same function; the two must agree.

/// What a body is to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value.
    Json,
    /// An object whose properties become the parts of a form.
    Multipart,
    /// An object whose properties become the fields of a form.
    Form,
    /// A string.
    Text,
    /// Something that never ends: its bytes as they come.
    Stream,
    /// Bytes.
    Binary,
}

/// The kind of a media type.
pub(crate) fn kind(media_type: &str) -> Kind {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match name.as_str() {
        "application/json" | "text/json" => Kind::Json,
        "multipart/form-data" => Kind::Multipart,
        "application/x-www-form-urlencoded" => Kind::Form,
        "text/event-stream"
        | "application/x-ndjson"
        | "application/jsonl"
        | "application/json-seq"
        | "application/json-lines" => Kind::Stream,
        "application/xml" | "application/yaml" | "application/javascript" | "application/graphql" => {
            Kind::Text
        }
        name if name.ends_with("+json") => Kind::Json,
        name if name.ends_with("+xml") || name.ends_with("+yaml") || name.starts_with("text/") => Kind::Text,
        _ => Kind::Binary,
    }
}

/// Does it stand for several media types, like `image/*`?
pub(crate) fn is_range(media_type: &str) -> bool {
    media_type.contains('*')
}

impl Kind {
    /// The kind of an answer: nobody sends forms back that a program reads as such.
    pub(crate) fn of_answer(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text | Self::Form => "text",
            Self::Stream => "stream",
            Self::Binary | Self::Multipart => "binary",
        }
    }
}
