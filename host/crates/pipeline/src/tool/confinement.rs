//! What a tool is run in: the rung, and the files that it may see.

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
    /// Why a rung that the machine has could not be used here, the first time.
    fallen: Arc<OnceLock<String>>,
}

impl Cage {
    /// A cage of which nothing is required. `helper` is a program whose `main` calls
    /// [`run_helper`](countersign_cage::run_helper).
    pub fn new(helper: Option<PathBuf>, at_most: Rung) -> Self {
        Self { helper, at_most, is_required: false, machine: Arc::default(), fallen: Arc::default() }
    }

    /// What this machine allows. Tried once, in a fresh folder of `scratch`, and then remembered.
    pub fn machine(&self, scratch: &Path) -> &Machine {
        self.machine.get_or_init(|| match (&self.helper, tempfile::tempdir_in(scratch)) {
            (Some(helper), Ok(folder)) => probe(helper, folder.path()),
            (None, _) => Machine::unknown("this program has no helper"),
            (_, Err(error)) => Machine::unknown(&format!("no temporary folder could be made: {error}")),
        })
    }

    /// Why a rung that the machine has could not be used for some tool of this run.
    pub fn why_it_fell_back(&self) -> Option<&str> {
        self.fallen.get().map(String::as_str)
    }

    pub(super) fn fell_back(&self, rung: Rung, why: &str) {
        // Only the first is kept; the others are the same in other words.
        let _ = self.fallen.set(format!("the rung `{}` could not be used here: {why}", rung.as_str()));
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
    pub(super) fn plan(&self, program: &Path, arguments: &[String], folder: &Path, network: bool) -> Plan {
        Plan {
            rung: self.rung,
            program: program.to_owned(),
            arguments: arguments.to_vec(),
            folder: folder.to_owned(),
            network,
            readable: self.readable.clone(),
            writable: self.writable.clone(),
            temporary: self.private.join("tmp"),
            overlay: self.overlay.clone(),
            root: self.private.join("root"),
            file_size: u64::MAX,
            events: self.private.join("events"),
        }
    }
}

/// The rung that is used where the first one fails for this repository, though the machine has it.
pub(super) fn next(rung: Rung, caller: &Caller) -> Option<Rung> {
    let machine = caller.cage.machine(&caller.scratch);
    match rung {
        Rung::Namespaces if caller.cage.is_required => None,
        Rung::Namespaces if machine.mirror.is_none() => Some(Rung::Mirror),
        Rung::Namespaces | Rung::Mirror => Some(Rung::Bare),
        Rung::Bare => None,
    }
}
