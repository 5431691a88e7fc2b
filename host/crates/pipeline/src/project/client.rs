//! Whether a client is what the record generates, and if not, why.

use super::Project;
use super::baseline::BaselineContract;
use super::fresh::{CACHES, Fresh, Purpose, reported};
use crate::config::{ClientConfig, ContractConfig, LocalClient, ToolConfig};
use crate::store;
use crate::tool;
use countersign_model::{
    Cause, ClientLock, ClientReport, ClientState, Digest, GeneratedTree, Place, Problem, Proof, Recorded,
    TreeDiff,
};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What a client is on disk, and what its lock says.
pub(crate) struct Committed {
    pub(crate) generated: GeneratedTree,
    pub(crate) kept: GeneratedTree,
    pub(crate) lock: Option<ClientLock>,
    pub(crate) inputs: std::collections::BTreeMap<String, Digest>,
    pub(crate) configuration: Digest,
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
        if fresh.is_some_and(|fresh| lock.tool.versions != fresh.lock.tool.versions) {
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
            if problem.code == super::fresh::TOOL_CHANGED {
                report.cause = Some(Cause::ToolChanged);
            }
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
            cage: None,
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
        // Who asks for two runs wants to see the tool, not a proof that spares it.
        if !self.settings.generating.twice && committed.is_proved(recorded, at_baseline) {
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
        let fresh = self.fresh(contract, client, local, &committed, &recorded.0, Purpose::Compare)?;
        report.cage = fresh.cage.map(reported);
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
            Some((_, tool)) => tool::input_digests(&self.root_of(local), &tool.inputs, tool.preset.is_some())
                .map_err(|error| error.problem())?,
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

    /// The digest of a plugin that is not built in; those go by the version of this binary.
    fn digest_of(&self, plugin: &countersign_model::Name) -> Option<String> {
        self.config.plugins.get(plugin)?;
        let loaded = self.plugins.get(&self.engine, &self.config.root, plugin.as_str()).ok()?;
        Some(loaded.component().digest().to_owned())
    }

    pub(crate) fn root_of(&self, local: &LocalClient) -> PathBuf {
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
    parts.extend(tool.map(|(_, tool)| said(tool)));
    Digest::of_parts(parts.iter().map(String::as_bytes))
}

/// What a tool's declaration says, as JSON, whose bytes are somebody's promise, unlike those of a debug print. A key
/// that says nothing is left out, so that a new one changes no lock.
fn said(tool: &ToolConfig) -> String {
    let keys = [
        ("command", json!(tool.command)),
        ("env", json!(tool.env.set)),
        ("fail-on-output", json!(tool.fail_on_output)),
        ("network", json!(tool.network)),
        ("pass", json!(tool.env.pass)),
        ("path", json!(tool.path)),
        ("probe", json!(tool.probes)),
        ("read", json!(tool.read)),
        ("require", json!(tool.require)),
        ("then", json!(tool.then)),
        ("write", json!(tool.write)),
    ];
    let says_nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(table) => table.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    };
    let keys: Map<String, Value> = (keys.into_iter().filter(|(_, value)| !says_nothing(value)))
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Value::Object(keys).to_string()
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
