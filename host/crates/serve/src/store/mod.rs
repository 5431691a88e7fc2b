//! What survives a crash: deliveries, jobs, runs, messages, nodes and pointers.
//!
//! [`Store`] is the border: an operation is one transaction, and what it answered is on the disk. SQLite is the store
//! that needs no set-up; PostgreSQL is the one that several servers share. What they do with their tables is written
//! once (`sql`), and the same suite (`conformance`) runs over both.

#[cfg(test)]
mod conformance;
mod postgres;
mod record;
mod sql;
mod sqlite;

use crate::time::Time;
use crate::work::Standing;
pub use postgres::PostgresStore;
pub use record::{
    Arrival, Budget, Claim, ClaimedDelivery, Counts, Delivery, DeliveryRow, Disposition, JobKind, JobState,
    MessageEnding, MessageRow, MessageState, Moved, NodeState, Outgoing, Pointer, Received, RunRow, RunState,
    Settling, Stood, Taken, Window,
};
pub use sqlite::SqliteStore;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use thiserror::Error;

/// The answer of a store.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why a store could not do something.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// It was written by a later version.
    #[error("the store `{file}` has version {found}, and this program knows versions up to {known}")]
    Newer {
        /// The file; or the database's address, without its password.
        file: String,
        /// Its version.
        found: u32,
        /// The last version that this program knows.
        known: u32,
    },
    /// The store cannot be opened.
    #[error("the store `{file}` cannot be opened: {why}")]
    Open {
        /// The file; or the database's address, without its password.
        file: String,
        /// Why.
        why: String,
    },
    /// It cannot be read or written now: a full disk, a lock, a fault.
    #[error("the store does not answer: {why}")]
    Down {
        /// Why.
        why: String,
    },
    /// Others changed the same at the same time, again and again. Nothing has taken place.
    #[error("the store is contended: {why}")]
    Contended {
        /// What stood in the way.
        why: String,
    },
    /// It holds what it must not.
    #[error("the store holds what it must not: {why}")]
    Broken {
        /// What.
        why: String,
    },
}

/// What a store does. Each operation is one transaction, whole or not at all.
pub trait Store: Send + Sync + 'static {
    /// Keeps a delivery and everything that follows from it: its run, its messages' lines, the node's head. A
    /// delivery that was there before, by id or by content, has no further effect.
    fn receive(&self, arrival: Arrival) -> Answer<'_, Received>;

    /// Takes the job that is due for longest. Jobs of one queue never run at the same time, and a claim that ran out
    /// counts as none.
    fn claim<'a>(
        &'a self,
        kind: JobKind,
        worker: &'a str,
        now: Time,
        lease: Duration,
    ) -> Answer<'a, Option<Claim>>;

    /// Prolongs a claim, and keeps the log so far. `false` where it was lost.
    fn renew<'a>(&'a self, claim: &'a Claim, until: Time, log: Option<String>) -> Answer<'a, bool>;

    /// Ends a claim. `false` where it was lost, and then nothing is changed.
    fn settle<'a>(&'a self, claim: &'a Claim, settling: Settling) -> Answer<'a, bool>;

    /// When the next job of a kind is due; none where nothing waits.
    fn next_due(&self, kind: JobKind) -> Answer<'_, Option<Time>>;

    /// Puts everything that may be sent to the claim's channel now into one message, with its transaction on the disk; or
    /// the message whose fate is open once more. The claim is what keeps two from speaking to a channel at a time.
    fn take_message<'a>(&'a self, claim: &'a Claim, now: Time, budget: Budget) -> Answer<'a, Taken>;

    /// Keeps what became of a message. Where the claim was lost, only that it is there changes anything.
    fn settle_message<'a>(
        &'a self,
        claim: &'a Claim,
        transaction: &'a str,
        now: Time,
        ending: MessageEnding,
    ) -> Answer<'a, ()>;

    /// Makes a new run of what a run or a delivery stood for, and names it; none where there is no such.
    fn replay<'a>(&'a self, id: &'a str, now: Time) -> Answer<'a, Option<String>>;

    /// Remembers where a node's branch stands, without a run.
    fn see_head<'a>(&'a self, node: &'a str, head: &'a str, now: Time) -> Answer<'a, ()>;

    /// Keeps what a run found, in the place of what was found of the same before.
    fn put_standings<'a>(&'a self, run: &'a str, now: Time, standings: &'a [Standing]) -> Answer<'a, ()>;

    /// What was found last of each contract and client.
    fn standings(&self) -> Answer<'_, Vec<Stood>>;

    /// Keeps what is known of a pointer.
    fn put_pointer(&self, pointer: Pointer) -> Answer<'_, ()>;

    /// Whether it is for `holder` to do what one server of several does, from now until then: it had the turn, or
    /// nobody has it.
    fn turn<'a>(&'a self, duty: &'a str, holder: &'a str, now: Time, until: Time) -> Answer<'a, bool>;

    /// Whether other servers put into it what nobody tells this one of, so that somebody has to look.
    fn is_shared(&self) -> bool;

    /// Forgets bodies, logs and finished jobs from before a time.
    fn tidy(&self, before: Time) -> Answer<'_, usize>;

    /// Writes and takes back, to see whether writing works.
    fn probe(&self) -> Answer<'_, ()>;

    /// Deliveries, newest first.
    fn deliveries(&self, window: Window) -> Answer<'_, Vec<DeliveryRow>>;

    /// One delivery, whole.
    fn delivery<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Delivery>>;

    /// Runs, newest first; without their logs.
    fn runs(&self, window: Window) -> Answer<'_, Vec<RunRow>>;

    /// One run with its log.
    fn run<'a>(&'a self, id: &'a str) -> Answer<'a, Option<RunRow>>;

    /// What is known of each node that ever was heard of.
    fn nodes(&self) -> Answer<'_, Vec<NodeState>>;

    /// All pointers, by key.
    fn pointers(&self) -> Answer<'_, Vec<Pointer>>;

    /// Messages that are not sent, and the latest that are.
    fn messages(&self, window: Window) -> Answer<'_, Vec<MessageRow>>;

    /// How many jobs of each state there are, and how many deliveries of each disposition.
    fn counts(&self) -> Answer<'_, Counts>;
}
