//! Notices: for each commit on the baseline branch that changed a record, each client of the contract hears of
//! it once on each of its channels.
//!
//! Receipts live in one git notes ref, on the commit that changed the record. A commit marked complete says that
//! it and everything before it was told; whatever failed is tried again by the next run. Where an answer was lost,
//! the stage is called again and told so: it looks, or sends only what the other side recognises as the same.

mod ledger;
mod notice;
mod plan;
mod pushes;
mod receipts;
mod send;
mod violations;

pub use pushes::Said;

use super::Project;
use super::check::CheckOptions;
use crate::config::ContractConfig;
use crate::event::Event;
use crate::git::{Commit, Git};
use crate::web::Sending;
use countersign_model::{BaselineReport, Name, NoticeState, Problem, Report, SentNotice, Verdict};
use ledger::Ledger;
use plan::{Effect, Plan};
use receipts::{Line, Standing};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How many effects are claimed, sent and settled at a time: what a lost clone leaves ambiguous at most.
const BATCH: usize = 50;

/// How long another run may take to tell what became of what it claimed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which notices.
#[derive(Clone, Debug)]
pub struct NotifyOptions {
    /// Of which contracts.
    pub contracts: Vec<Name>,
    /// On which channels; all where none is named.
    pub channels: Vec<Name>,
    /// Of which commits.
    pub range: Range,
}

/// Which commits are told of.
#[derive(Clone, Debug)]
pub enum Range {
    /// Those since the last receipt, or that a push brought.
    SinceReceipts(Event),
    /// Those that one revision has and another has not.
    Between {
        /// The revision that is known.
        from: String,
        /// The revision that is news.
        to: String,
    },
}

/// What was done about notices.
#[derive(Debug, Default)]
struct Told {
    notices: Vec<SentNotice>,
    problems: Vec<Problem>,
}

impl Project {
    /// CI's single command: check, and on the baseline branch tell the clients.
    pub fn run(&self, event: &Event) -> Report {
        let moves = event.moves_baseline(self.config.baseline.as_deref());
        let baseline = match event {
            Event::PullRequest { base } => base.clone(),
            // On its own branch the merge base is the push itself, and nothing would be compared with anything.
            // One that this clone has not is unreadable, which fails closed.
            Event::Push { before, .. } if moves => before.clone(),
            Event::Push { .. } | Event::Other => None,
        };
        let contracts: Vec<Name> = self.config.contracts.keys().cloned().collect();
        let options = CheckOptions { command: "run", always_dump: true, baseline, ..CheckOptions::default() };
        let report = self.check(&contracts, &options);
        if report.verdict == Verdict::Interrupted || !moves {
            return report;
        }
        let range = Range::SinceReceipts(event.clone());
        let told = self.spread(&NotifyOptions { contracts, channels: Vec::new(), range });
        report.with_notices(told.notices, told.problems)
    }

    /// Tell the clients of what commits did to the records, and nothing else.
    pub fn notify(&self, options: &NotifyOptions) -> Report {
        let told = self.spread(options);
        let report = Report::new(
            env!("CARGO_PKG_VERSION"),
            "notify",
            BaselineReport::NotNeeded,
            Vec::new(),
            Vec::new(),
        );
        report.with_notices(told.notices, told.problems)
    }

    fn spread(&self, options: &NotifyOptions) -> Told {
        let mut told = Told::default();
        let listening = |contract: &&ContractConfig| {
            options.contracts.contains(&contract.name)
                && (!contract.notify.is_empty()
                    || self.config.clients_of(&contract.name).any(|client| !client.notify.is_empty()))
        };
        let contracts: Vec<&ContractConfig> = self.config.contracts.values().filter(listening).collect();
        if contracts.is_empty() {
            return told;
        }
        let Some(git) = &self.git else {
            told.problems.push(no_version_control());
            return told;
        };
        let done = match self.settings.sending {
            Sending::DryRun => self.rehearse(git, &contracts, options, &mut told),
            Sending::Allowed => self.tell_all(git, &contracts, options, &mut told),
        };
        told.problems.extend(done.err());
        told
    }

    /// The plan, and no more: nothing is sent or noted, here or elsewhere.
    fn rehearse(
        &self,
        git: &Git,
        contracts: &[&ContractConfig],
        options: &NotifyOptions,
        told: &mut Told,
    ) -> Result<(), Problem> {
        ledger::fetch(git)?;
        let plan = self.planned(git, contracts, options, None, told);
        let channels = self.channels(&plan);
        for effect in &plan.effects {
            let (state, problem) = match (effect.standing, channels.get(&effect.channel)) {
                (Standing::Done, _) => continue,
                (Standing::Held, _) => (NoticeState::Claimed, None),
                (Standing::Open { .. }, Some(Err(problem))) => (NoticeState::Failed, Some(problem.clone())),
                (Standing::Open { .. }, Some(Ok(_)) | None) => (NoticeState::Planned, None),
            };
            told.notices.push(sent(&plan, effect, state, problem));
        }
        Ok(())
    }

    fn tell_all(
        &self,
        git: &Git,
        contracts: &[&ContractConfig],
        options: &NotifyOptions,
        told: &mut Told,
    ) -> Result<(), Problem> {
        let ledger = Ledger::open(git, &self.config.root, self.settings.now)?;
        // Without the receipts of earlier runs, everything would be sent again.
        ledger::fetch(git)?;
        let plan = self.planned(git, contracts, options, Some(&ledger), told);
        for commit in plan.commits.iter().filter(|commit| !commit.begun) {
            ledger.mark(&commit.commit, Line::Begun { begun: commit.contract.to_string() })?;
        }
        let open = self.fulfil(&plan, &ledger, told)?;
        self.wait_for_others(git, &plan, told)?;
        if options.channels.is_empty() {
            complete(&plan, &ledger, &open)?;
        }
        ledger.share()
    }

    /// What another run has claimed is its to tell, and it takes seconds. A run that was killed tells nobody: then this
    /// one must not look as if everybody had heard.
    fn wait_for_others(&self, git: &Git, plan: &Plan, told: &mut Told) -> Result<(), Problem> {
        let is_claimed = |notice: &&SentNotice| notice.state == NoticeState::Claimed;
        let mut keys: BTreeSet<&str> =
            told.notices.iter().filter(is_claimed).map(|notice| notice.key.as_str()).collect();
        let until = Instant::now() + PATIENCE;
        while !keys.is_empty() && Instant::now() < until && self.wait_for(Duration::from_secs(1)) {
            ledger::fetch(git)?;
            let mut known: BTreeMap<&Commit, receipts::Receipts> = BTreeMap::new();
            for effect in plan.effects.iter().filter(|effect| keys.contains(effect.key.as_str())) {
                if !known.contains_key(&effect.commit) {
                    known.insert(&effect.commit, ledger::receipts(git, &effect.commit)?);
                }
            }
            let is_done = |effect: &&Effect| {
                known.get(&effect.commit).is_some_and(|receipts| receipts.is_done(&effect.key))
            };
            for effect in plan.effects.iter().filter(is_done) {
                keys.remove(effect.key.as_str());
            }
        }
        if !keys.is_empty() {
            let number = keys.len();
            let message =
                format!("another run has claimed {number} of these notices, and has not told of their end");
            let hint = "if that run was killed, run this again a quarter of an hour after it began";
            told.problems.push(Problem::new("notice-claimed", message).hint(hint));
        }
        Ok(())
    }

    /// Send what is open, and tell what became of everything. Returns which commits somebody has yet to hear of.
    fn fulfil(
        &self,
        plan: &Plan,
        ledger: &Ledger<'_>,
        told: &mut Told,
    ) -> Result<BTreeMap<(Name, String), bool>, Problem> {
        let mut fates: Vec<Option<send::Fate>> = plan.effects.iter().map(|_| None).collect();
        let done = self.send_all(plan, ledger, &mut fates);
        let is_open = |fate: &Option<send::Fate>| fate.as_ref().is_none_or(|(state, _)| state.is_open());
        let mut states: BTreeMap<(Name, String), bool> = BTreeMap::new();
        for (effect, fate) in plan.effects.iter().zip(&fates) {
            let open = match effect.standing {
                Standing::Done => false,
                Standing::Held => true,
                Standing::Open { .. } => is_open(fate),
            };
            let commit = (plan.changes[effect.change].contract.clone(), effect.commit.to_string());
            *states.entry(commit).or_default() |= open;
        }
        for (effect, fate) in plan.effects.iter().zip(fates) {
            match (effect.standing, fate) {
                (_, Some((state, problem))) => told.notices.push(sent(plan, effect, state, problem)),
                (Standing::Held, None) => told.notices.push(sent(plan, effect, NoticeState::Claimed, None)),
                (Standing::Done | Standing::Open { .. }, None) => {}
            }
        }
        done.map(|()| states)
    }

    fn planned(
        &self,
        git: &Git,
        contracts: &[&ContractConfig],
        options: &NotifyOptions,
        ledger: Option<&Ledger<'_>>,
        told: &mut Told,
    ) -> Plan {
        let mut plan = Plan::default();
        for contract in contracts {
            if let Err(problem) = self.plan(git, contract, options, ledger, &mut plan) {
                told.problems.push(problem);
            }
        }
        plan
    }

    /// Each channel of the plan, got ready once.
    fn channels(&self, plan: &Plan) -> BTreeMap<Name, Result<send::Channel<'_>, Problem>> {
        let mut channels = BTreeMap::new();
        for effect in plan.effects.iter().filter(|effect| matches!(effect.standing, Standing::Open { .. })) {
            channels.entry(effect.channel.clone()).or_insert_with(|| self.channel(&effect.channel));
        }
        channels
    }

    /// Send everything that is open, a batch at a time; then what nobody knows of once more, as what it is.
    fn send_all(
        &self,
        plan: &Plan,
        ledger: &Ledger<'_>,
        fates: &mut [Option<send::Fate>],
    ) -> Result<(), Problem> {
        let mut channels = self.channels(plan);
        let open = |effect: &Effect| matches!(effect.standing, Standing::Open { .. });
        let due: Vec<usize> = (0..plan.effects.len()).filter(|at| open(&plan.effects[*at])).collect();
        self.foretell(plan, &due, &channels);
        for batch in due.chunks(BATCH) {
            let effects: Vec<&Effect> = batch.iter().map(|at| &plan.effects[*at]).collect();
            self.send_batch(plan, &effects, batch, &mut channels, ledger, fates)?;
        }
        let unknown = |at: &usize| matches!(&fates[*at], Some((NoticeState::Unknown, _)));
        let unsettled: Vec<usize> = due.into_iter().filter(unknown).collect();
        channels.values_mut().flatten().for_each(send::Channel::forgive);
        for batch in unsettled.chunks(BATCH) {
            let ambiguous = Standing::Open { ambiguous: true };
            let again: Vec<Effect> =
                batch.iter().map(|at| Effect { standing: ambiguous, ..plan.effects[*at].clone() }).collect();
            let effects: Vec<&Effect> = again.iter().collect();
            self.send_batch(plan, &effects, batch, &mut channels, ledger, fates)?;
        }
        Ok(())
    }

    /// Say how long the forges' budgets make this take, where that is worth waiting with something else.
    fn foretell(
        &self,
        plan: &Plan,
        due: &[usize],
        channels: &BTreeMap<Name, Result<send::Channel<'_>, Problem>>,
    ) {
        let mut writes: BTreeMap<&str, (std::sync::Arc<countersign_forge::Forge>, u32)> = BTreeMap::new();
        for effect in due.iter().map(|at| &plan.effects[*at]) {
            let speaks = channels
                .get(&effect.channel)
                .is_some_and(|channel| channel.as_ref().is_ok_and(send::Channel::speaks_to_forges));
            let Some(repository) = self.hears(effect.client.as_ref()).filter(|_| speaks) else { continue };
            let Ok((forge, _)) = self.forges().of(repository) else { continue };
            writes.entry(crate::forges::host(repository)).or_insert((forge, 0)).1 += 1;
        }
        for (host, (forge, number)) in writes {
            let minutes = forge.eta(number).as_secs().div_ceil(60);
            if minutes > 0 {
                let message =
                    format!("{number} notices go to {host}, within its budget in about {minutes} min");
                self.warn("notify", host, message);
            }
        }
    }

    /// Claim, send and settle one batch: channels side by side, each channel in order.
    fn send_batch(
        &self,
        plan: &Plan,
        effects: &[&Effect],
        places: &[usize],
        channels: &mut BTreeMap<Name, Result<send::Channel<'_>, Problem>>,
        ledger: &Ledger<'_>,
        fates: &mut [Option<send::Fate>],
    ) -> Result<(), Problem> {
        let claims: Vec<_> = effects.iter().map(|effect| (&effect.commit, effect.key.as_str())).collect();
        let stands = ledger.claim(&claims)?;
        let (mut own, mut at) = (Vec::new(), Vec::new());
        for (effect, place) in effects.iter().zip(places) {
            // What another run did since this one planned counts: an attempt of its may have arrived.
            let standing = match stands.get(&effect.key) {
                Some(Standing::Held | Standing::Done) => {
                    fates[*place] = Some((NoticeState::Claimed, None));
                    continue;
                }
                Some(Standing::Open { ambiguous: true }) => Standing::Open { ambiguous: true },
                Some(Standing::Open { ambiguous: false }) | None => effect.standing,
            };
            own.push(Effect { standing, ..(*effect).clone() });
            at.push(*place);
        }
        let (effects, places) = (&own, &at);
        let sent: Vec<Vec<(usize, send::Fate)>> = std::thread::scope(|scope| {
            let workers: Vec<_> = channels
                .iter_mut()
                .map(|(name, channel)| {
                    let own = effects.iter().zip(places).filter(move |(effect, _)| effect.channel == *name);
                    let one = move |(effect, place): (&Effect, &usize)| {
                        let fate = match channel {
                            Ok(channel) => {
                                self.deliver(channel, effect, &plan.changes[effect.change], ledger)
                            }
                            Err(problem) => self.refuse(effect, problem, ledger),
                        };
                        (*place, fate)
                    };
                    scope.spawn(move || own.map(one).collect())
                })
                .collect();
            let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined
                .map(|fates| fates.expect("a channel's thread passes every failure on as a value"))
                .collect()
        });
        for (place, fate) in sent.into_iter().flatten() {
            fates[place] = Some(fate);
        }
        ledger.settle()
    }

    /// A channel that cannot be used sends nothing, and its claims are given back.
    fn refuse(&self, effect: &Effect, problem: &Problem, ledger: &Ledger<'_>) -> send::Fate {
        let released = ledger.remember(&effect.commit, &effect.key, receipts::Stage::Failed);
        (NoticeState::Failed, Some(released.err().unwrap_or_else(|| problem.clone())))
    }
}

/// Mark each commit complete that was wholly told, as long as everything before it was.
fn complete(plan: &Plan, ledger: &Ledger<'_>, open: &BTreeMap<(Name, String), bool>) -> Result<(), Problem> {
    let mut stopped: BTreeMap<&Name, bool> = BTreeMap::new();
    for told in &plan.commits {
        let is_open =
            open.get(&(told.contract.clone(), told.commit.to_string())).copied().unwrap_or_default();
        let stopped = stopped.entry(&told.contract).or_insert(!told.reaches_back);
        *stopped |= is_open;
        if !*stopped {
            ledger.mark(&told.commit, Line::Complete { complete: told.contract.to_string() })?;
        }
    }
    Ok(())
}

fn no_version_control() -> Problem {
    Problem::new("no-version-control", "notices are about commits, and there is no version control")
        .hint("run this in a clone of the repository")
}

fn sent(plan: &Plan, effect: &Effect, state: NoticeState, problem: Option<Problem>) -> SentNotice {
    let change = &plan.changes[effect.change];
    SentNotice {
        contract: change.contract.clone(),
        client: effect.client.clone(),
        channel: effect.channel.clone(),
        key: effect.key.clone(),
        commit: effect.commit.to_string(),
        verdict: change.verdict,
        state,
        problem,
    }
}
