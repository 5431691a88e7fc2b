//! `pipeline.toml`: read, checked, with every mistake in it told at once.
//!
//! The shape of the file is a set of Rust structs (`file`), from which its published JSON Schema derives;
//! the file is validated against that very schema, so an editor and this module never disagree. What a
//! schema cannot say (references, paths, overlaps) is checked while the tables are resolved into the
//! types that the planner reads. Nothing here touches the network, the environment or a secret.

mod access;
mod client;
mod contract;
mod repository;
mod spans;
mod stage;
mod tool;

pub use access::{CredentialConfig, Grants, HttpRule, PluginConfig, PluginSource, SecretUse};
pub use client::{ClientConfig, ClientPlace, GenerateConfig, LocalClient};
pub use contract::{ContractConfig, Format, ProviderConfig};
pub use repository::{Forge, Repository};
pub use spans::Spans;
pub use stage::{Limits, StageConfig};
pub use tool::{Environment, ToolConfig};

use countersign_model::{Name, Position, Problem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder that holds the contracts of record, relative to `pipeline.toml`.
pub const CONTRACTS: &str = "contracts";

/// A `pipeline.toml` without mistakes. Every path in it is relative to [`Config::root`], with `/` between
/// segments.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that holds `pipeline.toml`.
    pub root: PathBuf,
    /// The revision that breaks are counted from, where one is configured.
    pub baseline: Option<String>,
    /// `[contracts.NAME]`.
    pub contracts: BTreeMap<Name, ContractConfig>,
    /// `[clients.NAME]`.
    pub clients: BTreeMap<Name, ClientConfig>,
    /// `[notify.NAME]`: the channels.
    pub notify: BTreeMap<Name, StageConfig>,
    /// `[credentials.NAME]`.
    pub credentials: BTreeMap<Name, CredentialConfig>,
    /// `[tools.NAME]`.
    pub tools: BTreeMap<Name, ToolConfig>,
    /// `[plugins.NAME]`.
    pub plugins: BTreeMap<Name, PluginConfig>,
    /// Where everything stands in the file, for problems that are found later.
    pub spans: Spans,
}

impl Config {
    /// Read and check the file at `path`, which is shown in problems as it is given here.
    ///
    /// # Errors
    /// Every mistake, in the order of the file; one problem where there is no readable file.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        let _ = path;
        Err(vec![Problem::new("not-there-yet", "the configuration is not read yet")])
    }

    /// Check `text`; `file` is how problems call it and `root` the folder that its paths are relative to.
    ///
    /// # Errors
    /// Every mistake, in the order of the file.
    pub fn parse(text: &str, file: &str, root: PathBuf) -> Result<Self, Vec<Problem>> {
        let _ = (text, file, root);
        Err(vec![Problem::new("not-there-yet", "the configuration is not read yet")])
    }

    /// The folder of the contracts of record.
    pub fn contracts_dir(&self) -> &'static str {
        CONTRACTS
    }

    /// The path of a contract's snapshot; none for a contract that is not configured.
    pub fn snapshot_path(&self, contract: &Name) -> Option<String> {
        self.contracts.get(contract).map(ContractConfig::snapshot_path)
    }

    /// The clients of a contract, in the order of their names.
    pub fn clients_of<'a>(&'a self, contract: &'a Name) -> impl Iterator<Item = &'a ClientConfig> {
        self.clients.values().filter(move |client| client.contract == *contract)
    }

    /// The tool that generates a client, and the name that its lock remembers; none where the generator runs
    /// in the sandbox.
    pub fn tool_of<'a>(&'a self, generate: &'a GenerateConfig) -> Option<(&'a str, &'a ToolConfig)> {
        match (&generate.tool, &generate.stage.tool) {
            (Some(name), _) => self.tools.get(name).map(|tool| (name.as_str(), tool)),
            (None, Some(inline)) => Some((generate.stage.plugin.as_str(), inline)),
            (None, None) => None,
        }
    }

    /// Where the thing at a JSON Pointer stands, or the nearest thing around it.
    pub fn position(&self, pointer: &str) -> Position {
        self.spans.position(pointer)
    }
}
