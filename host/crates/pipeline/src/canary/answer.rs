//! One answer: its status, its headers, its media type and its body, in the order in which a client meets them.

use super::bundle::{Bundle, Flow, masked};
use super::record::{ApiRecord, DeclaredBy, Located};
use super::{short, told};
use crate::config::ReadMethod;
use countersign_engine::HttpResponse;
use countersign_model::{Problem, Violation, ViolationRule};
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A body larger than this is not compared. A canary asks for little, and each difference of a long list costs memory.
const LARGEST_BODY: usize = 4 << 20;

/// The most differences of one body that are looked at.
const LOOKED_AT: usize = 10_000;

/// The most violations of one endpoint that are told.
const TOLD: usize = 20;

/// How often a pattern of the record may backtrack over one text.
const BACKTRACKS: usize = 100_000;

/// What gateways answer where a service is away, or asks for patience (RFC 9110, section 15.6; RFC 6585, section 4).
const AWAY: [u16; 4] = [429, 502, 503, 504];

/// What became of an answer.
#[derive(Debug)]
pub(crate) enum Judged {
    /// It is not the service's own.
    Away(Box<Problem>),
    /// It was held against the record.
    Compared(Comparison),
}

/// An answer, held against the record.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Whether a body was held against a schema.
    pub(crate) body_compared: bool,
    /// What the answer violates, in the order of their places.
    pub(crate) violations: Vec<Violation>,
    /// How many more there are.
    pub(crate) untold: usize,
}

/// Hold an answer against what an operation of the record declares.
///
/// # Errors
/// A boxed problem where it could not be decided.
pub(crate) fn judge<'a>(
    record: &'a ApiRecord,
    operation: &Located<'a>,
    method: ReadMethod,
    answer: &HttpResponse,
) -> Result<Judged, Box<Problem>> {
    let found = record.response(operation, answer.status)?;
    let by_itself = found.as_ref().is_some_and(|(by, _)| *by != DeclaredBy::Default);
    if AWAY.contains(&answer.status) && !by_itself {
        let message = format!("the service answered {}, which the record does not declare", answer.status);
        let hint = "ask again later, or declare the status in the API if it is an answer of its own";
        return Ok(Judged::Away(Box::new(Problem::new("service-unreachable", message).hint(hint))));
    }
    let Some((_, response)) = found else {
        let violation = undeclared_status(operation, answer.status);
        return Ok(Judged::Compared(Comparison { violations: vec![violation], ..Comparison::default() }));
    };
    let mut comparison =
        Comparison { violations: headers(record, &response, answer)?, ..Comparison::default() };
    let has_body = method == ReadMethod::Get && !matches!(answer.status, 204 | 205 | 304);
    content(record, &response, answer, has_body, &mut comparison)?;
    Ok(Judged::Compared(comparison))
}

fn violation(
    rule: ViolationRule,
    schema: &str,
    expected: impl Into<String>,
    seen: impl Into<String>,
) -> Violation {
    Violation {
        rule,
        instance: None,
        schema: schema.into(),
        expected: expected.into(),
        seen: seen.into(),
        places: 1,
    }
}

fn undeclared_status(operation: &Located<'_>, status: u16) -> Violation {
    let responses = operation.get("responses");
    let declared: Vec<&str> = (responses.iter())
        .flat_map(|responses| responses.value.as_object().into_iter().flatten())
        .filter_map(|(key, _)| (!key.starts_with("x-")).then_some(key.as_str()))
        .collect();
    let expected = match declared.as_slice() {
        [] => "no answer at all: the record declares none".into(),
        declared => format!("status {}", short(&declared.join(", "), 200)),
    };
    let seen = match status {
        300..=399 => format!("status {status}, a redirect, which is not followed"),
        status => format!("status {status}"),
    };
    violation(ViolationRule::UndeclaredStatus, &format!("{}/responses", operation.pointer), expected, seen)
}

/// Headers that the response requires. `Content-Type` is not among them (OpenAPI 3.1, section 4.8.17).
fn headers(
    record: &ApiRecord,
    response: &Located<'_>,
    answer: &HttpResponse,
) -> Result<Vec<Violation>, Box<Problem>> {
    let Some(declared) = response.get("headers") else { return Ok(Vec::new()) };
    let mut violations = Vec::new();
    for (name, _) in declared.value.as_object().into_iter().flatten() {
        let Some(header) = declared.get(name) else { continue };
        let header = record.followed(header)?;
        let required = header.value.get("required") == Some(&Value::Bool(true));
        let is_there = answer.headers.iter().any(|(there, _)| there.eq_ignore_ascii_case(name));
        if required && !is_there && !name.eq_ignore_ascii_case("content-type") {
            let expected = format!("the header `{}`", short(name, 100));
            violations.push(violation(
                ViolationRule::MissingHeader,
                &header.pointer,
                expected,
                "an answer without it",
            ));
        }
    }
    violations.sort_by(|left, right| left.expected.cmp(&right.expected));
    Ok(violations)
}

fn content(
    record: &ApiRecord,
    response: &Located<'_>,
    answer: &HttpResponse,
    has_body: bool,
    comparison: &mut Comparison,
) -> Result<(), Box<Problem>> {
    let Some(content) = response.get("content") else { return Ok(()) };
    let Some(declared) = content.value.as_object().filter(|all| !all.is_empty()) else { return Ok(()) };
    let names: Vec<&str> = declared.keys().map(String::as_str).collect();
    let expected = || format!("a body of {}", short(&names.join(", "), 200));
    if has_body && answer.body.is_empty() {
        let missing = violation(ViolationRule::MissingBody, &content.pointer, expected(), "no body");
        comparison.violations.push(missing);
        return Ok(());
    }
    let Some(typed) = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value)
    else {
        // What has no body has no media type either.
        if has_body {
            let seen = format!("a body of {} without a media type", told::bytes(answer.body.len()));
            let untyped = violation(ViolationRule::UndeclaredMediaType, &content.pointer, expected(), seen);
            comparison.violations.push(untyped);
        }
        return Ok(());
    };
    let Some(name) = closest_media_type(&names, typed) else {
        let seen = short(essence(typed).as_str(), 100);
        let other = violation(ViolationRule::UndeclaredMediaType, &content.pointer, expected(), seen);
        comparison.violations.push(other);
        return Ok(());
    };
    let schema = content.get(name).and_then(|media| media.get("schema"));
    match schema {
        Some(schema) if has_body && is_json(&essence(typed)) => {
            body(record, &schema, &answer.body, comparison)
        }
        Some(_) | None => Ok(()),
    }
}

/// A media type (RFC 9110, section 8.3.1) without its parameters, in lower case.
fn essence(typed: &str) -> String {
    typed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}

/// The key of the record that says most about a media type: with its very parameters, the type, `type/*`, `*/*`.
fn closest_media_type<'n>(names: &[&'n str], typed: &str) -> Option<&'n str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(' ', "");
    let (whole, wanted) = (plain(typed), essence(typed));
    let range = wanted.split_once('/').map(|(kind, _)| format!("{kind}/*"));
    let find = |fits: &dyn Fn(&str) -> bool| names.iter().copied().find(|name| fits(name));
    find(&|name| plain(name) == whole)
        .or_else(|| find(&|name| essence(name) == wanted))
        .or_else(|| find(&|name| range.as_ref().is_some_and(|range| essence(name) == *range)))
        .or_else(|| find(&|name| essence(name) == "*/*"))
}

fn body(
    record: &ApiRecord,
    schema: &Located<'_>,
    bytes: &[u8],
    comparison: &mut Comparison,
) -> Result<(), Box<Problem>> {
    if bytes.len() > LARGEST_BODY {
        let message = format!("the answer is larger than {}", told::bytes(LARGEST_BODY));
        let hint = "ask for less, with a `limit` in the endpoint's query";
        return Err(Box::new(Problem::new("answer-too-large", message).hint(hint)));
    }
    let value = match read(bytes)? {
        Ok(value) => value,
        Err(seen) => {
            let unreadable = violation(ViolationRule::UnreadableBody, &schema.pointer, "JSON in UTF-8", seen);
            comparison.violations.push(unreadable);
            return Ok(());
        }
    };
    let bundle = Bundle::of(record, &schema.pointer, Flow::Answer)?;
    let validator = compiled(&bundle, &schema.pointer)?;
    comparison.body_compared = true;
    let mut mismatches = mismatches(record, &bundle, &validator, &value)?;
    comparison.untold = mismatches.len().saturating_sub(TOLD);
    mismatches.truncate(TOLD);
    comparison.violations.extend(mismatches);
    Ok(())
}

/// The JSON of a body (RFC 8259), or what stands there instead.
fn read(bytes: &[u8]) -> Result<Result<Value, String>, Box<Problem>> {
    let size = told::bytes(bytes.len());
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(Err(format!("{size} that are not UTF-8"))) };
    if text.starts_with('\u{feff}') {
        return Ok(Err(format!("{size} that begin with a byte order mark")));
    }
    match serde_json::from_str(text) {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.to_string().starts_with("recursion limit exceeded") => {
            let message = "the answer is nested deeper than 128 levels";
            Err(Box::new(Problem::new("answer-too-large", message)))
        }
        Err(_) if text.trim_start().starts_with('<') => Ok(Err(format!("{size} of what looks like a page"))),
        Err(error) if error.is_eof() => Ok(Err(format!("JSON that breaks off after {size}"))),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            Ok(Err(format!("{size} that are no JSON from line {line}, column {column}")))
        }
    }
}

/// The validator of a schema, of which `pointer` is the place.
pub(crate) fn compiled(bundle: &Bundle, pointer: &str) -> Result<Validator, Box<Problem>> {
    // A record can be somebody else's: it fetches nothing, and its patterns end.
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS))
        .should_validate_formats(true)
        .offline()
        .build(&bundle.schema)
        .map_err(|error| {
            let message = format!("the schema at `{}` is no valid schema", short(pointer, 200));
            let problem = Problem::new("unusable-record", message).cause(short(&error.to_string(), 300));
            Box::new(problem.hint("mend it in the description of the API, and accept that"))
        })
}

/// Every difference, those in the items of a list told once, in the order of their places.
fn mismatches(
    record: &ApiRecord,
    bundle: &Bundle,
    validator: &Validator,
    body: &Value,
) -> Result<Vec<Violation>, Box<Problem>> {
    let mut found = BTreeMap::new();
    for error in validator.iter_errors(body).take(LOOKED_AT) {
        let mut told = Vec::new();
        told::tell(&error, &mut told)?;
        for (error, told::Words { expected, seen }) in told {
            let schema = bundle.origin(record, error.schema_path().as_str());
            let mismatch = violation(ViolationRule::BodyMismatch, &schema, expected, seen);
            let instance = masked(error.instance_path().as_str(), body, &bundle.names);
            add(&mut found, Violation { instance: Some(instance), ..mismatch });
        }
    }
    Ok(found.into_values().collect())
}

/// The first place stands for all of them, whatever the order in which they were found.
fn add(found: &mut BTreeMap<[String; 4], Violation>, violation: Violation) {
    let place = |violation: &Violation| {
        let instance = violation.instance.clone().unwrap_or_default();
        (instance.len(), instance)
    };
    match found.entry(violation.identity()) {
        Entry::Vacant(entry) => {
            entry.insert(violation);
        }
        Entry::Occupied(mut entry) => {
            let places = entry.get().places + 1;
            if place(&violation) < place(entry.get()) {
                entry.insert(violation);
            }
            entry.get_mut().places = places;
        }
    }
}
