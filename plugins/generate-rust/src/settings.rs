//! The stage's keys in `pipeline.toml`.

use countersign_plugin::{Diagnostic, Failure, diagnostic};
use serde::Deserialize;

/// The JSON Schema of the keys.
pub(crate) const SCHEMA: &str = include_str!("schema.json");

/// All keys; each has a default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// The name of the crate; a module is made where there is none.
    #[serde(rename = "crate")]
    pub package: Option<String>,
    /// The version of the crate.
    pub version: Option<String>,
    /// How operations are called.
    pub interface: Interface,
    /// How operations are grouped.
    pub tags: Tags,
    /// Macros that every type derives besides the usual ones.
    pub derives: Vec<String>,
    /// What becomes of lengths, patterns and bounds.
    pub constraints: Constraints,
    /// Formats of strings that stay `String`.
    pub plain_formats: Vec<String>,
    /// Which of the document's types the client has.
    pub types: Types,
    /// Operations to leave out, such as `POST /imports`.
    pub skip: Vec<String>,
    /// Seconds until a request of a client made by `Client::new` is given up.
    pub timeout: Option<u64>,
}

/// How operations are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// `client.get_watch().watch_id(id).send()`.
    #[default]
    Builder,
    /// `client.get_watch(&id)`.
    Positional,
}

/// How operations are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tags {
    /// All are methods of `Client`.
    #[default]
    Merged,
    /// Those of a tag are methods of a trait.
    Separate,
}

/// What becomes of lengths, patterns and bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Constraints {
    /// The server checks them; the client has plain types.
    #[default]
    Unchecked,
    /// Types of the client refuse other values, on the way in too.
    Checked,
}

/// Which of the document's types the client has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Types {
    /// Those that an operation uses.
    #[default]
    Used,
    /// All, those of webhooks too.
    All,
}

impl Settings {
    /// What the schema cannot say.
    ///
    /// # Errors
    /// [`Failure::InvalidConfig`] with everything that is wrong.
    pub fn check(&self) -> Result<(), Failure> {
        let mut problems = Vec::new();
        if self.interface == Interface::Positional && self.tags == Tags::Separate {
            problems.push(invalid("`tags = \"separate\"` needs `interface = \"builder\"`"));
        }
        if self.version.is_some() && self.package.is_none() {
            problems.push(invalid("`version` is the version of a crate, and there is no `crate`"));
        }
        if let Some(name) = self.package.as_deref().filter(|name| !names_a_crate(name)) {
            problems.push(invalid(&format!("`{name}` cannot be the name of a crate")));
        }
        if let Some(version) = self.version.as_deref().filter(|version| !is_version(version)) {
            problems.push(invalid(&format!("`{version}` is not a semantic version such as `1.0.0`")));
        }
        let bad = self.derives.iter().filter(|path| syn::parse_str::<syn::Path>(path).is_err());
        problems.extend(bad.map(|path| invalid(&format!("`{path}` is not the path of a derive macro"))));
        if problems.is_empty() { Ok(()) } else { Err(Failure::InvalidConfig(problems)) }
    }
}

/// A diagnostic about the configuration.
pub(crate) fn invalid(message: &str) -> Diagnostic {
    diagnostic("invalid-config", message)
}

fn names_a_crate(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(fits)
        && syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
}

fn is_version(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    let plain = |number: &&str| number.parse::<u64>().is_ok_and(|value| value.to_string() == **number);
    numbers.len() == 3
        && numbers.iter().all(plain)
        && version.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(json: &str) -> Vec<String> {
        let settings: Settings = serde_json::from_str(json).unwrap();
        match settings.check() {
            Ok(()) => Vec::new(),
            Err(Failure::InvalidConfig(problems)) => {
                problems.into_iter().map(|problem| problem.message).collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_schema_and_the_type_agree() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        let with_default = properties.iter().filter(|(_, property)| property.get("default").is_some());
        let defaults: serde_json::Map<_, _> =
            with_default.map(|(name, property)| (name.clone(), property["default"].clone())).collect();
        let settings: Settings = serde_json::from_value(defaults.into()).unwrap();
        assert_eq!(
            format!("{settings:?}"),
            format!("{:?}", Settings { timeout: Some(15), ..Settings::default() })
        );
        let all = r#"{"crate": "a", "version": "1.0.0", "derives": [], "plain-formats": [], "skip": []}"#;
        let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(all).unwrap();
        assert!(all.keys().all(|key| properties.contains_key(key)));
        assert!(serde_json::from_str::<Settings>(r#"{"crates": "a"}"#).is_err());
    }

    #[test]
    fn every_mistake_is_told() {
        let json = r#"{"version": "1", "interface": "positional", "tags": "separate", "derives": ["a b"]}"#;
        assert_eq!(problems(json).len(), 4);
        assert_eq!(problems(r#"{"crate": "crate"}"#), ["`crate` cannot be the name of a crate"]);
        assert_eq!(
            problems(r#"{"crate": "a-b", "version": "1.0.0-rc.1", "derives": ["schemars::JsonSchema"]}"#),
            [""; 0]
        );
    }
}
