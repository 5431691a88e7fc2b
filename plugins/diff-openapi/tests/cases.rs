//! The table of cases in `cases/`: a case is a folder with `base.json`, `head.json`, `expected.txt` and, where
//! the defaults are not meant, `config.json`. A line of `expected.txt` is one change; with `UPDATE_CASES=1` the files
//! are written as found, to be reviewed.

#![expect(clippy::disallowed_methods, reason = "whether expectations are rewritten comes from outside")]

use countersign_plugin::{Change, Direction, Impact};
use diff_openapi::{Settings, changes};
use std::path::{Path, PathBuf};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut cases: Vec<PathBuf> =
        folder.read_dir().expect("the folder of cases").map(|entry| entry.expect("a case").path()).collect();
    cases.sort();
    cases
}

fn read(case: &Path, name: &str) -> Vec<u8> {
    std::fs::read(case.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", case.display()))
}

fn settings(case: &Path) -> Settings {
    let text = std::fs::read_to_string(case.join("config.json")).unwrap_or_else(|_| "{}".into());
    let settings: Settings = serde_json::from_str(&text).expect("settings");
    settings.validated().expect("settings that name known rules")
}

/// A change as a line: impact, direction, rule, subject and operations.
fn line(change: &Change) -> String {
    let impact = match change.impact {
        Impact::Breaking => "breaking",
        Impact::Risky => "risky",
        Impact::Compatible => "compatible",
    };
    let direction = match change.direction {
        Direction::Request => "request",
        Direction::Response => "response",
        Direction::Both => "both",
        Direction::Neither => "neither",
    };
    let operations = change.operations.join(", ");
    format!("{impact} {direction} {} {} [{operations}]\n", change.rule, change.subject)
}

#[test]
fn every_case_gives_the_changes_that_it_expects() {
    let mut wrong = String::new();
    for case in cases() {
        let found = changes(&read(&case, "base.json"), &read(&case, "head.json"), &settings(&case)).unwrap();
        let found: String = found.iter().map(line).collect();
        let expected = std::fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        if found != expected && std::env::var_os("UPDATE_CASES").is_some() {
            std::fs::write(case.join("expected.txt"), &found).unwrap();
        } else if found != expected {
            wrong.push_str(&format!("{}\nexpected:\n{expected}found:\n{found}\n", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_document_differs_from_itself() {
    for case in cases() {
        for name in ["base.json", "head.json"] {
            let document = read(&case, name);
            // White space defeats every short cut by equal bytes but changes nothing.
            let spaced = String::from_utf8(document.clone()).unwrap().replace('\n', " \n");
            let found = changes(&document, spaced.as_bytes(), &settings(&case)).unwrap();
            assert!(found.is_empty(), "{}/{name}: {found:?}", case.display());
        }
    }
}

#[test]
fn the_founding_incident_is_told_with_its_place_and_its_operations() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/founding-incident");
    let found = changes(&read(&case, "base.json"), &read(&case, "head.json"), &Settings::default()).unwrap();
    let change = &found[0];
    assert_eq!(change.rule, "response-required-property-removed");
    assert_eq!((change.impact, change.direction), (Impact::Breaking, Direction::Response));
    assert_eq!(change.operations, ["GET /watches/{id}", "POST /watches"]);
    let base = change.base.as_ref().unwrap();
    assert_eq!(base.pointer, "/components/schemas/Watch/properties/checked_at");
    let text = String::from_utf8(read(&case, "base.json")).unwrap();
    let line = text.lines().nth(base.line.unwrap() as usize - 1).unwrap();
    assert!(line.contains("\"checked_at\""), "{line}");
}
