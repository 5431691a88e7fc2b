//! What Countersign does.
//!
//! This crate reads `pipeline.toml`, plans, runs the stages through the engine, keeps the records and asks
//! version control. It prints nothing and decides no exit status: it returns reports.

mod canary;
pub mod config;
pub mod event;
pub mod forges;
pub mod git;
mod hooks;
pub mod preset;
pub mod project;
pub mod stage;
pub mod store;
pub mod targets;
pub mod tool;
pub mod web;
mod witness;

/// Bytes of stack of a worker thread: that of a main thread, since documents nest as deeply in either.
const STACK: usize = 8 << 20;

/// Make the threads that work is spread over. To be called once, before any work; without it they are those of rayon.
pub fn start_workers() {
    // They exist already where somebody else was first, and theirs do as well.
    drop(rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global());
}
