//! What the source of a contract says now: dumped, fetched or given, and always canonical.

use super::Project;
use crate::config::{ContractConfig, StageConfig};
use crate::stage::{Job, Prepared, Siblings, StageFailure, World, document};
use crate::store::Kept;
use crate::tool;
use countersign_engine::Kind;
use countersign_model::{
    Beside, Canonical, Digest, Name, Observed, ObservedFrom, Problem, RawDocument, Snapshot,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An observation, or why there is none.
pub(crate) enum Observing {
    /// The source said this.
    Seen(Observed, ObservedFrom),
    /// It could not be reached.
    Unreachable(Problem),
    /// It could not be decided.
    Failed(Vec<Problem>),
}

impl Observing {
    fn failed(failure: StageFailure) -> Self {
        match failure {
            StageFailure::Unavailable(problem) => Self::Unreachable(*problem),
            StageFailure::Problem(problem) => Self::Failed(vec![*problem]),
        }
    }
}

/// Whether a dump whose declared inputs did not change may be taken from an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// A laptop's `check`.
    Kept,
    /// `run`, `accept`, and everything in CI.
    Never,
}

/// The canonicalizers of a contract, ready.
pub(crate) struct Canonicalizers<'a> {
    stages: Vec<Prepared<'a>>,
    /// The media type of what each of them gives.
    media_type: &'static str,
}

impl Project {
    pub(crate) fn prepare(&self, stage: &StageConfig, kind: Kind) -> Result<Prepared<'_>, Vec<Problem>> {
        Prepared::new(&self.engine, &self.plugins, &self.config, stage, kind)
    }

    fn prepare_all(&self, stages: &[StageConfig], kind: Kind) -> Result<Vec<Prepared<'_>>, Vec<Problem>> {
        let (mut prepared, mut problems) = (Vec::new(), Vec::new());
        for stage in stages {
            match self.prepare(stage, kind) {
                Ok(stage) => prepared.push(stage),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(prepared) } else { Err(problems) }
    }

    pub(crate) fn differs(&self, contract: &ContractConfig) -> Result<Vec<Prepared<'_>>, Vec<Problem>> {
        self.prepare_all(&contract.diff, Kind::Diff)
    }

    pub(crate) fn canonicalizers(
        &self,
        contract: &ContractConfig,
    ) -> Result<Canonicalizers<'_>, Vec<Problem>> {
        self.prepare_all(&contract.canonicalize, Kind::Canonicalize)
            .map(|stages| Canonicalizers { stages, media_type: super::compare::media_type(contract.format) })
    }

    pub(crate) fn world(&self, tools: BTreeMap<String, tool::Tool>, job: Job) -> World {
        World {
            root: self.config.root.clone(),
            repository: self.repository.clone(),
            web: Arc::clone(&self.web),
            tools,
            caller: self.settings.caller.clone(),
            job,
            timeout: None,
            dry_run: false,
            siblings: Siblings::None,
            forge: None,
            outcome: crate::stage::Outcome::default(),
        }
    }

    /// The tools that a stage may name: its own command as `default`, the one that it names, and those that its
    /// plugin is granted.
    pub(crate) fn tools_of(&self, stage: &StageConfig) -> BTreeMap<String, tool::Tool> {
        let own = stage
            .tool
            .as_ref()
            // A stage's own command goes by the table that holds it, which is where a user would mend it.
            .map(|config| {
                ("default".to_owned(), self.tool(&config.pointer.trim_matches('/').replace('/', "."), config))
            });
        let named = stage.tool_name.as_ref().and_then(|name| {
            self.config.tools.get(name).map(|config| (name.to_string(), self.tool(name.as_str(), config)))
        });
        let granted =
            self.config.plugins.get(&stage.plugin).into_iter().flat_map(|plugin| &plugin.grants.tool);
        let granted = granted.filter_map(|name| {
            self.config.tools.get(name).map(|config| (name.to_string(), self.tool(name.as_str(), config)))
        });
        own.into_iter().chain(named).chain(granted).collect()
    }

    /// What the code says now.
    pub(crate) fn dump(&self, contract: &ContractConfig, stage: &StageConfig, reuse: Reuse) -> Observing {
        let prepared = self.prepare(stage, Kind::Dump);
        let canonicalizers = self.canonicalizers(contract);
        let (prepared, canonicalizers) = match (prepared, canonicalizers) {
            (Ok(prepared), Ok(canonicalizers)) => (prepared, canonicalizers),
            (prepared, canonicalizers) => {
                return Observing::Failed(
                    [prepared.err(), canonicalizers.err()].into_iter().flatten().flatten().collect(),
                );
            }
        };
        let key = match self.dump_key(contract, stage, &prepared, &canonicalizers) {
            Ok(key) => key,
            Err(problem) => return Observing::Failed(vec![problem]),
        };
        let kept = Kept::dumps(&self.config.root);
        if reuse == Reuse::Kept
            && let Some(observed) = self.load_kept(contract, key.as_ref())
        {
            return Observing::Seen(observed, ObservedFrom::KeptDump);
        }
        let ran = self
            .run_dump(contract.name.as_str(), stage, &prepared, "dump")
            .and_then(|raw| self.canonical(contract.name.as_str(), &canonicalizers, raw));
        match ran {
            // A dump of ours that cannot be had is not a source that is down: nothing can be decided.
            Err(failure) => Observing::Failed(vec![failure.into_problem()]),
            Ok(canonical) => {
                if let Some(key) = &key {
                    kept.save(&contract.name, key, canonical.bytes());
                }
                Observing::Seen(Observed::new(&canonical), ObservedFrom::Dump)
            }
        }
    }

    /// What an earlier dump gave, if nothing that it depends on has changed since.
    pub(crate) fn kept_dump(&self, contract: &ContractConfig, stage: &StageConfig) -> Option<Observed> {
        let prepared = self.prepare(stage, Kind::Dump).ok()?;
        let canonicalizers = self.canonicalizers(contract).ok()?;
        let key = self.dump_key(contract, stage, &prepared, &canonicalizers).ok()?;
        self.load_kept(contract, key.as_ref())
    }

    fn load_kept(&self, contract: &ContractConfig, key: Option<&Digest>) -> Option<Observed> {
        let document = Kept::dumps(&self.config.root).load(&contract.name, key?)?;
        if self.private_folder_is_committed() {
            return None;
        }
        Some(Observed::new(&Canonical::from_stage(document)))
    }

    /// Whether `.countersign` came with the checkout. What lies in it is believed to come from this machine;
    /// committed, it would come from whoever proposes a change.
    pub(crate) fn private_folder_is_committed(&self) -> bool {
        let Some(git) = &self.git else { return false };
        let head = git.head().ok().flatten();
        let tracked = head.and_then(|head| git.list(&head, &self.in_repository(".countersign")).ok());
        tracked.is_some_and(|files| !files.is_empty())
    }

    /// The key under which a dump is kept: everything that it depends on. None where no inputs are declared.
    fn dump_key(
        &self,
        contract: &ContractConfig,
        stage: &StageConfig,
        prepared: &Prepared<'_>,
        canonicalizers: &Canonicalizers<'_>,
    ) -> Result<Option<Digest>, Problem> {
        if stage.inputs.is_empty() {
            return Ok(None);
        }
        // What a stage reads of itself is an input, whether it is declared or not. Where it is no file, the stage says so.
        let read = (stage.plugin.as_str() == "dump-file").then(|| stage.keys.get("path")?.as_str()).flatten();
        let read = read.filter(|path| self.config.root.join(path).is_file());
        let declared: Vec<String> = stage.inputs.iter().cloned().chain(read.map(str::to_owned)).collect();
        let inputs =
            tool::input_digests(&self.config.root, &declared, false).map_err(|error| error.problem())?;
        let inputs: Vec<String> = inputs.iter().map(|(path, digest)| format!("{path}\0{digest}")).collect();
        let tools = format!("{:?}", self.tools_of(stage));
        let head =
            [contract.name.as_str().as_bytes(), env!("CARGO_PKG_VERSION").as_bytes(), tools.as_bytes()];
        let stages = std::iter::once(prepared).chain(&canonicalizers.stages).flat_map(Prepared::identity);
        let parts = head.into_iter().chain(stages).chain(inputs.iter().map(String::as_bytes));
        Ok(Some(Digest::of_parts(parts)))
    }

    /// What the live service says now. A service that is down, or answers with something else, is unreachable.
    pub(crate) fn live(&self, contract: &ContractConfig) -> Observing {
        let Some(stage) = &contract.live else {
            let message = format!("contract `{}` has no `live` source", contract.name);
            let hint =
                format!("add `live = \"https://…/openapi.json\"` under `[contracts.{}]`", contract.name);
            let at = self.config.position(&contract.pointer);
            return Observing::Failed(vec![Problem::new("no-live-source", message).hint(hint).at(at)]);
        };
        let prepared = self.prepare(stage, Kind::Dump);
        let canonicalizers = self.canonicalizers(contract);
        match (prepared, canonicalizers) {
            (Ok(prepared), Ok(canonicalizers)) => {
                let subject = contract.name.as_str();
                match self.run_dump(subject, stage, &prepared, "live") {
                    Err(failure) => Observing::failed(failure),
                    Ok(raw) => match self.canonical(subject, &canonicalizers, raw) {
                        Ok(canonical) => Observing::Seen(Observed::new(&canonical), ObservedFrom::Live),
                        // Something answered that is no document: an error page, a login, a half-started
                        // service. That says nothing about the API.
                        Err(failure) => {
                            let problem = failure.into_problem();
                            if problem.code.starts_with("stage-") || problem.code == "engine-failed" {
                                return Observing::Failed(vec![problem]);
                            }
                            let cause = format!("the document was refused as `{}`", problem.code);
                            Observing::Unreachable(Problem {
                                code: "source-unreachable".into(),
                                ..problem.cause(cause)
                            })
                        }
                    },
                }
            }
            (prepared, canonicalizers) => Observing::Failed(
                [prepared.err(), canonicalizers.err()].into_iter().flatten().flatten().collect(),
            ),
        }
    }

    /// A document that the user names: a file or a URL.
    pub(crate) fn given(&self, contract: &ContractConfig, source: &str) -> Observing {
        match self.given_document(contract, source) {
            Ok(raw) => self.seen(contract, raw),
            Err(problem) if problem.code == "source-unreachable" => Observing::Unreachable(problem),
            Err(problem) => Observing::Failed(vec![problem]),
        }
    }

    /// A document that somebody fetched, in its canonical form.
    pub(crate) fn seen(&self, contract: &ContractConfig, raw: RawDocument) -> Observing {
        let canonicalizers = match self.canonicalizers(contract) {
            Ok(canonicalizers) => canonicalizers,
            Err(problems) => return Observing::Failed(problems),
        };
        match self.canonical(contract.name.as_str(), &canonicalizers, raw) {
            Ok(canonical) => Observing::Seen(Observed::new(&canonical), ObservedFrom::Given),
            Err(failure) => Observing::failed(failure),
        }
    }

    /// The bytes of a document that the user names.
    pub(crate) fn given_document(
        &self,
        contract: &ContractConfig,
        source: &str,
    ) -> Result<RawDocument, Problem> {
        if source.starts_with("http://") || source.starts_with("https://") {
            return self.fetch(contract.name.as_str(), source).map_err(StageFailure::into_problem);
        }
        let content = std::fs::read(source).map_err(|error| {
            let shown: String = source.chars().take(200).collect();
            Problem::new("unreadable-document", format!("`{shown}` cannot be read: {error}"))
                .hint("name a file or a URL after `--from`")
        })?;
        Ok(RawDocument {
            content,
            media_type: crate::stage::media_type(source).into(),
            beside: beside(source),
        })
    }

    fn fetch(&self, subject: &str, url: &str) -> Result<RawDocument, StageFailure> {
        let stage = StageConfig::short("dump-http", "", Some(("url", url)))
            .ok_or_else(|| Problem::new("bug", "a built-in plugin has no name"))?;
        let prepared = self.prepare(&stage, Kind::Dump).map_err(super::client::first)?;
        self.run_dump(subject, &stage, &prepared, "live")
    }

    pub(super) fn run_dump(
        &self,
        subject: &str,
        stage: &StageConfig,
        prepared: &Prepared<'_>,
        what: &str,
    ) -> Result<RawDocument, StageFailure> {
        let world = World { timeout: stage.timeout, ..self.world(self.tools_of(stage), Job::Dump) };
        let outcome = world.outcome.clone();
        let answer = prepared.stage.dump(prepared.call(subject, world), subject);
        let result = self.answered(stage.plugin.as_str(), subject, answer);
        self.tell_remarks(stage.plugin.as_str(), subject, &outcome.take_remarks());
        match (result, outcome.take_problem()) {
            (Ok(dumped), _) => Ok(RawDocument {
                content: dumped.content,
                media_type: dumped.media_type,
                beside: declared_beside(stage),
            }),
            (Err(_), Some(mut problem)) => {
                problem.message = format!("contract `{subject}`: the {what} failed: {}", problem.message);
                Err(problem.at(self.config.position(&stage.pointer)).into())
            }
            (Err(error), None) => Err(StageFailure::of(&error)),
        }
    }

    /// A raw document in its canonical form: each canonicalizer is fed with the output of the one before.
    pub(crate) fn canonical(
        &self,
        subject: &str,
        canonicalizers: &Canonicalizers<'_>,
        raw: RawDocument,
    ) -> Result<Canonical, StageFailure> {
        let written = Snapshot::of(raw.content);
        self.canonical_of(subject, canonicalizers, (&raw.media_type, &raw.beside), &written)
    }

    /// The same, for a caller who needs the raw document afterwards.
    pub(crate) fn canonical_of(
        &self,
        subject: &str,
        canonicalizers: &Canonicalizers<'_>,
        (media_type, beside): (&str, &Beside),
        written: &Snapshot,
    ) -> Result<Canonical, StageFailure> {
        let (mut snapshot, mut media_type) = (written.clone(), media_type);
        let mut siblings = Siblings::of(beside, &self.config.root, self.git.as_ref());
        for prepared in &canonicalizers.stages {
            let input = document(subject, media_type, &snapshot);
            // What the first of them gives is one document, with nothing beside it.
            let siblings = std::mem::take(&mut siblings);
            let world = World { siblings, ..self.world(BTreeMap::new(), Job::Dump) };
            let answer = prepared.stage.canonicalize(prepared.call(subject, world), input);
            let plugin = prepared.plugin.component().name();
            let bytes = self.answered(plugin, subject, answer).map_err(|error| StageFailure::of(&error))?;
            snapshot = Snapshot::of(bytes);
            media_type = canonicalizers.media_type;
        }
        Ok(Canonical::from_stages(snapshot))
    }
}

/// Whether a client of the contract lives in another repository.
pub(crate) fn external_clients(project: &Project, contract: &Name) -> bool {
    project.config.clients_of(contract).any(|client| client.local().is_none())
}

/// What lies beside a file that the user names: all below its folder.
pub(crate) fn beside(file: &str) -> Beside {
    let folder = Path::new(file).parent().filter(|folder| !folder.as_os_str().is_empty());
    Beside::Folder(folder.unwrap_or(Path::new(".")).to_owned())
}

/// What lies beside the document of a contract: what its `dump` declares.
fn declared_beside(stage: &StageConfig) -> Beside {
    let path = stage.keys.get("path").and_then(serde_json::Value::as_str);
    match path.filter(|_| stage.plugin.as_str() == "dump-file") {
        Some(path) => Beside::Declared { path: path.to_owned(), inputs: stage.inputs.clone() },
        None => Beside::Nowhere,
    }
}
