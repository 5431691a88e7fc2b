use countersign_model::{TargetKind, TargetState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one look at a target showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// When.
    pub at: Timestamp,
    /// The state since then.
    pub state: TargetState,
    /// Why, as a sentence.
    pub reason: String,
}

/// A pointer to something elsewhere: a repository, a hook, a pull request, a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointerRow {
    /// The name of the target, as the pointer has it.
    pub target: String,
    /// What it is.
    pub kind: TargetKind,
    /// What is known of it.
    pub state: TargetState,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// The name that it has now, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub moved_to: Option<String>,
    /// Whether the pointer was cleared, and is kept to be restored if its target comes back.
    #[serde(default)]
    pub tombstone: bool,
    /// The next step for a person, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// What looks showed, the latest first.
    pub evidence: Vec<Evidence>,
    /// When it is looked at again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_probe_at: Option<Timestamp>,
}
