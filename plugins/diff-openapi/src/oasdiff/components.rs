//! Components that are told apart from the operations that use them: schemas and security schemes.

use super::schema::Side;
use super::value::text;
use super::{Comparison, Subject};
use crate::spec::Node;
use std::collections::BTreeMap;

type ByName<'a> = BTreeMap<String, Node<'a>>;

fn section<'a>(side: &Side<'_, 'a>, name: &str) -> ByName<'a> {
    let entries = side.root().get("components").and_then(|components| components.get(name));
    let entries = entries.into_iter().flat_map(Node::entries);
    entries.map(|entry| (entry.name().into_owned(), entry.value)).collect()
}

/// What changed in the components.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let engine = &comparison.engine;
    let (base, head) = (section(&engine.base, "schemas"), section(&engine.head, "schemas"));
    for (name, node) in base.iter().filter(|(name, _)| !head.contains_key(*name)) {
        let subject = Subject { places: (Some(*node), None), ..Subject::default() };
        comparison.report("api-schema-removed", &subject, vec![name.clone()]);
    }
    schemes(comparison);
}

fn schemes(comparison: &mut Comparison<'_, '_>) {
    let engine = &comparison.engine;
    let (base, head) = (section(&engine.base, "securitySchemes"), section(&engine.head, "securitySchemes"));
    for (name, new) in head.iter().filter(|(name, _)| !base.contains_key(*name)) {
        let subject = Subject { places: (None, Some(*new)), ..Subject::default() };
        comparison.report("api-security-component-added", &subject, vec![name.clone()]);
    }
    for (name, old) in base {
        let subject = Subject { places: (Some(old), head.get(&name).copied()), ..Subject::default() };
        let Some(new) = head.get(&name) else {
            comparison.report("api-security-component-removed", &subject, vec![name]);
            continue;
        };
        let engine = &comparison.engine;
        let (old, new) = (engine.base.resolved(old), engine.head.resolved(*new));
        let of = |node: Node<'_>| node.get("type").map(text).unwrap_or_default();
        if of(old) != of(new) {
            let arguments = vec![name.clone(), of(old), of(new)];
            comparison.report("api-security-component-type-changed", &subject, arguments);
        }
        implicit_flow(comparison, &subject, &name, (old, new));
    }
}

/// The implicit flow of OAuth, the only one that oasdiff compares.
fn implicit_flow<'a>(
    comparison: &mut Comparison<'_, 'a>,
    subject: &Subject<'_, 'a>,
    name: &str,
    (old, new): (Node<'a>, Node<'a>),
) {
    let flow = |node: Node<'a>| node.get("flows")?.get("implicit").filter(|flow| flow.is_object());
    let (Some(old), Some(new)) = (flow(old), flow(new)) else { return };
    for (key, rule) in [
        ("authorizationUrl", "api-security-component-oauth-url-changed"),
        ("tokenUrl", "api-security-component-oauth-token-url-changed"),
    ] {
        let url = |node: Node<'_>| node.get(key).map(text).unwrap_or_default();
        if url(old) != url(new) {
            comparison.report(rule, subject, vec![name.into(), url(old), url(new)]);
        }
    }
    let scopes = |node: Node<'a>| -> BTreeMap<String, String> {
        let entries = node.get("scopes").into_iter().flat_map(Node::entries);
        entries.map(|entry| (entry.name().into_owned(), text(entry.value))).collect()
    };
    let (old, new) = (scopes(old), scopes(new));
    let rule = "api-security-component-oauth-scope";
    for scope in new.keys().filter(|scope| !old.contains_key(*scope)) {
        comparison.report(&format!("{rule}-added"), subject, vec![name.into(), scope.clone()]);
    }
    for (scope, from) in old {
        match new.get(&scope) {
            None => comparison.report(&format!("{rule}-removed"), subject, vec![name.into(), scope]),
            Some(to) if *to != from => {
                let arguments = vec![name.into(), scope, from, to.clone()];
                comparison.report(&format!("{rule}-changed"), subject, arguments);
            }
            Some(_) => {}
        }
    }
}
