use super::document::escape;
use super::file::{Command, Env, ToolTable};
use super::resolve::Resolver;
use super::words::{path, quote, suggestion};
use countersign_model::{Problem, TreePath};
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

impl ToolUse {
    fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Declared | Self::Stage => &["spec", "out", "root"],
            Self::Dump => &["out", "root"],
        }
    }
}

/// The keys of a stage that belong to its inline command, besides `inputs` and `timeout`.
pub(super) const TOOL_KEYS: [&str; 10] =
    ["command", "path", "probe", "then", "setup", "fail-on-output", "require", "network", "env", "write"];

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

impl Resolver<'_> {
    /// The tool that a table at `pointer` declares.
    pub(super) fn tool(&mut self, table: ToolTable, pointer: &str, by: ToolUse) -> ToolConfig {
        self.placeholders(&table, pointer, by);
        self.tool_files(&table, pointer);
        let words = |commands: Vec<Command>| commands.into_iter().map(|command| command.0).collect();
        ToolConfig {
            command: table.command.0,
            path: table.path,
            probe: table.probe.map(|command| command.0),
            then: words(table.then),
            inputs: self.globs(table.inputs, &format!("{pointer}/inputs")),
            setup: words(table.setup),
            fail_on_output: table.fail_on_output,
            require: table.require,
            timeout: table.timeout.map_or(DEFAULT_TIMEOUT, |time| time.0),
            network: table.network,
            env: table.env.map(|env| self.environment(env, &format!("{pointer}/env"))).unwrap_or_default(),
            write: self.globs(table.write, &format!("{pointer}/write")),
            pointer: pointer.to_owned(),
        }
    }

    /// A generator that never hears of the document, or of where to write, cannot generate.
    pub(super) fn generator_placeholders(&mut self, tool: &ToolConfig) {
        for placeholder in ["{spec}", "{out}"] {
            if !tool.command.iter().any(|word| word.contains(placeholder)) {
                let what =
                    if placeholder == "{spec}" { "the document is read" } else { "the client is written" };
                let message = format!("the command of a generator has no `{placeholder}`");
                let hint = format!("put `{placeholder}` where {what}: `\"{placeholder}\"`");
                let problem = Problem::new("missing-placeholder", message).hint(hint);
                self.problem(&format!("{}/command", tool.pointer), problem);
            }
        }
    }

    fn placeholders(&mut self, table: &ToolTable, pointer: &str, by: ToolUse) {
        let one = |key: &str, command: &Command| (format!("{pointer}/{key}"), command.0.clone());
        let many = |key: &str, commands: &[Command]| -> Vec<_> {
            commands.iter().enumerate().map(|(at, command)| one(&format!("{key}/{at}"), command)).collect()
        };
        let run: Vec<_> =
            [one("command", &table.command)].into_iter().chain(many("then", &table.then)).collect();
        let prepare: Vec<_> =
            table.probe.iter().map(|probe| one("probe", probe)).chain(many("setup", &table.setup)).collect();
        for (commands, known) in [(run, by.placeholders()), (prepare, &["root"][..])] {
            for (pointer, words) in commands {
                self.command_line(&words, &pointer, known);
            }
        }
    }

    fn command_line(&mut self, words: &[String], pointer: &str, known: &[&str]) {
        if words.first().is_some_and(|program| program.trim().is_empty()) {
            self.problem(
                &format!("{pointer}/0"),
                Problem::new("invalid-value", "the name of the program is empty"),
            );
        }
        for (index, word) in words.iter().enumerate() {
            for name in placeholders_in(word).filter(|name| !known.contains(name)) {
                let message =
                    format!("unknown placeholder {} in `{}`", quote(&format!("{{{name}}}")), path(pointer));
                let braced: Vec<_> = known.iter().map(|name| format!("{{{name}}}")).collect();
                let braced: Vec<_> = braced.iter().map(String::as_str).collect();
                let mut problem = Problem::new("unknown-placeholder", message);
                problem.hint = suggestion(&format!("{{{name}}}"), &braced, &[], "known here");
                self.problem(&format!("{pointer}/{index}"), problem);
            }
        }
    }

    fn tool_files(&mut self, table: &ToolTable, pointer: &str) {
        for (index, file) in table.require.iter().enumerate() {
            if let Err(invalid) = file.parse::<TreePath>() {
                let problem = Problem::new("invalid-path", invalid.to_string());
                self.problem(&format!("{pointer}/require/{index}"), problem);
            }
        }
        for (key, texts) in [("fail-on-output", &table.fail_on_output), ("path", &table.path)] {
            for index in (0..texts.len()).filter(|index| texts[*index].is_empty()) {
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

/// The words between braces. Braces around anything but a word, as in JSON, are text.
fn placeholders_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && name.bytes().all(word)
    })
}
