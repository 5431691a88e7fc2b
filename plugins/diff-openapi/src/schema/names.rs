//! Names that generators give to types: those of components, and titles of schemas that are no components.
//!
//! They say nothing on the wire. Code that was written against a generated client names them.

use super::effective::Effective;
use super::effective::Shape;
use super::types::types;
use crate::finding::{Finding, quote};
use crate::rule::{Rule, rules};
use crate::spec::{Kind, Node, Spec};
use countersign_plugin::Direction::Neither;

/// Wrappers inside each other.
const DEPTH: usize = 8;

rules! {
    RENAMED = "schema-renamed", Compatible, source: Breaking, only source,
        "A schema has another name, or none any more, or got one. Nothing changes on the wire, but generators name types \
         after it, so that code that names the type no longer compiles once the client is generated again.",
        "Keep the name of the component; it is a name in other people's code.";
    TITLE_CHANGED = "schema-title-changed", Compatible, source: Risky, only source,
        "The title of a schema without a name changed. Some generators name types after it.",
        "Keep the title, or make the schema a component.";
}

/// Compare the names of the types that two schemas give.
pub(super) fn compare<'a>(
    (base, old): (&Shape<'a>, &Effective<'a>),
    (head, new): (&Shape<'a>, &Effective<'a>),
    base_spec: &Spec<'a>,
    head_spec: &Spec<'a>,
) -> Option<Finding<'a>> {
    let (before, after) = (named(base.site, base_spec), named(head.site, head_spec));
    let gives_type = |schema: &Effective<'a>| {
        !schema.properties.is_empty()
            || schema.first("enum").is_some()
            || schema.unions.iter().any(|union| union.variants.len() > 1) && !types(schema).has("string")
    };
    let (rule, before, after): (&'static Rule, _, _) = match (before, after) {
        (None, None) => (&TITLE_CHANGED, title(base.site), title(head.site)),
        (before, after) => (&RENAMED, before, after),
    };
    if before == after || !gives_type(old) || !gives_type(new) {
        return None;
    }
    let words = |name: &Option<String>| name.as_ref().map_or("no name".into(), |name| quote(name));
    let summary = format!("the schema {} is now called {}", words(&before), words(&after));
    let node = |shape: &Shape<'a>| Some(shape.parts.first().copied().unwrap_or(shape.site));
    Some(Finding::new(rule, Neither, node(base), node(head), summary).values(before, after))
}

fn title(site: Node<'_>) -> Option<String> {
    site.get("title").and_then(Node::as_str).map(std::borrow::Cow::into_owned)
}

/// The name of the component that a schema is, or refers to alone.
fn named<'a>(site: Node<'a>, spec: &Spec<'a>) -> Option<String> {
    let mut site = site;
    for _ in 0..DEPTH {
        if let Some(target) = spec.target(site) {
            let pointer = target.pointer();
            let name = pointer
                .strip_prefix("/components/schemas/")
                .or_else(|| pointer.strip_prefix("/definitions/"));
            return name.filter(|name| !name.contains('/')).map(str::to_owned);
        }
        let is_null = |node: &Node<'a>| node.get("type").and_then(Node::as_str).as_deref() == Some("null");
        let alone = ["allOf", "anyOf", "oneOf"].iter().find_map(|keyword| {
            let list = site.get(keyword).filter(|list| list.kind() == Kind::Array)?;
            let mut members = list.items().filter(|member| !is_null(member));
            members.next().filter(|_| members.next().is_none())
        });
        site = alone?;
    }
    None
}
