use super::call::Call;
use super::files::check_path;
use super::{Commit, Git, GitError};

impl Git {
    /// The commits that `to` has and `from` has not, oldest first; with `paths`, only those that changed
    /// one of them. With `first_parent`, a merge counts as one change of the branch it was made on.
    ///
    /// # Errors
    /// [`GitError::Shallow`] where the clone does not reach back to `from`: a list with holes must not look
    /// like a short history.
    pub fn commits_between(
        &self,
        from: Option<&Commit>,
        to: &Commit,
        first_parent: bool,
        paths: &[&str],
    ) -> Result<Vec<Commit>, GitError> {
        self.check_reach(from, to)?;
        let mut call = Call::new(self, "rev-list").args(["--reverse", "--topo-order"]);
        if first_parent {
            call = call.args(["--first-parent"]);
        }
        call = call.args([to.as_str()]).args(from.map(|from| format!("^{from}"))).args(["--"]);
        for path in paths {
            check_path(path)?;
        }
        let listed = call.args(paths).read()?;
        Ok(String::from_utf8_lossy(&listed).lines().filter_map(Commit::parse).collect())
    }

    fn check_reach(&self, from: Option<&Commit>, to: &Commit) -> Result<(), GitError> {
        let reaches = match from {
            _ if !self.shallow => true,
            None => false,
            Some(from) => self.resolve(from.as_str())?.is_some() && self.is_ancestor(from, to)?,
        };
        if reaches { Ok(()) } else { Err(GitError::Shallow { commit: to.to_string() }) }
    }

    /// Whether a commit changed a file, or something in a folder, against its first parent.
    ///
    /// # Errors
    /// [`GitError::Shallow`] where the parent was cut off: every file would look new.
    pub fn changed_in(&self, commit: &Commit, path: &str) -> Result<bool, GitError> {
        check_path(path)?;
        if self.shallow && self.is_cut_off(commit)? {
            return Err(GitError::Shallow { commit: commit.to_string() });
        }
        let only = format!("{commit}^!");
        let listed = Call::new(self, "rev-list").args(["--first-parent", &only, "--", path]).read()?;
        Ok(!listed.is_empty())
    }

    /// Whether a commit names a first parent that is not in this clone.
    fn is_cut_off(&self, commit: &Commit) -> Result<bool, GitError> {
        let text = Call::new(self, "cat-file").args(["commit", commit.as_str()]).read()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let parent = text.lines().find_map(|line| line.strip_prefix("parent ")).and_then(Commit::parse);
        parent.map_or(Ok(false), |parent| Ok(self.resolve(parent.as_str())?.is_none()))
    }

    /// When a commit was made, in seconds since 1970, as its committer's clock had it.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn commit_time(&self, commit: &Commit) -> Result<i64, GitError> {
        let listed = Call::new(self, "rev-list").args(["--timestamp", "-1", commit.as_str()]).read()?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let seconds = listed.split_whitespace().next().and_then(|seconds| seconds.parse().ok());
        let message = || format!("`{commit}` has no time");
        seconds.ok_or_else(|| GitError::Failed { command: "rev-list".into(), message: message() })
    }

    /// The first line of a commit's message, and its author's name.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn commit_words(&self, commit: &Commit) -> Result<(String, String), GitError> {
        let call = Call::new(self, "show").args(["--no-patch", "--no-show-signature", "--format=%s%x00%an"]);
        let shown = call.args([commit.as_str()]).read()?;
        let shown = String::from_utf8_lossy(&shown).into_owned();
        let (subject, author) = shown.trim_end_matches('\n').split_once('\0').unwrap_or((&shown, ""));
        Ok((subject.to_owned(), author.to_owned()))
    }

    /// Whether this repository knows of another one.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn has_remote(&self) -> Result<bool, GitError> {
        Call::new(self, "remote").read().map(|remotes| !remotes.trim_ascii().is_empty())
    }

    /// The URL of a remote, or none where there is no such remote.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn remote_url(&self, remote: &str) -> Result<Option<String>, GitError> {
        let answer = Call::new(self, "config").args(["--get", &format!("remote.{remote}.url")]).run()?;
        Ok((answer.status == 0).then(|| answer.line()))
    }

    pub(super) fn has_origin(&self) -> Result<bool, GitError> {
        let remotes = Call::new(self, "remote").read()?;
        Ok(String::from_utf8_lossy(&remotes).lines().any(|remote| remote == "origin"))
    }
}
