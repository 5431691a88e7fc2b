//! The repository that a command works on: found, read, and given what it may know of the world.

use crate::args::GeneratingArgs;
use crate::builtin::BUILTINS;
use crate::context::Context;
use countersign_engine::LogLevel;
use countersign_model::{Name, Problem};
use countersign_pipeline::config::Format;
use countersign_pipeline::project::{Generating, Project, Settings};
use countersign_pipeline::stage::StageMessage;
use countersign_pipeline::tool::{Cage, Caller};
use countersign_pipeline::web::Sending;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The file that is, or would be, the configuration.
pub(super) fn file_of_configuration(context: &Context) -> PathBuf {
    context.config.clone().unwrap_or_else(|| context.root().join("pipeline.toml"))
}

/// Open the repository.
pub(super) fn open(context: &Context) -> Result<Project, Vec<Problem>> {
    open_for(context, Sending::Allowed, None)
}

/// Open the repository for a run that sends what `sending` allows, without credentials where they are withheld.
pub(super) fn open_for(
    context: &Context,
    sending: Sending,
    withheld: Option<&'static str>,
) -> Result<Project, Vec<Problem>> {
    Project::open(&file_of_configuration(context), settings(context, sending, withheld))
}

/// Open the repository for a run that generates.
pub(super) fn open_to_generate(context: &Context, args: &GeneratingArgs) -> Result<Project, Vec<Problem>> {
    open_to_propose(context, args, Sending::Allowed, None)
}

/// Open the repository for a run that generates, and sends what comes of it.
pub(super) fn open_to_propose(
    context: &Context,
    args: &GeneratingArgs,
    sending: Sending,
    withheld: Option<&'static str>,
) -> Result<Project, Vec<Problem>> {
    let mut settings = settings(context, sending, withheld);
    settings.generating =
        Generating { twice: args.twice, upgrade: args.upgrade, allow_shrink: args.allow_shrink };
    Project::open(&file_of_configuration(context), settings)
}

/// Open the repository, or the folder as it is where it has no configuration.
pub(super) fn open_or_bare(context: &Context) -> Result<Project, Vec<Problem>> {
    let file = file_of_configuration(context);
    if context.config.is_some() || file.is_file() {
        return open(context);
    }
    bare(context)
}

/// The folder as it is, whatever its configuration says.
pub(super) fn bare(context: &Context) -> Result<Project, Vec<Problem>> {
    Project::bare(&context.directory, settings(context, Sending::Allowed, None))
}

fn settings(context: &Context, sending: Sending, withheld: Option<&'static str>) -> Settings {
    let get = |name: &str| context.environment.get(name).filter(|value| !value.is_empty());
    let (progress, verbose, quiet) = (context.progress.clone(), context.verbose, context.quiet);
    let busy = context.progress.clone();
    Settings {
        builtins: BUILTINS,
        caller: Caller {
            path: get("PATH").map(Into::into).unwrap_or_default(),
            home: get("HOME").map(Into::into),
            scratch: get("TMPDIR").map_or_else(|| "/tmp".into(), Into::into),
            interrupt: context.interrupt.clone(),
            // The link leads to this very file, whatever became of its path since.
            cage: Cage::new(Some("/proc/self/exe".into()), context.cage),
            network: network(context),
            kept: None,
            borrowed: None,
        },
        variables: context.environment.clone(),
        now: u64::try_from(context.now.as_second()).unwrap_or_default(),
        log: Arc::new(move |message: &StageMessage| {
            if is_shown(message.line.level, verbose, quiet) {
                progress.log(&shown(message));
            }
        }),
        sending,
        withheld,
        generating: Generating::default(),
        busy: Arc::new(move |label| Box::new(busy.start(label))),
    }
}

/// The variables that git and its helpers read to connect to another repository.
const CONNECTION: [&str; 14] = [
    "ALL_PROXY",
    "GIT_ASKPASS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

fn network(context: &Context) -> BTreeMap<String, String> {
    let value = |name: &str| Some((name.to_owned(), context.environment.get(name)?.clone()));
    CONNECTION.into_iter().filter_map(value).collect()
}

fn is_shown(level: LogLevel, verbose: u8, quiet: bool) -> bool {
    match level {
        LogLevel::Error => true,
        LogLevel::Warn => !quiet,
        LogLevel::Info => verbose >= 1,
        LogLevel::Debug => verbose >= 2,
    }
}

fn shown(message: &StageMessage) -> String {
    let level = match message.line.level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warning",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    format!(
        "{level}: {} ({}): {}",
        message.plugin,
        message.subject,
        crate::render::safe(&message.line.message)
    )
}

/// A file that the user names, relative to where the command runs; what is no file there stays as it is.
pub(super) fn file(context: &Context, name: &str) -> String {
    let path = context.directory.join(name);
    if path.is_file() { path.display().to_string() } else { name.to_owned() }
}

/// A format by its name; clap lets no other through.
pub(super) fn format(name: &str) -> Format {
    match name {
        "json" => Format::Json,
        "text" => Format::Text,
        _ => Format::Openapi,
    }
}

/// Whether this is CI, where nothing of an earlier run is believed.
pub(super) fn in_ci(context: &Context) -> bool {
    context.environment.get("CI").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Names as the text that the user typed.
pub(super) fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
