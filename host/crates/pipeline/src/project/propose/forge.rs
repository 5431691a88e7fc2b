//! The forge as `propose` needs it: a short list of what can be asked and done, so that the whole course of a
//! proposal can be tried against one that loses answers and runs that are killed.

use crate::forges;
use countersign_forge::{
    CommitInfo, Forge, ForgeError, NewPull, Publication, Published, Pull, PullUpdate, Slug,
};
use countersign_model::Problem;
use std::sync::Arc;

type Answer<T> = Result<T, ForgeError>;

/// One repository on a forge. The first five only read.
pub(crate) trait ProposeForge {
    /// The commit at the head of a branch.
    fn branch(&self, branch: &str) -> Answer<Option<String>>;
    /// Branches that start with a prefix, with their heads.
    fn branches(&self, prefix: &str) -> Answer<Vec<(String, String)>>;
    /// A commit.
    fn commit(&self, sha: &str) -> Answer<Option<CommitInfo>>;
    /// Every pull request of a branch of this repository, newest first.
    fn pulls_of_branch(&self, branch: &str) -> Answer<Vec<Pull>>;
    /// Open pull requests whose branch starts with a prefix, newest first.
    fn open_pulls(&self, prefix: &str) -> Answer<Vec<Pull>>;
    /// One commit on a new branch; making the branch is the lock.
    fn publish(&self, publication: &Publication) -> Answer<Published>;
    /// Open a pull request; where there is one for the branch already, that one.
    fn create_pull(&self, pull: &NewPull) -> Answer<Pull>;
    /// Change a pull request.
    fn update_pull(&self, number: u64, update: &PullUpdate) -> Answer<()>;
    /// The one comment that carries the marker.
    fn upsert_comment(&self, number: u64, marker: &str, body: &str) -> Answer<()>;
    /// Remove a branch that is still where it was.
    fn delete_branch(&self, branch: &str, expected: &str) -> Answer<()>;
}

/// A repository on a real forge.
#[derive(Clone)]
pub(crate) struct Remote {
    pub(crate) forge: Arc<Forge>,
    pub(crate) slug: Slug,
}

impl ProposeForge for Remote {
    fn branch(&self, branch: &str) -> Answer<Option<String>> {
        self.forge.branch(&self.slug, branch)
    }
    fn branches(&self, prefix: &str) -> Answer<Vec<(String, String)>> {
        self.forge.branches(&self.slug, prefix)
    }
    fn commit(&self, sha: &str) -> Answer<Option<CommitInfo>> {
        self.forge.commit(&self.slug, sha)
    }
    fn pulls_of_branch(&self, branch: &str) -> Answer<Vec<Pull>> {
        self.forge.pulls_of_branch(&self.slug, branch)
    }
    fn open_pulls(&self, prefix: &str) -> Answer<Vec<Pull>> {
        self.forge.open_pulls(&self.slug, prefix)
    }
    fn publish(&self, publication: &Publication) -> Answer<Published> {
        self.forge.publish(&self.slug, publication)
    }
    fn create_pull(&self, pull: &NewPull) -> Answer<Pull> {
        self.forge.create_pull(&self.slug, pull)
    }
    fn update_pull(&self, number: u64, update: &PullUpdate) -> Answer<()> {
        self.forge.update_pull(&self.slug, number, update)
    }
    fn upsert_comment(&self, number: u64, marker: &str, body: &str) -> Answer<()> {
        self.forge.upsert_comment(&self.slug, number, marker, body).map(drop)
    }
    fn delete_branch(&self, branch: &str, expected: &str) -> Answer<()> {
        self.forge.delete_branch(&self.slug, branch, expected)
    }
}

/// A forge whose branches are made by something else than its API, such as `git push`.
pub(crate) struct Pushing<'a> {
    pub(crate) remote: &'a dyn ProposeForge,
    pub(crate) push: &'a dyn Fn(&Publication) -> Answer<Published>,
}

impl ProposeForge for Pushing<'_> {
    fn branch(&self, branch: &str) -> Answer<Option<String>> {
        self.remote.branch(branch)
    }
    fn branches(&self, prefix: &str) -> Answer<Vec<(String, String)>> {
        self.remote.branches(prefix)
    }
    fn commit(&self, sha: &str) -> Answer<Option<CommitInfo>> {
        self.remote.commit(sha)
    }
    fn pulls_of_branch(&self, branch: &str) -> Answer<Vec<Pull>> {
        self.remote.pulls_of_branch(branch)
    }
    fn open_pulls(&self, prefix: &str) -> Answer<Vec<Pull>> {
        self.remote.open_pulls(prefix)
    }
    fn publish(&self, publication: &Publication) -> Answer<Published> {
        (self.push)(publication)
    }
    fn create_pull(&self, pull: &NewPull) -> Answer<Pull> {
        self.remote.create_pull(pull)
    }
    fn update_pull(&self, number: u64, update: &PullUpdate) -> Answer<()> {
        self.remote.update_pull(number, update)
    }
    fn upsert_comment(&self, number: u64, marker: &str, body: &str) -> Answer<()> {
        self.remote.upsert_comment(number, marker, body)
    }
    fn delete_branch(&self, branch: &str, expected: &str) -> Answer<()> {
        self.remote.delete_branch(branch, expected)
    }
}

/// What an answer of the forge means for the user. `doing` follows "could not".
pub(crate) fn problem_of(error: &ForgeError, doing: &str) -> Problem {
    let problem = forges::problem(error);
    Problem { message: format!("could not {doing}: {}", problem.message), ..problem }
}
