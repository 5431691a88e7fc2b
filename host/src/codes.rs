//! What the codes mean that Countersign and its built-in plugins give. Rules carry their own text.
//!
//! A test reads the sources of the workspace: a code without an entry fails it, and so does an entry that
//! nothing gives any more.

mod canary;
mod configuration;
mod document;
mod finding;
mod forge;
mod hooks;
mod notice;
mod plugin;
mod proposal;
mod record;
mod serve;
mod tool;
mod versions;
mod writing;

use std::sync::LazyLock;

/// A code, its explanation and its advice, both in Markdown.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) id: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) advice: &'static str,
}

const fn code(id: &'static str, explanation: &'static str, advice: &'static str) -> Code {
    Code { id, explanation, advice }
}

/// The areas. Each is in the order of its ids.
const AREAS: [&[Code]; 14] = [
    canary::CODES,
    configuration::CODES,
    document::CODES,
    finding::CODES,
    forge::CODES,
    hooks::CODES,
    notice::CODES,
    plugin::CODES,
    proposal::CODES,
    record::CODES,
    serve::CODES,
    tool::CODES,
    versions::CODES,
    writing::CODES,
];

/// Every code that has an explanation, in the order of their ids.
pub(crate) static CODES: LazyLock<Vec<&'static Code>> = LazyLock::new(|| {
    let mut codes: Vec<_> = AREAS.into_iter().flatten().collect();
    codes.sort_by_key(|code| code.id);
    codes
});

#[cfg(test)]
mod tests;
