//! The history of a contract's record: which commits changed it, and what that meant.

use super::Project;
use crate::config::ContractConfig;
use crate::git::{Commit, Git, GitError};
use countersign_model::{Change, Digest, Problem, Snapshot};

/// A commit that changed a record.
#[derive(Clone, Debug)]
pub struct RecordCommit {
    /// The commit.
    pub commit: String,
    /// When it was made, in seconds since 1970.
    pub at: i64,
    /// The first line of its message; somebody's text.
    pub subject: String,
    /// Who wrote it; somebody's text.
    pub author: String,
    /// The digest before; none for the first record.
    pub from: Option<Digest>,
    /// The digest since; none where the record was removed.
    pub to: Option<Digest>,
    /// What changed, or why that is not known.
    pub changes: Result<Vec<Change>, Problem>,
}

impl Project {
    /// The latest commits on the first-parent history that changed a record, newest first, and how many there are in all.
    /// What changed is computed for those that are returned.
    ///
    /// # Errors
    /// What git says; a problem for a contract that is not declared.
    pub fn history(
        &self,
        contract: &str,
        skip: usize,
        most: usize,
    ) -> Result<(Vec<RecordCommit>, usize), Problem> {
        let failed = |error: GitError| error.problem();
        let contract = self.config.contracts.values().find(|known| known.name.as_str() == contract);
        let contract =
            contract.ok_or_else(|| Problem::new("unknown-contract", "there is no such contract"))?;
        let Some(git) = &self.git else { return Ok((Vec::new(), 0)) };
        let Some(head) = git.head().map_err(failed)? else { return Ok((Vec::new(), 0)) };
        let path = self.in_repository(&contract.snapshot_path());
        let commits = git.commits_between(None, &head, true, &[&path]).map_err(failed)?;
        let shown = commits.iter().rev().skip(skip).take(most);
        let told: Result<Vec<RecordCommit>, GitError> =
            shown.map(|commit| self.told_commit(git, contract, commit, &path)).collect();
        Ok((told.map_err(failed)?, commits.len()))
    }

    fn told_commit(
        &self,
        git: &Git,
        contract: &ContractConfig,
        commit: &Commit,
        path: &str,
    ) -> Result<RecordCommit, GitError> {
        let parent = git.resolve(&format!("{commit}^1"))?;
        let at = |commit: &Commit| git.read_file(commit, path).map(|bytes| bytes.map(Snapshot::of));
        let (before, after) = (parent.as_ref().map(at).transpose()?.flatten(), at(commit)?);
        let (subject, author) = git.commit_words(commit)?;
        let changes = match (&before, &after) {
            (Some(before), Some(after)) => self
                .differs(contract)
                .map_err(super::client::first)
                .and_then(|differs| self.changes(contract, &differs, before, after))
                .map(|changes| changes.0),
            _ => Ok(Vec::new()),
        };
        Ok(RecordCommit {
            commit: commit.to_string(),
            at: git.commit_time(commit)?,
            subject,
            author,
            from: before.map(|snapshot| snapshot.digest()),
            to: after.map(|snapshot| snapshot.digest()),
            changes,
        })
    }

    /// Where the forge shows a commit of this repository, where that is known.
    pub fn commit_link(&self, commit: &str) -> Option<String> {
        Some(format!("{}/commit/{commit}", crate::forges::page(self.forges().own()?)))
    }
}
