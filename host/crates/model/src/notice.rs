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
}

/// The news that a contract's record changed, for one client on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// The version of this shape.
    pub schema_version: u32,
    /// The effect key: the same key twice is the same notice.
    pub key: String,
    /// The contract.
    pub contract: Name,
    /// The client that depends on it.
    pub client: Name,
    /// The commit that changed the record.
    pub commit: String,
    /// The digest of the record before; none for a new contract.
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
    /// Where to read more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
}

impl Notice {
    /// The effect key of a notice: client, channel and the commit that changed the record, so that
    /// A → B → A is three notices and a second run of the same commit none.
    pub fn effect_key(client: &Name, channel: &Name, contract: &Name, commit: &str) -> String {
        let parts = [client.as_str(), channel.as_str(), contract.as_str(), commit];
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
    /// Whether it arrived is not known; it is not sent again blindly.
    Unknown,
    /// It was not sent; the next run tries again.
    Failed,
}

/// A notice of this run and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentNotice {
    /// The contract.
    pub contract: Name,
    /// The client that hears of it.
    pub client: Name,
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
