//! What `serve` asks of a project: where branches stand, what became of deliveries, and how the work tree gets to where
//! upstream is.

use super::Project;
use crate::config::{Config, NodeConfig, Repository};
use crate::git::{Commit, Git};
use countersign_engine::{HttpError, HttpRequest};
use countersign_model::{Name, Problem};
use std::time::Duration;

/// The largest answer of an issuer of tokens, in bytes.
const LARGEST: usize = 1 << 20;

/// Where the work tree stands to upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Upstream has nothing that is not here.
    InSync {
        /// Our commit.
        commit: String,
    },
    /// The work tree moved on.
    Moved {
        /// Where it stood.
        from: String,
        /// Where it stands.
        to: String,
    },
    /// Each has what the other has not.
    Diverged {
        /// Our commit.
        ours: String,
        /// Upstream's.
        theirs: String,
    },
}

/// What keeps the work tree from where upstream is.
#[derive(Clone, Debug)]
pub enum Stuck {
    /// Upstream could not be read.
    Fetch(Problem),
    /// What is there cannot be served.
    Invalid(Vec<Problem>),
}

impl Project {
    /// A node by its name.
    ///
    /// # Errors
    /// A problem where it is not declared.
    pub fn node(&self, name: &str) -> Result<&NodeConfig, Problem> {
        let node = self.config.nodes.iter().find(|(known, _)| known.as_str() == name);
        let unknown = || Problem::new("unknown-node", format!("there is no node `{name}`"));
        node.map(|(_, node)| node).ok_or_else(unknown)
    }

    /// The contracts whose provider a repository is.
    pub fn provided_by(&self, repository: &Repository) -> Vec<Name> {
        let contracts = self.config.contracts.values();
        let provided = contracts.filter(|contract| {
            contract.provider.as_ref().is_some_and(|provider| same(&provider.repository, repository))
        });
        provided.map(|contract| contract.name.clone()).collect()
    }

    /// Whether a repository is this one.
    pub fn is_own(&self, repository: &Repository) -> bool {
        self.forges().own().is_some_and(|own| same(own, repository))
    }

    /// Where a node's branch stands; none where there is no such branch.
    ///
    /// # Errors
    /// A problem where its forge cannot be asked.
    pub fn head_of(&self, node: &NodeConfig) -> Result<Option<String>, Problem> {
        let (forge, slug) = self.forges().of(&node.repository)?;
        forge.branch(&slug, &node.branch).map_err(|error| crate::forges::problem(&error))
    }

    /// Ask a node's forge to send our webhook's failed deliveries again; how many it was asked for. None where
    /// `public-url` is not set, which tells our webhook from others.
    ///
    /// # Errors
    /// A problem where its forge cannot be asked.
    pub fn redeliver(&self, node: &NodeConfig) -> Result<usize, Problem> {
        let Some(address) = self.hook_address(node.repository.forge) else { return Ok(0) };
        let (forge, slug) = self.forges().of(&node.repository)?;
        forge.redeliver(&slug, &address).map_err(|error| crate::forges::problem(&error))
    }

    /// Whether the work tree holds a commit already. No network.
    pub fn holds(&self, commit: &str) -> bool {
        let Some(git) = &self.git else { return false };
        let ours = || -> Option<bool> {
            let wanted = Commit::parse(commit)?;
            let head = git.head().ok()??;
            git.resolve(wanted.as_str()).ok()??;
            git.is_ancestor(&wanted, &head).ok()
        };
        ours().unwrap_or(false)
    }

    /// Bring the work tree to where `origin` is. What the configuration says there is checked before anything moves.
    ///
    /// # Errors
    /// [`Stuck`], and nothing has moved.
    pub fn follow_upstream(&self, branch: Option<&str>) -> Result<Upstream, Stuck> {
        let fetch = |error: crate::git::GitError| Stuck::Fetch(error.problem());
        let git = self.git.as_ref().ok_or_else(|| {
            let message = "this folder is not under version control, so there is nothing to reload from";
            Stuck::Fetch(Problem::new("no-version-control", message))
        })?;
        let head =
            git.head().map_err(fetch)?.ok_or_else(|| Stuck::Fetch(no_branch("there is no commit yet")))?;
        let current = git.current_branch().map_err(fetch)?;
        let current = current.ok_or_else(|| Stuck::Fetch(no_branch("no branch is checked out")))?;
        if branch.is_some_and(|branch| branch != current) {
            return Ok(Upstream::InSync { commit: head.to_string() });
        }
        let upstream = git.fetch_upstream(&current).map_err(fetch)?;
        let upstream = upstream
            .ok_or_else(|| Stuck::Fetch(no_branch(&format!("`origin` has no branch `{current}`"))))?;
        if git.is_ancestor(&upstream, &head).map_err(fetch)? {
            return Ok(Upstream::InSync { commit: head.to_string() });
        }
        if !git.is_ancestor(&head, &upstream).map_err(fetch)? {
            return Ok(Upstream::Diverged { ours: head.to_string(), theirs: upstream.to_string() });
        }
        self.check_configuration(git, &upstream)?;
        let invalid = |error: crate::git::GitError| Stuck::Invalid(vec![error.problem()]);
        git.fast_forward(&upstream).map_err(invalid)?;
        Ok(Upstream::Moved { from: head.to_string(), to: upstream.to_string() })
    }

    fn check_configuration(&self, git: &Git, commit: &Commit) -> Result<(), Stuck> {
        let name = self.config.position("").file;
        let content = git.read_file(commit, &self.in_repository(&name));
        let content = content.map_err(|error| Stuck::Fetch(error.problem()))?;
        let missing = || Problem::new("no-configuration", format!("there is no `{name}` at {commit}"));
        let content = content.ok_or_else(|| Stuck::Invalid(vec![missing()]))?;
        let text = String::from_utf8_lossy(&content);
        Config::parse(&text, &name, self.config.root.clone()).map(drop).map_err(Stuck::Invalid)
    }

    /// Check a commit out beside the work tree, below `folder`, fetching it first where it is not here: that commit of
    /// the branch, or where the branch stands. The folder of `pipeline.toml` in it, and the commit.
    ///
    /// # Errors
    /// What git says.
    pub fn check_out(
        &self,
        folder: &std::path::Path,
        branch: &str,
        commit: Option<&str>,
    ) -> Result<(std::path::PathBuf, String), Problem> {
        let git = self
            .git
            .as_ref()
            .ok_or_else(|| Problem::new("no-version-control", "this folder is not under version control"))?;
        let failed = |error: crate::git::GitError| error.problem();
        let wanted = commit.and_then(Commit::parse);
        let here = |commit: &Commit| git.resolve(commit.as_str()).ok().flatten();
        let known = wanted.as_ref().and_then(here);
        let known = match known {
            Some(known) => Some(known),
            None => {
                let upstream = git.fetch_upstream(branch).map_err(failed)?;
                wanted.as_ref().and_then(here).or(upstream)
            }
        };
        let known = known.ok_or_else(|| no_branch(&format!("`origin` has no branch `{branch}`")))?;
        git.add_worktree(folder, &known).map_err(failed)?;
        Ok((folder.join(&self.prefix), known.to_string()))
    }

    /// Remove what [`Self::check_out`] made.
    pub fn remove_checkout(&self, folder: &std::path::Path) {
        if let Some(git) = &self.git {
            // What stays is pruned by the next one that is added.
            drop(git.remove_worktree(folder));
        }
    }

    /// The branch that is checked out here.
    pub fn current_branch(&self) -> Option<String> {
        self.git.as_ref()?.current_branch().ok()?
    }

    /// The signing keys of an issuer of OpenID Connect tokens (OpenID Connect Discovery 1.0, section 4), as a JWK set.
    ///
    /// # Errors
    /// Why they could not be had.
    pub fn signing_keys(&self, issuer: &str) -> Result<String, String> {
        let document =
            self.read_json(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))?;
        let value: serde_json::Value =
            serde_json::from_slice(&document).map_err(|error| error.to_string())?;
        let keys = value.get("jwks_uri").and_then(serde_json::Value::as_str);
        let keys = self.read_json(keys.ok_or("its configuration names no `jwks_uri`")?)?;
        String::from_utf8(keys).map_err(|error| error.to_string())
    }

    fn read_json(&self, url: &str) -> Result<Vec<u8>, String> {
        let request = HttpRequest {
            method: "GET".into(),
            url: url.parse().map_err(|error: url::ParseError| error.to_string())?,
            headers: vec![("accept".into(), "application/json".into())],
            body: None,
            credential: None,
            timeout: Some(Duration::from_secs(10)),
        };
        let answer = self.web.send(request).map_err(|error| why(&error))?;
        match answer.status {
            200 if answer.body.len() <= LARGEST => Ok(answer.body),
            200 => Err(format!("`{url}` answers with more than a mebibyte")),
            status => Err(format!("`{url}` answers with status {status}")),
        }
    }
}

pub(super) fn why(error: &HttpError) -> String {
    match error {
        HttpError::Denied { what, .. } => format!("{what} is refused"),
        HttpError::Unreachable(why) | HttpError::Other(why) => why.clone(),
        HttpError::Timeout => "it did not answer in time".to_owned(),
        HttpError::TooLarge(_) => "its answer is too large".to_owned(),
        HttpError::DryRun => "a dry run asks nobody".to_owned(),
    }
}

fn no_branch(message: &str) -> Problem {
    Problem::new("no-upstream", message)
        .hint("check out the branch that `serve` follows, with `origin` as its remote")
}

/// Forges compare names without regard to case.
pub(super) fn same(one: &Repository, other: &Repository) -> bool {
    one.to_string().eq_ignore_ascii_case(&other.to_string())
}
