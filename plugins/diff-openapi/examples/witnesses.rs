//! How many breaking changes of schemas have a witness, and whether each holds:
//! `witnesses [--list] BASE HEAD [BASE HEAD]...`. Policy `wire`.

#![expect(clippy::disallowed_macros, reason = "a program of its own, whose output is its result")]

#[path = "../tests/witnesses/bundle.rs"]
mod bundle;
#[path = "../tests/witnesses/hold.rs"]
mod hold;

use countersign_document::{Document, Printer};
use countersign_plugin::{Change, Impact};
use diff_openapi::{Policy, Settings};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// What follows the place in rules that no value can show, since validators do not look at what changed.
const NOT_SHOWN: &[&str] = &["-content-", "-default-value-", "-discriminator-", "-encoding-changed"];
/// Rules about bodies, parameters and headers as wholes, which no value of a schema can show.
const NOT_OF_SCHEMAS: &[&str] = &[
    "request-body-added",
    "request-body-removed",
    "request-body-became-required",
    "request-body-became-optional",
    "request-body-media-type",
    "request-body-encoding",
    "request-parameter-removed",
    "request-parameter-became-required",
    "request-parameter-became-optional",
    "request-parameter-style",
    "request-parameter-allow-reserved",
    "response-body-media-type",
    "response-body-encoding",
    "response-header-became-optional",
    "response-header-removed",
];
const OF_SCHEMAS: &[&str] = &[
    "request-body-",
    "request-property-",
    "request-parameter-",
    "response-body-",
    "response-property-",
    "response-header-",
    "response-required-property-",
    "response-optional-property-",
    "new-required-request-property",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let list = arguments.first().is_some_and(|first| first == "--list");
    arguments.drain(..usize::from(list));
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut held, mut shown) = (0, 0);
    for pair in arguments.chunks_exact(2) {
        let (base, head) = (canonical(&pair[0])?, canonical(&pair[1])?);
        let Ok(found) = diff_openapi::changes(&base, &head, &Settings::of(Policy::Wire)) else { continue };
        let documents = (serde_json::from_slice(&base)?, serde_json::from_slice(&head)?);
        for change in &found {
            let fault = change
                .witness
                .as_ref()
                .map(|witness| hold::fault(&documents.0, &documents.1, change, witness));
            if let Some(fault) = &fault {
                shown += 1;
                held += usize::from(fault.is_none());
                fault.iter().for_each(|fault| println!("FAULT {} {fault}", pair[0]));
            }
            if change.impact == Impact::Breaking && is_of_schemas(change) {
                let count = counts.entry(change.rule.clone()).or_default();
                count.0 += 1;
                count.1 += usize::from(fault == Some(None));
                if list && fault != Some(None) {
                    println!("none  {} {} {}", change.rule, change.subject, pair[0]);
                }
            }
            if let (true, Some(witness)) = (list, &change.witness) {
                println!("value {} {} {}", change.rule, change.subject, witness.value);
            }
        }
    }
    let total = counts.values().fold((0, 0), |all, count| (all.0 + count.0, all.1 + count.1));
    for (rule, (all, with)) in counts.iter().filter(|(_, (all, with))| all > with) {
        println!("{rule}: {with} of {all}");
    }
    println!("witnesses that hold: {held} of {shown}");
    let not_shown = counts.iter().filter(|(rule, _)| NOT_SHOWN.iter().any(|part| rule.contains(part)));
    let not_shown: usize = not_shown.map(|(_, (all, _))| all).sum();
    println!("breaking changes that no value can show: {not_shown}");
    println!("breaking changes of schemas with a witness: {} of {}", total.1, total.0 - not_shown);
    Ok(())
}

fn is_of_schemas(change: &Change) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| change.rule.starts_with(prefix));
    starts(OF_SCHEMAS) && !starts(NOT_OF_SCHEMAS)
}

fn canonical(path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    let media_type =
        if matches!(extension, Some("yaml" | "yml")) { "application/yaml" } else { "application/json" };
    let document = Document::parse(&bytes, media_type).map_err(|problem| format!("{path}: {problem:?}"))?;
    Ok(Printer::new().print(&document))
}
