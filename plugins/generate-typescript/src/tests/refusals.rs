use super::{with_paths, with_schemas};
use crate::{Settings, generate};
use countersign_plugin::Failure;

/// The code and the place of everything that is refused.
#[track_caller]
fn refused(document: &str) -> Vec<String> {
    match generate(document.as_bytes(), "application/json", &Settings::default()) {
        Err(Failure::InvalidInput(problems)) => {
            let line = |problem: &countersign_plugin::Diagnostic| {
                let place = problem.at.as_ref().map(|at| at.pointer.clone()).unwrap_or_default();
                format!("{} {place}", problem.code)
            };
            problems.iter().map(line).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn references_that_lead_out_of_the_document_or_nowhere_are_refused_with_their_place() {
    let schemas = r##"{"A": {"$ref": "other.yaml#/A"}, "B": {"items": {"$ref": "https://example.com/b"}}, "C": {"$ref": "#/nowhere"}, "D": {"$ref": 5}}"##;
    assert_eq!(
        refused(&with_schemas(schemas)),
        [
            "external-reference /components/schemas/A/$ref",
            "external-reference /components/schemas/B/items/$ref",
            "broken-reference /components/schemas/C/$ref",
            "invalid-reference /components/schemas/D/$ref",
        ]
    );
}

#[test]
fn an_operation_that_cannot_be_told_is_refused_and_not_left_out() {
    let paths = r##"{
        "/a": {"$ref": "paths.yaml#/a"},
        "/b": {"get": []},
        "/c": {"get": {"parameters": [{"in": "query"}, {"name": "x", "in": "body"}, {"$ref": "#/components/parameters/No"}], "responses": {}}},
        "/d": {"get": {"requestBody": {"$ref": "b.yaml"}, "responses": {"200": {"$ref": "r.yaml"}, "abc": {}}}},
        "/e": {"$ref": "#/paths/~1f"}, "/f": {"$ref": "#/paths/~1e"}, "/g": 1
    }"##;
    assert_eq!(
        refused(&with_paths(paths)),
        [
            "external-reference /paths/~1a/$ref",
            "invalid-operation /paths/~1b/get",
            "circular-reference /paths/~1e",
            "circular-reference /paths/~1f",
            "invalid-path /paths/~1g",
            "invalid-parameter /paths/~1c/get/parameters/0",
            "invalid-parameter /paths/~1c/get/parameters/1",
            "broken-reference /paths/~1c/get/parameters/2/$ref",
            "external-reference /paths/~1d/get/requestBody/$ref",
            "external-reference /paths/~1d/get/responses/200/$ref",
            "invalid-status /paths/~1d/get/responses/abc",
        ]
    );
}

#[test]
fn schemas_that_are_none_are_refused() {
    let schemas = r#"{"A": "string", "B": {"allOf": {}}, "C": {"properties": []}, "D": {"type": 5}, "E": {"items": null}}"#;
    assert_eq!(
        refused(&with_schemas(schemas)),
        [
            "invalid-schema /components/schemas/A",
            "invalid-schema /components/schemas/B/allOf",
            "invalid-schema /components/schemas/C/properties",
            "invalid-type /components/schemas/D/type",
            "invalid-schema /components/schemas/E/items",
        ]
    );
}

#[test]
fn other_versions_are_refused() {
    for document in [r#"{"swagger": "2.0"}"#, r#"{"openapi": "4.0.0"}"#, r#"{"openapi": 3.1}"#, "{}"] {
        assert!(refused(document)[0].starts_with("unsupported-version"), "{document}");
    }
    assert_eq!(refused("<html>")[0], "html-page ");
}

#[test]
fn schemas_that_are_nested_without_end_are_refused() {
    let nested = |depth: usize| {
        let schema = format!("{}{{}}{}", r#"{"type": "array", "items": "#.repeat(depth), "}".repeat(depth));
        with_schemas(&format!(r#"{{"A": {schema}}}"#))
    };
    assert!(generate(nested(60).as_bytes(), "application/json", &Settings::default()).is_ok());
    assert_eq!(refused(&nested(64)), [format!("too-deep /components/schemas/A{}", "/items".repeat(64))]);
    assert!(refused(&nested(600))[0].starts_with("too-deep"), "the parser has a limit too");
}

#[test]
fn what_is_deep_or_wide_or_long_takes_no_longer_than_it_is_large() {
    let part = |inner: String| {
        format!(
            r#"{{"required": ["a"], "properties": {{"a": {{"anyOf": [{inner}, {{"type": "null"}}], "allOf": [{{"properties": {{"z": {{}}}}}}]}}}}}}"#
        )
    };
    let deep = (0..31).fold("{}".to_owned(), |inner, _| part(inner));
    let wide: Vec<_> = (0..20_000).map(|value| format!("\"value {value}\"")).collect();
    let chain: Vec<_> = (0..5_000)
        .map(|at| format!(r##""A{at}": {{"$ref": "#/components/schemas/A{}"}}"##, at + 1))
        .collect();
    for schemas in [
        format!(r#"{{"A": {deep}}}"#),
        format!(r#"{{"A": {{"enum": [{}]}}}}"#, wide.join(",")),
        format!(r#"{{{}, "A5000": {{}}}}"#, chain.join(",")),
    ] {
        let document = with_schemas(&schemas);
        assert!(generate(document.as_bytes(), "application/json", &Settings::default()).is_ok());
    }
}

#[test]
fn what_is_told_with_less_is_a_warning() {
    let schemas = r##"{"A": {"type": "any"}, "B": {"$ref": "#/components/schemas/B"}}"##;
    let generated =
        generate(with_schemas(schemas).as_bytes(), "application/json", &Settings::default()).unwrap();
    assert_eq!(
        generated.warnings,
        [
            "the type `any` does not exist and is read as `unknown`: /components/schemas/A/type",
            "a schema is made of itself, and the circle is left out: /components/schemas/B",
        ]
    );
}
