//! One call of `git`: fixed environment, no hooks, no pager, no prompt, no fetch behind one's back.

use super::{Git, GitError, Identity};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

/// Options of every call. A repository's own configuration may name programs to run (hooks, a file system
/// monitor), and it is not ours to run them. Paths are literal: `[id].ts` is a name and no pattern.
const OPTIONS: [&str; 8] = [
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "gc.auto=0",
];

const VARIABLES: [(&str, &str); 6] = [
    ("LC_ALL", "C"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // A file that a partial clone left out is an error that names it, not a silent download.
    ("GIT_NO_LAZY_FETCH", "1"),
    // The gate reads what was committed, not what a replacement says was.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_PAGER", "cat"),
];

pub(super) struct Call<'a> {
    command: Command,
    name: &'a str,
    folder: &'a Path,
    network: BTreeMap<String, String>,
}

/// A call that ran: its status and what it printed.
pub(super) struct Answer {
    pub(super) status: i32,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl<'a> Call<'a> {
    pub(super) fn new(git: &'a Git, name: &'a str) -> Self {
        let call = Self::at(&git.program, &git.caller.path, git.caller.home.as_deref(), &git.toplevel, name);
        Self { network: git.caller.network.clone(), ..call }
    }

    pub(super) fn at(
        program: &Path,
        path: &OsStr,
        home: Option<&Path>,
        folder: &'a Path,
        name: &'a str,
    ) -> Self {
        let mut command = Command::new(program);
        command.env_clear().envs(VARIABLES).env("PATH", path).current_dir(folder);
        if let Some(home) = home {
            command.env("HOME", home);
        }
        command.args(OPTIONS).arg(name);
        Self { command, name, folder, network: BTreeMap::new() }
    }

    pub(super) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// With what a connection to another repository may need: proxies, keys and helpers of the caller's.
    pub(super) fn over_network(mut self) -> Self {
        self.command.envs(&self.network);
        self
    }

    /// Author and committer of what the call writes.
    pub(super) fn by(mut self, identity: &Identity) -> Self {
        for role in ["AUTHOR", "COMMITTER"] {
            self.command.env(format!("GIT_{role}_NAME"), &identity.name);
            self.command.env(format!("GIT_{role}_EMAIL"), &identity.email);
        }
        self
    }

    /// Variables besides the fixed ones.
    pub(super) fn envs<'v>(mut self, variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        self.command.envs(variables);
        self
    }

    /// Runs it, whatever its status. What git itself cannot work with is an error already here.
    pub(super) fn run(self) -> Result<Answer, GitError> {
        self.run_with(b"")
    }

    /// Runs it with `input` as its standard input.
    pub(super) fn run_with(mut self, input: &[u8]) -> Result<Answer, GitError> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |message: String| GitError::Failed { command: self.name.to_owned(), message };
        let mut child = self.command.spawn().map_err(|error| failed(error.to_string()))?;
        let stdin = child.stdin.take();
        let output = thread::scope(|scope| {
            // On a thread of its own: git answers while it is asked, and both pipes are finite.
            scope.spawn(move || {
                // A git that stopped listening says why in its status.
                let _ = stdin.map(|mut stdin| stdin.write_all(input));
            });
            child.wait_with_output()
        });
        let answer = Answer::of(output.map_err(|error| failed(error.to_string()))?);
        if answer.stderr.contains("detected dubious ownership") {
            return Err(GitError::Untrusted { folder: self.folder.to_owned() });
        }
        Ok(answer)
    }

    /// Runs it and gives what it printed; another status than 0 is an error.
    pub(super) fn read(self) -> Result<Vec<u8>, GitError> {
        let name = self.name.to_owned();
        let answer = self.run()?;
        if answer.status == 0 { Ok(answer.stdout) } else { Err(answer.into_error(&name)) }
    }
}

impl Answer {
    fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }
    }

    pub(super) fn line(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end_matches('\n').to_owned()
    }

    pub(super) fn into_error(self, name: &str) -> GitError {
        let message = match self.stderr.lines().last() {
            Some(line) => line.trim_start_matches("fatal: ").chars().take(400).collect(),
            None => format!("it exited with status {}", self.status),
        };
        GitError::Failed { command: name.to_owned(), message }
    }
}
