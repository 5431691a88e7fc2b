//! Parameters in the path, the query, headers and cookies.

use super::paths::Side;
use super::{Comparison, Flow, called};
use crate::finding::{Finding, quote};
use crate::rule::{Rule, RuleRef, rules};
use crate::schema::{DEPRECATED, REACTIVATED, UNDECIDED, is_number, is_scalar};
use crate::spec::{Node, Spec};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

rules! {
    REQUIRED_ADDED = "new-required-request-parameter", Breaking,
        "An operation requires a parameter that clients do not know. Every request without it is refused.",
        "Make the parameter optional, and choose for clients that leave it out.";
    OPTIONAL_ADDED = "new-optional-request-parameter", Compatible,
        "An operation has a new parameter that can be left out.",
        "Nothing to do.";
    PATH_ADDED = "new-request-path-parameter", Breaking,
        "The path of an operation has a parameter that clients do not fill in.",
        "Add a new path, and keep the old one.";
    REMOVED = "request-parameter-removed", Risky, source: Breaking,
        "An operation no longer has a parameter. What clients send in it is refused or, worse, left out in silence.",
        "Go on accepting the parameter, mark it `deprecated: true`, and say what it no longer does.";
    REMOVED_DEPRECATED = "request-parameter-removed-with-deprecation", Compatible, source: Breaking,
        "An operation no longer has a parameter that was deprecated.",
        "Make sure that no client sends it any more.";
    BECAME_REQUIRED = "request-parameter-became-required", Breaking,
        "A parameter that clients could leave out is now required. Clients that leave it out are refused.",
        "Keep the parameter optional, and choose for clients that leave it out.";
    BECAME_OPTIONAL = "request-parameter-became-optional", Compatible,
        "A parameter that clients had to send may now be left out.",
        "Nothing to do.";
    STYLE_CHANGED = "request-parameter-style-changed", Breaking,
        "Values of a parameter are written in another way (`style` or `explode`), such as `a=1&a=2` instead of \
         `a=1,2`. The server no longer understands what clients send.",
        "Go on accepting the old way, or add a parameter of another name.";
    RESERVED_CHANGED = "request-parameter-allow-reserved-removed", Breaking,
        "Reserved characters in a parameter must now be percent-encoded. Clients do not encode them.",
        "Go on accepting them.";
    EMPTY_CHANGED = "request-parameter-allow-empty-removed", Breaking,
        "A parameter can no longer be sent without a value (`allowEmptyValue`). Clients that do are refused.",
        "Go on accepting it.";
    RENAMED = "request-path-parameter-renamed", Compatible, source: Breaking, only source,
        "A parameter in the path has another name. Nothing changes on the wire, but generators name arguments after it.",
        "Keep the name; it is a name in other people's code.";
    REORDERED = "request-parameters-reordered", Compatible, source: Risky, only source,
        "The parameters of an operation stand in another order. Nothing changes on the wire, but some generators make \
         positional arguments of them.",
        "Keep the order, and add parameters at the end.";
}

/// Parameters that OpenAPI tells to leave out of account (OpenAPI 3.1, section 4.8.12).
const NOT_PARAMETERS: &[&str] = &["accept", "authorization", "content-type"];

struct Parameter<'a> {
    name: Cow<'a, str>,
    location: Cow<'a, str>,
    node: Node<'a>,
    /// Its place among the parameters of the path and then of the operation.
    at: usize,
}

impl<'a> Parameter<'a> {
    fn is(&self, keyword: &str) -> bool {
        self.node.get(keyword).and_then(Node::as_bool) == Some(true)
    }

    fn is_required(&self) -> bool {
        self.location == "path" || self.is("required")
    }

    /// Style and explode, with the defaults of the specification filled in.
    fn serialization(&self) -> (String, bool) {
        let by_default = if matches!(self.location.as_ref(), "query" | "cookie") { "form" } else { "simple" };
        let style =
            self.node.get("style").and_then(Node::as_str).map_or_else(|| by_default.to_owned(), Into::into);
        let explode = self.node.get("explode").and_then(Node::as_bool).unwrap_or(style == "form");
        (style, explode)
    }

    fn words(&self) -> String {
        format!("the {} parameter {}", self.location, quote(&self.name))
    }
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, old: Side<'_, 'a>, new: Side<'_, 'a>) {
    let (old, new) = (parameters(comparison.base, old), parameters(comparison.head, new));
    let flow = comparison.flow;
    for (key, old) in &old {
        match new.get(key) {
            Some(new) => both(comparison, old, new),
            None => {
                let rule = match (flow, old.is("deprecated")) {
                    (Flow::Callback, _) if old.is_required() => &called::PARAMETER_REMOVED,
                    (Flow::Callback, _) => &called::OPTIONAL_PARAMETER_REMOVED,
                    (Flow::Call, true) => &REMOVED_DEPRECATED,
                    (Flow::Call, false) => &REMOVED,
                };
                let summary = format!("{} was removed", old.words());
                comparison.found_rule(rule, comparison.flow.direction(), Some(old.node), None, summary);
            }
        }
    }
    reordered(comparison, &old, &new);
    for (_, new) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        let (rule, what): (&'static Rule, _) = match (new.location.as_ref(), new.is_required()) {
            _ if flow == Flow::Callback => (&called::PARAMETER_ADDED, "was added"),
            ("path", _) => (&PATH_ADDED, "was added"),
            (_, true) => (&REQUIRED_ADDED, "was added and is required"),
            (_, false) => (&OPTIONAL_ADDED, "was added"),
        };
        comparison.found_rule(
            rule,
            comparison.flow.direction(),
            None,
            Some(new.node),
            format!("{} {what}", new.words()),
        );
    }
}

type Parameters<'a> = BTreeMap<(Cow<'a, str>, Cow<'a, str>), Parameter<'a>>;

/// Tell that the parameters that both operations have stand in another order.
fn reordered<'a>(comparison: &mut Comparison<'_, 'a>, old: &Parameters<'a>, new: &Parameters<'a>) {
    let mut shared: Vec<_> = old.iter().filter_map(|(key, old)| Some((old, new.get(key)?))).collect();
    shared.sort_by_key(|(old, _)| old.at);
    if let Some(pair) = shared.windows(2).find(|pair| pair[0].1.at > pair[1].1.at) {
        let ((first, after), (second, _)) = (pair[0], pair[1]);
        let summary = format!("{} now stands after {}", first.words(), second.words());
        comparison.found_rule(
            &REORDERED,
            comparison.flow.direction(),
            Some(first.node),
            Some(after.node),
            summary,
        );
    }
}

/// The parameters of an operation by what identifies them, with those of its path below its own.
fn parameters<'a>(spec: &Spec<'a>, side: Side<'_, 'a>) -> Parameters<'a> {
    let lists = [side.item, side.operation].into_iter().filter_map(|node| node.get("parameters"));
    let places = places(side.template);
    lists
        .flat_map(Node::items)
        .enumerate()
        .filter_map(|(at, node)| {
            let node = spec.resolved(node);
            let text = |key: &str| node.get(key).and_then(Node::as_str);
            let parameter = Parameter { name: text("name")?, location: text("in")?, node, at };
            let key = identity(&parameter, &places)?;
            Some(((parameter.location.clone(), key), parameter))
        })
        .collect()
}

/// A header by its name in lower case, a path parameter by its position, anything else by its name.
fn identity<'a>(parameter: &Parameter<'a>, places: &HashMap<&str, usize>) -> Option<Cow<'a, str>> {
    match parameter.location.as_ref() {
        "header" => {
            let name = parameter.name.to_ascii_lowercase();
            (!NOT_PARAMETERS.contains(&name.as_str())).then_some(name.into())
        }
        "path" => {
            let at = places.get(parameter.name.as_ref());
            Some(at.map_or_else(|| parameter.name.clone(), |at| at.to_string().into()))
        }
        _ => Some(parameter.name.clone()),
    }
}

/// The places of the parameters of a path, by their names, of which the first of each counts.
fn places(template: &str) -> HashMap<&str, usize> {
    let mut places = HashMap::new();
    for (at, part) in template.split('{').skip(1).enumerate() {
        if let Some((name, _)) = part.split_once('}') {
            places.entry(name).or_insert(at);
        }
    }
    places
}

fn both<'a>(comparison: &mut Comparison<'_, 'a>, old: &Parameter<'a>, new: &Parameter<'a>) {
    let (flow, place) = (comparison.flow, comparison.flow.parameter());
    let words = old.words();
    let can_have_reserved = old.node.get("schema").is_none_or(|schema| !is_number(schema, comparison.base));
    let mut found = |rule: RuleRef, what: &str| {
        let nodes = (Some(old.node), Some(new.node));
        comparison.found(Finding::new(
            rule,
            comparison.flow.direction(),
            nodes.0,
            nodes.1,
            format!("{words} {what}"),
        ));
    };
    match (old.is_required(), new.is_required()) {
        (false, true) => {
            found(
                flow.choose(&BECAME_REQUIRED, &called::PARAMETER_BECAME_REQUIRED).into(),
                "became required",
            );
        }
        (true, false) => {
            found(
                flow.choose(&BECAME_OPTIONAL, &called::PARAMETER_BECAME_OPTIONAL).into(),
                "became optional",
            );
        }
        (true, true) | (false, false) => {}
    }
    match (old.is("deprecated"), new.is("deprecated")) {
        (false, true) => found(RuleRef::At(&DEPRECATED, place), "is deprecated"),
        (true, false) => found(RuleRef::At(&REACTIVATED, place), "is no longer deprecated"),
        (true, true) | (false, false) => {}
    }
    if old.is("allowReserved") && !new.is("allowReserved") && can_have_reserved {
        found((&RESERVED_CHANGED).into(), "no longer takes reserved characters as they are");
    }
    if old.is("allowEmptyValue") && !new.is("allowEmptyValue") {
        found((&EMPTY_CHANGED).into(), "can no longer be sent without a value");
    }
    if old.name != new.name && old.location == "path" {
        found((&RENAMED).into(), &format!("is now called {}", quote(&new.name)));
    }
    value(comparison, old, new);
}

/// Compare what a parameter holds and how it is written.
fn value<'a>(comparison: &mut Comparison<'_, 'a>, old: &Parameter<'a>, new: &Parameter<'a>) {
    let part = |keyword: &str| (old.node.get(keyword), new.node.get(keyword));
    let nodes = (Some(old.node), Some(new.node));
    match (part("schema"), part("content")) {
        ((Some(base), Some(head)), (None, None)) => {
            let scalar = is_scalar(base, comparison.base) && is_scalar(head, comparison.head);
            let (before, after) = (old.serialization(), new.serialization());
            // A single value is written in the same way whether it would be exploded or not.
            if before.0 != after.0 || before.1 != after.1 && !scalar {
                let finding = Finding::new(
                    &STYLE_CHANGED,
                    comparison.flow.direction(),
                    nodes.0,
                    nodes.1,
                    format!("{} is written in another way", old.words()),
                );
                let text =
                    |(style, explode): (String, bool)| Some(format!("style {style}, explode {explode}"));
                comparison.found(finding.values(text(before), text(after)));
            }
            comparison.schemas(base, head, comparison.flow.parameter());
        }
        ((None, None), (Some(base), Some(head))) => {
            for entry in base.entries() {
                let schema = |node: Option<Node<'a>>| node.and_then(|media| media.get("schema"));
                if let (Some(base), Some(head)) = (schema(Some(entry.value)), schema(head.get(&entry.name())))
                {
                    comparison.schemas(base, head, comparison.flow.parameter());
                } else {
                    undecided(comparison, old, nodes);
                }
            }
        }
        ((None, None), (None, None)) => {}
        ((Some(_), None), (None, Some(_))) | ((None, Some(_)), (Some(_), None)) => {
            let summary = format!("{} is written in another way", old.words());
            let finding =
                Finding::new(&STYLE_CHANGED, comparison.flow.direction(), nodes.0, nodes.1, summary);
            let text =
                |node: Node<'a>| Some(if node.get("schema").is_some() { "schema" } else { "content" }.into());
            comparison.found(finding.values(text(old.node), text(new.node)));
        }
        _ => undecided(comparison, old, nodes),
    }
}

fn undecided<'a>(
    comparison: &mut Comparison<'_, 'a>,
    old: &Parameter<'a>,
    nodes: (Option<Node<'a>>, Option<Node<'a>>),
) {
    let summary = format!("{} is described in another way", old.words());
    comparison.found_rule(&UNDECIDED, comparison.flow.direction(), nodes.0, nodes.1, summary);
}
