//! The shape of `pipeline.toml`. The comments here are the descriptions in its published schema.

use super::units::{Size, Time};
use super::{CageRule, ForgeVerb};
use countersign_model::Block;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The whole file. Its sections are deserialized table by table, so that one mistake hides no other.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used; the tables are read one by one")]
pub(super) struct File {
    /// What holds for the whole project.
    #[schemars(default)]
    pipeline: PipelineTable,
    /// The contracts: the APIs whose records stand under `contracts/`, by name.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    contracts: BTreeMap<String, ContractTable>,
    /// The clients that depend on the contracts, by name.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    clients: BTreeMap<String, ClientTable>,
    /// The channels that tell people and repositories of changes, by name.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    notify: BTreeMap<String, Stage>,
    /// The forges that repositories lie on, and what they are reached with, by name; github.com needs none.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    forges: BTreeMap<String, ForgeTable>,
    /// Secrets: where they come from, and the only requests they are attached to.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    credentials: BTreeMap<String, CredentialTable>,
    /// Native commands that stages may run, by name.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    tools: BTreeMap<String, ToolTable>,
    /// Third-party plugins, and grants and limits of any plugin.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    plugins: BTreeMap<String, PluginTable>,
    /// The daemon of `countersign serve`.
    #[schemars(default)]
    serve: ServeTable,
    /// The repositories that the daemon watches, by name.
    #[schemars(default, extend("propertyNames" = { "$ref": "#/$defs/Name" }))]
    nodes: BTreeMap<String, NodeTable>,
}

/// What holds for the whole project.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PipelineTable {
    /// The revision that breaks are counted from, read at the merge base; in CI the event names it.
    #[schemars(length(min = 1))]
    pub(super) baseline: Option<String>,
    /// When a break blocks; a contract may say otherwise.
    pub(super) block: Option<Block>,
    /// How well a tool must be kept apart from this machine to run at all.
    pub(super) cage: Option<CageRule>,
    /// This repository's own address, where neither CI nor the remote `origin` says it.
    #[schemars(example = "github:OWNER/NAME")]
    pub(super) repository: Option<String>,
    /// The oldest Countersign that understands this file.
    #[schemars(regex(pattern = r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$"))]
    #[schemars(title = "version", example = "0.1.0")]
    pub(super) minimum_version: Option<String>,
}

/// One contract.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ContractTable {
    /// What kind of document it is. The format brings its canonicalizer and its differ.
    #[serde(default)]
    pub(super) format: FormatName,
    /// The file name of its snapshot.
    #[schemars(length(min = 1))]
    pub(super) snapshot: Option<String>,
    /// Whose contract it is, where it is not ours.
    pub(super) provider: Option<ProviderTable>,
    /// How to make the document from the code: a stage, the path of a file, or a URL.
    pub(super) dump: Option<Stage>,
    /// How to ask a running service for the document: a stage or a URL.
    pub(super) live: Option<Stage>,
    /// The canonicalizer, or several, each fed with the output of the one before.
    pub(super) canonicalize: Option<Stages>,
    /// The diff stage, or several, whose findings add up.
    pub(super) diff: Option<Stages>,
    /// When a break of this contract blocks.
    pub(super) block: Option<Block>,
    /// The channels that hear of a change once for all clients.
    #[serde(default)]
    pub(super) notify: Vec<String>,
    /// The running service, and what `countersign canary` asks it.
    pub(super) canary: Option<CanaryTable>,
}

/// A running service, and the read-only requests that its record is held against.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Canary")]
pub(super) struct CanaryTable {
    /// The base URL of the service. A path in it stands before the path of every operation.
    #[schemars(regex(pattern = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"))]
    #[schemars(title = "base URL", example = "https://api.example.com")]
    pub(super) base: String,
    /// The credential of `[credentials]` that the host attaches to the requests.
    pub(super) credential: Option<String>,
    /// What is asked: operations of the record, each with the query that it is asked with.
    #[schemars(length(min = 1))]
    pub(super) endpoints: Vec<EndpointText>,
    /// Values of the parameters in the operations' paths.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    /// How long each request may take, at most 30 seconds.
    pub(super) timeout: Option<Time>,
    /// The channels of `[notify]` that `canary --notify` tells of violations; those of the contract where it is not said.
    pub(super) notify: Option<Vec<String>>,
}

/// An operation that reads, by its method and its path in the record, and the query that it is asked with.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "CanaryEndpoint", title = "operation that only reads")]
#[schemars(example = "GET /watches?limit=5", example = "GET /watches/{id}")]
pub(super) struct EndpointText(#[schemars(regex(pattern = r"^(GET|HEAD) /[^\s#]*$"))] pub(super) String);

/// What kind of document a contract is.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Format")]
pub(super) enum FormatName {
    /// An OpenAPI document.
    #[default]
    Openapi,
    /// Any JSON document.
    Json,
    /// Any text.
    Text,
}

/// Whose contract it is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderTable {
    /// The repository that holds the contract of record.
    #[schemars(example = "github:OWNER/NAME")]
    pub(super) repository: String,
    /// The path of its snapshot there.
    #[schemars(example = "contracts/NAME/openapi.json")]
    pub(super) path: String,
}

/// One client: in this repository (`root`, `output`, `generate`) or in another (`repository`).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ClientTable {
    /// The contract that it depends on.
    pub(super) contract: String,
    /// The repository that it lives in, where that is not this one.
    #[schemars(example = "github:OWNER/NAME")]
    pub(super) repository: Option<String>,
    /// Its folder, relative to `pipeline.toml`.
    pub(super) root: Option<String>,
    /// The folder that is generated, relative to `root`.
    pub(super) output: Option<String>,
    /// How it is generated: the name of a tool or of a preset, or a stage.
    pub(super) generate: Option<GenerateStage>,
    /// Globs of files in the output that are not generated and stay.
    pub(super) keep: Option<Vec<String>>,
    /// Globs of files in the output that are not looked at.
    pub(super) ignore: Option<Vec<String>>,
    /// The channels that hear of a change of the contract.
    #[serde(default)]
    pub(super) notify: Vec<String>,
}

/// A forge: what its repositories are reached with. No plugin ever sees the secret.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Forge")]
pub(super) struct ForgeTable {
    /// What kind of forge it is; Forgejo is spoken to as Gitea is.
    pub(super) kind: ForgeKindName,
    /// The host of its repositories; for GitHub, `github.com` where none is named.
    #[schemars(regex(pattern = r"^[A-Za-z0-9.-]{1,253}$"))]
    #[schemars(title = "host", example = "git.example.org")]
    pub(super) host: Option<String>,
    /// The base of its API, where that does not follow from the host.
    #[schemars(regex(pattern = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"))]
    #[schemars(title = "URL of an API", example = "https://git.example.org/api/v1")]
    pub(super) api: Option<String>,
    /// Where its token comes from; `env:GITHUB_TOKEN` or `env:GITEA_TOKEN` where nothing is named.
    #[schemars(regex(pattern = "^env:[A-Za-z_][A-Za-z0-9_]{0,127}$"))]
    #[schemars(title = "source of a secret", example = "env:BOT_TOKEN", extend("writeOnly" = true))]
    pub(super) token: Option<String>,
    /// The GitHub App that speaks for us, instead of a token.
    pub(super) app: Option<AppTable>,
    /// How many writes may go out.
    pub(super) budget: Option<BudgetTable>,
}

/// What kind of forge it is.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ForgeKind")]
pub(super) enum ForgeKindName {
    /// GitHub, or GitHub Enterprise Server.
    Github,
    /// Gitea or Forgejo.
    Gitea,
}

/// A GitHub App.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "App")]
pub(super) struct AppTable {
    /// The App's identifier.
    #[schemars(range(min = 1))]
    pub(super) id: u64,
    /// Where its private key, in PEM, comes from.
    #[schemars(regex(pattern = "^env:[A-Za-z_][A-Za-z0-9_]{0,127}$"))]
    #[schemars(title = "source of a secret", example = "env:APP_PRIVATE_KEY", extend("writeOnly" = true))]
    pub(super) key: String,
}

/// How many writes may go out. GitHub takes 80 a minute and 500 an hour that make content.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Budget")]
pub(super) struct BudgetTable {
    /// Writes a minute; 60 where nothing is said.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(super) per_minute: Option<u32>,
    /// Writes an hour; 450 where nothing is said.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(super) per_hour: Option<u32>,
}

/// A secret that the host attaches to requests. No plugin ever sees it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialTable {
    /// Where the secret comes from. Of several, which only `sign` can use, the newest stands first; those that are
    /// not set are left out.
    pub(super) from: SecretSources,
    /// The only requests that the secret is ever attached to.
    #[schemars(length(min = 1))]
    pub(super) allow: Vec<Rule>,
    /// The header that carries it, in which `{}` stands for the secret.
    #[schemars(regex(pattern = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[^{}\r\n]*\{\}[^{}\r\n]*$"))]
    #[schemars(title = "header with one `{}`", example = "Authorization: Bearer {}", extend("writeOnly" = true))]
    pub(super) header: Option<String>,
    /// How requests are signed with it.
    pub(super) sign: Option<SignatureName>,
    /// What it is, where it is more than a part of a request.
    #[serde(rename = "as")]
    pub(super) used_as: Option<SecretPart>,
}

/// Where a secret comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
// `writeOnly` keeps the value out of every message: people do paste the secret itself here.
#[schemars(title = "source of a secret", example = "env:MATRIX_TOKEN", extend("writeOnly" = true))]
pub(super) struct SecretSource(
    #[schemars(regex(pattern = "^env:[A-Za-z_][A-Za-z0-9_]{0,127}$"))] pub(super) String,
);

/// One source or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum SecretSources {
    One(SecretSource),
    Several(Vec<SecretSource>),
}

impl JsonSchema for SecretSources {
    fn schema_name() -> Cow<'static, str> {
        "SecretSources".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let source = generator.subschema_for::<SecretSource>();
        json_schema!({
            "description": "Where a secret comes from: one source, or the sources of several secrets, the newest first.",
            "anyOf": [source, { "type": "array", "items": source, "minItems": 1, "maxItems": 5 }],
        })
    }
}

/// What a secret is.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SecretPart")]
pub(super) enum SecretPart {
    /// The whole URL: it takes the place of one that ends in `{}`.
    Url,
}

/// How requests are signed.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Signature")]
pub(super) enum SignatureName {
    /// By the rules of Standard Webhooks.
    StandardWebhooks,
}

/// A method and a URL in which `*` stands for anything.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(title = "method and URL", example = "POST https://hooks.example.com/*")]
pub(super) struct Rule(
    #[schemars(regex(pattern = r"^(GET|HEAD|POST|PUT|PATCH|DELETE) https?://[^\s/@]+(/\S*)?$"))]
    pub(super) String,
);

/// A native command and all that it may do: its own `command`, or that of a preset.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Tool")]
pub(crate) struct ToolTable {
    /// The program and its arguments. `{spec}`, `{out}` and `{root}` stand for the document, the output and
    /// the client's root.
    pub(crate) command: Option<Command>,
    /// The preset that it is made of, instead of a `command`. Every other key replaces that of the preset.
    #[schemars(example = "openapi-typescript")]
    pub(crate) preset: Option<String>,
    /// More arguments, behind those of the command or of the preset's.
    pub(super) arguments: Option<Vec<String>>,
    /// Folders that are searched for the program first.
    pub(super) path: Option<Vec<String>>,
    /// What prints the tool's version: a command line, or several.
    pub(crate) probe: Option<Probes>,
    /// What runs after it, in order, in the same cage.
    pub(super) then: Option<Vec<Command>>,
    /// Globs of the files that its output depends on.
    pub(super) inputs: Option<Vec<String>>,
    /// What installs it, in order, outside the cage, when one of its programs is absent or its inputs changed.
    pub(super) setup: Option<Vec<Command>>,
    /// Texts in its output that mean failure, whatever its exit status.
    pub(super) fail_on_output: Option<Vec<String>>,
    /// Files that must be in its output.
    pub(super) require: Option<Vec<String>>,
    /// How long it may take.
    pub(super) timeout: Option<Time>,
    /// Whether it may use the network.
    pub(super) network: Option<bool>,
    /// Environment variables: names to pass on, or a table of names and values.
    pub(super) env: Option<Env>,
    /// Where else it may write, relative to `pipeline.toml`.
    pub(super) write: Option<Vec<String>>,
    /// What else it may read: absolute, below the home folder (`~/`), or relative to the repository.
    #[schemars(extend("examples" = [["~/.m2", "/opt/data", "crates/generator"]]))]
    pub(super) read: Option<Vec<String>>,
    /// Whether writing beside the output is an error.
    pub(super) strict_writes: Option<bool>,
    /// How much smaller than the committed client a generated one may be, as a part of it.
    #[schemars(range(min = 0, max = 1))]
    pub(super) max_shrink: Option<f64>,
    /// The memory that it may use.
    pub(super) memory: Option<Size>,
    /// The disk that it may use.
    pub(super) disk: Option<Size>,
}

/// A program and its arguments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("examples" = [["program", "--option", "value"]]))]
pub(crate) struct Command(#[schemars(length(min = 1))] pub(crate) Vec<String>);

/// One command line or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "ProbeShape")]
pub(crate) struct Probes(pub(crate) Vec<Command>);

#[derive(Deserialize)]
#[serde(untagged)]
enum ProbeShape {
    One(Command),
    Many(Vec<Command>),
}

impl From<ProbeShape> for Probes {
    fn from(shape: ProbeShape) -> Self {
        match shape {
            ProbeShape::One(command) => Self(vec![command]),
            ProbeShape::Many(commands) => Self(commands),
        }
    }
}

impl JsonSchema for Probes {
    fn schema_name() -> Cow<'static, str> {
        "Probes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let command = generator.subschema_for::<Command>();
        // Words and command lines do not mix. This says which entry is wrong; two whole shapes could not.
        json_schema!({
            "description": "A command line, or a list of command lines.",
            "type": "array",
            "minItems": 1,
            "items": { "anyOf": [{ "type": "string" }, command] },
            "if": { "contains": { "type": "string" } },
            "then": { "items": { "type": "string" } },
            "examples": [["program", "--version"], [["program", "--version"], ["formatter", "--version"]]],
        })
    }
}

/// Environment variables: names to pass on, or names and values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Env {
    /// Names of variables that are passed on where they are set.
    Pass(Vec<String>),
    /// Variables with a fixed value.
    Set(BTreeMap<String, String>),
}

/// A plugin: where it comes from, what it may do, and its limits.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PluginTable {
    /// Where its component comes from; a built-in plugin has none. Its digest is in `countersign.lock`.
    #[schemars(example = "oci://registry.example.com/acme/notify-pager:1.2.0")]
    #[schemars(example = "path:plugins/mine.wasm")]
    pub(super) source: Option<String>,
    /// What it may do.
    #[serde(default)]
    pub(super) grants: GrantsTable,
    /// Limits of each call.
    #[serde(default)]
    pub(super) limits: LimitsTable,
}

/// What a plugin may do.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Grants")]
pub(super) struct GrantsTable {
    /// Requests that it may send.
    pub(super) http: Vec<Rule>,
    /// Tools that it may run, by their names in `[tools]`.
    pub(super) tool: Vec<String>,
    /// Files that it may read, by their paths relative to `pipeline.toml`.
    pub(super) input: Vec<String>,
    /// What it may do on the forge, where the host holds the token and knows the repository.
    pub(super) forge: Vec<ForgeVerb>,
}

/// Limits of one call of a plugin.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Limits")]
pub(super) struct LimitsTable {
    /// Memory.
    pub(super) memory: Option<Size>,
    /// Wall clock.
    pub(super) wall: Option<Time>,
    /// What the call may return.
    pub(super) output: Option<Size>,
    /// What it may log.
    pub(super) log: Option<Size>,
    /// How often it may call the host.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(super) calls: Option<u32>,
}

/// The keys of a stage that the host reads. All others are the plugin's own.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "StageTable")]
pub(super) struct StageTable {
    /// The plugin.
    #[serde(rename = "use")]
    pub(super) plugin: Option<String>,
    /// Globs of the files that the stage depends on, relative to `pipeline.toml`.
    pub(super) inputs: Vec<String>,
    /// How long it may take.
    pub(super) timeout: Option<Time>,
    /// Limits of each call.
    pub(super) limits: LimitsTable,
    /// The tool of `[tools]` that the stage runs.
    pub(super) tool: Option<String>,
    /// The credential of `[credentials]` that the host attaches to the stage's requests.
    pub(super) credential: Option<String>,
}

/// A stage: a table with the plugin's name, the host's keys and the plugin's own keys, or a string, which is
/// short for a plugin, a tool, a file or a URL.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Stage(pub(super) Value);

impl JsonSchema for Stage {
    fn schema_name() -> Cow<'static, str> {
        "Stage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        stage_schema(
            generator,
            "A stage: the name of a plugin, the host's keys and the plugin's own keys. A string is short for a plugin, a file or a URL.",
            &serde_json::json!({ "required": ["command"] }),
        )
    }
}

/// The stage that generates a client. A string is short for a tool or a preset.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct GenerateStage(pub(super) Value);

impl JsonSchema for GenerateStage {
    fn schema_name() -> Cow<'static, str> {
        "GenerateStage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        stage_schema(
            generator,
            "The stage that generates a client: the host's keys and the plugin's own keys. A string is short for a tool of `[tools]` or a preset.",
            &serde_json::json!({ "anyOf": [{ "required": ["command"] }, { "required": ["preset"] }] }),
        )
    }
}

/// A stage. One that declares a tool, by the keys that `has_tool` tells, has all the keys of a tool; without
/// it these names, `path` above all, belong to the plugin.
fn stage_schema(generator: &mut SchemaGenerator, description: &str, has_tool: &Value) -> Schema {
    let table = generator.subschema_for::<StageTable>();
    let mut tool = ToolTable::json_schema(generator);
    tool.remove("additionalProperties");
    let mut stage =
        json_schema!({ "description": description, "anyOf": [{ "type": "string", "minLength": 1 }, table] });
    if let Some(table) = stage.pointer_mut("/anyOf/1").and_then(Value::as_object_mut) {
        table.insert("if".into(), has_tool.clone());
        table.insert("then".into(), tool.into());
    }
    stage
}

/// One stage or several.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Stages(pub(super) Value);

impl JsonSchema for Stages {
    fn schema_name() -> Cow<'static, str> {
        "Stages".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let stage = generator.subschema_for::<Stage>();
        json_schema!({
            "description": "A stage or a list of stages.",
            "anyOf": [stage, { "type": "array", "items": stage, "minItems": 1 }],
        })
    }
}

/// The daemon of `countersign serve`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Serve")]
pub(super) struct ServeTable {
    /// The address and the port that it listens on; 127.0.0.1:8733 where nothing is said.
    #[schemars(length(min = 1), example = "0.0.0.0:8733")]
    pub(super) listen: Option<String>,
    /// The file that it keeps everything in; `.countersign/serve.db` where nothing is said.
    #[schemars(length(min = 1))]
    pub(super) store: Option<String>,
    /// The address under which forges and people reach it.
    #[schemars(regex(pattern = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"))]
    #[schemars(title = "base URL", example = "https://countersign.example.com")]
    pub(super) public_url: Option<String>,
    /// Accounts whose pushes are our own doing, and are recorded and skipped.
    pub(super) bots: Vec<String>,
    /// The secrets that deliveries are signed with.
    pub(super) hooks: Option<HooksTable>,
    /// Bearer tokens of those who may reload, at most two: the one in use, and the one before it.
    #[schemars(length(max = 2))]
    pub(super) reload: Vec<Source>,
    /// Tokens with which people sign in to the pages, at most two.
    #[schemars(length(max = 2))]
    pub(super) sign_in: Vec<Source>,
    /// The workflows that may reload with a token of their forge.
    pub(super) oidc: Option<OidcTable>,
    /// How many runs take place at a time; those of one node never overlap.
    #[schemars(range(min = 1, max = 64))]
    pub(super) workers: Option<usize>,
    /// The shortest time between two messages about one repository; a minute where nothing is said.
    pub(super) message_interval: Option<Time>,
    /// How many messages a room takes at once; 10 where nothing is said.
    #[schemars(range(min = 1, max = 10_000))]
    pub(super) room_burst: Option<u32>,
    /// How many messages a minute a room takes for long; 12 where nothing is said, as Synapse by default.
    #[schemars(range(min = 1, max = 60_000))]
    pub(super) room_per_minute: Option<u32>,
}

/// The secrets that deliveries are signed with, at most two for each sender: the one in use, and the one before it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Hooks")]
pub(super) struct HooksTable {
    /// Those of GitHub.
    #[schemars(length(max = 2))]
    pub(super) github: Vec<Source>,
    /// Those of Gitea and Forgejo.
    #[schemars(length(max = 2))]
    pub(super) gitea: Vec<Source>,
    /// Those of GitLab.
    #[schemars(length(max = 2))]
    pub(super) gitlab: Vec<Source>,
    /// Those of senders that follow Standard Webhooks.
    #[schemars(length(max = 2))]
    pub(super) generic: Vec<Source>,
}

/// Where a secret comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(title = "source of a secret", example = "env:HOOK_SECRET", extend("writeOnly" = true))]
pub(super) struct Source(
    #[schemars(regex(pattern = "^env:[A-Za-z_][A-Za-z0-9_]{0,127}$"))] pub(super) String,
);

/// Which OpenID Connect tokens may reload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Oidc")]
pub(super) struct OidcTable {
    /// The issuer; that of GitHub Actions where nothing is said.
    #[schemars(regex(pattern = r"^https?://[^\s@?#]+$"))]
    #[schemars(title = "URL of an issuer", example = "https://token.actions.githubusercontent.com")]
    pub(super) issuer: Option<String>,
    /// The audience that tokens have to be made for.
    #[schemars(length(min = 1))]
    pub(super) audience: String,
    /// The repositories whose workflows may, as `owner/name`.
    #[schemars(length(min = 1))]
    pub(super) repositories: Vec<String>,
    /// The refs that they may run for, such as `refs/heads/main`; any where none is named.
    #[serde(default)]
    pub(super) refs: Vec<String>,
}

/// A repository that the daemon watches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Node")]
pub(super) struct NodeTable {
    /// Where it lies.
    #[schemars(example = "github:OWNER/NAME")]
    pub(super) repository: String,
    /// The branch whose pushes count; `main` where none is named.
    #[schemars(length(min = 1))]
    pub(super) branch: Option<String>,
    /// The channels of `[notify]` that hear of its pushes.
    #[serde(default)]
    pub(super) notify: Vec<String>,
}
