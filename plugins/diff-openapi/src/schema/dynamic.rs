//! Dynamic references: what a generic schema leaves open, such as the items of an envelope, and what others put there.
//!
//! A `$dynamicRef` whose anchor several schemas have is not followed, since what it leads to depends on where it is
//! met (JSON Schema 2020-12, section 8.2.3.2). The schemas that are put there are compared where they are put.

use super::{Outcome, Pair, Shape, keywords};
use crate::finding::quote;
use crate::spec::Node;
use std::collections::BTreeMap;

/// Compare what dynamic references inside a pair stand for.
pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    let named = |bindings: &[(String, Node<'a>)]| -> BTreeMap<String, Node<'a>> {
        bindings.iter().cloned().collect()
    };
    let (mut old, new) = (named(&pair.base.bindings), named(&pair.head.bindings));
    for (name, head) in new {
        let Some(base) = old.remove(&name) else {
            outcome.findings.push(only(pair, "says", &name));
            continue;
        };
        let shapes = (Shape::of(base, pair.base_spec), Shape::of(head, pair.head_spec));
        outcome.inside.push((shapes.0, shapes.1, pair.place.inside()));
    }
    for name in old.keys() {
        outcome.findings.push(only(pair, "no longer says", name));
    }
}

fn only<'a>(pair: &Pair<'_, 'a>, says: &str, name: &str) -> crate::finding::Finding<'a> {
    keywords::undecided(pair, &format!("{says} what the dynamic reference {} stands for", quote(name)))
}
