use crate::SCHEMA_VERSION;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The contract that a notice of pushes names, since it is about none.
const PUSHES: &str = "pushes";

/// Pushes to one branch, put together: `[repository] author pushed N commits to branch`. Every text is somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PushLine {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// Who pushed first.
    pub author: String,
    /// How many others pushed too.
    pub others: u32,
    /// How many pushes there were.
    pub pushes: u32,
    /// How many commits they brought; none where the sender did not say.
    pub commits: Option<u32>,
    /// Where the change can be read. Made of configuration and names of commits, not of the payload's links.
    pub link: Option<String>,
}

/// What there is to say of pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PushVerdict {
    /// Somebody pushed.
    Pushed,
}

/// The news that somebody pushed to repositories that `serve` watches, for a room or a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PushNotice {
    /// The version of this shape.
    pub schema_version: u32,
    /// Names the message: the same key twice is the same message.
    pub key: String,
    /// Always `pushes`.
    pub contract: String,
    /// Tells it from the notice of a record's change.
    pub verdict: PushVerdict,
    /// A line for each branch, in the order in which they were first pushed to.
    pub pushes: Vec<PushLine>,
}

impl PushNotice {
    /// The notice of these pushes.
    pub fn new(key: String, pushes: Vec<PushLine>) -> Self {
        let (contract, verdict) = (PUSHES.to_owned(), PushVerdict::Pushed);
        Self { schema_version: SCHEMA_VERSION, key, contract, verdict, pushes }
    }
}
