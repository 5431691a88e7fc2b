//! The files of record, and the only way to change them: all or nothing.
//!
//! A [`Transaction`] stages everything beside its target, names the exchanges in a journal, swaps each one
//! and clears the journal. A process that dies anywhere in between leaves either the old tree or a journal,
//! and [`recover`] rolls that forward. Everything here refuses to follow a symlink below the root.

mod cache;
mod contract;
mod error;
mod folder;
mod inspect;
mod journal;
mod outbox;
mod place;
mod private;
mod record;
mod recover;
mod transaction;
mod tree;

pub use cache::Kept;
pub use contract::{ContractFiles, undeclared};
pub use error::StoreError;
pub use inspect::{check_record, inspect_snapshot};
pub use journal::Journal;
pub use outbox::{Outbox, run_name};
pub use record::{
    LOCK_VERSION, RECORD_VERSION, parse_lock, parse_record, parse_waivers, print_lock, print_record,
    print_waivers,
};
pub use recover::{Recovered, abandon, pending, recover};
pub use transaction::{Committed, Transaction};
pub use tree::{read_file, read_tree, split_keep};
