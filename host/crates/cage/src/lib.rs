//! Runs one process under what the kernel offers to confine it.
//!
//! The program that calls this crate starts itself a second time as a helper ([`HELPER`]), with a [`Plan`]. The
//! helper has one thread, so it may make namespaces; it confines itself, starts the process, waits for it, ends
//! what it left behind, and writes what it saw as [`Event`]s. Nothing here decides what a process may see: the
//! plan says so. This is the only crate that names `landlock` and `seccompiler`, and that makes system calls
//! which no library offers safely.

mod confine;
mod descriptors;
mod helper;
mod mounts;
mod namespaces;
mod network;
mod overlay;
mod probe;
mod processes;
mod supervise;

pub use helper::{HELPER, run_helper};
pub use overlay::Overlay;
pub use probe::{Machine, probe};
pub use processes::{Usage, end_descendants, usage};

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// How well a process is kept apart, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// Its own namespaces: it sees the files that the plan names, at their real places, and nothing else.
    Namespaces,
    /// Landlock and seccomp: it opens no file but those that the plan names, and no socket.
    Mirror,
    /// Limits only.
    Bare,
}

impl Rung {
    /// The name in reports and options.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Mirror => "mirror",
            Self::Bare => "bare",
        }
    }
}

/// What a process is, and what it may see and do. All paths are absolute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// How well it is kept apart.
    pub rung: Rung,
    /// The program, as a path.
    pub program: PathBuf,
    /// Its arguments, without the program.
    pub arguments: Vec<String>,
    /// Its environment, whole. The helper itself has none: a variable can name code to load.
    pub variables: Vec<(OsString, OsString)>,
    /// Its working folder.
    pub folder: PathBuf,
    /// Whether it may use the network.
    pub network: bool,
    /// Files and folders that it may read and execute.
    pub readable: Vec<PathBuf>,
    /// Folders that it may write.
    pub writable: Vec<PathBuf>,
    /// Folders that it sees as `/tmp` and `/var/tmp`; only for [`Rung::Namespaces`].
    pub temporary: [PathBuf; 2],
    /// The folder that it sees with changes laid over it; only for [`Rung::Namespaces`].
    pub overlay: Option<Overlay>,
    /// An empty folder, where its root is put together; only for [`Rung::Namespaces`].
    pub root: PathBuf,
    /// The largest file that it may write, in bytes.
    pub file_size: u64,
    /// Where the events go, one JSON value a line.
    pub events: PathBuf,
    /// The process that starts the helper. When it is gone, everything ends.
    pub parent: u32,
}

/// What the helper saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The helper is confined as planned. What comes after this may have been caused by the process.
    Confined,
    /// The process was started.
    Started,
    /// It could not be confined as planned or, after [`Event::Confined`], not be started.
    Failed {
        /// What was tried, as a verb with its object.
        doing: String,
        /// Why it failed.
        why: String,
    },
    /// It ended with this exit status.
    Exited(i32),
    /// It was ended by this signal.
    Signalled(i32),
    /// A process asked for a socket of the network and did not get it.
    Network {
        /// The name of the process, which it chooses itself.
        program: String,
        /// What it asked for, such as `an IPv4 socket`.
        asked: String,
    },
    /// Processes that were still there when it had ended, and were ended.
    LeftBehind(Vec<String>),
}

/// The events that a helper wrote. A line that was cut short by a kill is passed over.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_events(file: &Path) -> io::Result<Vec<Event>> {
    let text = std::fs::read_to_string(file)?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// What could not be done, and why.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing}: {source}")]
pub(crate) struct Failure {
    doing: String,
    source: io::Error,
}

impl Failure {
    pub(crate) fn new<E: Into<io::Error>>(doing: impl Into<String>) -> impl FnOnce(E) -> Self {
        let doing = doing.into();
        move |error| Self { doing, source: error.into() }
    }

    pub(crate) fn event(&self) -> Event {
        Event::Failed { doing: self.doing.clone(), why: self.source.to_string() }
    }
}
