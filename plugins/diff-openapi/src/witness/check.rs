//! Whether a schema allows a value, by the letter of its dialect.
//!
//! The answer may be "not known", where a keyword, a pattern or a format is not understood or the work would be
//! too much. The host holds every witness against both schemas again, with a validator of its own.

mod arrays;
mod combined;
mod objects;
mod scalars;

use super::json::Json;
use crate::schema::is_annotation;
use crate::spec::{Kind, Node, Spec};
use std::cell::Cell;

/// Schemas in schemas at most.
const DEPTH: usize = 48;

/// Keywords that OpenAPI 3.0 has (section 4.7.24); the others are no assertions there.
const OLD: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Yes,
    No,
    Unknown,
}

impl Verdict {
    fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unknown,
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Why a value is refused: the keyword, at the value itself, and the property that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) keyword: &'static str,
    pub(super) name: Option<String>,
}

/// A document as a validator reads it, in one direction.
#[derive(Clone, Copy)]
pub(super) struct Checker<'c, 'a> {
    pub(super) spec: &'c Spec<'a>,
    /// OpenAPI 3.0 or older, where schemas are not JSON Schema.
    pub(super) old: bool,
    /// Whether the value is sent by the client, so that what is `readOnly` need not be there.
    pub(super) request: bool,
    /// Work that is left.
    pub(super) fuel: &'c Cell<u32>,
}

/// What is said of one value so far.
struct Answer {
    verdict: Verdict,
    reasons: Vec<Reason>,
    /// Whether all reasons are wanted, not only whether there is one.
    all: bool,
    /// Whether the schema says something that no validator takes.
    invalid: bool,
}

impl Answer {
    fn new(all: bool) -> Self {
        Self { verdict: Verdict::Yes, reasons: Vec::new(), all, invalid: false }
    }

    /// A keyword has its say.
    fn hear(&mut self, keyword: &'static str, verdict: Verdict) {
        self.hear_of(keyword, None, verdict);
    }

    fn hear_of(&mut self, keyword: &'static str, name: Option<&str>, verdict: Verdict) {
        match verdict {
            Verdict::Yes => {}
            Verdict::Unknown if self.verdict == Verdict::Yes => self.verdict = Verdict::Unknown,
            Verdict::Unknown => {}
            Verdict::No => {
                self.verdict = Verdict::No;
                self.reasons.push(Reason { keyword, name: name.map(str::to_owned) });
            }
        }
    }

    /// Another schema has its say of the same value.
    fn absorb(&mut self, other: Self) {
        match other.verdict {
            Verdict::Yes => {}
            Verdict::Unknown if self.verdict == Verdict::Yes => self.verdict = Verdict::Unknown,
            Verdict::Unknown => {}
            Verdict::No => self.verdict = Verdict::No,
        }
        self.invalid |= other.invalid;
        self.reasons.extend(other.reasons);
    }

    fn is_settled(&self) -> bool {
        self.verdict == Verdict::No && !self.all
    }
}

/// Schemas that speak of the same value without a reference between them, the innermost last.
type Around<'w, 'a> = &'w [Node<'a>];

impl<'a> Checker<'_, 'a> {
    /// Whether a schema allows a value.
    pub(super) fn allows(&self, schema: Node<'a>, value: &Json) -> Verdict {
        self.check(schema, value, Answer::new(false), 0, &[]).verdict
    }

    /// Why a schema refuses a value; nothing where it does not, or that is not known.
    pub(super) fn refusal(&self, schema: Node<'a>, value: &Json) -> Option<Vec<Reason>> {
        let answer = self.check(schema, value, Answer::new(true), 0, &[]);
        (answer.verdict == Verdict::No && !answer.invalid).then_some(answer.reasons)
    }

    /// The schema that a site names, if it only names another one.
    pub(super) fn definition(&self, site: Node<'a>) -> Node<'a> {
        let mut node = site;
        for _ in 0..DEPTH {
            let only = |entry: countersign_document::Entry<'_>| {
                entry.name() == "$ref" || is_annotation(&entry.name())
            };
            match self.spec.target(node) {
                Some(target) if node.get("$ref").is_some() && (self.old || node.entries().all(only)) => {
                    node = target;
                }
                _ => break,
            }
        }
        node
    }

    /// Pay for some work; false where there is nothing left to pay with.
    pub(super) fn pay(&self, cost: usize) -> bool {
        let left = self.fuel.get();
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        self.fuel.set(left.saturating_sub(cost));
        left > cost
    }

    fn below(&self, schema: Node<'a>, value: &Json, depth: usize) -> Verdict {
        self.check(schema, value, Answer::new(false), depth + 1, &[]).verdict
    }

    fn check(
        &self,
        schema: Node<'a>,
        value: &Json,
        mut answer: Answer,
        depth: usize,
        around: Around<'_, 'a>,
    ) -> Answer {
        if depth > DEPTH || !self.pay(1) {
            answer.hear("", Verdict::Unknown);
            return answer;
        }
        match (schema.kind(), schema.as_bool()) {
            (_, Some(any)) => answer.hear("not", Verdict::of(Some(any))),
            (Kind::Object, _) if self.is_old_null(schema, value) => {}
            (Kind::Object, _) => {
                let around: Vec<Node<'a>> = around.iter().copied().chain([schema]).collect();
                self.keywords(schema, value, &mut answer, depth, &around);
            }
            _ => answer.hear("", Verdict::Unknown),
        }
        answer
    }

    /// In OpenAPI 3.0, `nullable` lets null through whatever else is said: so generators read it.
    fn is_old_null(&self, schema: Node<'a>, value: &Json) -> bool {
        self.old
            && *value == Json::Null
            && schema.get("$ref").is_none()
            && schema.get("nullable").and_then(Node::as_bool) == Some(true)
    }

    fn keywords(
        &self,
        schema: Node<'a>,
        value: &Json,
        answer: &mut Answer,
        depth: usize,
        around: Around<'_, 'a>,
    ) {
        // What stands beside a reference is ignored in OpenAPI 3.0 (section 4.7.23).
        let reference = schema.get("$ref").filter(|_| self.old);
        if reference.is_some() {
            return self.reference(schema, value, answer, depth);
        }
        for entry in schema.entries() {
            let name = entry.name();
            if self.old && !OLD.contains(&name.as_ref()) {
                continue;
            }
            let argument = entry.value;
            match name.as_ref() {
                "$ref" => self.reference(schema, value, answer, depth),
                "$dynamicRef" | "$recursiveRef" => answer.hear("", Verdict::Unknown),
                "type" | "enum" | "const" | "format" | "pattern" | "maximum" | "minimum"
                | "exclusiveMaximum" | "exclusiveMinimum" | "multipleOf" | "maxLength" | "minLength" => {
                    self.scalar(schema, &name, argument, value, answer);
                }
                "allOf" | "anyOf" | "oneOf" | "not" | "if" => {
                    self.combined(schema, &name, argument, value, answer, (depth, around));
                }
                other => match value {
                    Json::Array(items) => self.array(schema, other, argument, items, answer, depth),
                    Json::Object(entries) => {
                        self.object(schema, (other, argument), entries, answer, (depth, around));
                    }
                    Json::Null | Json::Boolean(_) | Json::Number(_) | Json::String(_) => {}
                },
            }
            if answer.is_settled() {
                return;
            }
        }
    }

    /// A reference begins anew: what the schemas around it say of the value is not known behind it.
    fn reference(&self, schema: Node<'a>, value: &Json, answer: &mut Answer, depth: usize) {
        match self.spec.target(schema) {
            Some(target) if schema.get("$ref").is_some() => {
                answer.absorb(self.check(target, value, Answer::new(answer.all), depth + 1, &[]));
            }
            _ => answer.hear("", Verdict::Unknown),
        }
    }
}

/// A count, as keywords write it.
pub(super) fn count(argument: Node<'_>) -> Option<usize> {
    argument.as_number()?.parse().ok()
}

/// Whether a count is within a bound that is written in a document.
fn within(argument: Node<'_>, holds: impl Fn(usize) -> bool) -> Verdict {
    Verdict::of(count(argument).map(holds))
}
