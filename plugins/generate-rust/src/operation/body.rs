//! The body of a request.

use super::Operation;
use super::media::{Medium, bodies, is_header};
use crate::prose;
use crate::schema::{ScalarKind, Schemas, scalar_kind};
use crate::source;
use serde_json::{Value, json};

/// A body as OpenAPI 3.0.
pub(super) struct RequestBody {
    pub(super) content: Value,
    /// A header that the caller has to give with it.
    pub(super) parameter: Option<Value>,
}

/// The body of an operation, if it takes one.
pub(super) fn bring<'d>(schemas: &mut Schemas<'d>, operation: &mut Operation<'d>) -> Option<RequestBody> {
    let (body, at) = super::resolve(
        schemas,
        operation.object.get("requestBody")?,
        &source::under(&operation.at, "requestBody"),
    )?;
    let bodies = bodies(body, &at);
    let best = bodies.first()?;
    if bodies.len() > 1 {
        let others: Vec<_> = bodies.iter().skip(1).map(|body| crate::quote(&body.media_type)).collect();
        let message = format!(
            "the body is sent as `{}`, not as `{}`",
            crate::quote(&best.media_type),
            others.join("` or `")
        );
        schemas.report.adapted(&operation.title, message);
    }
    let hint = format!("{} Body", operation.name);
    let (media_type, schema) = match best.medium {
        Medium::Json => ("application/json", typed(schemas, best.schema, &best.at, &hint)),
        Medium::JsonLike => {
            operation.patch.json_body = Some(media_type(schemas, operation, &best.media_type)?);
            ("application/json", typed(schemas, best.schema, &best.at, &hint))
        }
        Medium::Form
            if best.schema.is_some_and(|schema| scalar_kind(schemas, schema) == ScalarKind::Object) =>
        {
            ("application/x-www-form-urlencoded", typed(schemas, best.schema, &best.at, &hint))
        }
        Medium::Text => ("text/plain", json!({ "type": "string" })),
        Medium::Raw | Medium::Multipart | Medium::Form => {
            let known = if is_header(&best.media_type) {
                best.media_type.clone()
            } else {
                "application/octet-stream".into()
            };
            operation.patch.raw_body = Some(known);
            ("application/octet-stream", json!({ "type": "string", "format": "binary" }))
        }
    };
    let parameter = (best.medium == Medium::Multipart).then(|| boundary(schemas, operation));
    let mut content = json!({ "content": { media_type: { "schema": schema } }, "required": true });
    if let Some(description) = source::text(body, "description") {
        content["description"] = prose::plain(description).into();
    }
    Some(RequestBody { content, parameter })
}

fn typed(schemas: &mut Schemas<'_>, schema: Option<&Value>, at: &str, hint: &str) -> Value {
    schema.map_or_else(|| json!({}), |schema| schemas.lower(schema, at, hint))
}

fn media_type<'d>(schemas: &mut Schemas<'d>, operation: &Operation<'d>, media_type: &str) -> Option<String> {
    if is_header(media_type) {
        return Some(media_type.to_owned());
    }
    let message = format!("{}: `{}` is no media type", operation.title, crate::quote(media_type));
    schemas.report.unsupported(&operation.at, message);
    None
}

fn boundary<'d>(schemas: &mut Schemas<'d>, operation: &Operation<'d>) -> Value {
    let what = "the caller writes the `multipart/form-data` body, and gives its boundary in `content_type`";
    schemas.report.adapted(&operation.title, what);
    json!({
        "name": "Content-Type", "in": "header", "required": true, "schema": { "type": "string" },
        "description": "The media type with the boundary of the body, such as `multipart/form-data; boundary=x`.",
    })
}
