use std::collections::BTreeMap;
use std::time::Duration;

/// A native command and all that it may do: `[tools.NAME]`, or the inline `command` of a stage.
///
/// `{spec}`, `{out}` and `{root}` stand in `command` and `then` for the document, the output and the
/// client's root; `probe` and `setup` know `{root}` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolConfig {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Folders that are searched for the program before the fixed search path.
    pub path: Vec<String>,
    /// What prints the tool's version.
    pub probe: Option<Vec<String>>,
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
    /// The JSON Pointer, in the file, of the table that declares it.
    pub pointer: String,
}

/// Environment variables of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Names of variables that are passed on where they are set.
    pub pass: Vec<String>,
    /// Variables with a fixed value.
    pub set: BTreeMap<String, String>,
}
