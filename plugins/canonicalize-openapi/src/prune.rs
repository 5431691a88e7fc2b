//! Leaving paths and operations out.

use crate::pattern::{METHODS, Pattern};
use countersign_document::{Entry, Node, Omissions, excerpt};

/// Leave out what the patterns match in `paths`. Returns a warning for each pattern that matches nothing.
pub(crate) fn paths(root: Node<'_>, patterns: &[Pattern], omissions: &mut Omissions) -> Vec<String> {
    let mut used = vec![false; patterns.len()];
    for path in root.get("paths").into_iter().flat_map(Node::entries) {
        let name = path.name();
        for (pattern, used) in patterns.iter().zip(&mut used) {
            if pattern.matches(&name) {
                *used |= omit(path.value, pattern.method(), omissions);
            }
        }
    }
    let unused = patterns.iter().zip(used).filter(|(_, used)| !used).map(|(pattern, _)| pattern.text());
    unused.map(|text| format!("the `prune` pattern `{}` matches nothing", excerpt(text))).collect()
}

/// Leave a path item or one of its operations out; `false` if there is no such operation.
fn omit(item: Node<'_>, method: Option<&str>, omissions: &mut Omissions) -> bool {
    let Some(method) = method else {
        omissions.omit(item);
        return true;
    };
    let Some(operation) = item.get(method) else { return false };
    omissions.omit(operation);
    // Parameters and servers of no operation describe nothing.
    if !item.entries().any(|entry| is_operation(&entry) && !omissions.contains(entry.value)) {
        omissions.omit(item);
    }
    true
}

/// An operation, or what may hold operations.
fn is_operation(entry: &Entry<'_>) -> bool {
    let name = entry.name();
    METHODS.contains(&name.as_ref()) || name == "$ref" || name == "additionalOperations"
}
