//! The command line as data: every command and every flag, from which help, completions and man pages are
//! made. It decides nothing, and it reads neither the environment nor the disk.

mod commands;
mod hooks;
mod init;

pub(crate) use commands::{
    AcceptArgs, CanaryArgs, CanonicalizeArgs, CheckArgs, CompletionsArgs, DiffArgs, EventArgs, ExplainArgs,
    FailOn, GenerateArgs, GeneratingArgs, ManArgs, NotifyArgs, OpenApiArgs, PluginCommand, PluginInspectArgs,
    ProposeArgs, RecoverArgs, RunArgs, SchemaArgs, SchemaKind, ServeArgs, StatusArgs, WaiveArgs,
};
pub(crate) use hooks::{HooksApplyArgs, HooksCommand, HooksRotateArgs, HooksStatusArgs};
pub(crate) use init::{Ci, InitArgs};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_STATUS: &str = "\
Exit status:
  0    agreed: code, record and clients say the same
  1    drift, or a break blocks
  2    could not decide: usage, configuration, a stage or a tool
  3    a live source could not be reached, and nothing else is wrong
  4    an accept was interrupted; `countersign recover` finishes it
  101  a bug in Countersign
  130  interrupted";

/// Keep an API and the clients generated from it in agreement
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_STATUS, max_term_width = 100)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Run as if started in DIR [default: the current folder]
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// Read this file [default: the nearest pipeline.toml, upwards from the folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Print results as human, concise, json, github, sarif or junit; of diff also as markdown, html or oasdiff
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    pub(crate) output_format: Format,
    /// Colour the output: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    pub(crate) color: Color,
    /// Keep tools apart by this rung at best: namespaces, mirror or bare
    #[arg(
        long,
        value_name = "RUNG",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        global = true
    )]
    pub(crate) cage: Cage,
    /// Print only what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

/// The shape of what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Sentences for people
    #[default]
    Human,
    /// One line for each thing: file:line:col: level rule message
    Concise,
    /// One JSON document; its shape is `countersign schema report`
    Json,
    /// Annotations and a log for GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
    /// A comment for a pull request (diff)
    Markdown,
    /// A page to read, without a network (diff)
    Html,
    /// The JSON of `oasdiff changelog`: its rules and its levels (diff)
    Oasdiff,
}

impl Format {
    /// Whether it shows a comparison and nothing else.
    pub(crate) fn is_for_diff(self) -> bool {
        matches!(self, Self::Markdown | Self::Html | Self::Oasdiff)
    }
}

/// How tools are kept apart, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cage {
    /// In namespaces of their own
    #[default]
    Namespaces,
    /// In a copy of the client's folder, with Landlock and seccomp
    Mirror,
    /// In a copy of the client's folder, with limits only
    Bare,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented pipeline.toml for this repository
    Init(InitArgs),
    /// Compare code, record and clients; write nothing
    Check(CheckArgs),
    /// Take what the source says as the record, and regenerate its clients with it
    Accept(AcceptArgs),
    /// Regenerate clients from the record
    Generate(GenerateArgs),
    /// Compare two documents and say what breaks
    Diff(DiffArgs),
    /// Do what the CI event calls for: CI's single command
    Run(RunArgs),
    /// Tell the clients of what commits did to the records, each once
    Notify(NotifyArgs),
    /// Hold the running service's answers against the record; it only reads
    Canary(CanaryArgs),
    /// Open one pull request for each state of a contract that is somebody else's
    Propose(ProposeArgs),
    /// Accept one breaking change until a day
    Waive(WaiveArgs),
    /// Listen to forges: check, propose and tell what they push, and show where everything stands
    Serve(ServeArgs),
    /// Keep the webhooks of the watched repositories as pipeline.toml has them
    #[command(subcommand)]
    Hooks(HooksCommand),
    /// Show where every contract and client stands, without running a tool
    Status(StatusArgs),
    /// Finish an accept that was interrupted
    Recover(RecoverArgs),
    /// Look at everything that a run needs, and say what is missing
    Doctor,
    /// Explain a rule, the code of an error or a preset
    Explain(ExplainArgs),
    /// Look at plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Print the JSON Schema of something that Countersign reads or writes
    Schema(SchemaArgs),
    /// Print a document in its canonical form
    Canonicalize(CanonicalizeArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them to a folder
    Man(ManArgs),
}

impl Command {
    /// The command as the user typed it, for reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Check(_) => "check",
            Self::Accept(_) => "accept",
            Self::Generate(_) => "generate",
            Self::Diff(_) => "diff",
            Self::Run(_) => "run",
            Self::Notify(_) => "notify",
            Self::Canary(_) => "canary",
            Self::Propose(_) => "propose",
            Self::Waive(_) => "waive",
            Self::Serve(_) => "serve",
            Self::Hooks(HooksCommand::Status(_)) => "hooks status",
            Self::Hooks(HooksCommand::Apply(_)) => "hooks apply",
            Self::Hooks(HooksCommand::Rotate(_)) => "hooks rotate",
            Self::Status(_) => "status",
            Self::Recover(_) => "recover",
            Self::Doctor => "doctor",
            Self::Explain(_) => "explain",
            Self::Plugin(PluginCommand::List) => "plugin list",
            Self::Plugin(PluginCommand::Inspect(_)) => "plugin inspect",
            Self::Schema(_) => "schema",
            Self::Canonicalize(_) => "canonicalize",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::fmt::Write;

    fn reference(command: &mut clap::Command, path: &str, out: &mut String) {
        let help = command.clone().term_width(100).max_term_width(100).render_long_help();
        writeln!(out, "# {path}\n\n{help}").unwrap();
        for child in command.get_subcommands_mut() {
            let path = format!("{path} {}", child.get_name());
            reference(child, &path, out);
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_whole_command_line_is_reviewed() {
        let mut command = Cli::command();
        command.build();
        let mut out = String::new();
        reference(&mut command, "countersign", &mut out);
        let out: Vec<_> = out.lines().map(str::trim_end).collect();
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("cli-reference", out.join("\n"));
        });
    }

    #[test]
    fn no_argument_has_the_name_of_a_global_flag() {
        // Clap would give both the same value, without a word.
        let cli = Cli::command();
        let globals: Vec<_> = cli.get_arguments().map(clap::Arg::get_id).collect();
        for command in cli.get_subcommands() {
            let taken = command.get_arguments().find(|argument| globals.contains(&argument.get_id()));
            assert!(taken.is_none(), "{}: {taken:?}", command.get_name());
        }
    }

    #[test]
    fn every_first_line_of_help_is_one_imperative_without_a_full_stop() {
        fn visit(command: &clap::Command) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{}: {about:?}", command.get_name());
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let id = argument.get_id();
                assert!(!help.is_empty() && !help.ends_with('.'), "{} {id}: {help:?}", command.get_name());
            }
            command.get_subcommands().for_each(visit);
        }
        visit(&Cli::command());
    }
}
