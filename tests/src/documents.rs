use crate::Sandbox;
use serde_json::{Value, json};

/// A small API: one resource that is read and created.
pub fn api() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Watcher", "version": "1.0.0" },
        "paths": {
            "/watches": { "post": {
                "operationId": "create_watch",
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/WatchCreate" } } } },
                "responses": { "201": { "description": "Created", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Watch" } } } } }
            } },
            "/watches/{id}": { "get": {
                "operationId": "get_watch",
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }
                ],
                "responses": { "200": { "description": "Found", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Watch" } } } } }
            } }
        },
        "components": { "schemas": {
            "Watch": {
                "type": "object",
                "required": ["id", "checked_at"],
                "properties": { "id": { "type": "string" }, "checked_at": { "type": "string" } }
            },
            "WatchCreate": {
                "type": "object",
                "required": ["url"],
                "properties": { "url": { "type": "string" } }
            }
        } }
    })
}

/// The small API without the field that a client reads: a break.
pub fn edited() -> Value {
    let mut api = api();
    api["components"]["schemas"]["Watch"] =
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } });
    api
}

/// A document as people write it.
pub fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

/// A repository whose contract `watcher` is dumped from a file, accepted and committed. `more` is what else its
/// `pipeline.toml` says.
pub fn contract(more: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    sandbox.write("pipeline.toml", format!("[contracts.watcher]\ndump = \"openapi.json\"\n{more}"));
    let accepted = sandbox.run(&["accept"]).exits(0);
    drop(accepted);
    sandbox.commit("Record the contract");
    sandbox
}
