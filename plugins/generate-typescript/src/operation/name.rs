//! What the methods are called.

use super::Source;
use crate::names::{self, Names, Wanted};
use countersign_document::Node;
use std::borrow::Cow;

/// A name for each operation. Those with an `operationId` choose first, so that a name made for another one
/// never takes theirs.
pub(super) fn of_all(sources: &[Source<'_>]) -> Vec<String> {
    let mut names = Names::default();
    let ids: Vec<_> = sources.iter().map(id).collect();
    let wanted: Vec<_> = ids.iter().flatten().map(|id| Wanted::new(names::of_method(id), id)).collect();
    let mut given = names.give_all(&wanted).into_iter();
    let given: Vec<_> = ids.iter().map(|id| id.as_ref().and_then(|_| given.next())).collect();
    let made = |(source, given): (&Source<'_>, Option<String>)| {
        given.unwrap_or_else(|| names.give(&names::of_method(&describe(source))))
    };
    sources.iter().zip(given).map(made).collect()
}

fn id<'a>(source: &Source<'a>) -> Option<Cow<'a, str>> {
    source.node.get("operationId").and_then(Node::as_str).filter(|id| !id.trim().is_empty())
}

/// `GET /watches/{id}` gives `get-watches-by-id`.
fn describe(source: &Source<'_>) -> String {
    let path = source.path.as_str().unwrap_or_default();
    format!("{}-{}", source.method, path.replace('{', "-by-"))
}
