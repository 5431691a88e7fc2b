//! `generate`: clients from the record, which stays as it is.

use super::Project;
use super::accept::collect;
use super::fresh::{CACHES, Fresh, Purpose, reported};
use super::record::RecordOnDisk;
use crate::config::ClientConfig;
use crate::store::{self, Transaction};
use countersign_model::{
    BaselineReport, ClientReport, ClientState, FileChange, Name, Problem, Proof, Report, TreeDiff,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeSet;
use std::path::Path;

impl Project {
    /// The clients with these names, or all that live here.
    ///
    /// # Errors
    /// A problem for each name that is not declared, or whose client lives elsewhere.
    pub fn select_clients(&self, names: &[String]) -> Result<Vec<Name>, Vec<Problem>> {
        let known = self.config.clients.keys().cloned().collect();
        let selected = super::select("client", names, known)?;
        let local =
            |name: &Name| self.config.clients.get(name).is_some_and(|client| client.local().is_some());
        let elsewhere: Vec<_> = selected.iter().filter(|name| !local(name) && !names.is_empty()).collect();
        if let Some(name) = elsewhere.first() {
            let message = format!("client `{name}` lives in another repository, which generates it");
            return Err(vec![
                Problem::new("external-client", message).hint("run `countersign generate` there"),
            ]);
        }
        Ok(selected.into_iter().filter(|name| local(name)).collect())
    }

    /// Generate these clients from their contracts' records.
    ///
    /// # Errors
    /// Everything that is wrong with any of them; nothing has changed then.
    pub fn generate(&self, clients: &[Name]) -> Result<Report, Vec<Problem>> {
        let selected: Vec<&ClientConfig> =
            clients.iter().filter_map(|name| self.config.clients.get(name)).collect();
        let results: Vec<_> = selected.par_iter().map(|client| self.generate_one(client)).collect();
        let fresh = collect(results)?;
        let failed = |error: store::StoreError| vec![error.problem()];
        let ignore = super::client::globs(CACHES).map_err(|problem| vec![problem])?;
        let mut transaction = Transaction::begin(&self.config.root).map_err(failed)?.ignoring(ignore);
        for (client, fresh, _) in &fresh {
            if let (Some(local), Some(contract)) =
                (client.local(), self.config.contracts.get(&client.contract))
            {
                let lock = self.files(contract).client_lock(&client.name);
                transaction.replace_tree(Path::new(&local.output_path()), &fresh.tree).map_err(failed)?;
                transaction.write_file(&lock, &store::print_lock(&fresh.lock)).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)?;
        Ok(self.generated_report(&fresh))
    }

    /// The contracts of the clients that were generated, with those clients and no others.
    fn generated_report(&self, fresh: &[(&ClientConfig, Fresh, Vec<FileChange>)]) -> Report {
        let contracts: BTreeSet<&Name> = fresh.iter().map(|(client, ..)| &client.contract).collect();
        let reports =
            contracts.into_iter().filter_map(|name| self.config.contracts.get(name)).map(|contract| {
                let mut report = self.empty_report(contract);
                let clients = fresh.iter().filter(|(client, ..)| client.contract == contract.name);
                report.clients = clients
                    .map(|(client, fresh, files)| ClientReport {
                        state: ClientState::Agreed,
                        cage: fresh.cage.map(reported),
                        proof: Some(Proof::Generated),
                        upcoming: Some(files.clone()),
                        ..self.unlooked(client)
                    })
                    .collect();
                report.recorded = self.record(contract).recorded().map(|recorded| recorded.0.digest());
                report
            });
        self.report("generate", BaselineReport::NotNeeded, reports.collect(), Vec::new())
    }

    fn generate_one<'a>(
        &self,
        client: &'a ClientConfig,
    ) -> Result<(&'a ClientConfig, Fresh, Vec<FileChange>), Problem> {
        let undeclared =
            || Problem::new("unknown-contract", format!("client `{}` has no contract", client.name));
        let contract = self.config.contracts.get(&client.contract).ok_or_else(undeclared)?;
        let local = client.local().ok_or_else(undeclared)?;
        let recorded = match self.record(contract) {
            RecordOnDisk::Sound(recorded) => recorded,
            RecordOnDisk::Missing => {
                let message = format!("contract `{}` has no record to generate from", contract.name);
                return Err(
                    Problem::new("no-record", message).hint(format!("countersign accept {}", contract.name))
                );
            }
            RecordOnDisk::Damaged(problems) => return Err(super::client::first(problems)),
        };
        let committed = self.committed(contract, client, local)?;
        let fresh = self.fresh(contract, client, local, &committed, &recorded.0, Purpose::Write)?;
        let files = TreeDiff::between(&committed.generated_digests(), &fresh.generated.digests()).0;
        Ok((client, fresh, files))
    }
}
