//! Version control, by the `git` command.
//!
//! Everything that is read at a revision goes through here, and the only thing that is ever written is a
//! note. Git runs with a fixed environment, without hooks, pagers, prompts or lazy fetches, and no argument
//! that comes from outside can become an option. A revision that cannot be read is a value, since the gate
//! must say so; that git itself fails is an error.

mod error;

pub use error::GitError;

use crate::tool::Caller;
use std::path::{Path, PathBuf};

/// What to do about a history that was not fetched.
pub(crate) const DEEPEN: &str =
    "fetch the history: `fetch-depth: 0` for `actions/checkout`, or `git fetch --unshallow`";

/// A commit's full object name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit(String);

/// The revision that breaks are counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseRevision {
    /// The merge base of the work tree's commit and the revision.
    At {
        /// The revision as it was asked for.
        revision: String,
        /// The merge base.
        commit: Commit,
    },
    /// The revision cannot be read, so nothing can be said about breaks.
    Unreadable {
        /// The revision as it was asked for.
        revision: String,
        /// Why, as one sentence.
        why: String,
        /// The next step.
        hint: String,
    },
    /// There is no commit yet.
    Unborn,
}

/// Who writes a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// A work tree under version control.
#[derive(Clone, Debug)]
pub struct Git {
    program: PathBuf,
    caller: Caller,
    toplevel: PathBuf,
    prefix: String,
    shallow: bool,
}

macro_rules! skeleton {
    ($($argument:expr),*) => {{ $(let _ = $argument;)* Err(GitError::Unfit("not written yet".into())) }};
}

#[expect(missing_docs, reason = "a skeleton: signatures to build on")]
impl Git {
    pub fn discover(folder: &Path, caller: &Caller) -> Result<Option<Self>, GitError> {
        skeleton!(folder, caller)
    }
    pub fn toplevel(&self) -> &Path {
        &self.toplevel
    }
    /// The discovered folder relative to the top, `` or ending in `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }
    pub fn head(&self) -> Result<Option<Commit>, GitError> {
        skeleton!(&self.program)
    }
    pub fn current_branch(&self) -> Result<Option<String>, GitError> {
        skeleton!(&self.caller)
    }
    pub fn resolve(&self, revision: &str) -> Result<Option<Commit>, GitError> {
        skeleton!(revision)
    }
    pub fn merge_base(&self, revision: &str) -> Result<BaseRevision, GitError> {
        skeleton!(revision)
    }
    pub fn is_ancestor(&self, ancestor: &Commit, of: &Commit) -> Result<bool, GitError> {
        skeleton!(ancestor, of)
    }
    pub fn read_file(&self, commit: &Commit, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        skeleton!(commit, path)
    }
    /// In the order of `paths`, by one process.
    pub fn read_files(&self, commit: &Commit, paths: &[&str]) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        skeleton!(commit, paths)
    }
    /// All files under `folder`, recursively, relative to the top.
    pub fn list(&self, commit: &Commit, folder: &str) -> Result<Vec<String>, GitError> {
        skeleton!(commit, folder)
    }
    /// Oldest first.
    pub fn commits_between(
        &self,
        from: Option<&Commit>,
        to: &Commit,
        first_parent: bool,
        paths: &[&str],
    ) -> Result<Vec<Commit>, GitError> {
        skeleton!(from, to, first_parent, paths)
    }
    /// Whether `commit` changed `path` against its first parent.
    pub fn changed_in(&self, commit: &Commit, path: &str) -> Result<bool, GitError> {
        skeleton!(commit, path)
    }
    /// Seconds since 1970.
    pub fn commit_time(&self, commit: &Commit) -> Result<i64, GitError> {
        skeleton!(commit)
    }
    pub fn note_get(&self, notes: &str, commit: &Commit) -> Result<Option<Vec<u8>>, GitError> {
        skeleton!(notes, commit)
    }
    pub fn note_set(&self, notes: &str, commit: &Commit, text: &[u8], by: &Identity) -> Result<(), GitError> {
        skeleton!(notes, commit, text, by)
    }
    pub fn note_append(
        &self,
        notes: &str,
        commit: &Commit,
        text: &[u8],
        by: &Identity,
    ) -> Result<(), GitError> {
        skeleton!(notes, commit, text, by)
    }
}

impl Commit {
    /// The object name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
