use countersign_cage::Rung;
use countersign_model::Problem;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a tool gave nothing that can be relied on.
///
/// No variant holds a value of the environment. What the tool printed is somebody else's text.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// A program is not there, and no set-up step brought it.
    #[error("`{program}` was not found{}", places(searched))]
    NotFound {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The program as declared.
        program: String,
        /// The folders that were looked at; empty where the program is an absolute path.
        searched: Vec<PathBuf>,
        /// The command line that installs the tool, where that is known.
        install: Option<String>,
    },
    /// A declared command line is empty.
    #[error("tool `{tool}` declares an empty command line")]
    Empty {
        /// The tool's name in `pipeline.toml`.
        tool: String,
    },
    /// A step ended with something other than exit status 0.
    #[error("`{step}` {ended}")]
    Failed {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The command line as declared, with its placeholders.
        step: String,
        /// How it ended.
        ended: Ended,
        /// The end of what it printed.
        output: String,
    },
    /// The program is absent, and the step that should bring it failed.
    #[error("the set-up step `{step}` {ended}")]
    SetupFailed {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The command line as declared.
        step: String,
        /// How it ended.
        ended: Ended,
        /// The end of what it printed.
        output: String,
    },
    /// A step ran longer than the tool's time limit; its whole process group was killed.
    #[error("`{step}` was killed after its time limit of {} s", .after.as_secs_f32())]
    Timeout {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The command line as declared.
        step: String,
        /// The limit.
        after: Duration,
        /// The end of what it printed.
        output: String,
    },
    /// A step used more than it may; its processes were killed.
    #[error("`{step}` was killed because {what}")]
    Exceeded {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The command line as declared.
        step: String,
        /// What it used too much of.
        what: Exceeded,
        /// The end of what it printed.
        output: String,
    },
    /// Something that a program is made of is not there.
    #[error("tool `{tool}` cannot run: {what}")]
    Lacking {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// A sentence about what is not there.
        what: String,
    },
    /// The machine cannot keep tools apart as well as is required.
    #[error("`cage = \"required\"` asks for namespaces, and this machine gives the rung `{}`", rung.as_str())]
    CageRequired {
        /// The rung that there is.
        rung: Rung,
        /// Why there is no better one.
        why: String,
    },
    /// The cage could not be put up, so that nothing ran.
    #[error("the cage `{}` could not be put up: could not {doing}", rung.as_str())]
    CageFailed {
        /// The rung.
        rung: Rung,
        /// What was tried.
        doing: String,
        /// Why it failed.
        why: String,
    },
    /// A step could not be started, in a cage that was up.
    #[error("`{step}`: could not {doing}")]
    NotStarted {
        /// The command line as declared.
        step: String,
        /// What was tried.
        doing: String,
        /// Why it failed.
        why: String,
    },
    /// The run failed on a rung that was not the first choice.
    #[error("{source}")]
    Lower {
        /// Why the first choice could not be used.
        why: String,
        /// The failure.
        source: Box<ToolError>,
    },
    /// The user interrupted the run; the process group was killed.
    #[error("`{step}` was interrupted")]
    Interrupted {
        /// The command line as declared.
        step: String,
    },
    /// A step exited 0 and printed what the tool declares as a sign of damage.
    #[error("`{step}` exited 0, but printed `{pattern}`")]
    Damaged {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The command line as declared.
        step: String,
        /// The declared text that was found.
        pattern: String,
        /// The line that holds it, shortened.
        line: String,
    },
    /// Files that the tool must write are not there.
    #[error("the output holds no file that matches {}", quoted(missing))]
    Incomplete {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// The globs of `require` that match nothing.
        missing: Vec<String>,
    },
    /// All steps exited 0 and there is no output.
    #[error("tool `{tool}` exited 0 and wrote nothing to {place}")]
    NoOutput {
        /// The tool's name in `pipeline.toml`.
        tool: String,
        /// Where the output was expected, in backticks if it is a placeholder: `{out}` or `standard output`.
        place: &'static str,
        /// The end of what it printed.
        output: String,
    },
    /// The output holds something that is not a plain file with a plain name.
    #[error("the output holds `{path}`, {what}")]
    UnfitOutput {
        /// Relative to the output.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// The output is larger than any client.
    #[error("the output holds more than {limit}")]
    TooLarge {
        /// The limit, with its unit.
        limit: String,
    },
    /// A configured path leaves the folder that it is relative to.
    #[error("`{path}` is not a path inside its folder")]
    Outside {
        /// The path as configured.
        path: String,
    },
    /// A declared input that is a plain path is not there.
    #[error("the declared input `{path}` does not exist")]
    InputMissing {
        /// The path as declared.
        path: String,
    },
    /// A declared glob is not one.
    #[error("`{glob}` is not a glob: {reason}")]
    BadGlob {
        /// The glob as declared.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system or the operating system refused.
    #[error("could not {doing} `{}`", .path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// What a tool used too much of, with the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// Memory of all its processes, in bytes.
    Memory(u64),
    /// What it wrote, in bytes.
    Disk(u64),
    /// Processes at a time.
    Processes(usize),
}

impl Exceeded {
    /// The key of a tool that sets the limit; none where it is fixed.
    fn key(self) -> Option<(&'static str, u64)> {
        match self {
            Self::Memory(most) => Some(("memory", most)),
            Self::Disk(most) => Some(("disk", most)),
            Self::Processes(_) => None,
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(most) => write!(formatter, "it used more than {} of memory", size(*most)),
            Self::Disk(most) => write!(formatter, "it wrote more than {}", size(*most)),
            Self::Processes(most) => write!(formatter, "it had more than {most} processes"),
        }
    }
}

/// A number of bytes in the largest unit that gives a whole number.
fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let fit = units.iter().find(|(_, shift)| bytes > 0 && bytes.trailing_zeros() >= *shift);
    fit.map_or_else(|| format!("{bytes}B"), |(unit, shift)| format!("{}{unit}", bytes >> shift))
}

/// How a process ended, where it did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

/// The table of `pipeline.toml` that declares a tool: its own, or that of the stage whose `command` it is.
fn table(tool: &str) -> String {
    let of_a_stage = ["contracts.", "clients.", "notify."].iter().any(|start| tool.starts_with(start));
    if of_a_stage { format!("[{tool}]") } else { format!("[tools.{tool}]") }
}

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(formatter, "exited with status {status}"),
            Self::Signal(signal) => write!(formatter, "was ended by signal {signal}"),
        }
    }
}

impl ToolError {
    pub(super) fn io<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }

    /// What it means for the user: one sentence, the end of what the tool printed, and the next step.
    pub fn problem(&self) -> Problem {
        if let Self::Lower { why, source } = self {
            return source.problem().cause(why.clone());
        }
        let problem = Problem::new(self.code(), self.to_string()).hint(self.hint());
        self.causes().into_iter().fold(problem, Problem::cause)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "tool-not-found",
            Self::Empty { .. } => "tool-empty",
            Self::Failed { .. } => "tool-failed",
            Self::SetupFailed { .. } => "tool-setup-failed",
            Self::Timeout { .. } => "tool-timeout",
            Self::Exceeded { .. } => "tool-limit",
            Self::Lacking { .. } => "tool-incomplete",
            Self::CageRequired { .. } => "cage-required",
            Self::CageFailed { .. } => "cage-failed",
            Self::NotStarted { .. } => "tool-not-started",
            Self::Lower { source, .. } => source.code(),
            Self::Interrupted { .. } => "tool-interrupted",
            Self::Damaged { .. } => "tool-output-damaged",
            Self::Incomplete { .. } => "tool-output-incomplete",
            Self::NoOutput { .. } => "tool-no-output",
            Self::UnfitOutput { .. } => "tool-output-unfit",
            Self::TooLarge { .. } => "tool-output-too-large",
            Self::Outside { .. } => "path-outside",
            Self::InputMissing { .. } => "tool-input-missing",
            Self::BadGlob { .. } => "bad-glob",
            Self::Io { .. } => "tool-io",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::NotFound { install: Some(install), .. } => format!("install it: {install}"),
            Self::NotFound { tool, program, .. } if program.contains('/') => {
                format!("install it, or correct its path under `{}`", table(tool))
            }
            Self::NotFound { tool, .. } => {
                format!(
                    "install it, or name its folder: add `path = [\".venv/bin\"]` under `{}`",
                    table(tool)
                )
            }
            Self::Empty { tool } => format!("give `command` under `{}` a program to run", table(tool)),
            Self::Failed { step, .. } => format!("run `{step}` by hand to see what it needs"),
            Self::SetupFailed { step, .. } => format!("run `{step}` by hand, then try again"),
            Self::Timeout { tool, after, .. } => {
                let double = after.as_secs().max(1) * 2;
                format!("if it needs longer, set `timeout = \"{double}s\"` under `{}`", table(tool))
            }
            Self::Exceeded { tool, what, .. } => match what.key() {
                Some((key, most)) => {
                    let double = size(most.saturating_mul(2));
                    format!("if it needs more, set `{key} = \"{double}\"` under `{}`", table(tool))
                }
                None => "look at what the tool starts".into(),
            },
            Self::Lacking { .. } => "install the tool again, or the interpreter that it was made with".into(),
            Self::CageRequired { .. } => {
                "run `countersign doctor` to see what this machine lacks, or set `cage = \"best\"` under `[pipeline]`"
                    .into()
            }
            Self::NotStarted { .. } => "run it by hand; look whether an earlier step removed what it needs".into(),
            Self::Lower { source, .. } => source.hint(),
            Self::CageFailed { .. } => "run `countersign doctor`; another rung can be asked for with `--cage`".into(),
            Self::Interrupted { .. } => "run the command again".into(),
            Self::Damaged { tool, .. } => {
                format!(
                    "correct the document; if the line is harmless, take it out of `fail-on-output` under `{}`",
                    table(tool)
                )
            }
            Self::Incomplete { tool, .. } => {
                format!("correct the tool's options, or `require` under `{}`", table(tool))
            }
            Self::NoOutput { place: "`{out}`", .. } => {
                "pass `{out}` to the option that names where the tool writes".into()
            }
            Self::NoOutput { .. } => "print the document, or pass `{out}` and write it there".into(),
            Self::UnfitOutput { .. } => "make the tool write plain files".into(),
            Self::TooLarge { .. } => "check that the output folder is the client's alone".into(),
            Self::Outside { .. } => "write a relative path without `..`".into(),
            Self::InputMissing { .. } => "correct the path in `inputs`, or commit the file".into(),
            Self::BadGlob { .. } => "correct the glob; `docs/reference` lists what is understood".into(),
            Self::Io { .. } => "check permissions and free space there, then try again".into(),
        }
    }

    fn causes(&self) -> Vec<String> {
        match self {
            Self::Failed { output, .. }
            | Self::SetupFailed { output, .. }
            | Self::Timeout { output, .. }
            | Self::Exceeded { output, .. }
            | Self::NoOutput { output, .. } => last_lines(output),
            Self::Damaged { line, .. } => vec![line.clone()],
            Self::Io { source, .. } => vec![source.to_string()],
            Self::CageRequired { why, .. } | Self::CageFailed { why, .. } | Self::NotStarted { why, .. } => {
                vec![why.clone()]
            }
            Self::Lower { source, .. } => source.causes(),
            Self::NotFound { .. }
            | Self::Lacking { .. }
            | Self::Empty { .. }
            | Self::Interrupted { .. }
            | Self::Incomplete { .. }
            | Self::UnfitOutput { .. }
            | Self::TooLarge { .. }
            | Self::Outside { .. }
            | Self::InputMissing { .. }
            | Self::BadGlob { .. } => Vec::new(),
        }
    }
}

/// The last lines of what a tool printed: enough to see the exception, too little to bury the hint.
fn last_lines(output: &str) -> Vec<String> {
    let lines: Vec<_> = output.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.iter().skip(lines.len().saturating_sub(8)).map(|line| line.chars().take(400).collect()).collect()
}

fn places(searched: &[PathBuf]) -> String {
    let folders: Vec<_> = searched.iter().map(|folder| format!("`{}`", folder.display())).collect();
    if folders.is_empty() { String::new() } else { format!(" in {}", folders.join(", ")) }
}

fn quoted(globs: &[String]) -> String {
    globs.iter().map(|glob| format!("`{glob}`")).collect::<Vec<_>>().join(", ")
}
