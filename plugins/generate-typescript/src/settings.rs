//! The stage's keys in `pipeline.toml`.

use serde::Deserialize;

/// All keys; each has a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// Write a client beside the types.
    pub client: bool,
    /// What an enumeration becomes.
    pub enums: Enums,
    /// What the files write behind each other's names.
    pub import_extension: ImportExtension,
}

/// What an enumeration under `components/schemas` becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enums {
    /// A union of literal types.
    #[default]
    Union,
    /// A constant object with the values, and the union of them.
    Const,
}

/// What stands behind the name of a file that another one imports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum ImportExtension {
    /// Nothing, as bundlers have it.
    #[serde(rename = "")]
    None,
    /// The extension of the compiled file, which both Node and bundlers understand.
    #[default]
    #[serde(rename = ".js")]
    Js,
    /// The extension of the source, for what runs TypeScript itself.
    #[serde(rename = ".ts")]
    Ts,
}

impl Default for Settings {
    fn default() -> Self {
        Self { client: true, enums: Enums::default(), import_extension: ImportExtension::default() }
    }
}

impl ImportExtension {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Js => ".js",
            Self::Ts => ".ts",
        }
    }
}

pub(crate) const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_and_the_type_agree() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        let defaults: serde_json::Map<_, _> =
            properties.iter().map(|(name, property)| (name.clone(), property["default"].clone())).collect();
        assert_eq!(defaults.len(), 3);
        assert_eq!(serde_json::from_value::<Settings>(defaults.into()).unwrap(), Settings::default());
        for (key, property) in properties {
            for value in property["enum"].as_array().into_iter().flatten() {
                let settings = serde_json::json!({ key.as_str(): value });
                assert!(serde_json::from_value::<Settings>(settings.clone()).is_ok(), "{settings}");
            }
        }
        assert!(serde_json::from_str::<Settings>(r#"{"enum": "union"}"#).is_err());
    }
}
