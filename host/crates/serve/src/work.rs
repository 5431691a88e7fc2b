//! What `serve` asks of the host: runs, messages, heads, reloads. Every call blocks, and is made on a thread for that.

use crate::settings::{Node, Settings};
use crate::time::Time;
use countersign_model::target::{Cure, Look, Target};
use countersign_model::{Digest, PushLine, Verdict};
use countersign_serve_page::filter::Paging;
use countersign_serve_page::view::{self as page, Listing, Overview, RecordChange};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who sent a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// GitHub, or GitHub Enterprise Server.
    Github,
    /// Gitea or Forgejo.
    Gitea,
    /// GitLab.
    Gitlab,
    /// A sender that follows Standard Webhooks.
    Generic,
    /// Nobody: we found it ourselves when heads were compared.
    Reconcile,
    /// A person who asked for a run.
    Manual,
}

impl Source {
    /// The word for it in addresses, logs and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitea => "gitea",
            Self::Gitlab => "gitlab",
            Self::Generic => "generic",
            Self::Reconcile => "reconcile",
            Self::Manual => "manual",
        }
    }
}

/// Why a run takes place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A branch was pushed to.
    Push,
    /// Somebody sent a dispatch of this type.
    Dispatch(String),
    /// Somebody asked for the run again.
    Replay,
}

/// What sets a run off. Several deliveries of one node that wait together are one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The run. It stays the same over attempts, so effects may be keyed by it.
    pub run: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The node, as configured now.
    pub node: Node,
    /// Why, each reason once.
    pub causes: Vec<Cause>,
    /// The deliveries, oldest first. A run that a push caused names at least one.
    pub deliveries: Vec<String>,
    /// The branch.
    pub branch: String,
    /// The commit before the first push; none where the branch is new or it is not known.
    pub before: Option<String>,
    /// The commit after the last push, where it is known.
    pub after: Option<String>,
}

/// Where a run writes what it does. Text is kept as it is and escaped where it is shown.
pub trait RunLog: Send {
    /// One line.
    fn line(&mut self, text: &str);
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutcome {
    /// How it ended.
    pub ending: Ending,
    /// What it did elsewhere, a sentence each: a pull request, a message, a dispatch.
    pub effects: Vec<String>,
    /// Where it found contracts and clients standing.
    pub standings: Vec<Standing>,
}

impl RunOutcome {
    /// A run that ended so, and neither did nor found anything.
    pub fn ended(ending: Ending) -> Self {
        Self { ending, effects: Vec::new(), standings: Vec::new() }
    }
}

/// Where a run found a contract, or a client of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The contract.
    pub contract: String,
    /// The client; none for the contract itself.
    pub client: Option<String>,
    /// Where it stands.
    pub state: page::State,
    /// What there is to say of that.
    pub note: Option<String>,
    /// Where more can be seen: the pull request.
    pub link: Option<page::Link>,
    /// The contract's record at that time. Of another record this says nothing.
    pub record: Option<Digest>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was decided.
    Done(Verdict),
    /// Something that passes stood in the way: once more, not before this time where one is given (`Retry-After`).
    Retry {
        /// What stood in the way.
        why: String,
        /// The earliest time that makes sense.
        not_before: Option<Time>,
    },
    /// It will never succeed.
    Dead {
        /// Why.
        why: String,
    },
}

/// One message to a channel: what was pushed, as data. Every text is somebody else's; the host escapes it for the
/// channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDigest {
    /// One line for each repository and branch, in the order in which they were first pushed to.
    pub lines: Vec<PushLine>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is there.
    Sent,
    /// The channel takes none before this time, and this one is certainly not there.
    Limited {
        /// The earliest time for the next one.
        until: Time,
    },
    /// It may be there. It is sent again with the same transaction.
    Unknown,
    /// It is not there.
    Failed {
        /// Why.
        why: String,
        /// Whether it never will be.
        permanent: bool,
    },
}

/// What a reload asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Wanted {
    /// The branch that moved.
    pub branch: Option<String>,
    /// The commit that it moved to.
    pub commit: Option<String>,
}

/// What became of a reload.
pub enum Reconciled {
    /// Nothing was new upstream. A state comes along where the configuration on the disk is another than ours.
    InSync {
        /// Where we stand.
        commit: String,
        /// What to serve from now on.
        state: Option<Box<State>>,
    },
    /// The work tree moved on, and this is built from it.
    FastForwarded {
        /// Where we stood.
        from: String,
        /// Where we stand.
        to: String,
        /// What to serve from now on.
        state: Box<State>,
    },
    /// The work tree holds what upstream does not.
    Diverged {
        /// Our commit.
        ours: String,
        /// Upstream's.
        theirs: String,
    },
    /// Upstream could not be read.
    FetchFailed {
        /// Why.
        why: String,
    },
    /// What is there now cannot be served. What was served before stays.
    Invalid {
        /// Why, as a problem and its hint.
        why: String,
    },
}

/// Where a branch stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub commit: String,
    /// Who made it, where that is known.
    pub author: Option<String>,
    /// How many commits are new, where that is known.
    pub commits: Option<u32>,
}

/// What is served: configuration and the host's side of it, swapped at once.
#[derive(Clone)]
pub struct State {
    /// The configuration.
    pub settings: Settings,
    /// What carries it out.
    pub work: Arc<dyn Work>,
}

/// What `serve` asks of the host. Every call blocks.
pub trait Work: Send + Sync + 'static {
    /// One run of the pipeline: isolated work tree, check, propose, notify. It may be called again for the same
    /// [`Trigger::run`] after a failure or a crash.
    fn run(&self, trigger: &Trigger, log: &mut dyn RunLog) -> RunOutcome;

    /// Sends one message. Where the other side knows transactions, a second one with the same has no effect; `again` says
    /// that an earlier attempt may have arrived, for those that do not.
    fn say(&self, channel: &str, transaction: &str, digest: &PushDigest, again: bool) -> Sent;

    /// Where the node's branch points to; none where there is no such branch. `since` is where it stood when we last
    /// heard; whoever pushed since, and how much, is told where that is cheap.
    ///
    /// # Errors
    /// Why the forge could not be asked.
    fn head(&self, node: &Node, since: Option<&str>) -> Result<Option<Head>, String>;

    /// Asks the forge for failed deliveries of the node again, and says for how many.
    ///
    /// # Errors
    /// Why it could not be asked.
    fn redeliver(&self, node: &Node) -> Result<usize, String>;

    /// Whether our work tree holds this commit already, so that a reload has nothing to do. No network, no lock.
    fn knows(&self, wanted: &Wanted) -> bool;

    /// Reconciles our work tree with upstream, and builds the new state aside. Called once at a time.
    fn reconcile(&self, wanted: &Wanted) -> Reconciled;

    /// The signing keys of an issuer of OpenID Connect tokens, as a JWK set (RFC 7517).
    ///
    /// # Errors
    /// Why they could not be had.
    fn signing_keys(&self, issuer: &str) -> Result<String, String> {
        Err(format!("no way to ask `{issuer}` for its keys"))
    }

    /// Every contract and client as they stand. Its nodes are filled in from the store. Empty by default.
    fn overview(&self) -> Overview {
        Overview::default()
    }

    /// A page of the changes of a contract's record, newest first; none where nothing is known of them. It is asked of
    /// contracts that the overview has.
    fn history(&self, contract: &str, paging: Paging) -> Option<Listing<RecordChange>> {
        let _ = (contract, paging);
        None
    }

    /// The pointers that the gone-ladder watches, each with what tells it from all others. None by default.
    fn targets(&self) -> Vec<(String, Target)> {
        Vec::new()
    }

    /// Looks at one of them; none where it could not be looked at.
    fn look(&self, key: &str, target: &Target) -> Option<Look> {
        let _ = (key, target);
        None
    }

    /// Does what follows from a look: heals a name, clears a pointer, restores it.
    ///
    /// # Errors
    /// Why it could not be done. It is tried again at the next look.
    fn cure(&self, target: &Target, cure: &Cure) -> Result<(), String> {
        let _ = (target, cure);
        Ok(())
    }
}
