use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A path of a file inside a tree that somebody else wrote: relative, `/` between segments, Unicode NFC.
///
/// It cannot be absolute, hold `.` or `..` or an empty segment, name `.git*` or `.github`, or hold control
/// characters, a backslash, or a character that other file systems refuse. Joining one to a folder stays
/// inside that folder as long as no symlink stands in the way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

/// Why a text is not a [`TreePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path inside a tree: {reason}")]
pub struct InvalidTreePath {
    /// The text, shortened.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl TreePath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which two paths collide on a file system that folds case or normalizes.
    pub fn collision_key(&self) -> String {
        self.0.nfkc().flat_map(char::to_lowercase).collect()
    }
}

fn problem_of(text: &str) -> Option<&'static str> {
    if text.is_empty() || text.len() > 1024 {
        return Some("it is empty or longer than 1024 bytes");
    }
    if text.starts_with('/') {
        return Some("it is absolute");
    }
    if !is_nfc(text) {
        return Some("it is not in Unicode NFC");
    }
    if text.chars().any(|character| character.is_control() || r#"\:*?"<>|"#.contains(character)) {
        return Some("it holds a character that some file systems refuse");
    }
    text.split('/').find_map(|segment| {
        let lower = segment.to_lowercase();
        match segment {
            "" => Some("it holds an empty segment"),
            "." | ".." => Some("it holds `.` or `..`"),
            _ if lower.starts_with(".git") => Some("it names a file of version control"),
            _ if segment.ends_with(['.', ' ']) => Some("a segment ends with a dot or a space"),
            _ => None,
        }
    })
}

impl std::str::FromStr for TreePath {
    type Err = InvalidTreePath;

    fn from_str(text: &str) -> Result<Self, InvalidTreePath> {
        match problem_of(text) {
            None => Ok(Self(text.into())),
            Some(reason) => Err(InvalidTreePath { path: text.chars().take(120).collect(), reason }),
        }
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl Serialize for TreePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for TreePath {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TreePath".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_tree_or_touch_version_control_are_refused() {
        for text in ["a", "a/b.py", "models/__init__.py", "ä.py", ".env"] {
            assert!(text.parse::<TreePath>().is_ok(), "{text}");
        }
        let refused =
            ["", "/a", "../a", "a/../b", "a//b", "./a", ".git/config", "a/.GitHub/x", ".gitignore", "a\\b"];
        for text in refused.into_iter().chain(["a\nb", "C:x", "a.", "a /b", "a\u{308}"]) {
            assert!(text.parse::<TreePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn paths_that_differ_by_case_collide() {
        let key = |text: &str| text.parse::<TreePath>().unwrap().collision_key();
        assert_eq!(key("Models/Ä.py"), key("models/ä.py"));
        assert_ne!(key("a.py"), key("b.py"));
    }
}
