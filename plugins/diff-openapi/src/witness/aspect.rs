//! What a witness has to show for a finding: that the other schema refuses it for the reason that was found.

use super::check::Reason;
use super::json::Json;
use crate::finding::Finding;
use crate::rule::RuleRef;
use crate::spec::{Kind, Node};

/// Keywords that only pass on what others say.
const WRAPPERS: &[&str] = &["anyOf", "oneOf", "if"];

/// The reasons that show a finding.
#[derive(Debug)]
pub(super) struct Aspect {
    keywords: &'static [&'static str],
    /// Whether another reason is good, too, where there is none of these.
    any: bool,
    /// The property that the reason has to name.
    pub(super) name: Option<String>,
    /// Whether the value has to be null.
    null: bool,
}

/// Rules by the beginning of what follows the place in their id, the keywords that show them, and whether any
/// other does, too. The first that fits counts.
#[rustfmt::skip]
static SHOWN: &[(&str, &[&str], bool)] = &[
    ("type-", &["type", "format"], true),
    ("list-of-types-", &["type"], true),
    ("enum-value-", VALUES, false),
    ("became-enum", VALUES, false),
    ("became-not-enum", VALUES, false),
    ("const-", VALUES, false),
    ("min-length-", &["minLength"], false),
    ("max-length-", &["maxLength"], false),
    ("min-items-", &["minItems"], false),
    ("max-items-", &["maxItems"], false),
    ("min-properties-", &["minProperties"], false),
    ("max-properties-", &["maxProperties"], false),
    ("min-contains-", &["contains"], false),
    ("max-contains-", &["maxContains"], false),
    ("exclusive-min-", LOWER, false),
    ("exclusive-max-", UPPER, false),
    ("min-", LOWER, false),
    ("max-", UPPER, false),
    ("multiple-of-", &["multipleOf"], false),
    ("unique-items-", &["uniqueItems"], false),
    ("pattern-property-", &["patternProperties"], false),
    ("pattern-", &["pattern"], false),
    ("items-", &["items"], false),
    ("prefix-items-", &["prefixItems", "items"], false),
    ("additional-properties-", CLOSED, false),
    ("any-of-", &["anyOf", "oneOf"], true),
    ("one-of-", &["anyOf", "oneOf"], true),
    ("not-", &["not"], false),
    ("if-", &["if"], false),
    ("then-", &["if"], false),
    ("else-", &["if"], false),
    ("property-names-", &["propertyNames"], false),
    ("dependent-required-", &["dependentRequired"], false),
    ("dependent-schema-", &["dependentSchemas"], false),
    ("contains-", &["contains"], false),
    ("unevaluated-items-", &["unevaluatedItems"], false),
    ("unevaluated-properties-", &["unevaluatedProperties"], false),
    ("schema-changed-undecided", UNDECIDED, false),
];

const VALUES: &[&str] = &["enum", "const", "oneOf", "anyOf"];
const LOWER: &[&str] = &["minimum", "exclusiveMinimum"];
const UPPER: &[&str] = &["maximum", "exclusiveMaximum"];
const CLOSED: &[&str] = &["additionalProperties", "unevaluatedProperties"];
const PRESENCE: &[&str] = &["required", "additionalProperties", "unevaluatedProperties", "properties"];
/// Keywords that are not worked out, so that a change of theirs is told as undecided.
const UNDECIDED: &[&str] = &[
    "not",
    "if",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "contains",
    "maxContains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "anyOf",
    "oneOf",
];

/// Beginnings of what no value can show, since validators do not look at it.
const NOT_SHOWN: &[&str] = &["default-value-", "deprecated", "reactivated", "discriminator-", "content-"];

impl Aspect {
    /// What shows a finding about this subject; nothing where no value can.
    pub(super) fn of(finding: &Finding<'_>, subject: &str) -> Option<Self> {
        let stem = match finding.rule {
            RuleRef::At(family, _) => family.stem,
            RuleRef::One(rule) if rule.id == "schema-changed-undecided" => rule.id,
            RuleRef::One(rule) if !rule.id.contains("-property") => return None,
            // The presence of a property.
            RuleRef::One(_) => {
                let name = Some(property(finding.base.or(finding.head)?, subject)?);
                return Some(Self { keywords: PRESENCE, any: false, name, null: false });
            }
        };
        if NOT_SHOWN.iter().any(|start| stem.starts_with(start)) {
            return None;
        }
        let null = matches!(stem, "became-nullable" | "became-not-nullable");
        let known = SHOWN.iter().find(|(start, _, _)| stem.starts_with(start));
        let (keywords, any) = known.map_or((&[][..], true), |(_, keywords, any)| (*keywords, *any));
        Some(Self { keywords, any, name: None, null })
    }

    /// How well the reasons why a value is refused show the finding: 0 is best, nothing is not at all.
    pub(super) fn rank(&self, reasons: &[Reason], value: &Json) -> Option<u8> {
        if self.null && *value != Json::Null {
            return None;
        }
        let shows = |reason: &&Reason| {
            self.keywords.contains(&reason.keyword) && (self.name.is_none() || reason.name == self.name)
        };
        let beside = |reason: &&Reason| !shows(reason) && !WRAPPERS.contains(&reason.keyword);
        match (reasons.iter().any(|reason| shows(&reason)), reasons.iter().any(|reason| beside(&reason))) {
            (true, false) => Some(0),
            (true, true) => Some(1),
            (false, _) => self.any.then_some(2),
        }
    }
}

/// The name of a property by the pointer of its schema, or by its mention under `required`.
fn property(node: Node<'_>, pointer: &str) -> Option<String> {
    if node.kind() == Kind::String {
        return node.as_str().map(std::borrow::Cow::into_owned);
    }
    countersign_document::pointer::segments(pointer)?.last().map(std::borrow::Cow::into_owned)
}
