//! One run of a tool: a place to work, a cage around it, its steps, and a look at what it left.

use super::admit::{Admission, Admitted};
use super::bench::{Bench, KEPT};
use super::confinement::{self, Confinement};
use super::environment::{self, Programs, plain};
use super::layer::Layer;
use super::mirror::{Mirror, is_packages};
use super::output::{check_required, collect};
use super::scratch::Scratch;
use super::setup::{Site, find_programs, programs_of};
use super::{Caller, Completed, Generation, Output, Printed, Remark, Tool, ToolError, inputs};
use countersign_cage::{Overlay, Rung};
use std::fs;
use std::path::{Path, PathBuf};

/// How much of a probe's line is kept.
const MAX_PROBE: usize = 200;

/// Runs a generator, on the best rung that the machine and the caller allow.
///
/// `{spec}`, `{out}` and `{root}` are absolute paths, and the working folder is `{root}`. The parent of `{out}`
/// exists. `{out}` itself does not, so that it can become a file or a folder, unless an argument names something
/// in it, such as `{out}/schema.ts`.
///
/// # Errors
/// A [`ToolError`] where the tool cannot be run, ends badly or leaves an output that fails a check.
pub fn generate(generation: &Generation<'_>, tool: &Tool, caller: &Caller) -> Result<Completed, ToolError> {
    let repository = real(generation.repository)?;
    let root = real(&repository.join(inputs::inside(generation.root)?))?;
    let site = Site { root: &root, repository: &repository };
    let programs = find_programs(tool, caller, site)?;
    on_the_best_rung(caller, |rung| generate_on(rung, generation, tool, caller, site, &programs))
        .map(completed)
}

/// Runs a dump. `{out}` is a path named `file_name` in a fresh folder; where no argument holds `{out}`, the
/// standard output of the command is the output, byte for byte.
///
/// The tool sees the repository as it is, ignored files included. In namespaces what it writes there is
/// discarded; otherwise it can write only what it declares.
///
/// # Errors
/// A [`ToolError`] where the tool cannot be run, ends badly or gives nothing.
pub fn dump(
    repository: &Path,
    folder: &Path,
    file_name: &str,
    tool: &Tool,
    caller: &Caller,
) -> Result<Completed, ToolError> {
    let (root, repository) = (real(folder)?, real(repository)?);
    let site = Site { root: &root, repository: &repository };
    let programs = find_programs(tool, caller, site)?;
    on_the_best_rung(caller, |rung| dump_on(rung, file_name, tool, caller, site, &programs)).map(completed)
}

/// The first line that each of the tool's probes prints, on standard output or else on standard error, in the
/// order of the probes. `folder` is the client's root or, for a dump, the folder of `pipeline.toml`.
///
/// # Errors
/// A [`ToolError`] where a probe cannot be run or ends badly.
pub fn probe(
    repository: &Path,
    folder: &Path,
    tool: &Tool,
    caller: &Caller,
) -> Result<Vec<String>, ToolError> {
    if tool.probes.is_empty() {
        return Ok(Vec::new());
    }
    let (root, repository) = (real(folder)?, real(repository)?);
    let site = Site { root: &root, repository: &repository };
    let programs = find_programs(tool, caller, site)?;
    on_the_best_rung(caller, |rung| probe_on(rung, tool, caller, site, &programs)).map(|(lines, _)| lines)
}

fn probe_on(
    rung: Rung,
    tool: &Tool,
    caller: &Caller,
    site: Site<'_>,
    programs: &Programs,
) -> Result<Vec<String>, ToolError> {
    let scratch = Scratch::new(caller)?;
    let mut confinement = confine(rung, tool, caller, site, programs, &scratch)?;
    confinement.readable.push(site.repository.to_owned());
    let places = [("{root}", site.root.to_owned())];
    // A probe's output is not the tool's, so nothing in it is a sign of damage.
    let asked = Tool { fail_on_output: Vec::new(), ..tool.clone() };
    let bench =
        Bench::new(&asked, caller, (programs, &scratch), (site.root, site.root), &places, confinement)?;
    let ask = |step: &Vec<String>| {
        let (stdout, stderr) = bench.run_step(step, KEPT)?;
        let (stdout, stderr) = (stdout.printed().text, stderr.printed().text);
        let line = stdout.lines().chain(stderr.lines()).map(str::trim).find(|line| !line.is_empty());
        Ok(line.unwrap_or_default().chars().take(MAX_PROBE).collect())
    };
    tool.probes.iter().map(ask).collect()
}

/// A rung may fail for a repository though the machine has it, such as an overlay over a network's file system.
/// Nothing of the tool ran then, and a lower one is tried. Gives the reason with the result.
fn on_the_best_rung<T>(
    caller: &Caller,
    run: impl Fn(Rung) -> Result<T, ToolError>,
) -> Result<(T, Option<String>), ToolError> {
    let (mut rung, mut fallen) = (caller.cage.rung(&caller.scratch)?, None);
    loop {
        match (run(rung), confinement::next(rung, caller), fallen.take()) {
            (Err(ToolError::CageFailed { doing, why, .. }), Some(next), _) => {
                fallen = Some(format!(
                    "the rung `{}` could not be put up here, so `{}` was used: could not {doing}: {why}",
                    rung.as_str(),
                    next.as_str()
                ));
                rung = next;
            }
            (Ok(value), _, fallen) => return Ok((value, fallen)),
            (Err(error), _, None) => return Err(error),
            (Err(error), _, Some(why)) => return Err(ToolError::Lower { why, source: Box::new(error) }),
        }
    }
}

fn completed((mut completed, fallen): (Completed, Option<String>)) -> Completed {
    completed.remarks.extend(fallen.map(Remark::FellBack));
    completed
}

fn real(path: &Path) -> Result<PathBuf, ToolError> {
    path.canonicalize().map_err(ToolError::io("open", path))
}

/// Where a generator works, and how the repository is seen there.
enum Workplace {
    Layer(Layer),
    Mirror(Mirror),
}

impl Workplace {
    /// Where the host finds the output.
    fn output(&self) -> PathBuf {
        match self {
            Self::Layer(layer) => layer.output_on_disk(),
            Self::Mirror(mirror) => mirror.output.clone(),
        }
    }

    fn written_elsewhere(&self) -> Result<Vec<String>, ToolError> {
        match self {
            Self::Layer(layer) => layer.written_elsewhere(),
            Self::Mirror(mirror) => mirror.written_elsewhere(),
        }
    }
}

fn generate_on(
    rung: Rung,
    generation: &Generation<'_>,
    tool: &Tool,
    caller: &Caller,
    site: Site<'_>,
    programs: &Programs,
) -> Result<Completed, ToolError> {
    let scratch = Scratch::new(caller)?;
    let mut confinement = confine(rung, tool, caller, site, programs, &scratch)?;
    let (workplace, places) = if rung == Rung::Namespaces {
        let shown: Vec<PathBuf> = programs_of(tool)
            .filter_map(|program| programs.find(tool, program, site.root, site.root).ok())
            .chain(more_to_mirror(tool)?.into_iter().map(|path| site.repository.join(path)))
            .collect();
        let layer = Layer::build(generation, site.repository, &shown, &scratch)?;
        confinement.overlay = Some(layer.overlay.clone());
        let output = site.root.join(inputs::inside(generation.output)?);
        let spec = site.repository.join(inputs::inside(generation.spec)?);
        let places = [("{spec}", spec), ("{out}", output), ("{root}", site.root.to_owned())];
        (Workplace::Layer(layer), places)
    } else {
        let into = scratch.folder("repository")?;
        let mirror = Mirror::build(generation, &more_to_mirror(tool)?, into.clone())?;
        confinement.writable.push(into);
        confinement.readable.extend(mirror.packages.iter().cloned());
        let places = [
            ("{spec}", mirror.spec.clone()),
            ("{out}", mirror.output.clone()),
            ("{root}", mirror.root.clone()),
        ];
        (Workplace::Mirror(mirror), places)
    };
    let out = workplace.output();
    if names_files_in_output(tool) {
        make_output(&workplace, &out)?;
    }
    let [_, _, (_, folder)] = &places;
    let bench = Bench::new(tool, caller, (programs, &scratch), (site.root, folder), &places, confinement)?;
    let (stdout, stderr) = bench.run_all()?;
    let output = collect(&out)?.ok_or_else(|| bench.no_output("`{out}`", &stdout, &stderr))?;
    check_required(tool, &output, &out)?;
    let written_elsewhere = workplace.written_elsewhere()?;
    Ok(Completed { rung, stdout, stderr, output, written_elsewhere, remarks: bench.remarks() })
}

/// Whether the tool is told to write a file in the output's folder, which it expects to be there.
fn names_files_in_output(tool: &Tool) -> bool {
    [&tool.command].into_iter().chain(&tool.then).flatten().any(|argument| argument.contains("{out}/"))
}

fn make_output(workplace: &Workplace, out: &Path) -> Result<(), ToolError> {
    match workplace {
        Workplace::Mirror(_) => fs::create_dir(out).map_err(ToolError::io("create", out)),
        Workplace::Layer(layer) => layer.make_output(),
    }
}

/// What the tool declares to read of the repository.
fn more_to_mirror(tool: &Tool) -> Result<Vec<PathBuf>, ToolError> {
    let relative = tool.read.iter().filter(|path| !path.starts_with(['/', '~']));
    relative.map(|path| inputs::inside(path)).collect()
}

fn dump_on(
    rung: Rung,
    file_name: &str,
    tool: &Tool,
    caller: &Caller,
    site: Site<'_>,
    programs: &Programs,
) -> Result<Completed, ToolError> {
    let scratch = Scratch::new(caller)?;
    let mut confinement = confine(rung, tool, caller, site, programs, &scratch)?;
    let folder = scratch.folder("out")?;
    let out = folder.join(inputs::inside(file_name)?);
    confinement.writable.push(folder);
    if rung == Rung::Namespaces {
        let changes = scratch.folder("overlay")?;
        let overlay = Overlay::new(site.repository.to_owned(), &changes);
        confinement.overlay = Some(overlay.map_err(ToolError::io("prepare", &changes))?);
    } else {
        confinement.readable.push(site.repository.to_owned());
        let declared = tool.write.iter().map(|path| Ok(site.root.join(inputs::inside(path)?)));
        confinement.writable.extend(declared.collect::<Result<Vec<_>, ToolError>>()?);
    }
    let places = [("{out}", out.clone()), ("{root}", site.root.to_owned())];
    let bench = Bench::new(tool, caller, (programs, &scratch), (site.root, site.root), &places, confinement)?;
    let (output, stdout, stderr) = if is_written(tool) {
        let (stdout, stderr) = bench.run_all()?;
        let output = collect(&out)?.ok_or_else(|| bench.no_output("`{out}`", &stdout, &stderr))?;
        (output, stdout, stderr)
    } else {
        let (document, stderr) = bench.run_for_document()?;
        (Output::File(document), Printed::default(), stderr)
    };
    check_required(tool, &output, &out)?;
    let remarks = bench.remarks();
    Ok(Completed { rung, stdout, stderr, output, written_elsewhere: Vec::new(), remarks })
}

/// Whether the tool is told where to write; otherwise its output is what it prints.
pub(crate) fn is_written(tool: &Tool) -> bool {
    [&tool.command].into_iter().chain(&tool.then).flatten().any(|argument| argument.contains("{out}"))
}

/// The cage of one run, without the repository.
fn confine(
    rung: Rung,
    tool: &Tool,
    caller: &Caller,
    site: Site<'_>,
    programs: &Programs,
    scratch: &Scratch,
) -> Result<Confinement, ToolError> {
    let Admitted { paths, missing } = admitted(tool, caller, site, programs);
    if let Some(what) = missing.into_iter().next() {
        return Err(ToolError::Lacking { tool: tool.name.clone(), what });
    }
    let private = scratch.folder("private")?;
    for folder in ["root", "tmp", "var-tmp"] {
        scratch.folder(&format!("private/{folder}"))?;
    }
    let writable = environment::writable(scratch)?;
    Ok(Confinement { rung, readable: paths.into_iter().collect(), writable, overlay: None, private })
}

fn admitted(tool: &Tool, caller: &Caller, site: Site<'_>, programs: &Programs) -> Admitted {
    let mut admission = Admission::new(caller.home.as_deref(), site.repository, programs);
    for program in programs_of(tool) {
        if let Ok(program) = programs.find(tool, program, site.root, site.root) {
            admission.program(&program);
        }
    }
    for folder in &tool.path {
        admission.folder(&plain(&site.root.join(folder)));
    }
    if let Some(environment) = programs.environment() {
        admission.packages(environment);
    }
    for folder in site.above() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if is_packages(&entry.path()) {
                admission.packages(&entry.path());
            }
        }
    }
    for declared in &tool.read {
        match (declared.strip_prefix("~/"), &caller.home) {
            (Some(rest), Some(home)) => admission.path(&home.join(rest)),
            (None, _) if declared.starts_with('/') => admission.path(Path::new(declared)),
            (Some(_), None) | (None, _) => {}
        }
    }
    if tool.network {
        admission.resolver();
    }
    admission.finish()
}
