use crate::binary::{self, binary};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A temporary folder with a git repository and a home of its own.
pub struct Sandbox {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// What a run of the binary came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit status; -1 for the end by a signal.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Sandbox {
    /// A repository without a commit.
    pub fn new() -> Self {
        let sandbox = Self::without_git();
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]);
        sandbox
    }

    /// A folder under no version control.
    pub fn without_git() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir_all(folder.path().join("home")).expect("the temporary folder can be written");
        fs::create_dir_all(folder.path().join("repository")).expect("the temporary folder can be written");
        let configuration =
            "[user]\nname = Ana\nemail = ana@example.com\n[protocol \"file\"]\nallow = always\n";
        fs::write(folder.path().join("home/.gitconfig"), configuration).expect("the home can be written");
        Self { folder, variables: BTreeMap::new() }
    }

    /// A copy of all of it.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::without_git();
        let (from, to) = (self.root().join("."), copy.root());
        binary::run(Command::new("cp").arg("-a").arg(from).arg(to));
        Self { variables: self.variables.clone(), ..copy }
    }

    /// A clone of its own beside the repository.
    #[must_use]
    pub fn clone_with(&self, options: &[&str]) -> Self {
        let clone = Self::without_git();
        let url = format!("file://{}", self.root().display());
        clone.git(&[&["clone", "--quiet"], options, &[&url, "."]].concat());
        Self { variables: self.variables.clone(), ..clone }
    }

    /// The repository's folder.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// The home of every run.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Where a file of the repository lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Write a file and the folders that it needs.
    #[track_caller]
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
        fs::write(path, content).expect("the repository can be written");
    }

    /// Read a file as text.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Whether there is something at a path.
    pub fn holds(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Replace the one occurrence of `old` in a file.
    #[track_caller]
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "`{old}` does not stand in {path} once");
        self.write(path, text.replacen(old, new, 1));
    }

    /// Remove a file.
    #[track_caller]
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Write a script that can be run.
    #[track_caller]
    pub fn script(&self, path: &str, text: &str) {
        self.write(path, format!("#!/bin/sh\n{text}\n"));
        binary::run(Command::new("chmod").arg("+x").arg(self.path(path)));
    }

    /// Every file with its bytes, but for links, git's own folder and the tool's private one.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.root(), &self.root(), &mut files);
        files
    }

    /// Run git; its standard output without the last line end.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut git = self.with_environment(Command::new("git"));
        let stdout = binary::run(git.args(arguments));
        String::from_utf8_lossy(&stdout).trim_end().to_owned()
    }

    /// Commit everything; the commit's name.
    #[track_caller]
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Set a variable for all runs to come.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.to_owned(), value.into());
    }

    /// Run the binary.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_input(arguments, b"")
    }

    /// Run the binary with something on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = self.with_environment(Command::new(binary()));
        command.args(arguments);
        finish(command, input)
    }

    /// Start the binary in the background; nobody hears what it says.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.with_environment(Command::new(binary()));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary can be started")
    }

    /// Run the binary by way of another program, which is given its path and its arguments as last arguments.
    pub fn run_by(&self, program: &[&str], arguments: &[&str]) -> Output {
        let mut command = self.with_environment(Command::new(program[0]));
        command.args(&program[1..]).arg(binary()).args(arguments);
        finish(command, b"")
    }

    /// Run the binary for its JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str], status: i32) -> Value {
        self.run(&[arguments, &["--output-format", "json"]].concat()).exits(status).json()
    }

    /// The same for every run: nothing of the machine but its search path.
    fn with_environment(&self, mut command: Command) -> Command {
        let search_path = binary::variable("PATH").unwrap_or_default();
        command.env_clear().env("PATH", search_path).env("HOME", self.home());
        command.env("GIT_CONFIG_NOSYSTEM", "1").current_dir(self.root()).envs(&self.variables);
        command
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Output {
    /// Itself, where this is the exit status.
    #[track_caller]
    #[must_use]
    pub fn exits(self, status: i32) -> Self {
        let Self { status: actual, stdout, stderr } = &self;
        assert_eq!(*actual, status, "\nstdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// Itself, where either stream holds this text.
    #[track_caller]
    #[must_use]
    pub fn says(self, text: &str) -> Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(said, "`{text}` is not said\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

fn finish(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary can be started");
    // A run that does not read its input has closed it.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    let output = child.wait_with_output().expect("the binary can be waited for");
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the repository can be read") {
        let path = entry.expect("the repository can be read").path();
        let name = path.strip_prefix(root).expect("it lies inside").to_string_lossy().into_owned();
        if name == ".git" || name == ".countersign" || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(name, fs::read(&path).expect("the repository can be read"));
        }
    }
}
