//! The OpenAPI document, and whether the answers are what it says.

use crate::pages;
use countersign_serve_page::filter::{NodeFilter, OverviewFilter};
use countersign_serve_page::openapi::document;
use jsonschema::Validator;
use serde_json::{Value, json};

/// What has to be there, and nothing else.
const PATHS: [&str; 12] = [
    "/api/clients",
    "/api/contracts",
    "/api/contracts/{name}",
    "/api/deliveries",
    "/api/deliveries/{id}",
    "/api/nodes",
    "/api/pointers",
    "/api/runs",
    "/api/runs/{id}",
    "/healthz",
    "/hooks/health",
    "/readyz",
];

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().map(|(path, item)| (path.clone(), item["get"].clone())).collect()
}

/// The schema of an answer, with everything that it refers to.
fn validator(document: &Value, path: &str, status: u16) -> Validator {
    let answer = &document["paths"][path]["get"]["responses"][status.to_string()];
    let media = if status >= 400 { "application/problem+json" } else { "application/json" };
    let schema = &answer["content"][media]["schema"];
    assert!(schema.is_object(), "{path} {status} has no schema");
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
        "allOf": [schema],
    });
    jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema")
}

#[test]
fn the_document_names_what_can_be_read_and_not_what_reloads() {
    let document = document("0.1.0");
    let mut paths: Vec<_> = operations(&document).into_iter().map(|(path, _)| path).collect();
    paths.sort();
    assert_eq!(paths, PATHS);
    assert!(!document.to_string().contains("reload"));
    for item in document["paths"].as_object().expect("paths").values() {
        assert_eq!(item.as_object().expect("an item").keys().collect::<Vec<_>>(), ["get"]);
    }
}

#[test]
fn every_answer_is_what_the_document_says() {
    let document = document("0.1.0");
    let mut answered: Vec<_> = Vec::new();
    for (path, status, text) in pages::answers() {
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let validator = validator(&document, path, status);
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [] as [String; 0], "{path}");
        assert!(!validator.is_valid(&json!("something else")), "{path}: a schema that takes anything");
        answered.push(path);
    }
    answered.dedup();
    answered.sort();
    assert_eq!(answered, PATHS, "each path has a sample");
}

#[test]
fn an_answer_with_a_field_missing_or_of_another_kind_is_refused() {
    let document = document("0.1.0");
    let validator = validator(&document, "/api/runs", 200);
    let good = json!({ "items": [], "page": 1, "per_page": 50, "more": false });
    assert!(validator.is_valid(&good));
    for bad in [
        json!({ "items": [], "page": 1, "more": false }),
        json!({ "items": [{}], "page": 1, "per_page": 1, "more": false }),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document("0.1.0");
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(schemas.contains_key(name), "{name}");
    }
    for name in schemas.keys() {
        assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "nobody refers to {name}");
    }
}

#[test]
fn ids_of_operations_are_unique_and_each_has_a_summary() {
    let document = document("0.1.0");
    let mut ids: Vec<_> = operations(&document)
        .into_iter()
        .map(|(path, operation)| {
            assert!(operation["summary"].is_string(), "{path}");
            operation["operationId"].as_str().expect("an id").to_owned()
        })
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn the_filters_take_every_parameter_that_the_document_names() {
    let document = document("0.1.0");
    for (path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = parameters.iter().filter(|one| one["in"] == "query").collect();
        let pairs = names.iter().map(|one| {
            let word = one["schema"]["enum"][0].as_str();
            let other = if one["schema"]["type"] == "integer" { "7" } else { "text" };
            let value = word.unwrap_or(other);
            format!("{}={value}", one["name"].as_str().expect("a name"))
        });
        let mut query: Vec<_> = pairs.collect();
        let written = match path.as_str() {
            "/api/contracts" | "/api/clients" => {
                OverviewFilter::parse(&query.join("&")).expect("a query").query()
            }
            "/api/runs" | "/api/deliveries" => NodeFilter::parse(&query.join("&")).expect("a query").query(),
            _ => continue,
        };
        let mut written: Vec<_> = written.split('&').map(str::to_owned).collect();
        query.sort();
        written.sort();
        assert_eq!(written, query, "{path}");
    }
}
