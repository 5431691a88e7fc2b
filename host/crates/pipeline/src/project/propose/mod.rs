//! `propose`: one pull request for each state of a contract that is somebody else's.
//!
//! The document is fetched once and accepted in a work tree of its own, by the very accept that people run. What
//! changed there becomes one commit on a branch that is named for the document's digest; making the branch is the
//! lock. `plan` decides, from facts that `facts` reads; `carry` carries out, and reads again after each deed.

mod announcement;
mod body;
mod carry;
mod document;
mod facts;
#[cfg(test)]
mod fake;
mod forge;
mod home;
mod plan;
#[cfg(test)]
mod tests;
mod tree;

pub use announcement::Announcement;

use super::Project;
use crate::config::ContractConfig;
use crate::git::{Git, Identity, Pushed};
use body::News;
use carry::{Carried, Errand, Stop};
use countersign_forge::{ForgeError, Publication, Published};
use countersign_model::{
    ContractReport, Digest, Impact, Name, NoticeVerdict, Problem, Proposal, ProposalBase, ProposalState,
    Proposals, ProposedPull, RawDocument,
};
use document::{Document, NoDocument};
use forge::{ProposeForge, Pushing, problem_of};
use home::Home;
use plan::{Latest, Shape};
use std::time::Duration;
use tree::{Changed, Tree};

/// How often a proposal begins anew because its base has moved.
const MOST_BASES: u32 = 3;

/// The longest that is waited between two looks.
const LONGEST_PAUSE: u32 = 5;

/// Where the documents come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposeSource {
    /// The repository of each contract's provider.
    Provider {
        /// The revision there; the head of its default branch, or the event's commit, where none is named.
        revision: Option<String>,
    },
    /// The running services.
    Live,
    /// A file or a URL.
    From(String),
}

/// How to propose.
#[derive(Clone, Debug)]
pub struct ProposeOptions {
    /// Where the documents come from.
    pub source: ProposeSource,
    /// What an event says has changed. Looked at only for [`ProposeSource::Provider`] without a revision.
    pub announcement: Option<Announcement>,
    /// The branch that pull requests go into; the default branch where none is named.
    pub base: Option<String>,
    /// Make branches by `git push`.
    pub push: bool,
    /// Plan only.
    pub dry_run: bool,
}

/// What is needed to propose one contract, whichever it is.
struct Session<'a> {
    git: &'a Git,
    options: &'a ProposeOptions,
    home: Home,
}

/// Why a contract was not proposed: how it stands then, and what is wrong.
type Undone = (ProposalState, Vec<Problem>);

impl Project {
    /// Propose these contracts, or those that have the source that is asked for.
    ///
    /// # Errors
    /// What is wrong with the request itself, before anything was asked or done.
    pub fn propose(&self, names: &[String], options: &ProposeOptions) -> Result<Proposals, Vec<Problem>> {
        let version = env!("CARGO_PKG_VERSION");
        let (contracts, notes) = self.to_propose(names, options)?;
        let Some(git) = &self.git else {
            let problem = Problem::new(
                "no-version-control",
                "a change is proposed as a commit, and this is no repository",
            );
            return Err(vec![problem.hint("run it in a clone")]);
        };
        if contracts.is_empty() {
            return Ok(Proposals {
                notes,
                ..Proposals::new(version, options.dry_run, Vec::new(), Vec::new())
            });
        }
        let home = match self.home(git, options) {
            Ok(home) => home,
            Err(problem) => return Ok(Proposals::new(version, options.dry_run, Vec::new(), vec![problem])),
        };
        let mut session = Session { git, options, home };
        let mut proposals = Vec::new();
        for contract in contracts {
            if self.settings.caller.interrupt.is_raised() {
                break;
            }
            proposals.push(self.propose_one(&mut session, contract));
        }
        let opened =
            proposals.iter().any(|it| matches!(it.state, ProposalState::Opened | ProposalState::Healed));
        let mut report = Proposals::new(version, options.dry_run, proposals, Vec::new());
        report.repository = Some(session.home.repository.to_string());
        report.base =
            Some(ProposalBase { branch: session.home.branch.clone(), commit: session.home.head.to_string() });
        report.notes = notes;
        report.notes.extend(opened.then(|| self.starts_no_workflow(&session.home)).flatten());
        Ok(report)
    }

    /// The contracts to look at, and what there is to say about the others.
    fn to_propose(
        &self,
        names: &[String],
        options: &ProposeOptions,
    ) -> Result<(Vec<&ContractConfig>, Vec<String>), Vec<Problem>> {
        let selected = self.select(names)?;
        let known = |name: &Name| self.config.contracts.get(name);
        let all: Vec<&ContractConfig> = selected.iter().filter_map(known).collect();
        if let (ProposeSource::From(_), [_, _, ..]) = (&options.source, all.as_slice()) {
            let message = "`--from` names one document, and there is more than one contract";
            let hint = "name the contract: countersign propose CONTRACT --from FILE";
            return Err(vec![Problem::new("ambiguous-contract", message).hint(hint)]);
        }
        if let Some(news) = announcement(options) {
            let contract = news.contract(&self.config).map_err(|problem| vec![problem])?;
            let is_asked = selected.contains(&contract.name);
            let note = || format!("the event is about {}, which was not asked for", contract.name);
            return Ok(if is_asked { (vec![contract], Vec::new()) } else { (Vec::new(), vec![note()]) });
        }
        let has_source = |contract: &&ContractConfig| match &options.source {
            ProposeSource::Provider { .. } => contract.provider.is_some(),
            ProposeSource::Live => contract.live.is_some() && !contract.is_ours(),
            ProposeSource::From(_) => true,
        };
        if !names.is_empty() {
            return Ok((all, Vec::new()));
        }
        let with_source: Vec<&ContractConfig> = all.into_iter().filter(has_source).collect();
        if with_source.is_empty() {
            let message = "no contract here has a source to be proposed from";
            let hint = "declare whose it is: `provider = { repository = \"github:OWNER/NAME\", path = \"contracts/NAME/openapi.json\" }`";
            return Err(vec![Problem::new("no-source", message).hint(hint)]);
        }
        Ok((with_source, Vec::new()))
    }

    fn propose_one(&self, session: &mut Session<'_>, contract: &ContractConfig) -> Proposal {
        let _busy = (self.settings.busy)(&format!("proposing {}", contract.name));
        let mut proposal = Proposal::new(contract.name.clone(), ProposalState::Failed);
        if let Err((state, problems)) = self.proposed(session, contract, &mut proposal) {
            (proposal.state, proposal.problems) = (state, problems);
        }
        proposal
    }

    /// Fetch, and try until the base stays where it is.
    fn proposed(
        &self,
        session: &mut Session<'_>,
        contract: &ContractConfig,
        proposal: &mut Proposal,
    ) -> Result<(), Undone> {
        let options = session.options;
        let document =
            self.proposed_document(contract, announcement(options), options).map_err(|why| match why {
                NoDocument::Unreachable(problem) => (ProposalState::Unreachable, vec![problem]),
                NoDocument::Failed(problems) => (ProposalState::Failed, problems),
            })?;
        proposal.commit = document.origin.commit().map(str::to_owned);
        for _ in 0..MOST_BASES {
            match self.against_base(session, contract, &document, proposal)? {
                Ok(()) => return Ok(()),
                Err(Stop::BaseMoved) => {
                    let Home { remote, branch, .. } = &session.home;
                    let head = self.base_head(session.git, remote, branch, options.dry_run);
                    session.home.head = head.map_err(failed)?;
                }
                Err(stop) => return Err(failed(stopped(&stop, contract, session))),
            }
        }
        Err(failed(stopped(&Stop::Unsettled, contract, session)))
    }

    /// Accept the document in a work tree of the base, and propose what changed.
    fn against_base(
        &self,
        session: &Session<'_>,
        contract: &ContractConfig,
        document: &Document,
        proposal: &mut Proposal,
    ) -> Result<Result<(), Stop>, Undone> {
        let tree = Tree::of(session.git, &self.settings, &session.home.head).map_err(failed)?;
        let copy = tree.project(self).map_err(|problems| (ProposalState::Failed, problems))?;
        let Some(at_base) = copy.config.contracts.get(&contract.name) else {
            let message = format!(
                "`{}` declares no contract `{}` in its pipeline.toml",
                session.home.branch, contract.name
            );
            let hint = "merge the declaration first, or name another branch: `--base BRANCH`";
            return Err(failed(Problem::new("not-at-base", message).hint(hint)));
        };
        let from = copy.record(at_base).recorded().map(|recorded| recorded.0.digest());
        let accepted =
            accepted(&copy, at_base, &document.raw).map_err(|problems| (ProposalState::Failed, problems))?;
        let Some(to) = accepted.recorded else {
            return Err(failed(Problem::new("bug", "an accept without a record")));
        };
        let changed = tree.changed(&copy, at_base).map_err(failed)?;
        (proposal.from, proposal.to) = (from, Some(to));
        let news = News {
            contract: contract.name.clone(),
            verdict: verdict(from, to, &accepted),
            from,
            to,
            changes: accepted.drift.clone(),
            files: changed.told(),
            source: document.origin.markdown(),
            reproduce: document.origin.command(contract.name.as_str()),
        };
        proposal.verdict = news.verdict;
        proposal.files.clone_from(&news.files);
        let canonical = |raw: RawDocument| match copy.seen(at_base, raw) {
            super::observe::Observing::Seen(observed, _) => Some(observed.0.digest()),
            super::observe::Observing::Unreachable(_) | super::observe::Observing::Failed(_) => None,
        };
        let job = Job {
            shape: Shape { contract: contract.name.clone(), digest: to, base: session.home.branch.clone() },
            from,
            latest: self.latest_of(document, canonical),
            message: format!("{}\n\nFrom {}.\n\n", news.title(), document.origin.line()),
            news,
            changed,
            document,
        };
        Ok(self.carry_out(session, &copy, &job, proposal))
    }

    fn carry_out(
        &self,
        session: &Session<'_>,
        copy: &Project,
        job: &Job<'_>,
        proposal: &mut Proposal,
    ) -> Result<(), Stop> {
        let (home, options) = (&session.home, session.options);
        let (title, text) = (job.news.title(), job.news.body());
        let publication = |branch: String| Publication {
            branch,
            base_branch: home.branch.clone(),
            base: home.head.to_string(),
            message: job.message(),
            files: job.changed.publication(),
        };
        let push = |publication: &Publication| self.push(session.git, copy, job, home, publication);
        let errand = Errand {
            shape: &job.shape,
            base: job.from,
            base_head: home.head.as_str(),
            latest: job.latest.clone(),
            is_still_latest: &|| self.is_still_latest(job.document),
            title: &title,
            body: &text,
            publication: &publication,
            pause: &|round| self.pause(round),
        };
        let pushing = Pushing { remote: &home.remote, push: &push };
        let forge: &dyn ProposeForge = if options.push { &pushing } else { &home.remote };
        let carried = if job.changed.is_trivial() {
            nothing_to_do(forge, &errand, job, options.dry_run)?
        } else if options.dry_run {
            carry::plan(forge, &errand)?
        } else {
            carry::carry(forge, &errand)?
        };
        tell(carried, proposal);
        Ok(())
    }

    /// Make a branch by `git push`.
    fn push(
        &self,
        git: &Git,
        copy: &Project,
        job: &Job<'_>,
        home: &Home,
        publication: &Publication,
    ) -> Result<Published, ForgeError> {
        let refused = |error: crate::git::GitError| ForgeError::Refused {
            what: "git push".into(),
            status: 0,
            message: error.to_string(),
        };
        let copied = copy.git.as_ref().unwrap_or(git);
        let identity = self.identity(git).map_err(refused)?;
        let commit = copied
            .commit_tree(&job.changed.tree, &home.head, &publication.message, &identity, self.settings.now)
            .map_err(refused)?;
        let pushed = git.push_new_branch(&commit, &publication.branch);
        match pushed.map_err(refused)? {
            Pushed::Created => Ok(Published::Created(commit.to_string())),
            Pushed::Existed => Ok(Published::Existed(String::new())),
            Pushed::Unknown(why) => Err(ForgeError::Unknown { what: "git push".into(), why }),
        }
    }

    /// Who a pushed commit is by: as git would have it, else ourselves.
    fn identity(&self, git: &Git) -> Result<Identity, crate::git::GitError> {
        let variable =
            |name: &str| self.settings.variables.get(name).filter(|value| !value.is_empty()).cloned();
        let name =
            variable("GIT_AUTHOR_NAME").map_or_else(|| git.configured("user.name"), |name| Ok(Some(name)))?;
        let email = variable("GIT_AUTHOR_EMAIL")
            .map_or_else(|| git.configured("user.email"), |email| Ok(Some(email)))?;
        Ok(Identity {
            name: name.unwrap_or_else(|| "countersign".into()),
            email: email.unwrap_or_else(|| "countersign@localhost".into()),
        })
    }

    /// Wait before a look; false where the user interrupts.
    fn pause(&self, round: u32) -> bool {
        // The first look after a deed of ours needs no waiting.
        let tenths = (round - 1).min(LONGEST_PAUSE) * 10;
        let is_raised = || self.settings.caller.interrupt.is_raised();
        for _ in 0..tenths {
            if is_raised() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        !is_raised()
    }

    /// GitHub starts no workflow for what is done with a workflow's own token.
    fn starts_no_workflow(&self, home: &Home) -> Option<String> {
        let variables = &self.settings.variables;
        variables.get("GITHUB_ACTIONS").filter(|value| *value == "true")?;
        let variable = self.forges().variable_for(&home.repository)?;
        let is_personal = |token: &String| {
            ["ghp_", "github_pat_", "gho_", "ghu_"].iter().any(|lead| token.starts_with(lead))
        };
        let is_own = variable == "GITHUB_TOKEN" && !variables.get(&variable).is_some_and(is_personal);
        let text = "opened with the workflow's own token, a pull request starts no checks: close and reopen it, or give \
                    this step the token of an App (docs/guides/proposals.md)";
        is_own.then(|| text.to_owned())
    }
}

/// A change that was prepared.
struct Job<'a> {
    shape: Shape,
    from: Option<Digest>,
    latest: Latest,
    news: News,
    /// The commit's message, without what we recognise it by.
    message: String,
    changed: Changed,
    document: &'a Document,
}

impl Job<'_> {
    fn message(&self) -> String {
        format!("{}{}", self.message, self.shape.trailers(&self.changed.tree))
    }
}

/// The announcement, where the source leaves room for one.
fn announcement(options: &ProposeOptions) -> Option<&Announcement> {
    let looks = options.source == ProposeSource::Provider { revision: None };
    options.announcement.as_ref().filter(|_| looks)
}

fn failed(problem: Problem) -> Undone {
    (ProposalState::Failed, vec![problem])
}

/// The report of the one contract that was accepted.
fn accepted(
    copy: &Project,
    contract: &ContractConfig,
    raw: &RawDocument,
) -> Result<ContractReport, Vec<Problem>> {
    let report = copy.accept_document(contract, raw)?;
    let found = report.contracts.into_iter().next();
    let report = found.ok_or_else(|| vec![Problem::new("bug", "an accept without a contract")])?;
    if report.problems.is_empty() { Ok(report) } else { Err(report.problems) }
}

fn verdict(from: Option<Digest>, to: Digest, report: &ContractReport) -> Option<NoticeVerdict> {
    match (from, report.drift.worst()) {
        (None, _) => Some(NoticeVerdict::New),
        (Some(from), _) if from == to => None,
        (Some(_), Some(Impact::Breaking)) => Some(NoticeVerdict::Breaking),
        (Some(_), Some(Impact::Risky)) => Some(NoticeVerdict::Risky),
        (Some(_), Some(Impact::Compatible) | None) => Some(NoticeVerdict::Compatible),
    }
}

/// Nothing is proposed. Where the base is what upstream says, what older shapes left open is closed.
fn nothing_to_do(
    forge: &dyn ProposeForge,
    errand: &Errand<'_>,
    job: &Job<'_>,
    dry_run: bool,
) -> Result<Carried, Stop> {
    let is_current = job.from == Some(job.shape.digest);
    let state = if job.changed.files.is_empty() { ProposalState::Current } else { ProposalState::Trivial };
    let mut carried = Carried { state, branch: None, pull: None, superseded: Vec::new(), plan: Vec::new() };
    if is_current && dry_run {
        carried.superseded = carry::plan_to_clear(forge, errand)?;
        carried.plan = carried.superseded.iter().map(|pull| format!("close #{}", pull.number)).collect();
    } else if is_current {
        carried.superseded = carry::clear(forge, errand)?;
    }
    Ok(carried)
}

fn tell(carried: Carried, proposal: &mut Proposal) {
    let link =
        |pull: &countersign_forge::Pull| ProposedPull { number: pull.number, url: pull.html_url.clone() };
    proposal.state = carried.state;
    proposal.branch = carried.branch;
    proposal.pull = carried.pull.as_ref().map(link);
    proposal.superseded = carried.superseded.iter().map(link).collect();
    proposal.plan = carried.plan;
}

fn stopped(stop: &Stop, contract: &ContractConfig, session: &Session<'_>) -> Problem {
    let repository = &session.home.repository;
    match stop {
        Stop::Forge(error) => problem_of(error, &format!("propose `{}` in `{repository}`", contract.name)),
        Stop::Unsettled | Stop::BaseMoved => {
            let message = format!("the proposal of `{}` changes as fast as it is looked at", contract.name);
            Problem::new("proposal-unsettled", message).hint("run it again: it goes on from what is there")
        }
        Stop::Interrupted => Problem::new("interrupted", "the run was interrupted"),
    }
}
