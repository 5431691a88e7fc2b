//! What people and programs look at: pages, JSON and the OpenAPI document of `countersign serve`, as pure functions of
//! plain data. Nothing here reads a clock, a file or a socket: times and rows arrive, text leaves.
//!
//! Every text in a view may be somebody else's: a forge's, a plugin's, a specification's. The pages' escape makes it
//! inert wherever a template shows it; no template turns the escape off.
//!
//! What the server does with it: parse the query with a [`filter`], read a [`view`], and answer with [`html`] or
//! [`json`]; send [`headers::PAGE`] with every page, serve [`assets`] below `/static/`, and send an event named `change`
//! from `/events` (server-sent events) when anything changed. Forms post to [`address::Action`]s, each with [`html::CSRF_FIELD`].

pub mod address;
pub mod api;
pub mod assets;
mod escape;
pub mod filter;
pub mod headers;
pub mod html;
pub mod json;
pub mod openapi;
mod select;
mod text;
pub mod view;
