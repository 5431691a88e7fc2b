//! Version control, by the `git` command.
//!
//! Everything that is read at a revision goes through here. What is ever written is a note, and a proposal: objects,
//! and a work tree of its own with its own index, which touch no ref, no index and no file of the user's. Git runs with a fixed environment, without hooks, pagers, prompts or lazy fetches, and no argument
//! that comes from outside can become an option. A revision that cannot be read is a value, since the gate
//! must say so; that git itself fails is an error.

mod call;
mod discover;
mod error;
mod files;
mod history;
mod notes;
mod revision;
mod staged;
#[cfg(test)]
mod tests;
mod upstream;
mod worktree;

pub use error::GitError;
pub use staged::{Pushed, Staged};

use crate::tool::Caller;
use std::fmt;
use std::path::PathBuf;

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

impl Commit {
    /// A full object name, of SHA-1 or of SHA-256; nothing else is a commit.
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = matches!(text.len(), 40 | 64)
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_name.then(|| Self(text.to_owned()))
    }

    /// The object name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
