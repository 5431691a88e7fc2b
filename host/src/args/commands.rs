//! The arguments of every command but `init`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use countersign_model::{Date, Fingerprint, Name};
use std::path::PathBuf;

/// `countersign check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign check                  every contract, every client in this repository
  countersign check watcher          one contract
  countersign check --live           ask the running services instead of the code
  countersign check --no-tools       run no generator: what is not proved by a lock is `unverified`")]
pub(crate) struct CheckArgs {
    /// Contracts to check [default: all]
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<Name>,
    /// Ask each contract's `live` source; an unreachable one exits 3, not 1
    #[arg(long)]
    pub(crate) live: bool,
    /// Run no external tool; what only a tool could prove is reported as unverified
    #[arg(long)]
    pub(crate) no_tools: bool,
    /// Generate every client that is generated a second time, and fail where the bytes differ
    #[arg(long, conflicts_with = "no_tools")]
    pub(crate) twice: bool,
}

/// What a command that generates takes besides.
#[derive(Debug, Default, Args)]
pub(crate) struct GeneratingArgs {
    /// Generate a second time, and write nothing where the bytes differ; a new client always is
    #[arg(long)]
    pub(crate) twice: bool,
    /// Take the tool versions that are installed here into the locks
    #[arg(long)]
    pub(crate) upgrade: bool,
    /// Take clients that are much smaller than the committed ones
    #[arg(long)]
    pub(crate) allow_shrink: bool,
}

/// `countersign accept`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign accept watcher                            what the code says becomes the record
  countersign accept watcher --live                     what the running service says does
  countersign accept watcher --from openapi.json        what this file says does

The snapshot, its record, the locks and every client in this repository change as one, or not at all.")]
pub(crate) struct AcceptArgs {
    /// Contracts to accept [default: all]
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<Name>,
    /// Take the document from each contract's `live` source
    #[arg(long, conflicts_with = "from")]
    pub(crate) live: bool,
    /// Take the document from a file or a URL; needs exactly one CONTRACT where there are several
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) generating: GeneratingArgs,
}

/// `countersign generate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign generate                    every client in this repository
  countersign generate watcher-python     one client")]
pub(crate) struct GenerateArgs {
    /// Clients to generate [default: all]
    #[arg(value_name = "CLIENT")]
    pub(crate) clients: Vec<Name>,
    #[command(flatten)]
    pub(crate) generating: GeneratingArgs,
}

/// `countersign diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign diff old.yaml new.yaml
  countersign diff main:contracts/watcher/openapi.json watcher    with the record of a contract
  countersign diff v1.2.0:openapi.json HEAD:openapi.json --output-format html > diff.html
  countersign diff old.json new.json --fail-on any --policy wire

Exits 1 when a change is as bad as --fail-on says, else 0.")]
pub(crate) struct DiffArgs {
    /// The old document: a file, a contract, a live source of pipeline.toml, or REVISION:PATH
    #[arg(value_name = "A")]
    pub(crate) old: String,
    /// The new document
    #[arg(value_name = "B")]
    pub(crate) new: String,
    /// The least change that makes the run fail
    #[arg(long, value_name = "LEVEL", default_value = "breaking")]
    pub(crate) fail_on: FailOn,
    /// What the documents are [default: openapi for a document that says so, json for other JSON, else text]
    #[arg(long, value_name = "FORMAT", value_parser = ["openapi", "json", "text"])]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) openapi: OpenApiArgs,
}

/// The least change that makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Something that worked fails
    Breaking,
    /// Something may fail
    Warning,
    /// Anything changed
    Any,
    /// Nothing does
    None,
}

/// How OpenAPI documents are compared; the names are those of oasdiff's options where the meaning is.
#[derive(Debug, Args)]
#[command(next_help_heading = "OpenAPI documents")]
pub(crate) struct OpenApiArgs {
    /// Whose side to take: wire, typed-client or source [default: that of pipeline.toml, else typed-client]
    #[arg(long, value_name = "POLICY", value_parser = ["wire", "typed-client", "source"])]
    pub(crate) policy: Option<String>,
    /// The day that sunset dates are counted from [default: none; with --output-format oasdiff today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<jiff::civil::Date>,
    /// The least days from deprecation to sunset of what is beta
    #[arg(long, value_name = "DAYS")]
    pub(crate) deprecation_days_beta: Option<u32>,
    /// The least days from deprecation to sunset of what is stable
    #[arg(long, value_name = "DAYS")]
    pub(crate) deprecation_days_stable: Option<u32>,
    /// The least stability that is looked at: draft, alpha, beta or stable
    #[arg(long, value_name = "LEVEL")]
    pub(crate) stability_level: Option<String>,
    /// Take this off the beginning of the old document's paths
    #[arg(long, value_name = "PREFIX")]
    pub(crate) strip_prefix_base: Option<String>,
    /// Take this off the beginning of the new document's paths
    #[arg(long, value_name = "PREFIX")]
    pub(crate) strip_prefix_revision: Option<String>,
    /// Put this before the old document's paths
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix_base: Option<String>,
    /// Put this before the new document's paths
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix_revision: Option<String>,
    /// Look only at paths that match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub(crate) match_path: Option<String>,
    /// Look only at paths that do not match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub(crate) unmatch_path: Option<String>,
    /// Take paths that differ in nothing but the names of their parameters for different ones
    #[arg(long)]
    pub(crate) include_path_params: bool,
    /// Take the parameters of a path for those of each of its operations (oasdiff only; else they always are)
    #[arg(long)]
    pub(crate) flatten_params: bool,
    /// Whether a variant that was moved to a component, or from one, is the same variant (oasdiff only)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) match_inline_refs: Option<bool>,
}

/// `countersign run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign run --output-format github                                  in a GitHub Actions job
  countersign run --dry-run --event-name push --event-path event.json     what that push would do")]
pub(crate) struct RunArgs {
    /// Say what would be done and sent, and do and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) event: EventArgs,
}

/// The event that a command acts on.
#[derive(Debug, Args)]
pub(crate) struct EventArgs {
    /// The event to act on [default: $GITHUB_EVENT_NAME]
    #[arg(long, value_name = "NAME")]
    pub(crate) event_name: Option<String>,
    /// The file that holds the event's payload [default: $GITHUB_EVENT_PATH]
    #[arg(long, value_name = "FILE")]
    pub(crate) event_path: Option<PathBuf>,
}

/// `countersign notify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign notify                                      what no receipt says was told, since the last one that does
  countersign notify --from v1.4.0 --to v1.5.0            what these commits did
  countersign notify --from origin/main --to HEAD --channel comment --dry-run

Each client hears of each commit that changed a record once on each of its channels. Receipts are kept in
refs/notes/countersign, so that running this again sends nothing.")]
pub(crate) struct NotifyArgs {
    /// Contracts to tell of [default: all]
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<Name>,
    /// The revision that everybody knows [default: the parent of --to; without both, the last receipt]
    #[arg(long, value_name = "REV")]
    pub(crate) from: Option<String>,
    /// The revision that is news [default: HEAD]
    #[arg(long, value_name = "REV")]
    pub(crate) to: Option<String>,
    /// Send on this channel only; may be given several times [default: all]
    #[arg(long = "channel", value_name = "CHANNEL")]
    pub(crate) channels: Vec<Name>,
    /// Print the plan, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) event: EventArgs,
}

/// `countersign status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign status               the contracts and clients, from this clone alone
  countersign status --targets     and whether each repository elsewhere is alive, moved, forbidden or gone")]
pub(crate) struct StatusArgs {
    /// Ask the forges how the repositories stand that pipeline.toml points to
    #[arg(long)]
    pub(crate) targets: bool,
}

/// `countersign canary`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign canary                  every contract that has a canary
  countersign canary watcher          one contract
  countersign canary --dry-run        print the requests, and send none
  countersign canary --notify         tell the canary's channels of violations, each once

Only GET and HEAD can be declared.
Exits 1 when an answer violates the record, 3 when a service is away and nothing else is wrong.")]
pub(crate) struct CanaryArgs {
    /// Contracts whose services are asked [default: all that have a canary]
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<Name>,
    /// Print the requests that would be sent, and send none
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Tell the canary's channels what is violated, once while the same is wrong
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) notify: bool,
}

/// `countersign propose`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign propose                           what the event says, else every provider's head
  countersign propose watcher --dry-run         the plan; nothing is sent
  countersign propose watcher --live            what the running service says
  countersign propose watcher --push            make the branch with `git push`

Files, index and branches of this clone stay as they are. A pull request that was closed without
a merge is not opened again for the same state of the contract.

Exit status:
  0    every contract is proposed, or needs no proposal
  2    could not decide: the event, the forge, a stage or a tool
  3    a source could not be reached, and nothing else is wrong")]
pub(crate) struct ProposeArgs {
    /// Contracts to propose [default: the event's, else all with a provider]
    #[arg(value_name = "CONTRACT")]
    pub(crate) contracts: Vec<Name>,
    /// Take the documents from the contracts' `live` sources
    #[arg(long, conflicts_with_all = ["from", "revision"])]
    pub(crate) live: bool,
    /// Take the document from a file or a URL; needs exactly one CONTRACT where there are several
    #[arg(long, value_name = "FILE|URL", conflicts_with = "revision")]
    pub(crate) from: Option<String>,
    /// Take the documents from this revision of the providers [default: the event's commit, else the default branch]
    #[arg(long, value_name = "REV", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) revision: Option<String>,
    /// The branch that pull requests go into [default: the repository's default branch]
    #[arg(long, value_name = "BRANCH", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) base: Option<String>,
    /// Make branches with `git push` [default: by the forge's API]
    #[arg(long)]
    pub(crate) push: bool,
    /// Print the plan, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) event: EventArgs,
    #[command(flatten)]
    pub(crate) generating: GeneratingArgs,
}

/// `countersign recover`.
#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    /// Forget the interrupted accept instead, and keep every file as it is now
    #[arg(long)]
    pub(crate) abandon: bool,
}

/// `countersign waive`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  countersign waive 8e3f0c1d2a4b5968 --owner ana --reason 'archiver no longer reads it' --until 2027-01-31

The waiver goes to contracts/<name>/waivers.toml, to be reviewed with the change that it accepts.")]
pub(crate) struct WaiveArgs {
    /// Which break, as `countersign check` printed it
    #[arg(value_name = "FINGERPRINT")]
    pub(crate) fingerprint: Fingerprint,
    /// Who answers for it
    #[arg(long, value_name = "WHO", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) owner: String,
    /// Why it may be
    #[arg(long, value_name = "WHY", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// The last day on which the waiver counts, in UTC
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Date,
    /// The contract whose break it is [default: the one that has it]
    #[arg(long, value_name = "CONTRACT")]
    pub(crate) contract: Option<Name>,
}

/// `countersign explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign explain response-required-property-removed
  countersign explain unknown-key
  countersign explain openapi-typescript")]
pub(crate) struct ExplainArgs {
    /// A rule of a diff plugin, the code of an error, or a preset of a generator
    #[arg(value_name = "RULE|CODE|PRESET")]
    pub(crate) subject: String,
}

/// `countersign plugin`.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the plugins that this repository can use
    List,
    /// Show what a plugin is and what it could ever do
    Inspect(PluginInspectArgs),
}

/// `countersign plugin inspect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign plugin inspect diff-openapi
  countersign plugin inspect target/notify-pager.wasm

Nothing of the plugin runs: kind and world are read from its exports, its reach from its imports.")]
pub(crate) struct PluginInspectArgs {
    /// A plugin by its name, or a component file
    #[arg(value_name = "NAME|PATH")]
    pub(crate) plugin: String,
}

/// Something that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// pipeline.toml
    Pipeline,
    /// What --output-format json prints
    Report,
    /// What propose --output-format json prints
    Proposals,
    /// What a notify stage is given
    Notice,
    /// What a notify stage is given when serve tells of pushes
    Pushes,
    /// What canary --output-format json prints
    Canary,
    /// What hooks --output-format json prints
    Hooks,
    /// The JSON API of serve, as an OpenAPI document
    ServeApi,
}

/// `countersign schema`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  countersign schema pipeline > pipeline.schema.json")]
pub(crate) struct SchemaArgs {
    /// Whose schema
    #[arg(value_name = "WHAT", value_enum)]
    pub(crate) kind: SchemaKind,
}

/// `countersign canonicalize`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign canonicalize openapi.json
  curl --silent https://api.example.com/openapi.json | countersign canonicalize -")]
pub(crate) struct CanonicalizeArgs {
    /// The document; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
    /// What the document is
    #[arg(long, value_name = "FORMAT", default_value = "openapi", value_parser = ["openapi", "json", "text"])]
    pub(crate) format: String,
}

/// `countersign completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  countersign completions bash > ~/.local/share/bash-completion/completions/countersign")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// `countersign man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign man | man -l -
  countersign man ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Write one page for each command to this folder [default: print the main page]
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The address and port to listen on [default: serve.listen of pipeline.toml, else 127.0.0.1:8733]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// The file, the URL of a database, or env:NAME for a variable that holds either, to keep everything in [default:
    /// serve.store of pipeline.toml, else .countersign/serve.db]
    #[arg(long, value_name = "STORE")]
    pub(crate) store: Option<String>,
    /// Bring the store up to date with this version, and end
    #[arg(long, conflicts_with = "backup")]
    pub(crate) migrate: bool,
    /// Write a copy of the store's file to a file that does not exist yet, while a server may be running, and end
    #[arg(long, value_name = "FILE")]
    pub(crate) backup: Option<PathBuf>,
}
