//! SARIF 2.1.0 (OASIS), which code scanning reads. JSON escapes everything that somebody else wrote.

use super::item::{Item, Level};
use super::json;
use super::style::Style;
use countersign_model::Digest;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Where a thing is that is in no file. Code scanning refuses a whole log for one result that is nowhere.
const NOWHERE: &str = "pipeline.toml";

/// GitHub asks for three texts of each rule; the long ones stand beside the rules, in plugins.
const EXPLAINED: &str = "`countersign explain` with the id of this rule says what it means and what to do.";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool<'a>,
    results: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    full_description: Text<'static>,
    help: Text<'static>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
}

/// Write things that were found.
pub(super) fn write(items: &[Item], style: &Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let items: Vec<_> = items.iter().filter(|item| !style.quiet || item.level == Level::Error).collect();
    let (mut rules, mut indexes) = (Vec::new(), BTreeMap::new());
    for item in &items {
        indexes.entry(item.rule.as_str()).or_insert_with(|| {
            rules.push(rule(item));
            rules.len() - 1
        });
    }
    let results = items.iter().map(|item| found(item, indexes[item.rule.as_str()], style.prefix)).collect();
    let driver = Driver { name: "Countersign", version: env!("CARGO_PKG_VERSION"), rules };
    json::write(
        &Log { schema: SCHEMA, version: "2.1.0", runs: [Run { tool: Tool { driver }, results }] },
        out,
    )
}

fn found<'a>(item: &'a Item, rule_index: usize, prefix: &str) -> Found<'a> {
    Found {
        rule_id: &item.rule,
        rule_index,
        level: level(item.level),
        message: Text { text: item.message.as_str().into() },
        locations: [location(item, prefix)],
        partial_fingerprints: [("ruleAndMessage/v1", fingerprint(item))].into(),
    }
}

fn rule(item: &Item) -> Rule<'_> {
    Rule {
        id: &item.rule,
        short_description: Text { text: item.rule.as_str().into() },
        full_description: Text { text: EXPLAINED.into() },
        help: Text { text: EXPLAINED.into() },
        default_configuration: Configuration { level: level(item.level) },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// What stays the same when lines move.
fn fingerprint(item: &Item) -> String {
    Digest::of_parts([item.rule.as_bytes(), item.message.as_bytes()]).hexadecimal()
}

fn location(item: &Item, prefix: &str) -> Location {
    let file = item.file.as_deref().unwrap_or(NOWHERE);
    let region = item.place.map(|(line, column)| Region {
        // SARIF counts from 1, and a reader refuses a log that does not.
        start_line: line.max(1),
        start_column: column.max(1),
    });
    Location {
        physical_location: Physical { artifact_location: Artifact { uri: uri(file, prefix) }, region },
    }
}

/// A reference (RFC 3986) to a file: relative to the repository, or with `file:` where the path is absolute.
fn uri(file: &str, prefix: &str) -> String {
    let (start, path) =
        if file.starts_with('/') { ("file://", file.into()) } else { ("", format!("{prefix}{file}")) };
    let mut uri = start.to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char);
            }
            // With `:`, since what stands before the first one would be a scheme.
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_file_is_a_reference_that_names_no_scheme_of_its_own() {
        assert_eq!(uri("a b/ä%.json", "services/"), "services/a%20b/%C3%A4%25.json");
        assert_eq!(uri("main:openapi.json", ""), "main%3Aopenapi.json");
        assert_eq!(uri("/tmp/x.json", "services/"), "file:///tmp/x.json");
        assert_eq!(uri("javascript:alert(1)", ""), "javascript%3Aalert%281%29");
    }
}
