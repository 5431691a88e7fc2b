//! A repository with its `pipeline.toml`, and the commands on it.
//!
//! Each command works on every contract by itself and in parallel: one contract's failure never hides
//! another's, and the reports come in the order of the names whatever the number of cores.

mod accept;
mod baseline;
mod canary;
mod canonical;
mod check;
mod client;
mod compare;
mod daemon;
mod doctor;
mod fresh;
mod generate;
mod history;
mod hooks;
mod notify;
mod observe;
mod plugins;
mod propose;
mod record;
mod targets;
mod waive;

pub use accept::Source;
pub use canary::CanaryOptions;
pub use check::CheckOptions;
pub use compare::{CompareOptions, Comparison};
pub use daemon::{Stuck, Upstream};
pub use doctor::{Diagnosis, DiagnosisState};
pub use fresh::Generating;
pub use history::RecordCommit;
pub use hooks::HookOptions;
pub use notify::{NotifyOptions, Range, Said};
pub use plugins::{PluginFacts, builtin_plugins, inspect_file};
pub use propose::{Announcement, ProposeOptions, ProposeSource};
pub use waive::WaiveRequest;

use crate::config::{CageRule, Config, ToolConfig};
use crate::forges::{self, Forges};
use crate::git::{Git, GitError};
use crate::preset;
use crate::stage::{Plugins, StageMessage};
use crate::tool::{Caller, Remark, Tool};
use crate::web::{Credentials, Secrets, Sending, Web};
use countersign_engine::{Answer, Builtin, Engine, LogLevel, LogLine};
use countersign_model::{Date, Name, Problem};
use std::any::Any;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Tells that something begins, until what it returns is dropped.
pub type Busy = dyn Fn(&str) -> Box<dyn Any> + Send + Sync;

/// Everything about this run that is not in a file: it arrives here once and is never looked up again.
#[derive(Clone)]
pub struct Settings {
    /// The stages that the binary carries.
    pub builtins: &'static [Builtin],
    /// The caller's search path and folders.
    pub caller: Caller,
    /// The environment. Only names that `pipeline.toml` mentions, and those of CI events, are ever read.
    pub variables: BTreeMap<String, String>,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// Where the stages' messages go.
    pub log: Arc<dyn Fn(&StageMessage) + Send + Sync>,
    /// What may be sent.
    pub sending: Sending,
    /// Why no credential may be used, where none may.
    pub withheld: Option<&'static str>,
    /// What the user allows a generation, or asks of it.
    pub generating: Generating,
    /// Called when something begins that takes a while, with what it is; what it returns is dropped at the end.
    pub busy: Arc<Busy>,
}

/// A repository with its `pipeline.toml`.
pub struct Project {
    /// What `pipeline.toml` says.
    pub config: Config,
    settings: Settings,
    engine: Engine,
    plugins: Plugins,
    git: Option<Git>,
    web: Arc<Web>,
    forges: Forges,
    repository: PathBuf,
    /// The folder of `pipeline.toml`, relative to the repository: empty, or ending in `/`.
    prefix: String,
}

impl Settings {
    /// Today, in UTC.
    pub(crate) fn today(&self) -> Date {
        let seconds = i64::try_from(self.now).unwrap_or(i64::MAX);
        let timestamp = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
        timestamp.to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}

impl Project {
    /// Read `pipeline.toml` and get ready. No stage runs.
    ///
    /// # Errors
    /// Every mistake in the file, or what is wrong with the repository or this machine.
    pub fn open(file: &Path, settings: Settings) -> Result<Self, Vec<Problem>> {
        Self::with(Config::load(file)?, settings)
    }

    /// A folder without `pipeline.toml`: nothing is declared, and documents can be compared all the same.
    ///
    /// # Errors
    /// What is wrong with the repository or this machine.
    pub fn bare(folder: &Path, settings: Settings) -> Result<Self, Vec<Problem>> {
        Self::with(Config::parse("", "pipeline.toml", folder.to_owned())?, settings)
    }

    fn with(config: Config, mut settings: Settings) -> Result<Self, Vec<Problem>> {
        settings.caller.kept = Some(config.root.clone());
        settings.caller.cage.is_required = config.cage == CageRule::Required;
        let engine = Engine::new().map_err(|error| vec![Problem::new("engine-failed", error.to_string())])?;
        let git =
            Git::discover(&config.root, &settings.caller).map_err(|error: GitError| vec![error.problem()])?;
        let credentials = match settings.withheld {
            Some(reason) => Credentials::withheld(reason),
            None => Credentials::new(&config.credentials, &Secrets::new(settings.variables.clone()))?,
        };
        let absolute = config.root.canonicalize().unwrap_or_else(|_| config.root.clone());
        Ok(Self {
            plugins: Plugins::new(settings.builtins, Some(&config)),
            web: Arc::new(Web::new(credentials, settings.sending)),
            forges: Forges::new(
                &config,
                &settings.variables,
                settings.withheld,
                settings.sending,
                git.as_ref(),
            ),
            repository: git.as_ref().map_or(absolute, |git| git.toplevel().to_owned()),
            prefix: git.as_ref().map(|git| git.prefix().to_owned()).unwrap_or_default(),
            config,
            settings,
            engine,
            git,
        })
    }

    /// The forges that this project's repositories lie on.
    pub fn forges(&self) -> &Forges {
        &self.forges
    }

    /// The contracts with these names, or all of them.
    ///
    /// # Errors
    /// A problem for each name that is not declared.
    pub fn select(&self, names: &[String]) -> Result<Vec<Name>, Vec<Problem>> {
        let known = self.config.contracts.keys();
        select("contract", names, known.cloned().collect())
    }

    /// The channels with these names; none where none is asked for, which stands for all.
    ///
    /// # Errors
    /// A problem for each name that is not declared.
    pub fn select_channels(&self, names: &[String]) -> Result<Vec<Name>, Vec<Problem>> {
        if names.is_empty() {
            Ok(Vec::new())
        } else {
            select("channel", names, self.config.notify.keys().cloned().collect())
        }
    }

    /// The path of a file of this project relative to the repository's top.
    pub(crate) fn in_repository(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Pass a call's messages on and give its result.
    pub(crate) fn answered<T>(
        &self,
        plugin: &str,
        subject: &str,
        answer: Answer<T>,
    ) -> Result<T, countersign_engine::StageError> {
        for line in answer.log {
            (self.settings.log)(&StageMessage { plugin: plugin.into(), subject: subject.into(), line });
        }
        answer.result
    }

    /// Tell the user something that decides nothing.
    pub(crate) fn warn(&self, plugin: &str, subject: &str, message: String) {
        self.tell(LogLevel::Warn, plugin, subject, message);
    }

    pub(crate) fn tell(&self, level: LogLevel, plugin: &str, subject: &str, message: String) {
        let line = LogLine { level, message };
        (self.settings.log)(&StageMessage { plugin: plugin.into(), subject: subject.into(), line });
    }

    /// Tell what a tool tried and was kept from. Runtimes ask for the network without meaning it, so that is for
    /// those who want to know.
    pub(crate) fn tell_remarks(&self, plugin: &str, subject: &str, remarks: &[Remark]) {
        for remark in remarks {
            let level = match remark {
                Remark::Network { .. } => LogLevel::Info,
                Remark::LeftBehind(_) | Remark::FellBack(_) => LogLevel::Warn,
            };
            self.tell(level, plugin, subject, format!("about the tool: {remark}"));
        }
    }

    /// A tool as the runner knows it.
    pub(crate) fn tool(&self, name: &str, config: &ToolConfig) -> Tool {
        // A secret goes to the requests that its credential allows, and into no tool.
        let is_secret = |name: &String| {
            self.config.credentials.values().any(|secret| secret.variables.contains(name))
                || forges::is_secret(&self.config, name)
        };
        let passed =
            config.env.pass.iter().filter(|name| !is_secret(name)).filter_map(|name| {
                self.settings.variables.get(name).map(|value| (name.clone(), value.clone()))
            });
        Tool {
            name: name.into(),
            command: config.command.clone(),
            path: config.path.iter().map(PathBuf::from).collect(),
            probes: config.probes.clone(),
            then: config.then.clone(),
            inputs: config.inputs.clone(),
            setup: config.setup.clone(),
            fail_on_output: config.fail_on_output.clone(),
            require: config.require.clone(),
            timeout: config.timeout,
            network: config.network,
            env: passed.chain(config.env.set.clone()).collect(),
            write: config.write.clone(),
            read: config.read.clone(),
            memory: Some(config.memory),
            disk: Some(config.disk),
            is_preset: config.preset.is_some(),
            install: config.preset.and_then(preset::find).map(|preset| preset.install.clone()),
        }
    }
}

/// The asked-for names among those that are known; all of them where none is asked for.
fn select(noun: &str, asked: &[String], known: Vec<Name>) -> Result<Vec<Name>, Vec<Problem>> {
    if asked.is_empty() {
        return Ok(known);
    }
    let mut selected = Vec::new();
    let mut problems = Vec::new();
    for text in asked {
        match known.iter().find(|name| name.as_str() == text) {
            Some(name) if selected.contains(name) => {}
            Some(name) => selected.push(name.clone()),
            None => problems.push(unknown(noun, text, &known)),
        }
    }
    selected.sort();
    if problems.is_empty() { Ok(selected) } else { Err(problems) }
}

fn unknown(noun: &str, text: &str, known: &[Name]) -> Problem {
    let shown: String = text.chars().take(64).collect();
    let problem =
        Problem::new(&format!("unknown-{noun}"), format!("there is no {noun} `{shown}` in pipeline.toml"));
    let closest = known.iter().map(|name| (strsim::damerau_levenshtein(name.as_str(), text), name)).min();
    match closest {
        Some((distance, name)) if distance <= 3 => problem.hint(format!("did you mean `{name}`?")),
        Some(_) => {
            let names: Vec<_> = known.iter().map(Name::as_str).collect();
            problem.hint(format!("declared are {}", names.join(", ")))
        }
        None => problem.hint(format!("declare one as `[{noun}s.{shown}]`")),
    }
}
