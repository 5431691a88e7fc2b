//! How the generators that `init` recognises are called, as `[tools]` of `pipeline.toml`: a start that the
//! user can read and adapt.

use super::plan::{key, quoted};
use countersign_model::Name;

/// How a generator is called.
struct Call {
    name: &'static str,
    note: &'static str,
    command: &'static [&'static str],
    probe: &'static [&'static str],
    path: &'static str,
}

/// The flags are those of the versions that were current in 2026; a tool that changed them says so itself.
const CALLS: [Call; 5] = [
    Call {
        name: "openapi-python-client",
        note: "",
        command: &[
            "openapi-python-client",
            "generate",
            "--path",
            "{spec}",
            "--meta",
            "none",
            "--output-path",
            "{out}",
            "--overwrite",
            "--fail-on-warning",
        ],
        probe: &["openapi-python-client", "--version"],
        path: ".venv/bin",
    },
    Call {
        name: "openapi-typescript",
        note: "# The file below {out} is the one that your code imports.\n",
        command: &["openapi-typescript", "{spec}", "--output", "{out}/schema.d.ts"],
        probe: &["openapi-typescript", "--version"],
        path: "node_modules/.bin",
    },
    Call {
        name: "hey-api",
        note: "",
        command: &["openapi-ts", "--input", "{spec}", "--output", "{out}"],
        probe: &["openapi-ts", "--version"],
        path: "node_modules/.bin",
    },
    Call {
        name: "orval",
        note: "# The file below {out} is the one that your code imports.\n",
        command: &["orval", "--input", "{spec}", "--output", "{out}/client.ts"],
        probe: &["orval", "--version"],
        path: "node_modules/.bin",
    },
    Call {
        name: "openapi-generator",
        note: "# `-g` names what to generate.\n",
        command: &["openapi-generator-cli", "generate", "-i", "{spec}", "-g", "python", "-o", "{out}"],
        probe: &["openapi-generator-cli", "version"],
        path: ".venv/bin",
    },
];

/// The declaration of a generator.
pub(super) fn declaration(generator: &Name) -> String {
    let head = format!(
        "# How the generator is called; adapt it to how this repository installs it.\n{}[tools.{}]\n",
        CALLS.iter().find(|call| call.name == generator.as_str()).map_or("", |call| call.note),
        key(generator.as_str())
    );
    let body = match CALLS.iter().find(|call| call.name == generator.as_str()) {
        Some(call) => format!(
            "command = {}\npath = {}\nprobe = {}\n",
            list(call.command),
            list(&[call.path]),
            list(call.probe)
        ),
        None => {
            format!("command = {}\n", list(&[generator.as_str(), "--spec", "{spec}", "--out", "{out}"]))
        }
    };
    format!("{head}{body}\n")
}

fn list(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}
