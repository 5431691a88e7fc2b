//! Who may call: security requirements and schemes.

use super::Comparison;
use crate::equal::same_value;
use crate::finding::quote;
use crate::fingerprint::fingerprint;
use crate::rule::{Rule, rules};
use crate::spec::{Node, Spec};
use countersign_plugin::Direction::{Neither, Request};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

rules! {
    TIGHTENED = "api-security-tightened", Breaking,
        "A way to authenticate that was enough no longer is: it is gone, or needs another scheme or scope beside it. \
         Clients that use it are refused.",
        "Go on accepting the old way until every client uses the new one.";
    ADDED = "api-security-added", Compatible,
        "There is one more way to authenticate.",
        "Nothing to do.";
    REMOVED = "api-security-removed", Compatible,
        "An operation needs less to authenticate than before.",
        "Make sure that this is meant.";
    SCHEME_ADDED = "api-security-component-added", Compatible,
        "There is a new security scheme.",
        "Nothing to do.";
    SCHEME_REMOVED = "api-security-component-removed", Compatible,
        "A security scheme is gone. What that means for an operation is told with the operation.",
        "Nothing to do, where no operation needs it.";
    SCHEME_TYPE_CHANGED = "api-security-component-type-changed", Compatible, typed_client: Breaking,
        "A security scheme is of another type. Clients authenticate in the old way and are refused.",
        "Add a new scheme beside the old one.";
    SCHEME_CHANGED = "api-security-component-changed", Breaking,
        "The place or the name of a credential changed, or its HTTP scheme. Clients send it in the old way and are \
         refused.",
        "Go on accepting the credential in the old way.";
    TOKEN_URL_CHANGED = "api-security-component-oauth-token-url-changed", Risky,
        "Tokens come from another URL.",
        "Keep the old URL working until clients have moved.";
    AUTHORIZATION_URL_CHANGED = "api-security-component-oauth-url-changed", Risky,
        "Users are sent to another URL to authorize.",
        "Keep the old URL working until clients have moved.";
    OPEN_ID_URL_CHANGED = "api-security-component-open-id-url-changed", Risky,
        "What clients need to authenticate is described at another URL.",
        "Keep the old URL working until clients have moved.";
    FLOW_REMOVED = "api-security-component-oauth-flow-removed", Breaking,
        "Tokens can no longer be had by one of the flows. Clients that use it cannot authenticate.",
        "Keep the flow until every client uses another.";
    SCHEME_RENAMED = "api-security-component-renamed", Compatible, source: Risky, only source,
        "A security scheme has another name. Nothing changes on the wire, but generators name settings after it.",
        "Keep the name; it is a name in other people's code.";
}

/// One way to authenticate: schemes that are all needed, with their scopes.
type Way = BTreeMap<String, BTreeSet<String>>;

/// A change of what is needed: its rule and a word about it.
pub(super) type Changed = Option<(&'static Rule, String)>;

/// Compare what an operation needs, by itself or by the document's default.
pub(super) fn requirements<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) = (list(comparison.base, old), list(comparison.head, new));
    // Most operations need what the document says.
    let lists = (base.map(Node::id), head.map(Node::id));
    let known = comparison.requirements.get(&lists).cloned();
    let changed = known.unwrap_or_else(|| {
        let changed = changed(comparison, base, head);
        comparison.requirements.insert(lists, changed.clone());
        changed
    });
    if let Some((rule, summary)) = changed {
        comparison.found_rule(rule, Request, base.or(Some(old)), head.or(Some(new)), summary);
    }
}

fn changed<'a>(comparison: &Comparison<'_, 'a>, base: Option<Node<'a>>, head: Option<Node<'a>>) -> Changed {
    let (before, mut after) = (Ways::of(base, &BTreeMap::new()), Ways::of(head, &BTreeMap::new()));
    if before.least == after.least {
        return None;
    }
    after = Ways::of(head, &renamed(comparison));
    if before.least == after.least {
        return None;
    }
    if let Some(refused) = before.least.iter().find(|way| !after.hold(way)) {
        return Some((&TIGHTENED, format!("{} is no longer enough to authenticate", quote(&words(refused)))));
    }
    let more = after.least.len() > before.least.len() || after.least.iter().any(|way| !before.hold(way));
    if more {
        let rule: &'static Rule = if after.least.iter().any(Way::is_empty) { &REMOVED } else { &ADDED };
        return Some((rule, "other ways to authenticate are accepted too".into()));
    }
    Some((&REMOVED, "less is needed to authenticate".into()))
}

/// The list of requirements that holds for an operation.
fn list<'a>(spec: &Spec<'a>, operation: Node<'a>) -> Option<Node<'a>> {
    operation.get("security").or_else(|| spec.root().get("security"))
}

/// The ways to authenticate that need no more than another one does.
struct Ways {
    least: Vec<Way>,
    /// Ways by the one of their schemes that is in the fewest of them.
    by_scheme: HashMap<String, Vec<Way>>,
}

impl Ways {
    /// No list, an empty list and an empty requirement all let anybody in. A way that needs more than another says
    /// nothing.
    fn of(list: Option<Node<'_>>, renamed: &BTreeMap<String, String>) -> Self {
        let mut least: Vec<Way> =
            list.into_iter().flat_map(Node::items).map(|requirement| way(requirement, renamed)).collect();
        if least.is_empty() || least.iter().any(Way::is_empty) {
            least = vec![Way::new()];
        }
        least.sort();
        least.dedup();
        let mut uses: HashMap<&String, usize> = HashMap::new();
        for scheme in least.iter().flat_map(Way::keys) {
            *uses.entry(scheme).or_default() += 1;
        }
        let mut by_scheme: HashMap<String, Vec<Way>> = HashMap::new();
        for way in &least {
            let rarest = way.keys().min_by_key(|scheme| uses.get(scheme));
            by_scheme.entry(rarest.cloned().unwrap_or_default()).or_default().push(way.clone());
        }
        let mut ways = Self { least: Vec::new(), by_scheme };
        least.retain(|way| !ways.within(way).any(|other| other != way));
        ways.least = least;
        ways
    }

    /// Whether whoever goes a way meets what one of these asks for.
    fn hold(&self, way: &Way) -> bool {
        self.within(way).next().is_some()
    }

    fn within<'w>(&'w self, way: &'w Way) -> impl Iterator<Item = &'w Way> {
        let nothing = String::new();
        let open = self.by_scheme.get(&nothing).into_iter();
        let some = way.keys().filter_map(|scheme| self.by_scheme.get(scheme));
        open.chain(some).flatten().filter(|other| is_within(other, way))
    }
}

fn way(requirement: Node<'_>, renamed: &BTreeMap<String, String>) -> Way {
    let scopes =
        |node: Node<'_>| node.items().filter_map(Node::as_str).map(std::borrow::Cow::into_owned).collect();
    let name = |name: &str| renamed.get(name).cloned().unwrap_or_else(|| name.to_owned());
    requirement.entries().map(|entry| (name(&entry.name()), scopes(entry.value))).collect()
}

/// Schemes of the new document that say what a scheme of the old one said under another name, by their new name.
fn renamed<'a>(comparison: &Comparison<'_, 'a>) -> BTreeMap<String, String> {
    let (old, new) = (declared(comparison.base), declared(comparison.head));
    let mut gone: HashMap<u64, VecDeque<_>> = HashMap::new();
    for (name, node) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        gone.entry(fingerprint(*node, comparison.base)).or_default().push_back((name, *node));
    }
    let mut names = BTreeMap::new();
    for (name, node) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let Some(like) = gone.get_mut(&fingerprint(*node, comparison.head)) else { continue };
        let same = |other: Node<'a>| same_value(other, *node, comparison.base, comparison.head);
        let twin = like.iter().position(|(_, other)| same(*other));
        if let Some((before, _)) = twin.and_then(|at| like.remove(at)) {
            names.insert(name.clone(), before.clone());
        }
    }
    names
}

/// Whether whoever meets `other` meets `way` too.
fn is_within(way: &Way, other: &Way) -> bool {
    way.iter().all(|(scheme, scopes)| other.get(scheme).is_some_and(|granted| scopes.is_subset(granted)))
}

fn words(way: &Way) -> String {
    if way.is_empty() {
        return "nothing".into();
    }
    let scheme = |(name, scopes): (&String, &BTreeSet<String>)| match scopes.len() {
        0 => name.clone(),
        _ => format!("{name} ({})", scopes.iter().cloned().collect::<Vec<_>>().join(", ")),
    };
    way.iter().map(scheme).collect::<Vec<_>>().join(" and ")
}

/// Compare the security schemes of the documents.
pub(super) fn schemes<'a>(comparison: &mut Comparison<'_, 'a>) {
    comparison.operation.clear();
    let (old, new) = (declared(comparison.base), declared(comparison.head));
    let renamed = renamed(comparison);
    for (after, before) in &renamed {
        let summary = format!("the security scheme {} is now called {}", quote(before), quote(after));
        let nodes = (old.get(before).copied(), new.get(after).copied());
        comparison.found_rule(&SCHEME_RENAMED, Neither, nodes.0, nodes.1, summary);
    }
    let before: BTreeSet<&String> = renamed.values().collect();
    for (name, node) in &old {
        match new.get(name) {
            Some(other) => scheme(comparison, name, *node, *other),
            None if before.contains(name) => {}
            None => {
                let summary = format!("the security scheme {} was removed", quote(name));
                comparison.found_rule(&SCHEME_REMOVED, Neither, Some(*node), None, summary);
            }
        }
    }
    for (name, node) in
        new.iter().filter(|(name, _)| !old.contains_key(*name) && !renamed.contains_key(*name))
    {
        let summary = format!("the security scheme {} was added", quote(name));
        comparison.found_rule(&SCHEME_ADDED, Neither, None, Some(*node), summary);
    }
}

fn declared<'a>(spec: &Spec<'a>) -> BTreeMap<String, Node<'a>> {
    let components = spec.root().get("components").and_then(|components| components.get("securitySchemes"));
    let entries = components.into_iter().flat_map(Node::entries);
    entries.map(|entry| (entry.name().into_owned(), spec.resolved(entry.value))).collect()
}

fn scheme<'a>(comparison: &mut Comparison<'_, 'a>, name: &str, old: Node<'a>, new: Node<'a>) {
    let text =
        |node: Node<'a>, key: &str| node.get(key).and_then(Node::as_str).map(std::borrow::Cow::into_owned);
    let changed = |key: &str| text(old, key) != text(new, key);
    let lower = |node: Node<'a>, key: &str| text(node, key).map(|text| text.to_ascii_lowercase());
    let in_header = text(old, "in").as_deref() == Some("header") && !changed("in");
    let renamed = if in_header { lower(old, "name") != lower(new, "name") } else { changed("name") };
    let mut found = |rule: &'static Rule, what: &str| {
        let summary = format!("the security scheme {} {what}", quote(name));
        comparison.found_rule(rule, Request, Some(old), Some(new), summary);
    };
    if changed("type") {
        return found(&SCHEME_TYPE_CHANGED, "is of another type");
    }
    if changed("in") || renamed || lower(old, "scheme") != lower(new, "scheme") {
        found(&SCHEME_CHANGED, "is sent in another way");
    }
    if changed("openIdConnectUrl") {
        found(&OPEN_ID_URL_CHANGED, "has another OpenID Connect URL");
    }
    for flow in old.get("flows").into_iter().flat_map(Node::entries) {
        let Some(other) = new.get("flows").and_then(|flows| flows.get(&flow.name())) else {
            found(&FLOW_REMOVED, &format!("lost the flow {}", quote(&flow.name())));
            continue;
        };
        if text(flow.value, "tokenUrl") != text(other, "tokenUrl") {
            found(&TOKEN_URL_CHANGED, "has another token URL");
        }
        if text(flow.value, "authorizationUrl") != text(other, "authorizationUrl") {
            found(&AUTHORIZATION_URL_CHANGED, "has another authorization URL");
        }
    }
}
