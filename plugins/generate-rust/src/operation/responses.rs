//! The responses of an operation: one type for success, and one for errors.

use super::Operation;
use super::media::{Medium, bodies, is_header};
use crate::schema::{Schemas, type_name};
use crate::source;
use serde_json::{Value, json};

/// What a response carries.
#[derive(Clone, Debug, PartialEq)]
enum Carries {
    /// JSON of this schema, under this media type.
    Typed(Value, String),
    /// Bytes.
    Bytes,
    /// Nothing.
    Nothing,
}

/// A response by its status, which may be a range such as `4XX`.
type Response = (String, Carries);

/// The responses as OpenAPI 3.0.
pub(super) fn bring<'d>(schemas: &mut Schemas<'d>, operation: &mut Operation<'d>) -> Value {
    let all = expand(declared(schemas, operation));
    // Types can be told apart when they are lowered.
    schemas.lower_waiting();
    let (successes, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(status, _)| status.starts_with('2') || status == "101");
    let errors: Vec<_> = others.into_iter().filter(|(status, _)| status.starts_with(['4', '5'])).collect();
    let successes = unify_successes(schemas, operation, successes);
    let errors = unify_errors(schemas, operation, errors);
    let written = covered(successes)
        .into_iter()
        .chain(covered(errors))
        .map(|(status, carries)| (status, carries.write()));
    Value::Object(written.collect())
}

fn declared<'d>(schemas: &mut Schemas<'d>, operation: &Operation<'d>) -> Vec<Response> {
    let at = source::under(&operation.at, "responses");
    let responses = operation.object.get("responses").and_then(Value::as_object).into_iter().flatten();
    let mut declared = Vec::new();
    for (status, response) in responses.filter(|(status, _)| !status.starts_with("x-")) {
        let at = source::under(&at, status);
        let Some(status) = normal(status) else {
            let message = format!("{}: `{}` is no status", operation.title, crate::quote(status));
            schemas.report.broken("invalid-status", &at, message);
            continue;
        };
        let Some((object, at)) = super::resolve(schemas, response, &at) else { continue };
        let carries = match bodies(object, &at).first() {
            None => Carries::Nothing,
            Some(_) if bodyless(&status) || operation.title.starts_with("HEAD ") => Carries::Nothing,
            Some(body) if matches!(body.medium, Medium::Json | Medium::JsonLike) => {
                let hint = format!("{} {}", operation.name, suffix(&status));
                let schema =
                    body.schema.map_or_else(|| json!({}), |schema| schemas.lower(schema, &body.at, &hint));
                let media_type =
                    if body.medium == Medium::Json { "application/json" } else { &body.media_type };
                Carries::Typed(schema, media_type.to_owned())
            }
            Some(_) => Carries::Bytes,
        };
        declared.push((status, carries));
    }
    declared
}

/// Statuses that never have a body.
fn bodyless(status: &str) -> bool {
    matches!(status, "204" | "205" | "304")
}

/// What the type of a response is called. Its status is in the name, so that one status more renames nothing.
fn suffix(status: &str) -> String {
    match status {
        "200" | "2XX" => "Response".into(),
        "default" => "Default".into(),
        other if other.starts_with('2') => format!("Response{other}"),
        other => format!("Error{}", other.to_ascii_lowercase()),
    }
}

fn normal(status: &str) -> Option<String> {
    let upper = status.to_ascii_uppercase();
    match upper.as_bytes() {
        b"DEFAULT" => Some("default".into()),
        [b'1'..=b'5', b'X', b'X'] | [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => Some(upper),
        _ => None,
    }
}

/// `default` as the ranges that it stands for: every success, if no success is named, and every error.
fn expand(responses: Vec<Response>) -> Vec<Response> {
    let Some(position) = responses.iter().position(|(status, _)| status == "default") else {
        return responses;
    };
    let mut named = responses;
    let (_, carries) = named.remove(position);
    let has = |named: &[Response], start: &str| {
        named.iter().any(|(status, _)| status.starts_with(start) || status == start)
    };
    if !has(&named, "2") && !has(&named, "101") {
        named.push(("2XX".into(), carries.clone()));
    }
    for range in ["4XX", "5XX"] {
        if !named.iter().any(|(status, _)| status == range) {
            named.push((range.into(), carries.clone()));
        }
    }
    named
}

fn unify_successes<'d>(
    schemas: &mut Schemas<'d>,
    operation: &mut Operation<'d>,
    mut responses: Vec<Response>,
) -> Vec<Response> {
    let types = types(&responses);
    let uniform = responses.iter().all(|(_, carries)| matches!(carries, Carries::Typed(..)));
    if !types.is_empty() && !uniform {
        schemas.report.adapted(
            &operation.title,
            "some successes carry JSON and some do not, so the client gives the bytes",
        );
        return all(responses, &Carries::Bytes);
    }
    if types.is_empty() {
        let bytes = responses.iter().any(|(_, carries)| *carries == Carries::Bytes);
        return if bytes { all(responses, &Carries::Bytes) } else { responses };
    }
    operation.patch.accept = accept(&responses);
    if types.len() > 1 {
        let one = choose(schemas, operation, &types, "successes");
        responses = all(responses, &Carries::Typed(one, String::new()));
    }
    responses
}

/// The media types that are asked for, unless `application/json` is all.
fn accept(responses: &[Response]) -> Option<String> {
    let mut wanted: Vec<&str> = Vec::new();
    for (_, carries) in responses {
        if let Carries::Typed(_, media_type) = carries
            && is_header(media_type)
            && !wanted.contains(&media_type.as_str())
        {
            wanted.push(media_type);
        }
    }
    (wanted != ["application/json"] && !wanted.is_empty()).then(|| wanted.join(", "))
}

/// Errors of one type. Those without JSON are left out where there are some with it: the client returns them
/// as `UnexpectedResponse`, with status and body. A range that would catch them makes all errors bytes.
fn unify_errors<'d>(
    schemas: &mut Schemas<'d>,
    operation: &Operation<'d>,
    mut responses: Vec<Response>,
) -> Vec<Response> {
    let types = types(&responses);
    if types.is_empty() {
        let bytes = responses.iter().any(|(_, carries)| *carries == Carries::Bytes);
        return if bytes { all(responses, &Carries::Bytes) } else { responses };
    }
    let typed = |carries: &Carries| matches!(carries, Carries::Typed(..));
    let ranges: Vec<_> = responses
        .iter()
        .filter(|(status, carries)| status.ends_with("XX") && typed(carries))
        .map(|(status, _)| status.clone())
        .collect();
    let caught =
        |status: &str| ranges.iter().any(|range| range.as_bytes().first() == status.as_bytes().first());
    if responses.iter().any(|(status, carries)| !typed(carries) && caught(status)) {
        schemas.report.adapted(
            &operation.title,
            "some errors carry JSON and some do not, so the client gives the bytes",
        );
        return all(responses, &Carries::Bytes);
    }
    responses.retain(|(_, carries)| typed(carries));
    if types.len() > 1 {
        let one = choose(schemas, operation, &types, "errors");
        responses = all(responses, &Carries::Typed(one, String::new()));
    }
    responses
}

/// One type for several: a choice, where every value says which of them it is, and otherwise any JSON value.
fn choose<'d>(schemas: &mut Schemas<'d>, operation: &Operation<'d>, types: &[Value], what: &str) -> Value {
    if let Some(order) = distinguishable(schemas, types) {
        return schemas.choice(&order);
    }
    let message = format!("{what} have several types that look alike, so the client gives any JSON value");
    schemas.report.adapted(&operation.title, message);
    json!({})
}

/// An order in which the first type that takes a value is the right one: each has a property that it requires
/// and that no later one has.
fn distinguishable(schemas: &Schemas<'_>, types: &[Value]) -> Option<Vec<Value>> {
    let mut waiting: Vec<_> = types
        .iter()
        .map(|lowered| Some((lowered, schemas.fields(type_name(lowered)?)?)))
        .collect::<Option<_>>()?;
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let next = waiting.iter().position(|(lowered, (required, _))| {
            let others = waiting.iter().filter(|(other, _)| other != lowered);
            others
                .into_iter()
                .all(|(_, (_, properties))| required.iter().any(|name| !properties.contains(name)))
        })?;
        order.push(waiting.remove(next).0.clone());
    }
    Some(order)
}

fn types(responses: &[Response]) -> Vec<Value> {
    let mut types = Vec::new();
    for (_, carries) in responses {
        if let Carries::Typed(schema, _) = carries
            && !types.contains(schema)
        {
            types.push(schema.clone());
        }
    }
    types
}

fn all(responses: Vec<Response>, carries: &Carries) -> Vec<Response> {
    responses.into_iter().map(|(status, _)| (status, carries.clone())).collect()
}

/// Without statuses whose range is there too; the generated code would never reach them.
fn covered(responses: Vec<Response>) -> Vec<Response> {
    let ranges: Vec<_> = responses
        .iter()
        .filter(|(status, _)| status.ends_with("XX"))
        .map(|(status, _)| status.clone())
        .collect();
    let reached = |status: &str| {
        status.ends_with("XX")
            || !ranges.iter().any(|range| range.as_bytes().first() == status.as_bytes().first())
    };
    responses.into_iter().filter(|(status, _)| reached(status)).collect()
}

impl Carries {
    fn write(self) -> Value {
        match self {
            Self::Typed(schema, _) => {
                json!({ "description": "", "content": { "application/json": { "schema": schema } } })
            }
            Self::Bytes => json!({ "description": "", "content": { "application/octet-stream": {} } }),
            Self::Nothing => json!({ "description": "" }),
        }
    }
}
