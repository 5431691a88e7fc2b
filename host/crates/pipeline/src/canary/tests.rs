use super::answer::Comparison;
use super::*;
use crate::config::ReadMethod;
use countersign_engine::HttpResponse;
use countersign_model::Problem;
use serde_json::{Value, json};

/// A document of one operation whose response 200 is `schema`, and of these components.
fn document(version: &str, schema: &Value, components: &Value) -> Value {
    json!({
        "openapi": version,
        "info": {},
        "paths": { "/watches": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": schema } } }
        } } } },
        "components": { "schemas": components },
    })
}

fn answer(status: u16, media_type: &str, body: &[u8]) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    HttpResponse { status, headers, body: body.to_vec() }
}

fn judged(document: &Value, answer: &HttpResponse) -> Result<Judged, Box<Problem>> {
    let record = ApiRecord::read(document.to_string().as_bytes()).unwrap();
    let operation = record.operation("get", "/watches").unwrap().unwrap();
    judge(&record, &operation, ReadMethod::Get, answer)
}

fn compared(document: &Value, answer: &HttpResponse) -> Comparison {
    match judged(document, answer).unwrap() {
        Judged::Compared(comparison) => comparison,
        Judged::Away(problem) => panic!("{problem:?}"),
    }
}

/// What is wrong with an answer, a line each: rule, place, expected, seen, place in the record.
fn wrong(document: &Value, answer: &HttpResponse) -> Vec<String> {
    let line = |violation: &countersign_model::Violation| {
        let place = violation.instance.as_deref().unwrap_or("-");
        let (rule, schema) = (violation.rule.as_str(), &violation.schema);
        format!("{rule} {place}: {}, not {} ({schema})", violation.expected, violation.seen)
    };
    compared(document, answer).violations.iter().map(line).collect()
}

/// Whether a schema takes a value as an answer.
fn takes(version: &str, schema: &Value, components: &Value, body: &Value) -> bool {
    let comparison = compared(
        &document(version, schema, components),
        &answer(200, "application/json", body.to_string().as_bytes()),
    );
    assert!(comparison.body_compared);
    comparison.violations.is_empty()
}

fn takes_old(schema: &Value, body: &Value) -> bool {
    takes("3.0.3", schema, &json!({ "Name": { "type": "string" } }), body)
}

fn takes_new(schema: &Value, body: &Value) -> bool {
    takes("3.1.0", schema, &json!({ "Name": { "type": "string" } }), body)
}

#[test]
fn nullable_of_openapi_3_0_takes_null_and_nothing_else_besides() {
    let name = json!({ "$ref": "#/components/schemas/Name" });
    for schema in [
        json!({ "type": "string", "nullable": true }),
        json!({ "type": "string", "enum": ["a"], "nullable": true }),
        json!({ "allOf": [name], "nullable": true }),
        json!({ "oneOf": [name, { "type": "boolean" }], "nullable": true }),
    ] {
        assert!(takes_old(&schema, &Value::Null), "{schema}");
        assert!(takes_old(&schema, &json!("a")), "{schema}");
        assert!(!takes_old(&schema, &json!(1)), "{schema}");
        // It is no keyword of JSON Schema.
        assert!(!takes_new(&schema, &Value::Null), "{schema}");
    }
    assert!(!takes_old(&json!({ "type": "string", "nullable": false }), &Value::Null));
}

#[test]
fn exclusive_bounds_are_read_as_each_version_has_them() {
    let old = json!({ "type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 3 });
    assert!(!takes_old(&old, &json!(1)) && takes_old(&old, &json!(1.5)) && takes_old(&old, &json!(3)));
    let inclusive = json!({ "minimum": 1, "exclusiveMinimum": false });
    assert!(takes_old(&inclusive, &json!(1)) && !takes_old(&inclusive, &json!(0)));
    let new = json!({ "exclusiveMinimum": 1 });
    assert!(!takes_new(&new, &json!(1)) && takes_new(&new, &json!(2)));
}

#[test]
fn keywords_count_only_in_the_version_that_has_them() {
    let schema = json!({ "const": 1 });
    assert!(takes_old(&schema, &json!(2)) && !takes_new(&schema, &json!(2)));
    let beside = json!({ "$ref": "#/components/schemas/Name", "maxLength": 1 });
    assert!(takes_old(&beside, &json!("ab")) && !takes_new(&beside, &json!("ab")));
}

#[test]
fn what_is_only_written_is_not_asked_for_in_an_answer() {
    let secret = json!({ "type": "string", "writeOnly": true });
    let flat = json!({
        "required": ["id", "password"],
        "properties": { "id": { "type": "integer" }, "password": secret },
    });
    let part = json!({ "allOf": [{ "properties": { "password": secret } }, { "required": ["password"] }] });
    for version in ["3.0.3", "3.1.0"] {
        assert!(takes(version, &flat, &json!({}), &json!({ "id": 1 })));
        assert!(!takes(version, &flat, &json!({}), &json!({ "password": "x" })));
        assert!(takes(version, &part, &json!({}), &json!({})));
        let named = json!({ "required": ["password"], "properties": { "password": { "$ref": "#/components/schemas/Secret" } } });
        assert!(takes(version, &named, &json!({ "Secret": secret }), &json!({})));
    }
}

#[test]
fn a_recursive_schema_is_followed_as_deep_as_the_answer_goes() {
    let components = json!({ "Node": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": { "type": "string" },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
        },
    } });
    let schema = json!({ "$ref": "#/components/schemas/Node" });
    let body = json!({ "name": "a", "children": [{ "name": "b", "children": [{ "name": 1 }] }] });
    for version in ["3.0.3", "3.1.0"] {
        let found = wrong(
            &document(version, &schema, &components),
            &answer(200, "application/json", body.to_string().as_bytes()),
        );
        assert_eq!(
            found,
            ["body-mismatch /children/0/children/0/name: a string, not a whole number \
              (/components/schemas/Node/properties/name/type)"]
        );
    }
}

#[test]
fn a_schema_made_of_itself_is_told_and_not_followed_for_ever() {
    for node in [
        json!({ "$ref": "#/components/schemas/Node" }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Other" }] }),
        json!({ "not": { "$ref": "#/components/schemas/Node" } }),
    ] {
        let components =
            json!({ "Node": node, "Other": { "anyOf": [{ "$ref": "#/components/schemas/Node" }] } });
        let document = document("3.1.0", &json!({ "$ref": "#/components/schemas/Node" }), &components);
        let problem = judged(&document, &answer(200, "application/json", b"{}")).unwrap_err();
        assert!(problem.message.contains("is made of itself"), "{}", problem.message);
    }
}

#[test]
fn references_that_lead_out_of_the_record_are_told() {
    for (reference, says) in [
        ("https://example.com/a.json#/b", "is not followed"),
        ("other.yaml", "is not followed"),
        ("#anchor", "is not followed"),
        ("#/components/schemas/None", "nothing stands"),
    ] {
        let document = document("3.1.0", &json!({ "items": { "$ref": reference } }), &json!({}));
        let problem = judged(&document, &answer(200, "application/json", b"[]")).unwrap_err();
        assert!(problem.message.contains(says), "{}", problem.message);
    }
    let escaped = json!({ "$ref": "#/paths/~1watches/get/responses/200/x%2Da" });
    let mut document = document("3.1.0", &escaped, &json!({}));
    document["paths"]["/watches"]["get"]["responses"]["200"]["x-a"] = json!({ "type": "boolean" });
    assert!(wrong(&document, &answer(200, "application/json", b"true")).is_empty());
}

#[test]
fn what_is_seen_is_told_by_kind_and_size_and_never_by_value() {
    let schema = json!({
        "type": "object",
        "additionalProperties": { "type": "integer", "maximum": 10 },
        "properties": {
            "name": { "type": "string", "maxLength": 3, "pattern": "^[a-z]+$" },
            "state": { "enum": ["on", "off"] },
            "at": { "type": "string", "format": "date-time" },
            "closed": { "type": "object", "properties": {}, "additionalProperties": false },
        },
    });
    let body = json!({
        "name": "SECRET", "state": "SECRET", "at": "SECRET", "closed": { "SECRET": 1 },
        "SECRET@example.com": "SECRET", "SECRET": 4711,
    });
    let found = wrong(
        &document("3.1.0", &schema, &json!({})),
        &answer(200, "application/json", body.to_string().as_bytes()),
    );
    let all = found.join("\n");
    assert!(!all.contains("SECRET") && !all.contains("4711"), "{all}");
    for told in [
        "/name: at most 3 characters, not a string of 6 characters",
        "/name: a text that matches `^[a-z]+$`, not a string of 6 characters",
        "/state: one of `\"on\"`, `\"off\"`, not a string of 6 characters",
        "/at: a text of the format `date-time`, not a string of 6 characters",
        "/closed: only the properties of the schema, not an object of 1 property, of which 1 is not in the schema",
        "/*: a whole number, not a string of 6 characters",
        "/*: at most 10, not a whole number",
    ] {
        assert!(all.contains(told), "{told} is not told in\n{all}");
    }
    assert_eq!(found.len(), 7, "{all}");
}

#[test]
fn the_items_of_a_list_are_told_once_with_the_first_of_them() {
    let schema = json!({ "items": { "required": ["id"], "properties": { "at": { "type": "string" } } } });
    let items: Vec<Value> =
        (0..12).map(|at| if at < 9 { json!({ "id": 1, "at": "x" }) } else { json!({ "at": 1 }) }).collect();
    let document = document("3.1.0", &schema, &json!({}));
    let comparison =
        compared(&document, &answer(200, "application/json", json!(items).to_string().as_bytes()));
    let told: Vec<_> =
        comparison.violations.iter().map(|it| (it.instance.clone().unwrap(), it.places)).collect();
    assert_eq!(told, [("/9".to_owned(), 3), ("/9/at".to_owned(), 3)]);
    assert_eq!(comparison.untold, 0);
}

#[test]
fn between_shapes_the_one_that_was_meant_is_told() {
    let schema = json!({ "anyOf": [{ "required": ["id"], "type": "object" }, { "type": "null" }] });
    let document = document("3.1.0", &schema, &json!({}));
    let found = |body: &[u8]| wrong(&document, &answer(200, "application/json", body)).join("\n");
    assert!(
        found(b"{}").contains("the property `id`, not an object of 0 properties without it"),
        "{}",
        found(b"{}")
    );
    assert!(found(b"1").contains("an object or null, not a whole number"), "{}", found(b"1"));
}

#[test]
fn no_number_of_an_answer_is_too_large_to_be_compared() {
    let schema = json!({ "type": "number", "minimum": -5, "maximum": 5, "multipleOf": 0.5 });
    for number in ["1e999", "-1e999", "123456789012345678901234567890", "1e-999", "0.1e1", "-0"] {
        for version in ["3.0.3", "3.1.0"] {
            let document = document(version, &schema, &json!({}));
            // Whether it fits is the library's word; that it comes to one is ours.
            let _ = compared(&document, &answer(200, "application/json", number.as_bytes()));
        }
    }
    assert!(takes_new(&json!({ "type": "integer" }), &serde_json::from_str("2.0").unwrap()));
    assert!(!takes_new(&json!({ "type": "integer" }), &serde_json::from_str("2.5").unwrap()));
}

#[test]
fn a_pattern_that_backtracks_ends() {
    let schema = json!({ "type": "string", "pattern": r"^(a|a)*\1b" });
    let document = document("3.1.0", &schema, &json!({}));
    let body = format!("\"{}!\"", "a".repeat(40));
    let problem = judged(&document, &answer(200, "application/json", body.as_bytes())).unwrap_err();
    assert_eq!(problem.code, "unusable-record");
}

/// A document whose operation declares these responses.
fn responses(responses: &Value) -> Value {
    json!({ "openapi": "3.1.0", "info": {}, "paths": { "/watches": { "get": { "responses": responses } } } })
}

#[test]
fn a_status_is_declared_by_itself_by_its_range_or_by_default_in_this_order() {
    let json = |of: &str| json!({ "content": { "application/json": { "schema": { "const": of } } } });
    let document = responses(
        &json!({ "default": json("default"), "2XX": json("range"), "200": json("status"), "5xx": json("old") }),
    );
    for (status, body) in [(200, "status"), (201, "range"), (404, "default"), (500, "old"), (503, "old")] {
        let answered = |body: &str| {
            wrong(&document, &answer(status, "application/json", format!("{body:?}").as_bytes()))
        };
        assert!(answered(body).is_empty(), "{status}");
        assert_eq!(answered("other").len(), 1, "{status}");
    }
}

#[test]
fn an_undeclared_status_violates_unless_a_gateway_gave_it() {
    let document = responses(&json!({ "200": {}, "404": {} }));
    assert_eq!(
        wrong(&document, &answer(500, "text/plain", b"oh")),
        ["undeclared-status -: status 200, 404, not status 500 (/paths/~1watches/get/responses)"]
    );
    assert!(
        wrong(&document, &answer(302, "text/plain", b""))[0].contains("a redirect, which is not followed")
    );
    for status in [429, 502, 503, 504] {
        let away = judged(&document, &answer(status, "text/html", b"<html>")).unwrap();
        assert!(matches!(away, Judged::Away(problem) if problem.code == "service-unreachable"));
        let by_default = responses(&json!({ "default": {} }));
        assert!(matches!(judged(&by_default, &answer(status, "text/html", b"")).unwrap(), Judged::Away(_)));
        let declared = responses(&json!({ status.to_string(): {} }));
        assert!(wrong(&declared, &answer(status, "text/html", b"")).is_empty());
    }
}

#[test]
fn a_media_type_is_declared_without_regard_to_its_parameters_or_by_a_range() {
    let content = |names: &[&str]| {
        let of = |name: &&str| ((*name).to_owned(), json!({ "schema": { "type": "object" } }));
        responses(&json!({ "200": { "content": names.iter().map(of).collect::<serde_json::Map<_, _>>() } }))
    };
    for (declared, typed) in [
        ("application/json", "application/json; charset=utf-8"),
        ("application/json;charset=UTF-8", "Application/JSON"),
        ("application/*", "application/problem+json"),
        ("*/*", "text/csv"),
    ] {
        assert!(wrong(&content(&[declared]), &answer(200, typed, b"{}")).is_empty(), "{declared} {typed}");
    }
    for (declared, typed) in
        [("application/json", "text/html"), ("text/*", "application/json"), ("application/json", "")]
    {
        let found = wrong(&content(&[declared]), &answer(200, typed, b"{}"));
        assert!(found[0].starts_with("undeclared-media-type"), "{found:?}");
    }
    // Only what is JSON is held against a schema.
    assert!(wrong(&content(&["text/csv"]), &answer(200, "text/csv", b"a,b")).is_empty());
    assert_eq!(
        wrong(&content(&["*/*", "application/json"]), &answer(200, "application/json", b"1")).len(),
        1
    );
}

#[test]
fn a_body_that_is_no_json_is_told_for_what_it_is() {
    let document = document("3.1.0", &json!({ "type": "object" }), &json!({}));
    for (body, seen) in [
        (&b"<!doctype html>"[..], "15 bytes of what looks like a page"),
        (b"\xff{}", "3 bytes that are not UTF-8"),
        (b"\xef\xbb\xbf{}", "5 bytes that begin with a byte order mark"),
        (b"{\"a\": 1", "JSON that breaks off after 7 bytes"),
        (b"{\n\"a\": x}", "9 bytes that are no JSON from line 2, column 6"),
    ] {
        let found = wrong(&document, &answer(200, "application/json", body)).join("\n");
        assert!(found.starts_with("unreadable-body") && found.contains(seen), "{found}");
    }
    let empty = wrong(&document, &answer(200, "application/json", b""));
    assert!(empty[0].starts_with("missing-body"), "{empty:?}");
}

#[test]
fn an_answer_without_content_needs_no_body() {
    let document =
        responses(&json!({ "204": { "content": { "application/json": { "schema": {} } } }, "200": {} }));
    let nothing = |status| HttpResponse { status, headers: Vec::new(), body: Vec::new() };
    assert!(wrong(&document, &nothing(204)).is_empty());
    assert!(wrong(&document, &nothing(200)).is_empty());
    // What the record does not describe is not held against anything.
    assert!(wrong(&document, &answer(200, "text/html", b"<html>")).is_empty());
}

#[test]
fn an_answer_that_is_too_much_is_undecided() {
    let document = document("3.1.0", &json!({}), &json!({}));
    let deep = "[".repeat(200);
    let large = vec![b' '; (4 << 20) + 1];
    for body in [deep.as_bytes(), &large] {
        let problem = judged(&document, &answer(200, "application/json", body)).unwrap_err();
        assert_eq!(problem.code, "answer-too-large");
    }
}

#[test]
fn a_required_header_must_be_there_whatever_its_case() {
    let document = json!({
        "openapi": "3.1.0", "info": {},
        "paths": { "/watches": { "get": { "responses": { "200": { "$ref": "#/components/responses/All" } } } } },
        "components": {
            "responses": { "All": { "headers": {
                "ETag": { "required": true }, "X-Total": { "$ref": "#/components/headers/Total" },
                "X-Maybe": {}, "Content-Type": { "required": true },
            } } },
            "headers": { "Total": { "required": true } },
        },
    });
    let mut answered =
        HttpResponse { status: 200, headers: vec![("etag".into(), "1".into())], body: Vec::new() };
    assert_eq!(
        wrong(&document, &answered),
        ["missing-header -: the header `X-Total`, not an answer without it (/components/headers/Total)"]
    );
    answered.headers.push(("x-total".into(), "3".into()));
    assert!(wrong(&document, &answered).is_empty());
}

#[test]
fn only_openapi_3_with_its_own_dialect_is_read() {
    for document in [
        json!({ "swagger": "2.0" }),
        json!({ "openapi": "4.0.0" }),
        json!({ "openapi": "3.1.0", "jsonSchemaDialect": "http://json-schema.org/draft-07/schema#" }),
        json!([]),
    ] {
        let problem = ApiRecord::read(document.to_string().as_bytes()).map(drop).unwrap_err();
        assert_eq!(problem.code, "unusable-record");
    }
    let base =
        json!({ "openapi": "3.1.0", "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base" });
    assert!(ApiRecord::read(base.to_string().as_bytes()).is_ok());
}

#[test]
fn an_invalid_schema_of_the_record_is_undecided() {
    let document = document("3.1.0", &json!({ "type": "strin" }), &json!({}));
    let problem = judged(&document, &answer(200, "application/json", b"1")).unwrap_err();
    assert_eq!(problem.code, "unusable-record");
}

#[test]
fn every_operation_is_listed_in_the_document_s_order() {
    let document = json!({ "openapi": "3.0.0", "paths": {
        "/b": { "get": {}, "post": {}, "parameters": [] }, "/a": { "$ref": "#/paths/~1b" },
    } });
    let record = ApiRecord::read(document.to_string().as_bytes()).unwrap();
    assert_eq!(record.operations(), ["GET /b", "POST /b", "GET /a", "POST /a"]);
}
