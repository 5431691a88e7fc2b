//! The files of the client.

use crate::emit::Code;
use crate::lower::Lowered;
use crate::prose;
use crate::settings::Settings;

/// One file of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Relative to the client's output folder.
    pub path: String,
    /// The text.
    pub content: String,
}

/// What the code depends on, always or where it names the crate: the line of `Cargo.toml`.
const DEPENDENCIES: &[(&str, Need, &str)] = &[
    ("base64", Need::Named, r#""0.22""#),
    ("chrono", Need::Named, r#"{ version = "0.4", default-features = false, features = ["serde", "std"] }"#),
    ("futures", Need::Named, r#""0.3""#),
    ("progenitor-client", Need::Always, r#""0.15""#),
    ("rand", Need::Named, r#""0.9""#),
    ("regress", Need::Named, r#""0.12""#),
    (
        "reqwest",
        Need::Always,
        r#"{ version = "0.13", default-features = false, features = ["json", "query", "stream"] }"#,
    ),
    ("serde", Need::Always, r#"{ version = "1", features = ["derive"] }"#),
    ("serde_json", Need::Named, r#""1""#),
    ("uuid", Need::Named, r#"{ version = "1", features = ["serde"] }"#),
];

/// When the code depends on a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Always,
    Named,
}

/// A crate, or a module that says what it needs.
pub(crate) fn files(code: &Code, lowered: &Lowered, settings: &Settings) -> Vec<File> {
    let version = settings.version.as_deref().unwrap_or("0.1.0");
    match &settings.package {
        Some(name) => vec![
            File { path: "Cargo.toml".into(), content: manifest(name, version, code, lowered) },
            File { path: "src/lib.rs".into(), content: source(code, lowered, "") },
        ],
        None => vec![File { path: "mod.rs".into(), content: source(code, lowered, &needs(code)) }],
    }
}

fn dependencies(code: &Code) -> String {
    let needed =
        DEPENDENCIES.iter().filter(|(name, need, _)| *need == Need::Always || code.crates.contains(name));
    needed.map(|(name, _, spec)| format!("{name} = {spec}\n")).collect()
}

fn manifest(name: &str, version: &str, code: &Code, lowered: &Lowered) -> String {
    let description = string(&prose::single(&format!("Client of {}", lowered.title)));
    let dependencies = dependencies(code);
    format!(
        "# Generated from the API's document; changes are overwritten.

[package]
name = \"{name}\"
version = \"{version}\"
edition = \"2021\"
description = {description}

[lib]
# Text of the API's document is no test.
doctest = false

[features]
default = [\"tls\"]
# What `https` needs.
tls = [\"reqwest/default-tls\"]

[dependencies]
{dependencies}"
    )
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn needs(code: &Code) -> String {
    let lines: String = dependencies(code).lines().map(|line| format!("//     {line}\n")).collect();
    format!(
        "//\n// The crate that holds this module needs, for `https` with reqwest's feature `default-tls`:\n//\n{lines}"
    )
}

/// Lints are of no use here, and rustfmt would change what is compared with the record.
const HEAD: &str = "#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(
    warnings,
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]
";

fn source(code: &Code, lowered: &Lowered, needs: &str) -> String {
    let api = format!("{} {}", lowered.title, lowered.version);
    let api = api.trim();
    format!(
        "// @generated from the document of {api}; changes are overwritten.\n{needs}\n{HEAD}\n{}",
        code.text
    )
}
