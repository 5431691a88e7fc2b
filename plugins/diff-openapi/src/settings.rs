//! The stage's keys in `pipeline.toml`.

use crate::rule::{RuleRef, registry};
use countersign_plugin::{Diagnostic, Failure, Impact, diagnostic};
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
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    policy: Policy,
    ignore: BTreeSet<String>,
    levels: BTreeMap<String, Level>,
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
        if self.ignore.is_empty() && self.levels.is_empty() {
            return Ok(self);
        }
        let known: BTreeSet<String> = registry().into_iter().map(|rule| rule.id().into_owned()).collect();
        let named =
            self.ignore.iter().map(|id| ("ignore", id)).chain(self.levels.keys().map(|id| ("levels", id)));
        let problems: Vec<Diagnostic> =
            named.filter(|(_, id)| !known.contains(*id)).map(|(key, id)| unknown(key, id, &known)).collect();
        if problems.is_empty() { Ok(self) } else { Err(Failure::InvalidConfig(problems)) }
    }

    /// The impact of a rule, or nothing where it is not to be reported.
    /// A verdict on the very change wins over the rule's default, and the user over both.
    pub(crate) fn impact(&self, rule: RuleRef, verdict: Option<Impact>) -> Option<Impact> {
        let id = rule.id();
        if self.ignore.contains(id.as_ref()) {
            return None;
        }
        Some(match self.levels.get(id.as_ref()) {
            Some(Level::Breaking) => Impact::Breaking,
            Some(Level::Risky) => Impact::Risky,
            Some(Level::Compatible) => Impact::Compatible,
            None if !rule.applies(self.policy) => return None,
            None => match verdict {
                Some(verdict) => rule.at_least(verdict, self.policy),
                None => rule.impact(self.policy),
            },
        })
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
