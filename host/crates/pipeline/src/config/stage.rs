use super::document::escape;
use super::file::{LimitsTable, StageTable, Stages};
use super::resolve::Resolver;
use super::tool::{TOOL_KEYS, ToolUse};
use super::validate::{Scope, faults};
use super::words::{closest, inside, path, quote};
use super::{Format, Spans, ToolConfig};
use countersign_model::{InvalidName, Name, Problem};
use serde_json::{Map, Value};
use std::time::Duration;

/// One use of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct StageConfig {
    /// The plugin: built in, or declared in `[plugins]`.
    pub plugin: Name,
    /// The plugin's own keys, for its own schema. `tool` and `credential` are among them.
    pub keys: Map<String, Value>,
    /// The inline `command` or `preset`: the tool that the stage knows as `default`.
    pub tool: Option<ToolConfig>,
    /// The tool that the key `tool` names, or `generate` by its name alone: of `[tools]`, or a preset.
    pub tool_name: Option<Name>,
    /// Globs of the files that the stage depends on, relative to `pipeline.toml`.
    pub inputs: Vec<String>,
    /// How long the stage may take, where the file says so.
    pub timeout: Option<Duration>,
    /// Limits, where the file changes them.
    pub limits: Limits,
    /// The credential of `[credentials]` that the key `credential` names.
    pub credential: Option<Name>,
    /// The stage's JSON Pointer in the file.
    pub pointer: String,
}

/// Limits of one call of a plugin; none where the file says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Memory, in bytes, summed over the store.
    pub memory: Option<u64>,
    /// Wall clock.
    pub wall: Option<Duration>,
    /// What the call may return, in bytes.
    pub output: Option<u64>,
    /// What it may log, in bytes.
    pub log: Option<u64>,
    /// How often it may call the host.
    pub calls: Option<u32>,
}

/// What a stage is for: what a string stands for, and which plugin a table without `use` means.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Dump,
    Live,
    Canonicalize(Format),
    Diff(Format),
    Generate,
    Notify,
}

/// The keys of a stage that the host reads and no plugin sees.
pub(super) const HOST_KEYS: [&str; 4] = ["use", "inputs", "timeout", "limits"];

impl StageConfig {
    /// Check the stage's own keys against the schema that its plugin ships, as text. `plugin` is how messages
    /// call the plugin, with its version where that is known.
    pub fn check_keys(&self, plugin: &str, schema: &str, spans: &Spans) -> Vec<Problem> {
        let named = |problem: Problem| problem.cause(format!("plugin {} asks for this", quote(plugin)));
        let broken = |problem: Problem| problem.cause(format!("plugin {} ships it", quote(plugin)));
        let schema = match serde_json::from_str::<Value>(schema) {
            Ok(schema) => schema,
            Err(error) => {
                let message = "the configuration schema is not JSON";
                let problem = Problem::new("invalid-schema", message).at(spans.position(&self.pointer));
                return vec![broken(problem.cause(error.to_string()))];
            }
        };
        let more_keys: Vec<&str> = HOST_KEYS.iter().chain(&TOOL_KEYS).copied().collect();
        let scope = Scope { at: &self.pointer, spans, more_keys: &more_keys };
        match faults(&schema, &Value::Object(self.keys.clone()), &scope) {
            Ok(faults) => faults.into_iter().map(|fault| named(fault.problem)).collect(),
            Err(problem) => vec![broken(*problem)],
        }
    }

    /// A stage of a plugin with one key or none; none where `plugin` is no name.
    pub(crate) fn short(plugin: &str, pointer: &str, key: Option<(&str, &str)>) -> Option<Self> {
        Some(Self {
            plugin: plugin.parse().ok()?,
            keys: key.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect(),
            tool: None,
            tool_name: None,
            inputs: Vec::new(),
            timeout: None,
            limits: Limits::default(),
            credential: None,
            pointer: pointer.to_owned(),
        })
    }
}

impl From<LimitsTable> for Limits {
    fn from(table: LimitsTable) -> Self {
        Self {
            memory: table.memory.map(|size| size.0),
            wall: table.wall.map(|time| time.0),
            output: table.output.map(|size| size.0),
            log: table.log.map(|size| size.0),
            calls: table.calls,
        }
    }
}

impl Resolver<'_> {
    /// One stage or a list of stages; none is the format's own.
    pub(super) fn stages(&mut self, stages: Option<Stages>, pointer: &str, kind: Kind) -> Vec<StageConfig> {
        match stages.map(|stages| stages.0) {
            None => kind
                .default_plugin()
                .and_then(|plugin| StageConfig::short(plugin, pointer, None))
                .into_iter()
                .collect(),
            Some(Value::Array(list)) => {
                let list = list.into_iter().enumerate();
                list.filter_map(|(index, stage)| self.stage(stage, &format!("{pointer}/{index}"), kind))
                    .collect()
            }
            Some(one) => self.stage(one, pointer, kind).into_iter().collect(),
        }
    }

    /// One stage.
    pub(super) fn stage(&mut self, stage: Value, pointer: &str, kind: Kind) -> Option<StageConfig> {
        match stage {
            Value::String(text) => self.short_stage(&text, pointer, kind),
            Value::Object(table) => self.stage_table(table, pointer, kind),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        }
    }

    fn short_stage(&mut self, text: &str, pointer: &str, kind: Kind) -> Option<StageConfig> {
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        match kind {
            Kind::Dump | Kind::Live if is_url => {
                StageConfig::short("dump-http", pointer, Some(("url", text)))
            }
            Kind::Dump => {
                let file = self.path(text, pointer)?;
                StageConfig::short("dump-file", pointer, Some(("path", &file)))
            }
            Kind::Live => {
                let message = format!("{} is not a URL", quote(text));
                let hint = "write it like `http://localhost:8000/openapi.json`, or as a table with `use`";
                self.problem(pointer, Problem::new("invalid-url", message).hint(hint));
                None
            }
            Kind::Generate => {
                let tool = self.generator(text, pointer)?;
                let stage = StageConfig::short("generate-command", pointer, Some(("tool", text)))?;
                Some(StageConfig { tool_name: Some(tool), ..stage })
            }
            Kind::Canonicalize(_) | Kind::Diff(_) | Kind::Notify => {
                let plugin = self.plugin(text, pointer)?;
                StageConfig::short(plugin.as_str(), pointer, None)
            }
        }
    }

    fn stage_table(
        &mut self,
        mut table: Map<String, Value>,
        pointer: &str,
        kind: Kind,
    ) -> Option<StageConfig> {
        let head: StageTable = self.deserialize(Value::Object(table.clone()), pointer)?;
        let plugin = self.used_plugin(&table, head.plugin.as_deref(), pointer, kind);
        let own = kind.own_tool(&table);
        let tool = own.and_then(|_| self.inline_tool(&mut table, pointer, kind));
        table.retain(|key, _| !HOST_KEYS.contains(&key.as_str()));
        let at = |key: &str| format!("{pointer}/{key}");
        let tool_name = head.tool.and_then(|typed| match kind {
            Kind::Generate => self.generator(&typed, &at("tool")),
            Kind::Dump | Kind::Live | Kind::Canonicalize(_) | Kind::Diff(_) | Kind::Notify => {
                self.reference("tools", "tool", &typed, &at("tool"))
            }
        });
        let credential = head
            .credential
            .and_then(|typed| self.reference("credentials", "credential", &typed, &at("credential")));
        if table.contains_key("tool")
            && let Some(own) = own
        {
            let message = format!("`{}` has both `tool` and `{own}`", path(pointer));
            let hint = format!("keep one: `tool` names a tool, `{own}` declares one here");
            self.problem(&at("tool"), Problem::new("two-tools", message).hint(hint));
        }
        Some(StageConfig {
            plugin: plugin?,
            keys: table,
            inputs: if own.is_some() { head.inputs } else { self.globs(head.inputs, &at("inputs")) },
            tool,
            tool_name,
            timeout: head.timeout.map(|time| time.0),
            limits: head.limits.into(),
            credential,
            pointer: pointer.to_owned(),
        })
    }

    fn inline_tool(
        &mut self,
        table: &mut Map<String, Value>,
        pointer: &str,
        kind: Kind,
    ) -> Option<ToolConfig> {
        let mut own: Map<String, Value> = TOOL_KEYS
            .iter()
            .filter_map(|key| table.remove(*key).map(|value| ((*key).to_owned(), value)))
            .collect();
        for key in ["inputs", "timeout"] {
            own.extend(table.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        let tool = self.deserialize(Value::Object(own), pointer)?;
        let by = match kind {
            Kind::Dump | Kind::Live => ToolUse::Dump,
            Kind::Generate | Kind::Notify => ToolUse::Stage,
            Kind::Canonicalize(_) | Kind::Diff(_) => {
                let message = format!("`{}` has a `command`, but a pure stage runs no tools", path(pointer));
                self.problem(&format!("{pointer}/command"), Problem::new("tool-in-pure-stage", message));
                return None;
            }
        };
        self.tool(tool, pointer, by)
    }

    fn used_plugin(
        &mut self,
        table: &Map<String, Value>,
        used: Option<&str>,
        pointer: &str,
        kind: Kind,
    ) -> Option<Name> {
        if let Some(typed) = used {
            return self.plugin(typed, &format!("{pointer}/use"));
        }
        if let Some(plugin) = kind.plugin_of(table) {
            return plugin.parse().ok();
        }
        let marks = kind.marks();
        let meant = table.keys().find_map(|key| Some((key, closest(key, marks.iter().copied())?)));
        if let Some((key, meant)) = meant {
            let message = format!("unknown key {} {}", quote(key), inside(pointer));
            let problem =
                Problem::new("unknown-key", message).hint(format!("did you mean {}?", quote(meant)));
            let position = self.spans.key_position(&format!("{pointer}/{}", escape(key)));
            self.problems.push(problem.at(position));
            return None;
        }
        let message = format!("key `use` is missing {}", inside(pointer));
        let problem = Problem::new("missing-key", message);
        self.problem(pointer, problem.hint(format!("add `use = \"{}\"`, or another plugin", kind.example())));
        None
    }

    fn plugin(&mut self, typed: &str, pointer: &str) -> Option<Name> {
        let parsed = typed.parse();
        parsed
            .map_err(|invalid: InvalidName| {
                self.problem(pointer, Problem::new("invalid-name", invalid.to_string()));
            })
            .ok()
    }
}

impl Kind {
    /// The plugin that a missing stage means.
    fn default_plugin(self) -> Option<&'static str> {
        match self {
            Self::Canonicalize(format) => Some(format.canonicalizer()),
            Self::Diff(format) => Some(format.differ()),
            Self::Dump | Self::Live | Self::Generate | Self::Notify => None,
        }
    }

    /// Keys that tell which plugin a table without `use` means.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Dump => &["command", "url", "path"],
            Self::Live => &["url"],
            Self::Generate => &["command", "preset", "tool"],
            Self::Canonicalize(_) | Self::Diff(_) | Self::Notify => &[],
        }
    }

    /// The key by which a stage makes a tool of its own. Presets generate; elsewhere the key is the plugin's.
    fn own_tool(self, table: &Map<String, Value>) -> Option<&'static str> {
        let has = |key: &str| table.contains_key(key);
        match self {
            _ if has("command") => Some("command"),
            Self::Generate if has("preset") => Some("preset"),
            Self::Generate
            | Self::Dump
            | Self::Live
            | Self::Canonicalize(_)
            | Self::Diff(_)
            | Self::Notify => None,
        }
    }

    fn plugin_of(self, table: &Map<String, Value>) -> Option<&'static str> {
        match (self, self.marks().iter().find(|mark| table.contains_key(**mark)).copied()) {
            (Self::Generate, Some(_)) => Some("generate-command"),
            (_, Some("command")) => Some("dump-command"),
            (_, Some("url")) => Some("dump-http"),
            (_, Some(_)) => Some("dump-file"),
            (kind, None) => kind.default_plugin(),
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Dump => "dump-command",
            Self::Live => "dump-http",
            Self::Generate => "generate-command",
            Self::Notify => "notify-webhook",
            Self::Canonicalize(format) => format.canonicalizer(),
            Self::Diff(format) => format.differ(),
        }
    }
}
