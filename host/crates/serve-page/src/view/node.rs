use super::Event;
use countersign_model::Verdict;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a watched repository is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeState {
    /// Deliveries arrive and runs end.
    Healthy,
    /// Nothing was delivered yet.
    Silent,
    /// Its last run could not do its work.
    Failing,
    /// Heads move that no delivery told of: its hook is missing or broken.
    Deaf,
}

impl NodeState {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Silent => "silent",
            Self::Failing => "failing",
            Self::Deaf => "deaf",
        }
    }
}

/// A watched repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeRow {
    /// Its name.
    pub name: String,
    /// The repository, such as `github:acme/watcher`.
    pub repository: String,
    /// The branch that is watched.
    pub branch: String,
    /// How it is.
    pub state: NodeState,
    /// What there is to say of its state, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The branch's head, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub head: Option<String>,
    /// The contracts that it touches.
    pub contracts: Vec<String>,
    /// The channels that hear of its pushes.
    pub channels: Vec<String>,
    /// Its last delivery.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_delivery: Option<Event>,
    /// Its last run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_run: Option<Event>,
    /// What its last run found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_verdict: Option<Verdict>,
    /// When its head was last asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reconciled_at: Option<Timestamp>,
}
