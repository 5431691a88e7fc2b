use countersign_model::Problem;
use std::path::PathBuf;

/// Why version control could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is a `.git` and no `git`.
    #[error("`{}` is under version control, but `git` was not found on the path", .folder.display())]
    NotInstalled {
        /// The folder.
        folder: PathBuf,
    },
    /// Git refuses a repository that belongs to somebody else.
    #[error("git does not trust `{}`, which belongs to another user", .folder.display())]
    Untrusted {
        /// The folder.
        folder: PathBuf,
    },
    /// The history that is needed was not fetched.
    #[error("this is a shallow clone, and it does not hold what came before `{commit}`")]
    Shallow {
        /// The commit at which the history ends.
        commit: String,
    },
    /// The path is in the commit and its content was not fetched, or is lost.
    #[error("`{path}` is part of `{commit}`, but its content is not in this clone")]
    Missing {
        /// The commit.
        commit: String,
        /// The path, relative to the work tree.
        path: String,
    },
    /// Something that cannot be passed to git: a path with a line end, a ref outside `refs/notes/`.
    #[error("`{0}` cannot be passed to git")]
    Unfit(String),
    /// A call failed in another way.
    #[error("`git {command}` failed: {message}")]
    Failed {
        /// The subcommand.
        command: String,
        /// What git said.
        message: String,
    },
}

impl GitError {
    /// What it means for the user.
    pub fn problem(&self) -> Problem {
        let (code, hint) = match self {
            Self::NotInstalled { .. } => ("git-not-installed", "install git".to_owned()),
            Self::Untrusted { folder } => (
                "git-untrusted",
                format!("run `git config --global --add safe.directory {}`", folder.display()),
            ),
            Self::Shallow { .. } => ("git-shallow", super::DEEPEN.to_owned()),
            Self::Missing { .. } => (
                "git-missing-object",
                "fetch it: in CI check out without `filter`; elsewhere run `git fetch --refetch --no-filter`"
                    .to_owned(),
            ),
            Self::Unfit(_) => ("git-unfit-argument", "name it in another way".to_owned()),
            Self::Failed { .. } => ("git-failed", "run `git status` and `git fsck` here".to_owned()),
        };
        Problem::new(code, self.to_string()).hint(hint)
    }
}
