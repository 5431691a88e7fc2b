//! Documents of several files, and what becomes of them.

use super::*;
use countersign_document::Document;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MAIN: &str = "openapi.json";

/// Files by their places; the one at `MAIN` is the document.
struct Folder(BTreeMap<&'static str, String>);

impl Files for Folder {
    fn open(&self, place: &str) -> Result<Found, Refusal> {
        if place == MAIN {
            return Ok(Found::Main);
        }
        if place.starts_with("../") {
            return Err(Refusal::Denied("it leaves the folder".into()));
        }
        let text = self.0.get(place).ok_or(Refusal::Missing)?;
        Ok(Found::File { bytes: text.clone().into_bytes(), media_type: String::new() })
    }
}

fn bundled(files: &[(&'static str, &Value)]) -> (Value, Vec<String>) {
    let folder = Folder(files.iter().map(|(place, value)| (*place, value.to_string())).collect());
    let main = folder.0[MAIN].clone();
    let document = Document::parse_json(main.as_bytes()).unwrap();
    let bundled = bundle(document.root(), &folder).unwrap().expect("something to bundle");
    (serde_json::from_str(&bundled.json).expect("JSON"), bundled.warnings)
}

fn api(schema: &Value, components: &Value) -> Value {
    json!({"openapi": "3.1.0", "info": {}, "paths": {"/pets": {"get": {"responses": {"200": {"description": "",
        "content": {"application/json": {"schema": schema}}}}}}}, "components": components})
}

fn schema_of(document: &Value) -> &Value {
    &document["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
}

#[test]
fn a_document_of_one_file_is_left_alone() {
    let document = api(&json!({"$ref": "#/components/schemas/Pet"}), &json!({"schemas": {"Pet": {}}}));
    let text = document.to_string();
    let document = Document::parse_json(text.as_bytes()).unwrap();
    assert!(bundle(document.root(), &Folder(BTreeMap::new())).unwrap().is_none());
}

#[test]
fn a_schema_of_another_file_becomes_a_component() {
    let main = api(&json!({"$ref": "schemas/pet.json"}), &json!({}));
    let pet = json!({"type": "object", "properties": {"owner": {"$ref": "./people.json#/$defs/Owner"}, "next": {"$ref": "#"}}});
    let people = json!({"$defs": {"Owner": {"type": "string"}}});
    let (document, warnings) =
        bundled(&[(MAIN, &main), ("schemas/pet.json", &pet), ("schemas/people.json", &people)]);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(schema_of(&document), &json!({"$ref": "#/components/schemas/pet"}));
    assert_eq!(
        document["components"]["schemas"],
        json!({
            "pet": {"type": "object", "properties": {
                "owner": {"$ref": "#/components/schemas/Owner"}, "next": {"$ref": "#/components/schemas/pet"}}},
            "Owner": {"type": "string"},
        })
    );
}

#[test]
fn a_component_that_stands_for_a_file_becomes_what_the_file_holds() {
    let main = api(
        &json!({"type": "array", "items": {"$ref": "pet.json"}}),
        &json!({"schemas": {"Animal": {"$ref": "pet.json"}, "Other": {}}}),
    );
    let pet = json!({"type": "object", "properties": {"other": {"$ref": "openapi.json#/components/schemas/Other"}}});
    let (document, _) = bundled(&[(MAIN, &main), ("pet.json", &pet)]);
    assert_eq!(schema_of(&document)["items"], json!({"$ref": "#/components/schemas/Animal"}));
    assert_eq!(
        document["components"]["schemas"],
        json!({"Animal": {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/Other"}}}, "Other": {}})
    );
}

#[test]
fn names_that_are_taken_are_numbered() {
    let main = api(
        &json!({"anyOf": [{"$ref": "a/pet.json"}, {"$ref": "b/pet.json"}]}),
        &json!({"schemas": {"pet": {"type": "null"}}}),
    );
    let (document, _) = bundled(&[
        (MAIN, &main),
        ("a/pet.json", &json!({"type": "string"})),
        ("b/pet.json", &json!({"type": "integer"})),
    ]);
    assert_eq!(
        document["components"]["schemas"],
        json!({"pet": {"type": "null"}, "pet_2": {"type": "string"}, "pet_3": {"type": "integer"}})
    );
}

#[test]
fn path_items_and_whole_maps_take_the_place_of_their_references() {
    let main = json!({"openapi": "3.0.3", "info": {}, "paths": {"$ref": "paths.json"}});
    let paths = json!({"/pets": {"$ref": "paths/pets.json", "summary": "own"}});
    let pets = json!({"summary": "theirs", "get": {"parameters": [{"$ref": "../parameters.json#/Limit"}], "responses": {"default": {"$ref": "../responses.json#/Error"}}}});
    let parameters = json!({"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}});
    let responses = json!({"Error": {"description": "no"}});
    let (document, warnings) = bundled(&[
        (MAIN, &main),
        ("paths.json", &paths),
        ("paths/pets.json", &pets),
        ("parameters.json", &parameters),
        ("responses.json", &responses),
    ]);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(
        document["paths"],
        json!({"/pets": {"summary": "own", "get": {
            "parameters": [{"$ref": "#/components/parameters/Limit"}],
            "responses": {"default": {"$ref": "#/components/responses/Error"}}}}})
    );
    assert_eq!(document["components"]["parameters"], parameters);
    assert_eq!(document["components"]["responses"], responses);
}

#[test]
fn swagger_keeps_its_definitions_at_the_top() {
    let main = json!({"swagger": "2.0", "info": {}, "paths": {"/a": {"get": {"responses": {"200": {"description": "",
        "schema": {"$ref": "a.json#/Pet"}}}}}}, "definitions": {"Own": {}}});
    let (document, _) = bundled(&[(MAIN, &main), ("a.json", &json!({"Pet": {"type": "string"}}))]);
    assert_eq!(document["definitions"], json!({"Own": {}, "Pet": {"type": "string"}}));
    assert_eq!(
        document["paths"]["/a"]["get"]["responses"]["200"]["schema"],
        json!({"$ref": "#/definitions/Pet"})
    );
}

#[test]
fn a_mapping_follows_its_variants() {
    let main = api(
        &json!({"oneOf": [{"$ref": "dog.json"}], "discriminator": {"propertyName": "kind", "mapping": {"dog": "dog.json", "cat": "Cat"}}}),
        &json!({"schemas": {"Cat": {}}}),
    );
    let (document, _) = bundled(&[(MAIN, &main), ("dog.json", &json!({"type": "object"}))]);
    let mapping = &schema_of(&document)["discriminator"]["mapping"];
    assert_eq!(mapping, &json!({"dog": "#/components/schemas/dog", "cat": "Cat"}));
}

#[test]
fn what_cannot_be_had_is_left_and_told() {
    let schema = json!({"anyOf": [{"$ref": "none.json"}, {"$ref": "../up.json"}, {"$ref": "pet.json#/nowhere"},
        {"$ref": "https://example.com/a.json"}], "example": {"$ref": "never-opened.json"}, "properties": {"$ref": {"type": "string"}}});
    let (document, warnings) = bundled(&[(MAIN, &api(&schema, &json!({}))), ("pet.json", &json!({}))]);
    assert_eq!(schema_of(&document), &schema);
    let told = ["`../up.json`", "`none.json`", "`pet.json#/nowhere`"];
    assert_eq!(warnings.len(), told.len(), "{warnings:?}");
    told.iter().zip(&warnings).for_each(|(told, warning)| assert!(warning.starts_with(told), "{warning}"));
}

#[test]
fn a_file_that_is_no_document_is_named() {
    let main = api(&json!({"$ref": "pet.yaml"}), &json!({})).to_string();
    let folder = Folder(BTreeMap::from([("pet.yaml", "a: [1\n".to_owned())]));
    let document = Document::parse_json(main.as_bytes()).unwrap();
    let Err(Failure::InvalidInput(problems)) = bundle(document.root(), &folder) else { panic!("accepted") };
    assert!(problems[0].message.starts_with("`pet.yaml:2:1`: "), "{}", problems[0].message);
}

#[test]
fn path_items_that_double_are_refused_and_circles_are_told() {
    let item = |next: &str| {
        let call = json!({"$ref": next});
        json!({"get": {"callbacks": {"a": {"x": call, "y": call}}}})
    };
    let names: Vec<String> = (0..40).map(|number| format!("{number}.json")).collect();
    let texts: Vec<Value> = (1..=40).map(|number| item(&format!("{number}.json"))).collect();
    let main = json!({"openapi": "3.0.3", "info": {}, "paths": {"/a": {"$ref": "0.json"}}});
    let mut files: BTreeMap<&'static str, String> =
        names.into_iter().zip(&texts).map(|(name, text)| (&*name.leak(), text.to_string())).collect();
    files.insert("40.json", "{}".into());
    let text = main.to_string();
    let document = Document::parse_json(text.as_bytes()).unwrap();
    let Err(Failure::InvalidInput(problems)) = bundle(document.root(), &Folder(files)) else {
        panic!("accepted")
    };
    assert_eq!(problems[0].code, "document-too-large");

    let circle = json!({"get": {"callbacks": {"a": {"x": {"$ref": "0.json"}}}}});
    let (_, warnings) = bundled(&[(MAIN, &main), ("0.json", &circle)]);
    assert!(warnings[0].contains("refers to itself"), "{warnings:?}");
}
