//! The whole way, from a document to files. That the code compiles and talks to a server is tested end to end,
//! in `tests/tests/generate_rust.rs`.

use crate::{Constraints, Generated, Interface, Settings, Types, generate};
use countersign_plugin::Failure;
use serde_json::{Value, json};

const ZOO: &str = include_str!("../cases/zoo.json");

fn positional() -> Settings {
    Settings { interface: Interface::Positional, ..Settings::default() }
}

fn code_of(document: &str, settings: &Settings) -> String {
    let Generated { files, .. } =
        generate(document.as_bytes(), "application/json", settings).expect("a client");
    files.into_iter().next_back().expect("a file").content
}

/// A document with one operation and the schema of what it returns.
fn document(operation: &Value, schemas: &Value) -> String {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Watcher", "version": "1" },
        "paths": { "/watches": { "get": operation } },
        "components": { "schemas": schemas },
    })
    .to_string()
}

fn returns(schema: &Value) -> Value {
    json!({ "operationId": "get", "responses": { "200": { "content": { "application/json": { "schema": schema } } } } })
}

/// The generated fields of a type with this property.
fn field(property: &Value) -> String {
    let schemas = json!({ "T": { "type": "object", "required": ["p"], "properties": { "p": property } }, "E": { "enum": ["a", "b"] } });
    let code =
        code_of(&document(&returns(&json!({ "$ref": "#/components/schemas/T" })), &schemas), &positional());
    let (_, rest) = code.split_once("pub p: ").expect("the field");
    let (field, _) = rest.split_once(",\n").expect("its end");
    field
        .replace("::std::option::", "")
        .replace("::std::string::", "")
        .replace("::std::vec::", "")
        .replace("::serde_json::", "")
}

fn failure(document: &str) -> String {
    match generate(document.as_bytes(), "application/json", &Settings::default()) {
        Err(Failure::Unsupported(text)) => text,
        Err(Failure::InvalidInput(problems)) => {
            let told = problems.into_iter().map(|problem| {
                let at = problem.at.map(|at| at.pointer).unwrap_or_default();
                format!("{} at {at}: {}", problem.code, problem.message)
            });
            told.collect::<Vec<_>>().join("; ")
        }
        other => panic!("{other:?}"),
    }
}

fn warnings(document: &str) -> Vec<String> {
    generate(document.as_bytes(), "application/json", &Settings::default()).expect("a client").warnings
}

#[test]
fn a_crate_or_a_module_is_made() {
    let settings =
        Settings { package: Some("zoo-client".into()), version: Some("1.2.3".into()), ..Settings::default() };
    let files = generate(ZOO.as_bytes(), "application/json", &settings).unwrap().files;
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["Cargo.toml", "src/lib.rs"]);
    assert!(
        files[0].content.contains("name = \"zoo-client\"\nversion = \"1.2.3\"\n"),
        "{}",
        files[0].content
    );
    let module = generate(ZOO.as_bytes(), "application/json", &Settings::default()).unwrap().files;
    assert_eq!(module[0].path, "mod.rs");
    assert!(module[0].content.contains("//     progenitor-client = "));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for settings in [
        Settings::default(),
        Settings { types: Types::All, constraints: Constraints::Checked, ..positional() },
    ] {
        assert_eq!(code_of(ZOO, &settings), code_of(ZOO, &settings));
    }
}

#[test]
fn yaml_and_json_give_the_same_client() {
    let yaml = "openapi: 3.1.0\ninfo: {title: Watcher, version: '1'}\npaths:\n  /watches:\n    get: {operationId: get, responses: {'200': {content: {application/json: {schema: {type: integer}}}}}}\ncomponents: {schemas: {}}\n";
    let from_yaml = generate(yaml.as_bytes(), "application/yaml", &Settings::default()).unwrap().files;
    let json = document(&returns(&json!({ "type": "integer" })), &json!({}));
    assert_eq!(from_yaml, generate(json.as_bytes(), "application/json", &Settings::default()).unwrap().files);
}

#[test]
fn schemas_of_3_1_keep_their_meaning() {
    let reference = json!({ "$ref": "#/components/schemas/E" });
    let cases = [
        (json!({ "type": ["string", "null"] }), "Option<String>"),
        (json!({ "anyOf": [reference, { "type": "null" }] }), "Option<E>"),
        (json!({ "$ref": "#/components/schemas/E", "description": "a sibling" }), "E"),
        (json!({ "const": "x" }), "Tp"),
        (json!({ "const": 3 }), "i64"),
        (json!({ "type": "integer", "exclusiveMinimum": 0 }), "i64"),
        (json!({ "type": "string", "contentEncoding": "base64" }), "String"),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "string" }] }),
            "Vec<String>",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] }),
            "Vec<Value>",
        ),
        (json!({ "type": ["integer", "string"] }), "Tp"),
        (json!({ "type": "array", "items": { "type": ["boolean", "null"] } }), "Vec<Option<bool>>"),
        (json!({ "type": "null" }), "()"),
        (json!({ "oneOf": [{ "type": "number" }] }), "f64"),
        (json!(true), "Value"),
        (json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }), "Value"),
    ];
    for (schema, expected) in cases {
        assert_eq!(field(&schema), expected, "{schema}");
    }
}

#[test]
fn types_of_one_wished_name_stay_two_types() {
    let schemas = json!({
        "T": { "type": "object", "required": ["p"], "properties": { "p": { "type": "object", "properties": { "inner": { "type": "string" } } } } },
        "TP": { "type": "object", "properties": { "other": { "type": "integer" } } },
        "t_p": { "type": "object", "properties": { "third": { "$ref": "#/components/schemas/TP" } } },
    });
    let root = json!({ "type": "array", "items": { "oneOf": [{ "$ref": "#/components/schemas/T" }, { "$ref": "#/components/schemas/t_p" }] } });
    let code = code_of(&document(&returns(&root), &schemas), &positional());
    for expected in ["pub struct Tp {", "pub struct Tp2 {", "pub struct Tp3 {", "pub p: Tp3,"] {
        assert!(code.contains(expected), "{expected}\n{code}");
    }
}

#[test]
fn errors_of_several_types_are_a_choice_where_they_differ() {
    let error = |name: &str| json!({ "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } } });
    let schemas = json!({
        "Loose": { "type": "object", "properties": { "detail": { "type": "array" } } },
        "Strict": { "type": "object", "required": ["code"], "properties": { "code": { "type": "string" } } },
        "Alike": { "type": "object", "properties": { "detail": { "type": "string" } } },
    });
    let operation = json!({ "operationId": "get", "responses": { "200": {}, "404": error("Loose"), "422": error("Strict"), "503": {} } });
    let code = code_of(&document(&operation, &schemas), &positional());
    assert!(code.contains("Error<types::StrictOrLoose>"), "{code}");
    assert!(
        code.contains("pub enum StrictOrLoose {\n        Strict(Strict),\n        Loose(Loose),"),
        "{code}"
    );

    let operation = json!({ "operationId": "get", "responses": { "200": {}, "404": error("Loose"), "422": error("Alike") } });
    let document = document(&operation, &schemas);
    assert!(code_of(&document, &positional()).contains("Error<::serde_json::Value>"));
    assert_eq!(
        warnings(&document),
        ["errors have several types that look alike, so the client gives any JSON value: `GET /watches`"]
    );
}

#[test]
fn a_default_response_is_no_success_where_a_success_is_named() {
    let body = |name: &str| json!({ "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } } });
    let schemas = json!({
        "Pet": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } },
        "Error": { "type": "object", "required": ["code"], "properties": { "code": { "type": "integer" } } },
    });
    let operation =
        json!({ "operationId": "get", "responses": { "200": body("Pet"), "default": body("Error") } });
    let code = code_of(&document(&operation, &schemas), &positional());
    assert!(code.contains("Result<ResponseValue<types::Pet>, Error<types::Error>>"), "{code}");
}

#[test]
fn what_stands_in_the_way_is_told_with_its_place() {
    let matrix = json!({ "parameters": [{ "name": "a", "in": "query", "style": "matrix", "schema": { "type": "string" } }], "responses": {} });
    assert_eq!(
        failure(&document(&matrix, &json!({}))),
        "GET /watches: the style `matrix` of a parameter at `/paths/~1watches/get/parameters/0/schema`"
    );
    let missing = document(&returns(&json!({ "$ref": "#/components/schemas/Gone" })), &json!({}));
    assert_eq!(
        failure(&missing),
        "missing-reference at /paths/~1watches/get/responses/200/content/application~1json/schema: the reference `#/components/schemas/Gone` leads nowhere"
    );
    let outside = document(&returns(&json!({ "$ref": "other.json#/a" })), &json!({}));
    assert!(failure(&outside).contains("leads out of the document"));
    let circle =
        json!({ "A": { "$ref": "#/components/schemas/B" }, "B": { "$ref": "#/components/schemas/A" } });
    let circle = document(&returns(&json!({ "$ref": "#/components/schemas/A" })), &circle);
    assert!(failure(&circle).starts_with("circular-reference at"), "{}", failure(&circle));
    assert!(failure(r#"{"openapi": "3.1.0", "paths": {}}"#).contains("no operation"));
    assert!(failure(r#"{"swagger": "2.0"}"#).starts_with("unknown-version"));
}

#[test]
fn an_operation_is_left_out_by_name_only() {
    let skip = |operation: &str| {
        let settings = Settings { skip: vec![operation.into()], ..Settings::default() };
        generate(ZOO.as_bytes(), "application/json", &settings)
    };
    let code = skip("post /photos").unwrap().files.remove(0).content;
    assert!(!code.contains("pub fn upload(") && code.contains("pub fn upload_form("));
    assert!(matches!(skip("POST /fotos"), Err(Failure::InvalidConfig(_))));
}

#[test]
fn text_of_the_document_stays_text() {
    let hostile = [
        "*/ fn broken() {} /*",
        "\"# ; fn broken() {}",
        "\\",
        "a\nfn broken() {}",
        "a\rfn broken() {}",
        "{0} {} {{",
        "\u{0}\u{8}\u{202e}",
        "```\nfn broken() {}\n```",
        "    fn broken() {}",
        "]] #[derive(Broken)]",
        "\u{2028}fn broken() {}",
        "//!",
        "/ slash",
        "",
    ];
    for text in hostile {
        let operation = json!({
            "operationId": text, "summary": text, "description": text, "tags": [text],
            "parameters": [{ "name": text, "in": "query", "description": text, "schema": { "type": "string", "default": text } }],
            "responses": { "200": { "description": text, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/T" } } } } },
        });
        let schemas = json!({ "T": { "title": text, "description": text, "type": "object", "properties": {
            format!("p{text}"): { "enum": [text, "b"], "description": text },
            "s": { "type": "string", "default": text, "description": text, "pattern": text, "x-rust-type": text },
        } } });
        let mut document: Value = serde_json::from_str(&document(&operation, &schemas)).unwrap();
        document["info"] = json!({ "title": text, "version": text, "description": text });
        for settings in [
            positional(),
            Settings {
                tags: crate::Tags::Separate,
                constraints: Constraints::Checked,
                ..Settings::default()
            },
        ] {
            let code = code_of(&document.to_string(), &settings);
            let file = syn::parse_file(&code).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            let function = file.items.iter().any(|item| matches!(item, syn::Item::Fn(_)));
            assert!(!function, "{text:?} became a function");
            assert!(!code.contains('\u{202e}') || text.contains('\u{202e}'), "{text:?}");
        }
    }
}

#[test]
fn nothing_of_a_description_is_a_test_of_documentation() {
    let code = code_of(ZOO, &positional());
    let docs = code.lines().filter_map(|line| line.trim_start().strip_prefix("///"));
    for line in docs {
        assert!(!line.starts_with("     ") && !line.contains("```"), "{line}");
    }
}
