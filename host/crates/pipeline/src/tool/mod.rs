//! Tools that `pipeline.toml` declares, run in a cage, with limits.
//!
//! A tool is native code fed with somebody else's text. It gets a cleared and fixed environment, no network, the
//! best cage that the machine allows, limits and capped output; what it leaves is read, checked and handed back
//! as bytes.
//! Nothing here writes into the repository: that is the store's part. The process's umask is taken as it
//! is; `main` sets it to 022 for the whole process, and only bytes are compared.

mod admit;
mod bench;
mod borrow;
mod capture;
mod confinement;
mod environment;
mod error;
mod inputs;
mod layer;
mod mirror;
mod output;
mod process;
mod run;
mod runner;
mod scratch;
mod setup;
#[cfg(test)]
mod tests;

pub use borrow::Borrowed;
pub use confinement::Cage;
pub use countersign_cage::{HELPER, Rung, run_helper};
pub(crate) use environment::find_on_path;
pub use error::{Ended, Exceeded, ToolError};
pub use inputs::input_digests;
pub(crate) use inputs::is_input;
pub(crate) use run::is_written;
pub use run::{dump, generate, probe};
pub(crate) use scratch::{Scratch, is_abandoned};

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A tool as `pipeline.toml`, or a preset, declares it.
///
/// `command`, `then`, `probes` and the values of `env` may hold `{spec}`, `{out}` and `{root}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tool {
    /// Its name in `pipeline.toml`.
    pub name: String,
    /// The command line: a program and its arguments, never a shell's text.
    pub command: Vec<String>,
    /// Folders to look for programs in, relative to the client's root or, for a dump, the repository.
    pub path: Vec<PathBuf>,
    /// The command lines that print the versions of the tool and of its formatter.
    pub probes: Vec<Vec<String>>,
    /// Command lines to run after the command, such as a formatter.
    pub then: Vec<Vec<String>>,
    /// Globs of files that the output depends on besides the document.
    pub inputs: Vec<String>,
    /// Command lines that install the tool, run when a program is absent or its inputs changed.
    pub setup: Vec<Vec<String>>,
    /// Texts that mean damage where a step prints them on one line, whatever its exit status.
    pub fail_on_output: Vec<String>,
    /// Globs, relative to the output, each of which must match a file of it.
    pub require: Vec<String>,
    /// How long each step may take.
    pub timeout: Duration,
    /// Whether the tool may use the network. The bare rung cannot deny it.
    pub network: bool,
    /// Variables besides the fixed ones.
    pub env: BTreeMap<String, String>,
    /// Paths that the tool may write besides its output. They are discarded all the same.
    pub write: Vec<String>,
    /// What it may read besides its installation and the client: absolute paths, those that begin with `~/`, and
    /// those relative to the repository.
    pub read: Vec<String>,
    /// The most memory that its processes may use together, in bytes; none for no limit.
    pub memory: Option<u64>,
    /// The most that it may write, in bytes; none for no limit.
    pub disk: Option<u64>,
    /// Whether it is made of a preset, whose inputs are those that there are.
    pub is_preset: bool,
    /// The command line that installs it, for people to read.
    pub install: Option<String>,
}

/// What is ambient about the caller, as values.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The caller's `PATH`.
    pub path: OsString,
    /// The caller's home folder. Only set-up steps and version control see it.
    pub home: Option<PathBuf>,
    /// The folder for temporary folders, such as `/tmp`. It must not lie inside a repository.
    pub scratch: PathBuf,
    /// Raised when the user interrupts the run.
    pub interrupt: Interrupt,
    /// How tools are kept apart.
    pub cage: Cage,
    /// What a connection of version control may need: proxies, an agent that holds keys. No tool sees it.
    pub network: BTreeMap<String, String>,
    /// The folder whose private folder remembers what tools were set up from; none to remember nothing.
    pub kept: Option<PathBuf>,
    /// Where tools come from that a copy of the repository lacks.
    pub borrowed: Option<Borrowed>,
}

/// A flag that ends every tool that runs under it. A tool has its own process group, so the terminal's
/// Ctrl-C does not reach it: whoever handles the signal raises this.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Ends running tools, and keeps others from starting.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was raised.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A client to generate: where it lies and what from.
#[derive(Clone, Copy, Debug)]
pub struct Generation<'a> {
    /// The repository's root.
    pub repository: &'a Path,
    /// The client's root, relative to the repository; empty or `.` for the repository itself.
    pub root: &'a str,
    /// The output, a file or a folder, relative to the client's root.
    pub output: &'a str,
    /// The snapshot's path, relative to the repository.
    pub spec: &'a str,
    /// The snapshot.
    pub document: &'a [u8],
}

/// Something that a tool tried and was kept from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A process asked for the network. Runtimes do that to see what there is, and mean nothing by it.
    Network {
        /// The name that the process gave itself.
        program: String,
        /// What it asked for.
        asked: String,
    },
    /// Processes went on when the tool had ended, and were ended.
    LeftBehind(Vec<String>),
    /// A better rung could not be put up here, for this reason.
    FellBack(String),
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FellBack(why) => formatter.write_str(why),
            Self::Network { program, asked } => {
                write!(formatter, "`{program}` asked for {asked} and did not get it")
            }
            Self::LeftBehind(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                write!(formatter, "it left {} running in the background, which was ended", names.join(", "))
            }
        }
    }
}

/// What a stream of a tool held: its beginning and its end, where it was too long to keep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The text, with a line that says so where something was left out.
    pub text: String,
    /// How many bytes were left out.
    pub dropped: u64,
}

/// What a tool wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// One file.
    File(Vec<u8>),
    /// The files of a folder, by path relative to it, in the order of their paths.
    Folder(Vec<(String, Vec<u8>)>),
}

/// A tool that ran to its end, with an output that passed every check.
#[derive(Clone, Debug)]
pub struct Completed {
    /// How it was kept apart.
    pub rung: Rung,
    /// The standard output of all steps.
    pub stdout: Printed,
    /// The standard error of all steps.
    pub stderr: Printed,
    /// What it wrote.
    pub output: Output,
    /// Files outside the output that it added, changed or removed, relative to the repository. They were
    /// discarded. Always empty for a dump on the lower rungs, where nobody looks.
    pub written_elsewhere: Vec<String>,
    /// What else its processes tried, in the order in which they did.
    pub remarks: Vec<Remark>,
}
