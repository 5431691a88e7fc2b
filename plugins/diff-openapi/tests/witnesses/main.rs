//! Witnesses hold: a validator that shares no code with the stage finds each value valid on the side that the
//! witness names and invalid on the other.

mod bundle;
mod generated;
mod hold;
mod values;

use countersign_plugin::Impact;
use diff_openapi::{Policy, Settings, changes};
use generated::Random;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_witness_of_the_table_of_cases_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let (mut faults, mut found) = (Vec::new(), 0);
    for case in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
        let (base, head) = (read(&case.join("base.json")), read(&case.join("head.json")));
        let parsed: Vec<Value> = [&base, &head].map(|bytes| serde_json::from_slice(bytes).unwrap()).into();
        for change in changes(&base, &head, &Settings::default()).unwrap() {
            let Some(witness) = &change.witness else { continue };
            found += 1;
            faults.extend(hold::fault(&parsed[0], &parsed[1], &change, witness));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(found > 20, "{found}");
}

#[test]
fn a_compatible_change_has_no_witness() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/framework-upgrade-breaks-nothing");
    let found = changes(&read(&case.join("base.json")), &read(&case.join("head.json")), &Settings::default());
    let found = found.unwrap();
    assert!(found.iter().all(|change| change.impact == Impact::Compatible && change.witness.is_none()));
}

/// 300 pairs, or as many as `DIFF_CASES` says.
#[test]
fn every_witness_of_generated_documents_holds() {
    #[expect(clippy::disallowed_methods, reason = "a test has no `main` that could hand it over")]
    let cases = std::env::var("DIFF_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(300);
    let (mut faults, mut found, mut breaking) = (Vec::new(), 0, 0);
    for seed in 0..cases {
        let [base, head] = generated::documents(&mut Random::new(seed));
        let bytes = [&base, &head].map(|document| serde_json::to_vec(document).unwrap());
        for change in changes(&bytes[0], &bytes[1], &Settings::of(Policy::Wire)).unwrap() {
            breaking += usize::from(change.impact == Impact::Breaking);
            let Some(witness) = &change.witness else { continue };
            found += usize::from(change.impact == Impact::Breaking);
            let fault = hold::fault(&base, &head, &change, witness);
            faults.extend(fault.map(|fault| format!("seed {seed}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{} of {found}:\n{}", faults.len(), faults.join("\n"));
    assert!(found * 2 > breaking, "{found} of {breaking} breaking changes have a witness");
}

/// Each schema holds the next one twice, so that the ways through them are 2^40.
#[test]
fn work_for_a_witness_is_bounded() {
    let document = |length: usize| {
        let schema = |at: usize| match at {
            40 => json!({ "type": "string", "maxLength": length }),
            _ => {
                let next = json!({ "$ref": format!("#/components/schemas/S{}", at + 1) });
                json!({ "allOf": [next, { "oneOf": [next] }, { "not": { "not": next } }] })
            }
        };
        let schemas: Map<String, Value> = (0..=40).map(|at| (format!("S{at}"), schema(at))).collect();
        let first = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/S0" } } });
        let operation = json!({ "requestBody": { "content": first }, "responses": {} });
        let paths = json!({ "/a": { "post": operation } });
        let info = json!({ "title": "diamonds", "version": "1" });
        let document =
            json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": { "schemas": schemas } });
        serde_json::to_vec(&document).expect("JSON")
    };
    let started = Instant::now();
    let found = changes(&document(20), &document(10), &Settings::default()).expect("documents");
    assert!(!found.is_empty());
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
