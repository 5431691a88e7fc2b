//! One channel and what goes out on it, one notice after the other.

use super::super::Project;
use super::super::client::first;
use super::ledger::Ledger;
use super::plan::Effect;
use super::receipts::{Stage, Standing};
use crate::config::{ClientPlace, Repository, StageConfig};
use crate::stage::{ForgeWork, Job, Prepared, StageFailure, World};
use countersign_engine::{self as engine, Kind, StageCause};
use countersign_model::{Name, Notice, NoticeState, Problem};
use std::time::{Duration, Instant};

/// How many failures in a row that another try might cure end a channel for this run.
const PATIENCE: usize = 3;

/// The longest that a channel's rate limits are waited for, in all.
const WAITING: Duration = Duration::from_secs(15 * 60);

/// What became of one notice, and why, where that needs saying.
pub(super) type Fate = (NoticeState, Option<Problem>);

/// A channel, ready to be used.
pub(super) struct Channel<'a> {
    stage: &'a StageConfig,
    prepared: Prepared<'a>,
    failures: usize,
    waited: Duration,
    /// When it was got ready, which is when the project's clock was read, but for moments.
    opened: Instant,
}

impl Channel<'_> {
    /// Whether what goes out on it counts as a write on a forge.
    pub(super) fn speaks_to_forges(&self) -> bool {
        self.prepared.speaks_to_forges()
    }

    /// The stage of `pipeline.toml`.
    pub(super) fn stage(&self) -> &StageConfig {
        self.stage
    }

    /// Call the stage once.
    pub(super) fn notify(&self, notice: &engine::Notice, world: World) -> engine::Answer<engine::Receipt> {
        self.prepared.stage.notify(self.prepared.call(&notice.contract, world), notice)
    }

    /// Give it another chance.
    pub(super) fn forgive(&mut self) {
        self.failures = 0;
    }
}

impl Project {
    /// Get a channel ready: its plugin, keys and grants are checked, and nothing is sent.
    pub(super) fn channel(&self, name: &Name) -> Result<Channel<'_>, Problem> {
        let stage = self.config.notify.get(name).ok_or_else(|| {
            Problem::new("unknown-channel", format!("there is no channel `{name}`"))
                .hint(format!("declare it as `[notify.{name}]`"))
        })?;
        let prepared = self.prepare(stage, Kind::Notify).map_err(first)?;
        Ok(Channel { stage, prepared, failures: 0, waited: Duration::ZERO, opened: Instant::now() })
    }

    /// Send one effect, and note on this disk what became of it.
    pub(super) fn deliver(
        &self,
        channel: &mut Channel<'_>,
        effect: &Effect,
        change: &Notice,
        ledger: &Ledger<'_>,
    ) -> Fate {
        let note = |state| ledger.remember(&effect.commit, &effect.key, state);
        let interrupted = self.settings.caller.interrupt.is_raised();
        if interrupted || channel.failures >= PATIENCE {
            let message = format!("not tried: `{}` failed {PATIENCE} times in a row", effect.channel);
            let problem = match interrupted {
                true => Problem::new("interrupted", "not tried: the run was interrupted"),
                false => Problem::new("channel-down", message),
            };
            let problem = problem.hint("run again: what was not sent is sent then");
            // An earlier attempt of this run stays as unknown as it was.
            return match effect.standing {
                Standing::Open { ambiguous: true } => {
                    kept(note(Stage::Unknown), NoticeState::Unknown, Some(problem))
                }
                Standing::Open { .. } | Standing::Done | Standing::Held => {
                    kept(note(Stage::Failed), NoticeState::Failed, Some(problem))
                }
            };
        }
        if let Err(problem) = note(Stage::Sending) {
            return (NoticeState::Failed, Some(problem));
        }
        let (state, problem) = self.attempt(channel, effect, change);
        let reached = match state {
            NoticeState::Delivered => Stage::Delivered,
            NoticeState::Unknown => Stage::Unknown,
            NoticeState::Abandoned => Stage::Abandoned,
            NoticeState::Planned | NoticeState::Claimed | NoticeState::Failed => Stage::Failed,
        };
        kept(note(reached), state, problem)
    }

    fn attempt(&self, channel: &mut Channel<'_>, effect: &Effect, change: &Notice) -> Fate {
        let notice = Notice { key: effect.key.clone(), client: effect.client.clone(), ..change.clone() };
        loop {
            let (fate, wait) = self.send(channel, effect, &notice);
            channel.failures = if is_down(&fate) { channel.failures + 1 } else { 0 };
            match wait {
                Some(wait)
                    if channel.waited + wait <= WAITING && !self.settings.caller.interrupt.is_raised() =>
                {
                    channel.waited += wait;
                    channel.failures = 0;
                    if !self.wait_for(wait) {
                        return fate;
                    }
                }
                Some(_) | None => return fate,
            }
        }
    }

    /// Wait; false where the user interrupts, and then at once.
    pub(super) fn wait_for(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        while !self.settings.caller.interrupt.is_raised() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(Duration::from_millis(100)));
        }
        false
    }

    /// One attempt, and how long to wait before the next where the other side asks for that.
    fn send(&self, channel: &Channel<'_>, effect: &Effect, notice: &Notice) -> (Fate, Option<Duration>) {
        let ambiguous = effect.standing == (Standing::Open { ambiguous: true });
        let subject = notice.client.as_ref().unwrap_or(&notice.contract).to_string();
        let crossing = engine::Notice {
            key: notice.key.clone(),
            contract: notice.contract.to_string(),
            client: notice.client.as_ref().map(ToString::to_string).unwrap_or_default(),
            payload: serde_json::to_string(notice).expect("a notice has no map with keys that are no text"),
            // That of the attempt: receivers of a signed notice take none that is older than some minutes.
            time: self.settings.now + channel.opened.elapsed().as_secs(),
            ambiguous,
            ext: Vec::new(),
        };
        let world = self.world_of(channel.stage, notice);
        let outcome = world.outcome.clone();
        let answer = channel.prepared.stage.notify(channel.prepared.call(&subject, world), &crossing);
        let wrote = || outcome.wrote();
        match self.answered(channel.stage.plugin.as_str(), &subject, answer) {
            Ok(engine::Receipt::Delivered(_)) => ((NoticeState::Delivered, None), None),
            Ok(engine::Receipt::DryRun) => ((NoticeState::Planned, None), None),
            // Nothing was sent this time, and nothing more can be learned: the stage gives it up.
            Ok(engine::Receipt::Unknown(why)) if ambiguous && !wrote() => {
                ((NoticeState::Abandoned, Some(Problem::new("notice-abandoned", why))), None)
            }
            Ok(engine::Receipt::Unknown(why)) => {
                ((NoticeState::Unknown, Some(Problem::new("notice-unknown", why))), None)
            }
            // The request went out before the stage failed, so nobody knows; it must not go out again blindly.
            Err(error) if wrote() && !matches!(error.cause, StageCause::Failure(_)) => {
                ((NoticeState::Unknown, Some(StageFailure::of(&error).into_problem())), None)
            }
            Err(error) => {
                let problem = StageFailure::of(&error).into_problem();
                // That this attempt failed says nothing about the one before it.
                let state = if ambiguous { NoticeState::Unknown } else { NoticeState::Failed };
                let wait = retry_after(&problem);
                ((state, Some(problem)), wait)
            }
        }
    }

    /// The repository that hears of a client's news: its own; ours for one that lives here, and for the contract.
    pub(super) fn hears(&self, client: Option<&Name>) -> Option<&Repository> {
        match client.and_then(|name| self.config.clients.get(name)).map(|client| &client.place) {
            Some(ClientPlace::External(repository)) => Some(repository),
            Some(ClientPlace::Local(_)) | None => self.forges().own(),
        }
    }

    fn world_of(&self, stage: &StageConfig, notice: &Notice) -> World {
        let client = notice.client.as_ref().and_then(|name| self.hears(Some(name)));
        let work = ForgeWork {
            client: client.and_then(|repository| self.forges().of(repository).ok()),
            own: self.forges().own().and_then(|repository| self.forges().of(repository).ok()),
            commit: notice.commit.clone(),
        };
        World { forge: Some(work), ..self.world(self.tools_of(stage), Job::Dump) }
    }
}

/// A fate, unless it could not be noted: then nobody may rely on it.
fn kept(noted: Result<(), Problem>, state: NoticeState, problem: Option<Problem>) -> Fate {
    match noted {
        Ok(()) => (state, problem),
        Err(unnoted) => (NoticeState::Unknown, Some(problem.unwrap_or(unnoted))),
    }
}

/// Whether the other side, and not the notice, was the reason.
fn is_down((state, problem): &Fate) -> bool {
    *state == NoticeState::Unknown
        || problem.as_ref().is_some_and(|problem| problem.code == "source-unreachable")
}

/// How long the other side asks to wait: a stage ends its words with `retry-after: SECONDS`.
pub(super) fn retry_after(problem: &Problem) -> Option<Duration> {
    let text =
        [&problem.message].into_iter().chain(&problem.causes).find(|text| text.contains("retry-after: "))?;
    let (_, rest) = text.rsplit_once("retry-after: ")?;
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let seconds: f64 = number.trim_end_matches('.').parse().ok()?;
    (0.0..=3600.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}
