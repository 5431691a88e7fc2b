use super::{CONTRACTS, Repository, StageConfig};
use countersign_model::{Block, Name};

/// What kind of document a contract is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An OpenAPI document.
    Openapi,
    /// Any JSON document.
    Json,
    /// Any text.
    Text,
}

impl Format {
    /// The word in the file and in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Openapi => "openapi",
            Self::Json => "json",
            Self::Text => "text",
        }
    }

    /// The file name of the snapshot, unless `snapshot` says otherwise.
    pub fn snapshot(self) -> &'static str {
        match self {
            Self::Openapi => "openapi.json",
            Self::Json => "document.json",
            Self::Text => "document.txt",
        }
    }

    /// The plugin that brings documents of this format to their canonical form.
    pub fn canonicalizer(self) -> &'static str {
        match self {
            Self::Openapi => "canonicalize-openapi",
            Self::Json => "canonicalize-json",
            Self::Text => "canonicalize-text",
        }
    }

    /// The plugin that compares documents of this format.
    pub fn differ(self) -> &'static str {
        match self {
            Self::Openapi => "diff-openapi",
            Self::Json | Self::Text => "diff-lines",
        }
    }
}

/// Whose contract it is, where it is not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// The repository that holds the contract of record.
    pub repository: Repository,
    /// The path of its snapshot there.
    pub path: String,
}

/// `[contracts.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractConfig {
    /// Its name.
    pub name: Name,
    /// What kind of document it is.
    pub format: Format,
    /// The file name of its snapshot.
    pub snapshot: String,
    /// Whose it is, where the file says so.
    pub provider: Option<ProviderConfig>,
    /// How to make the document from the code; a contract with one is ours.
    pub dump: Option<StageConfig>,
    /// How to ask a running service for the document.
    pub live: Option<StageConfig>,
    /// The canonicalizers, each fed with the output of the one before; never empty.
    pub canonicalize: Vec<StageConfig>,
    /// The diff stages, whose findings add up; never empty.
    pub diff: Vec<StageConfig>,
    /// When a break blocks.
    pub block: Block,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

impl ContractConfig {
    /// Whether this repository makes the document.
    pub fn is_ours(&self) -> bool {
        self.dump.is_some()
    }

    /// The contract's folder.
    pub fn folder(&self) -> String {
        format!("{CONTRACTS}/{}", self.name)
    }

    /// The path of its snapshot.
    pub fn snapshot_path(&self) -> String {
        format!("{CONTRACTS}/{}/{}", self.name, self.snapshot)
    }

    /// The path of its record.
    pub fn record_path(&self) -> String {
        format!("{CONTRACTS}/{}/record.toml", self.name)
    }

    /// The path of its waivers.
    pub fn waivers_path(&self) -> String {
        format!("{CONTRACTS}/{}/waivers.toml", self.name)
    }

    /// The path of the lock of one of its clients.
    pub fn client_lock_path(&self, client: &Name) -> String {
        format!("{CONTRACTS}/{}/clients/{client}.lock", self.name)
    }
}
