//! A value against a JSON Schema, told in the words of TOML and with the place of every mistake.

use super::document::escape;
use super::spans::Spans;
use super::words::{inside, kind, list, path, quote, suggestion};
use countersign_model::{Name, Problem};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, ValidationError};
use serde_json::Value;

/// Check `value`, which stands at the JSON Pointer `at` of the file, against a JSON Schema (2020-12) that a
/// plugin ships. Patterns in the schema are those that can be matched in linear time, without look-around and
/// back references. A schema that is itself invalid is one problem, with the code `invalid-schema`.
pub fn validate_keys(schema: &Value, value: &Value, at: &str, spans: &Spans) -> Vec<Problem> {
    match faults(schema, value, &Scope { at, spans, more_keys: &[] }) {
        Ok(faults) => faults.into_iter().map(|fault| fault.problem).collect(),
        Err(problem) => vec![*problem],
    }
}

/// What a value is checked within.
pub(super) struct Scope<'a> {
    /// Where the value stands in the file.
    pub(super) at: &'a str,
    pub(super) spans: &'a Spans,
    /// Keys beside the schema's own that may stand in the same table; they are suggested and not listed.
    pub(super) more_keys: &'a [&'a str],
}

/// A mistake, and where in the file it lies.
pub(super) struct Fault {
    pub(super) pointer: String,
    /// The key is unknown: without it, the table may still be read.
    pub(super) unknown_key: bool,
    pub(super) problem: Problem,
}

/// Everything that the schema says against the value.
pub(super) fn faults(schema: &Value, value: &Value, scope: &Scope<'_>) -> Result<Vec<Fault>, Box<Problem>> {
    // A schema is somebody else's text: it fetches nothing and matches in linear time.
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    let options = options.with_pattern_options(PatternOptions::regex()).offline();
    let validator = options.build(schema).map_err(|error| {
        let problem = Problem::new("invalid-schema", "the configuration schema is not a valid JSON Schema");
        Box::new(problem.at(scope.spans.position(scope.at)).cause(error.to_string()))
    })?;
    let mut teller = Teller { schema, scope, faults: Vec::new() };
    for error in validator.iter_errors(value) {
        teller.tell(&error);
    }
    Ok(teller.faults)
}

struct Teller<'a> {
    schema: &'a Value,
    scope: &'a Scope<'a>,
    faults: Vec<Fault>,
}

impl Teller<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other keywords are told in the library's words")]
    fn tell(&mut self, error: &ValidationError<'_>) {
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                unexpected.iter().for_each(|key| self.unknown_key(error, key));
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.branches(error, context);
            }
            ValidationErrorKind::Type { kind } => self.wrong_type(error, &type_names(kind)),
            ValidationErrorKind::Required { property } => {
                self.missing_key(error, property.as_str().unwrap_or_default());
            }
            ValidationErrorKind::Enum { options } => {
                self.not_among(error, options.as_array().map(Vec::as_slice).unwrap_or_default());
            }
            ValidationErrorKind::Constant { expected_value } => {
                self.not_among(error, std::slice::from_ref(expected_value));
            }
            ValidationErrorKind::Pattern { .. } => self.wrong_form(error),
            ValidationErrorKind::PropertyNames { error: inner } => self.wrong_name(error, inner),
            _ => self.refused(error),
        }
    }

    fn pointer(&self, error: &ValidationError<'_>) -> String {
        format!("{}{}", self.scope.at, error.instance_path())
    }

    /// The schema that holds the keyword which failed.
    fn holder(&self, error: &ValidationError<'_>) -> &Value {
        let keyword = error.schema_path().as_str();
        let holder = keyword.rfind('/').and_then(|end| self.schema.pointer(&keyword[..end]));
        holder.unwrap_or(&Value::Null)
    }

    fn add(&mut self, pointer: String, problem: Problem) {
        let problem = problem.at(self.scope.spans.position(&pointer));
        self.faults.push(Fault { pointer, unknown_key: false, problem });
    }

    fn unknown_key(&mut self, error: &ValidationError<'_>, key: &str) {
        let table = self.pointer(error);
        let properties = self.holder(error).get("properties").and_then(Value::as_object);
        let known: Vec<&str> =
            properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect();
        let more_keys = if error.instance_path().as_str().is_empty() { self.scope.more_keys } else { &[] };
        let message = format!("unknown key {} {}", quote(key), inside(&table));
        let mut problem = Problem::new("unknown-key", message);
        problem.hint = suggestion(key, &known, more_keys, "known keys");
        let pointer = format!("{table}/{}", escape(key));
        problem.at = Some(self.scope.spans.key_position(&pointer));
        self.faults.push(Fault { pointer, unknown_key: true, problem });
    }

    fn missing_key(&mut self, error: &ValidationError<'_>, key: &str) {
        let table = self.pointer(error);
        let described = self.holder(error).pointer(&format!("/properties/{}/description", escape(key)));
        let mut problem =
            Problem::new("missing-key", format!("key {} is missing {}", quote(key), inside(&table)));
        problem.hint =
            described.and_then(Value::as_str).map(|text| format!("add {}: {}", quote(key), sentence(text)));
        self.add(table, problem);
    }

    fn wrong_type(&mut self, error: &ValidationError<'_>, expected: &[&str]) {
        let pointer = self.pointer(error);
        let message = format!(
            "`{}` must be {}, not {}",
            path(&pointer),
            alternatives(expected),
            kind(error.instance())
        );
        let mut problem = Problem::new("wrong-type", message);
        if let (Some(text), true) = (error.instance().as_str(), expected == ["a list"]) {
            problem.hint = as_list(&pointer, text);
        }
        self.add(pointer, problem);
    }

    fn not_among(&mut self, error: &ValidationError<'_>, options: &[Value]) {
        let pointer = self.pointer(error);
        let Some(typed) = error.instance().as_str() else { return self.refused(error) };
        let known: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
        let message = format!("{} is not a value of `{}`", self.shown(error, typed), path(&pointer));
        let mut problem = Problem::new("invalid-value", message);
        problem.hint = suggestion(typed, &known, &[], "known values");
        self.add(pointer, problem);
    }

    /// A text that does not match its pattern. The schema's title says what it should be, its examples how.
    fn wrong_form(&mut self, error: &ValidationError<'_>) {
        let pointer = self.pointer(error);
        let holder = self.holder(error);
        let title = holder.get("title").and_then(Value::as_str);
        let examples = holder.get("examples").and_then(Value::as_array);
        let typed = self.shown(error, error.instance().as_str().unwrap_or_default());
        let expected = match title {
            Some(title) if title.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {title}"),
            Some(title) => format!("a {title}"),
            None => "of the expected form".into(),
        };
        let code = if is_secret(holder) { "exposed-secret" } else { "invalid-value" };
        let mut problem = Problem::new(code, format!("{typed} in `{}` is not {expected}", path(&pointer)));
        let examples: Vec<&str> = examples.into_iter().flatten().filter_map(Value::as_str).collect();
        problem.hint = match (examples.is_empty(), holder.get("pattern").and_then(Value::as_str)) {
            (false, _) => Some(format!("write it like {}", list(examples))),
            (true, pattern) => pattern.map(|pattern| format!("it must match {}", quote(pattern))),
        };
        self.add(pointer, problem);
    }

    fn wrong_name(&mut self, error: &ValidationError<'_>, inner: &ValidationError<'_>) {
        let name = inner.instance().as_str().unwrap_or_default();
        let pointer = format!("{}/{}", self.pointer(error), escape(name));
        let message = match name.parse::<Name>() {
            Err(invalid) => invalid.to_string(),
            Ok(_) => format!("{} cannot be a key {}", quote(name), inside(&self.pointer(error))),
        };
        let problem = Problem::new("invalid-name", message).at(self.scope.spans.key_position(&pointer));
        self.faults.push(Fault { pointer, unknown_key: false, problem });
    }

    fn refused(&mut self, error: &ValidationError<'_>) {
        let pointer = self.pointer(error);
        let place = if pointer.is_empty() { "the file".into() } else { format!("`{}`", path(&pointer)) };
        let message = format!("{place} is refused: {}", error.masked_with("it"));
        self.add(pointer, Problem::new("invalid-value", message));
    }

    /// Of several shapes, tell about the one that was meant: the only one whose type fits.
    fn branches(&mut self, error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) {
        let own = error.instance_path().as_str();
        let fitting: Vec<_> = context.iter().filter(|branch| mismatch(branch, own).is_none()).collect();
        let choices: Option<Vec<Value>> = fitting.iter().map(|branch| choice(branch, own)).collect();
        match (fitting.as_slice(), choices) {
            ([], _) => {
                let mut types: Vec<_> =
                    context.iter().filter_map(|branch| mismatch(branch, own)).flatten().collect();
                types.sort_by_key(|name| ORDER.iter().position(|known| known == name));
                types.dedup();
                self.wrong_type(error, &types);
            }
            (_, Some(choices)) => self.not_among(error, &choices),
            ([only], None) => only.iter().for_each(|error| self.tell(error)),
            (_, None) => self.refused(error),
        }
    }

    /// A value between backticks, unless the schema says that it is not for showing.
    fn shown(&self, error: &ValidationError<'_>, text: &str) -> String {
        if is_secret(self.holder(error)) { "the value".into() } else { quote(text) }
    }
}

/// Whether a schema says that its values are not for showing: people do paste the secret itself.
fn is_secret(schema: &Value) -> bool {
    schema.get("writeOnly") == Some(&Value::Bool(true))
}

/// The order in which types are named in a message.
const ORDER: [&str; 6] = ["a string", "a boolean", "a whole number", "a number", "a list", "a table"];

fn type_names(kind: &TypeKind) -> Vec<&'static str> {
    let word = |name: &str| match name {
        "object" => "a table",
        "array" => "a list",
        "string" => "a string",
        "boolean" => "a boolean",
        "integer" => "a whole number",
        _ => "a number",
    };
    match kind {
        TypeKind::Single(only) => vec![word(only.as_str())],
        TypeKind::Multiple(set) => set.iter().map(|one| word(one.as_str())).collect(),
    }
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

/// The constant that a branch asks for, where that is all it asks for.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other keyword is more than a constant")]
fn choice(branch: &[ValidationError<'static>], own: &str) -> Option<Value> {
    match branch {
        [only] if only.instance_path().as_str() == own => match only.kind() {
            ValidationErrorKind::Constant { expected_value } => Some(expected_value.as_ref().clone()),
            _ => None,
        },
        _ => None,
    }
}

/// How a string is written as the list that is expected.
fn as_list(pointer: &str, text: &str) -> Option<String> {
    let key = path(pointer).rsplit('.').next()?.to_owned();
    let command = matches!(key.as_str(), "command" | "arguments" | "probe");
    let words: Vec<&str> = if command { text.split_whitespace().collect() } else { vec![text] };
    (text.len() <= 120 && !key.ends_with(']')).then(|| format!("write `{key} = {words:?}`"))
}

/// The first sentence of a description, as a clause.
fn sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let first = line.split_once(". ").map_or(line, |(first, _)| first).trim_end_matches('.');
    let mut characters = first.chars().take(120);
    let head = characters.next().map(|character| character.to_ascii_lowercase());
    head.into_iter().chain(characters).collect()
}

/// `a string, a list or a table`.
fn alternatives(names: &[&str]) -> String {
    match names {
        [] => "of another type".into(),
        [only] => (*only).into(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}
