//! The server as its senders meet it: over HTTP, with a host that counts what it is asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod browser;
mod catch_up;
mod events;
mod health;
mod http;
mod kill;
mod mangled;
mod messages;
mod once;
mod operate;
mod pages;
mod pointers;
mod receive;
mod reload;
mod replicas;
mod server;
mod sign;
mod work;
