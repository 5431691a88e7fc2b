//! What the work tree holds of a contract.

use super::Project;
use crate::config::{CONTRACTS, ContractConfig};
use crate::store::{self, ContractFiles};
use countersign_model::{ClientLock, Name, Problem, Record, Recorded, Snapshot, Waiver};
use std::path::Path;

/// A contract's record in the work tree.
pub(crate) enum RecordOnDisk {
    /// There is none yet.
    Missing,
    /// A sound one.
    Sound(Recorded),
    /// One that must not be trusted.
    Damaged(Vec<Problem>),
}

impl RecordOnDisk {
    pub(crate) fn recorded(&self) -> Option<&Recorded> {
        match self {
            Self::Sound(recorded) => Some(recorded),
            Self::Missing | Self::Damaged(_) => None,
        }
    }
}

impl Project {
    /// Where the files of a contract lie.
    pub(crate) fn files(&self, contract: &ContractConfig) -> ContractFiles {
        ContractFiles::new(Path::new(CONTRACTS), &contract.name, &contract.snapshot)
    }

    pub(crate) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Problem> {
        store::read_file(&self.config.root, path).map_err(|error| error.problem())
    }

    /// A contract's record, with every reason not to trust it.
    pub(crate) fn record(&self, contract: &ContractConfig) -> RecordOnDisk {
        let files = self.files(contract);
        let (snapshot, record) = match (self.read(&files.snapshot()), self.read(&files.record())) {
            (Ok(snapshot), Ok(record)) => (snapshot, record),
            (snapshot, record) => {
                let problems = [snapshot.err(), record.err()];
                return RecordOnDisk::Damaged(problems.into_iter().flatten().collect());
            }
        };
        match (snapshot, record) {
            (None, None) => RecordOnDisk::Missing,
            (Some(snapshot), Some(record)) => sound(&files, snapshot, &record),
            (Some(_), None) => {
                RecordOnDisk::Damaged(vec![half(contract, &files.snapshot(), &files.record())])
            }
            (None, Some(_)) => {
                RecordOnDisk::Damaged(vec![half(contract, &files.record(), &files.snapshot())])
            }
        }
    }

    pub(crate) fn waivers(&self, contract: &ContractConfig) -> Result<Vec<Waiver>, Problem> {
        let path = self.files(contract).waivers();
        match self.read(&path)? {
            None => Ok(Vec::new()),
            Some(bytes) => {
                store::parse_waivers(&bytes, &path.display().to_string()).map_err(|problem| *problem)
            }
        }
    }

    pub(crate) fn lock(
        &self,
        contract: &ContractConfig,
        client: &Name,
    ) -> Result<Option<ClientLock>, Problem> {
        let path = self.files(contract).client_lock(client);
        match self.read(&path)? {
            None => Ok(None),
            Some(bytes) => {
                store::parse_lock(&bytes, &path.display().to_string()).map(Some).map_err(|problem| *problem)
            }
        }
    }

    /// A problem for each folder of `contracts/` that no contract is declared for.
    pub(crate) fn undeclared(&self) -> Vec<Problem> {
        let declared: Vec<_> = self.config.contracts.keys().cloned().collect();
        match store::undeclared(&self.config.root, Path::new(CONTRACTS), &declared) {
            Err(error) => vec![error.problem()],
            Ok(folders) => folders.iter().map(|folder| undeclared(folder)).collect(),
        }
    }
}

fn sound(files: &ContractFiles, snapshot: Vec<u8>, record: &[u8]) -> RecordOnDisk {
    let label = files.snapshot().display().to_string();
    let record: Result<Record, _> = store::parse_record(record, &files.record().display().to_string());
    let inspected = store::inspect_snapshot(&snapshot, &label);
    let snapshot = Snapshot::of(snapshot);
    let matched = match (&inspected, &record) {
        (Ok(()), Ok(record)) => store::check_record(record, &snapshot, &label),
        _ => Ok(()),
    };
    let problems: Vec<Problem> = [record.err(), inspected.err(), matched.err()]
        .into_iter()
        .flatten()
        .map(|problem| *problem)
        .collect();
    if problems.is_empty() {
        RecordOnDisk::Sound(Recorded(snapshot))
    } else {
        RecordOnDisk::Damaged(problems)
    }
}

fn half(contract: &ContractConfig, there: &Path, missing: &Path) -> Problem {
    let message = format!("`{}` is there and `{}` is not", there.display(), missing.display());
    Problem::new("half-a-record", message)
        .hint(format!("restore it, or write both anew: countersign accept {}", contract.name))
}

fn undeclared(folder: &str) -> Problem {
    let shown: String = folder.chars().take(64).collect();
    Problem::new(
        "undeclared-contract",
        format!("`{CONTRACTS}/{shown}/` holds a contract that pipeline.toml does not declare"),
    )
    .hint(format!("declare it as `[contracts.{shown}]`, or remove the folder"))
}
