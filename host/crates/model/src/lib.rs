//! The nouns and rules of Countersign.
//!
//! This crate decides and never does: no files, no clock, no network, no WebAssembly engine. Everything
//! that it needs to know arrives as an argument, so every rule can be tested with plain values. It also
//! builds for `wasm32-unknown-unknown`.

mod canary;
mod change;
mod digest;
mod hooks;
mod lock;
mod name;
mod notice;
mod path;
mod problem;
mod proposal;
mod pushes;
mod report;
mod settle;
mod snapshot;
pub mod target;
mod tree;
mod untrusted;
mod verdict;
mod waiver;

pub use canary::{
    CANARY_SCHEMA_VERSION, CanaryContract, CanaryCounts, CanaryEndpoint, CanaryReport, EndpointState,
    Violation, ViolationRule,
};
pub use change::{Change, ChangeSet, Direction, Fingerprint, Impact, Location, Side, Witness, WitnessProof};
pub use digest::{Digest, InvalidDigest};
pub use hooks::{
    HOOK_EVENTS, HOOKS_VERSION, HookDeed, HookFault, HookFaultKind, HookState, HookWrite, HooksReport,
    RepositoryHooks,
};
pub use jiff::civil::Date;
pub use lock::{ClientLock, LockedTool, Record};
pub use name::{InvalidName, Name};
pub use notice::{ImpactCounts, Notice, NoticeState, NoticeVerdict, Provider, SentNotice};
pub use path::{InvalidTreePath, TreePath};
pub use problem::{Position, Problem};
pub use proposal::{
    PROPOSALS_VERSION, Proposal, ProposalBase, ProposalState, Proposals, ProposedChange, ProposedFile,
    ProposedPull,
};
pub use pushes::{PushLine, PushNotice, PushVerdict};
pub use report::{
    BaselineReport, Cage, Cause, ClientReport, ClientState, ContractReport, Counts, Fix, Observation,
    ObservedFrom, Place, Proof, RecordState, Report, ReportedWaiver, SCHEMA_VERSION,
};
pub use settle::{Block, Blocked, Finding, FindingState, Settlement, settle};
pub use snapshot::{Baseline, Beside, Canonical, Observed, RawDocument, Recorded, Snapshot};
pub use target::{Assessment, Cure, Target, TargetKind, TargetReport, TargetState, assess};
pub use tree::{FileChange, FileChangeKind, GeneratedTree, TreeDiff, TreeProblem};
pub use untrusted::{Untrusted, github_data, github_property, is_deceptive, markdown, terminal};
pub use verdict::Verdict;
pub use waiver::{Waiver, WaiverState};
