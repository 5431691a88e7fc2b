//! Notices: for each commit on the baseline branch that changed a record, each client of the contract hears of
//! it once on each of its channels.
//!
//! Receipts live in one git notes ref, on the commit that changed the record. A commit marked complete says that
//! it and everything before it was told; whatever failed is tried again by the next run.

use super::Project;
use super::check::CheckOptions;
use super::client::first;
use super::compare::anonymous;
use crate::config::ContractConfig;
use crate::event::Event;
use crate::git::{Commit, Git, Identity};
use crate::stage::{Job, StageFailure, World};
use crate::web::Sending;
use countersign_engine::{self as engine, Kind, StageCause};
use countersign_model::{
    ChangeSet, Digest, Name, Notice, NoticeState, NoticeVerdict, Problem, Report, SCHEMA_VERSION, SentNotice,
    Snapshot,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where receipts are kept.
pub(crate) const NOTES: &str = "refs/notes/countersign";

/// The most changes that a notice carries; it says how many there are in all.
const MOST_FINDINGS: usize = 100;

/// What `run` did about notices.
#[derive(Debug, Default)]
struct Told {
    notices: Vec<SentNotice>,
    problems: Vec<Problem>,
}

/// What became of one notice, and why, where that needs saying.
type Fate = (NoticeState, Option<Problem>);

/// A line of a note.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    /// One effect took place, or may have.
    Receipt {
        /// The effect key.
        key: String,
        /// `delivered` or `unknown`.
        state: String,
    },
    /// Telling began: what fails from here on is tried again.
    Begun {
        /// The contract.
        begun: String,
    },
    /// This commit and everything before it was told.
    Complete {
        /// The contract.
        complete: String,
    },
}

/// What a note says.
#[derive(Default)]
struct Receipts {
    keys: BTreeSet<String>,
    begun: BTreeSet<String>,
    complete: BTreeSet<String>,
}

impl Project {
    /// CI's single command: check, and on the baseline branch tell the clients.
    pub fn run(&self, event: &Event) -> Report {
        let baseline = match event {
            Event::PullRequest { base } => base.clone(),
            // On its own branch the merge base is the push itself, and nothing would be compared with anything.
            // One that this clone has not is unreadable, which fails closed.
            Event::Push { before, .. } if event.moves_baseline(self.config.baseline.as_deref()) => {
                before.clone()
            }
            Event::Push { .. } | Event::Other => None,
        };
        let contracts: Vec<Name> = self.config.contracts.keys().cloned().collect();
        let options = CheckOptions { command: "run", always_dump: true, baseline, ..CheckOptions::default() };
        let report = self.check(&contracts, &options);
        if report.verdict == countersign_model::Verdict::Interrupted
            || !event.moves_baseline(self.config.baseline.as_deref())
        {
            return report;
        }
        let told = self.notify(event);
        report.with_notices(told.notices, told.problems)
    }

    fn notify(&self, event: &Event) -> Told {
        let mut told = Told::default();
        let listening = |contract: &&ContractConfig| {
            self.config.clients_of(&contract.name).any(|client| !client.notify.is_empty())
        };
        let contracts: Vec<&ContractConfig> = self.config.contracts.values().filter(listening).collect();
        let (Some(git), false) = (&self.git, contracts.is_empty()) else { return told };
        // Without the receipts of earlier runs, everything would be sent again.
        if let Err(error) = git.fetch_notes(NOTES) {
            let hint = "notices are sent when the receipts can be read; run again";
            told.problems.push(error.problem().hint(hint));
            return told;
        }
        for contract in contracts {
            if let Err(problem) = self.notify_contract(git, contract, event, &mut told) {
                told.problems.push(problem);
            }
        }
        if self.settings.sending == Sending::Allowed
            && told.notices.iter().any(|notice| notice.state != NoticeState::Planned)
            && let Err(error) = git.push_notes(NOTES)
        {
            let hint = "grant the job permission to push, such as `permissions: contents: write`; until then a re-run may send a notice twice";
            told.problems.push(error.problem().hint(hint));
        }
        told
    }

    fn notify_contract(
        &self,
        git: &Git,
        contract: &ContractConfig,
        event: &Event,
        told: &mut Told,
    ) -> Result<(), Problem> {
        let (pending, reaches_back) = self.pending(git, contract, event)?;
        let mut all_told = reaches_back;
        for (commit, receipts) in pending {
            if self.settings.sending == Sending::Allowed && !receipts.begun.contains(contract.name.as_str()) {
                self.write_line(git, &commit, &Line::Begun { begun: contract.name.to_string() })?;
            }
            let complete = self.notify_commit(git, contract, &commit, &receipts, told)?;
            all_told &= complete;
            if all_told && self.settings.sending == Sending::Allowed {
                let line = Line::Complete { complete: contract.name.to_string() };
                self.write_line(git, &commit, &line)?;
            }
        }
        Ok(())
    }

    /// The commits that changed the record and were not wholly told, oldest first, and whether this clone reaches
    /// back far enough to know that there are no others.
    fn pending(
        &self,
        git: &Git,
        contract: &ContractConfig,
        event: &Event,
    ) -> Result<(Vec<(Commit, Receipts)>, bool), Problem> {
        let failed = |error: crate::git::GitError| error.problem();
        let Some(head) = git.head().map_err(failed)? else { return Ok((Vec::new(), false)) };
        let path = self.in_repository(&contract.snapshot_path());
        let before = match event {
            Event::Push { before: Some(before), .. } => git.resolve(before).map_err(failed)?,
            Event::Push { before: None, .. } | Event::PullRequest { .. } | Event::Other => None,
        };
        // A shallow clone reaches back as far as the push; a whole one to the last receipt.
        let from = if git.is_shallow() { before.clone() } else { None };
        let changed = git.commits_between(from.as_ref(), &head, true, &[&path]).map_err(failed)?;
        let mut pending = Vec::new();
        let mut found_receipt = false;
        for commit in changed.into_iter().rev() {
            let receipts = receipts(git, &commit)?;
            if receipts.complete.contains(contract.name.as_str()) {
                found_receipt = true;
                break;
            }
            pending.push((commit, receipts));
        }
        if !found_receipt {
            // The first run ever tells what this push brought, not the whole history.
            let mut recent = Vec::new();
            for (commit, receipts) in pending {
                let is_new = match &before {
                    Some(before) => !git.is_ancestor(&commit, before).map_err(failed)?,
                    None => commit == head,
                };
                if is_new || receipts.begun.contains(contract.name.as_str()) {
                    recent.push((commit, receipts));
                }
            }
            pending = recent;
        }
        pending.reverse();
        Ok((pending, found_receipt || !git.is_shallow()))
    }

    /// Tell every client of one commit; whether all of them know now.
    fn notify_commit(
        &self,
        git: &Git,
        contract: &ContractConfig,
        commit: &Commit,
        receipts: &Receipts,
        told: &mut Told,
    ) -> Result<bool, Problem> {
        let Some(change) = self.change_of(git, contract, commit)? else { return Ok(true) };
        let mut complete = true;
        for client in self.config.clients_of(&contract.name) {
            for channel in &client.notify {
                let key = Notice::effect_key(&client.name, channel, &contract.name, commit.as_str());
                if receipts.keys.contains(&key) {
                    continue;
                }
                let notice = Notice { key, client: client.name.clone(), ..change.clone() };
                let (state, problem) = self.send(channel, &notice);
                let word = match state {
                    NoticeState::Delivered => Some("delivered"),
                    NoticeState::Unknown => Some("unknown"),
                    NoticeState::Planned | NoticeState::Failed => None,
                };
                complete &= word.is_some();
                if let Some(word) = word {
                    self.write_line(
                        git,
                        commit,
                        &Line::Receipt { key: notice.key.clone(), state: word.into() },
                    )?;
                }
                told.notices.push(SentNotice {
                    contract: contract.name.clone(),
                    client: client.name.clone(),
                    channel: channel.clone(),
                    key: notice.key,
                    commit: commit.to_string(),
                    verdict: notice.verdict,
                    state,
                    problem,
                });
            }
        }
        Ok(complete)
    }

    /// What a commit did to a record, as a notice to nobody yet; none where the commit removed it.
    fn change_of(
        &self,
        git: &Git,
        contract: &ContractConfig,
        commit: &Commit,
    ) -> Result<Option<Notice>, Problem> {
        let failed = |error: crate::git::GitError| error.problem();
        let path = self.in_repository(&contract.snapshot_path());
        let Some(new) = git.read_file(commit, &path).map_err(failed)?.map(Snapshot::of) else {
            return Ok(None);
        };
        let parent = git.resolve(&format!("{commit}^")).map_err(failed)?;
        let old = match &parent {
            Some(parent) => git.read_file(parent, &path).map_err(failed)?.map(Snapshot::of),
            None => None,
        };
        let differs = self.differs(contract).map_err(first)?;
        let changes = match &old {
            Some(old) => self.changes(contract, &differs, old, &new)?,
            None => ChangeSet::default(),
        };
        Ok(Some(notice(contract, commit, old.as_ref().map(Snapshot::digest), new.digest(), changes)))
    }

    fn send(&self, channel: &Name, notice: &Notice) -> Fate {
        let Some(stage) = self.config.notify.get(channel) else {
            return (
                NoticeState::Failed,
                Some(Problem::new("unknown-channel", format!("there is no channel `{channel}`"))),
            );
        };
        let prepared = match self.prepare(stage, Kind::Notify) {
            Ok(prepared) => prepared,
            Err(problems) => return (NoticeState::Failed, Some(first(problems))),
        };
        let payload = serde_json::to_string(notice).unwrap_or_default();
        let subject = notice.client.to_string();
        let crossing = engine::Notice {
            key: notice.key.clone(),
            contract: notice.contract.to_string(),
            client: subject.clone(),
            payload,
            time: self.settings.now,
            ambiguous: false,
            ext: Vec::new(),
        };
        let dry_run = self.settings.sending == Sending::DryRun;
        let world = World { dry_run, ..self.world(self.tools_of(stage), Job::Dump) };
        let outcome = world.outcome.clone();
        let answer = prepared.stage.notify(prepared.call(&subject, world), &crossing);
        match self.answered(stage.plugin.as_str(), &subject, answer) {
            // Whatever the plugin says, nothing left this machine.
            Ok(_) if dry_run => (NoticeState::Planned, None),
            Ok(engine::Receipt::Delivered(_)) => (NoticeState::Delivered, None),
            Ok(engine::Receipt::DryRun) => (NoticeState::Planned, None),
            Ok(engine::Receipt::Unknown(why)) => {
                (NoticeState::Unknown, Some(Problem::new("notice-unknown", why)))
            }
            // The request went out before the stage failed, so nobody knows; it must not go out again blindly.
            Err(error) if outcome.wrote() && !matches!(error.cause, StageCause::Failure(_)) => {
                (NoticeState::Unknown, Some(StageFailure::of(&error).into_problem()))
            }
            Err(error) => (NoticeState::Failed, Some(StageFailure::of(&error).into_problem())),
        }
    }

    fn write_line(&self, git: &Git, commit: &Commit, line: &Line) -> Result<(), Problem> {
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        let identity = Identity { name: "countersign".into(), email: "countersign@localhost".into() };
        git.note_append(NOTES, commit, text.as_bytes(), &identity).map_err(|error| error.problem())
    }
}

fn receipts(git: &Git, commit: &Commit) -> Result<Receipts, Problem> {
    let note = git.note_get(NOTES, commit).map_err(|error| error.problem())?.unwrap_or_default();
    let mut receipts = Receipts::default();
    for line in String::from_utf8_lossy(&note).lines() {
        match serde_json::from_str(line) {
            Ok(Line::Receipt { key, .. }) => drop(receipts.keys.insert(key)),
            Ok(Line::Begun { begun }) => drop(receipts.begun.insert(begun)),
            Ok(Line::Complete { complete }) => drop(receipts.complete.insert(complete)),
            // A line of a later version says nothing to this one.
            Err(_) => {}
        }
    }
    Ok(receipts)
}

fn notice(
    contract: &ContractConfig,
    commit: &Commit,
    from: Option<Digest>,
    to: Digest,
    changes: ChangeSet,
) -> Notice {
    let verdict = match (from, changes.worst()) {
        (None, _) => NoticeVerdict::New,
        (Some(_), Some(countersign_model::Impact::Breaking)) => NoticeVerdict::Breaking,
        (Some(_), Some(countersign_model::Impact::Risky)) => NoticeVerdict::Risky,
        (Some(_), Some(countersign_model::Impact::Compatible) | None) => NoticeVerdict::Compatible,
    };
    let total = changes.0.len();
    let mut findings = changes.0;
    findings.sort_by_key(|change| std::cmp::Reverse(change.impact));
    findings.truncate(MOST_FINDINGS);
    Notice {
        schema_version: SCHEMA_VERSION,
        key: String::new(),
        contract: contract.name.clone(),
        client: anonymous(contract.format).name,
        commit: commit.to_string(),
        from,
        to,
        verdict,
        findings,
        total,
        links: BTreeMap::new(),
    }
}
