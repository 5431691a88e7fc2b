//! Servers: the addresses under which operations can be called.
//!
//! A server is the set of addresses that its template gives with the values of its variables; their names say
//! nothing. Servers of an operation hide those of its path, which hide those of the document (OpenAPI 3.1, section
//! 4.8.8.1).

use super::Comparison;
use super::paths::Side;
use crate::finding::quote;
use crate::rule::{Rule, rules};
use crate::spec::{Node, Spec};
use countersign_plugin::Direction::Neither;
use std::collections::BTreeMap;

/// Addresses that the variables of one server may give; with more the variables are kept as they are.
const ADDRESSES: usize = 200;

rules! {
    ADDED = "server-added", Compatible,
        "Operations can be called at one more address.",
        "Nothing to do.";
    REMOVED = "server-removed", Breaking,
        "Operations can no longer be called at an address. Clients that are set up with it fail.",
        "Keep the address in service until no client calls it.";
    DEFAULT_CHANGED = "server-variable-default-changed", Risky,
        "The default of a variable in an address changed. Clients that leave it at its default call another address.",
        "Keep the default.";
}

struct Server<'a> {
    node: Option<Node<'a>>,
    /// Where the variables have their defaults.
    by_default: String,
}

/// The servers by every address that they stand for.
type Servers<'a> = BTreeMap<String, Server<'a>>;

/// Compare the servers of the documents.
pub(super) fn documents(comparison: &mut Comparison<'_, '_>) {
    comparison.operation.clear();
    let (old, new) = (comparison.base.root().get("servers"), comparison.head.root().get("servers"));
    compare(comparison, old, new);
}

/// Compare the servers of an operation, where one of the documents has some for it or its path.
pub(super) fn operation<'a>(comparison: &mut Comparison<'_, 'a>, old: Side<'_, 'a>, new: Side<'_, 'a>) {
    let own = |side: Side<'_, 'a>| side.operation.get("servers").or_else(|| side.item.get("servers"));
    let (before, after) = (own(old), own(new));
    if before.is_none() && after.is_none() {
        return;
    }
    let inherited = |spec: &Spec<'a>| spec.root().get("servers");
    let (before, after) =
        (before.or_else(|| inherited(comparison.base)), after.or_else(|| inherited(comparison.head)));
    compare(comparison, before, after);
}

fn compare<'a>(comparison: &mut Comparison<'_, 'a>, old: Option<Node<'a>>, new: Option<Node<'a>>) {
    // A document that names no server says nothing of where it is in service, so that naming one loses none.
    if old.is_none_or(Node::is_empty) {
        return;
    }
    let (old_servers, new_servers) = (servers(old), servers(new));
    let (base, head) = (comparison.base.root(), comparison.head.root());
    for (address, server) in &old_servers {
        match new_servers.get(address) {
            None => {
                let summary = format!("the server {} was removed", quote(address));
                let node = server.node.or(Some(base));
                comparison.found_rule(&REMOVED, Neither, node, new.or(Some(head)), summary);
            }
            Some(other) if server.by_default != other.by_default => {
                let summary = format!("the default address of the server {} changed", quote(address));
                let rule: &'static Rule = &DEFAULT_CHANGED;
                comparison.found_rule(rule, Neither, server.node, other.node, summary);
            }
            Some(_) => {}
        }
    }
    for (address, server) in new_servers.iter().filter(|(address, _)| !old_servers.contains_key(*address)) {
        let summary = format!("the server {} was added", quote(address));
        comparison.found_rule(&ADDED, Neither, None, server.node.or(Some(head)), summary);
    }
}

/// The servers of a list; without any, the address is that of the description.
fn servers(list: Option<Node<'_>>) -> Servers<'_> {
    let nodes: Vec<Node<'_>> = list.into_iter().flat_map(Node::items).collect();
    if nodes.is_empty() {
        return Servers::from([("/".into(), Server { node: None, by_default: "/".into() })]);
    }
    let mut servers = Servers::new();
    for node in nodes {
        let Some(url) = node.get("url").and_then(Node::as_str) else { continue };
        let by_default = normalized(&url, |name| variable(node, name).default);
        for address in addresses(node, &url) {
            let by_default = by_default.clone();
            servers.entry(address).or_insert(Server { node: Some(node), by_default });
        }
    }
    servers
}

#[derive(Default)]
struct Variable {
    default: Option<String>,
    values: Vec<String>,
}

fn variable(server: Node<'_>, name: &str) -> Variable {
    let Some(node) = server.get("variables").and_then(|variables| variables.get(name)) else {
        return Variable::default();
    };
    let text = |node: Node<'_>| node.as_str().map(std::borrow::Cow::into_owned);
    let values = node.get("enum").into_iter().flat_map(Node::items).filter_map(text).collect();
    Variable { default: node.get("default").and_then(text), values }
}

/// Every address of a template whose variables list their values; other variables stay open.
fn addresses(server: Node<'_>, url: &str) -> Vec<String> {
    let mut addresses = vec![String::new()];
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let mut values = variable(server, name).values;
        if values.is_empty() || addresses.len() * values.len() > ADDRESSES {
            values = vec!["{}".into()];
        }
        addresses = addresses
            .iter()
            .flat_map(|address| values.iter().map(move |value| format!("{address}{before}{value}")))
            .collect();
        rest = after;
    }
    addresses.iter().map(|address| canonical(&format!("{address}{rest}"))).collect()
}

fn normalized(url: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&value(name).unwrap_or_else(|| "{}".into()));
        rest = after;
    }
    canonical(&format!("{text}{rest}"))
}

/// An address in one spelling: scheme and host in lower case, no slash at the end (RFC 3986, section 6.2).
fn canonical(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let Some((scheme, rest)) = url.split_once("://") else {
        return if url.is_empty() { "/".into() } else { url.into() };
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!("{}://{}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        for (written, meant) in
            [("", "/"), ("/", "/"), ("/v1/", "/v1"), ("HTTPS://A.example/V1/", "https://a.example/V1")]
        {
            assert_eq!(canonical(written), meant);
        }
    }
}
