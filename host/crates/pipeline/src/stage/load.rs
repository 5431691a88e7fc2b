use super::failure;
use crate::config::{Config, PluginSource, StageConfig};
use countersign_engine::{Builtin, Description, Engine, Plugin, Stage, StageCause};
use countersign_model::{Name, Problem};
use std::path::Path;
use std::sync::OnceLock;

/// Where a plugin came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This binary carries it.
    BuiltIn,
    /// A file, relative to `pipeline.toml`.
    File(String),
}

/// A plugin that was read.
pub struct LoadedPlugin {
    component: Plugin,
    /// Where it came from.
    pub origin: Origin,
    description: OnceLock<Description>,
}

/// Every plugin that is built in, and every one that was loaded, each read at most once.
pub struct Plugins {
    builtins: Vec<(&'static Builtin, OnceLock<LoadedPlugin>)>,
    files: Vec<(Name, String, OnceLock<LoadedPlugin>)>,
}

impl LoadedPlugin {
    fn new(component: Plugin, origin: Origin) -> Self {
        Self { component, origin, description: OnceLock::new() }
    }

    /// The component.
    pub fn component(&self) -> &Plugin {
        &self.component
    }

    /// What the plugin says of itself.
    ///
    /// # Errors
    /// A problem where it cannot even do that.
    pub fn describe(&self, engine: &Engine) -> Result<&Description, Box<Problem>> {
        if let Some(description) = self.description.get() {
            return Ok(description);
        }
        let name = self.component.name();
        let stage = Stage::new(engine, &self.component, self.component.kind())
            .map_err(|cause| Box::new(unusable(name, &cause)))?;
        let described = stage.describe().result.map_err(|error| Box::new(failure::problem(&error)))?;
        Ok(self.description.get_or_init(|| described))
    }
}

fn unusable(name: &str, cause: &StageCause) -> Problem {
    Problem::new(failure::code(cause), format!("the plugin `{name}` cannot be used: {cause}"))
}

impl Plugins {
    /// The built-in plugins and those that a configuration declares. Nothing is read yet.
    pub fn new(builtins: &'static [Builtin], config: Option<&Config>) -> Self {
        let files =
            config.into_iter().flat_map(|config| &config.plugins).filter_map(|(name, plugin)| match &plugin
                .source
            {
                PluginSource::Path(path) => Some((name.clone(), path.clone(), OnceLock::new())),
                PluginSource::BuiltIn | PluginSource::Oci(_) => None,
            });
        Self {
            builtins: builtins.iter().map(|builtin| (builtin, OnceLock::new())).collect(),
            files: files.collect(),
        }
    }

    /// The names of all plugins, built-in ones first.
    pub fn names(&self) -> Vec<String> {
        let builtins = self.builtins.iter().map(|(builtin, _)| builtin.name.to_owned());
        builtins.chain(self.files.iter().map(|(name, ..)| name.to_string())).collect()
    }

    /// A plugin by its name, read if it was not yet. `root` is the folder of `pipeline.toml`.
    ///
    /// # Errors
    /// A problem where there is no such plugin, or it is none.
    pub fn get(&self, engine: &Engine, root: &Path, name: &str) -> Result<&LoadedPlugin, Box<Problem>> {
        // A declared plugin never replaces a built-in one silently: its name decides, and the file wins
        // only where no built-in stage bears it.
        if let Some((builtin, slot)) = self.builtins.iter().find(|(builtin, _)| builtin.name == name) {
            return fill(slot, || {
                let component =
                    Plugin::builtin(engine, builtin).map_err(|cause| Box::new(unusable(name, &cause)))?;
                Ok(LoadedPlugin::new(component, Origin::BuiltIn))
            });
        }
        let declared = self.files.iter().find(|(declared, ..)| declared.as_str() == name);
        let (_, path, slot) = declared.ok_or_else(|| Box::new(self.unknown(name)))?;
        fill(slot, || {
            let wasm = std::fs::read(root.join(path)).map_err(|error| {
                let message = format!("the plugin `{name}` cannot be read from `{path}`");
                Box::new(Problem::new("plugin-missing", message).cause(error.to_string()))
            })?;
            let component =
                Plugin::compile(engine, name, &wasm).map_err(|cause| Box::new(unusable(name, &cause)))?;
            Ok(LoadedPlugin::new(component, Origin::File(path.clone())))
        })
    }

    /// The plugin that a stage uses.
    pub(super) fn find(
        &self,
        engine: &Engine,
        config: &Config,
        stage: &StageConfig,
    ) -> Result<&LoadedPlugin, Box<Problem>> {
        let name = stage.plugin.as_str();
        let remote = config
            .plugins
            .get(&stage.plugin)
            .is_some_and(|plugin| matches!(plugin.source, PluginSource::Oci(_)));
        if remote {
            let message =
                format!("the plugin `{name}` comes from a registry, which this version cannot fetch from");
            let hint = format!(
                "fetch the component yourself and name the file: `source = \"path:plugins/{name}.wasm\"`"
            );
            return Err(Box::new(
                Problem::new("plugin-source", message).hint(hint).at(config.position(&stage.pointer)),
            ));
        }
        self.get(engine, &config.root, name).map_err(|problem| match problem.at {
            Some(_) => problem,
            None => Box::new(problem.at(config.position(&stage.pointer))),
        })
    }

    fn unknown(&self, name: &str) -> Problem {
        let names = self.names();
        let closest = (names.iter())
            .map(|known| (strsim::damerau_levenshtein(known, name), known))
            .min()
            .filter(|(distance, _)| *distance <= 3);
        let shown: String = name.chars().take(64).collect();
        let problem = Problem::new("unknown-plugin", format!("there is no plugin `{shown}`"));
        match closest {
            Some((_, known)) => problem.hint(format!("did you mean `{known}`?")),
            None => problem
                .hint(format!("built in are {}; declare others under `[plugins.{shown}]`", names.join(", "))),
        }
    }
}

fn fill(
    slot: &OnceLock<LoadedPlugin>,
    load: impl FnOnce() -> Result<LoadedPlugin, Box<Problem>>,
) -> Result<&LoadedPlugin, Box<Problem>> {
    if let Some(loaded) = slot.get() {
        return Ok(loaded);
    }
    // Two threads may both load it; the first one's stays, and the other's is the same.
    let loaded = load()?;
    Ok(slot.get_or_init(|| loaded))
}
