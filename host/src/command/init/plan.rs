//! The files that `init` writes, as text: a pure function of the answers and of what was found.

use super::answers::{Answers, ClientAnswer, Dump, Side};
use super::detect::{Detected, FoundGenerator};
use countersign_model::Name;
use countersign_pipeline::preset;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The files, relative to the folder, with their whole content.
pub(super) fn plan_init(answers: &Answers, detected: &Detected) -> Vec<(PathBuf, String)> {
    let before = detected.gitattributes.as_deref().unwrap_or_default();
    let attributes = gitattributes(answers, before);
    let mut files = vec![(PathBuf::from("pipeline.toml"), pipeline(answers, detected))];
    if attributes != before {
        files.push((".gitattributes".into(), attributes));
    }
    files
}

/// The next command to type.
pub(super) fn next_command(answers: &Answers, detected: &Detected) -> String {
    let contract = &answers.contract;
    match &answers.side {
        Side::Ours(_) => format!("countersign accept {contract}"),
        Side::Theirs { live: Some(_), .. } => format!("countersign accept {contract} --live"),
        Side::Theirs { live: None, .. } => {
            let document = detected.documents.first().map_or("openapi.json", String::as_str);
            let quoted = shlex::try_quote(document).unwrap_or_else(|_| "openapi.json".into());
            format!("countersign accept {contract} --from {quoted}")
        }
    }
}

/// What to say beside the files.
pub(super) fn advice(answers: &Answers, detected: &Detected) -> Vec<String> {
    let script = "scripts/dump_openapi.py";
    let dumps =
        matches!(&answers.side, Side::Ours(Dump::Command(words)) if words.iter().any(|it| it == script));
    let mut lines = Vec::new();
    if dumps && detected.fastapi {
        lines.push(format!("{script} could be, with your own import:"));
        lines.extend(FASTAPI_DUMP.lines().map(|line| format!("    {line}").trim_end().to_owned()));
    }
    let presets = generators(answers).into_iter().filter_map(|name| preset::find(name.as_str()));
    let is_there = |name: &str| detected.generators.iter().any(|found| found.preset == name);
    for preset in presets.filter(|preset| !is_there(preset.name)) {
        let name = preset.name;
        lines.push(format!(
            "{name} is not among the dependencies that were found; `countersign explain {name}` says how to install it"
        ));
    }
    lines
}

fn generators(answers: &Answers) -> BTreeSet<&Name> {
    answers.clients.iter().map(|client| &client.generate).collect()
}

const FASTAPI_DUMP: &str = "\
import json, pathlib, sys
from myservice.main import app

pathlib.Path(sys.argv[1]).write_text(json.dumps(app.openapi()))";

fn pipeline(answers: &Answers, detected: &Detected) -> String {
    let mut text = String::from(
        "# What Countersign keeps in agreement. `countersign schema pipeline` says what else there is.\n\n",
    );
    text.push_str(&baseline(answers, detected));
    text.push_str(&contract(answers));
    for client in &answers.clients {
        text.push_str(&local_client(answers, client));
    }
    let own = generators(answers).into_iter().filter(|name| preset::find(name.as_str()).is_none());
    text.extend(own.map(declaration));
    if answers.clients.is_empty() {
        text.push_str(&client_example(answers, detected));
    }
    if matches!(answers.side, Side::Ours(_)) {
        text.push_str(&external_example(answers));
    }
    text
}

fn baseline(answers: &Answers, detected: &Detected) -> String {
    let ours = matches!(answers.side, Side::Ours(_));
    let said = "# Breaks are counted from the merge base with this revision.\n";
    match &detected.baseline {
        Some(revision) if ours => format!("[pipeline]\n{said}baseline = {}\n\n", quoted(revision)),
        Some(_) | None => format!("{said}# [pipeline]\n# baseline = \"origin/main\"\n\n"),
    }
}

fn contract(answers: &Answers) -> String {
    let name = &answers.contract;
    let head =
        format!("# The record is contracts/{name}/openapi.json.\n[contracts.{}]\n", key(name.as_str()));
    let body = match &answers.side {
        Side::Ours(dump) => ours(dump),
        Side::Theirs { provider, live } => theirs(name.as_str(), provider.as_deref(), live.as_deref()),
    };
    format!("{head}{body}\n")
}

fn ours(dump: &Dump) -> String {
    let dump = match dump {
        Dump::Command(words) => {
            let out = match words.iter().any(|word| word.contains("{out}")) {
                true => "# {out} is the path that the command writes the API's document to.\n",
                false => "# The command prints the API's document, and nothing else.\n",
            };
            let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
            let command = words.join(", ");
            format!(
                "{out}# With `inputs = [\"src/**/*.py\"]`, a laptop dumps again only when one of those changed.\n\
                 dump = {{ use = \"dump-command\", command = [{command}] }}\n"
            )
        }
        Dump::Url(url) => format!("dump = {{ use = \"dump-http\", url = {} }}\n", quoted(url)),
        Dump::File(path) => format!("dump = {{ use = \"dump-file\", path = {} }}\n", quoted(path)),
    };
    format!(
        "{dump}# A break blocks where a client lives in another repository; \"always\" blocks every break.\n\
         # block = \"external\"\n"
    )
}

fn theirs(contract: &str, provider: Option<&str>, live: Option<&str>) -> String {
    let provider = match provider {
        Some(repository) => format!(
            "provider = {{ repository = {}, path = {} }}\n",
            quoted(repository),
            quoted(&format!("contracts/{contract}/openapi.json"))
        ),
        None => format!(
            "# Who owns the contract:\n# provider = {{ repository = \"github:acme/{contract}\", path = \
             \"contracts/{contract}/openapi.json\" }}\n"
        ),
    };
    let live = match live {
        Some(url) => format!("live = {}\n", quoted(url)),
        None => "# Where the running service gives its document, for `check --live` and `accept --live`:\n\
                 # live = \"http://localhost:8000/openapi.json\"\n"
            .into(),
    };
    format!(
        "# Somebody else's API: only `accept --live` and `accept --from` move its record.\n{provider}{live}"
    )
}

fn local_client(answers: &Answers, client: &ClientAnswer) -> String {
    format!(
        "[clients.{}]\ncontract = {}\nroot = {}\noutput = {}\n{}\
         # Files in the output folder that people write:\n# keep = [\"py.typed\"]\n\n",
        key(client.name.as_str()),
        quoted(answers.contract.as_str()),
        quoted(&client.root),
        quoted(&client.output),
        generate(client.generate.as_str()),
    )
}

/// The lines that name a generator. A preset that leaves something to the user gets a first choice.
fn generate(generator: &str) -> String {
    let needs = preset::find(generator).and_then(|preset| preset.needs.as_deref());
    match needs {
        Some(needs) => format!(
            "# What {generator} generates is your choice.\ngenerate = {{ preset = {}, {needs} }}\n",
            quoted(generator)
        ),
        None => format!("generate = {}\n", quoted(generator)),
    }
}

/// The declaration of a tool that is no preset: a start, to be adapted.
fn declaration(tool: &Name) -> String {
    let words = [tool.as_str(), "--spec", "{spec}", "--out", "{out}"].map(quoted).join(", ");
    let name = key(tool.as_str());
    format!("# How the generator is called; adapt it.\n[tools.{name}]\ncommand = [{words}]\n\n")
}

fn client_example(answers: &Answers, detected: &Detected) -> String {
    let name = &answers.contract;
    let (client, root, generator) = match detected.generators.first() {
        Some(FoundGenerator { folder, preset }) => (format!("{name}-client"), folder.clone(), *preset),
        None => (format!("{name}-python"), format!("clients/{name}-python"), "openapi-python-client"),
    };
    let text = format!(
        "A client in this repository:\n[clients.{}]\ncontract = {}\nroot = {}\n\
         output = \"src/client/generated\"\n{}",
        key(&client),
        quoted(name.as_str()),
        quoted(&root),
        generate(generator),
    );
    let lines: Vec<_> = text.lines().map(|line| format!("# {}\n", line.trim_start_matches("# "))).collect();
    format!("{}\n", lines.concat())
}

fn external_example(answers: &Answers) -> String {
    let name = &answers.contract;
    format!(
        "# A client in another repository, which cannot move in the same commit:\n\
         # [clients.consumer]\n# contract = \"{name}\"\n# repository = \"github:acme/consumer\"\n"
    )
}

fn gitattributes(answers: &Answers, before: &str) -> String {
    let mut wanted = vec![
        "# Countersign: these bytes are what is hashed, so line ends are never converted.".to_owned(),
        "contracts/** -text".into(),
        "contracts/*/clients/*.lock linguist-generated".into(),
    ];
    for client in &answers.clients {
        let folder = [client.root.as_str(), client.output.as_str()];
        let folder: Vec<_> = folder.into_iter().filter(|part| !matches!(*part, "." | "")).collect();
        // A pattern for the whole repository would reach what people write.
        if !folder.is_empty() {
            wanted.push(format!("{} -text linguist-generated", pattern(&format!("{}/**", folder.join("/")))));
        }
    }
    let has = |line: &String| before.lines().any(|old| old.trim() == line);
    let missing: Vec<_> = wanted.into_iter().filter(|line| !has(line)).collect();
    if missing.iter().all(|line| line.starts_with('#')) {
        return before.to_owned();
    }
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    format!("{before}{gap}{}\n", missing.join("\n"))
}

/// A pattern of `.gitattributes`: one with a space stands in quotes, as in C.
fn pattern(text: &str) -> String {
    let plain = !text.contains([' ', '"', '\\', '\t']) && !text.starts_with(['#', '!']);
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A name as a key: a dot in it is no path.
fn key(name: &str) -> String {
    if name.contains('.') { quoted(name) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::init::detect::{FoundClient, name_from};

    fn shown(answers: &Answers, detected: &Detected) -> String {
        let files = plan_init(answers, detected);
        for (path, content) in &files {
            if path.ends_with("pipeline.toml") {
                toml::from_str::<toml::Table>(content).unwrap();
            }
        }
        let files: Vec<_> =
            files.iter().map(|(path, content)| format!("== {}\n{content}", path.display())).collect();
        let advice = advice(answers, detected).join("\n");
        format!("{}== says\n{advice}\nNext: {}", files.concat(), next_command(answers, detected))
    }

    fn python_client() -> FoundClient {
        FoundClient {
            name: name_from("watcher-python").unwrap(),
            root: "clients/watcher-python".into(),
            output: "src/watcher_client/generated".into(),
            generate: name_from("openapi-python-client").unwrap(),
        }
    }

    fn from_flags(args: &[&str], detected: &Detected) -> Answers {
        use clap::Parser;
        let words = ["countersign", "init"].iter().chain(args);
        let cli = crate::args::Cli::try_parse_from(words).unwrap();
        let crate::args::Command::Init(args) = cli.command else { panic!() };
        Answers::from_flags(&args, detected).unwrap()
    }

    #[test]
    fn a_fastapi_service_with_a_client_of_its_own() {
        let detected = Detected {
            name: name_from("watcher"),
            fastapi: true,
            uv: true,
            clients: vec![python_client()],
            baseline: Some("origin/main".into()),
            gitattributes: Some("*.png binary".into()),
            ..Detected::default()
        };
        insta::assert_snapshot!(shown(&from_flags(&["--yes"], &detected), &detected), @r#"
        == pipeline.toml
        # What Countersign keeps in agreement. `countersign schema pipeline` says what else there is.

        [pipeline]
        # Breaks are counted from the merge base with this revision.
        baseline = "origin/main"

        # The record is contracts/watcher/openapi.json.
        [contracts.watcher]
        # {out} is the path that the command writes the API's document to.
        # With `inputs = ["src/**/*.py"]`, a laptop dumps again only when one of those changed.
        dump = { use = "dump-command", command = ["uv", "run", "--frozen", "--no-sync", "--offline", "python", "scripts/dump_openapi.py", "{out}"] }
        # A break blocks where a client lives in another repository; "always" blocks every break.
        # block = "external"

        [clients.watcher-python]
        contract = "watcher"
        root = "clients/watcher-python"
        output = "src/watcher_client/generated"
        generate = "openapi-python-client"
        # Files in the output folder that people write:
        # keep = ["py.typed"]

        # A client in another repository, which cannot move in the same commit:
        # [clients.consumer]
        # contract = "watcher"
        # repository = "github:acme/consumer"
        == .gitattributes
        *.png binary
        # Countersign: these bytes are what is hashed, so line ends are never converted.
        contracts/** -text
        contracts/*/clients/*.lock linguist-generated
        clients/watcher-python/src/watcher_client/generated/** -text linguist-generated
        == says
        scripts/dump_openapi.py could be, with your own import:
            import json, pathlib, sys
            from myservice.main import app

            pathlib.Path(sys.argv[1]).write_text(json.dumps(app.openapi()))
        openapi-python-client is not among the dependencies that were found; `countersign explain openapi-python-client` says how to install it
        Next: countersign accept watcher
        "#);
    }

    #[test]
    fn somebody_elses_api() {
        let args = "--theirs --contract watcher --provider CannObserv/watcher \
                    --live http://localhost:8000/openapi.json --client-root clients/watcher-python/ \
                    --client-output src/watcher_client/generated --generate openapi-python-client";
        let args: Vec<_> = args.split_whitespace().collect();
        let detected = Detected::default();
        insta::assert_snapshot!(shown(&from_flags(&args, &detected), &detected), @r#"
        == pipeline.toml
        # What Countersign keeps in agreement. `countersign schema pipeline` says what else there is.

        # Breaks are counted from the merge base with this revision.
        # [pipeline]
        # baseline = "origin/main"

        # The record is contracts/watcher/openapi.json.
        [contracts.watcher]
        # Somebody else's API: only `accept --live` and `accept --from` move its record.
        provider = { repository = "github:CannObserv/watcher", path = "contracts/watcher/openapi.json" }
        live = "http://localhost:8000/openapi.json"

        [clients.watcher-python]
        contract = "watcher"
        root = "clients/watcher-python"
        output = "src/watcher_client/generated"
        generate = "openapi-python-client"
        # Files in the output folder that people write:
        # keep = ["py.typed"]

        == .gitattributes
        # Countersign: these bytes are what is hashed, so line ends are never converted.
        contracts/** -text
        contracts/*/clients/*.lock linguist-generated
        clients/watcher-python/src/watcher_client/generated/** -text linguist-generated
        == says
        openapi-python-client is not among the dependencies that were found; `countersign explain openapi-python-client` says how to install it
        Next: countersign accept watcher --live
        "#);
    }

    #[test]
    fn a_preset_that_needs_a_choice_gets_one_and_a_tool_of_ones_own_is_declared() {
        let client = |name: &str, generate: &str| FoundClient {
            name: name_from(name).unwrap(),
            root: name.into(),
            output: "gen".into(),
            generate: name_from(generate).unwrap(),
        };
        let found = FoundGenerator { folder: "go".into(), preset: "openapi-generator" };
        let detected = Detected {
            name: name_from("watcher"),
            clients: vec![client("go", "openapi-generator"), client("own", "own-generator")],
            generators: vec![found],
            ..Detected::default()
        };
        let text = pipeline(&from_flags(&["--theirs"], &detected), &detected);
        let needs = preset::find("openapi-generator").unwrap().needs.as_deref().unwrap();
        let clients = text.split_once("[clients.go]\n").unwrap().1.trim_end().replace(needs, "NEEDS");
        insta::assert_snapshot!(clients, @r#"
        contract = "watcher"
        root = "go"
        output = "gen"
        # What openapi-generator generates is your choice.
        generate = { preset = "openapi-generator", NEEDS }
        # Files in the output folder that people write:
        # keep = ["py.typed"]

        [clients.own]
        contract = "watcher"
        root = "own"
        output = "gen"
        generate = "own-generator"
        # Files in the output folder that people write:
        # keep = ["py.typed"]

        # How the generator is called; adapt it.
        [tools.own-generator]
        command = ["own-generator", "--spec", "{spec}", "--out", "{out}"]
        "#);
        let config = countersign_pipeline::config::Config::parse(&text, "pipeline.toml", ".".into());
        assert!(config.is_ok(), "{config:?}");
        assert!(advice(&from_flags(&["--theirs"], &detected), &detected).is_empty());
    }

    #[test]
    fn the_example_of_a_client_has_the_generator_that_is_there() {
        let found = FoundGenerator { folder: "web".into(), preset: "orval" };
        let detected = Detected { generators: vec![found], ..Detected::default() };
        let answers = from_flags(&["--theirs", "--contract", "a"], &detected);
        insta::assert_snapshot!(client_example(&answers, &detected), @r#"
        # A client in this repository:
        # [clients.a-client]
        # contract = "a"
        # root = "web"
        # output = "src/client/generated"
        # generate = "orval"
        "#);
        let flags = [
            "--theirs",
            "--contract",
            "a",
            "--client-root",
            "web/x",
            "--client-output",
            "gen",
            "--client",
            "c",
        ];
        assert_eq!(from_flags(&flags, &detected).clients[0].generate.as_str(), "orval");
    }

    #[test]
    fn hostile_words_stay_inside_their_strings() {
        let args = ["--contract", "v1.2", "--dump-command", "sh -c 'echo \"]\\n[x]' {out}"];
        let text = shown(&from_flags(&args, &Detected::default()), &Detected::default());
        let table: toml::Table =
            toml::from_str(text.split("== ").nth(1).unwrap().split_once('\n').unwrap().1).unwrap();
        let command = &table["contracts"]["v1.2"]["dump"]["command"];
        assert_eq!(command[2].as_str(), Some("echo \"]\\n[x]"));
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn a_second_init_adds_nothing_to_gitattributes() {
        let answers =
            from_flags(&["--ours", "--contract", "a", "--dump-file", "a.json"], &Detected::default());
        let once = gitattributes(&answers, "");
        assert_eq!(gitattributes(&answers, &once), once);
    }
}
