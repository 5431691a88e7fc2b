//! What the work tree is compared with: the merge base, read once for all contracts.

use super::Project;
use crate::config::{Config, ContractConfig};
use crate::git::{BaseRevision, Commit, Git};
use crate::store;
use countersign_model::{Baseline, BaselineReport, Block, ClientLock, Name, Problem, Snapshot, Waiver};
use std::collections::BTreeMap;
use std::path::Path;

/// The revision that is the baseline where `pipeline.toml` names none: what this branch will be merged into.
const DEFAULT_REVISIONS: [&str; 4] = ["origin/HEAD", "origin/main", "origin/master", "HEAD"];

/// The baseline of a run.
pub(crate) enum BaselineState {
    /// The commit, and the files that matter of every contract.
    At {
        revision: String,
        commit: Commit,
        files: BTreeMap<String, Vec<u8>>,
        /// What `pipeline.toml` said there, where this version can read it.
        policy: Option<Box<Config>>,
    },
    /// No version control: breaks have no memory.
    None,
    /// No commit yet.
    NoCommit,
    /// Configured and unreadable: undecided.
    Unreadable(Problem),
}

/// A contract at the baseline.
pub(crate) struct BaselineContract {
    pub(crate) snapshot: Option<Baseline>,
    pub(crate) waivers: Vec<Waiver>,
    /// When a break blocked there.
    pub(crate) block: Block,
    /// Whether a client lived in another repository there.
    pub(crate) external: bool,
    pub(crate) locks: BTreeMap<Name, ClientLock>,
    pub(crate) problems: Vec<Problem>,
}

impl BaselineState {
    pub(crate) fn report(&self) -> BaselineReport {
        match self {
            Self::At { revision, commit, .. } => {
                BaselineReport::At { revision: revision.clone(), commit: commit.to_string() }
            }
            Self::None => BaselineReport::NoVersionControl,
            Self::NoCommit => BaselineReport::NoCommit,
            Self::Unreadable(_) => BaselineReport::Unreadable,
        }
    }
}

impl Project {
    /// The baseline: the revision that the event names, else the configured one, else the first of the usual
    /// ones that there is.
    pub(crate) fn baseline(&self, named: Option<&str>, contracts: &[Name]) -> BaselineState {
        let Some(git) = &self.git else { return BaselineState::None };
        let (revision, base) = match self.base_revision(git, named) {
            Ok(Some(found)) => found,
            Ok(None) => return BaselineState::NoCommit,
            Err(problem) => return BaselineState::Unreadable(problem),
        };
        let commit = match base {
            BaseRevision::At { commit, .. } => commit,
            BaseRevision::Unborn => return BaselineState::NoCommit,
            BaseRevision::Unreadable { revision, why, hint } => {
                let message = format!("the baseline `{revision}` cannot be read: {why}");
                return BaselineState::Unreadable(Problem::new("baseline-unreadable", message).hint(hint));
            }
        };
        let read = self.policy_at(git, &commit).and_then(|policy| {
            let files = self.files_at(git, &commit, contracts, policy.as_deref())?;
            Ok(BaselineState::At { revision, commit, files, policy })
        });
        read.unwrap_or_else(BaselineState::Unreadable)
    }

    fn base_revision(
        &self,
        git: &Git,
        named: Option<&str>,
    ) -> Result<Option<(String, BaseRevision)>, Problem> {
        let base = |revision: &str| git.merge_base(revision).map_err(|error| error.problem());
        if let Some(revision) = named.or(self.config.baseline.as_deref()) {
            return Ok(Some((revision.to_owned(), base(revision)?)));
        }
        for revision in DEFAULT_REVISIONS {
            if git.resolve(revision).map_err(|error| error.problem())?.is_none() {
                continue;
            }
            let found = base(revision)?;
            return Ok(Some((revision.to_owned(), self.trusted(git, revision, found)?)));
        }
        Ok(None)
    }

    /// A revision that nobody named must be one to compare with. `HEAD` is its own merge base, so that every break
    /// would pass for an old one: it will do only where there is nothing else, neither here nor elsewhere.
    fn trusted(&self, git: &Git, revision: &str, found: BaseRevision) -> Result<BaseRevision, Problem> {
        let head = git.head().map_err(|error| error.problem())?;
        let is_head = matches!(&found, BaseRevision::At { commit, .. } if Some(commit) == head.as_ref());
        let unreadable = |why: &str, hint: &str| {
            Ok(BaseRevision::Unreadable { revision: revision.into(), why: why.into(), hint: hint.into() })
        };
        if is_head && git.is_shallow() {
            return unreadable(
                "the clone is shallow and holds nothing older to compare with",
                crate::git::DEEPEN,
            );
        }
        if revision == "HEAD" && git.has_remote().map_err(|error| error.problem())? {
            let hint = "name the branch: `baseline = \"origin/BRANCH\"` under `[pipeline]`, and fetch it";
            return unreadable(
                "there is a remote, and none of its branches is known as the default one",
                hint,
            );
        }
        Ok(found)
    }

    /// What `pipeline.toml` said in a commit; none where there was none, or this version cannot read it.
    fn policy_at(&self, git: &Git, commit: &Commit) -> Result<Option<Box<Config>>, Problem> {
        let file = self.config.position("").file;
        let text = git.read_file(commit, &self.in_repository(&file)).map_err(|error| error.problem())?;
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.and_then(|text| Config::parse(&text, &file, self.config.root.clone()).ok()).map(Box::new))
    }

    /// A problem for each contract that the baseline has and this change takes away, or calls by another name,
    /// while a client of it lives in another repository: nothing could break it more.
    pub(crate) fn removed_contracts(&self, state: &BaselineState) -> Vec<Problem> {
        let BaselineState::At { policy: Some(policy), .. } = state else { return Vec::new() };
        let gone = policy.contracts.keys().filter(|name| !self.config.contracts.contains_key(*name));
        gone.filter_map(|name| {
            let client = policy.clients_of(name).find(|client| client.local().is_none())?;
            let message = format!("contract `{name}` is gone, and client `{}` lives in another repository", client.name);
            let hint = format!(
                "keep the contract under its name; where nobody needs it any more, remove `[clients.{}]` first, in a change of its own",
                client.name
            );
            Some(Problem::new("contract-removed", message).hint(hint))
        })
        .collect()
    }

    /// Snapshot, waivers and client locks of the contracts in a commit, by one process.
    fn files_at(
        &self,
        git: &Git,
        commit: &Commit,
        contracts: &[Name],
        policy: Option<&Config>,
    ) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
        let mut paths = Vec::new();
        for contract in contracts.iter().filter_map(|name| self.config.contracts.get(name)) {
            let files = self.files(contract);
            paths.extend([text(&files.snapshot()), text(&files.waivers())]);
            // A snapshot that changes its file name is still the same contract.
            paths.extend(policy.and_then(|policy| policy.snapshot_path(&contract.name)));
            paths.extend(
                self.config.clients_of(&contract.name).map(|client| text(&files.client_lock(&client.name))),
            );
        }
        let asked: Vec<String> = paths.iter().map(|path| self.in_repository(path)).collect();
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        let contents = git.read_files(commit, &asked).map_err(|error| error.problem())?;
        Ok(paths.into_iter().zip(contents).filter_map(|(path, content)| Some((path, content?))).collect())
    }

    /// A contract as the baseline has it.
    pub(crate) fn at_baseline(&self, state: &BaselineState, contract: &ContractConfig) -> BaselineContract {
        let mut found = BaselineContract {
            snapshot: None,
            waivers: Vec::new(),
            block: Block::Never,
            external: false,
            locks: BTreeMap::new(),
            problems: Vec::new(),
        };
        let BaselineState::At { commit, files: at, policy, .. } = state else { return found };
        if let Some(policy) = policy {
            let before = policy.contracts.get(&contract.name);
            found.block = before.map_or(Block::Never, |before| before.block);
            found.external = policy.clients_of(&contract.name).any(|client| client.local().is_none());
        }
        let earlier = policy.as_ref().and_then(|policy| policy.snapshot_path(&contract.name));
        let files = self.files(contract);
        let label = |path: &Path| format!("{}:{}", &commit.as_str()[..12], self.in_repository(&text(path)));
        let snapshot =
            at.get(&text(&files.snapshot())).or_else(|| earlier.as_ref().and_then(|path| at.get(path)));
        found.snapshot = snapshot.map(|bytes| Baseline(Snapshot::of(bytes.clone())));
        if let Some(bytes) = at.get(&text(&files.waivers())) {
            match store::parse_waivers(bytes, &label(&files.waivers())) {
                Ok(waivers) => found.waivers = waivers,
                Err(problem) => found.problems.push(*problem),
            }
        }
        for client in self.config.clients_of(&contract.name) {
            let path = files.client_lock(&client.name);
            let lock = at.get(&text(&path)).and_then(|bytes| store::parse_lock(bytes, &label(&path)).ok());
            found.locks.extend(lock.map(|lock| (client.name.clone(), lock)));
        }
        found
    }
}

/// Paths of ours are UTF-8: they are made of names and of `pipeline.toml`.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
