//! The door to the engine: which component a stage of `pipeline.toml` is, what it is granted, and what its
//! failures mean to a user.

mod beside;
mod failure;
mod forge;
mod grant;
mod load;
mod world;

pub(crate) use beside::Siblings;
pub(crate) use failure::StageFailure;
pub(crate) use forge::ForgeWork;
pub use load::{LoadedPlugin, Origin, Plugins};
pub(crate) use world::{Job, Outcome, World, media_type};

use crate::config::{Config, StageConfig};
use countersign_engine::{Call, Document, Engine, Grants, Kind, Limits, LogLine, Stage};
use countersign_model::{Problem, Snapshot};
use serde_json::Value;
use std::time::Duration;

/// A message of a stage, for standard error.
#[derive(Clone, Debug)]
pub struct StageMessage {
    /// The plugin.
    pub plugin: String,
    /// The contract or the client.
    pub subject: String,
    /// What it says; untrusted.
    pub line: LogLine,
}

/// A stage of `pipeline.toml`, checked and ready to be called.
pub(crate) struct Prepared<'a> {
    pub(crate) plugin: &'a LoadedPlugin,
    pub(crate) stage: Stage<'a>,
    config: String,
    grants: Grants,
    limits: Limits,
}

impl<'a> Prepared<'a> {
    /// Check a stage's plugin, keys and grants. Nothing of the stage's own work runs.
    pub(crate) fn new(
        engine: &'a Engine,
        plugins: &'a Plugins,
        config: &Config,
        stage: &StageConfig,
        kind: Kind,
    ) -> Result<Self, Vec<Problem>> {
        let plugin = plugins.find(engine, config, stage).map_err(|problem| vec![*problem])?;
        let at = || config.position(&stage.pointer);
        let ready = Stage::new(engine, plugin.component(), kind).map_err(|cause| {
            let message = format!("the plugin `{}` cannot be used here: {cause}", stage.plugin);
            vec![
                Problem::new(failure::code(&cause), message)
                    .at(at())
                    .hint(failure::advice(&cause, &stage.plugin)),
            ]
        })?;
        let description = plugin.describe(engine).map_err(|problem| vec![*problem])?;
        let label = format!("{} {}", description.name, description.version);
        let problems = stage.check_keys(&label, &description.config_schema, &config.spans);
        if !problems.is_empty() {
            return Err(problems);
        }
        let grants =
            grant::grants(config, stage, &description.config_schema).map_err(|problem| vec![*problem])?;
        Ok(Self {
            plugin,
            stage: ready,
            config: Value::Object(stage.keys.clone()).to_string(),
            grants,
            limits: limits(config, stage),
        })
    }

    /// A call of this stage for a contract or a client.
    pub(crate) fn call(&self, subject: &str, world: World) -> Call {
        Call {
            subject: subject.into(),
            config: self.config.clone(),
            grants: self.grants.clone(),
            limits: self.limits,
            capabilities: Box::new(world),
        }
    }

    /// Whether it may write on a forge.
    pub(crate) fn speaks_to_forges(&self) -> bool {
        !self.grants.forge.is_empty()
    }

    /// The parts that decide what this stage gives for an input: component and configuration.
    pub(crate) fn identity(&self) -> [&[u8]; 2] {
        [self.plugin.component().digest().as_bytes(), self.config.as_bytes()]
    }
}

/// The limits of a call: those of the stage, else those of the plugin, else the engine's own.
fn limits(config: &Config, stage: &StageConfig) -> Limits {
    let plugin = config.plugins.get(&stage.plugin).map(|plugin| plugin.limits).unwrap_or_default();
    let default = Limits::default();
    let bytes = |stage: Option<u64>, plugin: Option<u64>, default: usize| {
        stage.or(plugin).map_or(default, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
    };
    let wall: Option<Duration> = stage.limits.wall.or(plugin.wall);
    Limits {
        memory: bytes(stage.limits.memory, plugin.memory, default.memory),
        wall: wall.unwrap_or(default.wall),
        output: bytes(stage.limits.output, plugin.output, default.output),
        log: bytes(stage.limits.log, plugin.log, default.log),
        host_calls: stage.limits.calls.or(plugin.calls).unwrap_or(default.host_calls),
    }
}

/// A snapshot as a stage reads it.
pub(crate) fn document(name: &str, media_type: &str, snapshot: &Snapshot) -> Document {
    Document {
        name: name.into(),
        media_type: media_type.into(),
        digest: snapshot.digest().to_string(),
        content: snapshot.shared(),
    }
}
