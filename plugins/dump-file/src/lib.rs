//! Dumps a document that the repository holds as a file.

use countersign_plugin::{Description, Document, Dump, Dumped, Failure, config, inputs, read};
use serde::Deserialize;

#[derive(Deserialize)]
struct Configuration {
    path: String,
}

struct File;

impl Dump for File {
    fn describe() -> Description {
        Description::new(
            "dump-file",
            env!("CARGO_PKG_VERSION"),
            "Read the document from a file of the repository, JSON or YAML",
        )
        .config_schema(include_str!("schema.json"))
        .example("a file beside pipeline.toml", r#"{"path":"openapi.yaml"}"#, "", &[], "")
    }

    fn dump(_contract: String) -> Result<Dumped, Failure> {
        let Configuration { path } = config::get()?;
        let document: Document = inputs::open(&path).map_err(|error| match error {
            inputs::InputError::NotFound(text) => Failure::Other(text),
            inputs::InputError::Denied(text) => Failure::Denied(text),
            inputs::InputError::Other(text) => Failure::Other(text),
        })?;
        Ok(Dumped { content: read(&document), media_type: document.info().media_type, ext: Vec::new() })
    }
}

countersign_plugin::export_dump!(File);
