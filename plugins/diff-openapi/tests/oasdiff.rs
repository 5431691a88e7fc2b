//! The projection onto oasdiff: what each kind of change is told as, at each place where it can happen.
//!
//! `schemas.txt` holds pairs of schemas, each followed by the ids that are told where the second one replaces the
//! first one (`>`) and the other way round (`<`). `documents.txt` holds pairs of operations or documents.

use countersign_plugin::Change;
use diff_openapi::{Settings, changes};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

fn settings(more: &Value) -> Settings {
    let mut settings = json!({ "projection": "oasdiff", "as-of": "2026-11-21" });
    settings
        .as_object_mut()
        .expect("the test's own data")
        .extend(more.as_object().cloned().unwrap_or_default());
    serde_json::from_value::<Settings>(settings)
        .expect("the test's own data")
        .validated()
        .expect("the test's own data")
}

fn compare(base: &Value, head: &Value, settings: &Settings) -> Vec<Change> {
    changes(base.to_string().as_bytes(), head.to_string().as_bytes(), settings).expect("the test's own data")
}

fn document(operation: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "A", "version": "1" },
        "paths": { "/a": { "post": operation } },
        "components": { "schemas": { "Other": { "type": "object" } } }
    })
}

/// A schema at every place where rules look for one.
fn places(schema: &Value) -> [(&'static str, Value); 6] {
    let content = |schema: &Value| json!({ "application/json": { "schema": schema } });
    let object = json!({ "type": "object", "properties": { "p": schema } });
    let request = |schema: &Value| json!({ "requestBody": { "content": content(schema) } });
    let response = |schema: &Value| json!({ "responses": { "200": { "content": content(schema) } } });
    let parameter = |schema: &Value, location: &str| json!({ "parameters": [{ "name": "q", "in": location, "schema": schema }] });
    let mut both = parameter(&object, "header");
    both["responses"] = json!({ "200": { "headers": { "X-A": { "schema": schema } } } });
    [
        ("request body", request(schema)),
        ("request property", request(&object)),
        ("response body", response(schema)),
        ("response property", response(&object)),
        ("parameter", parameter(schema, "query")),
        ("header", both),
    ]
}

/// The ids of all changes, each once.
fn ids(found: &[Change]) -> BTreeSet<String> {
    found.iter().map(|change| change.rule.clone()).collect()
}

fn told(base: &Value, head: &Value) -> BTreeSet<String> {
    let settings = settings(&json!({}));
    let places = places(base).into_iter().zip(places(head));
    places
        .flat_map(|((_, base), (_, head))| ids(&compare(&document(&base), &document(&head), &settings)))
        .collect()
}

fn line(sign: char, ids: &BTreeSet<String>) -> String {
    ids.iter().fold(format!("  {sign}"), |line, id| format!("{line} {id}")) + "\n"
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oasdiff").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn pairs(text: &str) -> impl Iterator<Item = (&str, Value, Value)> {
    let lines =
        text.lines().filter(|line| !line.starts_with(' ') && !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let (base, head) = line.split_once(" -> ").unwrap_or_else(|| panic!("no pair: {line}"));
        (line, serde_json::from_str(base).expect(base), serde_json::from_str(head).expect(head))
    })
}

#[test]
fn a_change_of_a_schema_is_told_by_its_rule_at_every_place() {
    let text = read("schemas.txt");
    let mut found = String::new();
    for (pair, base, head) in pairs(&text) {
        found.push_str(&format!("{pair}\n"));
        found.push_str(&line('>', &told(&base, &head)));
        found.push_str(&line('<', &told(&head, &base)));
    }
    assert!(found == text, "expected another `schemas.txt`:\n{found}");
}

/// A document with some parts replaced; `post` is an operation of the path `/a`.
fn documented(parts: &Value) -> Value {
    let mut document = json!({ "openapi": "3.1.0", "info": { "title": "A", "version": "1" }, "paths": {} });
    for (key, part) in parts.as_object().expect("the test's own data") {
        if key == "post" {
            document["paths"]["/a"] = json!({ "post": part });
        } else {
            document[key] = part.clone();
        }
    }
    document
}

/// A change as a line: level, id, operation and message.
fn shown(change: &Change) -> String {
    format!("  {:?} {} {:?} {}\n", change.impact, change.rule, change.operations, change.summary)
}

/// The pairs of `documents.txt`, with the settings that stand before some of them.
fn cases(text: &str) -> Vec<(&str, Settings, Value, Value)> {
    let lines = text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
    let case = |line| {
        let read = |text: &str| {
            serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{text}: {error}"))
        };
        let (more, pair) = match str::strip_prefix(line, "@") {
            Some(rest) => {
                rest.split_once("} {").map(|(more, pair)| (format!("{more}}}"), format!("{{{pair}")))
            }
            None => Some(("{}".to_owned(), line.to_owned())),
        }
        .unwrap_or_else(|| panic!("no settings: {line}"));
        let (base, head) = pair.split_once(" -> ").unwrap_or_else(|| panic!("no pair: {line}"));
        (line, settings(&read(&more)), documented(&read(base)), documented(&read(head)))
    };
    lines.map(case).collect()
}

#[test]
fn a_change_of_an_operation_or_a_document_is_told_by_its_rule() {
    let text = read("documents.txt");
    let mut found = String::new();
    for (line, settings, base, head) in cases(&text) {
        found.push_str(&format!("{line}\n"));
        found.extend(compare(&base, &head, &settings).iter().map(shown));
    }
    assert!(found == text, "expected another `documents.txt`:\n{found}");
}

#[test]
fn every_rule_that_oasdiff_can_report_is_told_somewhere() {
    let text = read("schemas.txt");
    let words = text.lines().filter(|line| line.starts_with("  ")).flat_map(str::split_whitespace);
    let mut told: BTreeSet<String> = words.map(str::to_owned).collect();
    for (_, settings, base, head) in cases(&read("documents.txt")) {
        told.extend(ids(&compare(&base, &head, &settings)));
        told.extend(ids(&compare(&head, &base, &settings)));
    }
    // An absent `minItems` is 0 to oasdiff, so that it is never set nor unset.
    let never = [
        "request-body-min-items-set",
        "request-parameter-min-items-set",
        "request-property-min-items-set",
        "response-body-min-items-unset",
        "response-property-min-items-unset",
    ];
    let table = include_str!("../src/oasdiff/rules.tsv").lines().filter_map(|line| line.split('\t').next());
    let untold: Vec<&str> = table.filter(|id| !told.contains(*id) && !never.contains(id)).collect();
    assert!(untold.is_empty(), "{untold:?}");
}
