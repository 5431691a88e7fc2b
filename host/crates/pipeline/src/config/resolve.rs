//! From checked tables to what the planner reads: references, paths, globs and names, table by table.

use super::document::escape;
use super::file::{PipelineTable, Stage, ToolTable};
use super::paths::{glob_mistake, normalize};
use super::spans::Spans;
use super::stage::Kind;
use super::tool::ToolUse;
use super::validate::Fault;
use super::words::{closest, list, path, quote};
use super::{ClientConfig, Config, ToolConfig};
use crate::preset;
use countersign_model::{Name, Problem};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A table of a section, by its name.
pub(super) struct Entry<T> {
    pub(super) name: Name,
    pub(super) pointer: String,
    pub(super) table: T,
}

/// Reads the tables and collects what is wrong with them.
pub(super) struct Resolver<'a> {
    file: Value,
    damaged: BTreeSet<String>,
    pub(super) spans: &'a Spans,
    pub(super) problems: Vec<Problem>,
    /// Presets that clients name, and where.
    presets: BTreeMap<Name, String>,
}

impl<'a> Resolver<'a> {
    /// A resolver of all tables that no fault has damaged. An unknown key, and one that no other depends on,
    /// are left out, so that the other mistakes of their table are told too. Anything else would be guessing:
    /// a table without the key that is wrong would be told to lack it.
    pub(super) fn new(mut file: Value, faults: Vec<Fault>, spans: &'a Spans) -> Self {
        let mut damaged = BTreeSet::new();
        let mut problems = Vec::new();
        for fault in faults {
            let key = fault.pointer.rsplit('/').next().unwrap_or_default();
            if fault.unknown_key || INDEPENDENT.contains(&key) {
                remove(&mut file, &fault.pointer);
            } else {
                damaged.insert(table_of(&fault.pointer));
            }
            problems.push(fault.problem);
        }
        Self { file, damaged, spans, problems, presets: BTreeMap::new() }
    }

    /// All that the file says, as far as it could be read.
    pub(super) fn config(&mut self, root: PathBuf) -> Config {
        let pipeline: PipelineTable = self.table("pipeline");
        let block = pipeline.block.unwrap_or_default();
        let mut tools =
            self.section("tools", |this, entry| this.tool(entry.table, &entry.pointer, ToolUse::Declared));
        let clients = self.section("clients", Self::client);
        tools.extend(self.named_presets());
        let forges = self.section("forges", Self::forge);
        self.one_table_per_host(&forges);
        let nodes = self.section("nodes", Self::node);
        self.one_node_per_branch(&nodes);
        self.outputs(&clients);
        self.generators(&clients, &tools);
        Config {
            root,
            baseline: self.baseline(pipeline.baseline),
            cage: pipeline.cage.unwrap_or_default(),
            repository: (pipeline.repository)
                .and_then(|typed| self.repository(&typed, "/pipeline/repository")),
            forges,
            contracts: self.section("contracts", |this, entry| Some(this.contract(entry, block))),
            notify: self.section("notify", |this, entry: Entry<Stage>| {
                this.stage(entry.table.0, &entry.pointer, Kind::Notify)
            }),
            credentials: self.section("credentials", Self::credential),
            plugins: self.section("plugins", Self::plugin_table),
            serve: self.serve(),
            nodes,
            clients,
            tools,
            spans: Spans::default(),
        }
    }

    fn section<T: DeserializeOwned, C>(
        &mut self,
        section: &str,
        resolve: impl Fn(&mut Self, Entry<T>) -> Option<C>,
    ) -> BTreeMap<Name, C> {
        let entries = self.tables(section).into_iter();
        entries.filter_map(|entry| Some((entry.name.clone(), resolve(self, entry)?))).collect()
    }

    fn baseline(&mut self, revision: Option<String>) -> Option<String> {
        let revision = revision?;
        // It becomes an argument of `git`.
        let is_revision =
            !revision.starts_with('-') && !revision.chars().any(|c| c.is_whitespace() || c.is_control());
        if !is_revision {
            let problem = Problem::new("invalid-value", format!("{} is not a revision", quote(&revision)));
            self.problem("/pipeline/baseline", problem.hint("write it like `origin/main`"));
        }
        Some(revision)
    }

    /// The presets that clients name, as if each were declared where it is first named.
    fn named_presets(&mut self) -> BTreeMap<Name, ToolConfig> {
        let named = std::mem::take(&mut self.presets).into_iter();
        let tool = |(name, pointer): (Name, String)| {
            let table = ToolTable { preset: Some(name.to_string()), ..ToolTable::default() };
            Some((name, self.tool(table, &pointer, ToolUse::Stage)?))
        };
        named.filter_map(tool).collect()
    }

    /// Each tool that generates, inline or declared, is looked at once.
    fn generators(&mut self, clients: &BTreeMap<Name, ClientConfig>, tools: &BTreeMap<Name, ToolConfig>) {
        let local = || clients.values().filter_map(ClientConfig::local).map(|local| &local.generate);
        let declared: BTreeSet<&Name> = local().filter_map(|generate| generate.tool.as_ref()).collect();
        let declared = declared.into_iter().filter_map(|name| tools.get(name));
        for tool in declared.chain(local().filter_map(|generate| generate.stage.tool.as_ref())) {
            self.generator_placeholders(tool);
        }
    }

    /// Note a problem with the value at `pointer`.
    pub(super) fn problem(&mut self, pointer: &str, problem: Problem) {
        self.problems.push(problem.at(self.spans.position(pointer)));
    }

    /// The one table of a section that has no names.
    pub(super) fn table<T: DeserializeOwned + Default>(&mut self, section: &str) -> T {
        let pointer = format!("/{section}");
        let value = self.file.pointer(&pointer).filter(|_| !self.is_damaged(&pointer)).cloned();
        value.and_then(|value| self.deserialize(value, &pointer)).unwrap_or_default()
    }

    /// The undamaged tables of a section.
    pub(super) fn tables<T: DeserializeOwned>(&mut self, section: &str) -> Vec<Entry<T>> {
        let Some(Value::Object(tables)) = self.file.get(section).cloned() else { return Vec::new() };
        let read = |(key, value): (String, Value)| {
            let pointer = format!("/{section}/{}", escape(&key));
            if self.is_damaged(&pointer) {
                return None;
            }
            let name = self.declared_name(&key, &pointer);
            let table = self.deserialize(value, &pointer);
            Some(Entry { name: name?, pointer, table: table? })
        };
        tables.into_iter().filter_map(read).collect()
    }

    fn is_damaged(&self, pointer: &str) -> bool {
        let section = pointer.split('/').take(2).collect::<Vec<_>>().join("/");
        [pointer, &section, ""].iter().any(|around| self.damaged.contains(*around))
    }

    fn declared_name(&mut self, key: &str, pointer: &str) -> Option<Name> {
        let name = key.parse();
        name.map_err(|invalid: countersign_model::InvalidName| {
            let problem = Problem::new("invalid-name", invalid.to_string());
            self.problems.push(problem.at(self.spans.key_position(pointer)));
        })
        .ok()
    }

    /// The schema admits only what can be deserialized; should it not, that is told and not hidden.
    pub(super) fn deserialize<T: DeserializeOwned>(&mut self, value: Value, pointer: &str) -> Option<T> {
        let read = serde_json::from_value(value);
        read.map_err(|error| {
            let problem = Problem::new("invalid-value", format!("`{}` cannot be read", path(pointer)));
            self.problem(pointer, problem.cause(error.to_string()));
        })
        .ok()
    }

    /// The names that a section declares, damaged or not.
    pub(super) fn declared(&self, section: &str) -> Vec<&str> {
        let tables = self.file.get(section).and_then(Value::as_object);
        tables.into_iter().flat_map(|tables| tables.keys().map(String::as_str)).collect()
    }

    /// The name of a table of `section`, which a value at `pointer` refers to as a `what`.
    pub(super) fn reference(
        &mut self,
        section: &str,
        what: &str,
        typed: &str,
        pointer: &str,
    ) -> Option<Name> {
        let known = self.declared(section);
        if known.contains(&typed) {
            // A name that is declared and invalid was told where it is declared.
            return typed.parse().ok();
        }
        let hint = match (closest(typed, known.iter().copied()), section) {
            (Some(meant), _) => format!("did you mean {}? declared: {}", quote(meant), list(&known)),
            (None, "tools") => format!("add\n{}", tool_to_paste(typed)),
            (None, _) if known.is_empty() => {
                format!("declare it as `[{section}.{}]`", path(&format!("/{}", escape(typed))))
            }
            (None, _) => format!("declared: {}", list(&known)),
        };
        self.undeclared(section, what, typed, pointer, hint);
        None
    }

    /// The name of the tool that generates a client: one of `[tools]`, or else a preset.
    pub(super) fn generator(&mut self, typed: &str, pointer: &str) -> Option<Name> {
        let declared = self.declared("tools");
        if declared.contains(&typed) {
            return typed.parse().ok();
        }
        if preset::find(typed).is_some() {
            let name: Name = typed.parse().ok()?;
            self.presets.entry(name.clone()).or_insert_with(|| pointer.to_owned());
            return Some(name);
        }
        let presets = format!("presets: {}", list(preset::names()));
        let known = match declared.as_slice() {
            [] => presets,
            declared => format!("declared: {}; {presets}", list(declared)),
        };
        let hint = match closest(typed, declared.into_iter().chain(preset::names())) {
            // What every generate stage is called: `generate-rust`, and those of plugins.
            _ if typed.starts_with("generate-") => {
                format!(
                    "a stage is written as a table: `generate = {{ use = {} }}`",
                    serde_json::Value::from(typed)
                )
            }
            Some(meant) => format!("did you mean {}? {known}", quote(meant)),
            None => format!("name one that is there ({known}), or add\n{}", tool_to_paste(typed)),
        };
        self.undeclared("tools", "tool", typed, pointer, hint);
        None
    }

    fn undeclared(&mut self, section: &str, what: &str, typed: &str, pointer: &str, hint: String) {
        let message = format!("{what} {} is not declared in `[{section}]`", quote(typed));
        self.problem(pointer, Problem::new(&format!("unknown-{what}"), message).hint(hint));
    }

    /// A path inside the folder that it is relative to.
    pub(super) fn path(&mut self, typed: &str, pointer: &str) -> Option<String> {
        let normalized = normalize(typed);
        normalized
            .map_err(|reason| {
                let message = format!("{} is not a path inside the repository: {reason}", quote(typed));
                self.problem(pointer, Problem::new("invalid-path", message));
            })
            .ok()
    }

    /// A list of globs; those that are none are told.
    pub(super) fn globs(&mut self, globs: Vec<String>, pointer: &str) -> Vec<String> {
        for (index, glob) in globs.iter().enumerate() {
            if let Some(reason) = glob_mistake(glob) {
                let message = format!("{} is not a glob of files in the repository: {reason}", quote(glob));
                let hint = "write it like `src/**/*.py`";
                self.problem(&format!("{pointer}/{index}"), Problem::new("invalid-glob", message).hint(hint));
            }
        }
        globs
    }
}

/// Keys that may be left out without making another one wrong.
const INDEPENDENT: [&str; 13] = [
    "block",
    "cage",
    "timeout",
    "memory",
    "disk",
    "wall",
    "log",
    "calls",
    "network",
    "env",
    "probe",
    "strict-writes",
    "max-shrink",
];

/// A table that declares a tool, to be pasted and mended.
fn tool_to_paste(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    let key = path(&format!("/{}", escape(&name)));
    format!("[tools.{key}]\ncommand = [{name:?}, \"--spec\", \"{{spec}}\", \"--out\", \"{{out}}\"]")
}

/// The table that a fault damages: that of a name, or all of a section.
fn table_of(pointer: &str) -> String {
    let kept = if pointer.starts_with("/pipeline") { 2 } else { 3 };
    pointer.split('/').take(kept).collect::<Vec<_>>().join("/")
}

fn remove(file: &mut Value, pointer: &str) {
    let Some((table, key)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(table)) = file.pointer_mut(table) {
        table.remove(&super::document::unescape(key));
    }
}
