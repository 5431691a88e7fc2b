//! Numbers: bounds and divisors.

use super::{Answer, Set};
use crate::number::Decimal;
use crate::schema::effective::Effective;
use crate::spec::Node;

/// A bound, and whether the bound itself is outside.
type Bound = Option<(Decimal, bool)>;

/// The lower and the upper bound of a schema; whole numbers have inclusive bounds.
pub(in crate::schema) fn bounds(schema: &Effective<'_>, whole: bool) -> (Bound, Bound) {
    let rounded = |bound: Bound, step: i128| match bound {
        Some((value, true)) if whole => {
            let next = value.integer().and_then(|value| value.checked_add(step));
            next.map_or(Some((value, true)), |next| Some((Decimal::from_integer(next), false)))
        }
        other => other,
    };
    let lower = written(schema, "minimum", "exclusiveMinimum").into_iter().max();
    // Of two equal upper bounds the one that is outside is the tighter.
    let upper = written(schema, "maximum", "exclusiveMaximum")
        .into_iter()
        .min_by(|left, right| left.0.cmp(&right.0).then_with(|| right.1.cmp(&left.1)));
    (rounded(lower, 1), rounded(upper, -1))
}

/// Bounds as OpenAPI 3.0 writes them, with a flag, and as 3.1 does, each with a number of its own.
fn written(schema: &Effective<'_>, keyword: &str, exclusive: &str) -> Vec<(Decimal, bool)> {
    let both = schema.parts.iter().flat_map(move |part| {
        let flag = part.get(exclusive).and_then(Node::as_bool) == Some(true);
        let plain = part.get(keyword).and_then(decimal).map(|value| (value, flag));
        [plain, part.get(exclusive).and_then(decimal).map(|value| (value, true))]
    });
    both.flatten().collect()
}

fn decimal(node: Node<'_>) -> Option<Decimal> {
    Decimal::parse(node.raw())
}

fn is_whole(set: &Set<'_, '_>) -> bool {
    set.has("integer") && !set.has("number")
}

pub(super) fn included(left: &Set<'_, '_>, right: &Set<'_, '_>) -> Answer {
    if !left.has("integer") {
        return Answer::Yes;
    }
    let whole = is_whole(left);
    let (ours, theirs) = (bounds(&left.schema, whole), bounds(&right.schema, whole));
    let above = match (&ours.0, &theirs.0) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(ours), Some(theirs)) => ours >= theirs,
    };
    let below = match (&ours.1, &theirs.1) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(ours), Some(theirs)) => ours.0 < theirs.0 || ours.0 == theirs.0 && ours.1 >= theirs.1,
    };
    Answer::of(above && below)
        .and(multiples(left, right, whole))
        .and(super::strings::format_included(left, right))
}

fn multiples(left: &Set<'_, '_>, right: &Set<'_, '_>, whole: bool) -> Answer {
    let divisors = |set: &Set<'_, '_>| set.schema.all("multipleOf").filter_map(decimal).collect::<Vec<_>>();
    let mut ours = divisors(left);
    if whole {
        ours.push(Decimal::from_integer(1));
    }
    Answer::all(divisors(right).iter().map(|divisor| match ours.as_slice() {
        [] => Answer::No,
        ours => {
            let fits = Answer::any(ours.iter().map(|own| is_multiple(own, divisor)));
            // Two divisors may give together what neither gives alone.
            if fits == Answer::No && ours.len() > 2 { Answer::Unknown } else { fits }
        }
    }))
}

fn is_multiple(value: &Decimal, divisor: &Decimal) -> Answer {
    value.is_multiple_of(divisor).map_or(Answer::Unknown, Answer::of)
}

pub(super) fn accepts(set: &Set<'_, '_>, value: Node<'_>) -> Answer {
    let Some(value) = decimal(value) else { return Answer::Unknown };
    let (lower, upper) = bounds(&set.schema, false);
    let above = lower.is_none_or(|(bound, outside)| value > bound || value == bound && !outside);
    let below = upper.is_none_or(|(bound, outside)| value < bound || value == bound && !outside);
    let divisors =
        set.schema.all("multipleOf").filter_map(decimal).map(|divisor| is_multiple(&value, &divisor));
    Answer::of(above && below).and(Answer::all(divisors))
}

/// Whether no number can be in both.
pub(super) fn apart(left: &Set<'_, '_>, right: &Set<'_, '_>) -> bool {
    let whole = is_whole(left) || is_whole(right);
    let (ours, theirs) = (bounds(&left.schema, whole), bounds(&right.schema, whole));
    let before = |upper: &Bound, lower: &Bound| match (upper, lower) {
        (Some(upper), Some(lower)) => upper.0 < lower.0 || upper.0 == lower.0 && (upper.1 || lower.1),
        _ => false,
    };
    before(&ours.1, &theirs.0) || before(&theirs.1, &ours.0)
}
