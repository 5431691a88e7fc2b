//! Stability levels (`x-stability-level`): what is not stable enough may change.

use super::difference::Difference;
use super::operations::Operation;
use super::value::text;
use super::{Comparison, Subject};
use crate::spec::{Kind, Node};

const EXTENSION: &str = "x-stability-level";

/// How stable something is declared to be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stability {
    Draft,
    Alpha,
    #[default]
    Beta,
    Stable,
}

impl Stability {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "draft" => Some(Self::Draft),
            "alpha" => Some(Self::Alpha),
            "beta" => Some(Self::Beta),
            "stable" => Some(Self::Stable),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Stable => "stable",
        }
    }
}

/// The declared level, nothing where none is declared, or why it cannot be told.
pub(super) fn level(node: Option<Node<'_>>) -> Result<Option<Stability>, String> {
    let Some(value) = node.and_then(|node| node.get(EXTENSION)).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    if value.kind() != Kind::String {
        return Err("x-stability-level isn't a string nor valid json".into());
    }
    let name = text(value);
    let unknown = || format!("value is not one of draft, alpha, beta or stable: {name:?}");
    Stability::parse(&name).map(Some).ok_or_else(unknown)
}

/// Whether an operation is known to be at a level or above.
pub(super) fn included(operation: Node<'_>, threshold: Stability) -> bool {
    level(Some(operation)).is_ok_and(|level| level.unwrap_or(Stability::Stable) >= threshold)
}

/// Whether changes of an operation count; they do where its level cannot be told.
pub(super) fn counts(operation: Node<'_>, threshold: Stability) -> bool {
    level(Some(operation)).is_err() || included(operation, threshold)
}

/// Whether the removal of an operation is worth telling.
pub(super) fn may_go(operation: Node<'_>) -> bool {
    included(operation, Stability::Beta)
}

/// Report a level that cannot be told.
pub(super) fn invalid<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    declared_at: Node<'a>,
) {
    if let Err(reason) = level(Some(declared_at)) {
        comparison.report("api-invalid-stability-level", &operation.subject(), vec![reason]);
    }
}

/// Report that the level of an operation changed, if it counted before.
pub(super) fn changed<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>) {
    let levels = (level(Some(operation.base)), level(Some(operation.head)));
    if let (Ok(old), Ok(new)) = levels
        && let Some((end, names)) = direction(comparison, old, new)
    {
        comparison.report(&format!("api-stability-{end}"), &operation.subject(), names.into());
    }
}

/// Report that the level of a property changed, if it counted before.
pub(super) fn changed_property<'a>(
    comparison: &mut Comparison<'_, 'a>,
    place: &str,
    subject: &Subject<'_, 'a>,
    name: &str,
    difference: &Difference<'a>,
) {
    let Some((base, head)) = &difference.schemas else { return };
    if difference.extensions.is_empty() {
        return;
    }
    let subject = Subject { explained_by: None, details: "", ..*subject };
    match (level(base.extensions()), level(head.extensions())) {
        (Err(reason), _) | (_, Err(reason)) => {
            comparison.report("api-invalid-stability-level", &subject, vec![reason]);
        }
        (Ok(old), Ok(new)) => {
            if let Some((end, [old, new])) = direction(comparison, old, new) {
                let rule = format!("{place}-property-stability-{end}");
                comparison.report(&rule, &subject, vec![name.to_owned(), old, new]);
            }
        }
    }
}

fn direction(
    comparison: &Comparison<'_, '_>,
    old: Option<Stability>,
    new: Option<Stability>,
) -> Option<(&'static str, [String; 2])> {
    let (old, new) = (old.unwrap_or(Stability::Stable), new.unwrap_or(Stability::Stable));
    let end = if new < old { "decreased" } else { "increased" };
    let counted = old != new && old >= comparison.settings.stability();
    counted.then(|| (end, [old.name().into(), new.name().into()]))
}
