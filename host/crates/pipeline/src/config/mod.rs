//! `pipeline.toml`: read, checked, with every mistake in it told at once.
//!
//! The shape of the file is a set of Rust structs (`file`), from which its published JSON Schema derives;
//! the file is validated against that very schema, so an editor and this module never disagree. What a
//! schema cannot say (references, paths, overlaps) is checked while the tables are resolved into the
//! types that the planner reads. Nothing here touches the network, the environment or a secret.

mod access;
mod canary;
mod client;
mod command;
mod contract;
mod document;
mod file;
mod forge;
mod paths;
mod repository;
mod resolve;
mod schema;
mod serve;
mod spans;
mod stage;
#[cfg(test)]
mod tests;
mod tool;
mod units;
mod validate;
mod version;
mod words;

pub use access::{CredentialConfig, ForgeVerb, Grants, HttpRule, PluginConfig, PluginSource, SecretUse};
pub use canary::{CanaryConfig, EndpointConfig, ReadMethod};
pub use client::{ClientConfig, ClientPlace, GenerateConfig, LocalClient};
pub use contract::{ContractConfig, Format, ProviderConfig};
pub use forge::{ForgeAccess, ForgeConfig};
pub use repository::{Forge, Repository};
pub use serve::{HookVariables, NodeConfig, OidcConfig, ServeConfig, StorePlace};
pub use spans::Spans;
pub use stage::{Limits, StageConfig};
pub use tool::{CageRule, Environment, ToolConfig};
pub use validate::validate_keys;

pub(crate) use file::ToolTable;
pub(crate) use forge::{GITHUB, api_of};

use countersign_model::{Name, Position, Problem};
use document::Document;
use resolve::Resolver;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use validate::Scope;
use words::quote;

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
    /// This repository's own address, where the file says it.
    pub repository: Option<Repository>,
    /// `[forges.NAME]`.
    pub forges: BTreeMap<Name, ForgeConfig>,
    /// `[credentials.NAME]`.
    pub credentials: BTreeMap<Name, CredentialConfig>,
    /// How well a tool must be kept apart from this machine to run at all.
    pub cage: CageRule,
    /// `[tools.NAME]`, and the presets that clients name.
    pub tools: BTreeMap<Name, ToolConfig>,
    /// `[plugins.NAME]`.
    pub plugins: BTreeMap<Name, PluginConfig>,
    /// `[serve]`.
    pub serve: ServeConfig,
    /// `[nodes.NAME]`.
    pub nodes: BTreeMap<Name, NodeConfig>,
    /// Where everything stands in the file, for problems that are found later.
    pub spans: Spans,
}

impl Config {
    /// Read and check the file at `path`, which problems call by its file name: every path that is shown is
    /// relative to the folder that holds it.
    ///
    /// # Errors
    /// Every mistake, in the order of the file; one problem where there is no readable file.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        let file = path.display().to_string();
        let text = std::fs::read(path).map_err(|error| vec![unreadable(&file, &error)])?;
        let text = String::from_utf8(text).map_err(|_| {
            vec![Problem::new("unreadable-configuration", format!("{} is not UTF-8", quote(&file)))]
        })?;
        let root = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let label = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(file);
        Self::parse(&text, &label, root.to_owned())
    }

    /// Check `text`; `file` is how problems call it and `root` the folder that its paths are relative to.
    ///
    /// # Errors
    /// Every mistake, in the order of the file.
    pub fn parse(text: &str, file: &str, root: PathBuf) -> Result<Self, Vec<Problem>> {
        Self::parse_with(text, file, root, env!("CARGO_PKG_VERSION"))
    }

    /// Like [`Config::parse`], for a host of another version.
    fn parse_with(text: &str, file: &str, root: PathBuf, version: &str) -> Result<Self, Vec<Problem>> {
        let Document { value, spans, problems, whole } = document::read(text, file);
        if let Some(problem) = version::too_new(&value, version, &spans) {
            // A newer file may hold any number of keys that are mistakes only to this version.
            return Err(vec![problem]);
        }
        if !whole {
            return Err(sorted(problems));
        }
        let scope = Scope { at: "", spans: &spans, more_keys: &[] };
        let faults = validate::faults(&schema::schema(), &value, &scope).map_err(|problem| vec![*problem])?;
        let mut resolver = Resolver::new(value, faults, &spans);
        let config = resolver.config(root);
        let problems: Vec<_> = problems.into_iter().chain(resolver.problems).collect();
        if problems.is_empty() { Ok(Self { spans, ..config }) } else { Err(sorted(problems)) }
    }

    /// The JSON Schema (2020-12) of the file, in the same bytes every time.
    pub fn json_schema() -> serde_json::Value {
        schema::schema()
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
            (None, Some(inline)) => Some((inline.preset.unwrap_or(generate.stage.plugin.as_str()), inline)),
            (None, None) => None,
        }
    }

    /// Where the thing at a JSON Pointer stands, or the nearest thing around it.
    pub fn position(&self, pointer: &str) -> Position {
        self.spans.position(pointer)
    }
}

fn unreadable(file: &str, error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Problem::new("no-configuration", format!("there is no {}", quote(file)))
            .hint("run `countersign init`, or name the file with `--config`");
    }
    Problem::new("unreadable-configuration", format!("{} cannot be read", quote(file)))
        .cause(error.to_string())
}

/// In the order of the file, each once.
fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.at.as_ref().map(|at| (at.line, at.column)));
    problems.dedup();
    problems
}
