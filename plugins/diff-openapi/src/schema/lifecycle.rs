//! Deprecation of schemas.

use super::{Outcome, Pair};
use crate::rule::families;

families! {
    DEPRECATED = "deprecated", Compatible, Compatible,
        "A {place} is deprecated: it still works, and its end is announced.",
        "Move clients to what replaces it.";
    REACTIVATED = "reactivated", Compatible, Compatible,
        "A {place} is no longer deprecated.",
        "Nothing to do.";
}

pub(super) fn compare<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    match (pair.base.is("deprecated"), pair.head.is("deprecated")) {
        (false, true) => outcome.findings.push(pair.finding(&DEPRECATED, "is deprecated")),
        (true, false) => outcome.findings.push(pair.finding(&REACTIVATED, "is no longer deprecated")),
        (true, true) | (false, false) => {}
    }
}
