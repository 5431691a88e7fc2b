//! What a canary found, told on channels: the same violations of the same record once on each.
//!
//! Receipts are kept as those of changes are, on the commit that made the record what it is.

use super::super::Project;
use super::Told;
use super::ledger::{self, Ledger};
use super::notice::MOST_FINDINGS;
use super::plan::{Effect, Plan};
use crate::config::ContractConfig;
use crate::git::{Commit, Git};
use countersign_model::{
    CanaryContract, CanaryReport, Change, Digest, Direction, Impact, ImpactCounts, Name, Notice,
    NoticeVerdict, Problem, SCHEMA_VERSION, Snapshot, Violation,
};

impl Project {
    /// Tell the canary's channels of what it found, each once while the same is wrong.
    #[must_use]
    pub fn tell_violations(&self, report: CanaryReport) -> CanaryReport {
        let mut told = Told::default();
        let wrong: Vec<(&CanaryContract, &ContractConfig, Digest)> = (report.contracts.iter())
            .filter_map(|found| Some((found, self.config.contracts.get(&found.name)?, found.key?)))
            .filter(|(_, contract, _)| !hearers(contract).is_empty())
            .collect();
        if !wrong.is_empty() {
            let done = match &self.git {
                Some(git) => self.tell_wrong(git, &wrong, &mut told),
                None => Err(super::no_version_control()),
            };
            told.problems.extend(done.err());
        }
        report.with_notices(told.notices, told.problems)
    }

    fn tell_wrong(
        &self,
        git: &Git,
        wrong: &[(&CanaryContract, &ContractConfig, Digest)],
        told: &mut Told,
    ) -> Result<(), Problem> {
        let ledger = Ledger::open(git, &self.config.root, self.settings.now)?;
        ledger::fetch(git)?;
        let mut plan = Plan::default();
        for (found, contract, key) in wrong {
            match self.violation(git, found, contract) {
                Ok((notice, commit)) => {
                    self.violation_effects(git, contract, *key, &notice, &commit, &ledger, &mut plan)?;
                    plan.changes.push(notice);
                }
                Err(problem) => told.problems.push(problem),
            }
        }
        self.fulfil(&plan, &ledger, told)?;
        ledger.share()
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one violation, each from another place")]
    fn violation_effects(
        &self,
        git: &Git,
        contract: &ContractConfig,
        key: Digest,
        notice: &Notice,
        commit: &Commit,
        ledger: &Ledger<'_>,
        plan: &mut Plan,
    ) -> Result<(), Problem> {
        let receipts = ledger::receipts(git, commit)?;
        for channel in hearers(contract) {
            let key = Notice::violation_key(channel, &notice.contract, key);
            plan.effects.push(Effect {
                standing: receipts.standing(&key, ledger.run(), self.settings.now),
                key,
                client: None,
                channel: channel.clone(),
                commit: commit.clone(),
                change: plan.changes.len(),
            });
        }
        Ok(())
    }

    /// The news, and the commit that made the record what it is.
    fn violation(
        &self,
        git: &Git,
        found: &CanaryContract,
        contract: &ContractConfig,
    ) -> Result<(Notice, Commit), Problem> {
        let failed = |error: crate::git::GitError| error.problem();
        let path = self.in_repository(&contract.snapshot_path());
        let uncommitted = || {
            let message = format!(
                "the record of `{}` is not committed as it is here, so nobody was told",
                contract.name
            );
            Problem::new("uncommitted-record", message).hint("commit it, and run the canary again")
        };
        let head = git.head().map_err(failed)?.ok_or_else(uncommitted)?;
        let committed =
            git.read_file(&head, &path).map_err(failed)?.map(|bytes| Snapshot::of(bytes).digest());
        let recorded =
            found.recorded.filter(|recorded| Some(*recorded) == committed).ok_or_else(uncommitted)?;
        let commits = git.commits_between(None, &head, true, &[&path]).map_err(failed)?;
        let commit = commits.last().ok_or_else(uncommitted)?;
        let notice = self.told_of(contract, commit, path, recorded, found);
        Ok((notice, commit.clone()))
    }

    fn told_of(
        &self,
        contract: &ContractConfig,
        commit: &Commit,
        path: String,
        recorded: Digest,
        found: &CanaryContract,
    ) -> Notice {
        let (provider, links) = self.provenance(commit, None, path);
        let findings: Vec<Change> =
            found.violations().map(|(operation, violation)| finding(operation, violation)).collect();
        let total = findings.len() + found.endpoints.iter().map(|endpoint| endpoint.untold).sum::<usize>();
        Notice {
            schema_version: SCHEMA_VERSION,
            key: String::new(),
            contract: contract.name.clone(),
            client: None,
            clients: self.config.clients_of(&contract.name).map(|client| client.name.clone()).collect(),
            provider,
            commit: commit.to_string(),
            from: Some(recorded),
            to: recorded,
            verdict: NoticeVerdict::Violated,
            counts: ImpactCounts { breaking: total, risky: 0, compatible: 0 },
            total,
            findings: findings.into_iter().take(MOST_FINDINGS).collect(),
            links,
        }
    }
}

/// The channels that hear of violations.
fn hearers(contract: &ContractConfig) -> &[Name] {
    let own = contract.canary.as_ref().and_then(|canary| canary.notify.as_ref());
    own.unwrap_or(&contract.notify)
}

/// A violation as a break of what the record promises. It holds no value of an answer.
fn finding(operation: &str, violation: &Violation) -> Change {
    let Violation { rule, instance, schema, expected, seen, .. } = violation;
    let place = match instance.as_deref() {
        None => "the answer's head".to_owned(),
        Some("") => "the body".to_owned(),
        Some(pointer) => format!("`{pointer}` of the body"),
    };
    Change {
        rule: rule.as_str().into(),
        plugin: "canary".into(),
        impact: Impact::Breaking,
        direction: Direction::Response,
        subject: schema.clone(),
        summary: format!("{place} is {seen}; the record asks for {expected}"),
        before: Some(expected.clone()),
        after: Some(seen.clone()),
        base: None,
        head: None,
        operations: vec![operation.to_owned()],
        witness: None,
    }
}
