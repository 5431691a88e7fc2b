//! The commands, a module each: arguments and context in, an outcome or problems out. None of them prints.

mod accept;
mod canary;
mod canonicalize;
mod check;
mod completions;
mod diff;
mod doctor;
mod event;
mod explain;
mod generate;
mod hooks;
mod init;
mod man;
mod notify;
mod plugin;
mod propose;
mod recover;
mod repository;
mod run;
mod schema;
mod serve;
mod status;
mod waive;
mod write;

pub(crate) use explain::plain_markdown;

use crate::args::{Command, Format, HooksCommand, PluginCommand};
use crate::context::Context;
use crate::view::Outcome;
use countersign_model::Problem;

/// Run a command.
pub(crate) fn run(command: &Command, format: Format, context: &Context) -> Result<Outcome, Vec<Problem>> {
    suits(command, format)?;
    match command {
        Command::Init(args) => init::run(args, context),
        Command::Check(args) => check::run(args, context),
        Command::Accept(args) => accept::run(args, context),
        Command::Generate(args) => generate::run(args, context),
        Command::Diff(args) => diff::run(args, format, context),
        Command::Run(args) => run::run(args, context),
        Command::Notify(args) => notify::run(args, context),
        Command::Canary(args) => canary::run(args, context),
        Command::Propose(args) => propose::run(args, context),
        Command::Waive(args) => waive::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Recover(args) => recover::run(args, context),
        Command::Doctor => doctor::run(context),
        Command::Explain(args) => explain::run(args, context),
        Command::Plugin(PluginCommand::List) => plugin::list(context),
        Command::Plugin(PluginCommand::Inspect(args)) => plugin::inspect(args, context),
        Command::Serve(args) => serve::run(args, context),
        Command::Hooks(HooksCommand::Status(args)) => hooks::status(args, context),
        Command::Hooks(HooksCommand::Apply(args)) => hooks::apply(args, context),
        Command::Hooks(HooksCommand::Rotate(args)) => hooks::rotate(args, context),
        Command::Schema(args) => schema::run(args, context),
        Command::Canonicalize(args) => canonicalize::run(args, context),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args, context),
    }
}

/// Whether a command has this format.
fn suits(command: &Command, format: Format) -> Result<(), Vec<Problem>> {
    let lists_things = matches!(
        command,
        Command::Check(_)
            | Command::Accept(_)
            | Command::Generate(_)
            | Command::Diff(_)
            | Command::Run(_)
            | Command::Notify(_)
            | Command::Canary(_)
            | Command::Propose(_)
            | Command::Status(_)
    );
    let suits = match format {
        Format::Human | Format::Concise | Format::Json | Format::Github => true,
        Format::Sarif | Format::Junit => lists_things,
        Format::Markdown | Format::Html | Format::Oasdiff => matches!(command, Command::Diff(_)),
    };
    if suits {
        return Ok(());
    }
    let also = if lists_things { ", github, sarif or junit" } else { " or github" };
    let message = format!("`{}` prints human, concise, json{also}, and nothing else", command.name());
    let hint = "markdown, html and oasdiff are for `diff`, sarif and junit for what finds things in files";
    Err(vec![Problem::new("unsuitable-format", message).hint(hint)])
}
