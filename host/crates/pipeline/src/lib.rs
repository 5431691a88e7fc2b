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
