//! The interface: one struct, whatever the forge.

use crate::{
    BranchCreated, CommitInfo, ForgeError, ForgeSettings, Hook, HookSettings, Look, NewPull, Publication,
    Published, Pull, PullUpdate, RepositoryInfo, Slug, Status, WorkflowDispatch,
};
use serde_json::Value;
use std::time::Duration;

/// A forge. Share one for each API and credential: the token and the budget belong to it.
pub struct Forge {
    settings: ForgeSettings,
}

type Answer<T> = Result<T, ForgeError>;

#[allow(unused_variables, missing_docs)]
impl Forge {
    pub fn new(settings: ForgeSettings) -> Answer<Self> {
        Ok(Self { settings })
    }
    pub fn settings(&self) -> &ForgeSettings {
        &self.settings
    }
    /// How long `writes` more writes will take within the budget, from now.
    pub fn eta(&self, writes: u32) -> Duration {
        todo!()
    }
    /// `repository_dispatch` (GitHub only): event type of at most 100 characters; payload with at most 10 top-level keys, under 64 KB.
    pub fn dispatch(&self, repository: &Slug, event_type: &str, payload: &Value) -> Answer<()> {
        todo!()
    }
    /// `POST /repos/{o}/{r}/actions/workflows/{workflow}/dispatches` (GitHub, Gitea ≥ 1.23, Forgejo).
    pub fn dispatch_workflow(&self, repository: &Slug, dispatch: &WorkflowDispatch) -> Answer<()> {
        todo!()
    }
    pub fn repository(&self, repository: &Slug) -> Answer<RepositoryInfo> {
        todo!()
    }
    /// The bytes of a file at a revision (any size that the forge gives; raw media type), none where there is none but the repository is readable.
    pub fn file(&self, repository: &Slug, path: &str, revision: &str) -> Answer<Option<Vec<u8>>> {
        todo!()
    }
    /// The commit at the head of a branch, none where there is no such branch.
    pub fn branch(&self, repository: &Slug, branch: &str) -> Answer<Option<String>> {
        todo!()
    }
    /// Branches that start with a prefix, with their heads, sorted.
    pub fn branches(&self, repository: &Slug, prefix: &str) -> Answer<Vec<(String, String)>> {
        todo!()
    }
    pub fn commit(&self, repository: &Slug, sha: &str) -> Answer<Option<CommitInfo>> {
        todo!()
    }
    /// One commit with these files on a new branch, in one atomic step as seen from outside: creating the ref is the lock.
    /// GitHub: blobs, tree (with deletions), commit, ref. Gitea: ChangeFiles with `new_branch`.
    pub fn publish(&self, repository: &Slug, publication: &Publication) -> Answer<Published> {
        todo!()
    }
    /// A branch at an existing commit (a base commit), used by nothing else than tests and healing.
    pub fn create_branch(&self, repository: &Slug, branch: &str, sha: &str) -> Answer<BranchCreated> {
        todo!()
    }
    /// Remove a branch, if it still is at `expected`.
    pub fn delete_branch(&self, repository: &Slug, branch: &str, expected: &str) -> Answer<()> {
        todo!()
    }
    /// Every pull request, whatever its state, whose head is this branch of this very repository; newest first.
    pub fn pulls_of_branch(&self, repository: &Slug, branch: &str) -> Answer<Vec<Pull>> {
        todo!()
    }
    /// Open pull requests whose head branch in this repository starts with a prefix; newest first.
    pub fn open_pulls(&self, repository: &Slug, prefix: &str) -> Answer<Vec<Pull>> {
        todo!()
    }
    /// The pull requests that brought or bring a commit; newest first.
    pub fn pulls_of_commit(&self, repository: &Slug, sha: &str) -> Answer<Vec<Pull>> {
        todo!()
    }
    /// Open a pull request; where the forge says that there is one for the branch already, that one.
    pub fn create_pull(&self, repository: &Slug, pull: &NewPull) -> Answer<Pull> {
        todo!()
    }
    pub fn update_pull(&self, repository: &Slug, number: u64, update: &PullUpdate) -> Answer<()> {
        todo!()
    }
    pub fn set_status(&self, repository: &Slug, sha: &str, status: &Status) -> Answer<()> {
        todo!()
    }
    /// The latest status of each context.
    pub fn statuses(&self, repository: &Slug, sha: &str) -> Answer<Vec<Status>> {
        todo!()
    }
    /// The one comment that carries the marker (an HTML comment in its first line), updated where there is one; its URL.
    /// Looks first, so that it may be called again after an answer that was lost.
    pub fn upsert_comment(&self, repository: &Slug, number: u64, marker: &str, body: &str) -> Answer<String> {
        todo!()
    }
    pub fn hooks(&self, repository: &Slug) -> Answer<Vec<Hook>> {
        todo!()
    }
    /// Create the hook for this URL, or bring the one that has it up to date.
    pub fn upsert_hook(&self, repository: &Slug, hook: &HookSettings) -> Answer<Hook> {
        todo!()
    }
    pub fn test_hook(&self, repository: &Slug, id: u64) -> Answer<()> {
        todo!()
    }
    /// One look at a repository, for the ladder: reads only, and no error of its own.
    pub fn look(&self, repository: &Slug, id: Option<u64>, control: Option<&Slug>) -> Look {
        todo!()
    }
}
