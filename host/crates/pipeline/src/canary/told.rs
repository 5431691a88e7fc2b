//! A difference in words. What was seen is told by its kind and its size, never by its value: answers may be about
//! people, and what is printed is kept. What was expected is the record's own text.

use super::short;
use countersign_model::Problem;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

/// What the record asks for, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) expected: String,
    pub(super) seen: String,
}

/// How many bytes, as people say it.
pub(super) fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".into(),
        count if count >= 1 << 20 && count.is_multiple_of(1 << 20) => format!("{} MiB", count >> 20),
        count => format!("{count} bytes"),
    }
}

/// Tell a difference. One between several shapes is told as that from the shape that was meant, if that is clear.
///
/// # Errors
/// A boxed problem where a pattern of the record could not be tried to its end.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other keywords are told by their name")]
pub(super) fn tell<'e>(
    error: &'e ValidationError<'e>,
    told: &mut Vec<(&'e ValidationError<'e>, Words)>,
) -> Result<(), Box<Problem>> {
    let seen = kind(error.instance());
    let expected = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            return branches(error, context, told);
        }
        ValidationErrorKind::BacktrackLimitExceeded { .. }
        | ValidationErrorKind::RegexEngineFailure { .. }
        | ValidationErrorKind::Referencing(_) => return Err(Box::new(untried(error))),
        ValidationErrorKind::Required { property } => {
            let name = short(property.as_str().unwrap_or_default(), 100);
            let words =
                Words { expected: format!("the property `{name}`"), seen: format!("{seen} without it") };
            told.push((error, words));
            return Ok(());
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            // Their names may be values: the keys of a map.
            let seen = format!("{seen}, of which {} in the schema", are_not(unexpected.len()));
            told.push((error, Words { expected: "only the properties of the schema".into(), seen }));
            return Ok(());
        }
        ValidationErrorKind::Type { kind } => alternatives(&type_names(kind)),
        other => keyword(other),
    };
    told.push((error, Words { expected, seen }));
    Ok(())
}

fn are_not(count: usize) -> String {
    if count == 1 { "1 is not".into() } else { format!("{count} are not") }
}

fn untried(error: &ValidationError<'_>) -> Problem {
    let keyword = error.kind().keyword();
    let message = format!("the keyword `{keyword}` of the record could not be tried to its end");
    Problem::new("unusable-record", message)
        .hint("simplify the pattern: it takes too many steps on an answer")
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other keywords are told by their name")]
fn keyword(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Enum { options } => {
            one_of(options.as_array().map(Vec::as_slice).unwrap_or_default())
        }
        ValidationErrorKind::Constant { expected_value } => one_of(std::slice::from_ref(expected_value)),
        ValidationErrorKind::Pattern { pattern } => format!("a text that matches `{}`", short(pattern, 100)),
        ValidationErrorKind::Format { format } => format!("a text of the format `{}`", short(format, 40)),
        ValidationErrorKind::MinLength { limit } => format!("at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("at most {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("at least {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("at most {limit} items"),
        ValidationErrorKind::AdditionalItems { limit } => format!("at most {limit} items"),
        ValidationErrorKind::UnevaluatedItems { .. } => "only the items of the schema".into(),
        ValidationErrorKind::MinProperties { limit } => format!("at least {limit} properties"),
        ValidationErrorKind::MaxProperties { limit } => format!("at most {limit} properties"),
        ValidationErrorKind::Minimum { limit } => format!("at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("at most {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        ValidationErrorKind::UniqueItems => "items that differ from each other".into(),
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "a value that one of the shapes fits, and not several".into()
        }
        ValidationErrorKind::FalseSchema => "nothing at this place".into(),
        ValidationErrorKind::PropertyNames { .. } => "names of properties as the schema has them".into(),
        other => format!("a value that the schema's `{}` allows", short(other.keyword(), 40)),
    }
}

fn one_of(options: &[Value]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> =
        options.iter().take(SHOWN).map(|option| short(&option.to_string(), 40)).collect();
    match (shown.as_slice(), options.len()) {
        ([only], 1) => format!("`{only}`"),
        (_, all) if all > SHOWN => format!("one of `{}` and {} more", shown.join("`, `"), all - SHOWN),
        _ => format!("one of `{}`", shown.join("`, `")),
    }
}

/// Of several shapes, tell about the only one whose type fits.
fn branches<'e>(
    error: &'e ValidationError<'e>,
    context: &'e [Vec<ValidationError<'static>>],
    told: &mut Vec<(&'e ValidationError<'e>, Words)>,
) -> Result<(), Box<Problem>> {
    let own = error.instance_path().as_str();
    let fitting: Vec<_> = context.iter().filter(|branch| mismatch(branch, own).is_none()).collect();
    if let [only] = fitting.as_slice() {
        return only.iter().try_for_each(|error| tell(error, told));
    }
    let expected = if fitting.is_empty() {
        let mut types: Vec<_> = context.iter().filter_map(|branch| mismatch(branch, own)).flatten().collect();
        types.sort_unstable();
        types.dedup();
        alternatives(&types)
    } else {
        format!("one of {} shapes", context.len())
    };
    told.push((error, Words { expected, seen: kind(error.instance()) }));
    Ok(())
}

/// The types that a branch asks for, where the value at `own` has another.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other keyword means that the type fits")]
fn mismatch(branch: &[ValidationError<'static>], own: &str) -> Option<Vec<&'static str>> {
    branch.iter().filter(|error| error.instance_path().as_str() == own).find_map(|error| match error.kind() {
        ValidationErrorKind::Type { kind } => Some(type_names(kind)),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let all: Option<Vec<_>> = context.iter().map(|branch| mismatch(branch, own)).collect();
            all.map(|types| types.into_iter().flatten().collect())
        }
        _ => None,
    })
}

fn type_names(kind: &TypeKind) -> Vec<&'static str> {
    let word = |name: &str| match name {
        "object" => "an object",
        "array" => "a list",
        "string" => "a string",
        "boolean" => "a boolean",
        "integer" => "a whole number",
        "null" => "null",
        _ => "a number",
    };
    match kind {
        TypeKind::Single(only) => vec![word(only.as_str())],
        TypeKind::Multiple(set) => set.iter().map(|one| word(one.as_str())).collect(),
    }
}

fn alternatives(names: &[&str]) -> String {
    match names {
        [] => "another type".into(),
        [only] => (*only).into(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// What kind of value this is, and how large.
pub(super) fn kind(value: &Value) -> String {
    let count =
        |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "a boolean".into(),
        Value::Number(number) if number.is_i64() || number.is_u64() => "a whole number".into(),
        Value::Number(_) => "a number".into(),
        Value::String(text) => {
            format!("a string of {}", count(text.chars().count(), "character", "characters"))
        }
        Value::Array(items) => format!("a list of {}", count(items.len(), "item", "items")),
        Value::Object(all) => format!("an object of {}", count(all.len(), "property", "properties")),
    }
}
