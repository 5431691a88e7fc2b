//! Paths and webhooks: which of both documents belong together, and what was added or removed.

use super::operations::{METHODS, Operation, compare as compare_operation};
use super::parameter_pairs::ParameterChanges;
use super::schema::{Side, reference};
use super::stability;
use super::{Comparison, Subject, lifecycle};
use crate::settings::View;
use crate::spec::Node;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A path of both documents, with the new name of each of its parameters.
pub(super) struct Pair<'a> {
    /// The path in messages: the old one.
    path: String,
    pub(super) base: Node<'a>,
    pub(super) head: Node<'a>,
    pub(super) renamed: BTreeMap<String, String>,
    /// Whether this is a webhook and no path.
    is_webhook: bool,
}

type Paths<'a> = BTreeMap<String, Node<'a>>;

/// Compare all paths and webhooks.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let view = comparison.settings.view();
    let base = paths(&comparison.engine.base, &view.base);
    let head = paths(&comparison.engine.head, &view.head);
    let mut pairs = Vec::new();
    let like = |paths| if view.parameter_names { HashMap::new() } else { templates(paths) };
    let (old_templates, new_templates) = (like(&base), like(&head));
    for (path, node) in &base {
        match counterpart(path, &head, &new_templates) {
            Some((other, renamed)) => {
                let path = path.clone();
                pairs.push(Pair { path, base: *node, head: other, renamed, is_webhook: false });
            }
            None => removed_path(comparison, path, *node),
        }
    }
    for (path, node) in head.iter().filter(|(path, _)| counterpart(path, &base, &old_templates).is_none()) {
        for (method, operation) in methods(*node) {
            let operation = Operation::of(path, method, operation, operation);
            endpoint_added(comparison, &operation);
        }
    }
    pairs.extend(webhooks(comparison));
    for pair in pairs {
        compare_pair(comparison, &pair);
    }
}

/// The operations of a path item, by method.
fn methods(item: Node<'_>) -> impl Iterator<Item = (&'static str, Node<'_>)> {
    METHODS.iter().filter_map(move |method| {
        let operation = item.get(&method.to_ascii_lowercase()).filter(|node| node.is_object())?;
        Some((*method, operation))
    })
}

/// The paths of a document that are looked at, by the names under which they are compared.
fn paths<'a>(side: &Side<'_, 'a>, view: &View<'_>) -> Paths<'a> {
    let entries = side.root().get("paths").into_iter().flat_map(Node::entries);
    entries
        .filter(|entry| !entry.name().starts_with("x-") && entry.value.is_object())
        .filter_map(|entry| Some((view.name(&entry.name())?, item(side, entry.value))))
        .collect()
}

/// A path item; what stands beside a reference wins over it as a whole.
fn item<'a>(side: &Side<'_, 'a>, node: Node<'a>) -> Node<'a> {
    let alone = node.entries().all(|entry| {
        let name = entry.name();
        name == "$ref" || name.starts_with("x-")
    });
    if reference(node).is_some() && alone { side.resolved(node) } else { node }
}

/// The path that is the same but for the names of its parameters.
fn counterpart<'a>(
    path: &str,
    paths: &Paths<'a>,
    templates: &HashMap<Template, String>,
) -> Option<(Node<'a>, BTreeMap<String, String>)> {
    if let Some(node) = paths.get(path) {
        return Some((*node, BTreeMap::new()));
    }
    let (template, names) = template(path);
    let other = templates.get(&(template, names.len()))?;
    let others = self::template(other).1;
    Some((*paths.get(other)?, names.into_iter().zip(others).collect()))
}

/// A path without the names of its parameters, and their number.
type Template = (String, usize);

/// The first path of each template.
fn templates(paths: &Paths<'_>) -> HashMap<Template, String> {
    let mut templates = HashMap::new();
    for path in paths.keys() {
        let (template, names) = template(path);
        templates.entry((template, names.len())).or_insert_with(|| path.clone());
    }
    templates
}

/// A path without the names of its parameters, and the names.
fn template(path: &str) -> (String, Vec<String>) {
    let (mut template, mut names) = (String::with_capacity(path.len()), Vec::new());
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        template.push_str(&rest[..=start]);
        rest = &rest[start + 1..];
        let Some(end) = rest.find('}') else { return (template, names) };
        names.push(rest[..end].to_owned());
        template.push('}');
        rest = &rest[end + 1..];
    }
    template.push_str(rest);
    (template, names)
}

fn removed_path<'a>(comparison: &mut Comparison<'_, 'a>, path: &str, item: Node<'a>) {
    let operations: Vec<Operation<'a>> =
        methods(item).map(|(method, node)| Operation::of(path, method, node, node)).collect();
    for operation in &operations {
        stability::invalid(comparison, operation, operation.base);
    }
    let threshold = comparison.settings.stability();
    if !operations.iter().any(|operation| stability::included(operation.base, threshold)) {
        return;
    }
    for operation in operations {
        if stability::may_go(operation.base) {
            lifecycle::removed(comparison, &operation, "api-path-removed");
        }
    }
}

fn endpoint_added<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>) {
    let places = (None, Some(operation.head));
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    comparison.report("endpoint-added", &subject, Vec::new());
}

/// Webhooks of both documents; others are told as added or removed.
fn webhooks<'a>(comparison: &mut Comparison<'_, 'a>) -> Vec<Pair<'a>> {
    let read = |side: &Side<'_, 'a>| -> Paths<'a> {
        let entries = side.root().get("webhooks").into_iter().flat_map(Node::entries);
        let items = entries.filter(|entry| entry.value.is_object());
        items.map(|entry| (entry.name().into_owned(), item(side, entry.value))).collect()
    };
    let (base, head) = (read(&comparison.engine.base), read(&comparison.engine.head));
    for (name, node) in base.iter().filter(|(name, _)| !head.contains_key(*name)) {
        let subject = Subject { places: (Some(*node), None), ..Subject::default() };
        comparison.report("webhook-removed", &subject, vec![name.clone()]);
    }
    for (name, node) in head.iter().filter(|(name, _)| !base.contains_key(*name)) {
        let subject = Subject { places: (None, Some(*node)), ..Subject::default() };
        comparison.report("webhook-added", &subject, vec![name.clone()]);
    }
    let pairs = base.into_iter().filter_map(|(name, base)| {
        let (head, path) = (*head.get(&name)?, format!("webhook:{name}"));
        Some(Pair { path, base, head, renamed: BTreeMap::new(), is_webhook: true })
    });
    pairs.collect()
}

fn compare_pair<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>) {
    for method in METHODS {
        let key = method.to_ascii_lowercase();
        let read = |item: Node<'a>| item.get(&key).filter(|node| node.is_object());
        match (read(pair.base), read(pair.head)) {
            (Some(base), Some(head)) => {
                let operation = Operation::of(&pair.path, method, base, head);
                compare_operation(comparison, pair, &operation);
            }
            (Some(base), None) => {
                removed_operation(comparison, pair, &Operation::of(&pair.path, method, base, base));
            }
            (None, Some(head)) => {
                endpoint_added(comparison, &Operation::of(&pair.path, method, head, head));
            }
            (None, None) => {}
        }
    }
    new_shared_parameters(comparison, pair);
}

fn removed_operation<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>, operation: &Operation<'a>) {
    if !pair.is_webhook {
        stability::invalid(comparison, operation, operation.base);
        if !stability::included(operation.base, comparison.settings.stability()) {
            return;
        }
    }
    lifecycle::removed(comparison, operation, "api-removed");
}

/// Parameters that were added to a path item, for each of its operations.
fn new_shared_parameters<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>) {
    if comparison.settings.flatten_params() {
        return;
    }
    let changes = ParameterChanges::between(comparison, pair, (pair.base, pair.head));
    let locations = ["query", "header", "cookie"];
    for location in locations {
        let names: HashSet<&String> = changes
            .added
            .iter()
            .filter(|added| added.location == location)
            .map(|added| &added.name)
            .collect();
        for parameter in changes.head.iter().filter(|parameter| names.contains(&parameter.name)) {
            let kind = if parameter.flag("required") { "required" } else { "optional" };
            let rule = format!("new-{kind}-request-default-parameter-to-existing-path");
            for (method, node) in methods(pair.head) {
                let operation = Operation::of(&pair.path, method, node, node);
                let places = (None, Some(parameter.node));
                let subject = Subject { operation: Some(&operation), places, ..Subject::default() };
                comparison.report(&rule, &subject, vec![location.into(), parameter.name.clone()]);
            }
        }
    }
}

impl Pair<'_> {
    /// Whether names of headers are compared in lower case here.
    pub(super) fn lowers_headers(&self) -> bool {
        !self.is_webhook
    }

    pub(super) fn is_webhook(&self) -> bool {
        self.is_webhook
    }

    /// Whether a parameter of the old path has this name in the new one.
    pub(super) fn is_renamed(&self, base: &str, head: &str) -> bool {
        if self.renamed.is_empty() {
            return base == head;
        }
        self.renamed.get(base).map_or(head.is_empty(), |name| name == head)
    }
}
