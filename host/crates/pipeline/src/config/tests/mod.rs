mod mistakes;
mod tools;

use super::*;
use std::fmt::Write as _;

fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    Config::parse_with(text, "pipeline.toml", PathBuf::from("."), "0.1.0")
}

fn mistakes(text: &str) -> String {
    match parse(text) {
        Ok(_) => "no mistakes".into(),
        Err(problems) => shown(&problems),
    }
}

fn shown(problems: &[Problem]) -> String {
    let mut shown = String::new();
    for problem in problems {
        let _ = writeln!(shown, "{}: {}", problem.code, problem.message);
        if let Some(at) = &problem.at {
            let _ = writeln!(shown, "  --> {}:{}:{}", at.file, at.line, at.column);
        }
        for cause in &problem.causes {
            let _ = writeln!(shown, "  caused by: {cause}");
        }
        if let Some(hint) = &problem.hint {
            let _ = writeln!(shown, "  hint: {}", hint.replace('\n', "\n    "));
        }
    }
    shown
}

const CONSUMER: &str = r#"
[contracts.watcher]                        # → contracts/watcher/. No `dump`: someone else's contract
provider = { repository = "github:CannObserv/watcher", path = "contracts/watcher/openapi.json" }
live     = "http://localhost:8000/openapi.json"       # check --live, propose --live

[clients.watcher-python]                   # a client vendored in this repository
contract = "watcher"
root     = "clients/watcher-python"
output   = "src/watcher_client/generated"
generate = "openapi-python-client"
keep     = ["py.typed"]
"#;

const PROVIDER: &str = r##"
[pipeline]
baseline = "origin/main"                   # read at the merge base; in CI the event names it

[contracts.watcher]
format = "openapi"
dump   = { use = "dump-command", command = ["uv", "run", "--frozen", "--no-sync", "--offline", "python", "scripts/dump_openapi.py", "{out}"],
           inputs = ["src/api/**/*.py", "uv.lock"], timeout = "60s" }
canonicalize = { use = "canonicalize-openapi", order = "preserve", prune = ["/dashboard/**"] }
diff   = { use = "diff-openapi", policy = "typed-client" }

[clients.archiver]                         # a client that lives in another repository
contract   = "watcher"
repository = "github:CannObserv/archiver"
notify     = ["dispatch", "room"]

[notify.dispatch]
use = "notify-github"
event-type = "watcher-openapi-changed"

[notify.room]
use  = "notify-matrix"
homeserver = "https://matrix.example.org"
room = "#contracts:example.org"
credential = "matrix"

[credentials.matrix]
from  = "env:MATRIX_TOKEN"
allow = ["PUT https://matrix.example.org/*"]  # the only requests this credential is ever attached to
header = "Authorization: Bearer {}"

[tools.own-generator]                      # what a preset is made of; a plugin names a tool, never a command line
command = ["own-generator", "--spec", "{spec}", "--out", "{out}"]
path    = [".venv/bin"]
probe   = ["own-generator", "--version"]
then    = [["ruff", "format", "{out}"]]
inputs  = ["uv.lock", "pyproject.toml"]
setup   = [["uv", "sync", "--frozen"]]     # outside the cage, only when the tool is absent or its inputs changed
fail-on-output = ["WARNING parsing", "pieces may be missing"]
timeout = "300s"

[plugins.notify-pager]                     # third-party; the digest is in countersign.lock
source = "oci://registry.example.com/acme/notify-pager:1.2.0"
grants = { http = ["POST https://pager.example.com/*"] }
limits = { memory = "64MiB", wall = "10s", output = "1MiB" }
"##;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[test]
fn the_consumers_file_is_read_whole() {
    let config = parse(CONSUMER).map_err(|problems| shown(&problems)).unwrap();
    let watcher = &config.contracts[&name("watcher")];
    assert!(!watcher.is_ours());
    assert_eq!(config.snapshot_path(&watcher.name).unwrap(), "contracts/watcher/openapi.json");
    assert_eq!(watcher.provider.as_ref().unwrap().repository.to_string(), "github:CannObserv/watcher");
    assert_eq!(watcher.live.as_ref().unwrap().plugin.as_str(), "dump-http");
    assert_eq!(watcher.live.as_ref().unwrap().keys["url"], "http://localhost:8000/openapi.json");
    assert_eq!(watcher.canonicalize[0].plugin.as_str(), "canonicalize-openapi");
    assert_eq!(watcher.diff[0].plugin.as_str(), "diff-openapi");
    let client = config.clients_of(&watcher.name).next().unwrap().local().unwrap();
    assert_eq!(client.output_path(), "clients/watcher-python/src/watcher_client/generated");
    assert_eq!(client.keep, ["py.typed"]);
    let (tool, preset) = config.tool_of(&client.generate).unwrap();
    assert_eq!(preset.preset, Some("openapi-python-client"));
    assert_eq!((tool, client.generate.stage.plugin.as_str()), ("openapi-python-client", "generate-command"));
}

#[test]
fn the_providers_file_is_read_whole() {
    let config = parse(PROVIDER).map_err(|problems| shown(&problems)).unwrap();
    let watcher = &config.contracts[&name("watcher")];
    let dump = watcher.dump.as_ref().unwrap();
    assert!(dump.keys.is_empty(), "all keys of an inline command are the host's: {:?}", dump.keys);
    assert_eq!(dump.tool.as_ref().unwrap().timeout.as_secs(), 60);
    assert_eq!(dump.inputs, ["src/api/**/*.py", "uv.lock"]);
    assert_eq!(watcher.canonicalize[0].keys["order"], "preserve");
    assert!(matches!(&config.clients[&name("archiver")].place, ClientPlace::External(_)));
    assert_eq!(config.notify[&name("room")].credential, Some(name("matrix")));
    let sign = SecretUse::Header { name: "Authorization".into(), value: "Bearer {}".into() };
    assert_eq!(config.credentials[&name("matrix")].sign, sign);
    let tool = &config.tools[&name("own-generator")];
    assert_eq!((tool.then.len(), tool.setup.len(), tool.timeout.as_secs()), (1, 1, 300));
    let pager = &config.plugins[&name("notify-pager")];
    assert_eq!(pager.source, PluginSource::Oci("registry.example.com/acme/notify-pager:1.2.0".into()));
    assert_eq!(pager.limits.memory, Some(64 << 20));
    assert_eq!(config.position("/credentials/matrix/allow/0").line, 29);
}

#[test]
fn a_table_may_leave_out_the_plugin_that_its_keys_name() {
    let text = r#"
[contracts.a]
format = "text"
snapshot = "plugin.wit"
dump = { path = "sdk/plugin.wit" }
diff = [{ use = "diff-lines" }, "diff-house-rules"]
[contracts.b]
format = "json"
dump = "https://api.example.com/schema.json"
[clients.c]
contract = "b"
output = "gen"
generate = { command = ["gen", "{spec}", "{out}"], env = { TZ = "UTC" } }
[plugins.diff-house-rules]
source = "./plugins/house-rules.wasm"
"#;
    let config = parse(text).map_err(|problems| shown(&problems)).unwrap();
    let (a, b) = (&config.contracts[&name("a")], &config.contracts[&name("b")]);
    assert_eq!(a.snapshot_path(), "contracts/a/plugin.wit");
    assert_eq!(a.dump.as_ref().unwrap().plugin.as_str(), "dump-file");
    assert_eq!(a.dump.as_ref().unwrap().keys["path"], "sdk/plugin.wit");
    assert_eq!(a.diff.len(), 2);
    assert_eq!(b.dump.as_ref().unwrap().plugin.as_str(), "dump-http");
    let generate = &config.clients[&name("c")].local().unwrap().generate;
    assert_eq!(config.tool_of(generate).unwrap().1.env.set["TZ"], "UTC");
    let source = &config.plugins[&name("diff-house-rules")].source;
    assert_eq!(source, &PluginSource::Path("plugins/house-rules.wasm".into()));
}

#[test]
fn the_schema_is_the_same_every_time_and_no_optional_key_may_be_null() {
    let text = Config::json_schema().to_string();
    assert_eq!(text, Config::json_schema().to_string());
    assert!(!text.contains("null"));
    jsonschema::meta::validate(&Config::json_schema()).unwrap();
}

#[test]
fn the_keys_of_an_inline_command_are_those_of_a_tool() {
    let schema = Config::json_schema();
    let keys = schema["$defs"]["Tool"]["properties"].as_object().unwrap().keys();
    let own: Vec<_> = keys.filter(|key| !stage::HOST_KEYS.contains(&key.as_str())).collect();
    assert_eq!(own, tool::TOOL_KEYS);
}

#[test]
fn text_of_the_file_is_shortened_in_messages() {
    let told = mistakes(&format!("[clients.a]\ncontract = \"{}\"\n", "x".repeat(5000)));
    assert!(told.len() < 600, "{told}");
}

#[test]
fn a_plugins_own_keys_are_checked_against_the_schema_that_it_ships() {
    let text =
        "[contracts.ä]\n[contracts.a]\ndump = { use = \"dump-http\", url = 4, comand = 1, acept = \"x\" }\n";
    let text = text.replace("[contracts.ä]\n", "# ä\n");
    let config = parse(&text).unwrap();
    let dump = config.contracts[&name("a")].dump.as_ref().unwrap();
    let schema = r#"{ "type": "object", "additionalProperties": false,
        "properties": { "url": { "type": "string" }, "accept": { "type": "string" } } }"#;
    insta::assert_snapshot!(shown(&dump.check_keys("dump-http 0.1.0", schema, &config.spans)), @"
    wrong-type: `contracts.a.dump.url` must be a string, not a whole number
      --> pipeline.toml:3:35
      caused by: plugin `dump-http 0.1.0` asks for this
    unknown-key: unknown key `acept` in `[contracts.a.dump]`
      --> pipeline.toml:3:50
      caused by: plugin `dump-http 0.1.0` asks for this
      hint: did you mean `accept`? known keys: `url`, `accept`
    unknown-key: unknown key `comand` in `[contracts.a.dump]`
      --> pipeline.toml:3:38
      caused by: plugin `dump-http 0.1.0` asks for this
      hint: did you mean `command`? known keys: `url`, `accept`
    ");
    insta::assert_snapshot!(shown(&dump.check_keys("dump-http 0.1.0", "{", &config.spans)), @"
    invalid-schema: the configuration schema is not JSON
      --> pipeline.toml:3:8
      caused by: EOF while parsing an object at line 1 column 1
      caused by: plugin `dump-http 0.1.0` ships it
    ");
    let invalid = r#"{ "type": "no-such-type" }"#;
    insta::assert_snapshot!(shown(&dump.check_keys("dump-http 0.1.0", invalid, &config.spans)), @r#"
    invalid-schema: the configuration schema is not a valid JSON Schema
      --> pipeline.toml:3:8
      caused by: "no-such-type" is not valid under any of the schemas listed in the 'anyOf' keyword
      caused by: plugin `dump-http 0.1.0` ships it
    "#);
}

#[test]
fn a_credential_signs_with_several_secrets_or_is_a_url() {
    let config = parse(
        r#"
[credentials.hooks]
from = ["env:NEW", "env:OLD"]
allow = ["POST https://hooks.example.com/contracts"]
sign = "standard-webhooks"
[credentials.slack]
from = "env:SLACK_WEBHOOK_URL"
allow = ["POST https://hooks.slack.com/services/*"]
as = "url"
"#,
    )
    .unwrap();
    assert_eq!(config.credentials[&name("hooks")].variables, ["NEW", "OLD"]);
    assert_eq!(config.credentials[&name("slack")].sign, SecretUse::Url);
}
