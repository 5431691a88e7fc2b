use super::call::Call;
use super::{Git, GitError};
use crate::tool::{Caller, find_on_path};
use std::path::{Path, PathBuf};

impl Git {
    /// The work tree that holds `folder`, or none where it is under no version control.
    ///
    /// # Errors
    /// [`GitError::NotInstalled`] where a `.git` is there and no `git`; [`GitError::Untrusted`] where git
    /// refuses the owner; [`GitError::Failed`] for a `.git` that git cannot read. A repository that cannot
    /// be asked must not look like a folder without one.
    pub fn discover(folder: &Path, caller: &Caller) -> Result<Option<Self>, GitError> {
        let unreadable = |error: std::io::Error| GitError::Failed {
            command: "rev-parse".into(),
            message: error.to_string(),
        };
        let folder = folder.canonicalize().map_err(unreadable)?;
        if !folder.ancestors().any(|ancestor| ancestor.join(".git").exists()) {
            return Ok(None);
        }
        let Some(program) = find_on_path("git", &caller.path) else {
            return Err(GitError::NotInstalled { folder });
        };
        let call = Call::at(&program, &caller.path, caller.home.as_deref(), &folder, "rev-parse");
        let answer = call.args(["--is-shallow-repository", "--show-prefix", "--show-toplevel"]).run()?;
        if answer.status != 0 {
            return Err(answer.into_error("rev-parse"));
        }
        let lines = answer.line();
        // The path comes last, since it alone may hold a line end.
        let mut lines = lines.splitn(3, '\n');
        let (shallow, prefix, toplevel) = (lines.next(), lines.next(), lines.next());
        Ok(Some(Self {
            program,
            caller: caller.clone(),
            toplevel: PathBuf::from(toplevel.unwrap_or_default()),
            prefix: prefix.unwrap_or_default().to_owned(),
            shallow: shallow == Some("true"),
        }))
    }

    /// The work tree's top folder.
    pub fn toplevel(&self) -> &Path {
        &self.toplevel
    }

    /// The discovered folder relative to the top: empty, or ending in `/`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether history was cut off when this clone was made.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }
}
