//! What people and programs look at: pages, JSON and the OpenAPI document of `countersign serve`, as pure functions of
//! plain data. Nothing here reads a clock, a file or a socket: times and rows arrive, text leaves.
//!
//! Every text in a view may be somebody else's: a forge's, a plugin's, a specification's. The pages' escape makes it
//! inert wherever a template shows it; no template turns the escape off.

pub mod view;
