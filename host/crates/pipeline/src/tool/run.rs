use super::capture::Capture;
use super::environment::{self, Programs};
use super::mirror::Mirror;
use super::output::{check_required, collect};
use super::process::{End, Process};
use super::scratch::Scratch;
use super::{Caller, Completed, Generation, Isolation, Output, Printed, Tool, ToolError, inputs};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// How much of the beginning, and of the end, of what a step prints is kept.
const KEPT: usize = 128 * 1024;
/// How large a document may be that is printed instead of written.
const MAX_DOCUMENT: usize = 256 * 1024 * 1024;
/// How much of a probe's line is kept.
const MAX_PROBE: usize = 200;

/// Two clients may share a tool that is absent; it is installed once.
static SETUP: Mutex<()> = Mutex::new(());

/// Runs a generator in a mirror of the client's root.
///
/// `{spec}`, `{out}` and `{root}` are absolute paths inside the mirror, and the working folder is the
/// mirrored root. The parent of `{out}` exists and `{out}` itself does not, so that it can become a file or
/// a folder; a tool that wants a folder to be there has to be told to create it.
///
/// # Errors
/// A [`ToolError`] where the tool cannot be run, ends badly or leaves an output that fails a check.
pub fn run_in_mirror(
    generation: &Generation<'_>,
    tool: &Tool,
    caller: &Caller,
) -> Result<Completed, ToolError> {
    let scratch = Scratch::new(caller)?;
    let mirror = Mirror::build(generation, scratch.folder("repository")?)?;
    let root = generation.repository.join(inputs::inside(generation.root)?);
    let root = root.canonicalize().map_err(ToolError::io("open", &root))?;
    let places = [("{spec}", &mirror.spec), ("{out}", &mirror.output), ("{root}", &mirror.root)];
    let bench = Bench::new(tool, caller, &scratch, &root, &mirror.root, &places)?;
    let (stdout, stderr) = bench.run_all()?;
    let output = collect(&mirror.output)?.ok_or_else(|| bench.no_output("`{out}`", &stdout, &stderr))?;
    check_required(tool, &output, &mirror.output)?;
    let written_elsewhere = mirror.written_elsewhere()?;
    Ok(Completed { isolation: Isolation::Mirror, stdout, stderr, output, written_elsewhere })
}

/// Runs a dump in the repository itself. `{out}` is a path named `file_name` in a fresh folder; where no
/// argument holds `{out}`, the standard output of the command is the output, byte for byte.
///
/// # Errors
/// A [`ToolError`] where the tool cannot be run, ends badly or gives nothing.
pub fn run_in_place(
    repository: &Path,
    file_name: &str,
    tool: &Tool,
    caller: &Caller,
) -> Result<Completed, ToolError> {
    let scratch = Scratch::new(caller)?;
    let out = scratch.folder("out")?.join(inputs::inside(file_name)?);
    let root = repository.canonicalize().map_err(ToolError::io("open", repository))?;
    let places = [("{out}", &out), ("{root}", &root)];
    let bench = Bench::new(tool, caller, &scratch, &root, &root, &places)?;
    let is_written =
        [&tool.command].into_iter().chain(&tool.then).flatten().any(|argument| argument.contains("{out}"));
    let (output, stdout, stderr) = if is_written {
        let (stdout, stderr) = bench.run_all()?;
        let output = collect(&out)?.ok_or_else(|| bench.no_output("`{out}`", &stdout, &stderr))?;
        (output, stdout, stderr)
    } else {
        let (document, stderr) = bench.run_for_document()?;
        (Output::File(document), Printed::default(), stderr)
    };
    check_required(tool, &output, &out)?;
    Ok(Completed { isolation: Isolation::InPlace, stdout, stderr, output, written_elsewhere: Vec::new() })
}

/// The first line that the tool's first probe prints, on standard output or else on standard error; none where
/// the tool declares no probe. `folder` is the client's root or, for a dump, the repository.
///
/// # Errors
/// A [`ToolError`] where the probe cannot be run or ends badly.
pub fn probe(folder: &Path, tool: &Tool, caller: &Caller) -> Result<Option<String>, ToolError> {
    let Some(step) = tool.probes.first() else { return Ok(None) };
    let scratch = Scratch::new(caller)?;
    let root = folder.canonicalize().map_err(ToolError::io("open", folder))?;
    let places = [("{root}", &root)];
    let bench = Bench::new(tool, caller, &scratch, &root, &root, &places)?;
    let (stdout, stderr) = bench.run_step(step, KEPT)?;
    let (stdout, stderr) = (stdout.printed().text, stderr.printed().text);
    let line = stdout.lines().chain(stderr.lines()).map(str::trim).find(|line| !line.is_empty());
    Ok(Some(line.unwrap_or_default().chars().take(MAX_PROBE).collect()))
}

/// A tool, ready to take its steps.
struct Bench<'a> {
    tool: &'a Tool,
    caller: &'a Caller,
    programs: Programs,
    variables: BTreeMap<OsString, OsString>,
    /// The real folder that declared paths are relative to.
    root: &'a Path,
    /// The working folder: `root` or its mirror.
    folder: &'a Path,
    places: &'a [(&'static str, &'a PathBuf)],
}

impl<'a> Bench<'a> {
    /// Finds the tool's programs, setting it up where one is absent, and fixes its environment.
    fn new(
        tool: &'a Tool,
        caller: &'a Caller,
        scratch: &Scratch,
        root: &'a Path,
        folder: &'a Path,
        places: &'a [(&'static str, &'a PathBuf)],
    ) -> Result<Self, ToolError> {
        let programs = find_programs(tool, caller, root, folder)?;
        let mut bench = Self { tool, caller, programs, variables: BTreeMap::new(), root, folder, places };
        let declared = tool.env.iter().map(|(name, value)| (name.clone(), bench.filled(value))).collect();
        bench.variables = environment::of_tool(&bench.programs, scratch, &declared)?;
        Ok(bench)
    }

    /// The command and what follows it.
    fn run_all(&self) -> Result<(Printed, Printed), ToolError> {
        let (mut stdout, mut stderr) = (Printed::default(), Printed::default());
        for step in [&self.tool.command].into_iter().chain(&self.tool.then) {
            let (out, err) = self.run_step(step, KEPT)?;
            stdout.append(&out.printed());
            stderr.append(&err.printed());
        }
        Ok((stdout, stderr))
    }

    /// The command, whose standard output is the document, and what follows it.
    fn run_for_document(&self) -> Result<(Vec<u8>, Printed), ToolError> {
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

    fn run_step(&self, step: &[String], kept: usize) -> Result<(Capture, Capture), ToolError> {
        let tool = || self.tool.name.clone();
        let filled: Vec<_> = step.iter().map(|argument| self.filled(argument)).collect();
        let (program, arguments) = filled.split_first().ok_or_else(|| ToolError::Empty { tool: tool() })?;
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
        };
        let end = process.run(&mut stdout, &mut stderr)?;
        check_end(self.tool, step, end, &stdout, &stderr)?;
        match stdout.sign().or_else(|| stderr.sign()) {
            None => Ok((stdout, stderr)),
            Some(sign) => Err(ToolError::Damaged {
                tool: tool(),
                step: step.join(" "),
                pattern: sign.pattern,
                line: sign.line,
            }),
        }
    }

    fn no_output(&self, place: &'static str, stdout: &Printed, stderr: &Printed) -> ToolError {
        ToolError::NoOutput { tool: self.tool.name.clone(), place, output: ending(stdout, stderr) }
    }

    fn filled(&self, text: &str) -> String {
        // One placeholder after another: a path that was put in could be taken for one only if a temporary
        // folder, or a repository, were named `{out}`.
        self.places.iter().fold(text.to_owned(), |text, (placeholder, path)| {
            text.replace(placeholder, &path.to_string_lossy())
        })
    }
}

/// The end of both streams: the exception is usually on standard error, so that comes last.
fn ending(stdout: &Printed, stderr: &Printed) -> String {
    format!("{}\n{}", stdout.end(), stderr.end())
}

/// Where the tool's programs are, after its set-up steps if one is absent.
fn find_programs(tool: &Tool, caller: &Caller, root: &Path, folder: &Path) -> Result<Programs, ToolError> {
    let look = || {
        let programs = Programs::of(tool, root, caller);
        let steps = [&tool.command].into_iter().chain(&tool.then);
        let names = steps.filter_map(|step| step.first()).filter(|program| !program.contains('{'));
        let absent = names.map(|program| programs.find(tool, program, root, folder)).find_map(Result::err);
        absent.map_or(Ok(programs), Err)
    };
    match look() {
        Err(ToolError::NotFound { .. }) if !tool.setup.is_empty() => {
            // A panic on another thread leaves nothing half-done here that a step would not redo.
            let _guard = SETUP.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            look().or_else(|_| {
                set_up(tool, caller, root)?;
                look()
            })
        }
        found => found,
    }
}

/// Runs the set-up steps in the real folder: they install, so they may write, and they see the user's home
/// and path.
fn set_up(tool: &Tool, caller: &Caller, root: &Path) -> Result<(), ToolError> {
    let variables = environment::of_setup(caller);
    for step in &tool.setup {
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
        };
        let end = process.run(&mut out, &mut err)?;
        if let End::Badly(ended) = end {
            let output = ending(&out.printed(), &err.printed());
            return Err(ToolError::SetupFailed {
                tool: tool.name.clone(),
                step: step.join(" "),
                ended,
                output,
            });
        }
        check_end(tool, step, end, &out, &err)?;
    }
    Ok(())
}

fn check_end(tool: &Tool, step: &[String], end: End, out: &Capture, err: &Capture) -> Result<(), ToolError> {
    let output = || ending(&out.printed(), &err.printed());
    let (name, step) = (tool.name.clone(), step.join(" "));
    match end {
        End::Well => Ok(()),
        End::Badly(ended) => Err(ToolError::Failed { tool: name, step, ended, output: output() }),
        End::TimedOut => Err(ToolError::Timeout { tool: name, step, after: tool.timeout, output: output() }),
        End::Interrupted => Err(ToolError::Interrupted { step }),
    }
}
