//! What the daemon asks of the pipeline.

use super::super::repository;
use super::child::{self, Runs};
use super::overview;
use crate::context::Context;
use countersign_model::target::{Look, Target};
use countersign_model::{Name, Problem, Verdict};
use countersign_pipeline::project::{CheckOptions, Project, Said, Stuck, Upstream};
use countersign_serve::{
    Ending, Head, Node, PushDigest, Reconciled, RunLog, RunOutcome, Sent, Time, Trigger, Wanted, Work,
};
use countersign_serve_page::filter::Paging;
use countersign_serve_page::view::{Listing, Overview, RecordChange};
use serde_json::json;
use std::path::Path;

/// The host's side of the daemon.
pub(super) struct Host {
    project: Project,
    context: Context,
    /// `pipeline.toml` as it was when this was built.
    configuration: Vec<u8>,
    runs: Runs,
}

impl Host {
    pub(super) fn new(project: Project, context: Context, runs: Runs) -> Self {
        let configuration = read_configuration(&context);
        Self { project, context, configuration, runs }
    }

    /// What a run inherits: everything but the secrets that only the daemon needs.
    fn environment(&self) -> Vec<(String, String)> {
        let serve = &self.project.config.serve;
        let hooks = &serve.hooks;
        let own = [&hooks.github, &hooks.gitea, &hooks.gitlab, &hooks.generic, &serve.reload, &serve.sign_in];
        let is_own = |name: &String| own.iter().any(|variables| variables.contains(name));
        let service =
            ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];
        let inherited = self.context.environment.iter();
        inherited
            .filter(|(name, _)| !is_own(name) && !service.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// A push to this very repository: what CI would do, in a work tree of its own.
    fn run_own(&self, trigger: &Trigger, log: &mut dyn RunLog) -> Result<RunOutcome, Problem> {
        let scratch = scratch()?;
        let folder = scratch.path().join("tree");
        let (root, commit) = self.project.check_out(&folder, &trigger.branch, trigger.after.as_deref())?;
        log.line(&format!("checked out {commit} of {}", trigger.branch));
        let event = scratch.path().join("event.json");
        let payload = json!({
            "ref": format!("refs/heads/{}", trigger.branch),
            "before": trigger.before,
            "after": commit,
        });
        let unwritten = |error: std::io::Error| {
            Problem::new("store-failed", format!("the event cannot be written: {error}"))
        };
        std::fs::write(&event, payload.to_string()).map_err(unwritten)?;
        let event = event.to_string_lossy().into_owned();
        let arguments = ["run", "--event-name", "push", "--event-path", &event];
        let outcome = child::run(&self.runs, &root, &arguments, &self.environment(), log);
        self.project.remove_checkout(&folder);
        Ok(outcome)
    }

    /// A push to a provider: a pull request here for each contract of it that changed.
    fn propose(
        &self,
        contracts: &[Name],
        trigger: &Trigger,
        log: &mut dyn RunLog,
    ) -> Result<RunOutcome, Problem> {
        let branch = self.project.current_branch().unwrap_or_else(|| "main".to_owned());
        let scratch = scratch()?;
        let folder = scratch.path().join("tree");
        let (root, commit) = self.project.check_out(&folder, &branch, None)?;
        log.line(&format!("checked out {commit} of {branch}"));
        let mut arguments = vec!["propose"];
        arguments.extend(contracts.iter().map(Name::as_str));
        if let Some(after) = &trigger.after {
            arguments.extend(["--revision", after]);
        }
        let outcome = child::run(&self.runs, &root, &arguments, &self.environment(), log);
        self.project.remove_checkout(&folder);
        Ok(outcome)
    }

    /// Build what is to be served from now on; none where nothing of it changed.
    fn rebuilt(&self, must: bool) -> Result<Option<Box<countersign_serve::State>>, Vec<Problem>> {
        if !must && read_configuration(&self.context) == self.configuration {
            return Ok(None);
        }
        let project = repository::open(&self.context)?;
        super::state(project, &self.context, &self.runs).map(|state| Some(Box::new(state)))
    }
}

impl Work for Host {
    fn run(&self, trigger: &Trigger, log: &mut dyn RunLog) -> RunOutcome {
        let ran = self.project.node(&trigger.node.name).and_then(|node| {
            let contracts = self.project.provided_by(&node.repository);
            if self.project.is_own(&node.repository) {
                self.run_own(trigger, log)
            } else if contracts.is_empty() {
                log.line("no contract comes from this repository, so there is nothing to run");
                if self.project.forges().own().is_none() {
                    let repository = &node.repository;
                    log.line(&format!(
                        "if it is the one that `serve` runs in, add `repository = \"{repository}\"` under `[pipeline]`"
                    ));
                }
                Ok(RunOutcome::ended(Ending::Done(Verdict::Agreed)))
            } else {
                self.propose(&contracts, trigger, log)
            }
        });
        ran.unwrap_or_else(|problem| {
            log.line(&shown(&problem));
            let ending = match problem.code.as_str() {
                "unknown-node" => Ending::Dead { why: shown(&problem) },
                _ => Ending::Retry { why: shown(&problem), not_before: None },
            };
            RunOutcome::ended(ending)
        })
    }

    fn say(&self, channel: &str, transaction: &str, digest: &PushDigest, again: bool) -> Sent {
        let failed = |why: String| Sent::Failed { why, permanent: true };
        let Ok(name) = channel.parse::<Name>() else { return failed(format!("`{channel}` is no channel")) };
        let now = super::now();
        match self.project.tell_pushes(&name, transaction, &digest.lines, seconds(now), again) {
            Said::Sent => Sent::Sent,
            Said::Limited(wait) => Sent::Limited { until: now.after(wait) },
            Said::Unknown => Sent::Unknown,
            Said::Failed(problem) => Sent::Failed { permanent: is_permanent(&problem), why: shown(&problem) },
        }
    }

    fn head(&self, node: &Node, _since: Option<&str>) -> Result<Option<Head>, String> {
        let node = self.project.node(&node.name).map_err(|problem| shown(&problem))?;
        let commit = self.project.head_of(node).map_err(|problem| shown(&problem))?;
        Ok(commit.map(|commit| Head { commit, ..Head::default() }))
    }

    fn redeliver(&self, node: &Node) -> Result<usize, String> {
        let node = self.project.node(&node.name).map_err(|problem| shown(&problem))?;
        self.project.redeliver(node).map_err(|problem| shown(&problem))
    }

    fn knows(&self, wanted: &Wanted) -> bool {
        wanted.commit.as_deref().is_some_and(|commit| self.project.holds(commit))
    }

    fn reconcile(&self, wanted: &Wanted) -> Reconciled {
        let invalid = |problems: Vec<Problem>| Reconciled::Invalid {
            why: problems.iter().map(shown).collect::<Vec<_>>().join("; "),
        };
        match self.project.follow_upstream(wanted.branch.as_deref()) {
            Ok(Upstream::InSync { commit }) => match self.rebuilt(false) {
                Ok(state) => Reconciled::InSync { commit, state },
                Err(problems) => invalid(problems),
            },
            Ok(Upstream::Moved { from, to }) => match self.rebuilt(true) {
                Ok(Some(state)) => Reconciled::FastForwarded { from, to, state },
                Ok(None) => unreachable!("what must be rebuilt is rebuilt, or there are problems"),
                Err(problems) => invalid(problems),
            },
            Ok(Upstream::Diverged { ours, theirs }) => Reconciled::Diverged { ours, theirs },
            // A folder that follows nobody still has a configuration of its own.
            Err(Stuck::Fetch(problem)) => match self.rebuilt(false) {
                Ok(Some(state)) => Reconciled::InSync { commit: String::new(), state: Some(state) },
                Ok(None) => Reconciled::FetchFailed { why: shown(&problem) },
                Err(problems) => invalid(problems),
            },
            Err(Stuck::Invalid(problems)) => invalid(problems),
        }
    }

    fn signing_keys(&self, issuer: &str) -> Result<String, String> {
        self.project.signing_keys(issuer)
    }

    fn targets(&self) -> Vec<(String, Target)> {
        self.project.watched()
    }

    fn look(&self, key: &str, target: &Target) -> Option<Look> {
        self.project.look_at(key, target, seconds(super::now()))
    }

    /// As they stand, without a tool being run.
    fn overview(&self) -> Overview {
        let contracts: Vec<Name> = self.project.config.contracts.keys().cloned().collect();
        let options = CheckOptions { command: "status", no_tools: true, ..CheckOptions::default() };
        overview::overview(&self.project, &self.project.check(&contracts, &options))
    }

    fn history(&self, contract: &str, paging: Paging) -> Option<Listing<RecordChange>> {
        overview::history(&self.project, contract, paging)
    }
}

/// A folder that goes when it is dropped.
fn scratch() -> Result<tempfile::TempDir, Problem> {
    let made = tempfile::Builder::new().prefix("countersign-serve-").tempdir();
    made.map_err(|error| Problem::new("store-failed", format!("there is no room for a work tree: {error}")))
}

fn read_configuration(context: &Context) -> Vec<u8> {
    let file = repository::file_of_configuration(context);
    std::fs::read(Path::new(&file)).unwrap_or_default()
}

fn seconds(time: Time) -> u64 {
    time.since(Time::ZERO).as_secs()
}

/// Whether no later attempt would fare better.
fn is_permanent(problem: &Problem) -> bool {
    matches!(
        problem.code.as_str(),
        "unknown-channel" | "not-a-room" | "notice-abandoned" | "stage-denied" | "invalid-config"
    )
}

fn shown(problem: &Problem) -> String {
    let causes: String = problem.causes.iter().map(|cause| format!(": {cause}")).collect();
    let hint = problem.hint.as_ref().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
    format!("{}{causes}{hint}", problem.message)
}
