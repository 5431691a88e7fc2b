//! Bounds of numbers, lengths and counts.

use super::bodies::Place;
use super::difference::Difference;
use super::value::Value;
use super::{Comparison, Subject};

/// How ids name a bound, its keyword, and whether it is an upper one.
const BOUNDS: [(&str, &str, bool); 4] = [
    ("max", "maximum", true),
    ("exclusive-max", "exclusiveMaximum", true),
    ("min", "minimum", false),
    ("exclusive-min", "exclusiveMinimum", false),
];

fn both<'d, 'a>(difference: &'d Difference<'a>, keyword: &str) -> Option<(&'d Value<'a>, &'d Value<'a>)> {
    difference.value(keyword).filter(|(from, to)| !from.is_absent() && !to.is_absent())
}

fn was_set<'d, 'a>(difference: &'d Difference<'a>, keyword: &str) -> Option<&'d Value<'a>> {
    difference.value(keyword).filter(|(from, to)| from.is_absent() && !to.is_absent()).map(|(_, to)| to)
}

/// The bounds of a parameter.
pub(super) fn parameter<'a>(
    comparison: &mut Comparison<'_, 'a>,
    subject: &Subject<'_, 'a>,
    named: &[String],
    difference: &Difference<'a>,
) {
    let mut told = |rule: String, values: &[&Value<'a>]| {
        let shown = values.iter().map(|value| value.shown());
        comparison.report(&rule, subject, named.iter().cloned().chain(shown).collect());
    };
    let changed = |upper: bool, from: &Value<'a>, to: &Value<'a>| match upper {
        true if to.is_below(from) => "decreased",
        false if !from.is_below(to) => "decreased",
        _ => "increased",
    };
    for (name, keyword, upper) in BOUNDS {
        if let Some((from, to)) = both(difference, keyword) {
            let end = changed(upper, from, to);
            told(format!("request-parameter-{name}-{end}"), &[from, to]);
        }
        if let Some(to) = was_set(difference, keyword) {
            told(format!("request-parameter-{name}-set"), &[to]);
        }
    }
    if let Some((from, to)) = both(difference, "maxLength") {
        told(format!("request-parameter-max-length-{}", changed(true, from, to)), &[from, to]);
    }
    if let Some(to) = was_set(difference, "maxLength") {
        told("request-parameter-max-length-set".into(), &[to]);
    }
    for (name, keyword) in [("min-length", "minLength"), ("min-items", "minItems")] {
        if let Some((from, to)) = both(difference, keyword) {
            told(format!("request-parameter-{name}-{}", changed(false, from, to)), &[from, to]);
        }
    }
    let items = || difference.single("items")?.value("maxItems");
    let max_items = difference.value("maxItems").or_else(items);
    if let Some((from, to)) = max_items.filter(|(from, to)| !from.is_absent() && !to.is_absent()) {
        let end = if from.is_below(to) { "increased" } else { "decreased" };
        told(format!("request-parameter-max-items-{end}"), &[from, to]);
    }
}

/// The bounds of a body or a property that clients send.
pub(super) fn sent<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    let difference = place.difference;
    let mut told = |rule: String, values: &[&Value<'a>]| {
        let shown = values.iter().map(|value| value.shown()).collect();
        place.report(comparison, &rule, place.named(shown));
    };
    let (noun, read_only) = (place.noun(), place.is_read_only());
    // A bound that clients cannot meet because they do not send the property.
    let quiet = if read_only && !place.is_body() { "read-only-property" } else { noun };
    for (name, keyword, upper) in BOUNDS {
        if let Some((from, to)) = both(difference, keyword) {
            let tightened = if upper { to.is_below(from) } else { from.is_below(to) };
            let (tight, loose) = if upper { ("decreased", "increased") } else { ("increased", "decreased") };
            if tightened {
                told(format!("request-{quiet}-{name}-{tight}"), &[to]);
            } else {
                told(format!("request-{noun}-{name}-{loose}"), &[from, to]);
            }
        }
        if let Some(to) = was_set(difference, keyword).filter(|_| !read_only) {
            told(format!("request-{noun}-{name}-set"), &[to]);
        }
    }
    if let Some((from, to)) = both(difference, "maxLength") {
        if to.is_below(from) {
            told(format!("request-{quiet}-max-length-decreased"), &[to]);
        } else {
            told(format!("request-{noun}-max-length-increased"), &[from, to]);
        }
    }
    if let Some(to) = was_set(difference, "maxLength").filter(|_| !read_only) {
        told(format!("request-{noun}-max-length-set"), &[to]);
    }
    if let Some((from, to)) = both(difference, "minLength") {
        let end = if from.is_below(to) { "increased" } else { "decreased" };
        told(format!("request-{noun}-min-length-{end}"), &[from, to]);
    }
    if let Some((from, to)) = both(difference, "minItems").filter(|_| !read_only)
        && from.is_below(to)
    {
        told(format!("request-{noun}-min-items-increased"), &[to]);
    }
}

/// The bounds of a body or a property that clients receive.
pub(super) fn received<'a>(comparison: &mut Comparison<'_, 'a>, place: &Place<'_, 'a>) {
    if place.is_write_only() {
        return;
    }
    let difference = place.difference;
    let noun = place.noun();
    let mut told = |rule: String, values: &[&Value<'a>]| {
        let shown: Vec<String> = values.iter().map(|value| value.shown()).collect();
        // The messages about bodies do not name the status.
        let arguments = if place.is_body() { shown } else { place.named_with_status(shown) };
        place.report(comparison, &rule, arguments);
    };
    for (name, keyword) in
        [("max", "maximum"), ("exclusive-max", "exclusiveMaximum"), ("max-length", "maxLength")]
    {
        if let Some((from, to)) = both(difference, keyword)
            && from.is_below(to)
        {
            told(format!("response-{noun}-{name}-increased"), &[from, to]);
        }
    }
    let lower = [
        ("min", "minimum"),
        ("exclusive-min", "exclusiveMinimum"),
        ("min-length", "minLength"),
        ("min-items", "minItems"),
    ];
    for (name, keyword) in lower {
        if let Some((from, to)) = both(difference, keyword)
            && to.is_below(from)
        {
            told(format!("response-{noun}-{name}-decreased"), &[from, to]);
        }
    }
    let unset = difference.value("maxLength").filter(|(from, to)| !from.is_absent() && to.is_absent());
    if let Some((from, _)) = unset {
        told(format!("response-{noun}-max-length-unset"), &[from]);
    }
}
