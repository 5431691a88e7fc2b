//! Deprecation and sunset dates (`x-sunset`) of operations, parameters and properties.

use super::difference::MapDifference;
use super::operations::Operation;
use super::parameter_pairs::{Parameter, ParameterPair};
use super::shallow::extensions;
use super::stability::{self, Stability};
use super::value::text;
use super::{Comparison, Date, Subject};
use crate::spec::{Kind, Node};

pub(super) const SUNSET: &str = "x-sunset";

/// A sunset date, or why it cannot be read.
type Sunset = Result<Date, String>;

fn sunset(node: Option<Node<'_>>) -> Option<Sunset> {
    let value = node?.get(SUNSET)?;
    if value.kind() != Kind::String {
        return Some(Err("sunset value isn't a string nor valid json".into()));
    }
    let written = text(value);
    let wrong = || format!("sunset date doesn't conform with RFC3339: {written}");
    Some(Date::of_time(&written).ok_or_else(wrong))
}

/// Whether something holds, is not so, or cannot be told without the present day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Yes,
    No,
    Undecided,
}

impl Verdict {
    fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Undecided,
        }
    }
}

impl<'a> Comparison<'_, 'a> {
    fn tell(&mut self, rule: &str, subject: &Subject<'_, 'a>, arguments: Vec<String>, verdict: Verdict) {
        if verdict != Verdict::No {
            self.push(rule, subject, arguments, verdict == Verdict::Undecided);
        }
    }

    /// Whether a day is still to come.
    fn is_to_come(&self, date: Date) -> Verdict {
        Verdict::of(self.settings.as_of().map(|today| today < date))
    }

    /// Whether fewer days than these are left until a day.
    fn is_too_soon(&self, date: Date, days: u32) -> Verdict {
        Verdict::of(self.settings.as_of().map(|today| date.days_since(today) < i64::from(days)))
    }

    /// The days that must lie between deprecation and removal in an operation.
    fn deprecation_days(&self, operation: Node<'_>) -> Result<u32, String> {
        Ok(match stability::level(Some(operation))? {
            Some(Stability::Draft | Stability::Alpha) => 0,
            Some(Stability::Beta) => self.settings.deprecation_days_beta(),
            Some(Stability::Stable) | None => self.settings.deprecation_days_stable(),
        })
    }
}

fn is_deprecated(node: Node<'_>) -> bool {
    node.get("deprecated").and_then(Node::as_bool) == Some(true)
}

/// Report that an operation was removed.
pub(super) fn removed<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>, rule: &str) {
    let places = (Some(operation.base), None);
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    if !is_deprecated(operation.base) {
        comparison.report(&format!("{rule}-without-deprecation"), &subject, Vec::new());
        return;
    }
    match sunset(Some(operation.base)) {
        None => comparison.report(&format!("{rule}-with-deprecation"), &subject, Vec::new()),
        Some(Err(reason)) => comparison.report("api-path-sunset-parse", &subject, vec![reason]),
        Some(Ok(date)) => {
            let verdict = comparison.is_to_come(date);
            comparison.tell(&format!("{rule}-before-sunset"), &subject, vec![date.to_string()], verdict);
        }
    }
}

/// Report that a parameter was removed.
pub(super) fn removed_parameter<'a>(
    comparison: &mut Comparison<'_, 'a>,
    subject: &Subject<'_, 'a>,
    parameter: &Parameter<'a>,
) {
    let mut arguments = vec![parameter.location.clone(), parameter.name.clone()];
    if !parameter.flag("deprecated") {
        comparison.report("request-parameter-removed", subject, arguments);
        return;
    }
    match sunset(Some(parameter.node)) {
        None => comparison.report("request-parameter-removed-with-deprecation", subject, arguments),
        Some(Err(reason)) => {
            arguments.push(reason);
            comparison.report("request-parameter-sunset-parse", subject, arguments);
        }
        Some(Ok(date)) => {
            arguments.push(date.to_string());
            let verdict = comparison.is_to_come(date);
            comparison.tell("request-parameter-removed-before-sunset", subject, arguments, verdict);
        }
    }
}

/// The ids and arguments with which a kind of thing tells that it was deprecated.
struct Deprecation<'n> {
    deprecated: &'n str,
    with_sunset: &'n str,
    missing: &'n str,
    invalid: &'n str,
    too_soon: &'n str,
    reactivated: &'n str,
    arguments: Vec<String>,
    /// Whether the date is an argument of `with_sunset`.
    tells_date: bool,
}

/// Report that something was deprecated, or is no longer.
fn deprecation<'a>(
    comparison: &mut Comparison<'_, 'a>,
    names: &Deprecation<'_>,
    subject: &Subject<'_, 'a>,
    operation: &Operation<'a>,
    is_deprecated: bool,
    at: Option<Node<'a>>,
) {
    let stability = details_of(operation.head, None);
    let detailed = joined(&stability, subject.details);
    let detailed = Subject { details: &detailed, ..*subject };
    let arguments = names.arguments.clone();
    if !is_deprecated {
        comparison.report(names.reactivated, &detailed_if(names, subject, &detailed), arguments);
        return;
    }
    let Ok(days) = comparison.deprecation_days(operation.head) else { return };
    match sunset(at) {
        None if days > 0 => comparison.report(names.missing, subject, arguments),
        None => comparison.report(names.deprecated, &detailed, arguments),
        Some(Err(reason)) => comparison.report(names.invalid, subject, [arguments, vec![reason]].concat()),
        Some(Ok(date)) => {
            let mut verdict = comparison.is_too_soon(date, days);
            // Without a policy, a date that may lie in the past is no reason to ask.
            if verdict == Verdict::Undecided && days == 0 {
                verdict = Verdict::No;
            }
            let told = [arguments.clone(), vec![date.to_string(), days.to_string()]].concat();
            comparison.tell(names.too_soon, subject, told, verdict);
            if verdict == Verdict::No {
                with_sunset(comparison, names, &detailed, operation, date);
            }
        }
    }
}

/// Operations and parameters tell their stability when they are reactivated, properties do not.
fn detailed_if<'s, 'a>(
    names: &Deprecation<'_>,
    plain: &Subject<'s, 'a>,
    detailed: &Subject<'s, 'a>,
) -> Subject<'s, 'a> {
    let is_property = names.reactivated.contains("-property-");
    let chosen = if is_property { plain } else { detailed };
    Subject { ..*chosen }
}

fn with_sunset<'a>(
    comparison: &mut Comparison<'_, 'a>,
    names: &Deprecation<'_>,
    subject: &Subject<'_, 'a>,
    operation: &Operation<'a>,
    date: Date,
) {
    if names.tells_date {
        let arguments = [names.arguments.clone(), vec![date.to_string()]].concat();
        comparison.report(names.with_sunset, subject, arguments);
        return;
    }
    let details = details_of(operation.head, Some(date));
    let subject = Subject { details: &details, ..*subject };
    comparison.report(names.with_sunset, &subject, names.arguments.clone());
}

/// Sunset date and stability level of an operation after a message.
fn details_of(operation: Node<'_>, date: Option<Date>) -> String {
    let date = date.map(|date| format!("sunset: {date}"));
    let level = stability::level(Some(operation)).ok().flatten();
    let level = level.map(|level| format!("stability: {}", level.name()));
    let parts: Vec<String> = date.into_iter().chain(level).collect();
    if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) }
}

fn joined(first: &str, second: &str) -> String {
    let parts = [first, second].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// Deprecation and sunset date of an operation.
pub(super) fn operation<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>) {
    let names = Deprecation {
        deprecated: "endpoint-deprecated",
        with_sunset: "endpoint-deprecated-with-sunset",
        missing: "api-deprecated-sunset-missing",
        invalid: "api-deprecated-sunset-parse",
        too_soon: "api-sunset-date-too-small",
        reactivated: "endpoint-reactivated",
        arguments: Vec::new(),
        tells_date: true,
    };
    let (old, new) = (is_deprecated(operation.base), is_deprecated(operation.head));
    if old != new {
        let head = Some(operation.head);
        deprecation(comparison, &names, &operation.subject(), operation, new, head);
    }
    let ids = ["sunset-deleted", "api-path-sunset-parse", "api-sunset-date-changed-too-small"];
    let changed = extensions(Some(operation.base), Some(operation.head), |name| !name.starts_with("x-"));
    if new {
        let nodes = (operation.base, operation.head);
        sunset_changed(comparison, ids, &operation.subject(), operation, &changed, nodes, &[]);
    }
}

/// Deprecation and sunset date of a parameter.
pub(super) fn parameter<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    subject: &Subject<'_, 'a>,
    pair: &ParameterPair<'a>,
) {
    let named = vec![pair.location.clone(), pair.name.clone()];
    let names = Deprecation {
        deprecated: "request-parameter-deprecated",
        with_sunset: "request-parameter-deprecated",
        missing: "request-parameter-deprecated-sunset-missing",
        invalid: "request-parameter-sunset-parse",
        too_soon: "request-parameter-sunset-date-too-small",
        reactivated: "request-parameter-reactivated",
        arguments: named.clone(),
        tells_date: false,
    };
    let (old, new) = (pair.base.flag("deprecated"), pair.head.flag("deprecated"));
    if old != new {
        deprecation(comparison, &names, subject, operation, new, Some(pair.head.node));
    }
    let ids = [
        "request-parameter-sunset-deleted",
        "request-parameter-sunset-parse",
        "request-parameter-sunset-date-changed-too-small",
    ];
    let nodes = (pair.base.node, pair.head.node);
    let changed = extensions(Some(nodes.0), Some(nodes.1), |name| !name.starts_with("x-"));
    if new {
        sunset_changed(comparison, ids, subject, operation, &changed, nodes, &named);
    }
}

/// Deprecation of a property in a body.
pub(super) fn property<'a>(
    comparison: &mut Comparison<'_, 'a>,
    place: &str,
    operation: &Operation<'a>,
    subject: &Subject<'_, 'a>,
    name: &str,
    extensions: Option<Node<'a>>,
    is_deprecated: bool,
) {
    if stability::level(Some(operation.head)).is_err() {
        return;
    }
    let id = |end: &str| format!("{place}-property-{end}");
    let names = Deprecation {
        deprecated: &id("deprecated"),
        with_sunset: &id("deprecated-with-sunset"),
        missing: &id("deprecated-sunset-missing"),
        invalid: &id("deprecated-sunset-invalid"),
        too_soon: &id("sunset-date-too-small"),
        reactivated: &id("reactivated"),
        arguments: vec![name.to_owned()],
        tells_date: true,
    };
    deprecation(comparison, &names, subject, operation, is_deprecated, extensions);
}

/// Report that the sunset date of something deprecated was removed or moved to an earlier day.
fn sunset_changed<'a>(
    comparison: &mut Comparison<'_, 'a>,
    [deleted, invalid, too_soon]: [&str; 3],
    subject: &Subject<'_, 'a>,
    operation: &Operation<'a>,
    changed: &MapDifference<'a>,
    (base, head): (Node<'a>, Node<'a>),
    named: &[String],
) {
    if changed.deleted.iter().any(|name| name == SUNSET) {
        comparison.report(deleted, subject, named.to_vec());
        return;
    }
    if !changed.modified.iter().any(|(name, _)| name == SUNSET) {
        return;
    }
    let (Some(new), Some(old)) = (sunset(Some(head)), sunset(Some(base))) else { return };
    let (new, old) = match (new, old) {
        (Ok(new), Ok(old)) => (new, old),
        (Err(reason), _) | (_, Err(reason)) => {
            comparison.report(invalid, subject, [named, &[reason]].concat());
            return;
        }
    };
    let Ok(days) = comparison.deprecation_days(operation.head) else { return };
    if old > new {
        let verdict = comparison.is_too_soon(new, days);
        let told = [old, new, old].map(|date| date.to_string());
        let arguments = [named, &told[..], &[days.to_string()]].concat();
        comparison.tell(too_soon, subject, arguments, verdict);
    }
}
