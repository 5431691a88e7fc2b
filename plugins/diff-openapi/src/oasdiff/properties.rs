//! Rules about properties in bodies: added, removed, required, read-only, deprecated and so on.

use super::bodies::{Body, Place};
use super::difference::Difference;
use super::keywords::extensible_values;
use super::schema::Schema;
use super::walk::Step;
use super::{Comparison, lifecycle, stability};
use crate::spec::Node;

/// A property that only the second document has.
pub(super) fn added<'a>(
    comparison: &mut Comparison<'_, 'a>,
    body: &Body<'_, 'a>,
    step: &Step<'a>,
    node: Node<'a>,
    schema: &Schema<'a>,
) {
    let required = step.parent.schemas.as_ref().is_some_and(|(_, head)| head.requires(&step.name));
    let rule = match (body.is_request(), required) {
        (true, _) if schema.flag("readOnly") => return,
        (true, true) if schema.any("default").is_absent() => "new-required-request-property".to_owned(),
        (true, true) => "new-required-request-property-with-default".to_owned(),
        (true, false) => "new-optional-request-property".to_owned(),
        (false, _) => received(required, schema, "added"),
    };
    let subject = body.subject(Some(&step.parent), (None, Some(node)));
    comparison.report(&rule, &subject, body.with_status(vec![step.full_name()]));
}

/// A property that only the first document has.
pub(super) fn removed<'a>(
    comparison: &mut Comparison<'_, 'a>,
    body: &Body<'_, 'a>,
    step: &Step<'a>,
    node: Node<'a>,
    schema: &Schema<'a>,
) {
    let read_only = body.is_request() && schema.flag("readOnly");
    // What moved into the alternatives of a choice was not removed.
    if read_only || step.parent.transitions.moved.contains(&step.name) {
        return;
    }
    let required = step.parent.schemas.as_ref().is_some_and(|(base, _)| base.requires(&step.name));
    let rule = if body.is_request() {
        "request-property-removed".to_owned()
    } else {
        received(required, schema, "removed")
    };
    let subject = body.subject(Some(&step.parent), (Some(node), None));
    comparison.report(&rule, &subject, body.with_status(vec![step.full_name()]));
}

fn received(required: bool, schema: &Schema<'_>, end: &str) -> String {
    let kind = if required { "required" } else { "optional" };
    let write_only = if schema.flag("writeOnly") { "-write-only" } else { "" };
    format!("response-{kind}{write_only}-property-{end}")
}

/// The properties that a body began or ceased to require.
pub(super) fn required_in_body<'a>(comparison: &mut Comparison<'_, 'a>, body: &Body<'_, 'a>) {
    required(comparison, body, body.difference, true, &str::to_owned);
}

/// A property of both documents, or another schema below a body.
pub(super) fn modified<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>, step: &Step<'a>) {
    let body = place.body;
    required(comparison, body, place.difference, false, &|name| step.full_name_of(name));
    enums(comparison, place);
    pattern(comparison, place);
    access(comparison, place, step);
    if body.is_request() && !place.is_read_only() {
        for value in extensible_values(place.difference) {
            let rule = "request-property-x-extensible-enum-value-removed";
            place.report(comparison, rule, place.then_named(vec![value]));
        }
    }
    let name = step.full_name();
    let subject = body.subject(Some(place.difference), place.difference.places);
    if let (Some((_, to)), Some((_, head))) =
        (place.difference.value("deprecated"), &place.difference.schemas)
    {
        let (operation, extensions) = (body.operation, head.extensions());
        let deprecated = to.is_flag(true);
        lifecycle::property(comparison, body.direction(), operation, &subject, &name, extensions, deprecated);
    }
    if body.tells_stability {
        stability::changed_property(comparison, body.direction(), &subject, &name, place.difference);
    }
}

/// Properties that a schema began or ceased to require.
fn required<'a>(
    comparison: &mut Comparison<'_, 'a>,
    body: &Body<'_, 'a>,
    difference: &Difference<'a>,
    is_body: bool,
    full_name: &dyn Fn(&str) -> String,
) {
    let Some((base, head)) = &difference.schemas else { return };
    for (end, names) in [("required", &difference.required.added), ("optional", &difference.required.deleted)]
    {
        for name in names {
            let Some(new) = head.property(name) else { continue };
            let old = base.property(name);
            // Of a body, oasdiff also tells what became optional without having been there.
            let is_told = old.is_some() || (is_body && end == "optional" && !body.is_request());
            let new_schema = comparison.engine.head.schema(new);
            let write_only = match old.filter(|_| !is_body) {
                Some(old) => comparison.engine.base.schema(old).flag("writeOnly"),
                None => new_schema.flag("writeOnly"),
            };
            let rule = match (body.is_request(), end, write_only) {
                (true, ..) if new_schema.flag("readOnly") => continue,
                (true, "required", _) if !new_schema.any("default").is_absent() => {
                    "request-property-became-required-with-default".to_owned()
                }
                (true, ..) => format!("request-property-became-{end}"),
                (false, _, true) => format!("response-write-only-property-became-{end}"),
                (false, _, false) => format!("response-property-became-{end}"),
            };
            if is_told {
                // Of a request, only a transition of the body explains it.
                let by: &Difference<'a> = if body.is_request() { body.difference } else { difference };
                let subject = body.subject(Some(by), (old, Some(new)));
                comparison.report(&rule, &subject, body.with_status(vec![full_name(name)]));
            }
        }
    }
}

fn enums<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let found = &place.difference.values_of_enum;
    let (removed, added) = if place.body.is_request() {
        if found.became {
            place.report(comparison, "request-property-became-enum", place.named(Vec::new()));
        }
        let read_only = if place.is_read_only() { "read-only-" } else { "" };
        (format!("request-{read_only}property-enum-value-removed"), "request-property-enum-value-added")
    } else if place.is_write_only() {
        ("response-property-enum-value-removed".into(), "response-write-only-property-enum-value-added")
    } else {
        ("response-property-enum-value-removed".into(), "response-property-enum-value-added")
    };
    for (rule, values) in [(removed.as_str(), &found.deleted), (added, &found.added)] {
        for value in values {
            place.report(comparison, rule, place.then_named(vec![value.shown()]));
        }
    }
}

fn pattern<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let Some((from, to)) = place.difference.value("pattern") else { return };
    let (from, to) = (from.as_text().to_owned(), to.as_text().to_owned());
    let request = place.body.is_request();
    let one = |pattern: String| {
        if request { place.then_named(vec![pattern]) } else { place.named_with_status(vec![pattern]) }
    };
    let (end, arguments) = match (from.as_str(), to.as_str()) {
        (_, "") => ("removed", one(from)),
        ("", _) => ("added", one(to)),
        (_, ".*") if request => ("generalized", place.named_with_status(vec![from, to])),
        _ => ("changed", place.named_with_status(vec![from, to])),
    };
    place.report(comparison, &place.rule(&format!("pattern-{end}")), arguments);
}

/// `readOnly` and `writeOnly`.
fn access<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>, step: &Step<'a>) {
    let Some((base, head)) = &step.parent.schemas else { return };
    if head.property(&step.name).is_none() {
        return;
    }
    let kind = if base.requires(&step.name) { "required" } else { "optional" };
    for (keyword, name) in [("writeOnly", "write-only"), ("readOnly", "read-only")] {
        if let Some((_, to)) = place.difference.value(keyword) {
            let not = if to.is_flag(true) { "" } else { "not-" };
            let rule = format!("{}-{kind}-property-became-{not}{name}", place.body.direction());
            place.report(comparison, &rule, place.named_with_status(Vec::new()));
        }
    }
}
