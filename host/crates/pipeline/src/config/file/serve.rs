//! The tables of the daemon, `[serve]` and `[nodes.NAME]`.

use crate::config::units::Time;
use schemars::JsonSchema;
use serde::Deserialize;

/// The daemon of `countersign serve`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Serve")]
pub(in crate::config) struct ServeTable {
    /// The address and the port that it listens on; 127.0.0.1:8733 where nothing is said.
    #[schemars(length(min = 1), example = "0.0.0.0:8733")]
    pub(in crate::config) listen: Option<String>,
    /// A file, a `postgres://` URL without a password, or `env:NAME`; `.countersign/serve.db` where nothing is said.
    #[schemars(length(min = 1), example = "env:COUNTERSIGN_STORE")]
    pub(in crate::config) store: Option<String>,
    /// The address under which forges and people reach it.
    #[schemars(regex(pattern = r"^https?://[^\s/@?#]+(/[^\s?#]*)?$"))]
    #[schemars(title = "base URL", example = "https://countersign.example.com")]
    pub(in crate::config) public_url: Option<String>,
    /// Accounts whose pushes are our own doing, and are recorded and skipped.
    pub(in crate::config) bots: Vec<String>,
    /// The secrets that deliveries are signed with.
    pub(in crate::config) hooks: Option<HooksTable>,
    /// Bearer tokens of those who may reload, at most two: the one in use, and the one before it.
    #[schemars(length(max = 2))]
    pub(in crate::config) reload: Vec<Source>,
    /// Tokens with which people sign in to the pages, at most two.
    #[schemars(length(max = 2))]
    pub(in crate::config) sign_in: Vec<Source>,
    /// The workflows that may reload with a token of their forge.
    pub(in crate::config) oidc: Option<OidcTable>,
    /// How many runs take place at a time; those of one node never overlap.
    #[schemars(range(min = 1, max = 64))]
    pub(in crate::config) workers: Option<usize>,
    /// The shortest time between two messages about one repository; a minute where nothing is said.
    pub(in crate::config) message_interval: Option<Time>,
    /// How many messages a room takes at once; 10 where nothing is said.
    #[schemars(range(min = 1, max = 10_000))]
    pub(in crate::config) room_burst: Option<u32>,
    /// How many messages a minute a room takes for long; 12 where nothing is said, as Synapse by default.
    #[schemars(range(min = 1, max = 60_000))]
    pub(in crate::config) room_per_minute: Option<u32>,
}

/// The secrets that deliveries are signed with, at most two for each sender: the one in use, and the one before it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Hooks")]
pub(in crate::config) struct HooksTable {
    /// Those of GitHub.
    #[schemars(length(max = 2))]
    pub(in crate::config) github: Vec<Source>,
    /// Those of Gitea and Forgejo.
    #[schemars(length(max = 2))]
    pub(in crate::config) gitea: Vec<Source>,
    /// Those of GitLab.
    #[schemars(length(max = 2))]
    pub(in crate::config) gitlab: Vec<Source>,
    /// Those of senders that follow Standard Webhooks.
    #[schemars(length(max = 2))]
    pub(in crate::config) generic: Vec<Source>,
}

/// Where a secret comes from.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(title = "source of a secret", example = "env:HOOK_SECRET", extend("writeOnly" = true))]
pub(in crate::config) struct Source(
    #[schemars(regex(pattern = "^env:[A-Za-z_][A-Za-z0-9_]{0,127}$"))] pub(in crate::config) String,
);

/// Which OpenID Connect tokens may reload.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Oidc")]
pub(in crate::config) struct OidcTable {
    /// The issuer; that of GitHub Actions where nothing is said.
    #[schemars(regex(pattern = r"^https?://[^\s@?#]+$"))]
    #[schemars(title = "URL of an issuer", example = "https://token.actions.githubusercontent.com")]
    pub(in crate::config) issuer: Option<String>,
    /// The audience that tokens have to be made for.
    #[schemars(length(min = 1))]
    pub(in crate::config) audience: String,
    /// The repositories whose workflows may, as `owner/name`.
    #[schemars(length(min = 1))]
    pub(in crate::config) repositories: Vec<String>,
    /// The refs that they may run for, such as `refs/heads/main`; any where none is named.
    #[serde(default)]
    pub(in crate::config) refs: Vec<String>,
}

/// A repository that the daemon watches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Node")]
pub(in crate::config) struct NodeTable {
    /// Where it lies.
    #[schemars(example = "github:OWNER/NAME")]
    pub(in crate::config) repository: String,
    /// The branch whose pushes count; `main` where none is named.
    #[schemars(length(min = 1))]
    pub(in crate::config) branch: Option<String>,
    /// The channels of `[notify]` that hear of its pushes.
    #[serde(default)]
    pub(in crate::config) notify: Vec<String>,
}
