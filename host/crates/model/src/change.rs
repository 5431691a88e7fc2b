use crate::{Digest, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What a change means for those who use the API. Ordered: the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// Nothing that worked fails.
    Compatible,
    /// Something may fail, depending on the client.
    Risky,
    /// Something that worked fails.
    Breaking,
}

impl Impact {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        }
    }
}

/// Which way the changed data flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From client to server.
    Request,
    /// From server to client.
    Response,
    /// Both ways.
    Both,
    /// Neither: the change is about the API as a whole.
    Neither,
}

impl Direction {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}

/// A place in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// A JSON Pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// Line, counted from 1, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in bytes, counted from 1, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// One of the two snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The old one.
    Base,
    /// The new one.
    Head,
}

/// Whether a witness does what it should, as an independent validator of JSON Schema sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum WitnessProof {
    /// The one schema allows the value, and the other refuses it.
    Proven,
    /// It does not, or it could not be decided.
    Unproven {
        /// What was found instead.
        why: String,
    },
}

/// A value that shows what a change breaks: the schema of one snapshot allows it, that of the other does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Witness {
    /// The value, as JSON text.
    pub value: String,
    /// The schema in the old snapshot: a JSON Pointer (RFC 6901).
    pub base: String,
    /// The schema in the new snapshot: a JSON Pointer.
    pub head: String,
    /// Whose schema allows it: `base` for what was fine and is refused now, `head` for what can arrive now.
    pub allowed_by: Side,
    /// Whether that holds.
    pub proof: WitnessProof,
}

/// One change between two snapshots, as a diff stage tells it. Its texts come from a plugin and a
/// specification: no renderer may print them unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The rule's stable id.
    pub rule: String,
    /// The plugin that has the rule.
    pub plugin: String,
    /// What the change means.
    pub impact: Impact,
    /// Which way the data flows.
    pub direction: Direction,
    /// What changed: a path that stays the same when unrelated parts move.
    pub subject: String,
    /// One sentence.
    pub summary: String,
    /// The old value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Where in the old snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Location>,
    /// Where in the new snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<Location>,
    /// The operations that the change reaches.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub operations: Vec<String>,
    /// A value that proves it, where one can be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub witness: Option<Witness>,
}

impl Change {
    /// The change's identity within a contract: rule, subject and the two values, and nothing that moves
    /// when an unrelated line does.
    pub fn fingerprint(&self, contract: &Name) -> Fingerprint {
        let text = |value: &Option<String>| value.clone().map_or("-".to_owned(), |value| format!("={value}"));
        let (before, after) = (text(&self.before), text(&self.after));
        let parts = [contract.as_str(), &self.rule, &self.subject, &before, &after];
        let digest = Digest::of_parts(parts.into_iter().map(str::as_bytes));
        Fingerprint(digest.hexadecimal()[..16].to_owned())
    }
}

/// Everything that differs between two snapshots, in the diff stages' order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ChangeSet(pub Vec<Change>);

impl ChangeSet {
    /// The breaking ones.
    pub fn breaks(&self) -> impl Iterator<Item = &Change> {
        self.0.iter().filter(|change| change.impact == Impact::Breaking)
    }

    /// The worst impact; none for an empty set.
    pub fn worst(&self) -> Option<Impact> {
        self.0.iter().map(|change| change.impact).max()
    }
}

/// The identity of a break: 16 hexadecimal digits. See [`Change::fingerprint`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
pub struct Fingerprint(String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let valid = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if valid {
            return Ok(Self(text.into()));
        }
        let shown: String = text.chars().take(40).collect();
        Err(format!("`{shown}` is not a fingerprint: 16 lower-case hexadecimal digits are expected"))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
