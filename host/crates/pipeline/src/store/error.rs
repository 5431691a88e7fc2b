use countersign_model::{Problem, TreeProblem};
use std::io;
use std::path::{Path, PathBuf};

/// Why files could not be read, or were not changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process is writing.
    #[error("another countersign is writing in `{}`", root.display())]
    Busy {
        /// The root of both.
        root: PathBuf,
    },
    /// An earlier accept did not finish.
    #[error("an accept was interrupted in `{}`", root.display())]
    Interrupted {
        /// Its root.
        root: PathBuf,
    },
    /// A path that is not a plain relative one.
    #[error("`{}` cannot be written: {reason}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A symlink stands where a file or folder of record belongs.
    #[error("`{}` is a symlink", path.display())]
    Symlink {
        /// The symlink, relative to the root.
        path: PathBuf,
    },
    /// Something else stands where a file or folder belongs.
    #[error("`{}` is not a {expected}", path.display())]
    Kind {
        /// The path, relative to the root.
        path: PathBuf,
        /// What was expected: `file` or `folder`.
        expected: &'static str,
    },
    /// One transaction was given two targets that are one, or lie in each other.
    #[error("`{}` and `{}` cannot be written in one change: they overlap", first.display(), second.display())]
    Overlap {
        /// The target that came first.
        first: PathBuf,
        /// The target that overlaps it.
        second: PathBuf,
    },
    /// The system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A write failed, and what was done could not be undone either. The journal is still there.
    #[error("the change failed half-way and could not be undone")]
    HalfWay {
        /// What failed first.
        source: Box<StoreError>,
    },
    /// An interrupted accept cannot be rolled forward: neither the target nor its stage has the content.
    #[error("the interrupted accept cannot be finished: the new content of `{}` is lost", path.display())]
    Damaged {
        /// The target.
        path: PathBuf,
    },
    /// The journal says nothing that this version understands.
    #[error("`{}` is not a journal: {reason}", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder holds files that no generated tree can hold.
    #[error("`{}` is not a tree of generated files", folder.display())]
    Tree {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: TreeProblem,
    },
    /// A folder is larger than any generated client.
    #[error("`{}` holds more than {limit}", folder.display())]
    TooLarge {
        /// The folder.
        folder: PathBuf,
        /// The limit, with its unit.
        limit: &'static str,
    },
}

impl StoreError {
    pub(super) fn io(action: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { action, path: path.to_owned(), source: source.into() }
    }

    /// The error as a problem, with the next step.
    pub fn problem(&self) -> Problem {
        Problem::new("store", self.to_string())
    }
}
