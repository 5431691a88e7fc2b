//! What a change is about, as a path that stays the same when unrelated parts move: a waiver knows a break by it.
//!
//! It is the JSON Pointer of the definition, with names for the indices of lists whose items have one: a parameter
//! is known by where it stands and what it is called, whatever comes before it.

use crate::spec::Node;
use countersign_document::pointer;
use countersign_document::reference::percent_decoded;
use countersign_plugin::Change;

/// Give every change its lasting subject. `base` and `head` are the documents that the changes point into.
pub(crate) fn settle(changes: &mut [Change], base: Node<'_>, head: Node<'_>) {
    for change in changes {
        let root = if change.base.is_some() { base } else { head };
        if let Some(subject) = lasting(root, &change.subject) {
            change.subject = subject;
        }
    }
}

/// The path without indices of what has a name; nothing where the pointer leads nowhere, or has none.
fn lasting(root: Node<'_>, pointer: &str) -> Option<String> {
    let is_index = |segment: &str| segment.bytes().all(|byte| byte.is_ascii_digit());
    if !pointer.split('/').skip(1).any(is_index) {
        return None;
    }
    let (mut node, mut path) = (root, String::with_capacity(pointer.len()));
    for segment in pointer::segments(pointer)? {
        let inside = node.step(&segment)?;
        let name = node.is_array().then(|| name(root, inside)).flatten();
        pointer::push(&mut path, name.as_deref().unwrap_or(&segment));
        node = inside;
    }
    Some(path)
}

/// What tells an item from the others of its list.
fn name(root: Node<'_>, item: Node<'_>) -> Option<String> {
    let reference = item.get("$ref").and_then(Node::as_str);
    let target = reference
        .as_deref()
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|fragment| root.resolve(&percent_decoded(fragment)))
        .unwrap_or(item);
    let text = |key: &str| target.get(key).and_then(Node::as_str);
    match (text("in"), text("name"), reference, text("url")) {
        (Some(place), Some(name), _, _) => Some(format!("{place}:{name}")),
        (_, _, Some(reference), _) => Some(reference.rsplit('/').next().unwrap_or_default().to_owned()),
        (None, Some(name), None, _) | (_, _, None, Some(name)) => Some(name.into_owned()),
        (_, _, None, None) => item.as_str().map(std::borrow::Cow::into_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_document::Document;

    #[test]
    fn what_has_a_name_is_known_by_it_and_not_by_its_index() {
        let text = br##"{
            "paths": {"/a": {"parameters": [
                {"in": "query", "name": "a/b", "schema": {}}, {"$ref": "#/components/parameters/P"}
            ]}},
            "components": {"parameters": {"P": {"in": "path", "name": "id"}}, "schemas": {"S": {
                "required": ["x"], "oneOf": [{"$ref": "#/components/schemas/T"}, {"type": "string"}]
            }}},
            "servers": [{"url": "https://x"}]
        }"##;
        let document = Document::parse_json(text).unwrap();
        let lasting = |pointer: &str| lasting(document.root(), pointer);
        assert_eq!(
            lasting("/paths/~1a/parameters/0/schema").as_deref(),
            Some("/paths/~1a/parameters/query:a~1b/schema")
        );
        assert_eq!(lasting("/paths/~1a/parameters/1").as_deref(), Some("/paths/~1a/parameters/path:id"));
        assert_eq!(
            lasting("/components/schemas/S/oneOf/0").as_deref(),
            Some("/components/schemas/S/oneOf/T")
        );
        assert_eq!(
            lasting("/components/schemas/S/oneOf/1").as_deref(),
            Some("/components/schemas/S/oneOf/1")
        );
        assert_eq!(
            lasting("/components/schemas/S/required/0").as_deref(),
            Some("/components/schemas/S/required/x")
        );
        assert_eq!(lasting("/servers/0").as_deref(), Some("/servers/https:~1~1x"));
        assert_eq!(lasting("/components/schemas/S"), None);
        assert_eq!(lasting("/nowhere/0"), None);
    }
}
