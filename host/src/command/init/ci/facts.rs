//! What the workflows depend on: what `pipeline.toml` says, where it lies, and which Countersign is meant.

use countersign_model::Name;
use countersign_pipeline::config::{ClientPlace, Config, ContractConfig, Forge, ForgeAccess, ForgeConfig};
use std::collections::{BTreeMap, BTreeSet};

/// What the workflows depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// The folder of `pipeline.toml`, relative to the repository's top; empty for the top itself.
    pub(super) folder: String,
    /// The branch that breaks are counted from.
    pub(super) branch: String,
    /// The commit of Countersign to install.
    pub(super) revision: Option<String>,
    /// Whether a contract is ours, or a client hears of changes, so that pushes have something to tell.
    pub(super) tells: bool,
    /// The contracts that are somebody else's.
    pub(super) consumed: Vec<Consumed>,
    /// What `repository_dispatch` calls the change of a contract.
    pub(super) event_types: Vec<String>,
    /// The variables that hold credentials.
    pub(super) credentials: BTreeSet<String>,
    /// The variables that hold what forges are reached with.
    pub(super) forges: BTreeSet<String>,
    /// The repositories on GitHub whose clients are told, by their owner.
    pub(super) told: BTreeMap<String, BTreeSet<String>>,
}

/// A contract that is somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Consumed {
    /// Its name.
    pub(super) name: Name,
    /// Where its document is asked for.
    pub(super) source: Source,
    /// Whether a running service gives its document.
    pub(super) is_live: bool,
}

/// Where the document of somebody else's contract is asked for, when no event brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In the provider's repository.
    Repository,
    /// At the running service.
    Live,
    /// Nowhere: only an event brings it.
    Event,
}

impl Facts {
    /// The facts of a configuration. `event_types` are those that the user named.
    pub(super) fn of(config: &Config, event_types: &[String]) -> Self {
        let consumed: Vec<_> =
            config.contracts.values().filter(|contract| contract.dump.is_none()).map(consumed).collect();
        let provides = consumed.len() < config.contracts.len();
        Self {
            folder: String::new(),
            branch: config.baseline.as_deref().map_or("main", branch).to_owned(),
            revision: None,
            tells: provides || config.clients.values().any(|client| !client.notify.is_empty()),
            event_types: if event_types.is_empty() { announced(config) } else { event_types.to_vec() },
            consumed,
            credentials: config.credentials.values().flat_map(|it| it.variables.clone()).collect(),
            forges: config.forges.values().filter_map(variable).collect(),
            told: told(config),
        }
    }

    /// The names of the contracts that are asked for at `source`.
    pub(super) fn asked_at(&self, source: Source) -> Vec<&str> {
        let there = self.consumed.iter().filter(|contract| contract.source == source);
        there.map(|contract| contract.name.as_str()).collect()
    }

    /// The flags that make Countersign run in the folder of `pipeline.toml`, for a shell.
    pub(super) fn program(&self) -> String {
        match shlex::try_quote(&self.folder) {
            Ok(folder) if !self.folder.is_empty() => format!("countersign -C {folder}"),
            Ok(_) | Err(_) => "countersign".into(),
        }
    }
}

fn variable(forge: &ForgeConfig) -> Option<String> {
    match &forge.access {
        ForgeAccess::Default => None,
        ForgeAccess::Token(variable) | ForgeAccess::App { key: variable, .. } => Some(variable.clone()),
    }
}

/// What providers are taken to call their events. An event about a contract with a provider brings the document;
/// where no contract has one, it is a reason to ask the running service.
fn announced(config: &Config) -> Vec<String> {
    let consumed = config.contracts.values().filter(|contract| contract.dump.is_none());
    let (brought, others): (Vec<_>, Vec<_>) = consumed.partition(|contract| contract.provider.is_some());
    let announced = if brought.is_empty() { others } else { brought };
    let event_type =
        |contract: &&ContractConfig| format!("{}-{}-changed", contract.name, contract.format.as_str());
    announced.iter().map(event_type).collect()
}

fn consumed(contract: &ContractConfig) -> Consumed {
    let source = match (&contract.provider, &contract.live) {
        (Some(_), _) => Source::Repository,
        (None, Some(_)) => Source::Live,
        (None, None) => Source::Event,
    };
    Consumed { name: contract.name.clone(), source, is_live: contract.live.is_some() }
}

/// The branch that a revision such as `origin/main` is called by on its remote.
pub(super) fn branch(revision: &str) -> &str {
    revision.strip_prefix("origin/").unwrap_or(revision)
}

fn told(config: &Config) -> BTreeMap<String, BTreeSet<String>> {
    let mut told: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for client in config.clients.values().filter(|client| !client.notify.is_empty()) {
        match &client.place {
            ClientPlace::External(repository) if repository.forge == Forge::Github => {
                told.entry(repository.owner.clone()).or_default().insert(repository.name.clone());
            }
            ClientPlace::External(_) | ClientPlace::Local(_) => {}
        }
    }
    told
}
