use super::{Event, Forge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The process lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Liveness {
    /// Always `ok`: who is dead does not answer.
    pub status: String,
    /// The version of Countersign.
    pub version: String,
}

/// Whether it takes work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadinessStatus {
    /// It does.
    Ready,
    /// It does not: the answer has status 503.
    NotReady,
}

/// Whether it takes work, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    /// Whether it does.
    pub status: ReadinessStatus,
    /// What was looked at.
    pub checks: Vec<Check>,
}

/// One thing that is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What it is, such as `store`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What there is to say of it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// The repositories whose hooks deliver to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HooksHealth {
    /// One for each watched repository.
    pub hooks: Vec<HookHealth>,
}

/// A repository whose hook delivers to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HookHealth {
    /// The node.
    pub node: String,
    /// Who delivers.
    pub forge: Forge,
    /// The repository, such as `acme/watcher`.
    pub repository: String,
    /// Its last delivery; none before the first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_delivery: Option<Event>,
}
