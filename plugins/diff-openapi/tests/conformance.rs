//! Our verdicts beside others: the pairs of `gap.json`, and those of drift (oxidecomputer/drift) as a second opinion.
//!
//! `DIFF_CONFORMANCE` names the folder with both and their pairs. A disagreement with drift stands with its reason in
//! `deviations-drift.toml`; one that is no longer there must go from the file.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "where the pairs are comes from outside, and a test without them says so"
)]

use countersign_plugin::Impact;
use diff_openapi::{Policy, Settings, changes};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviations {
    deviation: Vec<Deviation>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    pair: String,
    reason: String,
}

/// What drift's classes say of clients.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Opinion {
    /// Nothing but words changed.
    Trivial,
    /// There is a change, of which drift says no more.
    Told,
    /// New clients may fail on old servers; old clients go on.
    Forward,
    /// Old clients may fail.
    Breaking,
}

fn opinion(pair: &Value) -> Opinion {
    let classes =
        pair["expected"].as_array().into_iter().flatten().map(|change| match change["cls"].as_str() {
            Some("BackwardIncompatible" | "Incompatible") => Opinion::Breaking,
            Some("ForwardIncompatible") => Opinion::Forward,
            Some("Trivial") => Opinion::Trivial,
            _ => Opinion::Told,
        });
    classes.max().unwrap_or(Opinion::Trivial)
}

fn agrees(opinion: &Opinion, worst: Option<Impact>) -> bool {
    match opinion {
        Opinion::Trivial => matches!(worst, None | Some(Impact::Compatible)),
        Opinion::Told => worst.is_some(),
        Opinion::Forward => matches!(worst, Some(Impact::Compatible | Impact::Risky)),
        Opinion::Breaking => worst == Some(Impact::Breaking),
    }
}

fn worst(folder: &Path, pair: &Value, policy: Policy) -> Option<Impact> {
    let read =
        |key: &str| std::fs::read(folder.join(pair[key].as_str().expect("a path"))).expect("a document");
    let found = changes(&read("base"), &read("revision"), &Settings::of(policy)).expect("two documents");
    found.first().map(|change| change.impact)
}

/// A table of pairs with its folder; nothing, and a word about it, where there is none.
fn pairs(name: &str) -> Option<(PathBuf, Value)> {
    let Some(folder) = std::env::var_os("DIFF_CONFORMANCE").map(PathBuf::from) else {
        println!("skipped: DIFF_CONFORMANCE does not name the folder with {name}");
        return None;
    };
    let text = std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    Some((folder, serde_json::from_slice(&text).expect("JSON")))
}

#[test]
fn every_gap_has_its_verdict_under_every_policy() {
    let Some((folder, pairs)) = pairs("gap.json") else { return };
    let mut wrong = Vec::new();
    for pair in pairs.as_array().expect("pairs") {
        for policy in [Policy::Wire, Policy::TypedClient, Policy::Source] {
            let worst = worst(&folder, pair, policy);
            let agrees = match pair["expect"].as_str() {
                Some("breaking") => worst == Some(Impact::Breaking),
                Some("non-breaking") => worst != Some(Impact::Breaking),
                Some("info") => matches!(worst, Some(Impact::Compatible | Impact::Risky)),
                _ => worst.is_none(),
            };
            if !agrees {
                wrong.push(format!("{} under {policy:?}: {worst:?}", pair["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn drift_agrees_or_the_reason_is_written_down() {
    let Some((folder, pairs)) = pairs("drift.json") else { return };
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deviations-drift.toml"));
    let deviations: Deviations = toml::from_str(&text.expect("deviations-drift.toml")).expect("TOML");
    let mut reasons: BTreeMap<String, String> =
        deviations.deviation.into_iter().map(|deviation| (deviation.pair, deviation.reason)).collect();
    let pairs = pairs["pairs"].as_array().expect("pairs");
    let mut unexplained = Vec::new();
    let mut agreed = 0;
    for pair in pairs {
        let (opinion, worst) = (opinion(pair), worst(&folder, pair, Policy::default()));
        let name = pair["id"].as_str().expect("an id");
        if agrees(&opinion, worst) {
            agreed += 1;
        } else if reasons.remove(name).is_none() {
            unexplained.push(format!("{name}: drift says {opinion:?}, we say {worst:?}"));
        }
    }
    println!("{agreed}/{} pairs agree with drift", pairs.len());
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    assert!(reasons.is_empty(), "deviations that are none: {reasons:?}");
}
