//! What leads from a `$ref` to its target within one document (JSON Schema 2020-12, section 8.2).

use crate::Node;
use std::collections::HashMap;

/// Every node that names itself by `$anchor` or `$dynamicAnchor`, by that name. Of two with one name, the one
/// that is found first counts.
pub fn anchors<'a>(root: Node<'a>) -> HashMap<String, Node<'a>> {
    let mut anchors = HashMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = node.get(keyword).and_then(Node::as_str) {
                anchors.entry(name.into_owned()).or_insert(node);
            }
        }
        open.extend(node.entries().map(|entry| entry.value).chain(node.items()));
    }
    anchors
}

/// The JSON Pointer in a URI fragment, which is percent-encoded there (RFC 6901, section 6). A `%` that begins no
/// code stays.
pub fn percent_decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = (*first == b'%').then(|| after.get(..2)).flatten().and_then(hexadecimal);
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_percent_decoded() {
        assert_eq!(percent_decoded("/a%20b/%7Ec"), "/a b/~c");
        for text in ["/a%2", "/a%+1", "/a%zz", "/plain"] {
            assert_eq!(percent_decoded(text), text);
        }
    }
}
