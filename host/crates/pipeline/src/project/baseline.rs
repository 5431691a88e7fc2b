//! What the work tree is compared with: the merge base, read once for all contracts.

use super::Project;
use crate::config::ContractConfig;
use crate::git::{BaseRevision, Commit, Git};
use crate::store;
use countersign_model::{Baseline, BaselineReport, ClientLock, Name, Problem, Snapshot, Waiver};
use std::collections::BTreeMap;
use std::path::Path;

/// The revision that is the baseline where `pipeline.toml` names none: what this branch will be merged into.
const DEFAULT_REVISIONS: [&str; 4] = ["origin/HEAD", "origin/main", "origin/master", "HEAD"];

/// The baseline of a run.
pub(crate) enum BaselineState {
    /// The commit, and the files that matter of every contract.
    At { revision: String, commit: Commit, files: BTreeMap<String, Vec<u8>> },
    /// No version control: breaks have no memory.
    None,
    /// No commit yet.
    NoCommit,
    /// Configured and unreadable: undecided.
    Unreadable(Problem),
}

/// A contract at the baseline.
#[derive(Default)]
pub(crate) struct BaselineContract {
    pub(crate) snapshot: Option<Baseline>,
    pub(crate) waivers: Vec<Waiver>,
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
        match self.files_at(git, &commit, contracts) {
            Ok(files) => BaselineState::At { revision, commit, files },
            Err(problem) => BaselineState::Unreadable(problem),
        }
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

    /// Snapshot, waivers and client locks of the contracts in a commit, by one process.
    fn files_at(
        &self,
        git: &Git,
        commit: &Commit,
        contracts: &[Name],
    ) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
        let mut paths = Vec::new();
        for contract in contracts.iter().filter_map(|name| self.config.contracts.get(name)) {
            let files = self.files(contract);
            paths.extend([text(&files.snapshot()), text(&files.waivers())]);
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
        let mut found = BaselineContract::default();
        let BaselineState::At { commit, files: at, .. } = state else { return found };
        let files = self.files(contract);
        let label = |path: &Path| format!("{}:{}", &commit.as_str()[..12], self.in_repository(&text(path)));
        found.snapshot = at.get(&text(&files.snapshot())).map(|bytes| Baseline(Snapshot::of(bytes.clone())));
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
