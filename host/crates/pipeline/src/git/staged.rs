//! What a work tree of our own changed against its commit, and a commit made of it.

use super::call::Call;
use super::files::check_path;
use super::{Commit, Git, GitError, Identity};
use std::collections::BTreeMap;

/// A file that was staged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Its path, relative to the top.
    pub path: String,
    /// What it held before; none for a new file.
    pub before: Option<Vec<u8>>,
    /// What it holds now; none where it is gone.
    pub after: Option<Vec<u8>>,
    /// Whether it may be executed now.
    pub executable: bool,
    /// Lines that are added.
    pub added: u64,
    /// Lines that are removed.
    pub removed: u64,
}

/// What became of a branch that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The branch is new.
    Created,
    /// There was one already, which stays as it is.
    Existed,
    /// The push failed, and nobody knows how far it came.
    Unknown(String),
}

/// One entry of `diff --raw`.
struct Entry {
    path: String,
    before: String,
    after: String,
    executable: bool,
}

impl Git {
    /// Stages everything below these paths as it is now, what version control ignores included, and gives what
    /// differs from the commit, in the order of the paths.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn stage(&self, paths: &[String]) -> Result<Vec<Staged>, GitError> {
        for path in paths {
            check_path(path)?;
        }
        // A path that is not there is an error for `add`.
        let (there, gone): (Vec<&String>, Vec<_>) =
            paths.iter().partition(|path| self.toplevel().join(path).exists());
        if !there.is_empty() {
            Call::new(self, "add").args(["--all", "--force", "--"]).args(there).read()?;
        }
        if !gone.is_empty() {
            let options = ["-r", "--cached", "--quiet", "--ignore-unmatch", "--"];
            Call::new(self, "rm").args(options).args(gone).read()?;
        }
        let options = ["--cached", "--no-renames", "--no-ext-diff", "--no-textconv", "-z"];
        let raw =
            Call::new(self, "diff").args(options).args(["--raw", "--no-abbrev", "HEAD", "--"]).args(paths);
        let numbers = Call::new(self, "diff").args(options).args(["--numstat", "HEAD", "--"]).args(paths);
        let (entries, counts) = (parse_raw(&raw.read()?)?, parse_numbers(&numbers.read()?));
        entries.into_iter().map(|entry| self.staged(entry, &counts)).collect()
    }

    fn staged(&self, entry: Entry, counts: &BTreeMap<String, (u64, u64)>) -> Result<Staged, GitError> {
        let (added, removed) = counts.get(&entry.path).copied().unwrap_or_default();
        let Entry { path, before, after, executable } = entry;
        let (before, after) = (self.blob(&before)?, self.blob(&after)?);
        Ok(Staged { path, before, after, executable, added, removed })
    }

    /// The content of an object; none for the name that means "nothing".
    fn blob(&self, object: &str) -> Result<Option<Vec<u8>>, GitError> {
        if object.bytes().all(|byte| byte == b'0') {
            return Ok(None);
        }
        Call::new(self, "cat-file").args(["blob", object]).read().map(Some)
    }

    /// The tree of what is staged.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn write_tree(&self) -> Result<String, GitError> {
        let written = Call::new(self, "write-tree").read()?;
        Ok(String::from_utf8_lossy(&written).trim().to_owned())
    }

    /// A commit of a tree, on no branch. `time` is in seconds since 1970.
    ///
    /// # Errors
    /// A [`GitError`] where git fails.
    pub fn commit_tree(
        &self,
        tree: &str,
        parent: &Commit,
        message: &str,
        by: &Identity,
        time: u64,
    ) -> Result<Commit, GitError> {
        let date = format!("{time} +0000");
        let dates = [("GIT_AUTHOR_DATE", date.as_str()), ("GIT_COMMITTER_DATE", date.as_str())];
        let call =
            Call::new(self, "commit-tree").args(["--no-gpg-sign", tree, "-p", parent.as_str(), "-F", "-"]);
        let answer = call.by(by).envs(dates).run_with(message.as_bytes())?;
        match (answer.status, Commit::parse(answer.line().trim())) {
            (0, Some(commit)) => Ok(commit),
            _ => Err(answer.into_error("commit-tree")),
        }
    }

    /// Makes a branch of `origin` at a commit. One that is there already stays as it is.
    ///
    /// # Errors
    /// A [`GitError`] where git itself cannot be run, or `origin` refuses us.
    pub fn push_new_branch(&self, commit: &Commit, branch: &str) -> Result<Pushed, GitError> {
        let reference = format!("refs/heads/{branch}");
        // The empty expectation means that there must be no such branch.
        let lease = format!("--force-with-lease={reference}:");
        let call =
            Call::new(self, "push").over_network().args(["--porcelain", "--no-verify", &lease, "origin"]);
        let answer = call.args([format!("{commit}:{reference}")]).run()?;
        let printed = String::from_utf8_lossy(&answer.stdout).into_owned();
        let flag =
            printed.lines().find(|line| line.contains(&reference)).and_then(|line| line.chars().next());
        match (answer.status, flag) {
            (0, Some('*')) => Ok(Pushed::Created),
            (_, Some('=')) => Ok(Pushed::Existed),
            (_, Some('!')) if printed.contains("stale info") || printed.contains("already exists") => {
                Ok(Pushed::Existed)
            }
            // Refused by a rule of the other side, such as a protected name.
            (_, Some('!')) => Err(answer.into_error("push")),
            (_, _) => {
                let why = answer.into_error("push").to_string();
                Ok(Pushed::Unknown(why))
            }
        }
    }
}

/// `:MODE MODE OBJECT OBJECT STATUS<nul>PATH<nul>`.
fn parse_raw(listed: &[u8]) -> Result<Vec<Entry>, GitError> {
    let broken = || GitError::Failed { command: "diff".into(), message: "its answer cannot be read".into() };
    let mut fields = listed.split(|byte| *byte == 0).map(|field| String::from_utf8_lossy(field).into_owned());
    let mut entries = Vec::new();
    while let Some(facts) = fields.next().filter(|facts| !facts.is_empty()) {
        let path = fields.next().ok_or_else(broken)?;
        let mut words = facts.trim_start_matches(':').split(' ');
        let mut word = || words.next().map(str::to_owned).ok_or_else(broken);
        let (_, mode, before, after) = (word()?, word()?, word()?, word()?);
        entries.push(Entry { path, before, after, executable: mode == "100755" });
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// `ADDED<tab>REMOVED<tab>PATH<nul>`, with `-` for a binary file.
fn parse_numbers(listed: &[u8]) -> BTreeMap<String, (u64, u64)> {
    let lines = listed.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let counts = lines.filter_map(|line| {
        let mut words = line.splitn(3, '\t');
        let mut number = || words.next().map(|word| word.parse().unwrap_or_default());
        let (added, removed) = (number()?, number()?);
        Some((words.next()?.to_owned(), (added, removed)))
    });
    counts.collect()
}
