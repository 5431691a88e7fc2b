//! `countersign`: parse, run, render, exit. This file is the one door to the environment, the clock and the
//! terminal; everything behind it gets them as arguments.

mod args;
mod builtin;
mod codes;
mod command;
mod context;
mod exit;
mod progress;
mod render;
mod view;

use args::{Cli, Color, Format};
use clap::Parser;
use context::Context;
use countersign_model::Problem;
use countersign_pipeline::tool::{HELPER, run_helper};
use render::Style;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use view::Outcome;

fn main() -> ExitCode {
    if let Some(status) = as_helper() {
        return status;
    }
    let cli = Cli::parse();
    exit::install_panic_hook();
    countersign_pipeline::start_workers();
    let context = match context(&cli) {
        Ok(context) => context,
        Err(error) => return no_folder(&error),
    };
    // A tool inherits this, and a lax one would make its files differ by who runs it.
    rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o022));
    let (progress, interrupt) = (context.progress.clone(), context.interrupt.clone());
    // The daemon drains when it is told to end.
    if !matches!(cli.command, args::Command::Serve(_)) {
        exit::install_interrupt_handler(move || {
            progress.clear();
            interrupt.raise();
        });
    }
    let result = command::run(&cli.command, cli.global.output_format, &context);
    context.progress.clear();
    if context.interrupt.is_raised() {
        return exit::interrupted();
    }
    let status = match &result {
        Ok(outcome) => exit::of_outcome(outcome),
        Err(problems) => exit::of_problems(problems).exit_code(),
    };
    match print(&cli, &context, &result) {
        Ok(()) => ExitCode::from(status),
        // Whoever read us has heard enough; the status still says what we found.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(status),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: the result could not be written\n  caused by: {error}");
            ExitCode::from(2)
        }
    }
}

/// The cage's helper is this program once more. It needs a process with one thread, so this comes first.
fn as_helper() -> Option<ExitCode> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let (first, rest) = arguments.split_first()?;
    let rest: Vec<_> = rest.iter().map(AsRef::as_ref).collect();
    (first == HELPER).then(|| ExitCode::from(u8::try_from(run_helper(&rest)).unwrap_or(1)))
}

/// The one door to the environment and the clock.
fn context(cli: &Cli) -> io::Result<Context> {
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let now = jiff::Timestamp::now();
    let interactive = io::stdin().is_terminal() && io::stderr().is_terminal();
    Ok(Context::new(&cli.global, &std::env::current_dir()?, environment, now, interactive))
}

fn no_folder(error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: the current folder cannot be read\n  caused by: {error}");
    ExitCode::from(2)
}

/// Results go to standard output, and so do problems in the formats that programs read; problems for people
/// go to standard error.
fn print(cli: &Cli, context: &Context, result: &Result<Outcome, Vec<Problem>>) -> io::Result<()> {
    let format = cli.global.output_format;
    let for_people =
        result.is_err() && (matches!(format, Format::Human | Format::Concise) || format.is_for_diff());
    let (terminal, out): (_, Box<dyn Write>) = match for_people {
        true => (anstream::AutoStream::choice(&io::stderr()), Box::new(io::stderr())),
        false => (anstream::AutoStream::choice(&io::stdout()), Box::new(io::stdout())),
    };
    let color = match cli.global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal != anstream::ColorChoice::Never,
    };
    let (root, token) = (context.root(), stop_token());
    let (prefix, source) = (prefix(context, &root), |file: &str| source(&root, file));
    let style = Style {
        color,
        quiet: context.quiet,
        verbose: context.verbose,
        prefix: &prefix,
        stop_token: &token,
        source: &source,
    };
    let mut out = BufWriter::new(out);
    match result {
        Ok(outcome) => render::outcome(outcome, format, &style, &mut out)?,
        Err(problems) => render::problems(cli.command.name(), problems, format, &style, &mut out)?,
    }
    out.flush()?;
    match (format, result) {
        (Format::Github, Ok(Outcome::Report(report))) => summarize(context, &render::step_summary(report)),
        (Format::Github, Ok(Outcome::Canary(report))) => summarize(context, &render::canary_summary(report)),
        (Format::Github, Err(problems)) => {
            let report = render::report_of(cli.command.name(), problems);
            summarize(context, &render::step_summary(&report))
        }
        (_, _) => Ok(()),
    }
}

/// Append to the job's summary page, where the runner gives one.
fn summarize(context: &Context, text: &str) -> io::Result<()> {
    let Some(path) = context.environment.get("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut page = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    page.write_all(text.as_bytes())
}

/// A word that nobody could know before: the standard library seeds its hashers from the system.
fn stop_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let word = || RandomState::new().hash_one(0_u8);
    format!("countersign-{:016x}{:016x}", word(), word())
}

/// What comes before a path of the report to make it a path of the repository that the runner checked out.
fn prefix(context: &Context, root: &Path) -> String {
    let workspace = context.environment.get("GITHUB_WORKSPACE").map(PathBuf::from);
    let inside = workspace.and_then(|workspace| root.strip_prefix(workspace).map(PathBuf::from).ok());
    match inside.as_deref().and_then(Path::to_str) {
        None | Some("") => String::new(),
        Some(path) => format!("{path}/"),
    }
}

/// The text of a small file that a position names.
fn source(root: &Path, file: &str) -> Option<String> {
    const LIMIT: u64 = 1 << 20;
    let path = root.join(file);
    let small = std::fs::metadata(&path).is_ok_and(|data| data.is_file() && data.len() <= LIMIT);
    if small { std::fs::read_to_string(path).ok() } else { None }
}
