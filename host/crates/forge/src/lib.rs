//! What Countersign does on a forge: GitHub (with GitHub Enterprise Server), Gitea and Forgejo behind one
//! interface. The only crate that names octocrab.
//!
//! It owns tokens and the budget of requests, and refuses to send a write twice: an answer that leaves open
//! whether a write took effect is [`ForgeError::Unknown`], and settled by looking. Answers are read tolerantly: a
//! field that is missing in a 2xx answer is never an error after the fact. Every method blocks its thread.

mod answers;
mod budget;
mod call;
mod client;
mod clock;
mod comments;
mod dispatch;
mod error;
mod forge;
mod hooks;
mod look;
mod model;
mod pages;
mod publish;
mod pulls;
mod repository;
mod settings;
mod settle;
mod statuses;
mod token;
mod transport;
mod verdict;

pub use error::ForgeError;
pub use forge::Forge;
pub use model::{
    AppAccess, BranchCreated, Change, CommitInfo, Hook, HookSettings, Identity, LastDelivery, Look, NewPull,
    Publication, Published, Pull, PullState, PullUpdate, RepositoryInfo, Slug, StateOfStatus, Status,
    WorkflowDispatch,
};
pub use settings::{Access, Budget, ForgeKind, ForgeSettings, Secret};
