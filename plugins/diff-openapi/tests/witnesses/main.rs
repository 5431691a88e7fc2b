//! Witnesses hold: a validator that shares no code with the stage finds each value valid on the side that the
//! witness names and invalid on the other.

mod bundle;
mod hold;

use countersign_plugin::Impact;
use diff_openapi::{Settings, changes};
use serde_json::Value;
use std::path::Path;

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
