use super::document::escape;
use super::file::{Command, Env, ToolTable};
use super::paths::readable;
use super::resolve::Resolver;
use super::words::{inside, list, path, quote, suggestion};
use crate::preset::{self, Preset};
use countersign_model::{Problem, TreePath};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// A native command and all that it may do: `[tools.NAME]`, the inline `command` or `preset` of a stage, or a
/// preset that is named and not declared.
///
/// `{spec}`, `{out}` and `{root}` stand in `command` and `then` for the document, the output and the
/// client's root; `probe` and `setup` know `{root}` only.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolConfig {
    /// The preset that it is made of.
    pub preset: Option<&'static str>,
    /// The program and its arguments, those of `arguments` among them.
    pub command: Vec<String>,
    /// Folders that are searched for the program before the fixed search path.
    pub path: Vec<String>,
    /// What prints the versions of the tool and of what else it runs; empty where nothing is said.
    pub probes: Vec<Vec<String>>,
    /// What runs after it, in order, in the same cage.
    pub then: Vec<Vec<String>>,
    /// Globs of the files that its output depends on.
    pub inputs: Vec<String>,
    /// What installs it, in order, outside the cage.
    pub setup: Vec<Vec<String>>,
    /// Texts in its output that mean failure, whatever its exit status.
    pub fail_on_output: Vec<String>,
    /// Files that must be in its output.
    pub require: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether it may use the network.
    pub network: bool,
    /// What it sees of the environment, besides the fixed one.
    pub env: Environment,
    /// Where else it may write.
    pub write: Vec<String>,
    /// What it may read besides its own installation and the client's root: absolute, below the home folder
    /// (`~/`), or relative to the repository.
    pub read: Vec<String>,
    /// Whether writing beside the output is an error.
    pub strict_writes: bool,
    /// How much smaller than the committed client a generated one may be, from 0 to 1.
    pub max_shrink: f64,
    /// The memory that it may use, in bytes.
    pub memory: u64,
    /// The disk that it may use, in bytes.
    pub disk: u64,
    /// The JSON Pointer, in the file, of the table that declares it.
    pub pointer: String,
}

/// How well a tool must be kept apart from this machine to run at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Cage")]
pub enum CageRule {
    /// As well as this machine can.
    #[default]
    Best,
    /// In namespaces of its own, or not at all.
    Required,
}

/// Environment variables of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Names of variables that are passed on where they are set.
    pub pass: Vec<String>,
    /// Variables with a fixed value.
    pub set: BTreeMap<String, String>,
}

/// Who uses a tool decides what its command line may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolUse {
    /// `[tools.NAME]`: anybody.
    Declared,
    /// A dump has no document yet.
    Dump,
    /// Any other stage's inline command.
    Stage,
}

/// The keys of a stage that belong to its inline tool, besides `inputs` and `timeout`.
pub(super) const TOOL_KEYS: [&str; 17] = [
    "command",
    "preset",
    "arguments",
    "path",
    "probe",
    "then",
    "setup",
    "fail-on-output",
    "require",
    "network",
    "env",
    "write",
    "read",
    "strict-writes",
    "max-shrink",
    "memory",
    "disk",
];

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);
const DEFAULT_MAX_SHRINK: f64 = 0.3;
const DEFAULT_MEMORY: u64 = 4 << 30;
const DEFAULT_DISK: u64 = 1 << 30;

impl ToolTable {
    /// This table, with the preset's keys where it has none of its own.
    fn over(self, preset: ToolTable) -> Self {
        Self {
            command: self.command.or(preset.command),
            preset: self.preset,
            arguments: self.arguments.or(preset.arguments),
            path: self.path.or(preset.path),
            probe: self.probe.or(preset.probe),
            then: self.then.or(preset.then),
            inputs: self.inputs.or(preset.inputs),
            setup: self.setup.or(preset.setup),
            fail_on_output: self.fail_on_output.or(preset.fail_on_output),
            require: self.require.or(preset.require),
            timeout: self.timeout.or(preset.timeout),
            network: self.network.or(preset.network),
            env: self.env.or(preset.env),
            write: self.write.or(preset.write),
            read: self.read.or(preset.read),
            strict_writes: self.strict_writes.or(preset.strict_writes),
            max_shrink: self.max_shrink.or(preset.max_shrink),
            memory: self.memory.or(preset.memory),
            disk: self.disk.or(preset.disk),
        }
    }
}

impl Resolver<'_> {
    /// The tool that a table at `pointer` declares; none where there is nothing to run, which is told.
    pub(super) fn tool(&mut self, table: ToolTable, pointer: &str, by: ToolUse) -> Option<ToolConfig> {
        self.placeholders(&table, pointer, by);
        self.tool_files(&table, pointer);
        let preset = match (&table.command, table.preset.as_deref()) {
            (Some(_), None) => None,
            (None, Some(typed)) => Some(self.preset(typed, table.arguments.is_some(), pointer)?),
            (Some(_), Some(_)) => {
                let message = format!("`{}` has both `command` and `preset`", path(pointer));
                let hint = match by {
                    ToolUse::Declared | ToolUse::Stage => {
                        "keep one: `preset` brings its own command, and `arguments` adds to it"
                    }
                    ToolUse::Dump => "keep `command`: presets generate clients",
                };
                self.problem(&format!("{pointer}/preset"), Problem::new("two-tools", message).hint(hint));
                return None;
            }
            (None, None) => {
                self.no_command(pointer);
                return None;
            }
        };
        let table = match preset {
            Some(preset) => table.over(preset.tool.clone()),
            None => table,
        };
        Some(self.effective(table, preset.map(|preset| preset.name), pointer))
    }

    /// The preset that a client or a table names at `pointer`. One that needs arguments and has none is told.
    fn preset(&mut self, typed: &str, has_arguments: bool, pointer: &str) -> Option<&'static Preset> {
        let at = format!("{pointer}/preset");
        let Some(preset) = preset::find(typed) else {
            let mut problem = Problem::new("unknown-preset", format!("there is no preset {}", quote(typed)));
            problem.hint = suggestion(typed, &preset::names(), &[], "presets");
            self.problem(&at, problem);
            return None;
        };
        if let Some(needs) = preset.needs.as_deref().filter(|_| !has_arguments) {
            let message = format!("preset `{}` does not say all that its command needs", preset.name);
            // A name on its own has no table to add a line to.
            let hint = if self.spans.has(&at) {
                format!("add `{needs}`, with your own choice")
            } else {
                format!("write `{{ preset = \"{}\", {needs} }}`, with your own choice", preset.name)
            };
            self.problem(&at, Problem::new("preset-incomplete", message).hint(hint));
        }
        Some(preset)
    }

    fn no_command(&mut self, pointer: &str) {
        let message = format!("key `command` is missing {}", inside(pointer));
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let hint = match preset::find(name) {
            Some(preset) => format!("add `preset = \"{}\"`, or a `command`", preset.name),
            None => {
                format!(
                    "add `command = [\"PROGRAM\", \"ARGUMENT\"]`, or a `preset`: {}",
                    list(preset::names())
                )
            }
        };
        self.problem(pointer, Problem::new("missing-key", message).hint(hint));
    }

    /// A table with a command, as what is run. Only keys that stand in the file are looked at: those of a preset
    /// have no mistakes.
    fn effective(&mut self, table: ToolTable, preset: Option<&'static str>, pointer: &str) -> ToolConfig {
        let at = |key: &str| format!("{pointer}/{key}");
        let words = |commands: Option<Vec<Command>>| {
            commands.into_iter().flatten().map(|command| command.0).collect::<Vec<_>>()
        };
        let command = table.command.into_iter().flat_map(|command| command.0);
        ToolConfig {
            preset,
            command: command.chain(table.arguments.unwrap_or_default()).collect(),
            path: table.path.unwrap_or_default(),
            probes: words(table.probe.map(|probes| probes.0)),
            then: words(table.then),
            inputs: self.globs(table.inputs.unwrap_or_default(), &at("inputs")),
            setup: words(table.setup),
            fail_on_output: table.fail_on_output.unwrap_or_default(),
            require: table.require.unwrap_or_default(),
            timeout: table.timeout.map_or(DEFAULT_TIMEOUT, |time| time.0),
            network: table.network.unwrap_or_default(),
            env: table.env.map(|env| self.environment(env, &at("env"))).unwrap_or_default(),
            write: self.globs(table.write.unwrap_or_default(), &at("write")),
            read: self.readable(&table.read.unwrap_or_default(), &at("read")),
            strict_writes: table.strict_writes.unwrap_or_default(),
            max_shrink: table.max_shrink.unwrap_or(DEFAULT_MAX_SHRINK),
            memory: table.memory.map_or(DEFAULT_MEMORY, |size| size.0),
            disk: table.disk.map_or(DEFAULT_DISK, |size| size.0),
            pointer: pointer.to_owned(),
        }
    }

    fn readable(&mut self, paths: &[String], pointer: &str) -> Vec<String> {
        let mut normalized = Vec::new();
        for (index, typed) in paths.iter().enumerate() {
            match readable(typed) {
                Ok(path) => normalized.push(path),
                Err(reason) => {
                    let message = format!("{} is not a path that a tool may read: {reason}", quote(typed));
                    let hint = "write it like `/opt/data`, `~/.m2` or `crates/generator`";
                    self.problem(
                        &format!("{pointer}/{index}"),
                        Problem::new("invalid-path", message).hint(hint),
                    );
                }
            }
        }
        normalized
    }

    fn tool_files(&mut self, table: &ToolTable, pointer: &str) {
        for (index, file) in table.require.iter().flatten().enumerate() {
            // A glob names no file, but what it matches has to be one of the output's.
            let file = file.replace(['*', '?', '[', ']', '{', '}', ','], "x");
            if let Err(invalid) = file.parse::<TreePath>() {
                let problem = Problem::new("invalid-path", invalid.to_string());
                self.problem(&format!("{pointer}/require/{index}"), problem);
            }
        }
        for (key, texts) in [("fail-on-output", &table.fail_on_output), ("path", &table.path)] {
            let empty = texts.iter().flatten().enumerate().filter(|(_, text)| text.is_empty());
            for (index, _) in empty {
                let message = format!("an entry of `{key}` is empty");
                self.problem(&format!("{pointer}/{key}/{index}"), Problem::new("invalid-value", message));
            }
        }
    }

    fn environment(&mut self, env: Env, pointer: &str) -> Environment {
        let (pass, set) = match env {
            Env::Pass(pass) => (pass, BTreeMap::new()),
            Env::Set(set) => (Vec::new(), set),
        };
        let listed = pass.iter().enumerate().map(|(index, name)| (index.to_string(), name));
        let named = set.keys().map(|name| (escape(name), name));
        let all: Vec<(String, String)> = listed.chain(named).map(|(at, name)| (at, name.clone())).collect();
        for (at, name) in all.into_iter().filter(|(_, name)| !is_variable(name)) {
            let message = format!("{} is not the name of an environment variable", quote(&name));
            self.problem(&format!("{pointer}/{at}"), Problem::new("invalid-value", message));
        }
        Environment { pass, set }
    }
}

/// Names of environment variables (POSIX.1-2017, section 8.1, with lower case).
fn is_variable(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(plain) && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}
