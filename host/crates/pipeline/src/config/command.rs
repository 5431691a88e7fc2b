//! Command lines of tools: which placeholders they may hold, and which they must.

use super::file::{Command, ToolTable};
use super::resolve::Resolver;
use super::tool::{ToolConfig, ToolUse};
use super::words::{path, quote, suggestion};
use countersign_model::Problem;

impl ToolUse {
    fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Declared | Self::Stage => &["spec", "out", "root"],
            Self::Dump => &["out", "root"],
        }
    }
}

impl Resolver<'_> {
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

    /// Every placeholder of a table's own command lines is one that is known where it stands.
    pub(super) fn placeholders(&mut self, table: &ToolTable, pointer: &str, by: ToolUse) {
        let one = |key: &str, words: &[String]| (format!("{pointer}/{key}"), words.to_vec());
        let many = |key: &str, commands: &Option<Vec<Command>>| -> Vec<_> {
            let commands = commands.iter().flatten().enumerate();
            commands.map(|(at, command)| one(&format!("{key}/{at}"), &command.0)).collect()
        };
        let command = table.command.iter().map(|command| one("command", &command.0));
        let run: Vec<_> = command.chain(many("then", &table.then)).collect();
        let prepare: Vec<_> =
            self.probes(table, pointer).into_iter().chain(many("setup", &table.setup)).collect();
        if let Some(arguments) = &table.arguments {
            self.words(arguments, &format!("{pointer}/arguments"), by.placeholders());
        }
        for (commands, known) in [(run, by.placeholders()), (prepare, &["root"][..])] {
            for (pointer, words) in commands {
                self.command_line(&words, &pointer, known);
            }
        }
    }

    /// The probes, each at the place where it stands: one may stand alone or in a list.
    fn probes(&self, table: &ToolTable, pointer: &str) -> Vec<(String, Vec<String>)> {
        let probes = table.probe.iter().flat_map(|probes| &probes.0).enumerate();
        let is_list = self.spans.has(&format!("{pointer}/probe/0/0"));
        let place = |at| if is_list { format!("{pointer}/probe/{at}") } else { format!("{pointer}/probe") };
        probes.map(|(at, probe)| (place(at), probe.0.clone())).collect()
    }

    fn command_line(&mut self, words: &[String], pointer: &str, known: &[&str]) {
        if words.first().is_some_and(|program| program.trim().is_empty()) {
            self.problem(
                &format!("{pointer}/0"),
                Problem::new("invalid-value", "the name of the program is empty"),
            );
        }
        self.words(words, pointer, known);
    }

    fn words(&mut self, words: &[String], pointer: &str, known: &[&str]) {
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
}

/// The words between braces. Braces around anything but a word, as in JSON, are text.
fn placeholders_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && name.bytes().all(word)
    })
}
