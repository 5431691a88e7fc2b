use super::file::ClientTable;
use super::paths::overlap;
use super::resolve::{Entry, Resolver};
use super::stage::Kind;
use super::words::{inside, list, quote};
use super::{CONTRACTS, Repository, StageConfig};
use countersign_model::{Name, Problem};
use std::collections::BTreeMap;

/// `[clients.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientConfig {
    /// Its name.
    pub name: Name,
    /// The contract that it depends on.
    pub contract: Name,
    /// Where it lives.
    pub place: ClientPlace,
    /// The channels that hear of a change of the contract.
    pub notify: Vec<Name>,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

impl ClientConfig {
    /// What is generated here; none for a client in another repository.
    pub fn local(&self) -> Option<&LocalClient> {
        match &self.place {
            ClientPlace::Local(local) => Some(local),
            ClientPlace::External(_) => None,
        }
    }
}

/// Where a client lives.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientPlace {
    /// In this repository, which generates it.
    Local(Box<LocalClient>),
    /// In another repository, which cannot move in the same commit.
    External(Repository),
}

/// A client that this repository generates.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalClient {
    /// Its folder, normalized; empty for the folder of `pipeline.toml` itself.
    pub root: String,
    /// The folder that is generated, normalized, relative to `root` and below it.
    pub output: String,
    /// How it is generated.
    pub generate: GenerateConfig,
    /// Globs of files in the output that are not generated and stay.
    pub keep: Vec<String>,
    /// Globs of files in the output that are not looked at.
    pub ignore: Vec<String>,
}

impl LocalClient {
    /// The output folder, relative to `pipeline.toml`.
    pub fn output_path(&self) -> String {
        [self.root.as_str(), self.output.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// How a client is generated.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateConfig {
    /// The stage; its inline `command`, if any, is `stage.tool`.
    pub stage: StageConfig,
    /// The tool that generates it, by its name in [`Config::tools`](super::Config::tools).
    pub tool: Option<Name>,
}

impl Resolver<'_> {
    /// `[clients.NAME]`.
    pub(super) fn client(&mut self, entry: Entry<ClientTable>) -> Option<ClientConfig> {
        let Entry { name, pointer, mut table } = entry;
        let contract =
            self.reference("contracts", "contract", &table.contract, &format!("{pointer}/contract"));
        let notify = self.channels(&std::mem::take(&mut table.notify), &pointer);
        let place = self.place(table, &name, &pointer);
        Some(ClientConfig { contract: contract?, place: place?, name, notify, pointer })
    }

    /// The channels that a table's `notify` names, each once.
    pub(super) fn channels(&mut self, typed: &[String], pointer: &str) -> Vec<Name> {
        let mut channels = Vec::new();
        for (at, typed) in typed.iter().enumerate() {
            let named = self.reference("notify", "channel", typed, &format!("{pointer}/notify/{at}"));
            channels.extend(named.filter(|name| !channels.contains(name)));
        }
        channels
    }

    fn place(&mut self, table: ClientTable, name: &Name, pointer: &str) -> Option<ClientPlace> {
        let local = table.local_keys();
        match (table.repository.as_deref(), local.first()) {
            (Some(_), Some(key)) => {
                let message = format!("client `{name}` has both `repository` and {}", list(&local));
                let hint = "a client in this repository has `root`, `output` and `generate`; one elsewhere has `repository`";
                self.problem(
                    &format!("{pointer}/{key}"),
                    Problem::new("client-in-two-places", message).hint(hint),
                );
                None
            }
            (Some(typed), None) => {
                self.repository(typed, &format!("{pointer}/repository")).map(ClientPlace::External)
            }
            (None, None) => {
                let message = format!("client `{name}` has neither `repository` nor `output` and `generate`");
                let hint = "add `output = \"FOLDER\"` and `generate = \"TOOL\"`, or `repository = \"github:OWNER/NAME\"`";
                self.problem(pointer, Problem::new("client-without-place", message).hint(hint));
                None
            }
            (None, Some(_)) => self.local(table, pointer).map(|local| ClientPlace::Local(Box::new(local))),
        }
    }

    fn local(&mut self, table: ClientTable, pointer: &str) -> Option<LocalClient> {
        let at = |key: &str| format!("{pointer}/{key}");
        let root = table.root.map_or(Some(String::new()), |typed| self.path(&typed, &at("root")));
        let output = self.needed(table.output, "output", "FOLDER", pointer);
        let output = output.and_then(|typed| self.path(&typed, &at("output")));
        if output.as_deref() == Some("") {
            // The tool's own configuration lies in the root: a folder that is replaced whole must not be it.
            let problem = Problem::new("invalid-output", "`output` is the client's root itself");
            self.problem(&at("output"), problem.hint("name a folder below `root`, such as `src/generated`"));
        }
        let generate = self.needed(table.generate, "generate", "TOOL", pointer);
        let stage = generate.and_then(|stage| self.stage(stage.0, &at("generate"), Kind::Generate));
        let keep = self.globs(table.keep.unwrap_or_default(), &at("keep"));
        let ignore = self.globs(table.ignore.unwrap_or_default(), &at("ignore"));
        let stage = stage?;
        let generate = GenerateConfig { tool: stage.tool_name.clone(), stage };
        Some(LocalClient { root: root?, output: output?, generate, keep, ignore })
    }

    fn needed<T>(&mut self, value: Option<T>, key: &str, example: &str, pointer: &str) -> Option<T> {
        if value.is_none() {
            let problem = Problem::new("missing-key", format!("key `{key}` is missing {}", inside(pointer)));
            self.problem(pointer, problem.hint(format!("add `{key} = \"{example}\"`")));
        }
        value
    }

    /// Trees that are swapped as a whole must not lie in one another, or in what Countersign and git own.
    pub(super) fn outputs(&mut self, clients: &BTreeMap<Name, ClientConfig>) {
        let outputs: Vec<_> =
            clients.values().filter_map(|client| Some((client, client.local()?.output_path()))).collect();
        for (index, (client, output)) in outputs.iter().enumerate() {
            if let Some(owned) = OWNED.iter().find(|owned| overlap(output, owned)) {
                let message = format!("the output of client `{}` overlaps `{owned}`", client.name);
                let hint = "generate into a folder of its own";
                let problem = Problem::new("reserved-output", message).hint(hint);
                self.problem(&format!("{}/output", client.pointer), problem);
            }
            for (other, _) in outputs[..index].iter().filter(|(_, earlier)| overlap(output, earlier)) {
                self.overlapping(other, client);
            }
        }
    }

    fn overlapping(&mut self, left: &ClientConfig, right: &ClientConfig) {
        let mut sides =
            [left, right].map(|client| (self.spans.position(&format!("{}/output", client.pointer)), client));
        sides.sort_by_key(|(at, _)| (at.line, at.column));
        let [(first_at, first), (second_at, second)] = sides;
        let path = |client: &ClientConfig| client.local().map(LocalClient::output_path).unwrap_or_default();
        let message = format!(
            "the outputs of clients `{}` and `{}` overlap: {} and {}",
            first.name,
            second.name,
            quote(&path(first)),
            quote(&path(second)),
        );
        let cause = format!(
            "client `{}` writes there by {}:{}:{}",
            first.name, first_at.file, first_at.line, first_at.column
        );
        let problem = Problem::new("overlapping-outputs", message).cause(cause).at(second_at);
        self.problems.push(problem.hint("give each client a folder of its own"));
    }
}

/// What no client may be generated over.
const OWNED: [&str; 5] = [CONTRACTS, ".countersign", ".git", "pipeline.toml", "countersign.lock"];

impl ClientTable {
    /// The keys that are there and that only a client of this repository has.
    fn local_keys(&self) -> Vec<&'static str> {
        let keys = [
            ("root", self.root.is_some()),
            ("output", self.output.is_some()),
            ("generate", self.generate.is_some()),
            ("keep", self.keep.is_some()),
            ("ignore", self.ignore.is_some()),
        ];
        keys.into_iter().filter(|(_, there)| *there).map(|(key, _)| key).collect()
    }
}
