use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Forge {
    /// GitHub, or GitHub Enterprise Server.
    #[serde(rename = "github")]
    GitHub,
    /// Gitea or Forgejo.
    Gitea,
    /// GitLab.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Anyone who speaks Standard Webhooks.
    Generic,
    /// Ourselves: a branch's head had moved, and nobody told us.
    Reconcile,
}

impl Forge {
    /// Everyone who delivers.
    pub const ALL: [Self; 5] = [Self::GitHub, Self::Gitea, Self::GitLab, Self::Generic, Self::Reconcile];

    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Gitea => "gitea",
            Self::GitLab => "gitlab",
            Self::Generic => "generic",
            Self::Reconcile => "reconcile",
        }
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryOutcome {
    /// It became a run, or part of one.
    Queued,
    /// It had been here before: the same id, or the same content.
    Duplicate,
    /// It tells of something that we did ourselves.
    SkippedLoop,
    /// Its event is none that we act on.
    SkippedEvent,
    /// It is of a repository or branch that no node watches.
    SkippedUnknown,
}

impl DeliveryOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Duplicate, Self::SkippedLoop, Self::SkippedEvent, Self::SkippedUnknown];

    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Duplicate => "duplicate",
            Self::SkippedLoop => "skipped-loop",
            Self::SkippedEvent => "skipped-event",
            Self::SkippedUnknown => "skipped-unknown",
        }
    }
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryRow {
    /// Its id, as the forge gave it.
    pub id: String,
    /// Who delivered it.
    pub forge: Forge,
    /// The event, such as `push`.
    pub event: String,
    /// The repository that it is of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// When it was stored, which is before it was acknowledged.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// What there is to say of it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The runs that answer it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runs: Vec<String>,
    /// How long its body is, in bytes.
    pub size: u64,
}

/// A header of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value. The views never show that of a header which may hold a secret, whatever is in here.
    pub value: String,
}

/// A delivery with its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryPage {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// Its headers.
    pub headers: Vec<Header>,
    /// Its body as text; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Whether the end of the body is missing here.
    #[serde(default)]
    pub body_cut: bool,
}
