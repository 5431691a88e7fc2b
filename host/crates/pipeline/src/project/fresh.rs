//! Generates a client from a snapshot, and judges what came out. Check, accept, generate and what proposes a
//! change all come through here; nothing else generates.

use super::Project;
use super::client::{Committed, first, globs};
use crate::config::{ClientConfig, ContractConfig, LocalClient, ToolConfig};
use crate::stage::{Job, Outcome, StageFailure, document};
use crate::store::LOCK_VERSION;
use crate::tool::{self, Rung};
use countersign_engine::Kind;
use countersign_model::{
    Cage, ClientLock, FileChange, GeneratedTree, LockedTool, Problem, Snapshot, TreeDiff,
};
use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

/// What tools leave behind and nobody generated.
pub(crate) const CACHES: [&str; 5] =
    ["**/__pycache__/**", "**/.ruff_cache/**", "**/.mypy_cache/**", "**/.pytest_cache/**", "**/.DS_Store"];

/// The code of the problem that a tool is not the one that the lock names.
pub(crate) const TOOL_CHANGED: &str = "tool-changed";

/// How many files of a list are told.
const SHOWN: usize = 5;

/// What a generation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be compared with what is committed.
    Compare,
    /// To be committed.
    Write,
}

/// What the user allows a generation, or asks of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Generating {
    /// Generate twice, and compare.
    pub twice: bool,
    /// Take the tool versions of this machine into the locks.
    pub upgrade: bool,
    /// Take a client that is much smaller than the committed one.
    pub allow_shrink: bool,
}

/// A client that was generated: its tree with the kept files in it, and the lock that goes with it.
pub(crate) struct Fresh {
    /// What the tool gave.
    pub(crate) generated: GeneratedTree,
    /// With the hand-written files laid over it.
    pub(crate) tree: GeneratedTree,
    /// The lock.
    pub(crate) lock: ClientLock,
    /// How its tool was kept apart; none for a stage that runs none.
    pub(crate) cage: Option<Rung>,
}

/// What one run of the stage gave.
struct Given {
    tree: GeneratedTree,
    cage: Option<Rung>,
}

impl Project {
    /// Generate a client from a snapshot. The only way in which anything here is ever generated.
    pub(crate) fn fresh(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        committed: &Committed,
        snapshot: &Snapshot,
        purpose: Purpose,
    ) -> Result<Fresh, Problem> {
        let about = |problem: Problem| Problem {
            message: format!("client `{}`: {}", client.name, problem.message),
            ..problem
        };
        let _busy = (self.settings.busy)(&format!("generating {}", client.name));
        let tool = self.config.tool_of(&local.generate);
        let versions = match tool {
            Some((name, config)) => self.versions(local, name, config).map_err(about)?,
            None => BTreeMap::new(),
        };
        let name = tool.map_or_else(|| local.generate.stage.plugin.to_string(), |(name, _)| name.to_owned());
        if !self.settings.generating.upgrade {
            as_locked(committed.lock.as_ref(), &name, &versions).map_err(about)?;
        }
        let given = self.generated(contract, client, local, snapshot).map_err(about)?;
        let is_registered = committed.lock.is_none() && purpose == Purpose::Write;
        if tool.is_some() && (self.settings.generating.twice || is_registered) {
            self.proved_deterministic(contract, client, local, snapshot, &given.tree).map_err(about)?;
        }
        let is_same_document = committed.lock.as_ref().is_some_and(|lock| lock.record == snapshot.digest());
        let is_guarded = committed.lock.is_some() && (purpose == Purpose::Write || is_same_document);
        if is_guarded && !self.settings.generating.allow_shrink {
            let most = tool.map_or(MAX_SHRINK, |(_, tool)| tool.max_shrink);
            not_shrunk(&committed.generated, &given.tree, most).map_err(about)?;
        }
        let tree = given.tree.merged(&committed.kept).map_err(|error| {
            let message = format!("a hand-written file stands where the tool writes one: {error}");
            about(Problem::new("keep-collision", message).hint("narrow `keep`, or move the file elsewhere"))
        })?;
        let lock = ClientLock {
            version: LOCK_VERSION,
            record: snapshot.digest(),
            tool: LockedTool { name, versions, configuration: committed.configuration },
            inputs: committed.inputs.clone(),
            files: given.tree.digests(),
        };
        Ok(Fresh { generated: given.tree, tree, lock, cage: given.cage })
    }

    /// What the tool's probes print, by their command lines.
    fn versions(
        &self,
        local: &LocalClient,
        name: &str,
        config: &ToolConfig,
    ) -> Result<BTreeMap<String, String>, Problem> {
        let tool = self.tool(name, config);
        let printed = tool::probe(&self.repository, &self.root_of(local), &tool, &self.settings.caller)
            .map_err(|error| error.problem())?;
        Ok(config.probes.iter().map(|probe| probe.join(" ")).zip(printed).collect())
    }

    fn generated(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        snapshot: &Snapshot,
    ) -> Result<Given, Problem> {
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
        self.judge_conduct(client, local, &outcome)?;
        Ok(Given { tree, cage: outcome.rung() })
    }

    /// What a tool did besides giving its output: told, or refused under `strict-writes`.
    fn judge_conduct(
        &self,
        client: &ClientConfig,
        local: &LocalClient,
        outcome: &Outcome,
    ) -> Result<(), Problem> {
        let (plugin, subject) = (local.generate.stage.plugin.as_str(), client.name.as_str());
        self.tell_remarks(plugin, subject, &outcome.take_remarks());
        let tool = self.config.tool_of(&local.generate).map(|(_, tool)| tool);
        let declared = globs(tool.iter().flat_map(|tool| &tool.write).map(String::as_str))?;
        let written = outcome.take_written_elsewhere();
        let here = |file: &String| !declared.is_match(file.strip_prefix(&self.prefix).unwrap_or(file));
        let written: Vec<_> = written.into_iter().filter(here).collect();
        if written.is_empty() {
            return Ok(());
        }
        let message = format!("the tool wrote {} beside its output; discarded", some(&written));
        if tool.is_some_and(|tool| tool.strict_writes) {
            let hint = "correct the tool's options, or allow it: `write = [\"GLOB\"]`";
            return Err(Problem::new("tool-wrote-elsewhere", message).hint(hint));
        }
        self.warn(plugin, subject, message);
        Ok(())
    }

    /// Generates again, at another second, and compares.
    fn proved_deterministic(
        &self,
        contract: &ContractConfig,
        client: &ClientConfig,
        local: &LocalClient,
        snapshot: &Snapshot,
        tree: &GeneratedTree,
    ) -> Result<(), Problem> {
        // A time stamp with whole seconds must not be the same by chance.
        thread::sleep(Duration::from_millis(1100));
        let again = self.generated(contract, client, local, snapshot)?;
        let differing = TreeDiff::between(&tree.digests(), &again.tree.digests()).0;
        if !differing.is_empty() {
            let files: Vec<_> = differing.iter().map(path_of).collect();
            let message = format!("two runs gave different bytes in {}", some(&files));
            let hint =
                "look for an option that leaves out times and random names, such as `--disable-timestamp`";
            return Err(Problem::new("tool-not-deterministic", message).hint(hint));
        }
        let today = self.settings.today().to_string();
        let document = String::from_utf8_lossy(snapshot.bytes());
        let dated: Vec<_> = tree
            .files()
            .filter(|(_, content)| String::from_utf8_lossy(content).contains(&today))
            .map(|(path, _)| path.to_string())
            .collect();
        if !dated.is_empty() && !document.contains(&today) {
            let message = format!("{} holds today's date, so it will differ tomorrow", some(&dated));
            self.warn(local.generate.stage.plugin.as_str(), client.name.as_str(), message);
        }
        Ok(())
    }
}

/// How much smaller than the committed one a client may be, where no tool says so.
const MAX_SHRINK: f64 = 0.3;

/// The rung, as a report names it.
pub(crate) fn reported(rung: Rung) -> Cage {
    match rung {
        Rung::Namespaces => Cage::Namespaces,
        Rung::Mirror => Cage::Mirror,
        Rung::Bare => Cage::Bare,
    }
}

/// The first of some names, and how many more there are.
fn some(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = names.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", shown.join(", "))
}

fn path_of(change: &FileChange) -> String {
    change.path.to_string()
}

/// An error where a program of the lock is here in another version: whatever it gave, it would not be what was
/// reviewed. Another tool, or another probe, is a change of the configuration.
fn as_locked(
    lock: Option<&ClientLock>,
    name: &str,
    versions: &BTreeMap<String, String>,
) -> Result<(), Problem> {
    let Some(lock) = lock.filter(|lock| lock.tool.name == name) else { return Ok(()) };
    let differs = |(probe, here): (&String, &String)| {
        let locked = lock.tool.versions.get(probe).filter(|locked| *locked != here)?;
        Some(format!("`{probe}` prints `{here}` here, and `{locked}` in the lock"))
    };
    let differing: Vec<_> = versions.iter().filter_map(differs).collect();
    if differing.is_empty() {
        return Ok(());
    }
    let message = format!("tool `{name}` is not the one that the client was generated with");
    let problem = Problem::new(TOOL_CHANGED, message);
    let problem = differing.into_iter().fold(problem, Problem::cause);
    Err(problem.hint(
        "install the locked version; to move the lock to the one that is here: countersign generate --upgrade",
    ))
}

/// An error where a tree is so much smaller that the tool must have left something out.
fn not_shrunk(committed: &GeneratedTree, given: &GeneratedTree, most: f64) -> Result<(), Problem> {
    let bytes = |tree: &GeneratedTree| tree.files().map(|(_, content)| content.len()).sum::<usize>();
    let sizes = [(committed.len(), given.len(), "files"), (bytes(committed), bytes(given), "bytes")];
    let least = |before: usize| before as f64 * (1.0 - most);
    match sizes.into_iter().find(|(before, now, _)| (*now as f64) < least(*before)) {
        None => Ok(()),
        Some((before, now, what)) => {
            let message = format!("the tool gave {now} {what} where the committed client has {before}");
            let percent = most * 100.0;
            Err(Problem::new("tool-output-shrunk", message)
                .cause(format!("a client may shrink by {percent:.0} % at a time (`max-shrink`)"))
                .hint("look at the tool's output; if it is right: countersign generate --allow-shrink"))
        }
    }
}
