//! Dumps a document by running a command of the repository.
//!
//! Real applications log to standard output when they are imported, and a document captured from there
//! begins with a log line while the exit status is 0. Hence `{out}`: the path that the command writes its
//! document to. Without it, standard output must be the document and nothing else.

use countersign_plugin::{Description, Dump, Dumped, Failure, config, diagnostic, tool};
use serde::Deserialize;

#[derive(Deserialize)]
struct Configuration {
    #[serde(default, rename = "media-type")]
    media_type: Option<String>,
    #[serde(default = "default_tool")]
    tool: String,
}

fn default_tool() -> String {
    "default".into()
}

struct Command;

impl Dump for Command {
    fn describe() -> Description {
        Description::new(
            "dump-command",
            env!("CARGO_PKG_VERSION"),
            "Run a command of the repository that writes the document to `{out}`",
        )
        .config_schema(include_str!("schema.json"))
        .example("a Python service", r#"{"media-type":"application/json"}"#, "", &[], "")
    }

    fn dump(_contract: String) -> Result<Dumped, Failure> {
        let configuration: Configuration = config::get()?;
        let completed = tool::run(&configuration.tool, None).map_err(|error| match error {
            tool::ToolError::Denied(text) => Failure::Denied(text),
            tool::ToolError::NotFound(text)
            | tool::ToolError::Failed(text)
            | tool::ToolError::Timeout(text)
            | tool::ToolError::Damaged(text)
            | tool::ToolError::Other(text) => Failure::ToolFailed(text),
        })?;
        let content = document(completed)?;
        let media_type = configuration.media_type.unwrap_or_else(|| "application/octet-stream".into());
        Ok(Dumped { content, media_type, ext: Vec::new() })
    }
}

countersign_plugin::export_dump!(Command);

fn refused(code: &str, message: &str, help: &str) -> Failure {
    let mut diagnostic = diagnostic(code, message);
    diagnostic.help = Some(help.into());
    Failure::InvalidInput(vec![diagnostic])
}

fn document(completed: tool::Completed) -> Result<Vec<u8>, Failure> {
    match completed.output {
        None => from_standard_output(completed.stdout),
        Some(files) => match <[tool::File; 1]>::try_from(files) {
            Ok([file]) if file.path.is_empty() && !file.content.trim_ascii().is_empty() => Ok(file.content),
            Ok([file]) if file.path.is_empty() => Err(refused(
                "empty-document",
                "the dump command ended well and wrote an empty file to `{out}`",
                "run the command by hand and look at what it writes",
            )),
            Ok(_) | Err(_) => Err(refused(
                "not-one-file",
                "the dump command wrote a folder to `{out}`, and the document is one file",
                "let the command write one file to the path `{out}`",
            )),
        },
    }
}

/// Standard output as the document. What a log line in front of it does is explained here, once and early,
/// because the canonicalizer only sees bytes that do not parse.
fn from_standard_output(stdout: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let text = stdout.trim_ascii_start();
    if text.is_empty() {
        return Err(refused(
            "empty-document",
            "the dump command ended well and printed nothing",
            "add `{out}` to the command: the path that it writes its document to",
        ));
    }
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let rest = &text[first_line.len().min(text.len())..];
    let complete = |line: &[u8]| line.starts_with(b"{") && line.ends_with(b"}");
    let opens_again = rest.trim_ascii_start().starts_with(b"{") || rest.trim_ascii_start().starts_with(b"[");
    let looks_logged = (complete(first_line) && opens_again)
        || (!first_line.starts_with(b"{")
            && !first_line.starts_with(b"[")
            && rest.contains(&b'{')
            && !looks_like_yaml(first_line));
    if looks_logged {
        return Err(refused(
            "log-line",
            "standard output begins with a log line: it must be the document and nothing else",
            "add `{out}` to the command: the path that it writes its document to; a log line cannot get in there",
        ));
    }
    Ok(stdout)
}

fn looks_like_yaml(line: &[u8]) -> bool {
    line.starts_with(b"---") || line.starts_with(b"#") || line.starts_with(b"%YAML") || {
        let key = line.split(|byte| *byte == b':').next().unwrap_or_default();
        key.len() < line.len()
            && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_\"'".contains(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Result<Vec<u8>, Failure> {
        document(tool::Completed { stdout: text.into(), stderr: Vec::new(), output: None })
    }

    fn wrote(files: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
        let files =
            files.iter().map(|(path, text)| tool::File { path: (*path).into(), content: (*text).into() });
        document(tool::Completed {
            stdout: b"log".to_vec(),
            stderr: Vec::new(),
            output: Some(files.collect()),
        })
    }

    #[test]
    fn a_log_line_before_the_document_is_named_as_one() {
        for text in [
            "{\"level\":\"info\"}\n{\n  \"openapi\": \"3.1.0\"\n}\n",
            "INFO started\n{\"openapi\":\"3.1.0\"}",
        ] {
            let Err(Failure::InvalidInput(diagnostics)) = printed(text) else { panic!("{text} was taken") };
            assert_eq!(diagnostics[0].code, "log-line");
        }
        for text in
            ["{\"openapi\":\"3.1.0\"}\n", "{\n\"a\": {}\n}\n", "openapi: 3.1.0\npaths: {}\n", "[\n{}]"]
        {
            assert!(printed(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_written_to_out_wins_over_what_is_printed() {
        assert_eq!(wrote(&[("", "{}")]).unwrap(), b"{}");
        assert!(wrote(&[("", " \n")]).is_err());
        assert!(wrote(&[("a", "{}"), ("b", "{}")]).is_err());
        assert!(printed("").is_err());
    }
}
