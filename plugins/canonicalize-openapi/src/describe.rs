//! What the stage says of itself. The examples are run as tests.

use crate::settings::SCHEMA;
use countersign_plugin::Description;

const TWO_PATHS: &str = r##"{"openapi": "3.1.0", "info": {"title": "Watcher", "version": "1"},
 "paths": {"/watches/{id}": {"get": {"responses": {"200": {"$ref": "#/components/responses/Watch"}}}, "delete": {}},
           "/dashboard/index": {"get": {}}},
 "components": {"responses": {"Watch": {"description": "a watch"}, "Old": {"description": "of no use"}}}}"##;

const PRUNED: &str = r##"{
  "openapi": "3.1.0",
  "info": {
    "title": "Watcher",
    "version": "1"
  },
  "paths": {
    "/watches/{id}": {
      "get": {
        "responses": {
          "200": {
            "$ref": "#/components/responses/Watch"
          }
        }
      }
    }
  },
  "components": {
    "responses": {
      "Watch": {
        "description": "a watch"
      }
    }
  }
}
"##;

pub(crate) fn description() -> Description {
    Description::new(
        "canonicalize-openapi",
        env!("CARGO_PKG_VERSION"),
        "Check that a document describes an API, leave out what is not part of the contract, and write it as canonical JSON",
    )
    .config_schema(SCHEMA)
    .example(
        "paths, operations and the components that only they used are left out",
        r#"{"prune": ["/dashboard/**", "DELETE /watches/*"], "unreferenced": "drop"}"#,
        "application/json",
        &[TWO_PATHS],
        PRUNED,
    )
    .example(
        "YAML becomes JSON, and keys keep their order",
        "{}",
        "application/yaml",
        &["openapi: 3.0.3\ninfo: {version: '1', title: Watcher}\npaths:\n  /b:\n    get: {responses: {200: {description: ok}}}\n"],
        YAML,
    )
    .example(
        "keys are sorted when asked for",
        r#"{"order": "sorted"}"#,
        "application/json",
        &[r#"{"swagger": "2.0", "paths": {"/b": {}, "/a": {}}, "info": {}}"#],
        "{\n  \"info\": {},\n  \"paths\": {\n    \"/a\": {},\n    \"/b\": {}\n  },\n  \"swagger\": \"2.0\"\n}\n",
    )
}

const YAML: &str = r#"{
  "openapi": "3.0.3",
  "info": {
    "version": "1",
    "title": "Watcher"
  },
  "paths": {
    "/b": {
      "get": {
        "responses": {
          "200": {
            "description": "ok"
          }
        }
      }
    }
  }
}
"#;
