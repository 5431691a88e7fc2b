use super::{Link, Listing, State, StateCounts};
use countersign_model::{Change, Digest};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A contract in a list, with its clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContractRow {
    /// Its name.
    pub name: String,
    /// Its format, such as `openapi`.
    pub format: String,
    /// How its record stands to what its source says.
    pub state: State,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// Whose it is; none for our own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<String>,
    /// The digest of its record; none where there is none yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<Digest>,
    /// When its record last changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub changed_at: Option<Timestamp>,
    /// What there is to say of its state, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Where more can be seen, such as the pull request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<Link>,
    /// How many of its clients are in which state.
    pub counts: StateCounts,
    /// Its clients, what needs a person most first.
    pub clients: Vec<ClientRow>,
}

/// A client in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientRow {
    /// Its name.
    pub name: String,
    /// The contract that it is a client of.
    pub contract: String,
    /// The repository that it lives in.
    pub repository: String,
    /// How it stands to the record.
    pub state: State,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// The digest of the record that it was made from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<Digest>,
    /// What there is to say of its state, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Where more can be seen, such as the pull request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<Link>,
}

/// A contract with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContractPage {
    /// The contract and its clients.
    pub contract: ContractRow,
    /// The changes of its record, the latest first.
    pub history: Listing<RecordChange>,
}

/// A change of a contract's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordChange {
    /// The commit that changed the record.
    pub commit: String,
    /// When it was made.
    pub at: Timestamp,
    /// The first line of its message.
    pub subject: String,
    /// Who made it.
    pub author: String,
    /// The digest before; none for the first record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Digest>,
    /// The digest since; none where the record was removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Digest>,
    /// Where the forge shows the commit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<Link>,
    /// What changed.
    pub changes: Vec<ShownChange>,
    /// Why the changes are not known, as a sentence: then there are none in the list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undecided: Option<String>,
}

/// One change, with what both documents say there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownChange {
    /// The change.
    pub change: Change,
    /// The lines around it in the old and in the new document.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub excerpt: Option<Excerpt>,
}

/// Lines of both documents. Lines that both have stand beside each other, at the same index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// The lines of the old document; none beside a line that only the new one has.
    pub old: Vec<Option<ExcerptLine>>,
    /// The lines of the new document; none beside a line that only the old one has.
    pub new: Vec<Option<ExcerptLine>>,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExcerptLine {
    /// Its number, counted from 1.
    pub number: u64,
    /// Its text.
    pub text: String,
    /// What became of it.
    pub mark: ExcerptMark,
    /// Whether it is the line that the change names.
    pub named: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExcerptMark {
    /// Both documents have it.
    Same,
    /// Only the old one has it.
    Removed,
    /// Only the new one has it.
    Added,
}
