//! Generates a client by running a declared tool.

use countersign_plugin::{Description, Document, Failure, Generate, config, tool};
use serde::Deserialize;

#[derive(Deserialize)]
struct Configuration {
    #[serde(default = "default_tool")]
    tool: String,
}

fn default_tool() -> String {
    "default".into()
}

struct Command;

impl Generate for Command {
    fn describe() -> Description {
        Description::new(
            "generate-command",
            env!("CARGO_PKG_VERSION"),
            "Run a declared tool on the recorded document and take the files that it writes to `{out}`",
        )
        .config_schema(include_str!("schema.json"))
        .example(
            "a tool under `[tools]`",
            r#"{"tool":"openapi-python-client"}"#,
            "application/json",
            &["{}"],
            "",
        )
    }

    fn generate(_client: String, document: &Document) -> Result<Vec<tool::File>, Failure> {
        let Configuration { tool: name } = config::get()?;
        let completed = tool::run(&name, Some(document)).map_err(|error| match error {
            tool::ToolError::Denied(text) => Failure::Denied(text),
            tool::ToolError::NotFound(text)
            | tool::ToolError::Failed(text)
            | tool::ToolError::Timeout(text)
            | tool::ToolError::Damaged(text)
            | tool::ToolError::Other(text) => Failure::ToolFailed(text),
        })?;
        match completed.output {
            Some(files) if files.iter().any(|file| file.path.is_empty()) => Err(Failure::ToolFailed(
                "the tool wrote one file to `{out}`, and a client is a folder".into(),
            )),
            Some(files) if !files.is_empty() => Ok(files),
            Some(_) | None => {
                Err(Failure::ToolFailed("the tool ended well and wrote nothing to `{out}`".into()))
            }
        }
    }
}

countersign_plugin::export_generate!(Command);
