//! `accept`: what the source says becomes the record, and the clients follow, all or nothing.

use super::Project;
use super::baseline::BaselineState;
use super::client::Fresh;
use super::observe::{Observing, Reuse};
use super::record::RecordOnDisk;
use crate::config::{ClientConfig, ContractConfig};
use crate::store::{self, Transaction};
use countersign_model::{
    ChangeSet, Digest, FileChange, Name, Observed, Problem, Record, Recorded, TreeDiff, Waiver,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::path::{Path, PathBuf};

/// The version of the canonical form that is written now.
pub(crate) const CANONICAL_VERSION: u32 = 1;

/// Where the new record comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The code, by the contract's `dump`.
    Code,
    /// The live service.
    Live,
    /// A file or a URL.
    From(String),
}

/// What to accept.
#[derive(Clone, Debug)]
pub struct AcceptOptions {
    /// Where the new records come from.
    pub source: Source,
}

/// What an accept did to one contract.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The contract.
    pub contract: Name,
    /// The digest of the record before; none for a new contract.
    pub from: Option<Digest>,
    /// The digest of the record now.
    pub to: Digest,
    /// What changed.
    pub changes: ChangeSet,
    /// The clients and the files of theirs that changed.
    pub clients: Vec<(Name, Vec<FileChange>)>,
    /// Waivers that had done their work and were pruned.
    pub pruned: usize,
    /// Files that tools wrote beside their output, which were discarded.
    pub written_elsewhere: Vec<String>,
}

/// A contract that is ready to be written.
struct Prepared {
    contract: ContractConfig,
    observed: Observed,
    recorded: Option<Recorded>,
    changes: ChangeSet,
    clients: Vec<(ClientConfig, Option<Fresh>, Vec<FileChange>)>,
    waivers: Option<(Vec<Waiver>, usize)>,
}

impl Project {
    /// Accept these contracts. Whatever fails, nothing has changed.
    ///
    /// # Errors
    /// Everything that is wrong with any of the contracts.
    pub fn accept(
        &self,
        contracts: &[Name],
        options: &AcceptOptions,
    ) -> Result<(Vec<Accepted>, Vec<PathBuf>), Vec<Problem>> {
        let root = &self.config.root;
        if store::pending(root).map_err(|error| vec![error.problem()])?.is_some() {
            store::recover(root).map_err(|error| vec![error.problem()])?;
        }
        let baseline = self.baseline(None, contracts);
        let prepared: Vec<Result<Prepared, Vec<Problem>>> = (contracts.par_iter())
            .filter_map(|name| self.config.contracts.get(name))
            .map(|contract| self.prepare_accept(contract, &baseline, options))
            .collect();
        let mut ready = Vec::new();
        let mut problems = Vec::new();
        for result in prepared {
            match result {
                Ok(contract) => ready.push(contract),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let changed = self.write(&ready).map_err(|problem| vec![*problem])?;
        Ok((ready.into_iter().map(Prepared::accepted).collect(), changed))
    }

    fn prepare_accept(
        &self,
        contract: &ContractConfig,
        baseline: &BaselineState,
        options: &AcceptOptions,
    ) -> Result<Prepared, Vec<Problem>> {
        let observed = match self.source(contract, &options.source)? {
            Observing::Seen(observed, _) => observed,
            Observing::Unreachable(problem) => return Err(vec![problem]),
            Observing::Failed(problems) => return Err(problems),
        };
        // A damaged record is what an accept cures, so it is not read here.
        let record = self.record(contract);
        let at_baseline = self.at_baseline(baseline, contract);
        let differs = self.differs(contract)?;
        let changes = match record.recorded() {
            Some(recorded) => {
                self.changes(contract, &differs, &recorded.0, &observed.0).map_err(|problem| vec![problem])?
            }
            None => ChangeSet::default(),
        };
        let clients: Vec<&ClientConfig> = self.config.clients_of(&contract.name).collect();
        let next = observed.clone().into_recorded();
        let fresh: Vec<Result<_, Problem>> = (clients.par_iter())
            .map(|client| self.prepare_client(contract, client, &next, &at_baseline))
            .collect();
        let clients = collect(fresh)?;
        let waivers = self.pruned(contract, &at_baseline.waivers).map_err(|problem| vec![problem])?;
        let recorded = match record {
            RecordOnDisk::Sound(recorded) => Some(recorded),
            RecordOnDisk::Missing | RecordOnDisk::Damaged(_) => None,
        };
        Ok(Prepared { contract: contract.clone(), observed, recorded, changes, clients, waivers })
    }

    fn source(&self, contract: &ContractConfig, source: &Source) -> Result<Observing, Vec<Problem>> {
        match (source, &contract.dump) {
            (Source::From(from), _) => Ok(self.given(contract, from)),
            (Source::Live, _) => Ok(self.live(contract)),
            (Source::Code, Some(stage)) => Ok(self.dump(contract, stage, Reuse::Never)),
            (Source::Code, None) => {
                let name = &contract.name;
                let message = format!("contract `{name}` is somebody else's: it has no `dump`");
                let hint = match contract.live {
                    Some(_) => format!("countersign accept {name} --live"),
                    None => format!("countersign accept {name} --from FILE"),
                };
                let at = self.config.position(&contract.pointer);
                Err(vec![Problem::new("no-source", message).hint(hint).at(at)])
            }
        }
    }

    /// A client as the new record generates it; none where the lock proves that it is so already.
    fn prepare_client(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        next: &Recorded,
        baseline: &super::baseline::BaselineContract,
    ) -> Result<(ClientConfig, Option<Fresh>, Vec<FileChange>), Problem> {
        let Some(local) = client.local() else { return Ok((client.clone(), None, Vec::new())) };
        if self.is_proved(contract, client, next, baseline) {
            return Ok((client.clone(), None, Vec::new()));
        }
        let committed = self.committed(contract, client, local)?;
        let fresh = self.fresh(contract, client, local, &committed, &next.0)?;
        let files = TreeDiff::between(&committed.generated_digests(), &fresh.generated.digests()).0;
        Ok((client.clone(), Some(fresh), files))
    }

    /// The waivers without those that the baseline holds; none where nothing changes.
    fn pruned(
        &self,
        contract: &ContractConfig,
        baseline: &[Waiver],
    ) -> Result<Option<(Vec<Waiver>, usize)>, Problem> {
        let waivers = self.waivers(contract)?;
        let all = waivers.len();
        let kept: Vec<_> = waivers.into_iter().filter(|waiver| !baseline.contains(waiver)).collect();
        let pruned = all - kept.len();
        Ok((pruned > 0).then_some((kept, pruned)))
    }

    fn write(&self, contracts: &[Prepared]) -> Result<Vec<PathBuf>, Box<Problem>> {
        let failed = |error: store::StoreError| Box::new(error.problem());
        let ignore = super::client::globs(["**/__pycache__/**", "**/.ruff_cache/**", "**/.DS_Store"])
            .map_err(Box::new)?;
        let mut transaction = Transaction::begin(&self.config.root).map_err(failed)?.ignoring(ignore);
        for prepared in contracts {
            self.stage_contract(&mut transaction, prepared).map_err(failed)?;
        }
        Ok(transaction.commit().map_err(failed)?.changed)
    }

    fn stage_contract(
        &self,
        transaction: &mut Transaction,
        prepared: &Prepared,
    ) -> Result<(), store::StoreError> {
        let contract = &prepared.contract;
        let files = self.files(contract);
        let snapshot = &prepared.observed.0;
        transaction.write_file(&files.snapshot(), snapshot.bytes())?;
        // A record is rewritten only when the snapshot's bytes change: then its digest does.
        let unchanged =
            prepared.recorded.as_ref().is_some_and(|recorded| recorded.0.digest() == snapshot.digest());
        if !unchanged {
            let record = Record {
                version: store::RECORD_VERSION,
                format: contract.format.as_str().into(),
                digest: snapshot.digest(),
                canonical: CANONICAL_VERSION,
            };
            transaction.write_file(&files.record(), &store::print_record(&record))?;
        }
        match &prepared.waivers {
            Some((kept, _)) if kept.is_empty() => transaction.remove_file(&files.waivers())?,
            Some((kept, _)) => transaction.write_file(&files.waivers(), &store::print_waivers(kept))?,
            None => {}
        }
        for (client, fresh, _) in &prepared.clients {
            if let (Some(local), Some(fresh)) = (client.local(), fresh) {
                transaction.replace_tree(Path::new(&local.output_path()), &fresh.tree)?;
                transaction.write_file(&files.client_lock(&client.name), &store::print_lock(&fresh.lock))?;
            }
        }
        for orphan in self.orphaned_locks(contract)? {
            transaction.remove_file(&orphan)?;
        }
        Ok(())
    }

    /// Locks of clients that are no longer declared for this contract.
    fn orphaned_locks(&self, contract: &ContractConfig) -> Result<Vec<PathBuf>, store::StoreError> {
        let files = self.files(contract);
        let declared: Vec<_> =
            self.config.clients_of(&contract.name).filter(|client| client.local().is_some()).collect();
        let locked = files.locked_clients(&self.config.root)?;
        let orphans =
            locked.into_iter().filter(|name| !declared.iter().any(|client| client.name.as_str() == name));
        Ok(orphans
            .filter_map(|name| name.parse::<Name>().ok())
            .map(|name| files.client_lock(&name))
            .collect())
    }
}

impl Prepared {
    fn accepted(self) -> Accepted {
        let written_elsewhere = self
            .clients
            .iter()
            .filter_map(|(_, fresh, _)| fresh.as_ref())
            .flat_map(|fresh| fresh.written_elsewhere.clone());
        Accepted {
            contract: self.contract.name.clone(),
            from: self.recorded.as_ref().map(|recorded| recorded.0.digest()),
            to: self.observed.0.digest(),
            changes: self.changes.clone(),
            written_elsewhere: written_elsewhere.collect(),
            clients: self.clients.into_iter().map(|(client, _, files)| (client.name, files)).collect(),
            pruned: self.waivers.map_or(0, |(_, pruned)| pruned),
        }
    }
}

/// All the results, or all the problems.
pub(crate) fn collect<T>(results: Vec<Result<T, Problem>>) -> Result<Vec<T>, Vec<Problem>> {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}
