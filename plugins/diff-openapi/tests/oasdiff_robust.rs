//! The projection onto oasdiff meets documents that nobody would write, and ends.

use countersign_plugin::Failure;
use diff_openapi::{Settings, changes};
use serde_json::{Value, json};
use std::path::Path;

fn settings() -> Settings {
    let settings = json!({ "projection": "oasdiff", "as-of": "2026-11-21" });
    serde_json::from_value::<Settings>(settings)
        .expect("the test's own data")
        .validated()
        .expect("the test's own data")
}

/// The documents of the table of cases.
fn samples() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut cases: Vec<_> = folder
        .read_dir()
        .expect("the test's own data")
        .map(|entry| entry.expect("the test's own data").path())
        .collect();
    cases.sort();
    let read = |path: &Path| {
        serde_json::from_slice(&std::fs::read(path).expect("the test's own data"))
            .expect("the test's own data")
    };
    cases.iter().flat_map(|case| ["base.json", "head.json"].map(|name| read(&case.join(name)))).collect()
}

/// Every place in a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    if let Some(object) = value.as_object() {
        for (key, value) in object {
            pointers(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        pointers(value, &format!("{at}/{index}"), found);
    }
}

/// The document with something else at a place.
fn mutated(sample: &Value, pointer: &str, kind: usize) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(false),
        json!(-1.5),
        json!("#"),
        json!([]),
        json!({}),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/components/schemas/Missing" }),
        json!([null, 1, "a", [], { "$ref": "#/paths" }]),
        json!({ "": { "$ref": "" }, "get": [], "schema": { "items": { "$ref": "#" } } }),
    ];
    let mut document = sample.clone();
    if let Some(place) = document.pointer_mut(pointer) {
        *place = odd[kind % odd.len()].clone();
    }
    document
}

#[test]
fn no_document_with_something_odd_in_it_ends_the_comparison_early() {
    let settings = settings();
    let mut compared = 0;
    for sample in samples() {
        let bytes = sample.to_string();
        let mut all = Vec::new();
        pointers(&sample, "", &mut all);
        for (index, pointer) in all.iter().enumerate().skip(1) {
            let odd = mutated(&sample, pointer, index).to_string();
            for (base, head) in [(&bytes, &odd), (&odd, &bytes)] {
                let found = changes(base.as_bytes(), head.as_bytes(), &settings);
                let refused = matches!(found, Err(Failure::InvalidInput(_) | Failure::Unsupported(_)));
                assert!(found.is_ok() || refused, "{pointer}: {found:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 3000, "{compared}");
}

#[test]
fn a_document_compared_with_itself_has_no_change() {
    for sample in samples() {
        let mut all = Vec::new();
        pointers(&sample, "", &mut all);
        for (kind, pointer) in all.iter().enumerate().step_by(2) {
            let odd = mutated(&sample, pointer, kind);
            // White space defeats the short cut by equal bytes.
            let (one, two) = (odd.to_string(), serde_json::to_string_pretty(&odd).unwrap());
            if let Ok(found) = changes(one.as_bytes(), two.as_bytes(), &settings()) {
                let invalid = |rule: &str| rule == "api-invalid-stability-level";
                assert!(found.iter().all(|change| invalid(&change.rule)), "{pointer}: {found:?}");
            }
        }
    }
}

fn with_schemas(schemas: &Value, first: &Value) -> String {
    let content = json!({ "application/json": { "schema": first } });
    let operation = json!({ "requestBody": { "content": content } });
    let info = json!({ "title": "A", "version": "1" });
    let (paths, components) = (json!({ "/a": { "post": operation } }), json!({ "schemas": schemas }));
    json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": components }).to_string()
}

fn reference(index: usize) -> Value {
    json!({ "$ref": format!("#/components/schemas/S{index}") })
}

/// Schemas that each refer to the next one, so many times.
fn chain(length: usize, times: usize, end: &Value) -> Value {
    let schema = |index: usize| match index {
        last if last + 1 == length => end.clone(),
        _ => {
            let properties: serde_json::Map<String, Value> =
                (0..times).map(|name| (format!("p{name}"), reference(index + 1))).collect();
            json!({ "type": "object", "properties": properties })
        }
    };
    (0..length).map(|index| (format!("S{index}"), schema(index))).collect()
}

/// Compare with the stack that a component has.
fn compare_with_little_stack(length: usize, times: usize) -> Result<usize, Failure> {
    let compare = move || {
        let [base, head] = ["string", "integer"]
            .map(|name| with_schemas(&chain(length, times, &json!({ "type": name })), &reference(0)));
        changes(base.as_bytes(), head.as_bytes(), &settings()).map(|found| found.len())
    };
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(compare)
        .expect("the test's own data")
        .join()
        .expect("the test's own data")
}

#[test]
fn schemas_that_are_nested_too_deep_or_unfold_into_too_many_places_are_refused() {
    assert!(matches!(compare_with_little_stack(100, 1), Ok(1)));
    assert!(matches!(compare_with_little_stack(5000, 1), Err(Failure::Unsupported(_))));
    assert!(matches!(compare_with_little_stack(60, 2), Err(Failure::Unsupported(_))));
}

#[test]
fn schemas_that_refer_to_themselves_are_compared_once() {
    let tree = |kind: &str| {
        let node =
            json!({ "type": "object", "properties": { "value": { "type": kind }, "next": reference(0) } });
        with_schemas(&json!({ "S0": node }), &reference(0))
    };
    let found = changes(tree("string").as_bytes(), tree("integer").as_bytes(), &settings()).unwrap();
    let rules: Vec<&str> = found.iter().map(|change| change.rule.as_str()).collect();
    assert_eq!(rules, ["request-property-type-changed"]);
    assert_eq!(found[0].subject, "/components/schemas/S0/properties/value");
}
