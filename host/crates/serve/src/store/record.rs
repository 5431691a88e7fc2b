//! The rows of a store, and what goes into them.

use crate::time::Time;
use crate::work::{Cause, PushDigest, Source, Standing};
use countersign_model::Verdict;
use countersign_model::target::{History, Target};
use countersign_serve_page::view::State;
use serde::{Deserialize, Serialize};

/// What became of a delivery when it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Disposition {
    /// It waits for, or was part of, a run.
    #[serde(rename = "queued")]
    Queued,
    /// It was our own doing.
    #[serde(rename = "skipped:loop")]
    SkippedLoop,
    /// Nothing follows from such an event.
    #[serde(rename = "skipped:event")]
    SkippedEvent,
    /// It is about another branch than the node's.
    #[serde(rename = "skipped:branch")]
    SkippedBranch,
    /// No node watches its repository.
    #[serde(rename = "skipped:repository")]
    SkippedRepository,
    /// The same was here before.
    #[serde(rename = "duplicate")]
    Duplicate,
}

impl Disposition {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::SkippedLoop => "skipped:loop",
            Self::SkippedEvent => "skipped:event",
            Self::SkippedBranch => "skipped:branch",
            Self::SkippedRepository => "skipped:repository",
            Self::Duplicate => "duplicate",
        }
    }
}

/// A verified delivery, and what it means for us.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// `source:id`; the same for a redelivery.
    pub id: String,
    /// Who sent it.
    pub source: Source,
    /// The event's name, as the sender has it.
    pub event: String,
    /// `owner/name`.
    pub repository: Option<String>,
    /// When it arrived.
    pub received: Time,
    /// The headers that tell something; never a secret.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Vec<u8>,
    /// What we make of it. A store turns [`Disposition::Queued`] into a duplicate where it is one.
    pub disposition: Disposition,
    /// What it says, digested: the same for a replay under another id.
    pub content: Option<String>,
    /// The node that it is about.
    pub node: Option<String>,
    /// The branch, or the tag.
    pub branch: Option<String>,
    /// The commit before.
    pub before: Option<String>,
    /// The commit after.
    pub after: Option<String>,
    /// Who pushed.
    pub author: Option<String>,
    /// How many commits.
    pub commits: Option<u32>,
    /// When it was pushed, by the sender's clock.
    pub pushed_at: Option<Time>,
    /// Why a run follows, if it is queued.
    pub cause: Option<Cause>,
    /// Whether it says where the node's branch stands.
    pub moves_head: bool,
    /// The channels that hear of it, if it is queued.
    pub channels: Vec<String>,
    /// The address of the repository's pages, for links in messages.
    pub web: Option<String>,
}

/// What a store did with a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is new, and kept.
    New(Disposition),
    /// It was here before, as this delivery.
    Duplicate {
        /// The first one.
        of: String,
    },
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// A run of the pipeline; its subject is a node.
    Run,
    /// What a channel has to hear; its subject is the channel.
    Message,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// It waits for its time.
    Ready,
    /// A worker has it.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Dead,
}

/// A job in a worker's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: i64,
    /// What proves the claim.
    pub token: String,
    /// What it does.
    pub kind: JobKind,
    /// The node or the channel.
    pub subject: String,
    /// The run, for a job of that kind.
    pub run: Option<String>,
    /// Why the run takes place, each reason once.
    pub causes: Vec<Cause>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Since when it is tried.
    pub since: Time,
    /// When this attempt began.
    pub started: Time,
    /// The deliveries of the run, oldest first.
    pub deliveries: Vec<ClaimedDelivery>,
}

/// A delivery as its run needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Its id.
    pub id: String,
    /// The branch.
    pub branch: Option<String>,
    /// The commit before.
    pub before: Option<String>,
    /// The commit after.
    pub after: Option<String>,
}

/// How a claim ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settling {
    /// It is done.
    Done {
        /// When.
        at: Time,
        /// The run's verdict.
        verdict: Option<Verdict>,
        /// What it did.
        effects: Vec<String>,
        /// Its log.
        log: String,
    },
    /// Once more, at this time.
    Again {
        /// When this attempt ended.
        at: Time,
        /// When the next begins.
        run_at: Time,
        /// A time before which not even a new delivery wakes it.
        not_before: Option<Time>,
        /// Why.
        why: String,
        /// What it did all the same.
        effects: Vec<String>,
        /// Its log.
        log: String,
    },
    /// Never again by itself.
    Dead {
        /// When.
        at: Time,
        /// Why.
        why: String,
        /// What it did all the same.
        effects: Vec<String>,
        /// Its log.
        log: String,
    },
    /// The worker stops before the job was begun, or gave it back; the attempt does not count.
    Released {
        /// When it may be taken again.
        run_at: Time,
    },
}

/// How often a channel may hear something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Messages at once.
    pub burst: u32,
    /// Messages a second.
    pub rate: f64,
    /// Milliseconds between messages about one repository.
    pub interval: i64,
}

/// What a channel is to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// This, now.
    Send(Outgoing),
    /// Something, not before this time.
    Wait(Time),
    /// Nothing.
    Idle,
    /// Nothing of ours: the claim was lost.
    Lost,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Names the sending: a second one has no effect.
    pub transaction: String,
    /// How often it was tried before.
    pub attempts: u32,
    /// Whether an earlier attempt may have arrived.
    pub ambiguous: bool,
    /// Since when.
    pub since: Time,
    /// What it says.
    pub digest: PushDigest,
}

/// What became of a message. Where it may be there (`ambiguous`), it is sent again to the letter; else it takes along
/// what came since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageEnding {
    /// It is there.
    Sent,
    /// The channel takes none before this time.
    Limited {
        /// The earliest time.
        until: Time,
        /// Whether an earlier attempt may have arrived.
        ambiguous: bool,
    },
    /// It has to be tried again.
    Again {
        /// The earliest time.
        at: Time,
        /// Why.
        why: String,
        /// Whether this attempt, or an earlier one, may have arrived.
        ambiguous: bool,
    },
    /// It never will be there.
    Dead {
        /// Why.
        why: String,
    },
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// It is not known to be there.
    Open,
    /// It is there.
    Sent,
    /// It was given up.
    Dead,
}

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageRow {
    /// Its transaction.
    pub transaction: String,
    /// Its channel.
    pub channel: String,
    /// What it says.
    pub digest: PushDigest,
    /// Where it stands.
    pub state: MessageState,
    /// When it was put together.
    pub created: Time,
    /// When it was sent or given up.
    pub ended: Option<Time>,
    /// How often it was tried.
    pub attempts: u32,
    /// The last failure.
    pub error: Option<String>,
}

/// Which rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many to leave out.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
    /// Only those of this node (deliveries, runs) or channel (messages).
    pub of: Option<String>,
}

impl Default for Window {
    fn default() -> Self {
        Self { offset: 0, limit: 50, of: None }
    }
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryRow {
    /// `source:id`.
    pub id: String,
    /// Who sent it.
    pub source: Source,
    /// The event.
    pub event: String,
    /// `owner/name`.
    pub repository: Option<String>,
    /// The node that it is about.
    pub node: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The commit before.
    pub before: Option<String>,
    /// The commit after.
    pub after: Option<String>,
    /// Who pushed.
    pub author: Option<String>,
    /// How many commits.
    pub commits: Option<u32>,
    /// When it arrived.
    pub received: Time,
    /// What became of it.
    pub disposition: Disposition,
    /// The delivery that it repeats.
    pub duplicate_of: Option<String>,
    /// How often it came under this id.
    pub seen: u32,
    /// The runs that it is part of.
    pub runs: Vec<String>,
}

/// A delivery, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// What a list shows.
    pub row: DeliveryRow,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body; empty once it is forgotten.
    pub body: Vec<u8>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It waits for its first attempt.
    Queued,
    /// It runs.
    Running,
    /// It failed, and waits for its next attempt.
    Retrying,
    /// It was decided.
    Done,
    /// It was given up.
    Dead,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// Its node.
    pub node: String,
    /// Why it takes place, each reason once.
    pub causes: Vec<Cause>,
    /// Its deliveries, oldest first.
    pub deliveries: Vec<String>,
    /// Where it stands.
    pub state: RunState,
    /// Since when it waits.
    pub queued: Time,
    /// When its last attempt began.
    pub started: Option<Time>,
    /// When it ended.
    pub finished: Option<Time>,
    /// When the next attempt is due.
    pub next: Option<Time>,
    /// How many attempts there were.
    pub attempts: u32,
    /// What it came to.
    pub verdict: Option<Verdict>,
    /// The last failure.
    pub error: Option<String>,
    /// What it did elsewhere.
    pub effects: Vec<String>,
    /// What the latest of its pushes moved.
    pub moved: Option<Moved>,
    /// Its log, of all attempts; empty in lists.
    pub log: String,
}

/// A branch that somebody pushed to. Every text is somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The branch.
    pub branch: String,
    /// Where it stands since.
    pub commit: String,
    /// Who pushed.
    pub author: Option<String>,
}

/// What is known of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeState {
    /// Its name.
    pub node: String,
    /// Where its branch stood when we last heard.
    pub head: Option<String>,
    /// Since when.
    pub head_at: Option<Time>,
    /// Its last delivery.
    pub last_delivery: Option<String>,
    /// When that arrived.
    pub last_delivery_at: Option<Time>,
    /// Its last run.
    pub last_run: Option<String>,
}

/// A pointer, and what is remembered of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Names it among the pointers.
    pub key: String,
    /// What it points to.
    pub target: Target,
    /// What looks showed so far, with the state and the evidence.
    pub history: History,
    /// What the last look showed, as a sentence.
    pub reason: String,
    /// Whether it was cleared; then it is still looked at, slowly.
    pub tombstone: bool,
    /// When to look again.
    pub next_probe: Time,
}

/// Where a contract or a client stood when a run looked last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// What was found.
    pub standing: Standing,
    /// Since when it stands so.
    pub since: Time,
    /// The run that found it.
    pub run: String,
}

impl Stood {
    /// What is known now that a run found this. That a proposal is open is known only to runs that propose: one that
    /// finds the same record as drifted has not heard of it.
    pub(crate) fn now(before: Option<Self>, standing: &Standing, run: &str, now: Time) -> Self {
        let found = Self { standing: standing.clone(), since: now, run: run.to_owned() };
        let Some(before) = before else { return found };
        let is_same_record = before.standing.record == standing.record;
        if before.standing.state == State::Proposed && standing.state == State::Drifted && is_same_record {
            return before;
        }
        let since = if before.standing.state == standing.state { before.since } else { now };
        Self { since, ..found }
    }
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Jobs by kind and state.
    pub jobs: Vec<(JobKind, JobState, u64)>,
    /// Deliveries by disposition.
    pub deliveries: Vec<(Disposition, u64)>,
    /// Messages that are not known to be there.
    pub open_messages: u64,
}
