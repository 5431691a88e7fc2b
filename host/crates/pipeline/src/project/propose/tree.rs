//! The isolated work tree that a proposal is made in, and what changed there.
//!
//! It is checked out of the base's head into a temporary folder, with an index of its own. Nothing of the user's is
//! touched: no file, no index, no ref. Whatever ends the run, the folder goes: now, or when the next run sweeps.

use crate::config::{CONTRACTS, Config, ContractConfig};
use crate::git::{Commit, Git, Staged};
use crate::project::{Project, Settings};
use crate::tool::{Borrowed, Scratch, is_abandoned};
use countersign_forge::Change;
use countersign_model::{Problem, ProposedChange, ProposedFile};
use std::path::{Path, PathBuf};

/// The last part of the work tree's path, by which a later run knows it. Git calls its own notes of it so, too.
const NAME: &str = "countersign-propose";

/// A work tree of one commit.
pub(crate) struct Tree {
    git: Git,
    folder: PathBuf,
    _scratch: Scratch,
}

impl Drop for Tree {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next run.
        let _ = self.git.remove_worktree(&self.folder);
    }
}

impl Tree {
    /// Check a commit out.
    pub(crate) fn of(git: &Git, settings: &Settings, commit: &Commit) -> Result<Self, Problem> {
        let scratch = Scratch::new(&settings.caller).map_err(|error| error.problem())?;
        sweep(git);
        let folder = scratch.path().join(NAME);
        let tree = Self { git: git.clone(), folder, _scratch: scratch };
        tree.git.add_worktree(&tree.folder, commit).map_err(|error| error.problem())?;
        Ok(tree)
    }

    /// The project in it, with the tools that the original has and the commit has not.
    pub(crate) fn project(&self, original: &Project) -> Result<Project, Vec<Problem>> {
        let file = original.config.position("").file;
        let config = Config::load(&self.folder.join(&original.prefix).join(file))?;
        let mut settings = original.settings.clone();
        settings.withheld = Some("a proposal is generated without credentials");
        settings.caller.borrowed = None;
        let copy = Project::with(config, settings.clone())?;
        settings.caller.borrowed = Some(self.borrowed(original, &copy).map_err(|problem| vec![problem])?);
        Project::with(copy.config, settings)
    }

    fn borrowed(&self, original: &Project, copy: &Project) -> Result<Borrowed, Problem> {
        let mut borrowed = Borrowed::new(&original.repository, &self.folder);
        for local in copy.config.clients.values().filter_map(|client| client.local()) {
            if let Some((name, tool)) = copy.config.tool_of(&local.generate) {
                let root = copy.in_repository(&local.root);
                let lent = borrowed.lend(Path::new(root.trim_matches('/')), &copy.tool(name, tool));
                lent.map_err(|error| error.problem())?;
            }
        }
        Ok(borrowed)
    }

    /// What an accept of a contract changed, in the order of the paths.
    pub(crate) fn changed(&self, copy: &Project, contract: &ContractConfig) -> Result<Changed, Problem> {
        let outputs = copy.config.clients_of(&contract.name).filter_map(|client| client.local());
        let outputs = outputs.map(|local| copy.in_repository(&local.output_path()));
        let paths: Vec<String> = outputs.chain([copy.in_repository(&contract.folder())]).collect();
        let git = copy.git.as_ref().ok_or_else(|| Problem::new("bug", "a work tree without git"))?;
        let failed = |error: crate::git::GitError| error.problem();
        let files = git.stage(&paths).map_err(failed)?;
        let tree = git.write_tree().map_err(failed)?;
        Ok(Changed { files, tree, contracts: copy.in_repository(&format!("{CONTRACTS}/")) })
    }
}

/// Remove what is left of the work trees of runs that were killed.
fn sweep(git: &Git) {
    let trees = git.worktrees().unwrap_or_default();
    let is_ours = |tree: &&PathBuf| {
        let above = tree.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
        tree.file_name().is_some_and(|name| name == NAME)
            && above.is_some_and(|above| above.starts_with("countersign-"))
    };
    for tree in trees.iter().filter(is_ours) {
        let above = tree.parent().unwrap_or(tree);
        if !tree.exists() || is_abandoned(above) {
            // What cannot be removed is not worth failing for.
            let _ = git.remove_worktree(tree);
        }
    }
}

/// What changed.
pub(crate) struct Changed {
    /// The files.
    pub(crate) files: Vec<Staged>,
    /// The object name of the tree that they make.
    pub(crate) tree: String,
    /// The folder of the contracts, relative to the repository's top.
    contracts: String,
}

impl Changed {
    /// Whether nothing changed that anybody has to look at: locks, records and waivers that follow from something
    /// else, and white space.
    pub(crate) fn is_trivial(&self) -> bool {
        self.files.iter().all(|file| self.is_bookkeeping(&file.path) || is_white_space(file))
    }

    fn is_bookkeeping(&self, path: &str) -> bool {
        let Some((_, rest)) = path.strip_prefix(&self.contracts).and_then(|rest| rest.split_once('/')) else {
            return false;
        };
        matches!(rest, "record.toml" | "waivers.toml")
            || (rest.starts_with("clients/") && rest.ends_with(".lock"))
    }

    /// For a commit by way of the forge.
    pub(crate) fn publication(&self) -> Vec<(String, Change)> {
        let change = |file: &Staged| match &file.after {
            Some(content) => Change::Write { content: content.clone(), executable: file.executable },
            None => Change::Delete,
        };
        self.files.iter().map(|file| (file.path.clone(), change(file))).collect()
    }

    /// For people.
    pub(crate) fn told(&self) -> Vec<ProposedFile> {
        let told = self.files.iter().map(|file| ProposedFile {
            path: file.path.clone(),
            change: match (&file.before, &file.after) {
                (None, _) => ProposedChange::Added,
                (Some(_), Some(_)) => ProposedChange::Modified,
                (Some(_), None) => ProposedChange::Deleted,
            },
            added: file.added,
            removed: file.removed,
        });
        told.collect()
    }
}

/// Whether a file holds the same words as before.
fn is_white_space(file: &Staged) -> bool {
    match (&file.before, &file.after) {
        (Some(before), Some(after)) => words(before).eq(words(after)),
        (None, Some(_)) | (Some(_), None) | (None, None) => false,
    }
}

fn words(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, before: Option<&str>, after: Option<&str>) -> Staged {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let (before, after) = (before.map(bytes), after.map(bytes));
        Staged { path: path.into(), before, after, executable: false, added: 1, removed: 1 }
    }

    fn changed(files: Vec<Staged>) -> Changed {
        Changed { files, tree: String::new(), contracts: "api/contracts/".into() }
    }

    #[test]
    fn locks_records_and_white_space_are_nothing_to_look_at() {
        let lock = || file("api/contracts/watcher/clients/python.lock", Some("a"), Some("b"));
        let record = || file("api/contracts/watcher/record.toml", Some("a"), Some("b"));
        let spaces = || file("api/client/a.py", Some("x = 1\n\n\ny\n"), Some("x  = 1\r\ny"));
        assert!(changed(vec![lock(), record(), spaces()]).is_trivial());
        assert!(changed(Vec::new()).is_trivial());
        for real in [
            file("api/contracts/watcher/openapi.json", Some("{ }"), Some("{ a }")),
            file("api/client/a.py", Some("foo bar"), Some("foobar")),
            file("api/client/new.py", None, Some("")),
            file("api/client/gone.py", Some(""), None),
            file("api/client/record.toml", Some("a"), Some("b")),
            file("api/contracts/record.toml", Some("a"), Some("b")),
        ] {
            assert!(!changed(vec![lock(), record(), real.clone()]).is_trivial(), "{}", real.path);
        }
    }
}
