//! Arrays and tuples.

use super::Schemas;
use crate::declarations::Direction;
use crate::types::{Tuple, Type};
use countersign_document::Node;

impl<'a> Schemas<'a> {
    pub(super) fn array(&mut self, node: Node<'a>, direction: Direction) -> Type {
        let items: Vec<_> = self.members(node, "prefixItems");
        let items: Vec<_> = items.into_iter().map(|item| self.read(item, direction)).collect();
        let rest = match node.get("items") {
            // A list of schemas is a tuple of older drafts, which generators still write.
            Some(list) if list.is_array() => {
                self.spec.warn("`items` is a list of schemas and is read as `unknown`", list);
                Type::Unknown
            }
            Some(rest) => self.read(rest, direction),
            None => Type::Unknown,
        };
        if items.is_empty() {
            return if rest == Type::Never {
                Type::Tuple(Tuple { items, required: 0, rest: None })
            } else {
                Type::Array(Box::new(rest))
            };
        }
        let bound = |keyword: &str| node.get(keyword).and_then(Node::as_number)?.parse::<usize>().ok();
        // Whoever writes a tuple means all of it, unless he says how much of it may be missing.
        let required = bound("minItems").unwrap_or(items.len()).min(items.len());
        let is_closed = rest == Type::Never || bound("maxItems").is_some_and(|most| most <= items.len());
        Type::Tuple(Tuple { items, required, rest: (!is_closed).then(|| Box::new(rest)) })
    }
}
