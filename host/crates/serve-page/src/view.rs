//! What there is to see, as plain data: the pages and the JSON are views of these and of nothing else.
//!
//! Fields are in snake case and words in kebab case, as in the reports of the command line. A field that is not known is
//! left out. Times are UTC (RFC 3339).

mod contract;
mod delivery;
mod health;
mod listing;
mod node;
mod overview;
mod pointer;
mod problem;
mod run;

pub use contract::{
    ClientRow, ContractPage, ContractRow, Excerpt, ExcerptLine, ExcerptMark, RecordChange, ShownChange,
};
pub use delivery::{DeliveryOutcome, DeliveryPage, DeliveryRow, Header, Source};
pub use health::{HookHealth, HooksHealth, Liveness, Readiness};
pub use listing::Listing;
pub use node::{NodeRow, NodeState};
pub use overview::{ClientState, Consumers, ContractState, Detail, Overview, State, StateCounts};
pub use pointer::{Evidence, PointerRow};
pub use problem::ProblemDetails;
pub use run::{Cause, Effect, EffectState, LogLevel, LogLine, RunPage, RunRow, RunState, Trigger};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A link to something elsewhere, such as a pull request. A page makes an anchor of it only if the address is
/// `https:` or `http:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// What it is called, such as `acme/api#12`.
    pub text: String,
    /// The address.
    pub url: String,
}

/// Something that happened, and when: a delivery, or a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When.
    pub at: jiff::Timestamp,
}
