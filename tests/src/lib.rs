//! Helpers of the end-to-end tests: a repository of its own for each test, the real binary in it, and
//! whatever the binary talks to.
//!
//! Nothing here decides whether a test passes but [`Output::exits`]; a helper that cannot do its work panics.

mod binary;
mod browser;
mod chains;
mod component;
mod daemon;
mod documents;
mod generators;
mod linters;
mod peers;
mod postgres;
mod provider;
mod python;
mod rust;
mod sandbox;
mod server;
mod service;
mod typescript;
mod watcher;

pub use binary::{binary, is_running};
pub use browser::{Browser, browser, scratch};
pub use chains::{Chains, chains};
pub use component::{component, module};
pub use daemon::{Answered, Daemon, HOOK_SECRET, RELOAD_TOKEN};
pub use documents::{api, contract, edited, pretty};
pub use generators::{CLIENT, CLIENT_OUTPUT, Generators, generators, project, service, service_document};
pub use linters::{linters, shipped};
pub use peers::{
    Behaviour, Emulator, Exchange, FaultServer, Person, Prism, Reply, Room, Rule, Synapse, Verifiers, ask,
};
pub use postgres::{Postgres, postgres};
pub use provider::{Provider, states};
pub use python::{in_ci, python};
pub use rust::rust;
pub use sandbox::{Output, Sandbox};
pub use server::{Answer, Request, Server};
pub use service::Service;
pub use typescript::{program, typescript};
pub use watcher::{INCIDENT, OUTPUT, PROGRAMS, accepted, fresh};

use sha2::{Digest as _, Sha256};

/// A digest as Countersign writes it.
pub fn digest(bytes: &[u8]) -> String {
    let hexadecimal: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hexadecimal}")
}
