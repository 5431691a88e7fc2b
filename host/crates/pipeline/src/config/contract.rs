use super::file::{ContractTable, FormatName, ProviderTable};
use super::resolve::{Entry, Resolver};
use super::stage::Kind;
use super::words::quote;
use super::{CONTRACTS, CanaryConfig, Repository, StageConfig};
use countersign_model::{Block, Name, Problem, TreePath};

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
    /// The channels that hear of a change once for all clients.
    pub notify: Vec<Name>,
    /// The running service, and what a canary asks it.
    pub canary: Option<CanaryConfig>,
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

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Openapi => Self::Openapi,
            FormatName::Json => Self::Json,
            FormatName::Text => Self::Text,
        }
    }
}

impl Resolver<'_> {
    /// `[contracts.NAME]`; `block` is what holds for the whole project.
    pub(super) fn contract(&mut self, entry: Entry<ContractTable>, block: Block) -> ContractConfig {
        let Entry { name, pointer, table } = entry;
        let at = |key: &str| format!("{pointer}/{key}");
        let format = Format::from(table.format);
        if table.dump.is_some() && table.provider.is_some() {
            let message = format!("contract `{name}` has both `dump` and `provider`");
            let hint = "a contract with a `dump` is ours, one with a `provider` is somebody else's: keep one";
            self.problem(&at("provider"), Problem::new("two-owners", message).hint(hint));
        }
        let dump = table.dump.map(|stage| self.stage(stage.0, &at("dump"), Kind::Dump));
        let live = table.live.map(|stage| self.stage(stage.0, &at("live"), Kind::Live));
        let provider = table.provider.map(|provider| self.provider(&provider, &at("provider")));
        let notify = self.channels(&table.notify, &pointer);
        let canary = table.canary.map(|canary| self.canary(&canary, format, &at("canary")));
        ContractConfig {
            canary: canary.flatten(),
            format,
            notify,
            snapshot: self.snapshot(table.snapshot, format, &at("snapshot")),
            canonicalize: self.stages(table.canonicalize, &at("canonicalize"), Kind::Canonicalize(format)),
            diff: self.stages(table.diff, &at("diff"), Kind::Diff(format)),
            block: table.block.unwrap_or(block),
            // A part that could not be read was told; the contract is not used then.
            dump: dump.flatten(),
            live: live.flatten(),
            provider: provider.flatten(),
            name,
            pointer,
        }
    }

    fn provider(&mut self, table: &ProviderTable, pointer: &str) -> Option<ProviderConfig> {
        let repository = self.repository(&table.repository, &format!("{pointer}/repository"));
        let path = self.path(&table.path, &format!("{pointer}/path"));
        Some(ProviderConfig { repository: repository?, path: path? })
    }

    fn snapshot(&mut self, typed: Option<String>, format: Format, pointer: &str) -> String {
        let Some(typed) = typed else { return format.snapshot().into() };
        let folded = typed.to_lowercase();
        let reason = match typed.parse::<TreePath>() {
            Err(invalid) => Some(invalid.reason),
            Ok(_) if typed.contains('/') => Some("it holds a `/`"),
            Ok(_) if OWN_FILES.contains(&folded.as_str()) => Some("Countersign keeps its own there"),
            Ok(_) => None,
        };
        if let Some(reason) = reason {
            let message = format!("{} is not a file name for a snapshot: {reason}", quote(&typed));
            let hint = format!("write a plain file name, such as `{}`", format.snapshot());
            self.problem(pointer, Problem::new("invalid-path", message).hint(hint));
        }
        typed
    }
}

/// What stands beside a snapshot.
const OWN_FILES: [&str; 3] = ["record.toml", "waivers.toml", "clients"];
