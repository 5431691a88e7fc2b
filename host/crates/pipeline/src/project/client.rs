//! Whether a client is what the record generates, and if not, why.

use super::Project;
use super::baseline::BaselineContract;
use crate::config::{ClientConfig, ContractConfig, LocalClient, ToolConfig};
use crate::stage::{Job, StageFailure, document};
use crate::store::{self, LOCK_VERSION};
use crate::tool;
use countersign_engine::Kind;
use countersign_model::{
    Cause, ClientLock, ClientReport, ClientState, Digest, GeneratedTree, LockedTool, Place, Problem, Proof,
    Recorded, Snapshot, TreeDiff,
};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Path, PathBuf};

/// What tools leave behind and nobody generated.
const CACHES: [&str; 5] =
    ["**/__pycache__/**", "**/.ruff_cache/**", "**/.mypy_cache/**", "**/.pytest_cache/**", "**/.DS_Store"];

/// A client that was generated: its tree with the kept files in it, and the lock that goes with it.
pub(crate) struct Fresh {
    /// What the tool gave.
    pub(crate) generated: GeneratedTree,
    /// With the hand-written files laid over it.
    pub(crate) tree: GeneratedTree,
    /// The lock.
    pub(crate) lock: ClientLock,
}

/// What a client is on disk, and what its lock says.
pub(crate) struct Committed {
    generated: GeneratedTree,
    kept: GeneratedTree,
    lock: Option<ClientLock>,
    inputs: std::collections::BTreeMap<String, Digest>,
    configuration: Digest,
}

impl Committed {
    pub(crate) fn generated_digests(
        &self,
    ) -> std::collections::BTreeMap<countersign_model::TreePath, Digest> {
        self.generated.digests()
    }

    /// Whether the lock proves the tree: it is the baseline's, which was gated, and everything in it is so.
    fn is_proved(&self, recorded: &Recorded, baseline: Option<&ClientLock>) -> bool {
        self.lock.as_ref().is_some_and(|lock| {
            Some(lock) == baseline
                && lock.record == recorded.0.digest()
                && lock.tool.configuration == self.configuration
                && lock.inputs == self.inputs
                && lock.files == self.generated.digests()
        })
    }

    /// Why a client is stale, given what a new generation gave.
    fn cause(&self, fresh: Option<&Fresh>, recorded: &Recorded, baseline: Option<&ClientLock>) -> Cause {
        let Some(lock) = &self.lock else { return Cause::NeverGenerated };
        if lock.record != recorded.0.digest() {
            return Cause::RecordMovedOn;
        }
        if fresh.is_some_and(|fresh| lock.tool.probe != fresh.lock.tool.probe) {
            return Cause::ToolChanged;
        }
        if lock.tool.configuration != self.configuration || lock.inputs != self.inputs {
            return Cause::ConfigurationChanged;
        }
        if lock.files != self.generated.digests() {
            return Cause::EditedByHand;
        }
        // Tree and lock agree with each other and not with the tool. Where the baseline's lock agrees with
        // the tool, somebody edited both.
        let edited =
            fresh.is_some_and(|fresh| baseline.is_some_and(|baseline| baseline.files == fresh.lock.files));
        if edited { Cause::EditedByHand } else { Cause::Unexplained }
    }
}

impl Project {
    /// How a client stands to the record. With `no_tools`, nothing is run and nothing is called agreed that the
    /// baseline does not prove.
    pub(crate) fn client_report(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        recorded: &Recorded,
        baseline: &BaselineContract,
        no_tools: bool,
    ) -> ClientReport {
        let mut report = self.unlooked(client);
        let Some(local) = client.local() else { return report };
        let result = self.judge(contract, client, local, recorded, baseline, no_tools, &mut report);
        if let Err(problem) = result {
            report.state = ClientState::Undecided;
            report.problems.push(problem);
        }
        report
    }

    /// A report of a client that nobody looked at yet.
    pub(crate) fn unlooked(&self, client: &ClientConfig) -> ClientReport {
        let (place, state) = match &client.place {
            crate::config::ClientPlace::Local(local) => {
                (Place::Local { output: local.output_path() }, ClientState::Unverified)
            }
            crate::config::ClientPlace::External(repository) => {
                (Place::External { repository: repository.to_string() }, ClientState::External)
            }
        };
        ClientReport {
            name: client.name.clone(),
            place,
            state,
            proof: None,
            cause: None,
            files: Vec::new(),
            upcoming: None,
            problems: Vec::new(),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a different thing, and the caller has all of them"
    )]
    fn judge(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        recorded: &Recorded,
        baseline: &BaselineContract,
        no_tools: bool,
        report: &mut ClientReport,
    ) -> Result<(), Problem> {
        let committed = self.committed(contract, client, local)?;
        let at_baseline = baseline.locks.get(&client.name);
        if committed.is_proved(recorded, at_baseline) {
            (report.state, report.proof) = (ClientState::Agreed, Some(Proof::Lock));
            return Ok(());
        }
        if no_tools {
            report.files = match &committed.lock {
                Some(lock) => TreeDiff::between(&committed.generated.digests(), &lock.files).0,
                None => Vec::new(),
            };
            let moved_on = committed.lock.as_ref().is_some_and(|lock| lock.record != recorded.0.digest());
            if moved_on || !report.files.is_empty() {
                (report.state, report.cause) =
                    (ClientState::Stale, Some(committed.cause(None, recorded, at_baseline)));
            }
            return Ok(());
        }
        let fresh = self.fresh(contract, client, local, &committed, &recorded.0)?;
        report.files = TreeDiff::between(&committed.generated.digests(), &fresh.generated.digests()).0;
        report.proof = Some(Proof::Generated);
        if report.files.is_empty() && committed.lock.as_ref() == Some(&fresh.lock) {
            report.state = ClientState::Agreed;
        } else {
            report.state = ClientState::Stale;
            report.cause = Some(committed.cause(Some(&fresh), recorded, at_baseline));
        }
        Ok(())
    }

    /// Whether the lock alone proves a client.
    pub(crate) fn is_proved(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        recorded: &Recorded,
        baseline: &BaselineContract,
    ) -> bool {
        let proved = |local| {
            let committed = self.committed(contract, client, local).ok()?;
            Some(committed.is_proved(recorded, baseline.locks.get(&client.name)))
        };
        client.local().and_then(proved).unwrap_or(false)
    }

    /// What is on disk of a client.
    pub(crate) fn committed(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
    ) -> Result<Committed, Problem> {
        let ignore = globs(CACHES.iter().copied())?;
        let tree = store::read_tree(&self.config.root, Path::new(&local.output_path()), &ignore)
            .map_err(|error| error.problem())?;
        // What is not looked at stays as it is, too: nobody asked us to delete it.
        let stays = local.keep.iter().chain(&local.ignore).map(String::as_str);
        let (generated, kept) = store::split_keep(&tree, &globs(stays)?);
        let tool = self.config.tool_of(&local.generate);
        let inputs = match tool {
            Some((_, tool)) => {
                tool::input_digests(&self.root_of(local), &tool.inputs).map_err(|error| error.problem())?
            }
            None => std::collections::BTreeMap::new(),
        };
        Ok(Committed {
            generated,
            kept,
            lock: self.lock(contract, &client.name)?,
            inputs,
            configuration: configuration(contract, local, tool, self.digest_of(&local.generate.stage.plugin)),
        })
    }

    /// Generate a client from a snapshot. The only way in which anything here is ever generated.
    pub(crate) fn fresh(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        committed: &Committed,
        snapshot: &Snapshot,
    ) -> Result<Fresh, Problem> {
        let about = |problem: Problem| Problem {
            message: format!("client `{}`: {}", client.name, problem.message),
            ..problem
        };
        let tool = self.config.tool_of(&local.generate);
        let (name, probe) = match tool {
            Some((name, config)) => {
                let probed =
                    tool::probe(&self.root_of(local), &self.tool(name, config), &self.settings.caller);
                (name.to_owned(), probed.map_err(|error| about(error.problem()))?.unwrap_or_default())
            }
            None => (local.generate.stage.plugin.to_string(), String::new()),
        };
        let generated = self.generated(contract, client, local, snapshot).map_err(about)?;
        let tree = generated.merged(&committed.kept).map_err(|error| {
            let message = format!(
                "client `{}`: a hand-written file stands where the tool writes one: {error}",
                client.name
            );
            Problem::new("keep-collision", message)
                .hint("narrow `keep`, or move the file out of the output folder")
        })?;
        let lock = ClientLock {
            version: LOCK_VERSION,
            record: snapshot.digest(),
            tool: LockedTool { name, probe, configuration: committed.configuration },
            inputs: committed.inputs.clone(),
            files: generated.digests(),
        };
        Ok(Fresh { generated, tree, lock })
    }

    fn generated(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        snapshot: &Snapshot,
    ) -> Result<GeneratedTree, Problem> {
        let stage = &local.generate.stage;
        let prepared = self.prepare(stage, Kind::Generate).map_err(first)?;
        let job = Job::Generate {
            root: self.in_repository(&local.root),
            output: local.output.clone(),
            spec: self.in_repository(&contract.snapshot_path()),
        };
        let world = self.world(self.tools_of(stage), job);
        let outcome = world.outcome.clone();
        let subject = client.name.as_str();
        let input = document(contract.name.as_str(), super::compare::media_type(contract.format), snapshot);
        let answer = prepared.stage.generate(prepared.call(subject, world), subject, input);
        let files = match (self.answered(stage.plugin.as_str(), subject, answer), outcome.take_problem()) {
            (Ok(files), _) => files,
            (Err(_), Some(problem)) => return Err(problem),
            (Err(error), None) => return Err(StageFailure::of(&error).into_problem()),
        };
        let ignore = globs(CACHES.iter().copied().chain(local.ignore.iter().map(String::as_str)))?;
        let files = files.into_iter().filter(|file| !ignore.is_match(&file.path));
        let tree = GeneratedTree::new(files.map(|file| (file.path, file.content))).map_err(|error| {
            Problem::new("unfit-output", format!("the tool's output cannot be taken: {error}"))
                .hint("the output must be plain files inside the output folder")
        })?;
        self.tell_written_elsewhere(subject, stage.plugin.as_str(), &outcome.take_written_elsewhere());
        Ok(tree)
    }

    fn tell_written_elsewhere(&self, client: &str, plugin: &str, files: &[String]) {
        if files.is_empty() {
            return;
        }
        let shown: Vec<_> = files.iter().take(5).map(|file| format!("`{file}`")).collect();
        let more = if files.len() > shown.len() {
            format!(" and {} more", files.len() - shown.len())
        } else {
            String::new()
        };
        let message = format!("the tool wrote {}{more} beside its output; discarded", shown.join(", "));
        self.warn(plugin, client, message);
    }

    /// The digest of a plugin that is not built in; those go by the version of this binary.
    fn digest_of(&self, plugin: &countersign_model::Name) -> Option<String> {
        self.config.plugins.get(plugin)?;
        let loaded = self.plugins.get(&self.engine, &self.config.root, plugin.as_str()).ok()?;
        Some(loaded.component().digest().to_owned())
    }

    fn root_of(&self, local: &LocalClient) -> PathBuf {
        self.config.root.join(&local.root)
    }
}

/// Everything in the configuration that can change what a tool gives.
fn configuration(
    contract: &ContractConfig,
    local: &LocalClient,
    tool: Option<(&str, &ToolConfig)>,
    plugin: Option<String>,
) -> Digest {
    let keys = serde_json::Value::Object(local.generate.stage.keys.clone()).to_string();
    let mut parts = vec![
        local.generate.stage.plugin.to_string(),
        keys,
        contract.snapshot_path(),
        local.root.clone(),
        local.output.clone(),
        plugin.unwrap_or_default(),
    ];
    if let Some((_, tool)) = tool {
        // As JSON, whose bytes are somebody's promise, unlike those of a debug print.
        let run = serde_json::json!([tool.command, tool.then, tool.env.set, tool.env.pass, tool.path]);
        let judged = serde_json::json!([tool.require, tool.fail_on_output, tool.network, tool.write]);
        parts.extend([run.to_string(), judged.to_string()]);
    }
    Digest::of_parts(parts.iter().map(String::as_bytes))
}

/// A set of globs that the configuration has checked.
pub(crate) fn globs<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<GlobSet, Problem> {
    let mut set = GlobSetBuilder::new();
    let invalid = |error: globset::Error| Problem::new("invalid-glob", error.to_string());
    for pattern in patterns {
        // `*` stays inside a folder, as everywhere else in `pipeline.toml`.
        set.add(GlobBuilder::new(pattern).literal_separator(true).build().map_err(invalid)?);
    }
    set.build().map_err(invalid)
}

/// The first of several problems, where only one can be told.
pub(crate) fn first(problems: Vec<Problem>) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| Problem::new("bug", "a stage was refused without a reason"))
}
