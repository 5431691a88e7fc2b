//! Request bodies: whether there is one, and whether it can be left out.

use super::{Body, Comparison, called, media};
use crate::rule::{Rule, rules};
use crate::spec::Node;

rules! {
    ADDED_REQUIRED = "request-body-added-required", Breaking,
        "An operation requires a body that clients do not send.",
        "Make the body optional.";
    ADDED_OPTIONAL = "request-body-added-optional", Compatible,
        "An operation takes a body that can be left out.",
        "Nothing to do.";
    REMOVED = "request-body-removed", Breaking,
        "An operation no longer takes a body. What clients send is refused or left out in silence.",
        "Go on accepting the body.";
    BECAME_REQUIRED = "request-body-became-required", Breaking,
        "A body that clients could leave out is now required.",
        "Keep the body optional.";
    BECAME_OPTIONAL = "request-body-became-optional", Compatible,
        "A body that clients had to send may now be left out.",
        "Nothing to do.";
}

/// Compare the request bodies of an operation.
pub(super) fn request<'a>(comparison: &mut Comparison<'_, 'a>, old: Node<'a>, new: Node<'a>) {
    let (base, head) =
        (comparison.base.get(Some(old), "requestBody"), comparison.head.get(Some(new), "requestBody"));
    let required = |body: Node<'a>| body.get("required").and_then(Node::as_bool) == Some(true);
    let place = comparison.flow.place(Body::Request);
    let flow = comparison.flow;
    let (rule, what): (&'static Rule, _) = match (base, head) {
        (None, None) => return,
        (None, Some(body)) if required(body) => {
            (flow.choose(&ADDED_REQUIRED, &called::BODY_ADDED), "was added and is required")
        }
        (None, Some(_)) => (flow.choose(&ADDED_OPTIONAL, &called::BODY_ADDED), "was added"),
        (Some(_), None) => (flow.choose(&REMOVED, &called::BODY_REMOVED), "was removed"),
        (Some(old), Some(new)) => {
            media::content(comparison, old, new, place);
            match (required(old), required(new)) {
                (false, true) => {
                    (flow.choose(&BECAME_REQUIRED, &called::BODY_BECAME_REQUIRED), "became required")
                }
                (true, false) => {
                    (flow.choose(&BECAME_OPTIONAL, &called::BODY_BECAME_OPTIONAL), "became optional")
                }
                (true, true) | (false, false) => return,
            }
        }
    };
    comparison.found_rule(rule, place.direction(), base, head, format!("the request body {what}"));
}
