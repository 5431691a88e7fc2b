//! Real peers: somebody else's servers, which say what our requests are worth, and one of ours that fails on
//! purpose. Each listens on this machine, on a port of its own, and ends when it is dropped or with the test's
//! process.

mod emulator;
mod fault;
mod http;
mod prism;
mod process;
mod synapse;
mod webhooks;

pub use emulator::Emulator;
pub use fault::{Behaviour, Exchange, FaultServer, Rule};
pub use http::{Reply, ask};
pub(crate) use http::{read_head, read_request_body, write_reply};
pub use prism::Prism;
pub(crate) use process::free_port;
pub use synapse::{Person, Room, Synapse};
pub use webhooks::Verifiers;
