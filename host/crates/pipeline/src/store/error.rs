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
        let mut problem = Problem::new(self.code(), self.to_string());
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            problem = problem.cause(error.to_string());
            cause = error.source();
        }
        match self.hint() {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "store-busy",
            Self::Interrupted { .. } => "interrupted-accept",
            Self::Path { .. } => "invalid-path",
            Self::Symlink { .. } => "symlink",
            Self::Kind { .. } => "unexpected-file-type",
            Self::Overlap { .. } => "overlapping-targets",
            Self::Io { .. } => "file-system",
            Self::HalfWay { .. } => "half-way",
            Self::Damaged { .. } => "damaged-accept",
            Self::Journal { .. } => "invalid-journal",
            Self::Tree { .. } => "invalid-tree",
            Self::TooLarge { .. } => "tree-too-large",
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Busy { .. } => Some("wait until it is done, then run this again".into()),
            Self::Interrupted { .. } | Self::HalfWay { .. } => Some("run `countersign recover`".into()),
            Self::Path { .. } => {
                Some("name a path below the project's root, such as `clients/python`".into())
            }
            Self::Symlink { path } => Some(format!(
                "put the real file or folder in its place: `rm {0} && git restore -- {0}`",
                path.display()
            )),
            Self::Kind { path, .. } => Some(format!("move `{}` away and run this again", path.display())),
            Self::Overlap { .. } => Some(
                "give every client an `output` of its own, outside `contracts/` and other outputs".into(),
            ),
            Self::Io { path, source, .. } => hint_for(path, source),
            Self::Damaged { path } => Some(format!(
                "put the old content back with `git restore -- {}`, then forget the accept with \
                 `countersign recover --abandon`",
                path.display()
            )),
            Self::Journal { .. } => Some(
                "use the version of countersign that wrote it, or forget the accept with \
                 `countersign recover --abandon`"
                    .into(),
            ),
            Self::Tree { folder, .. } => Some(format!(
                "move the file out of `{}`: only generated files belong there",
                folder.display()
            )),
            Self::TooLarge { .. } => Some("let `output` name the generated folder alone".into()),
        }
    }
}

/// The next step after a refusal of the system.
fn hint_for(path: &Path, error: &io::Error) -> Option<String> {
    let kind = error.kind();
    if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        Some("free some space and run this again".into())
    } else if kind == io::ErrorKind::ReadOnlyFilesystem {
        Some("run this in a checkout that can be written; `countersign check` never writes".into())
    } else if kind == io::ErrorKind::PermissionDenied {
        Some(format!("see who owns it: `ls -ld {}`", path.display()))
    } else {
        // Whatever else the system says, its own words are the best that we have.
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_system_names_the_path_the_reason_and_the_next_step() {
        let full = io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error());
        let problem = StoreError::io("write", Path::new("contracts/a/openapi.json"), full).problem();
        assert_eq!(problem.message, "cannot write `contracts/a/openapi.json`");
        assert_eq!(problem.causes, ["No space left on device (os error 28)"]);
        assert_eq!(problem.hint.as_deref(), Some("free some space and run this again"));
    }

    #[test]
    fn every_cause_is_told() {
        let io = StoreError::io("rename", Path::new("a"), io::Error::other("broken"));
        let problem = StoreError::HalfWay { source: Box::new(io) }.problem();
        assert_eq!(problem.causes, ["cannot rename `a`", "broken"]);
    }
}
