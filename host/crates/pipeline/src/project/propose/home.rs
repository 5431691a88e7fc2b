//! The repository that pull requests are opened in, and the branch that they go into.

use super::ProposeOptions;
use super::forge::{ProposeForge, Remote, problem_of};
use crate::config::Repository;
use crate::git::{Commit, Git};
use crate::project::Project;
use countersign_model::Problem;

/// Where pull requests are opened.
pub(crate) struct Home {
    /// The repository.
    pub(crate) repository: Repository,
    pub(crate) remote: Remote,
    /// The branch that they go into.
    pub(crate) branch: String,
    /// The commit at its head, which is here.
    pub(crate) head: Commit,
}

impl Project {
    /// The home of proposals, with the base's commit brought here where it is not.
    pub(crate) fn home(&self, git: &Git, options: &ProposeOptions) -> Result<Home, Problem> {
        let repository = self.own_repository()?;
        let remote = self.remote(&repository)?;
        let branch = match &options.base {
            Some(branch) => branch.clone(),
            None => {
                let known = remote.forge.repository(&remote.slug);
                known.map_err(|error| problem_of(&error, &format!("read `{repository}`")))?.default_branch
            }
        };
        let head = self.base_head(git, &remote, &branch, options.dry_run)?;
        Ok(Home { repository, remote, branch, head })
    }

    /// The commit at the head of the base, as the forge has it now.
    pub(crate) fn base_head(
        &self,
        git: &Git,
        remote: &Remote,
        branch: &str,
        dry_run: bool,
    ) -> Result<Commit, Problem> {
        let shown: String = branch.chars().take(200).collect();
        let head = remote
            .branch(branch)
            .map_err(|error| problem_of(&error, &format!("read the branch `{shown}`")))?;
        let Some(head) = head.as_deref().and_then(Commit::parse) else {
            let message = format!("there is no branch `{shown}` to propose changes to");
            return Err(Problem::new("unknown-base", message).hint("name it with `--base BRANCH`"));
        };
        let failed = |error: crate::git::GitError| error.problem();
        let is_here = || Ok(git.resolve(head.as_str()).map_err(failed)?.is_some());
        // A dry run sends nothing at all, and git asks by sending.
        if !is_here()? && !dry_run {
            git.fetch_branch(branch).map_err(failed)?;
        }
        if is_here()? {
            return Ok(head);
        }
        let message =
            format!("the head of `{shown}`, {}, is not in this clone", super::carry::short(head.as_str()));
        Err(Problem::new("base-not-here", message).hint(format!("git fetch origin {shown}")))
    }

    fn own_repository(&self) -> Result<Repository, Problem> {
        self.forges().own().cloned().ok_or_else(|| {
            let message = "it is not known where this repository lives, so no pull request can be opened";
            Problem::new("unknown-home", message)
                .hint("write it into pipeline.toml: `[pipeline] repository = \"github:OWNER/NAME\"`")
        })
    }

    /// A repository on its forge.
    pub(crate) fn remote(&self, repository: &Repository) -> Result<Remote, Problem> {
        self.forges().of(repository).map(|(forge, slug)| Remote { forge, slug })
    }
}
