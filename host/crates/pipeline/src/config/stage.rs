use super::ToolConfig;
use countersign_model::Name;
use std::time::Duration;

/// One use of a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct StageConfig {
    /// The plugin: built in, or declared in `[plugins]`.
    pub plugin: Name,
    /// The plugin's own keys, for its own schema. `tool` and `credential` are among them.
    pub keys: serde_json::Map<String, serde_json::Value>,
    /// The inline `command`: the tool that the stage knows as `default`.
    pub tool: Option<ToolConfig>,
    /// The tool of `[tools]` that the key `tool` names.
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
