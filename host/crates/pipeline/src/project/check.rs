//! `check`: compare code, record, baseline and clients. It never writes.

use super::Project;
use super::baseline::{BaselineContract, BaselineState};
use super::fresh::Purpose;
use super::observe::{Observing, Reuse, external_clients};
use super::record::RecordOnDisk;
use crate::config::ContractConfig;
use crate::stage::Prepared;
use crate::store;
use countersign_model::{
    BaselineReport, ClientReport, ClientState, ContractReport, Date, Fix, Name, Observation, Observed,
    ObservedFrom, Problem, RecordState, Recorded, Report, TreeDiff, Verdict, WaiverState, settle,
};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// How to check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// The command that is told to the user.
    pub command: &'static str,
    /// Ask the live sources instead of the code.
    pub live: bool,
    /// Run no dump and no generator: `status`, and `check --no-tools`.
    pub no_tools: bool,
    /// Dump even where the declared inputs did not change.
    pub always_dump: bool,
    /// The revision that the event names as the baseline.
    pub baseline: Option<String>,
}

impl Project {
    /// Check these contracts.
    pub fn check(&self, contracts: &[Name], options: &CheckOptions) -> Report {
        if let Some(report) = self.interrupted(options.command) {
            return report;
        }
        let baseline = self.baseline(options.baseline.as_deref(), contracts);
        let reports: Vec<ContractReport> = (contracts.par_iter())
            .filter_map(|name| self.config.contracts.get(name))
            .map(|contract| self.check_contract(contract, &baseline, options))
            .collect();
        let mut problems = self.undeclared();
        problems.extend(self.removed_contracts(&baseline));
        if let BaselineState::Unreadable(problem) = &baseline {
            problems.push(problem.clone());
        }
        self.report(options.command, baseline.report(), reports, problems)
    }

    /// The report of a repository with a journal in it: nothing else can be said.
    pub fn interrupted(&self, command: &str) -> Option<Report> {
        let problem = match store::pending(&self.config.root) {
            Ok(None) => return None,
            Ok(Some(journal)) => {
                let targets: Vec<_> = journal.targets().map(|path| format!("`{}`", path.display())).collect();
                Problem::new("interrupted-accept", "an accept was interrupted while it was writing")
                    .cause(format!("it was writing {}", targets.join(", ")))
                    .hint("run `countersign recover` to finish it")
            }
            Err(error) => error.problem(),
        };
        let interrupted = problem.code == "interrupted-accept";
        let mut report = self.report(command, BaselineReport::NotNeeded, Vec::new(), vec![problem]);
        if interrupted {
            report.verdict = Verdict::Interrupted;
            report.exit_code = Verdict::Interrupted.exit_code();
        }
        Some(report)
    }

    pub(crate) fn report(
        &self,
        command: &str,
        baseline: BaselineReport,
        contracts: Vec<ContractReport>,
        problems: Vec<Problem>,
    ) -> Report {
        Report::new(env!("CARGO_PKG_VERSION"), command, baseline, contracts, problems)
    }

    fn check_contract(
        &self,
        contract: &ContractConfig,
        state: &BaselineState,
        options: &CheckOptions,
    ) -> ContractReport {
        let mut report = self.empty_report(contract);
        let baseline = self.at_baseline(state, contract);
        report.problems.extend(baseline.problems.iter().cloned());
        report.baseline = baseline.snapshot.as_ref().map(|snapshot| snapshot.0.digest());
        let differs = self.differs(contract).unwrap_or_else(|problems| {
            report.problems.extend(problems);
            Vec::new()
        });
        let record = self.record(contract);
        report.recorded = record.recorded().map(|recorded| recorded.0.digest());
        let observed = self.observe(contract, options, &mut report);
        self.judge_record(contract, &differs, &record, observed.as_ref(), &mut report);
        match record {
            RecordOnDisk::Missing => {}
            RecordOnDisk::Damaged(problems) => report.problems.extend(problems),
            RecordOnDisk::Sound(recorded) => {
                self.judge_breaks(contract, &differs, &baseline, &recorded, &mut report);
                self.judge_clients(contract, &baseline, &recorded, observed.as_ref(), options, &mut report);
            }
        }
        report.fixes = fixes(contract, &report, options.live);
        report.settle_verdict();
        if matches!(state, BaselineState::Unreadable(_)) {
            report.verdict = Verdict::worst([report.verdict, Verdict::Undecided]);
        }
        report
    }

    pub(crate) fn empty_report(&self, contract: &ContractConfig) -> ContractReport {
        ContractReport {
            name: contract.name.clone(),
            format: contract.format.as_str().into(),
            snapshot: contract.snapshot_path(),
            verdict: Verdict::Agreed,
            record: RecordState::NotAsked,
            recorded: None,
            baseline: None,
            observed: None,
            drift: countersign_model::ChangeSet::default(),
            changes: Vec::new(),
            breaks: Vec::new(),
            waivers: Vec::new(),
            clients: Vec::new(),
            problems: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Ask the source, if this run asks it at all.
    fn observe(
        &self,
        contract: &ContractConfig,
        options: &CheckOptions,
        report: &mut ContractReport,
    ) -> Option<Observed> {
        let reuse = if options.always_dump { Reuse::Never } else { Reuse::Kept };
        let observing = match (&contract.dump, options.live) {
            (_, true) if contract.live.is_some() => self.live(contract),
            (Some(stage), _) if options.no_tools => match self.kept_dump(contract, stage) {
                Some(observed) if !options.always_dump => Observing::Seen(observed, ObservedFrom::KeptDump),
                Some(_) | None if options.command == "check" => Observing::Failed(vec![unasked(contract)]),
                Some(_) | None => return None,
            },
            (Some(stage), _) => self.dump(contract, stage, reuse),
            (None, _) => return None,
        };
        match observing {
            Observing::Seen(observed, from) => {
                report.observed = Some(Observation { digest: observed.0.digest(), from });
                Some(observed)
            }
            Observing::Unreachable(problem) => {
                report.record = RecordState::Unreachable;
                report.problems.push(problem);
                None
            }
            Observing::Failed(problems) => {
                report.record = RecordState::Undecided;
                report.problems.extend(problems);
                None
            }
        }
    }

    fn judge_record(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        record: &RecordOnDisk,
        observed: Option<&Observed>,
        report: &mut ContractReport,
    ) {
        match (record, observed) {
            (RecordOnDisk::Missing, _) if report.record != RecordState::Undecided => {
                report.record = RecordState::Missing;
            }
            (RecordOnDisk::Damaged(_), _) => report.record = RecordState::Undecided,
            (RecordOnDisk::Missing, _) | (RecordOnDisk::Sound(_), None) => {}
            (RecordOnDisk::Sound(recorded), Some(observed)) if observed.agrees_with(recorded) => {
                report.record = RecordState::Agreed;
            }
            (RecordOnDisk::Sound(recorded), Some(observed)) => {
                report.record = RecordState::Stale;
                match self.changes(contract, differs, &recorded.0, &observed.0) {
                    Ok(changes) => report.drift = changes,
                    Err(problem) => report.problems.push(problem),
                }
            }
        }
    }

    /// Baseline → Recorded, so that accepting never hides a break.
    pub(crate) fn judge_breaks(
        &self,
        contract: &ContractConfig,
        differs: &[Prepared<'_>],
        baseline: &BaselineContract,
        recorded: &Recorded,
        report: &mut ContractReport,
    ) {
        let changes = match &baseline.snapshot {
            None => countersign_model::ChangeSet::default(),
            Some(old) => match self.changes(contract, differs, &old.0, &recorded.0) {
                Ok(changes) => changes,
                Err(problem) => return report.problems.push(problem),
            },
        };
        let waivers = match self.waivers(contract) {
            Ok(waivers) => waivers,
            Err(problem) => return report.problems.push(problem),
        };
        let external = baseline.external || external_clients(self, &contract.name);
        let block = contract.block.stricter(baseline.block);
        let today: Date = self.settings.today();
        let settlement =
            settle(&contract.name, &changes, &waivers, &baseline.waivers, block, external, today);
        report.changes = changes.0;
        report.breaks = settlement.findings;
        report.waivers = settlement.waivers;
    }

    fn judge_clients(
        &self,
        contract: &ContractConfig,
        baseline: &BaselineContract,
        recorded: &Recorded,
        observed: Option<&Observed>,
        options: &CheckOptions,
        report: &mut ContractReport,
    ) {
        let clients: Vec<_> = self.config.clients_of(&contract.name).collect();
        let stale = observed.filter(|observed| !observed.agrees_with(recorded) && !options.no_tools);
        report.clients = (clients.par_iter())
            .map(|client| {
                let mut report = self.client_report(contract, client, recorded, baseline, options.no_tools);
                if let Some(observed) = stale {
                    self.preview(contract, client, observed, &mut report);
                }
                report
            })
            .collect();
    }

    /// What an accept would do to the files of a client.
    fn preview(
        &self,
        contract: &ContractConfig,
        client: &crate::config::ClientConfig,
        observed: &Observed,
        report: &mut ClientReport,
    ) {
        // Whatever is wrong with the tool has been said once already.
        let Some(local) = client.local().filter(|_| report.state != ClientState::Undecided) else { return };
        let fresh = self.committed(contract, client, local).and_then(|committed| {
            let fresh = self.fresh(contract, client, local, &committed, &observed.0, Purpose::Compare)?;
            Ok(TreeDiff::between(&committed.generated_digests(), &fresh.generated.digests()).0)
        });
        match fresh {
            Ok(files) => report.upcoming = Some(files),
            // How the client stands to the record is decided; only the outlook is missing.
            Err(problem) => self.warn(
                "accept",
                client.name.as_str(),
                format!("cannot tell what an accept would change: {}", problem.message),
            ),
        }
    }
}

/// `--no-tools` asks nobody, and what nobody was asked is not agreed.
fn unasked(contract: &ContractConfig) -> Problem {
    let message =
        format!("contract `{}`: nobody asked the code, so nobody knows whether it agrees", contract.name);
    Problem::new("unverified-record", message).hint("run `countersign check` without `--no-tools`")
}

/// What cures a contract, in the order in which to do it.
pub(crate) fn fixes(contract: &ContractConfig, report: &ContractReport, live: bool) -> Vec<Fix> {
    let name = &contract.name;
    let mut fixes = Vec::new();
    // Where the configuration, a stage or the record is wrong, its problem says what to do.
    if report.problems.is_empty() && matches!(report.record, RecordState::Stale | RecordState::Missing) {
        let (source, from) = match (contract.is_ours(), live, contract.live.is_some()) {
            (true, false, _) => ("", "the code"),
            (_, _, true) => (" --live", "the live service"),
            (true, true, false) => ("", "the code"),
            (false, _, false) => (" --from FILE", "a document that you name"),
        };
        fixes.push(Fix {
            command: format!("countersign accept {name}{source}"),
            does: format!("take what {from} says as the record, and regenerate the clients"),
        });
    } else if report.clients.iter().any(|client| client.state == ClientState::Stale) {
        let stale = report.clients.iter().filter(|client| client.state == ClientState::Stale);
        let names: Vec<_> = stale.map(|client| client.name.to_string()).collect();
        fixes.push(Fix {
            command: format!("countersign generate {}", names.join(" ")),
            does: "generate from the record, which stays as it is".into(),
        });
    }
    for finding in report.breaks.iter().filter(|finding| finding.blocks()) {
        fixes.push(Fix {
            command: format!(
                "countersign waive {} --owner NAME --reason TEXT --until YYYY-MM-DD",
                finding.fingerprint
            ),
            does: "accept this break, if those who depend on it can live with it".into(),
        });
    }
    if report.waivers.iter().any(|waiver| waiver.state == WaiverState::Spent) && fixes.is_empty() {
        fixes.push(Fix {
            command: format!("countersign accept {name}"),
            does: "prune the waivers that have done their work".into(),
        });
    }
    fixes
}
