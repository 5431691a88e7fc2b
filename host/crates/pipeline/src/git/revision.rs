use super::call::Call;
use super::{BaseRevision, Commit, DEEPEN, Git, GitError};

impl Git {
    /// The work tree's commit, or none where there is no commit yet.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn head(&self) -> Result<Option<Commit>, GitError> {
        let answer = Call::new(self, "rev-parse").args(["--verify", "--quiet", "HEAD"]).run()?;
        match answer.status {
            0 => Ok(Commit::parse(&answer.line())),
            1 => self.check_unborn().map(|()| None),
            _ => Err(answer.into_error("rev-parse")),
        }
    }

    /// A broken reference looks like one that was never written, except to those who list them.
    fn check_unborn(&self) -> Result<(), GitError> {
        let answer = Call::new(self, "for-each-ref").args(["--format=%(refname)", "refs/heads"]).run()?;
        let is_sound = answer.status == 0 && answer.stderr.is_empty();
        if is_sound { Ok(()) } else { Err(answer.into_error("for-each-ref")) }
    }

    /// The branch that is checked out, or none on a detached head.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn current_branch(&self) -> Result<Option<String>, GitError> {
        let answer = Call::new(self, "symbolic-ref").args(["--quiet", "--short", "HEAD"]).run()?;
        match answer.status {
            0 => Ok(Some(answer.line())),
            1 => Ok(None),
            _ => Err(answer.into_error("symbolic-ref")),
        }
    }

    /// The commit that a revision names, or none where it names none.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn resolve(&self, revision: &str) -> Result<Option<Commit>, GitError> {
        if !is_fit(revision) {
            return Ok(None);
        }
        let asked = format!("{revision}^{{commit}}");
        let answer =
            Call::new(self, "rev-parse").args(["--verify", "--quiet", "--end-of-options", &asked]).run()?;
        match (answer.status, answer.line().lines().last()) {
            (0, Some(line)) => Ok(Commit::parse(line)),
            // Status 1 is "no such thing". 128 is what a cut-off history and a wrong syntax give.
            _ => Ok(None),
        }
    }

    /// Where the work tree's history left that of `revision`.
    ///
    /// # Errors
    /// A [`GitError`] where git fails; what the clone cannot answer is [`BaseRevision::Unreadable`].
    pub fn merge_base(&self, revision: &str) -> Result<BaseRevision, GitError> {
        if is_fit(revision) {
            let answer = Call::new(self, "merge-base").args(["--end-of-options", "HEAD", revision]).run()?;
            let commit = answer.line().lines().next().and_then(Commit::parse);
            if let (0, Some(commit)) = (answer.status, commit) {
                return Ok(BaseRevision::At { revision: revision.to_owned(), commit });
            }
        }
        self.why_no_merge_base(revision)
    }

    fn why_no_merge_base(&self, revision: &str) -> Result<BaseRevision, GitError> {
        if self.head()?.is_none() {
            return Ok(BaseRevision::Unborn);
        }
        let unreadable =
            |why: String, hint: String| BaseRevision::Unreadable { revision: revision.to_owned(), why, hint };
        if !is_fit(revision) {
            let why = format!("`{revision}` is not a revision");
            return Ok(unreadable(why, "name a branch, a tag or a commit".into()));
        }
        Ok(match (self.resolve(revision)?, self.shallow) {
            (None, true) => unreadable(format!("`{revision}` is not in this shallow clone"), DEEPEN.into()),
            (None, false) => {
                unreadable(format!("`{revision}` names no commit here"), hint_to_fetch(revision))
            }
            (Some(_), true) => unreadable(
                format!("this shallow clone does not reach back to where it left `{revision}`"),
                DEEPEN.into(),
            ),
            (Some(_), false) => unreadable(
                format!("the work tree's history and that of `{revision}` have nothing in common"),
                "name a branch that this one was made from".into(),
            ),
        })
    }

    /// Whether `of` descends from `ancestor`, or is it.
    ///
    /// # Errors
    /// A [`GitError`] where git fails, such as for a commit that is not in this clone.
    pub fn is_ancestor(&self, ancestor: &Commit, of: &Commit) -> Result<bool, GitError> {
        let answer =
            Call::new(self, "merge-base").args(["--is-ancestor", ancestor.as_str(), of.as_str()]).run()?;
        match answer.status {
            0 => Ok(true),
            1 => Ok(false),
            _ => Err(answer.into_error("merge-base")),
        }
    }
}

/// Whether a text can be passed as a revision and be taken for nothing else.
fn is_fit(revision: &str) -> bool {
    !revision.is_empty() && !revision.starts_with('-') && !revision.chars().any(char::is_control)
}

fn hint_to_fetch(revision: &str) -> String {
    match revision.split_once('/') {
        Some(("origin", branch)) => {
            format!(
                "fetch it: `git fetch origin {branch}:refs/remotes/origin/{branch}`, or `fetch-depth: 0` for `actions/checkout`"
            )
        }
        _ => "name a branch, a tag or a commit that is fetched, such as `origin/main`".into(),
    }
}
