//! The receiver that loses nothing: `countersign serve`.
//!
//! It takes deliveries of forges, and acknowledges one only when it is on the disk; it makes runs, messages and
//! records of them, each once; and it says how it fares. What a run does, how a message is sent and where a branch
//! stands it asks through [`Work`], so it names neither the pipeline nor a forge. It is the only crate that listens.

mod body;
mod catch_up;
mod events;
mod health;
mod log;
mod message;
mod metrics;
mod pages;
mod pointers;
mod problem;
mod random;
mod receive;
mod reload;
mod server;
mod settings;
mod shared;
mod site;
mod store;
mod system;
mod time;
mod work;
mod worker;

pub use log::Log;
pub use pages::Pages;
pub use reload::Outcome;
pub use server::{ServeError, Service, listener, run, serve};
pub use settings::{Hooks, Limits, Node, Oidc, ReloadSettings, Repository, Secret, Settings};
pub use site::{Ask, Desk, Page, Site};
pub use store::{
    Answer, Arrival, Budget, Claim, ClaimedDelivery, Counts, Delivery, DeliveryRow, Disposition, JobKind,
    JobState, MessageEnding, MessageRow, MessageState, Moved, NodeState, Outgoing, Pointer, PostgresStore,
    Received, RunRow, RunState, Settling, SqliteStore, Stood, Store, StoreError, Taken, Window,
};
pub use time::{Clock, Time};
pub use work::{
    Cause, Ending, Head, PushDigest, Reconciled, RunLog, RunOutcome, Sent, Source, Standing, State, Trigger,
    Wanted, Work,
};
