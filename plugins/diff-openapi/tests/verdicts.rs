//! The tables in `verdicts/`: two schemas, operations or documents, and what becomes of clients.
//!
//! A table is a list of `{name, base, head}` with what the change means: `request` and `response` for schemas,
//! `verdict` for `operations` and `documents`; with `policies`, by policy. A verdict is the highest impact of any
//! change (`breaking`, `risky`, `compatible`) or `equal` where there is none. A `null` head is the absent value.

use countersign_plugin::Impact;
use diff_openapi::{Policy, Settings, changes};
use serde_json::{Value, json};
use std::path::Path;

fn table(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A document with one schema in a place: a property, so that it stands at neither end of the way.
fn with_schema(schema: &Value, request: bool) -> Value {
    let body = json!({"content": {"application/json": {"schema":
        {"type": "object", "required": ["v"], "properties": {"v": schema}}}}});
    let mut operation = json!({"responses": {"200": {"description": "ok"}}});
    if request {
        operation["requestBody"] = body;
    } else {
        operation["responses"]["200"]["content"] = body["content"].clone();
    }
    with_operation(&operation)
}

fn with_operation(operation: &Value) -> Value {
    document(&json!({"paths": {"/x": {"post": operation}}}))
}

fn document(rest: &Value) -> Value {
    let mut document = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}});
    for (key, value) in rest.as_object().expect("a document") {
        document[key] = value.clone();
    }
    if document.get("swagger").is_some() {
        document.as_object_mut().expect("a document").remove("openapi");
    }
    document
}

fn verdict(base: &Value, head: &Value, policy: Policy) -> (String, String) {
    let bytes = |value: &Value| serde_json::to_vec(value).expect("JSON");
    let found = changes(&bytes(base), &bytes(head), &Settings::of(policy)).expect("two documents");
    let worst = found.iter().map(|change| change.impact).min_by_key(|impact| match impact {
        Impact::Breaking => 0,
        Impact::Risky => 1,
        Impact::Compatible => 2,
    });
    let told: Vec<String> =
        found.iter().map(|change| format!("{} {}", change.rule, change.subject)).collect();
    let name = match worst {
        None => "equal",
        Some(Impact::Breaking) => "breaking",
        Some(Impact::Risky) => "risky",
        Some(Impact::Compatible) => "compatible",
    };
    (name.into(), told.join("; "))
}

fn check(case: &Value, what: &str, base: &Value, head: &Value, policy: Policy, wrong: &mut Vec<String>) {
    let Some(expected) = case[what].as_str() else { return };
    let (found, told) = verdict(base, head, policy);
    if found != expected {
        wrong.push(format!("{} ({what}): expected {expected}, found {found}: {told}", case["name"]));
    }
}

#[test]
fn schemas_have_the_verdict_that_their_values_give() {
    let mut wrong = Vec::new();
    for file in ["schemas.json", "equal-schemas.json"] {
        for case in table(file) {
            let mut case = case;
            if file.starts_with("equal") {
                case["request"] = "equal".into();
                case["response"] = "equal".into();
            }
            for request in [true, false] {
                let (base, head) = (with_schema(&case["base"], request), with_schema(&case["head"], request));
                let what = if request { "request" } else { "response" };
                check(&case, what, &base, &head, Policy::TypedClient, &mut wrong);
                if case[what] == "equal" {
                    check(&case, what, &head, &base, Policy::Source, &mut wrong);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn operations_and_documents_have_the_verdict_that_clients_meet() {
    let mut wrong = Vec::new();
    for (file, make) in [
        ("operations.json", with_operation as fn(&Value) -> Value),
        ("documents.json", document),
        ("swagger.json", document),
    ] {
        for case in table(file) {
            let (base, head) = (make(&case["base"]), make(&case["head"]));
            check(&case, "verdict", &base, &head, Policy::TypedClient, &mut wrong);
            let policies =
                [("wire", Policy::Wire), ("typed-client", Policy::TypedClient), ("source", Policy::Source)];
            for (name, policy) in policies {
                check(&case, name, &base, &head, policy, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
