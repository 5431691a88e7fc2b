//! Set-up steps: they install a tool, outside the cage, when one of its programs is absent or its declared
//! inputs are not those that it was last set up from.

use super::bench::{KEPT, check_end};
use super::capture::Capture;
use super::environment::{self, Programs};
use super::process::{End, Limits, Process};
use super::{Caller, Tool, ToolError, inputs, runner};
use crate::store::Kept;
use countersign_model::{Digest, Name};
use std::path::Path;
use std::sync::Mutex;

/// Two clients may share a tool that is absent; it is installed once.
static SETUP: Mutex<()> = Mutex::new(());

/// Where a tool is used.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The real folder that declared paths are relative to.
    pub(super) root: &'a Path,
    /// The repository's real path.
    pub(super) repository: &'a Path,
}

impl<'a> Site<'a> {
    /// The root and every folder above it, up to the repository.
    pub(super) fn above(self) -> impl Iterator<Item = &'a Path> {
        self.root.ancestors().take_while(move |folder| folder.starts_with(self.repository))
    }
}

/// Where the tool's programs are, after its set-up steps where those are needed.
pub(super) fn find_programs(tool: &Tool, caller: &Caller, site: Site<'_>) -> Result<Programs, ToolError> {
    if tool.setup.is_empty() {
        return look(tool, caller, site);
    }
    // A panic elsewhere says nothing about what is installed here.
    let _guard = SETUP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let stamp = Stamp::of(tool, caller, site)?;
    match look(tool, caller, site) {
        Err(ToolError::NotFound { .. }) => {}
        Ok(programs) if stamp.is_current(is_ready(tool, &programs, site)) => return Ok(programs),
        Ok(_) => {}
        Err(other) => return Err(other),
    }
    set_up(tool, caller, site.root)?;
    let programs = look(tool, caller, site)?;
    stamp.keep(is_ready(tool, &programs, site));
    Ok(programs)
}

/// Whether the environments of all runners are there.
fn is_ready(tool: &Tool, programs: &Programs, site: Site<'_>) -> bool {
    programs_of(tool).all(|program| runner::is_ready(program, site, programs.environment()))
}

fn look(tool: &Tool, caller: &Caller, site: Site<'_>) -> Result<Programs, ToolError> {
    let programs = Programs::of(tool, site, caller);
    for program in programs_of(tool) {
        programs.find(tool, program, site.root, site.root)?;
    }
    Ok(programs)
}

/// The programs of all steps, as they are declared.
pub(super) fn programs_of(tool: &Tool) -> impl Iterator<Item = &str> {
    let steps = [&tool.command].into_iter().chain(&tool.then).chain(&tool.probes);
    steps.filter_map(|step| step.first()).map(String::as_str).filter(|program| !program.contains('{'))
}

/// What a tool was last set up from, in the private folder: this is about this machine, not about the project.
struct Stamp<'a> {
    kept: Option<(&'a Path, Name)>,
    place: Digest,
    inputs: Vec<u8>,
}

impl<'a> Stamp<'a> {
    fn of(tool: &Tool, caller: &'a Caller, site: Site<'_>) -> Result<Self, ToolError> {
        let files = inputs::input_digests(site.root, &tool.inputs, tool.is_preset)?;
        let files = files.iter().map(|(path, digest)| format!("{path}\0{digest}"));
        let parts: Vec<String> = files.chain(tool.setup.iter().map(|step| step.join("\0"))).collect();
        let inputs = Digest::of_parts(parts.iter().map(String::as_bytes)).to_string().into_bytes();
        let place = Digest::of(site.root.as_os_str().as_encoded_bytes());
        let name = tool.name.replace('.', "-").parse().ok();
        Ok(Self { kept: caller.kept.as_deref().zip(name), place, inputs })
    }

    /// A tool that was there before Countersign was is taken as it is: its probe tells whether it is the one. What
    /// was not seen after the last set-up either is not missed: then it lies where nobody looks.
    fn is_current(&self, is_ready: bool) -> bool {
        let Some((root, name)) = &self.kept else { return is_ready };
        match Kept::setups(root).load(name, &self.place) {
            Some(kept) => kept == self.content(is_ready),
            None => {
                if is_ready {
                    self.keep(is_ready);
                }
                is_ready
            }
        }
    }

    fn keep(&self, is_ready: bool) {
        if let Some((root, name)) = &self.kept {
            Kept::setups(root).save(name, &self.place, &self.content(is_ready));
        }
    }

    fn content(&self, is_ready: bool) -> Vec<u8> {
        let seen: &[u8] = if is_ready { b"" } else { b" unseen" };
        [&self.inputs, seen].concat()
    }
}

fn set_up(tool: &Tool, caller: &Caller, root: &Path) -> Result<(), ToolError> {
    // What a set-up step installs goes into this copy, and never through a link into the user's own installation.
    if let Some(borrowed) = &caller.borrowed {
        borrowed.give_back()?;
    }
    let variables = environment::of_setup(caller);
    for step in &tool.setup {
        let step: Vec<_> = step.iter().map(|word| word.replace("{root}", &root.to_string_lossy())).collect();
        let (program, arguments) =
            step.split_first().ok_or_else(|| ToolError::Empty { tool: tool.name.clone() })?;
        let program = environment::find_for_setup(tool, program, root, caller)?;
        let (mut out, mut err) = (Capture::new(KEPT, KEPT, &[]), Capture::new(KEPT, KEPT, &[]));
        let process = Process {
            program: &program,
            arguments,
            folder: root,
            variables: &variables,
            timeout: tool.timeout,
            interrupt: &caller.interrupt,
            network: true,
            confinement: None,
            limits: Limits::default(),
        };
        let ran = process.run(&mut out, &mut err)?;
        if let End::Badly(ended) = ran.end {
            let output = format!("{}\n{}", out.printed().end(), err.printed().end());
            return Err(ToolError::SetupFailed {
                tool: tool.name.clone(),
                step: step.join(" "),
                ended,
                output,
            });
        }
        check_end(tool, &step, &ran, &out, &err)?;
    }
    Ok(())
}
