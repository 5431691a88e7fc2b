//! What the stage says of itself.

use crate::settings::SCHEMA;
use countersign_plugin::Description;

const DOCUMENT: &str = r#"{"openapi": "3.1.0", "info": {"title": "Watcher", "version": "1"},
 "paths": {"/watches": {"get": {"operationId": "list_watches", "responses": {"200": {"description": "all of them",
  "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}}}}}}}"#;

pub(crate) fn description() -> Description {
    Description::new(
        "generate-typescript",
        env!("CARGO_PKG_VERSION"),
        "Write TypeScript types and a fetch client without dependencies, with no tool on the machine",
    )
    .config_schema(SCHEMA)
    .example("types and a client", "{}", "application/json", &[DOCUMENT], "")
    .example("types only", r#"{"client": false}"#, "application/json", &[DOCUMENT], "")
}
