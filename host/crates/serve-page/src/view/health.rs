use super::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The process lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Liveness {
    /// Always `alive`: who is dead does not answer.
    pub status: String,
}

/// It takes deliveries. Where it does not, the answer is a problem with status 503.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    /// Always `ready`.
    pub status: String,
}

/// The repositories whose hooks deliver to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HooksHealth {
    /// One for each node.
    pub repositories: Vec<HookHealth>,
}

/// A repository whose hook delivers to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HookHealth {
    /// The node.
    pub node: String,
    /// Who delivers.
    pub source: Source,
    /// The repository, such as `acme/watcher`.
    pub repository: String,
    /// The branch that is watched.
    pub branch: String,
    /// Where the branch stood when we last heard.
    pub head: Option<String>,
    /// Its last delivery; none before the first.
    pub last_delivery: Option<String>,
    /// When that arrived, in milliseconds since 1970.
    pub last_delivery_at: Option<i64>,
}
