//! What this machine allows, found by trying it.

use crate::helper::{Events, HELPER, PROBE};
use crate::{Failure, Overlay, Plan, Rung, confine, mounts, namespaces};
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What this machine allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Why there are no namespaces; none where there are.
    pub namespaces: Option<String>,
    /// Why there is no Landlock or no seccomp; none where there are both.
    pub mirror: Option<String>,
}

impl Machine {
    /// The best rung that this machine allows.
    pub fn best(&self) -> Rung {
        match (&self.namespaces, &self.mirror) {
            (None, _) => Rung::Namespaces,
            (Some(_), None) => Rung::Mirror,
            (Some(_), Some(_)) => Rung::Bare,
        }
    }

    /// A machine of which nothing is known, and why.
    pub fn unknown(why: &str) -> Self {
        Self { namespaces: Some(why.to_owned()), mirror: Some(why.to_owned()) }
    }
}

/// Tries what this machine allows. `program` is the one to start as a helper; `folder` is empty, and on the
/// file system where overlays will lie.
pub fn probe(program: &Path, folder: &Path) -> Machine {
    let mut command = Command::new(program);
    command.args([HELPER, PROBE]).arg(folder).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    match command.output() {
        Ok(output) => serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| Machine::unknown("the helper did not answer")),
        Err(error) => Machine::unknown(&format!("the helper could not be started: {error}")),
    }
}

/// The helper's side of [`probe`].
pub(crate) fn answer(folder: &Path) -> i32 {
    let machine = Machine {
        namespaces: try_namespaces(folder).err().map(|failure| failure.to_string()),
        // This confines us, so it comes last.
        mirror: try_mirror(folder).err().map(|failure| failure.to_string()),
    };
    let written = serde_json::to_writer(io::stdout(), &machine);
    i32::from(written.is_err())
}

fn plan(rung: Rung, folder: &Path) -> Plan {
    Plan {
        rung,
        program: PathBuf::new(),
        arguments: Vec::new(),
        variables: Vec::new(),
        folder: folder.to_owned(),
        network: false,
        readable: vec!["/usr".into()],
        writable: vec![folder.join("writable")],
        temporary: [folder.join("writable"), folder.join("writable")],
        overlay: None,
        root: folder.join("root"),
        file_size: 1 << 20,
        events: folder.join("events"),
        parent: parent_id(),
    }
}

/// Gives up what a tool on this rung does without.
fn try_mirror(folder: &Path) -> Result<(), Failure> {
    namespaces::give_up_power()?;
    confine::confine(&plan(Rung::Mirror, folder)).map(drop)
}

/// Builds a small cage, and looks whether it shows and keeps what it should.
fn try_namespaces(folder: &Path) -> Result<(), Failure> {
    let prepared = |error: io::Error| Failure::new("prepare a trial")(error);
    let mut plan = plan(Rung::Namespaces, folder);
    let real = folder.join("real");
    for path in [&plan.root, &plan.writable[0], &real.join("replaced")] {
        fs::create_dir_all(path).map_err(prepared)?;
    }
    for file in ["hidden", "replaced/file", "kept"] {
        fs::write(real.join(file), "real").map_err(prepared)?;
    }
    let overlay = Overlay::new(real.clone(), &folder.join("overlay")).map_err(prepared)?;
    overlay.hide(Path::new("hidden")).map_err(Failure::new("hide a file of an overlay"))?;
    overlay.fresh_folder(Path::new("replaced")).map_err(Failure::new("replace a folder of an overlay"))?;
    plan.overlay = Some(overlay);
    let events = OpenOptions::new().append(true).create(true).open(&plan.events).map_err(prepared)?;
    let look = || {
        mounts::enter(&plan)?;
        fs::write(real.join("kept"), "changed").map_err(Failure::new("write in an overlay"))?;
        let is_right = !real.join("hidden").exists() && !real.join("replaced/file").exists();
        Ok(i32::from(!is_right))
    };
    let status = namespaces::inside(look, false, &Events::to(events))?;
    let told = crate::read_events(&plan.events).map_err(prepared)?;
    if let Some(crate::Event::Failed { doing, why }) = told.into_iter().next() {
        return Err(Failure::new(doing)(io::Error::other(why)));
    }
    let untouched = fs::read(real.join("kept")).map_err(prepared)? == b"real";
    if status == 0 && untouched {
        return Ok(());
    }
    Err(Failure::new("lay an overlay")(io::Error::other("it does not show what it should")))
}
