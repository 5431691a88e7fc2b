//! A work tree beside the user's: of one commit, on no branch, with an index of its own.

use super::call::Call;
use super::{Commit, Git, GitError};
use std::path::{Path, PathBuf};

impl Git {
    /// Checks a commit out into `folder`, which does not exist yet. No hook runs, and no ref changes.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn add_worktree(&self, folder: &Path, commit: &Commit) -> Result<(), GitError> {
        // Two that are added at once read each other's notes half-written.
        let _turn = self.turn("worktrees")?;
        let add = || {
            let call = Call::new(self, "worktree").args(["add", "--quiet", "--detach"]);
            call.args([folder.as_os_str(), commit.as_str().as_ref()]).read().map(drop)
        };
        // A process that was killed may have left notes that no other call can read.
        add().or_else(|error| self.prune_worktrees().and_then(|()| add()).map_err(|_| error))
    }

    /// Removes a work tree that [`Self::add_worktree`] made, and git's own notes of it, whatever is left of either.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn remove_worktree(&self, folder: &Path) -> Result<(), GitError> {
        let _turn = self.turn("worktrees")?;
        let call = Call::new(self, "worktree").args(["remove", "--force", "--force"]);
        call.args([folder.as_os_str()]).read().map(drop)
    }

    /// Forgets work trees whose folder is gone, and notes that cannot be read.
    fn prune_worktrees(&self) -> Result<(), GitError> {
        Call::new(self, "worktree").args(["prune"]).read().map(drop)
    }

    /// The folders of all work trees, whether they are still there or not.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn worktrees(&self) -> Result<Vec<PathBuf>, GitError> {
        let _turn = self.turn("worktrees")?;
        let list = || Call::new(self, "worktree").args(["list", "--porcelain", "-z"]).read();
        let listed =
            list().or_else(|error| self.prune_worktrees().and_then(|()| list()).map_err(|_| error))?;
        let fields = listed.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        Ok(fields.filter_map(|field| field.strip_prefix("worktree ").map(PathBuf::from)).collect())
    }

    /// A value of the configuration that git reads here, such as `user.name`.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn configured(&self, key: &str) -> Result<Option<String>, GitError> {
        let answer = Call::new(self, "config").args(["--get", key]).run()?;
        match answer.status {
            0 => Ok(Some(answer.line()).filter(|value| !value.is_empty())),
            1 => Ok(None),
            _ => Err(answer.into_error("config")),
        }
    }

    /// Brings the objects of a branch of `origin` here, and writes no ref.
    ///
    /// # Errors
    /// A [`GitError`] where `origin` cannot be asked.
    pub fn fetch_branch(&self, branch: &str) -> Result<(), GitError> {
        let reference = format!("refs/heads/{branch}");
        let call = Call::new(self, "fetch").over_network().args([
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--refmap=",
        ]);
        call.args(["--no-recurse-submodules", "origin", &reference]).read().map(drop)
    }
}
