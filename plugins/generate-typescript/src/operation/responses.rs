//! What comes back.

use super::{OUT, media};
use crate::schema::{Schemas, is_binary};
use crate::types::{BLOB, STRING, Type, UNDEFINED};
use countersign_document::{Entry, Node, excerpt};

/// One answer, as the client must know it.
#[derive(Debug)]
pub(crate) struct Response {
    /// `200`, `4XX` or `default`.
    pub(crate) status: String,
    /// What its body may be; empty where it has none.
    pub(crate) kinds: Vec<&'static str>,
}

/// All answers of an operation.
#[derive(Debug)]
pub(super) struct Responses {
    pub(super) all: Vec<Response>,
    pub(super) output: Type,
    pub(super) errors: Vec<(String, Type)>,
    pub(super) accept: Vec<String>,
}

/// One answer with its type.
struct Answer {
    response: Response,
    kind: Type,
    media_types: Vec<String>,
}

pub(super) fn read<'a>(schemas: &mut Schemas<'a>, operation: Node<'a>, is_head: bool) -> Responses {
    let mut answers = Vec::new();
    for entry in operation.get("responses").into_iter().flat_map(Node::entries) {
        let name = entry.name();
        if name.starts_with("x-") {
            continue;
        }
        let Some(status) = status(&name) else {
            let message = format!("`{}` is no status", excerpt(&name));
            let help = "write three digits, a range such as `4XX`, or `default`";
            schemas.spec.problem("invalid-status", message, entry.value, help);
            continue;
        };
        if let Some(node) = schemas.spec.resolved(entry.value) {
            answers.push(read_one(schemas, status, node, is_head));
        }
    }
    settle(answers)
}

/// Where no answer of the 200s is told, `default` is what comes out as well.
fn settle(answers: Vec<Answer>) -> Responses {
    let is_success = |answer: &Answer| answer.response.status.starts_with('2');
    let has_success = answers.iter().any(is_success);
    let comes_out =
        |answer: &Answer| is_success(answer) || !has_success && answer.response.status == "default";
    let is_told = answers.iter().any(comes_out);
    let output = answers.iter().filter(|answer| comes_out(answer)).map(|answer| answer.kind.clone());
    let output = if is_told { Type::union(output) } else { Type::Unknown };
    let mut accept: Vec<String> = Vec::new();
    for media_type in answers.iter().filter(|answer| comes_out(answer)).flat_map(|answer| &answer.media_types)
    {
        if !accept.contains(media_type) {
            accept.push(media_type.clone());
        }
    }
    let errors = answers.iter().filter(|answer| !is_success(answer));
    let errors = errors.map(|answer| (answer.response.status.clone(), answer.kind.clone())).collect();
    Responses { all: answers.into_iter().map(|answer| answer.response).collect(), output, errors, accept }
}

/// The key of an answer, as the client looks for it.
fn status(name: &str) -> Option<String> {
    if name == "default" {
        return Some(name.into());
    }
    let upper = name.to_ascii_uppercase();
    let digits = upper.strip_suffix("XX").unwrap_or(&upper);
    let is_range = digits.len() == 1 && upper.len() == 3;
    let is_status = digits.len() == 3;
    let has_digits = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
    ((is_range || is_status) && has_digits).then_some(upper)
}

fn read_one<'a>(schemas: &mut Schemas<'a>, status: String, node: Node<'a>, is_head: bool) -> Answer {
    let mut types = Vec::new();
    let mut kinds = Vec::new();
    let mut media_types = Vec::new();
    let contents = node.get("content").filter(|_| !is_head);
    for entry in contents.into_iter().flat_map(Node::entries) {
        if is_other_writing(contents, entry) {
            continue;
        }
        let (kind, value) = content(schemas, &entry.name(), entry.value.get("schema"));
        // Frameworks write JSON without a schema where they do not know what comes.
        let others: &[&str] = if value == Type::Unknown { &["text", "binary"] } else { &[] };
        for kind in std::iter::once(kind).chain(others.iter().copied()) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        types.push(value);
        media_types.push(entry.name().into_owned());
    }
    let kind = if types.is_empty() { UNDEFINED } else { Type::union(types) };
    Answer { response: Response { status, kinds }, kind, media_types }
}

/// Is it the value that is there as JSON, in XML for instance? The client asks for JSON and never sees it.
fn is_other_writing(contents: Option<Node<'_>>, entry: Entry<'_>) -> bool {
    let Some(own) = entry.value.get("schema").filter(|schema| !schema.is_empty()) else { return false };
    let as_json = |other: &Entry<'_>| {
        let is_json = media::kind(&other.name()) == media::Kind::Json;
        is_json && other.value.get("schema").is_some_and(|schema| schema.same(own))
    };
    media::kind(&entry.name()) == media::Kind::Text
        && contents.into_iter().flat_map(Node::entries).any(|other| as_json(&other))
}

fn content<'a>(
    schemas: &mut Schemas<'a>,
    media_type: &str,
    schema: Option<Node<'a>>,
) -> (&'static str, Type) {
    let told = schema.filter(|schema| !is_binary(*schema));
    let mut kind = media::kind(media_type);
    if kind == media::Kind::Binary && media::is_range(media_type) && told.is_some() {
        // Frameworks write `*/*` where they mean JSON and do not say so.
        kind = media::Kind::Json;
    }
    let value = match kind {
        media::Kind::Json => schema.map_or(Type::Unknown, |schema| schemas.read(schema, OUT)),
        media::Kind::Text | media::Kind::Form => STRING,
        media::Kind::Stream => Type::Named("ReadableStream<Uint8Array>"),
        media::Kind::Binary | media::Kind::Multipart => BLOB,
    };
    (kind.of_answer(), value)
}
