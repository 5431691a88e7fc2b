//! The stage's keys in `pipeline.toml`.

use crate::oasdiff::{self, Date, Stability};
use crate::rule::{RuleRef, registry};
use countersign_plugin::{Diagnostic, Failure, Impact, diagnostic};
use regex_lite::Regex;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The JSON Schema of the configuration.
pub(crate) const SCHEMA: &str = r#"{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "policy": {
      "enum": ["wire", "typed-client", "source"],
      "default": "typed-client",
      "description": "Whose side to take: whoever reads the wire leniently, a generated client with types, or code that is written against a generated client. Each has the breaks of the one before"
    },
    "ignore": {
      "type": "array",
      "items": { "type": "string" },
      "uniqueItems": true,
      "description": "Ids of rules that are not reported"
    },
    "levels": {
      "type": "object",
      "additionalProperties": { "enum": ["breaking", "risky", "compatible"] },
      "description": "The impact of a rule, by its id, where it is not the default one"
    },
    "projection": {
      "enum": ["none", "oasdiff"],
      "default": "none",
      "description": "Tell the changes as another tool does, with its ids, levels and messages: oasdiff 1.28"
    },
    "as-of": {
      "type": "string",
      "format": "date",
      "description": "The present day, such as 2026-11-21, for the projection's rules about sunset dates; without it they are undecided"
    },
    "deprecation-days-beta": {
      "type": "integer",
      "minimum": 0,
      "default": 0,
      "description": "Days that must lie between the deprecation and the sunset of what has the stability level beta"
    },
    "deprecation-days-stable": {
      "type": "integer",
      "minimum": 0,
      "default": 0,
      "description": "Days that must lie between the deprecation and the sunset of what is stable"
    },
    "stability-level": {
      "enum": ["draft", "alpha", "beta", "stable"],
      "default": "beta",
      "description": "The lowest `x-stability-level` of operations whose changes the projection tells"
    },
    "match-path": {
      "type": "string",
      "description": "Leave out paths that do not match this regular expression"
    },
    "unmatch-path": {
      "type": "string",
      "description": "Leave out paths that match this regular expression"
    },
    "strip-prefix-base": {
      "type": "string",
      "description": "Remove this from the beginning of each path of the old document"
    },
    "strip-prefix-revision": {
      "type": "string",
      "description": "Remove this from the beginning of each path of the new document"
    },
    "prefix-base": {
      "type": "string",
      "description": "Put this before each path of the old document"
    },
    "prefix-revision": {
      "type": "string",
      "description": "Put this before each path of the new document"
    },
    "include-path-params": {
      "type": "boolean",
      "default": false,
      "description": "Whether paths that differ in nothing but the names of their parameters are different paths"
    },
    "flatten-params": {
      "type": "boolean",
      "default": false,
      "description": "Whether the projection takes the parameters of a path for those of each of its operations"
    },
    "match-inline-refs": {
      "type": "boolean",
      "default": true,
      "description": "Whether the projection takes a schema in `oneOf` or `anyOf` and a reference to an equal one for the same"
    }
  }
}"#;

/// Whose side the impacts take.
///
/// They are in order: each has the breaks of the one before.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// What breaks on the wire: a client takes what it needs and leaves the rest.
    Wire,
    /// What breaks a client that was generated with types too: it fails on what its types do not allow.
    #[default]
    TypedClient,
    /// What breaks code that was written against a generated client too, once the client is generated again: names
    /// of functions, types and fields, and whether a field can be missing.
    Source,
}

/// The configuration as it is written.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    policy: Policy,
    ignore: BTreeSet<String>,
    levels: BTreeMap<String, Level>,
    projection: Projection,
    as_of: Option<String>,
    deprecation_days_beta: u32,
    deprecation_days_stable: u32,
    stability_level: Option<String>,
    match_path: Option<String>,
    unmatch_path: Option<String>,
    strip_prefix_base: String,
    strip_prefix_revision: String,
    prefix_base: String,
    prefix_revision: String,
    include_path_params: bool,
    flatten_params: bool,
    match_inline_refs: Option<bool>,
}

/// Whose rules the changes are told by.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Projection {
    /// This stage's own.
    #[default]
    None,
    /// Those of oasdiff 1.28.
    Oasdiff,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Breaking,
    Risky,
    Compatible,
}

impl Settings {
    /// The default settings under a policy.
    #[must_use]
    pub fn of(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// The settings, if every rule that they name exists.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] with the nearest id for each that does not.
    pub fn validated(self) -> Result<Self, Failure> {
        let wrong = self.wrong_values();
        if !wrong.is_empty() {
            return Err(Failure::InvalidConfig(wrong));
        }
        if self.ignore.is_empty() && self.levels.is_empty() {
            return Ok(self);
        }
        let known: BTreeSet<String> = match self.projection {
            Projection::None => registry().into_iter().map(|rule| rule.id().into_owned()).collect(),
            Projection::Oasdiff => oasdiff::ids().map(str::to_owned).collect(),
        };
        let named =
            self.ignore.iter().map(|id| ("ignore", id)).chain(self.levels.keys().map(|id| ("levels", id)));
        let problems: Vec<Diagnostic> =
            named.filter(|(_, id)| !known.contains(*id)).map(|(key, id)| unknown(key, id, &known)).collect();
        if problems.is_empty() { Ok(self) } else { Err(Failure::InvalidConfig(problems)) }
    }

    /// The impact of a rule, or nothing where it is not to be reported.
    /// A verdict on the very change wins over the rule's default, and the user over both.
    pub(crate) fn impact(&self, rule: RuleRef, verdict: Option<Impact>) -> Option<Impact> {
        let default = match verdict {
            _ if !rule.applies(self.policy) => None,
            Some(verdict) => Some(rule.at_least(verdict, self.policy)),
            None => Some(rule.impact(self.policy)),
        };
        self.chosen(&rule.id(), default)
    }

    /// The impact of a rule by its id and its default, or nothing where it is not to be reported.
    pub(crate) fn impact_of(&self, id: &str, default: Impact) -> Option<Impact> {
        self.chosen(id, Some(default))
    }

    fn chosen(&self, id: &str, default: Option<Impact>) -> Option<Impact> {
        if self.ignore.contains(id) {
            return None;
        }
        Some(match self.levels.get(id) {
            Some(Level::Breaking) => Impact::Breaking,
            Some(Level::Risky) => Impact::Risky,
            Some(Level::Compatible) => Impact::Compatible,
            None => return default,
        })
    }

    pub(crate) fn projection(&self) -> Projection {
        self.projection
    }

    /// The present day, if it is known.
    pub(crate) fn as_of(&self) -> Option<Date> {
        self.as_of.as_deref().and_then(Date::parse)
    }

    pub(crate) fn deprecation_days_beta(&self) -> u32 {
        self.deprecation_days_beta
    }

    pub(crate) fn deprecation_days_stable(&self) -> u32 {
        self.deprecation_days_stable
    }

    /// The lowest level of stability at which changes count.
    pub(crate) fn stability(&self) -> Stability {
        self.stability_level.as_deref().and_then(Stability::parse).unwrap_or_default()
    }

    /// Whether the parameters of a path are those of each of its operations.
    pub(crate) fn flatten_params(&self) -> bool {
        self.flatten_params
    }

    pub(crate) fn match_inline_refs(&self) -> bool {
        self.match_inline_refs.unwrap_or(true)
    }

    /// Whether a path has the same name in both documents.
    pub(crate) fn names_paths_alike(&self) -> bool {
        self.strip_prefix_base == self.strip_prefix_revision && self.prefix_base == self.prefix_revision
    }

    /// The paths that are compared, and by which names.
    pub(crate) fn view(&self) -> Views<'_> {
        let expression = |text: &Option<String>| {
            text.as_deref().filter(|text| !text.is_empty()).and_then(|text| Regex::new(text).ok())
        };
        let view = |strip, prefix| View {
            matching: expression(&self.match_path),
            unmatching: expression(&self.unmatch_path),
            strip,
            prefix,
        };
        Views {
            parameter_names: self.include_path_params,
            names: self.policy == Policy::Source || !self.levels.is_empty(),
            base: view(&self.strip_prefix_base, &self.prefix_base),
            head: view(&self.strip_prefix_revision, &self.prefix_revision),
        }
    }

    /// What is wrong with the values of keys.
    fn wrong_values(&self) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut wrong =
            |key: &str, value: &Option<String>, is: &str, good: &dyn Fn(&str) -> bool, help: &str| {
                if let Some(value) = value.as_ref().filter(|value| !good(value)) {
                    let mut problem =
                        diagnostic("wrong-value", format!("`{key}` is `{value}`, which is {is}"));
                    problem.help = Some(help.into());
                    problems.push(problem);
                }
            };
        let date = "write the year, the month and the day, as in `as-of = \"2026-11-21\"`";
        wrong("as-of", &self.as_of, "no date", &|text| Date::parse(text).is_some(), date);
        let levels = "take one of `draft`, `alpha`, `beta` and `stable`";
        let level = |text: &str| Stability::parse(text).is_some();
        wrong("stability-level", &self.stability_level, "no level of stability", &level, levels);
        let expression = |text: &str| Regex::new(text).is_ok();
        let help = "paths are matched anywhere; `^/v1/` is one that begins with `/v1/`";
        wrong("match-path", &self.match_path, "no regular expression", &expression, help);
        wrong("unmatch-path", &self.unmatch_path, "no regular expression", &expression, help);
        problems
    }
}

/// How the paths of both documents are seen.
pub(crate) struct Views<'s> {
    /// Whether the names of parameters tell paths apart.
    pub(crate) parameter_names: bool,
    /// Whether the names of types are told at all.
    pub(crate) names: bool,
    pub(crate) base: View<'s>,
    pub(crate) head: View<'s>,
}

/// Which paths of a document are compared, and by which names.
pub(crate) struct View<'s> {
    matching: Option<Regex>,
    unmatching: Option<Regex>,
    strip: &'s str,
    prefix: &'s str,
}

impl View<'_> {
    /// The name by which a path is compared, or nothing where it is left out.
    pub(crate) fn name(&self, path: &str) -> Option<String> {
        let shown = self.matching.as_ref().is_none_or(|expression| expression.is_match(path))
            && !self.unmatching.as_ref().is_some_and(|expression| expression.is_match(path));
        let rest = path.strip_prefix(self.strip).unwrap_or(path);
        shown.then(|| format!("{}{rest}", self.prefix))
    }
}

fn unknown(key: &str, id: &str, known: &BTreeSet<String>) -> Diagnostic {
    let mut problem =
        diagnostic("unknown-rule", format!("`{key}` names the rule `{id}`, which does not exist"));
    problem.help = known
        .iter()
        .map(|candidate| (distance(id, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len() / 3)
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"));
    problem
}

/// How many letters must be added, removed or replaced to make one id of another (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, Failure> {
        serde_json::from_str::<Settings>(text).unwrap().validated()
    }

    #[test]
    fn an_unknown_rule_is_refused_with_the_nearest_one() {
        let refused = settings(r#"{"levels":{"response-required-property-remove":"risky"}}"#);
        let Err(Failure::InvalidConfig(problems)) = refused else { panic!("{refused:?}") };
        assert_eq!(problems[0].help.as_deref(), Some("did you mean `response-required-property-removed`?"));
        let refused = settings(r#"{"ignore":["zzz"]}"#);
        assert!(matches!(refused, Err(Failure::InvalidConfig(problems)) if problems[0].help.is_none()));
    }

    #[test]
    fn a_value_that_means_nothing_is_refused() {
        let refused = settings(
            r#"{"as-of":"2026-02-29","stability-level":"gamma","match-path":"(","unmatch-path":"a"}"#,
        );
        let Err(Failure::InvalidConfig(problems)) = refused else { panic!("{refused:?}") };
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`as-of` is `2026-02-29`, which is no date",
                "`stability-level` is `gamma`, which is no level of stability",
                "`match-path` is `(`, which is no regular expression",
            ]
        );
    }

    #[test]
    fn the_projection_knows_its_own_rules_only() {
        assert!(settings(r#"{"projection":"oasdiff","ignore":["api-schema-removed"]}"#).is_ok());
        assert!(settings(r#"{"ignore":["api-schema-removed"]}"#).is_err());
        assert!(settings(r#"{"projection":"oasdiff","ignore":["callback-removed"]}"#).is_err());
    }

    #[test]
    fn unknown_keys_and_levels_are_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"polices":"wire"}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"levels":{"endpoint-added":"fatal"}}"#).is_err());
    }

    #[test]
    fn a_level_of_the_user_wins_over_the_policy() {
        let settings =
            settings(r#"{"levels":{"endpoint-added":"risky"},"ignore":["webhook-added"]}"#).unwrap();
        let rule = |id: &str| registry().into_iter().find(|rule| rule.id() == id).unwrap();
        assert_eq!(settings.impact(rule("endpoint-added"), None), Some(Impact::Risky));
        assert_eq!(settings.impact(rule("webhook-added"), None), None);
    }
}
