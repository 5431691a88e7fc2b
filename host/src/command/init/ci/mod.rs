//! `init --ci`: the workflows that a project's `pipeline.toml` calls for. A file that is there already and
//! says something else is somebody's work, and is never written over.

mod facts;
mod gitlab;
mod revision;
#[cfg(test)]
mod tests;
mod workflow;

use crate::args::{Ci, InitArgs};
use crate::command::write::write_file;
use countersign_model::Problem;
use countersign_pipeline::config::Config;
use facts::Facts;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use workflow::Host;

pub(super) use revision::check as check_revision;

/// Workflows that can be written: nothing stands in their way.
#[derive(Debug)]
pub(super) struct Workflows {
    ci: Ci,
    top: PathBuf,
    files: Vec<(PathBuf, String)>,
    facts: Facts,
}

/// Plan the workflows of a project, without writing any.
///
/// # Errors
/// A problem for each file that is there and differs.
pub(super) fn plan(
    ci: Ci,
    args: &InitArgs,
    config: &Config,
    remote: Option<&str>,
    environment: &BTreeMap<String, String>,
) -> Result<Workflows, Vec<Problem>> {
    let (top, folder) = place(&config.root);
    let mut facts = Facts { folder, ..Facts::of(config, &args.event_type) };
    if let (None, Some(remote)) = (&config.baseline, remote) {
        facts.branch = facts::branch(remote).to_owned();
    }
    facts.revision = args.rev.clone().or_else(|| revision::installed(environment));
    let files = files(ci, &facts);
    let problems: Vec<_> = files.iter().filter_map(|(path, text)| in_the_way(&top, path, text, ci)).collect();
    if problems.is_empty() { Ok(Workflows { ci, top, files, facts }) } else { Err(problems) }
}

/// The top of the repository, where workflows are looked for, and the folder of `pipeline.toml` below it.
fn place(root: &Path) -> (PathBuf, String) {
    // A `..` in it would hide what is above.
    let root = &root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let top = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root);
    let below = root.strip_prefix(top).unwrap_or(Path::new(""));
    (top.to_path_buf(), below.to_string_lossy().into_owned())
}

fn files(ci: Ci, facts: &Facts) -> Vec<(PathBuf, String)> {
    let (host, folder) = match ci {
        Ci::Github => (Host::Github, ".github/workflows"),
        Ci::Gitea => (Host::Gitea, ".gitea/workflows"),
        Ci::Gitlab => return vec![(".gitlab/contracts.yml".into(), gitlab::jobs(facts))],
    };
    let folder = Path::new(folder);
    let mut files = vec![(folder.join("contracts.yml"), workflow::check(host, facts))];
    if workflow::proposes(host, facts) {
        files.push((folder.join("contracts-propose.yml"), workflow::propose(host, facts)));
    }
    files
}

fn in_the_way(top: &Path, path: &Path, text: &str, ci: Ci) -> Option<Problem> {
    let there = std::fs::read(top.join(path));
    let is_free = matches!(&there, Err(error) if error.kind() == std::io::ErrorKind::NotFound);
    if is_free || there.is_ok_and(|bytes| bytes == text.as_bytes()) {
        return None;
    }
    let (path, ci) = (path.display(), ci.word());
    let message =
        format!("`{path}` exists already, and says something else than `init --ci {ci}` would write");
    Some(Problem::new("workflow-exists", message).hint(format!("rm {path} && countersign init --ci {ci}")))
}

impl Workflows {
    /// Write them; what was done, one sentence each.
    ///
    /// # Errors
    /// A problem for the first file that could not be written.
    pub(super) fn write(&self) -> Result<Vec<String>, Problem> {
        let mut done = Vec::new();
        for (path, text) in &self.files {
            let whole = self.top.join(path);
            if whole.exists() {
                done.push(format!("{} is as it should be", whole.display()));
                continue;
            }
            let folder = whole.parent().unwrap_or(&self.top);
            let written = std::fs::create_dir_all(folder).and_then(|()| write_file(&whole, text.as_bytes()));
            written.map_err(|error| super::not_written(&whole, &error))?;
            done.push(format!("wrote {}", whole.display()));
        }
        done.extend(self.advice());
        Ok(done)
    }

    /// What only a person can do.
    fn advice(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.facts.revision.is_none() {
            lines.push("the newest Countersign is installed each time; `--rev COMMIT` pins it".into());
        }
        lines.push("add what the dump and the generators need where the file says `Here:`".into());
        match self.ci {
            Ci::Gitlab => {
                lines.push("`.gitlab-ci.yml` needs: include: [{ local: .gitlab/contracts.yml }]".into());
            }
            Ci::Github | Ci::Gitea => lines.extend(self.settings()),
        }
        lines
    }

    fn settings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let names = self.facts.credentials.union(&self.facts.forges);
        let names: Vec<_> = names.map(String::as_str).filter(|name| !name.starts_with("GITHUB_")).collect();
        if !names.is_empty() {
            lines.push(format!("secrets to set in the repository's settings: {}", names.join(", ")));
        }
        if self.files.len() > 1 {
            let cure = match self.ci {
                Ci::Github => "set the variable CONTRACTS_APP_CLIENT_ID and the secret CONTRACTS_APP_KEY",
                Ci::Gitea | Ci::Gitlab => "set the secret CONTRACTS_TOKEN",
            };
            lines.push(format!(
                "pull requests that the workflow's own token opens start no workflows; {cure} (docs/guides/ci.md)"
            ));
        }
        lines
    }
}
