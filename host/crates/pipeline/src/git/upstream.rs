//! What `origin` has, and getting there without losing anything.

use super::call::Call;
use super::{Commit, Git, GitError};

impl Git {
    /// Fetches a branch of `origin` into its tracking ref, and says where it stands; none where there is no such branch
    /// any more.
    ///
    /// # Errors
    /// A [`GitError`] where `origin` cannot be asked.
    pub fn fetch_upstream(&self, branch: &str) -> Result<Option<Commit>, GitError> {
        let refspec = format!("+refs/heads/{branch}:refs/remotes/origin/{branch}");
        let call =
            Call::new(self, "fetch").over_network().args(["--quiet", "--no-tags", "--no-write-fetch-head"]);
        call.args(["--no-recurse-submodules", "origin", &refspec]).read()?;
        self.resolve(&format!("refs/remotes/origin/{branch}"))
    }

    /// Moves the current branch and the work tree forward to a commit. Nothing moves where that would lose a change of
    /// the work tree, or is no step forward.
    ///
    /// # Errors
    /// A [`GitError`] where git refuses.
    pub fn fast_forward(&self, to: &Commit) -> Result<(), GitError> {
        let call = Call::new(self, "merge").args(["--quiet", "--ff-only", "--no-autostash", to.as_str()]);
        call.read().map(drop)
    }
}
