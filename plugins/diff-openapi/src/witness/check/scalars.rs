//! Keywords about any value, numbers and text.

use super::{Answer, Checker, Verdict, count};
use crate::number::Decimal;
use crate::spec::{Kind, Node};
use crate::witness::exact::Exact;
use crate::witness::formats;
use crate::witness::json::Json;
use crate::witness::pattern::Pattern;

impl<'a> Checker<'_, 'a> {
    pub(super) fn scalar(
        &self,
        schema: Node<'a>,
        keyword: &str,
        argument: Node<'a>,
        value: &Json,
        answer: &mut Answer,
    ) {
        match (keyword, value) {
            ("type", _) => {
                answer.invalid |= !names_types(argument);
                answer.hear("type", self.has_type(argument, value));
            }
            ("enum", _) => answer.hear("enum", self.is_listed(argument, value)),
            ("const", _) => answer.hear("const", is_value(argument, value)),
            ("format", Json::String(text)) => answer.hear("format", has_format(argument, text)),
            ("format", Json::Number(token)) => answer.hear("format", has_number_format(argument, token)),
            ("pattern", Json::String(text)) => answer.hear("pattern", self.fits(argument, text)),
            ("maxLength", Json::String(text)) => {
                answer.hear("maxLength", super::within(argument, |most| text.chars().count() <= most));
            }
            ("minLength", Json::String(text)) => {
                answer.hear("minLength", super::within(argument, |least| text.chars().count() >= least));
            }
            ("multipleOf", Json::Number(token)) => {
                let exact = Exact::parse(token).zip(argument.as_number().and_then(Exact::parse));
                answer.hear(
                    "multipleOf",
                    Verdict::of(exact.and_then(|(value, step)| value.is_multiple_of(step))),
                );
            }
            (_, Json::Number(token)) => self.bound(schema, keyword, argument, token, answer),
            _ => {}
        }
    }

    fn has_type(&self, argument: Node<'a>, value: &Json) -> Verdict {
        let one = |name: Node<'a>| name.as_str().and_then(|name| is_of_type(&name, value));
        if argument.is_array() {
            let answers: Vec<Option<bool>> = argument.items().map(one).collect();
            let unknown = answers.contains(&None);
            return match answers.contains(&Some(true)) {
                true => Verdict::Yes,
                false if unknown => Verdict::Unknown,
                false => Verdict::No,
            };
        }
        Verdict::of(one(argument))
    }

    fn is_listed(&self, argument: Node<'a>, value: &Json) -> Verdict {
        if !argument.is_array() || !self.pay(argument.len()) {
            return Verdict::Unknown;
        }
        Verdict::of(Some(argument.items().any(|item| is_value(item, value) == Verdict::Yes)))
    }

    pub(in crate::witness) fn fits(&self, pattern: Node<'a>, text: &str) -> Verdict {
        let cost = 20 + text.len() / 8;
        let known = self.pay(cost).then(|| Pattern::parse(&pattern.as_str()?)?.matches(text)).flatten();
        Verdict::of(known)
    }

    /// In OpenAPI 3.0 the exclusive keywords are flags of the others (section 4.7.24).
    fn bound(&self, schema: Node<'a>, keyword: &str, argument: Node<'a>, token: &str, answer: &mut Answer) {
        if self.old && argument.as_bool().is_some() {
            return;
        }
        let limit = argument.as_number().and_then(Decimal::parse);
        let Some((value, limit)) = Decimal::parse(token).zip(limit) else {
            return answer.hear("", Verdict::Unknown);
        };
        let flag = |name: &str| self.old && schema.get(name).and_then(Node::as_bool) == Some(true);
        let (keyword, holds) = match keyword {
            "minimum" if flag("exclusiveMinimum") => ("exclusiveMinimum", value > limit),
            "minimum" => ("minimum", value >= limit),
            "exclusiveMinimum" => ("exclusiveMinimum", value > limit),
            "maximum" if flag("exclusiveMaximum") => ("exclusiveMaximum", value < limit),
            "maximum" => ("maximum", value <= limit),
            "exclusiveMaximum" => ("exclusiveMaximum", value < limit),
            _ => return,
        };
        answer.hear(keyword, Verdict::of(Some(holds)));
    }
}

/// Whether all types that are named exist. Frameworks have been seen to write `int` and `file`.
fn names_types(argument: Node<'_>) -> bool {
    let exists = |name: Node<'_>| name.as_str().and_then(|name| is_of_type(&name, &Json::Null)).is_some();
    if argument.is_array() { argument.items().all(exists) } else { exists(argument) }
}

fn is_of_type(name: &str, value: &Json) -> Option<bool> {
    Some(match name {
        "null" => *value == Json::Null,
        "boolean" => value.kind() == Kind::Boolean,
        "string" => value.kind() == Kind::String,
        "array" => value.kind() == Kind::Array,
        "object" => value.kind() == Kind::Object,
        "number" => value.kind() == Kind::Number,
        "integer" => match value {
            Json::Number(token) => Exact::parse(token)?.is_whole(),
            Json::Null | Json::Boolean(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => false,
        },
        _ => return None,
    })
}

fn is_value(node: Node<'_>, value: &Json) -> Verdict {
    if node.kind() != value.kind() {
        return Verdict::No;
    }
    Verdict::of(Json::of(node).map(|listed| listed.same(value)))
}

fn has_format(argument: Node<'_>, text: &str) -> Verdict {
    Verdict::of(argument.as_str().and_then(|format| formats::has(&format, text)))
}

fn has_number_format(argument: Node<'_>, token: &str) -> Verdict {
    let both = argument.as_str().zip(Decimal::parse(token));
    Verdict::of(both.map(|(format, value)| formats::has_number(&format, &value)))
}

/// Whether two items of an array are the same value.
pub(super) fn has_twins(items: &[Json]) -> bool {
    items.iter().enumerate().any(|(at, item)| items[..at].iter().any(|other| other.same(item)))
}

/// Whether a length is within the keyword of a pair such as `minItems` and `maxItems`.
pub(super) fn counted(keyword: &'static str, argument: Node<'_>, length: usize, answer: &mut Answer) {
    let holds = |bound: usize| if keyword.starts_with("max") { length <= bound } else { length >= bound };
    answer.hear(keyword, Verdict::of(count(argument).map(holds)));
}
