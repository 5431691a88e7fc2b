//! What `serve` is told: the tables of `pipeline.toml` as data, with their secrets resolved by the host.

use crate::work::Source;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that a reload may change.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The address under which people reach this server, for links in messages.
    pub public_url: Option<String>,
    /// The watched repositories.
    pub nodes: Vec<Node>,
    /// The secrets that deliveries are signed with.
    pub hooks: Hooks,
    /// Accounts whose pushes are our own doing: login or e-mail address, whatever the forge's payload names.
    pub bots: Vec<String>,
    /// Branches of ours, by what their names begin with.
    pub branch_prefixes: Vec<String>,
    /// Keys of trailers that mark a commit as made by a run.
    pub trailers: Vec<String>,
    /// Who may reload.
    pub reload: ReloadSettings,
    /// Tokens of those who may run something again and see what was delivered, up to two. Without any, nobody signs in.
    pub sign_in: Vec<Secret>,
    /// Files whose change is a reload, such as `pipeline.toml`.
    pub watch: Vec<PathBuf>,
    /// How much, how often, how long.
    pub limits: Limits,
}

/// A watched repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, unique among the nodes.
    pub name: String,
    /// Where it lies.
    pub repository: Repository,
    /// The branch whose pushes count.
    pub branch: String,
    /// The channels that hear of its pushes.
    pub channels: Vec<String>,
    /// The contracts that its pushes touch.
    pub contracts: Vec<String>,
}

/// Where a repository lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Whose deliveries tell of it.
    pub source: Source,
    /// Its host, such as `github.com`; with a port where there is one.
    pub host: String,
    /// Its owner; for GitLab with all groups.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The address of its pages; `https://HOST/OWNER/NAME` where none is given.
    pub web: Option<String>,
}

/// The live secrets of each source. The first is the one in use; a second is accepted while secrets are rotated.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// GitHub's.
    pub github: Vec<Secret>,
    /// Gitea's and Forgejo's.
    pub gitea: Vec<Secret>,
    /// GitLab's: secret tokens, or signing tokens, which begin with `whsec_`.
    pub gitlab: Vec<Secret>,
    /// Those of senders that follow Standard Webhooks.
    pub generic: Vec<Secret>,
}

/// Who may ask for a reload.
#[derive(Clone, Debug, Default)]
pub struct ReloadSettings {
    /// Bearer tokens, up to two.
    pub secrets: Vec<Secret>,
    /// Tokens that an issuer signs, as an alternative.
    pub oidc: Option<Oidc>,
}

/// Which OpenID Connect tokens may reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// The issuer, such as `https://token.actions.githubusercontent.com`.
    pub issuer: String,
    /// The audience that tokens have to be made for.
    pub audience: String,
    /// The repositories whose workflows may, as `owner/name`.
    pub repositories: Vec<String>,
    /// The refs that they may run for, as `refs/heads/main`; none means any.
    pub refs: Vec<String>,
}

/// How much, how often, how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The largest body of a delivery, in bytes. GitHub caps its payloads at 25 MB.
    pub body: usize,
    /// The longest that a request may take to arrive.
    pub arrival: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// Runs at a time. Runs of one node never overlap.
    pub workers: usize,
    /// How long a claim holds without a sign of life of its worker.
    pub lease: Duration,
    /// The shortest time between two messages about one repository.
    pub message_interval: Duration,
    /// Messages that a room takes at once.
    pub room_burst: u32,
    /// Messages a second that a room takes for long.
    pub room_rate: f64,
    /// The first pause after a failure; each further one is twice as long, with jitter.
    pub retry_first: Duration,
    /// The longest pause.
    pub retry_most: Duration,
    /// After so long a failing job is dead.
    pub retry_for: Duration,
    /// How often heads are compared and failed deliveries asked for again.
    pub catch_up: Duration,
    /// How long a shutdown waits for what is running.
    pub drain: Duration,
    /// How long bodies and logs are kept.
    pub retention: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 25 * 1024 * 1024,
            arrival: Duration::from_secs(30),
            connections: 1024,
            workers: 2,
            lease: Duration::from_secs(30),
            message_interval: Duration::from_secs(60),
            room_burst: 10,
            room_rate: 0.2,
            retry_first: Duration::from_secs(10),
            retry_most: Duration::from_secs(12 * 3600),
            retry_for: Duration::from_secs(5 * 24 * 3600),
            catch_up: Duration::from_secs(600),
            drain: Duration::from_secs(25),
            retention: Duration::from_secs(30 * 24 * 3600),
        }
    }
}

impl Settings {
    /// The prefix of our branches and the trailer of our commits, where nothing else is configured.
    ///
    /// A proposal's own trailer, `Countersign-Shape`, is not among them: whoever merges a proposal by rebase carries
    /// it to the watched branch, and that push moved a record, of which others have to hear.
    pub fn with_our_marks(mut self) -> Self {
        self.branch_prefixes = vec!["countersign/".into()];
        self.trailers = vec!["Countersign-Run".into()];
        self
    }

    /// A node by its name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }
}

impl Repository {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The address of its pages.
    pub fn web(&self) -> String {
        let web = self.web.clone().unwrap_or_else(|| format!("https://{}/{}", self.host, self.full_name()));
        web.trim_end_matches('/').to_owned()
    }

    /// Forges compare names without regard to case.
    pub(crate) fn is(&self, source: Source, full_name: &str) -> bool {
        self.source == source && self.full_name().eq_ignore_ascii_case(full_name)
    }
}

/// A secret, which shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}
