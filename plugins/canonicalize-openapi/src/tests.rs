//! What is refused, what is left out, and the laws.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn settings(config: &Value) -> Settings {
    serde_json::from_value(config.clone()).unwrap()
}

/// A document without any beside it.
pub(crate) struct Nothing;

impl bundle::Files for Nothing {
    fn open(&self, _: &str) -> Result<bundle::Found, bundle::Refusal> {
        Err(bundle::Refusal::Missing)
    }
}

fn run(document: &Value, config: &Value) -> Result<(Value, Vec<String>), Vec<String>> {
    match canonical(document.to_string().as_bytes(), "application/json", &settings(config), &Nothing) {
        Ok(canonical) => Ok((serde_json::from_slice(&canonical.bytes).unwrap(), canonical.warnings)),
        Err(Failure::InvalidInput(problems)) => {
            Err(problems.into_iter().map(|problem| problem.code).collect())
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn codes(document: &Value) -> Vec<String> {
    run(document, &json!({})).expect_err("refused")
}

fn api(paths: &Value, components: &Value) -> Value {
    json!({"openapi": "3.1.0", "info": {}, "paths": paths, "components": components})
}

#[test]
fn every_example_is_true_and_a_fixed_point() {
    for example in describe::description().examples {
        let settings: Settings = serde_json::from_str(&example.config).unwrap();
        let once = canonical(example.inputs[0].as_bytes(), &example.media_type, &settings, &Nothing).unwrap();
        assert_eq!(String::from_utf8_lossy(&once.bytes), example.expect, "{}", example.name);
        assert_eq!(once.warnings, Vec::<String>::new());
        assert_eq!(
            canonical(&once.bytes, "application/json", &settings, &Nothing).unwrap().bytes,
            once.bytes
        );
    }
}

#[test]
fn what_is_no_openapi_document_is_refused() {
    assert_eq!(codes(&json!({})), ["not-openapi"]);
    assert_eq!(codes(&json!([])), ["not-openapi"]);
    assert_eq!(codes(&json!({"detail": "Not Found"})), ["not-openapi"]);
    assert_eq!(codes(&json!({"openapi": 3.1, "paths": {"/": {}}})), ["invalid-version", "missing-info"]);
    assert_eq!(codes(&json!({"swagger": 2.0, "info": {}})), ["invalid-version"]);
    assert_eq!(codes(&json!({"openapi": "4.0.0", "info": {}})), ["unsupported-version"]);
    assert_eq!(codes(&json!({"openapi": "3", "info": {}})), ["unsupported-version"]);
    assert_eq!(codes(&json!({"swagger": "1.2", "info": {}})), ["unsupported-version"]);
    assert_eq!(codes(&json!({"openapi": "3.1.0", "info": "x", "paths": {"/": {}}})), ["missing-info"]);
    assert_eq!(
        codes(&json!({"INFO": "started", "openapi": "3.1.0", "info": {}, "paths": {"/": {}}})),
        ["log-line"]
    );
}

#[test]
fn a_document_without_an_api_is_refused() {
    for document in [
        json!({"openapi": "3.1.0", "info": {}}),
        json!({"openapi": "3.1.0", "info": {}, "paths": {}, "components": {"schemas": {}}}),
        json!({"openapi": "3.0.3", "info": {}, "paths": {}, "components": {"schemas": {"A": {}}}}),
        json!({"openapi": "3.0.3", "info": {}, "paths": {"x-note": 1}}),
        json!({"swagger": "2.0", "info": {}, "definitions": {"A": {}}}),
    ] {
        assert_eq!(codes(&document), ["empty-spec"], "{document}");
    }
    for document in [
        json!({"openapi": "3.1.0", "info": {}, "webhooks": {"x": {}}}),
        json!({"openapi": "3.2.0", "info": {}, "components": {"schemas": {"A": {}}}}),
        json!({"openapi": "3.0.3", "info": {}, "paths": {"/": {}}}),
    ] {
        assert_eq!(run(&document, &json!({})), Ok((document, vec![])));
    }
}

#[test]
fn pruning_to_nothing_is_refused() {
    let document = json!({"openapi": "3.0.3", "info": {}, "paths": {"/a": {"get": {}}}});
    assert_eq!(run(&document, &json!({"prune": ["/**"]})), Err(vec!["empty-spec".into()]));
    assert_eq!(run(&document, &json!({"prune": ["GET /a"]})), Err(vec!["empty-spec".into()]));
}

#[test]
fn a_pattern_that_matches_nothing_is_reported() {
    let document = api(&json!({"/a": {"get": {}}}), &json!({}));
    let (pruned, warnings) = run(&document, &json!({"prune": ["/b/**", "PUT /a"]})).unwrap();
    assert_eq!(pruned, document);
    assert_eq!(warnings.len(), 2);
}

#[test]
fn a_path_item_goes_with_its_last_operation() {
    let paths = json!({"/a": {"parameters": [], "get": {}}, "/b": {"get": {}, "put": {}}, "/c": {"get": {}, "$ref": "#/x"}});
    let (pruned, _) = run(&api(&paths, &json!({})), &json!({"prune": ["GET /*"]})).unwrap();
    assert_eq!(pruned["paths"], json!({"/b": {"put": {}}, "/c": {"$ref": "#/x"}}));
}

#[test]
fn a_reference_to_what_is_left_out_is_reported() {
    let paths = json!({"/a": {"get": {}}, "/b": {"$ref": "#/paths/~1a"}});
    let (_, warnings) = run(&api(&paths, &json!({})), &json!({"prune": ["/a"]})).unwrap();
    assert_eq!(warnings, ["`#/paths/~1a` is referred to, but left out"]);
}

#[test]
fn components_are_kept_while_anything_that_is_left_reaches_them() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let paths = json!({
        "/a": {"get": {"security": [{"key": []}], "x": reference("A~1b%20c"), "y": reference("Deep/properties/x")}},
        "/gone": {"get": {"security": [{"old": []}], "x": reference("Gone")}},
    });
    let components = json!({
        "schemas": {
            "A/b c": {"items": reference("Pet")},
            "Pet": {"discriminator": {"propertyName": "kind", "mapping": {"c": "Cat", "d": "#/components/schemas/Dog"}}},
            "Cat": {}, "Dog": {"not": reference("Dog")}, "Deep": {"properties": {"x": {}}},
            "Bird": {"allOf": [reference("Pet"), reference("Wing")]}, "Wing": {}, "Named": {"$anchor": "n"},
            "Gone": {"items": reference("GoneToo")}, "GoneToo": {"items": reference("Gone")},
        },
        "securitySchemes": {"key": {}, "old": {}, "root": {}},
        "parameters": {"Unused": {}},
        "x-note": {"kept": true},
    });
    let mut document = api(&paths, &components);
    document["security"] = json!([{"root": []}]);
    let config = json!({"prune": ["/gone"], "unreferenced": "drop"});
    let (left, warnings) = run(&document, &config).unwrap();
    let names =
        |section: &str| left["components"][section].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names("schemas"), ["A/b c", "Pet", "Cat", "Dog", "Deep", "Bird", "Wing", "Named"]);
    assert_eq!(names("securitySchemes"), ["key", "root"]);
    assert_eq!(left["components"].get("parameters"), None);
    assert_eq!(left["components"]["x-note"], json!({"kept": true}));
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(run(&left, &json!({"unreferenced": "drop"})).unwrap().0, left);
}

#[test]
fn the_components_of_swagger_are_dropped_alike() {
    let document = json!({
        "swagger": "2.0", "info": {}, "paths": {"/a": {"get": {"x": {"$ref": "#/definitions/A"}}}},
        "definitions": {"A": {}, "B": {}}, "parameters": {"P": {}},
    });
    let (left, _) = run(&document, &json!({"unreferenced": "drop"})).unwrap();
    assert_eq!(left["definitions"], json!({"A": {}}));
    assert_eq!(left.get("parameters"), None);
}

fn reference() -> impl Strategy<Value = Value> {
    (0..6).prop_map(|number| json!({"$ref": format!("#/components/schemas/S{number}")}))
}

fn document() -> impl Strategy<Value = Value> {
    let operation = prop::collection::vec(reference(), 0..3).prop_map(|uses| json!({"x": uses}));
    let method = prop::sample::select(vec!["get", "put", "delete"]);
    let item = prop::collection::btree_map(method, operation, 0..3);
    let path = prop::sample::select(vec!["/a", "/a/b", "/a/{id}/c", "/d", "/"]);
    let schema = prop::collection::vec(reference(), 0..3).prop_map(|uses| json!({"anyOf": uses}));
    let schemas = prop::collection::btree_map((0..6).prop_map(|number| format!("S{number}")), schema, 0..6);
    let paths = prop::collection::btree_map(path, item, 0..5);
    (paths, schemas).prop_map(|(paths, schemas)| api(&json!(paths), &json!({"schemas": schemas})))
}

fn config() -> impl Strategy<Value = Value> {
    let pattern = prop::sample::select(vec!["/a", "/a/**", "GET /**", "/d", "PUT /a/*/c", "/*"]);
    let order = prop::sample::select(vec!["preserve", "sorted"]);
    let unreferenced = prop::sample::select(vec!["keep", "drop"]);
    (prop::collection::btree_set(pattern, 0..3), order, unreferenced).prop_map(
        |(prune, order, unreferenced)| json!({"prune": prune, "order": order, "unreferenced": unreferenced}),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonicalizing_again_changes_nothing(document in document(), config in config()) {
        let settings = settings(&config);
        let text = document.to_string();
        let Ok(once) = canonical(text.as_bytes(), "application/json", &settings, &Nothing) else { return Ok(()) };
        let again = canonical(&once.bytes, "application/json", &settings, &Nothing).expect("canonical text is a document");
        prop_assert_eq!(again.bytes, once.bytes);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes_however_it_is_laid_out(document in document(), config in config()) {
        let settings = settings(&config);
        let compact = canonical(document.to_string().as_bytes(), "application/json", &settings, &Nothing);
        let spacious = format!("{document:#}");
        let spacious = canonical(spacious.as_bytes(), "text/plain", &settings, &Nothing);
        prop_assert_eq!(compact.is_ok(), spacious.is_ok());
        if let (Ok(compact), Ok(spacious)) = (compact, spacious) {
            prop_assert_eq!(compact.bytes, spacious.bytes);
        }
    }

    #[test]
    fn dropping_leaves_no_reference_without_its_target(document in document(), config in config()) {
        let Ok((left, warnings)) = run(&document, &config) else { return Ok(()) };
        prop_assert!(warnings.iter().all(|warning| !warning.contains("referred")), "{:?}", warnings);
        let before = document["components"]["schemas"].as_object().unwrap();
        let after = left["components"]["schemas"].as_object();
        for (name, schema) in after.into_iter().flatten() {
            prop_assert_eq!(before.get(name), Some(schema));
        }
    }
}
