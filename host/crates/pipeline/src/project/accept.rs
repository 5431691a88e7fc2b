//! `accept`: what the source says becomes the record, and the clients follow, all or nothing.

use super::Project;
use super::baseline::BaselineState;
use super::fresh::{CACHES, Fresh, Purpose, reported};
use super::observe::{Observing, Reuse};
use super::record::RecordOnDisk;
use crate::config::{ClientConfig, ContractConfig};
use crate::store::{self, Transaction};
use countersign_model::{
    ChangeSet, ClientState, ContractReport, FileChange, Name, Observation, Observed, ObservedFrom, Problem,
    Proof, RawDocument, Record, RecordState, Recorded, Report, TreeDiff, Waiver,
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

/// Asks a contract's source.
type Asking<'a> = dyn Fn(&ContractConfig) -> Result<Observing, Vec<Problem>> + Sync + 'a;

/// A contract that is ready to be written.
struct Prepared {
    contract: ContractConfig,
    observed: Observed,
    from: ObservedFrom,
    recorded: Option<Recorded>,
    changes: ChangeSet,
    clients: Vec<(ClientConfig, Option<Fresh>, Vec<FileChange>)>,
    /// The waivers that the baseline holds already.
    merged_waivers: Vec<Waiver>,
}

impl Project {
    /// Accept these contracts. Whatever fails, nothing has changed.
    ///
    /// # Errors
    /// Everything that is wrong with any of the contracts.
    pub fn accept(&self, contracts: &[Name], source: &Source) -> Result<Report, Vec<Problem>> {
        self.accept_against(None, contracts, &|contract| self.source(contract, source))
    }

    /// Accept a document that was fetched already, with the work tree's own commit as the baseline.
    pub(crate) fn accept_document(
        &self,
        contract: &ContractConfig,
        raw: &RawDocument,
    ) -> Result<Report, Vec<Problem>> {
        let names = [contract.name.clone()];
        self.accept_against(Some("HEAD"), &names, &|contract| Ok(self.seen(contract, raw.clone())))
    }

    fn accept_against(
        &self,
        baseline: Option<&str>,
        contracts: &[Name],
        source: &Asking<'_>,
    ) -> Result<Report, Vec<Problem>> {
        let root = &self.config.root;
        if store::pending(root).map_err(|error| vec![error.problem()])?.is_some() {
            store::recover(root).map_err(|error| vec![error.problem()])?;
        }
        let baseline = self.baseline(baseline, contracts);
        let prepared: Vec<Result<Prepared, Vec<Problem>>> = (contracts.par_iter())
            .filter_map(|name| self.config.contracts.get(name))
            .map(|contract| self.prepare_accept(contract, &baseline, source))
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
        self.write(&ready).map_err(|problem| vec![*problem])?;
        let reports = ready.iter().map(|prepared| self.accepted(prepared, &baseline)).collect();
        let mut problems = self.undeclared();
        if let BaselineState::Unreadable(problem) = &baseline {
            problems.push(problem.clone());
        }
        Ok(self.report("accept", baseline.report(), reports, problems))
    }

    fn prepare_accept(
        &self,
        contract: &ContractConfig,
        baseline: &BaselineState,
        source: &Asking<'_>,
    ) -> Result<Prepared, Vec<Problem>> {
        let (observed, from) = match source(contract)? {
            Observing::Seen(observed, from) => (observed, from),
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
        let merged_waivers = at_baseline.waivers;
        let recorded = match record {
            RecordOnDisk::Sound(recorded) => Some(recorded),
            RecordOnDisk::Missing | RecordOnDisk::Damaged(_) => None,
        };
        Ok(Prepared {
            contract: contract.clone(),
            observed,
            from,
            recorded,
            changes,
            clients,
            merged_waivers,
        })
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
        let asked = self.settings.generating.upgrade || self.settings.generating.twice;
        if !asked && self.is_proved(contract, client, next, baseline) {
            return Ok((client.clone(), None, Vec::new()));
        }
        let committed = self.committed(contract, client, local)?;
        let fresh = self.fresh(contract, client, local, &committed, &next.0, Purpose::Write)?;
        let files = TreeDiff::between(&committed.generated_digests(), &fresh.generated.digests()).0;
        Ok((client.clone(), Some(fresh), files))
    }

    /// The waivers without those that the baseline holds; none where nothing changes.
    fn pruned(&self, contract: &ContractConfig, baseline: &[Waiver]) -> Result<Option<Vec<Waiver>>, Problem> {
        let waivers = self.waivers(contract)?;
        let all = waivers.len();
        let kept: Vec<_> = waivers.into_iter().filter(|waiver| !baseline.contains(waiver)).collect();
        Ok((kept.len() < all).then_some(kept))
    }

    fn write(&self, contracts: &[Prepared]) -> Result<(), Box<Problem>> {
        let failed = |error: store::StoreError| Box::new(error.problem());
        let ignore = super::client::globs(CACHES).map_err(Box::new)?;
        let mut transaction = Transaction::begin(&self.config.root).map_err(failed)?.ignoring(ignore);
        for prepared in contracts {
            self.unchanged_since(&prepared.contract, prepared.recorded.as_ref())?;
            let waivers = self.pruned(&prepared.contract, &prepared.merged_waivers).map_err(Box::new)?;
            self.stage_contract(&mut transaction, prepared, waivers.as_deref()).map_err(failed)?;
        }
        transaction.commit().map(drop).map_err(failed)
    }

    /// What was prepared without the lock holds only if nobody wrote in between.
    fn unchanged_since(
        &self,
        contract: &ContractConfig,
        seen: Option<&Recorded>,
    ) -> Result<(), Box<Problem>> {
        let now = self.record(contract);
        let digest = |recorded: &Recorded| recorded.0.digest();
        if now.recorded().map(digest) == seen.map(digest) {
            return Ok(());
        }
        let message = format!("the record of `{}` changed while this was being prepared", contract.name);
        Err(Box::new(Problem::new("changed-meanwhile", message).hint("run it again")))
    }

    fn stage_contract(
        &self,
        transaction: &mut Transaction,
        prepared: &Prepared,
        waivers: Option<&[Waiver]>,
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
        match waivers {
            Some([]) => transaction.remove_file(&files.waivers())?,
            Some(kept) => transaction.write_file(&files.waivers(), &store::print_waivers(kept))?,
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

    /// What there is to say after the writing: what was brought in, what it did to the clients, and the breaks
    /// that the new record has against the baseline.
    fn accepted(&self, prepared: &Prepared, baseline: &BaselineState) -> ContractReport {
        let contract = &prepared.contract;
        let mut report = self.empty_report(contract);
        let at_baseline = self.at_baseline(baseline, contract);
        let recorded = prepared.observed.clone().into_recorded();
        report.record = RecordState::Agreed;
        report.recorded = Some(recorded.0.digest());
        report.baseline = at_baseline.snapshot.as_ref().map(|snapshot| snapshot.0.digest());
        report.observed = Some(Observation { digest: recorded.0.digest(), from: prepared.from });
        report.drift = prepared.changes.clone();
        report.problems.extend(at_baseline.problems.iter().cloned());
        match self.differs(contract) {
            Ok(differs) => self.judge_breaks(contract, &differs, &at_baseline, &recorded, &mut report),
            Err(problems) => report.problems.extend(problems),
        }
        report.clients = (prepared.clients.iter())
            .map(|(client, fresh, files)| {
                let mut report = self.unlooked(client);
                if client.local().is_some() {
                    report.state = ClientState::Agreed;
                    report.proof = Some(if fresh.is_some() { Proof::Generated } else { Proof::Lock });
                    report.upcoming = Some(files.clone());
                    report.cage = fresh.as_ref().and_then(|fresh| fresh.cage).map(reported);
                }
                report
            })
            .collect();
        report.fixes = super::check::fixes(contract, &report, false);
        report.settle_verdict();
        report
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
