//! `plugin list` and `plugin inspect`: what a component is and could do, before it runs.

use super::Project;
use crate::stage::{LoadedPlugin, Origin, Plugins};
use countersign_engine::{Builtin, Engine, Plugin, Stage};
use countersign_model::Problem;
use std::path::Path;

/// What is known of a plugin.
#[derive(Clone, Debug)]
pub struct PluginFacts {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: String,
    /// The interface that it exports.
    pub interface: String,
    /// The digest of the component.
    pub digest: String,
    /// Everything that it could ever ask of the host.
    pub imports: Vec<String>,
    /// Where it came from.
    pub origin: String,
    /// Its own version.
    pub version: String,
    /// What it says of itself.
    pub summary: String,
    /// The schema of its configuration.
    pub config_schema: String,
    /// What `pipeline.toml` grants it.
    pub grants: Vec<String>,
}

impl Project {
    /// Every plugin that this repository can use.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub fn plugins(&self) -> Result<Vec<PluginFacts>, Vec<Problem>> {
        facts_of_all(&self.engine, &self.plugins, &self.config.root).map(|facts| {
            facts
                .into_iter()
                .map(|facts| PluginFacts { grants: self.grants_of(&facts.name), ..facts })
                .collect()
        })
    }

    fn grants_of(&self, name: &str) -> Vec<String> {
        let plugin = self.config.plugins.iter().find(|(declared, _)| declared.as_str() == name);
        let Some((_, plugin)) = plugin else { return Vec::new() };
        let http = plugin.grants.http.iter().map(|rule| format!("http {} {}", rule.method, rule.url));
        let tools = plugin.grants.tool.iter().map(|tool| format!("tool {tool}"));
        let inputs = plugin.grants.input.iter().map(|input| format!("input {input}"));
        let forge = plugin.grants.forge.iter().map(|verb| format!("forge {}", verb.as_str()));
        http.chain(tools).chain(inputs).chain(forge).collect()
    }
}

/// The built-in plugins, where there is no repository.
///
/// # Errors
/// What is wrong with any of them.
pub fn builtin_plugins(builtins: &'static [Builtin]) -> Result<Vec<PluginFacts>, Vec<Problem>> {
    facts_of_all(&engine()?, &Plugins::new(builtins, None), Path::new("."))
}

/// A component in a file. What it exports and imports is read without running it.
///
/// # Errors
/// Why it is no plugin.
pub fn inspect_file(path: &Path) -> Result<PluginFacts, Vec<Problem>> {
    let shown = path.display().to_string();
    let wasm = std::fs::read(path).map_err(|error| {
        vec![
            Problem::new("plugin-missing", format!("`{shown}` cannot be read: {error}"))
                .hint("name a .wasm file or a plugin of `countersign plugin list`"),
        ]
    })?;
    let engine = engine()?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let invalid = |cause: countersign_engine::StageCause| {
        vec![Problem::new("invalid-component", format!("`{shown}`: {cause}"))]
    };
    let component = Plugin::compile(&engine, &name, &wasm).map_err(invalid)?;
    let mut facts = shape(&component, &shown);
    if let Ok(stage) = Stage::new(&engine, &component, component.kind())
        && let Ok(description) = stage.describe().result
    {
        (facts.version, facts.summary, facts.config_schema) =
            (description.version, description.summary, description.config_schema);
    }
    Ok(facts)
}

fn facts_of_all(engine: &Engine, plugins: &Plugins, root: &Path) -> Result<Vec<PluginFacts>, Vec<Problem>> {
    let (mut facts, mut problems) = (Vec::new(), Vec::new());
    for name in plugins.names() {
        match plugins.get(engine, root, &name).and_then(|plugin| facts_of(engine, plugin)) {
            Ok(found) => facts.push(found),
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok(facts) } else { Err(problems) }
}

fn facts_of(engine: &Engine, plugin: &LoadedPlugin) -> Result<PluginFacts, Box<Problem>> {
    let origin = match &plugin.origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::File(path) => path.clone(),
    };
    let description = plugin.describe(engine)?;
    Ok(PluginFacts {
        version: description.version.clone(),
        summary: description.summary.clone(),
        config_schema: description.config_schema.clone(),
        ..shape(plugin.component(), &origin)
    })
}

fn shape(component: &Plugin, origin: &str) -> PluginFacts {
    PluginFacts {
        name: component.name().into(),
        kind: component.kind().as_str().into(),
        interface: component.interface().into(),
        digest: component.digest().into(),
        imports: component.imports().to_vec(),
        origin: origin.into(),
        version: String::new(),
        summary: String::new(),
        config_schema: String::new(),
        grants: Vec::new(),
    }
}

fn engine() -> Result<Engine, Vec<Problem>> {
    Engine::new().map_err(|error| vec![Problem::new("engine-failed", error.to_string())])
}
