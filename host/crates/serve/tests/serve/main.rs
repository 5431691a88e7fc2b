//! The server as its senders meet it: over HTTP, with a host that counts what it is asked for.

mod catch_up;
mod health;
mod http;
mod kill;
mod mangled;
mod messages;
mod once;
mod receive;
mod reload;
mod server;
mod sign;
mod work;
