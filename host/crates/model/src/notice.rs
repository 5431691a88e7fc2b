use crate::{Change, Digest, Name, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a change of a record means for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeVerdict {
    /// Something that worked fails.
    Breaking,
    /// Something may fail.
    Risky,
    /// Nothing that worked fails.
    Compatible,
    /// The contract has no earlier record.
    New,
    /// The record stands, and the running service does not answer as it says.
    Violated,
}

/// How many changes there are of each impact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImpactCounts {
    /// Something that worked fails.
    pub breaking: usize,
    /// Something may fail.
    pub risky: usize,
    /// Nothing that worked fails.
    pub compatible: usize,
}

/// Where the record is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provider {
    /// The provider's repository, such as `github:acme/api`; none where nobody says which it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// The path of the snapshot in it.
    pub path: String,
}

/// The news that a contract's record changed, for one client, or for the contract's own channels; or that the running
/// service violates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// The version of this shape.
    pub schema_version: u32,
    /// The effect key: the same key twice is the same notice.
    pub key: String,
    /// The contract.
    pub contract: Name,
    /// The client that is told; none on the contract's own channels, which hear once for all clients.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<Name>,
    /// The clients that depend on the contract: the one that is told, or all of them.
    pub clients: Vec<Name>,
    /// Where the contract is kept.
    pub provider: Provider,
    /// The commit that changed the record.
    pub commit: String,
    /// The digest of the record before; none for a new contract, the same as `to` where the service violates it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Digest>,
    /// The digest of the record after.
    pub to: Digest,
    /// What it means.
    pub verdict: NoticeVerdict,
    /// The changes, breaking ones first, at most 100.
    pub findings: Vec<Change>,
    /// How many changes there are in all.
    pub total: usize,
    /// How many there are of each impact.
    pub counts: ImpactCounts,
    /// Where to read more, for people: `commit`, `compare`, `snapshot`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
}

impl Notice {
    /// The effect key of a notice: client, channel, contract and the commit that changed the record, so that
    /// A → B → A is three notices and a second run of the same commit none. Without a client it is the contract's own.
    pub fn effect_key(client: Option<&Name>, channel: &Name, contract: &Name, commit: &str) -> String {
        let client = client.map(Name::as_str).unwrap_or_default();
        let parts = [client, channel.as_str(), contract.as_str(), commit];
        Digest::of_parts(parts.into_iter().map(str::as_bytes)).hexadecimal()[..32].to_owned()
    }

    /// The effect key of a notice about violations: channel, contract and the identity of what is violated, so that the
    /// same violations of the same record are told once.
    pub fn violation_key(channel: &Name, contract: &Name, violations: Digest) -> String {
        let violations = violations.to_string();
        let parts = ["canary", channel.as_str(), contract.as_str(), &violations];
        Digest::of_parts(parts.into_iter().map(str::as_bytes)).hexadecimal()[..32].to_owned()
    }
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeState {
    /// The other side has it.
    Delivered,
    /// A dry run: it would be sent.
    Planned,
    /// Whether it arrived is not known; the next run looks, and sends again only what the other side can tell apart.
    Unknown,
    /// Whether it arrived cannot be known; it is not sent again.
    Abandoned,
    /// Another run is sending it.
    Claimed,
    /// It was not sent; the next run tries again.
    Failed,
}

impl NoticeState {
    /// Whether somebody may not have heard.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown | Self::Abandoned | Self::Claimed)
    }

    /// Whether this run has to answer for that; another run answers for what it claimed.
    pub fn is_trouble(self) -> bool {
        self.is_open() && self != Self::Claimed
    }
}

/// A notice of this run and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentNotice {
    /// The contract.
    pub contract: Name,
    /// The client that hears of it; none for the contract's own channels.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<Name>,
    /// On which channel.
    pub channel: Name,
    /// The effect key.
    pub key: String,
    /// The commit that changed the record.
    pub commit: String,
    /// What it says.
    pub verdict: NoticeVerdict,
    /// What became of it.
    pub state: NoticeState,
    /// Why it was not sent, or why nobody knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Problem>,
}
