//! What a tool is run in: the rung, and the files that it may see.

use super::process::Process;
use super::{Caller, ToolError};
use countersign_cage::{Machine, Overlay, Plan, Rung, probe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How tools are to be kept apart on this machine.
#[derive(Clone, Debug)]
pub struct Cage {
    /// The program to start as the cage's helper; none where tools run with limits only.
    pub helper: Option<PathBuf>,
    /// The best rung to use.
    pub at_most: Rung,
    /// Whether a tool must not run on any rung but the first.
    pub is_required: bool,
    machine: Arc<OnceLock<Machine>>,
}

impl Cage {
    /// A cage of which nothing is required. `helper` is a program whose `main` calls
    /// [`run_helper`](countersign_cage::run_helper).
    pub fn new(helper: Option<PathBuf>, at_most: Rung) -> Self {
        Self { helper, at_most, is_required: false, machine: Arc::default() }
    }

    /// What this machine allows. Tried once, in a fresh folder of `scratch`, and then remembered.
    pub fn machine(&self, scratch: &Path) -> &Machine {
        self.machine.get_or_init(|| match (&self.helper, tempfile::tempdir_in(scratch)) {
            (Some(helper), Ok(folder)) => probe(helper, folder.path()),
            (None, _) => Machine::unknown("this program has no helper"),
            (_, Err(error)) => Machine::unknown(&format!("no temporary folder could be made: {error}")),
        })
    }

    /// The rung to use, or an error where it would be worse than what is required.
    pub(super) fn rung(&self, scratch: &Path) -> Result<Rung, ToolError> {
        let best = if self.at_most == Rung::Bare { Rung::Bare } else { self.machine(scratch).best() };
        let rung = best.max(self.at_most);
        if !self.is_required || rung == Rung::Namespaces {
            return Ok(rung);
        }
        let why = match &self.machine(scratch).namespaces {
            Some(why) => why.clone(),
            None => format!("this run asks for the rung `{}`", self.at_most.as_str()),
        };
        Err(ToolError::CageRequired { rung, why })
    }
}

/// What one run of a tool is confined by.
#[derive(Clone, Debug)]
pub(super) struct Confinement {
    pub(super) rung: Rung,
    /// Files and folders that the tool may read.
    pub(super) readable: Vec<PathBuf>,
    /// Folders that it may write.
    pub(super) writable: Vec<PathBuf>,
    /// The repository with changes laid over it, where it is seen so.
    pub(super) overlay: Option<Overlay>,
    /// A folder of our own, which the tool does not see.
    pub(super) private: PathBuf,
}

impl Confinement {
    /// The plan for one step.
    pub(super) fn plan(&self, process: &Process<'_>) -> Plan {
        Plan {
            rung: self.rung,
            program: process.program.to_owned(),
            arguments: process.arguments.to_vec(),
            variables: process.variables.clone().into_iter().collect(),
            folder: process.folder.to_owned(),
            network: process.network,
            readable: self.readable.clone(),
            writable: self.writable.clone(),
            temporary: ["tmp", "var-tmp"].map(|name| self.private.join(name)),
            overlay: self.overlay.clone(),
            root: self.private.join("root"),
            file_size: u64::MAX,
            events: self.private.join("events"),
            parent: std::process::id(),
        }
    }
}

/// The rung that is used where this one cannot be put up for a repository, though the machine has it. Never the
/// bare one: what made the cage fail may be the very thing that it is to keep in.
pub(super) fn next(rung: Rung, caller: &Caller) -> Option<Rung> {
    let has_mirror = caller.cage.machine(&caller.scratch).mirror.is_none();
    match rung {
        Rung::Namespaces if has_mirror && !caller.cage.is_required => Some(Rung::Mirror),
        Rung::Namespaces | Rung::Mirror | Rung::Bare => None,
    }
}
