//! `waive`: a person accepts one break, until a day.

use super::Project;
use super::check::CheckOptions;
use crate::store::{self, Transaction};
use countersign_model::{Change, Date, Fingerprint, Name, Problem, Waiver, terminal};
use std::path::PathBuf;

/// Who accepts which break, why, and until when.
#[derive(Clone, Debug)]
pub struct WaiveRequest {
    /// The break.
    pub fingerprint: Fingerprint,
    /// Who answers for it.
    pub owner: String,
    /// Why it may be.
    pub reason: String,
    /// The last day on which it counts, in UTC.
    pub until: Date,
}

impl Project {
    /// Write a waiver for a break of one of these contracts.
    ///
    /// # Errors
    /// A problem where no such break is known, the day has passed, or nothing can be written.
    pub fn waive(&self, contracts: &[Name], request: &WaiveRequest) -> Result<(Name, PathBuf), Vec<Problem>> {
        let one = |problem: Problem| vec![problem];
        if request.until < self.settings.today() {
            let message = format!("`--until {}` has passed already", request.until);
            return Err(one(Problem::new("waiver-expired", message).hint("name a day in the future")));
        }
        if request.owner.trim().is_empty() || request.reason.trim().is_empty() {
            let message = "a waiver needs somebody who answers for it, and a reason";
            return Err(one(
                Problem::new("waiver-incomplete", message).hint("fill in `--owner` and `--reason`")
            ));
        }
        let (contract, change) = self.find_break(contracts, &request.fingerprint)?;
        let config = self
            .config
            .contracts
            .get(&contract)
            .ok_or_else(|| one(Problem::new("bug", "a contract vanished")))?;
        let failed = |error: store::StoreError| one(error.problem());
        // The lock comes before the reading: two waivers at once must not lose one.
        let mut transaction = Transaction::begin(&self.config.root).map_err(failed)?;
        let mut waivers = self.waivers(config).map_err(one)?;
        waivers.retain(|waiver| waiver.fingerprint != request.fingerprint);
        waivers.push(Waiver {
            fingerprint: request.fingerprint.clone(),
            owner: request.owner.clone(),
            reason: request.reason.clone(),
            until: request.until,
            summary: terminal(&format!("{}: {}", change.rule, change.summary)),
        });
        waivers.sort_by(|left, right| left.fingerprint.cmp(&right.fingerprint));
        let path = self.files(config).waivers();
        transaction.write_file(&path, &store::print_waivers(&waivers)).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok((contract, path))
    }

    /// The break with a fingerprint, among those of this change and those that an accept would bring in.
    fn find_break(
        &self,
        contracts: &[Name],
        fingerprint: &Fingerprint,
    ) -> Result<(Name, Change), Vec<Problem>> {
        let options = CheckOptions { command: "waive", ..CheckOptions::default() };
        let mut shallow = options.clone();
        shallow.no_tools = true;
        // The record is enough for most breaks; only where it is not is the code asked.
        for options in [shallow, options] {
            let report = self.check(contracts, &options);
            if let Some(problem) = report.problems.first() {
                return Err(vec![problem.clone()]);
            }
            for contract in &report.contracts {
                let breaks =
                    contract.breaks.iter().map(|finding| &finding.change).chain(contract.drift.breaks());
                for change in breaks {
                    if change.fingerprint(&contract.name) == *fingerprint {
                        return Ok((contract.name.clone(), change.clone()));
                    }
                }
            }
        }
        let message = format!("no break bears the fingerprint `{fingerprint}`");
        Err(vec![
            Problem::new("unknown-fingerprint", message)
                .hint("`countersign check` shows the breaks and their fingerprints"),
        ])
    }
}
