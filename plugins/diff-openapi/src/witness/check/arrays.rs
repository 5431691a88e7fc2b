//! Keywords about arrays.

use super::scalars::{counted, has_twins};
use super::{Answer, Checker, Verdict, count};
use crate::spec::Node;
use crate::witness::json::Json;

/// Items up to which it is worth finding out whether two are the same.
const TWINS: usize = 200;

impl<'a> Checker<'_, 'a> {
    pub(super) fn array(
        &self,
        schema: Node<'a>,
        keyword: &str,
        argument: Node<'a>,
        items: &[Json],
        answer: &mut Answer,
        depth: usize,
    ) {
        match keyword {
            "maxItems" => counted("maxItems", argument, items.len(), answer),
            "minItems" => counted("minItems", argument, items.len(), answer),
            "uniqueItems" if argument.as_bool() == Some(true) => {
                let known = items.len() <= TWINS && self.pay(items.len() * items.len() / 4);
                answer.hear("uniqueItems", Verdict::of(known.then(|| !has_twins(items))));
            }
            "prefixItems" if argument.is_array() => {
                for (item, schema) in items.iter().zip(argument.items()) {
                    answer.hear("prefixItems", self.below(schema, item, depth));
                }
            }
            "items" if argument.is_array() => answer.hear("", Verdict::Unknown),
            "items" => {
                let prefix = schema.get("prefixItems").filter(|_| !self.old).map_or(0, Node::len);
                for item in items.iter().skip(prefix) {
                    if answer.is_settled() {
                        return;
                    }
                    answer.hear("items", self.below(argument, item, depth));
                }
            }
            "contains" => self.contains(schema, argument, items, answer, depth),
            "unevaluatedItems" if argument.as_bool() != Some(true) && !items.is_empty() => {
                self.unevaluated_items(schema, items, answer, depth);
            }
            _ => {}
        }
    }

    fn contains(
        &self,
        schema: Node<'a>,
        argument: Node<'a>,
        items: &[Json],
        answer: &mut Answer,
        depth: usize,
    ) {
        let verdicts: Vec<Verdict> = items.iter().map(|item| self.below(argument, item, depth)).collect();
        if verdicts.contains(&Verdict::Unknown) {
            return answer.hear("contains", Verdict::Unknown);
        }
        let found = verdicts.iter().filter(|verdict| **verdict == Verdict::Yes).count();
        let bound = |keyword: &str| schema.get(keyword).and_then(count);
        answer.hear("contains", Verdict::of(Some(found >= bound("minContains").unwrap_or(1))));
        if let Some(most) = bound("maxContains") {
            answer.hear("maxContains", Verdict::of(Some(found <= most)));
        }
    }

    /// Decided only where nothing else in the schema can describe an item.
    fn unevaluated_items(&self, schema: Node<'a>, items: &[Json], answer: &mut Answer, depth: usize) {
        let others = ["$ref", "allOf", "anyOf", "oneOf", "not", "if", "contains", "dependentSchemas"];
        if others.iter().any(|keyword| schema.get(keyword).is_some()) {
            return answer.hear("unevaluatedItems", Verdict::Unknown);
        }
        if schema.get("items").is_some() {
            return;
        }
        let Some(rest) = schema.get("unevaluatedItems") else { return };
        for item in items.iter().skip(schema.get("prefixItems").map_or(0, Node::len)) {
            answer.hear("unevaluatedItems", self.below(rest, item, depth));
        }
    }
}
