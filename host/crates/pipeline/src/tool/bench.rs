//! A tool, ready to take its steps: programs found, environment fixed, cage chosen.

use super::capture::Capture;
use super::confinement::Confinement;
use super::environment::{self, Programs};
use super::process::{End, Limits, NotStarted, Process, Ran};
use super::scratch::Scratch;
use super::{Caller, Printed, Remark, Tool, ToolError};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How much of the beginning, and of the end, of what a step prints is kept.
pub(super) const KEPT: usize = 128 * 1024;
/// How large a document may be that is printed instead of written.
const MAX_DOCUMENT: usize = 256 * 1024 * 1024;

/// What stands for the places of a run in a command line.
pub(super) type Places<'a> = &'a [(&'static str, PathBuf)];

/// A tool, ready to take its steps.
pub(super) struct Bench<'a> {
    tool: &'a Tool,
    caller: &'a Caller,
    programs: &'a Programs,
    variables: BTreeMap<OsString, OsString>,
    /// The real folder that declared paths are relative to.
    root: &'a Path,
    /// The working folder: `root`, or where the tool sees it.
    folder: &'a Path,
    places: Places<'a>,
    confinement: Confinement,
    scratch: &'a Scratch,
    remarks: RefCell<Vec<Remark>>,
    /// Whether a step has run.
    has_run: Cell<bool>,
}

impl<'a> Bench<'a> {
    /// Fixes the environment of a tool whose programs were found.
    pub(super) fn new(
        tool: &'a Tool,
        caller: &'a Caller,
        (programs, scratch): (&'a Programs, &'a Scratch),
        (root, folder): (&'a Path, &'a Path),
        places: Places<'a>,
        confinement: Confinement,
    ) -> Result<Self, ToolError> {
        let declared = tool.env.iter().map(|(name, value)| (name.clone(), filled(places, value))).collect();
        let home = caller.home.as_deref();
        let variables = environment::of_tool(tool, programs, scratch, home, &declared)?;
        Ok(Self {
            tool,
            caller,
            programs,
            variables,
            root,
            folder,
            places,
            confinement,
            scratch,
            remarks: RefCell::default(),
            has_run: Cell::new(false),
        })
    }

    /// The command and what follows it.
    pub(super) fn run_all(&self) -> Result<(Printed, Printed), ToolError> {
        let (mut stdout, mut stderr) = (Printed::default(), Printed::default());
        for step in [&self.tool.command].into_iter().chain(&self.tool.then) {
            let (out, err) = self.run_step(step, KEPT)?;
            stdout.append(&out.printed());
            stderr.append(&err.printed());
        }
        Ok((stdout, stderr))
    }

    /// The command, whose standard output is the document, and what follows it.
    pub(super) fn run_for_document(&self) -> Result<(Vec<u8>, Printed), ToolError> {
        let (document, err) = self.run_step(&self.tool.command, MAX_DOCUMENT)?;
        let mut stderr = err.printed();
        let limit = || ToolError::TooLarge { limit: format!("{} MiB", (MAX_DOCUMENT + KEPT) >> 20) };
        let document = document.whole().ok_or_else(limit)?;
        if document.is_empty() {
            return Err(self.no_output("standard output", &Printed::default(), &stderr));
        }
        for step in &self.tool.then {
            let (_, err) = self.run_step(step, KEPT)?;
            stderr.append(&err.printed());
        }
        Ok((document, stderr))
    }

    /// One command line.
    pub(super) fn run_step(&self, step: &[String], kept: usize) -> Result<(Capture, Capture), ToolError> {
        let arguments: Vec<_> = step.iter().map(|argument| filled(self.places, argument)).collect();
        let (program, arguments) =
            arguments.split_first().ok_or_else(|| ToolError::Empty { tool: self.tool.name.clone() })?;
        let program = self.programs.find(self.tool, program, self.root, self.folder)?;
        let mut stdout = Capture::new(kept, KEPT, &self.tool.fail_on_output);
        let mut stderr = Capture::new(KEPT, KEPT, &self.tool.fail_on_output);
        let process = Process {
            program: &program,
            arguments,
            folder: self.folder,
            variables: &self.variables,
            timeout: self.tool.timeout,
            interrupt: &self.caller.interrupt,
            network: self.tool.network,
            confinement: self.caller.cage.helper.as_deref().map(|helper| (helper, &self.confinement)),
            limits: Limits {
                memory: self.tool.memory,
                disk: self.tool.disk.map(|most| (self.scratch.path(), most)),
            },
        };
        let ran = process.run(&mut stdout, &mut stderr)?;
        self.judge(step, &ran, &stdout, &stderr)?;
        self.remarks.borrow_mut().extend(ran.remarks);
        match stdout.sign().or_else(|| stderr.sign()) {
            None => Ok((stdout, stderr)),
            Some(sign) => Err(ToolError::Damaged {
                tool: self.tool.name.clone(),
                step: step.join(" "),
                pattern: sign.pattern,
                line: sign.line,
            }),
        }
    }

    fn judge(&self, step: &[String], ran: &Ran, out: &Capture, err: &Capture) -> Result<(), ToolError> {
        if let Some(NotStarted { doing, why, is_cage }) = ran.not_started.clone() {
            let rung = self.confinement.rung;
            // After a first step the tool has had a part in whatever fails.
            return Err(match is_cage && !self.has_run.get() {
                true => ToolError::CageFailed { rung, doing, why },
                false => ToolError::NotStarted { step: step.join(" "), doing, why },
            });
        }
        self.has_run.set(true);
        check_end(self.tool, step, ran, out, err)
    }

    /// What the processes tried that they were not to.
    pub(super) fn remarks(&self) -> Vec<Remark> {
        self.remarks.take()
    }

    pub(super) fn no_output(&self, place: &'static str, stdout: &Printed, stderr: &Printed) -> ToolError {
        let output = format!("{}\n{}", stdout.end(), stderr.end());
        ToolError::NoOutput { tool: self.tool.name.clone(), place, output }
    }
}

fn filled(places: Places<'_>, text: &str) -> String {
    // One placeholder after another: a path that was put in could be taken for one only if a temporary
    // folder, or a repository, were named `{out}`.
    places
        .iter()
        .fold(text.to_owned(), |text, (placeholder, path)| text.replace(placeholder, &path.to_string_lossy()))
}

/// An error where a step did not end well.
pub(super) fn check_end(
    tool: &Tool,
    step: &[String],
    ran: &Ran,
    out: &Capture,
    err: &Capture,
) -> Result<(), ToolError> {
    // The exception is usually on standard error, so that comes last; what was denied explains it.
    let output = || {
        let printed = format!("{}\n{}", out.printed().end(), err.printed().end());
        let remarks = ran.remarks.iter().map(|remark| format!("\n{remark}"));
        printed + &remarks.collect::<String>()
    };
    let (name, step) = (tool.name.clone(), step.join(" "));
    match &ran.end {
        End::Well => Ok(()),
        End::Badly(ended) => Err(ToolError::Failed { tool: name, step, ended: *ended, output: output() }),
        End::TimedOut => Err(ToolError::Timeout { tool: name, step, after: tool.timeout, output: output() }),
        End::Interrupted => Err(ToolError::Interrupted { step }),
        End::Exceeded(exceeded) => {
            Err(ToolError::Exceeded { tool: name, step, what: *exceeded, output: output() })
        }
    }
}
