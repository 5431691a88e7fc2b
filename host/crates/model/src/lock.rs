use crate::{Digest, TreePath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `contracts/<name>/record.toml`: what the snapshot is. Rewritten only when the snapshot's bytes change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of this file's shape.
    pub version: u32,
    /// The contract's format, such as `openapi`.
    pub format: String,
    /// The digest of the snapshot beside this file.
    pub digest: Digest,
    /// The version of the canonical form that the snapshot is in.
    pub canonical: u32,
}

/// `contracts/<name>/clients/<client>.lock`: what a client was generated from and with, and what came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientLock {
    /// The version of this file's shape.
    pub version: u32,
    /// The digest of the snapshot that the client was generated from.
    pub record: Digest,
    /// The tool that generated it.
    pub tool: LockedTool,
    /// The digest of every declared input of the tool, by its path relative to the client's root.
    #[serde(default)]
    pub inputs: BTreeMap<String, Digest>,
    /// The digest of every generated file, by its path relative to the output folder.
    pub files: BTreeMap<TreePath, Digest>,
}

/// What a client lock remembers of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedTool {
    /// The stage that ran it, as `generate` names it.
    pub name: String,
    /// The digest of everything in the configuration that can change the output.
    pub configuration: Digest,
    /// What each of the tool's probes printed, by its command line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
}
