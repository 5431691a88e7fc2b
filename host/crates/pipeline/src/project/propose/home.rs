//! The repository that pull requests are opened in, and the branch that they go into.

use super::ProposeOptions;
use super::forge::{ProposeForge, Remote, problem_of};
use crate::config::{self, Repository};
use crate::git::{Commit, Git};
use crate::project::Project;
use countersign_forge::{Access, Budget, Forge, ForgeKind, ForgeSettings, Secret, Slug};
use countersign_model::Problem;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

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
        let repository = self.own_repository(git)?;
        let remote = self.remote(&repository, options.dry_run)?;
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
        let head = remote.branch(branch).map_err(|error| problem_of(&error, &format!("read the branch `{shown}`")))?;
        let Some(head) = head.as_deref().and_then(Commit::parse) else {
            let message = format!("there is no branch `{shown}` to propose changes to");
            return Err(Problem::new("unknown-base", message).hint("name it with `--base BRANCH`"));
        };
        let failed = |error: crate::git::GitError| error.problem();
        let is_here = || Ok(git.resolve(head.as_str()).map_err(failed)?.is_some());
        // A dry run sends nothing at all, and git asks by sending.
        if !is_here()? && !dry_run {
            git.fetch_branch(branch, &self.settings.variables).map_err(failed)?;
        }
        if is_here()? {
            return Ok(head);
        }
        let message = format!("the head of `{shown}`, {}, is not in this clone", super::carry::short(head.as_str()));
        Err(Problem::new("base-not-here", message).hint(format!("git fetch origin {shown}")))
    }

    /// This repository's own address: what CI says, else the URL of `origin`.
    fn own_repository(&self, git: &Git) -> Result<Repository, Problem> {
        let variables = &self.settings.variables;
        let get = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        let named = get("GITHUB_REPOSITORY").map(|name| {
            let server = get("GITHUB_SERVER_URL").map_or("https://github.com", String::as_str);
            format!("{}/{name}", server.trim_end_matches('/'))
        });
        let origin = match named {
            Some(url) => Some(url),
            None => git.origin_url().map_err(|error| error.problem())?,
        };
        origin.as_deref().and_then(address).ok_or_else(|| {
            let message = "it is not known where this repository lives, so no pull request can be opened";
            Problem::new("unknown-home", message)
                .hint("set the remote: `git remote add origin https://github.com/OWNER/NAME`")
        })
    }

    /// A repository on its forge.
    pub(crate) fn remote(&self, repository: &Repository, dry_run: bool) -> Result<Remote, Problem> {
        let token = self.settings.variables.get("GITHUB_TOKEN").filter(|token| !token.is_empty());
        let api = self.settings.variables.get("GITHUB_API_URL").filter(|url| !url.is_empty());
        let api = api.map_or("https://api.github.com", String::as_str);
        let unusable = |why: String| Problem::new("forge-refused", format!("`{repository}` cannot be used: {why}"));
        if repository.forge != config::Forge::Github {
            return Err(unusable("it is not on GitHub".to_owned()));
        }
        let settings = ForgeSettings {
            kind: ForgeKind::Github,
            api: Url::parse(api).map_err(|error| unusable(error.to_string()))?,
            access: token.map_or(Access::Anonymous, |token| Access::Token(Secret::new(token))),
            budget: Budget::default(),
            dry_run,
            timeout: Duration::from_secs(30),
        };
        let forge = Forge::new(settings).map_err(|error| problem_of(&error, &format!("use `{repository}`")))?;
        let slug = Slug::new(&repository.owner, &repository.name);
        Ok(Remote { forge: Arc::new(forge), slug })
    }
}

/// The address that the URL of a remote leads to: `https://HOST/OWNER/NAME.git`, `ssh://git@HOST/…`, `git@HOST:…`.
fn address(url: &str) -> Option<Repository> {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        None => url.replacen(':', "/", 1),
    };
    let rest = rest.rsplit_once('@').map_or(rest.as_str(), |(_, rest)| rest);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    let (host, path) = rest.split_once('/')?;
    let host = host.split(':').next()?;
    match host {
        "github.com" => format!("github:{path}").parse().ok(),
        _ => format!("github:{host}/{path}").parse().ok(),
    }
}
