//! Which effects are due: for each commit that changed a record, each client on each of its channels, and the
//! contract's own channels. Planning reads version control and nothing else; what it costs does not grow with the
//! number of clients but for a hash each.

use super::super::Project;
use super::ledger::{self, Ledger};
use super::receipts::{Receipts, Standing};
use super::{NotifyOptions, Range};
use crate::config::ContractConfig;
use crate::event::Event;
use crate::git::{Commit, Git};
use countersign_model::{Name, Notice, Problem};

/// One effect: who hears of which change on which channel.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) key: String,
    /// None for the contract's own channels.
    pub(super) client: Option<Name>,
    pub(super) channel: Name,
    pub(super) commit: Commit,
    /// The change, among those of the plan.
    pub(super) change: usize,
    pub(super) standing: Standing,
}

/// A commit that changed a record, and whether all who are to hear of it have been planned for.
pub(super) struct Told {
    pub(super) contract: Name,
    pub(super) commit: Commit,
    pub(super) begun: bool,
    /// Whether nothing before it is left to tell, as far as the notes know.
    pub(super) reaches_back: bool,
}

/// Everything that is due.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) changes: Vec<Notice>,
    pub(super) effects: Vec<Effect>,
    pub(super) commits: Vec<Told>,
}

impl Project {
    /// What is due for a contract, added to the plan. `ledger` is none in a dry run.
    pub(super) fn plan(
        &self,
        git: &Git,
        contract: &ContractConfig,
        options: &NotifyOptions,
        ledger: Option<&Ledger<'_>>,
        plan: &mut Plan,
    ) -> Result<(), Problem> {
        let (pending, reaches_back) = match &options.range {
            Range::SinceReceipts(event) => self.pending(git, contract, event)?,
            Range::Between { from, to } => (self.between(git, contract, from, to)?, false),
        };
        for (commit, receipts) in pending {
            let begun = receipts.begun.contains(contract.name.as_str());
            if let Some(change) = self.change_of(git, contract, &commit)? {
                self.effects(contract, &change, &receipts, &commit, options, ledger, plan);
                plan.changes.push(change);
            }
            plan.commits.push(Told { contract: contract.name.clone(), commit, begun, reaches_back });
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one commit, each from another place")]
    fn effects(
        &self,
        contract: &ContractConfig,
        change: &Notice,
        receipts: &Receipts,
        commit: &Commit,
        options: &NotifyOptions,
        ledger: Option<&Ledger<'_>>,
        plan: &mut Plan,
    ) {
        let own = contract.notify.iter().map(|channel| (None, channel));
        let clients = self
            .config
            .clients_of(&contract.name)
            .flat_map(|client| client.notify.iter().map(move |channel| (Some(&client.name), channel)));
        let run = ledger.map(Ledger::run).unwrap_or_default();
        for (client, channel) in own.chain(clients) {
            if !options.channels.is_empty() && !options.channels.contains(channel) {
                continue;
            }
            let key = Notice::effect_key(client, channel, &contract.name, &change.commit);
            plan.effects.push(Effect {
                standing: receipts.standing(&key, run, self.settings.now),
                key,
                client: client.cloned(),
                channel: channel.clone(),
                commit: commit.clone(),
                change: plan.changes.len(),
            });
        }
    }

    /// The commits from one revision to another that changed the record, oldest first.
    fn between(
        &self,
        git: &Git,
        contract: &ContractConfig,
        from: &str,
        to: &str,
    ) -> Result<Vec<(Commit, Receipts)>, Problem> {
        let from = revision(git, from)?;
        let to = revision(git, to)?;
        let path = self.in_repository(&contract.snapshot_path());
        let changed =
            git.commits_between(Some(&from), &to, true, &[&path]).map_err(|error| error.problem())?;
        changed.into_iter().map(|commit| Ok((commit.clone(), ledger::receipts(git, &commit)?))).collect()
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
            let receipts = ledger::receipts(git, &commit)?;
            if receipts.complete.contains(contract.name.as_str()) {
                found_receipt = true;
                break;
            }
            pending.push((commit, receipts));
        }
        if !found_receipt {
            pending = recent(git, contract, before.as_ref(), &head, pending)?;
        }
        pending.reverse();
        Ok((pending, found_receipt || !git.is_shallow()))
    }
}

/// The first run ever tells what its push brought, and what an earlier one began, not the whole history.
fn recent(
    git: &Git,
    contract: &ContractConfig,
    before: Option<&Commit>,
    head: &Commit,
    pending: Vec<(Commit, Receipts)>,
) -> Result<Vec<(Commit, Receipts)>, Problem> {
    let mut recent = Vec::new();
    for (commit, receipts) in pending {
        let is_new = match before {
            Some(before) => !git.is_ancestor(&commit, before).map_err(|error| error.problem())?,
            None => commit == *head,
        };
        if is_new || receipts.begun.contains(contract.name.as_str()) {
            recent.push((commit, receipts));
        }
    }
    Ok(recent)
}

fn revision(git: &Git, typed: &str) -> Result<Commit, Problem> {
    let shown: String = typed.chars().take(100).collect();
    match git.resolve(typed).map_err(|error| error.problem())? {
        Some(commit) => Ok(commit),
        None => Err(Problem::new("unknown-revision", format!("`{shown}` is no commit of this clone"))
            .hint(format!("name a commit, a branch or a tag; {}", crate::git::DEEPEN))),
    }
}
