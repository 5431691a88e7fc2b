//! `[serve]` and `[nodes.NAME]`: what the daemon listens to, whom it believes, and which repositories it watches.

use super::file::{HooksTable, NodeTable, OidcTable, ServeTable};
use super::resolve::{Entry, Resolver};
use super::words::quote;
use super::{Forge, Repository};
use countersign_model::{Name, Problem};
use std::net::SocketAddr;
use std::time::Duration;

/// Where it listens, where nothing is said: this machine only.
const LISTEN: &str = "127.0.0.1:8733";

/// Where it keeps what it knows, where nothing is said; relative to `pipeline.toml`.
const STORE: &str = ".countersign/serve.db";

/// `[serve]`. Secrets are named by the variables that hold them, and never read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeConfig {
    /// The address that it listens on.
    pub listen: SocketAddr,
    /// Where it keeps what it knows.
    pub store: StorePlace,
    /// The address under which people reach it.
    pub public_url: Option<String>,
    /// Accounts whose pushes are our own doing.
    pub bots: Vec<String>,
    /// The variables that hold the secrets of deliveries, the one in use first.
    pub hooks: HookVariables,
    /// The variables that hold the bearer tokens of those who may reload.
    pub reload: Vec<String>,
    /// The variables that hold the tokens with which people sign in to the pages.
    pub sign_in: Vec<String>,
    /// Which workflows may reload.
    pub oidc: Option<OidcConfig>,
    /// Runs at a time.
    pub workers: Option<usize>,
    /// The shortest time between two messages about one repository.
    pub message_interval: Option<Duration>,
    /// Messages that a room takes at once.
    pub room_burst: Option<u32>,
    /// Messages a minute that a room takes for long.
    pub room_per_minute: Option<u32>,
}

/// Where the daemon keeps what it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// In a file; from `pipeline.toml`, relative to it.
    File(String),
    /// In a PostgreSQL database, by a URL without a password.
    Database(String),
    /// Where this variable says: in a file or, by a URL that may hold a password, in a database.
    Variable(String),
}

/// The variables that hold the secrets of deliveries, by who sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookVariables {
    /// GitHub.
    pub github: Vec<String>,
    /// Gitea and Forgejo.
    pub gitea: Vec<String>,
    /// GitLab.
    pub gitlab: Vec<String>,
    /// Senders that follow Standard Webhooks.
    pub generic: Vec<String>,
}

/// Which OpenID Connect tokens may reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcConfig {
    /// The issuer.
    pub issuer: String,
    /// The audience that tokens have to be made for.
    pub audience: String,
    /// The repositories whose workflows may, as `owner/name`.
    pub repositories: Vec<String>,
    /// The refs that they may run for; any where none is named.
    pub refs: Vec<String>,
}

/// `[nodes.NAME]`: a watched repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeConfig {
    /// Its name.
    pub name: Name,
    /// Where it lies.
    pub repository: Repository,
    /// The branch whose pushes count.
    pub branch: String,
    /// The channels that hear of pushes.
    pub notify: Vec<Name>,
    /// Its JSON Pointer in the file.
    pub pointer: String,
}

impl StorePlace {
    /// Reads what was written in `pipeline.toml` or on a command line.
    ///
    /// # Errors
    /// A URL with a password in it: both places are read by others.
    pub fn of(written: &str) -> Result<Self, Problem> {
        if let Some(variable) = written.strip_prefix("env:") {
            return Ok(Self::Variable(variable.to_owned()));
        }
        if !Self::is_url(written) {
            return Ok(Self::File(written.to_owned()));
        }
        if has_password(written) {
            let message = "the URL of the store holds a password, which others can read here";
            let hint = "set it as the variable COUNTERSIGN_STORE, and write `env:COUNTERSIGN_STORE` here";
            return Err(Problem::new("exposed-secret", message).hint(hint));
        }
        Ok(Self::Database(written.to_owned()))
    }

    /// Whether this is the URL of a database.
    pub fn is_url(written: &str) -> bool {
        written.starts_with("postgres://") || written.starts_with("postgresql://")
    }
}

/// Whether a URL holds a password: before the host, or among its settings.
fn has_password(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let before_host = rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    before_host || rest.split(['?', '&']).skip(1).any(|setting| setting.starts_with("password="))
}

impl Resolver<'_> {
    pub(super) fn serve(&mut self) -> ServeConfig {
        let table: ServeTable = self.table("serve");
        let listen = table.listen.as_deref().unwrap_or(LISTEN);
        let listen = listen.parse().unwrap_or_else(|_| {
            let message = format!("{} is not an address and a port", quote(listen));
            let problem = Problem::new("invalid-value", message);
            self.problem("/serve/listen", problem.hint(format!("write it like `listen = \"{LISTEN}\"`")));
            SocketAddr::from(([127, 0, 0, 1], 0))
        });
        let store = self.store(table.store.as_deref().unwrap_or(STORE));
        ServeConfig {
            listen,
            store,
            public_url: table.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            bots: table.bots,
            hooks: hooks(table.hooks.unwrap_or_default()),
            reload: variables(table.reload),
            sign_in: variables(table.sign_in),
            oidc: table.oidc.map(oidc),
            workers: table.workers,
            message_interval: table.message_interval.map(|time| time.0),
            room_burst: table.room_burst,
            room_per_minute: table.room_per_minute,
        }
    }

    fn store(&mut self, written: &str) -> StorePlace {
        match StorePlace::of(written) {
            Ok(StorePlace::File(file)) => StorePlace::File(self.path(&file, "/serve/store").unwrap_or(file)),
            Ok(place) => place,
            Err(problem) => {
                self.problem("/serve/store", problem);
                StorePlace::File(STORE.to_owned())
            }
        }
    }

    pub(super) fn node(&mut self, entry: Entry<NodeTable>) -> Option<NodeConfig> {
        let Entry { name, pointer, table } = entry;
        let at = |key: &str| format!("{pointer}/{key}");
        let repository = self.repository(&table.repository, &at("repository"));
        let notify: Vec<Name> = (table.notify.iter().enumerate())
            .filter_map(|(index, channel)| {
                self.reference("notify", "channel", channel, &format!("{}/{index}", at("notify")))
            })
            .collect();
        let branch = table.branch.unwrap_or_else(|| "main".to_owned());
        let is_branch =
            !branch.starts_with('-') && !branch.chars().any(|c| c.is_whitespace() || c.is_control());
        if !is_branch {
            let problem = Problem::new("invalid-value", format!("{} is not a branch", quote(&branch)));
            self.problem(&at("branch"), problem.hint("write it like `branch = \"main\"`"));
        }
        Some(NodeConfig { name, repository: repository?, branch, notify, pointer })
    }

    /// Two nodes of one repository and branch would each tell of every push.
    pub(super) fn one_node_per_branch(&mut self, nodes: &std::collections::BTreeMap<Name, NodeConfig>) {
        let all: Vec<&NodeConfig> = nodes.values().collect();
        for (index, node) in all.iter().enumerate() {
            let same = |other: &&&NodeConfig| {
                other.branch == node.branch
                    && other.repository.to_string().eq_ignore_ascii_case(&node.repository.to_string())
            };
            if let Some(other) = all[..index].iter().find(same) {
                let message = format!("nodes `{}` and `{}` watch the same branch", other.name, node.name);
                let hint = "keep one of them; it may name several channels";
                self.problem(&node.pointer, Problem::new("duplicate-node", message).hint(hint));
            }
        }
    }
}

fn hooks(table: HooksTable) -> HookVariables {
    HookVariables {
        github: variables(table.github),
        gitea: variables(table.gitea),
        gitlab: variables(table.gitlab),
        generic: variables(table.generic),
    }
}

fn variables(sources: Vec<super::file::Source>) -> Vec<String> {
    sources.into_iter().map(|source| source.0.strip_prefix("env:").unwrap_or(&source.0).to_owned()).collect()
}

fn oidc(table: OidcTable) -> OidcConfig {
    OidcConfig {
        issuer: table.issuer.unwrap_or_else(|| "https://token.actions.githubusercontent.com".to_owned()),
        audience: table.audience,
        repositories: table.repositories,
        refs: table.refs,
    }
}

impl NodeConfig {
    /// The host of its repository.
    pub fn host(&self) -> &str {
        self.repository.host.as_deref().unwrap_or(match self.repository.forge {
            Forge::Github => "github.com",
            Forge::Gitlab => "gitlab.com",
            Forge::Gitea => "",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_url_of_a_store_is_refused_wherever_it_hides() {
        for url in [
            "postgres://me:hunter2@db/serve",
            "postgresql://me:hunter2/w@db/serve",
            "postgres://me:hunter2@ss@db/serve",
            "postgres://db/serve?user=me&password=hunter2",
        ] {
            let refused = StorePlace::of(url).unwrap_err();
            assert_eq!(refused.code, "exposed-secret", "{url}");
            assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
        }
    }

    #[test]
    fn a_store_is_a_file_a_database_or_named_by_a_variable() {
        for url in
            ["postgres://me@db:5432/serve?sslmode=require", "postgresql://me@%2Frun%2Fpostgresql/serve"]
        {
            assert_eq!(StorePlace::of(url).unwrap(), StorePlace::Database(url.to_owned()));
        }
        assert_eq!(StorePlace::of("env:STORE").unwrap(), StorePlace::Variable("STORE".to_owned()));
        assert_eq!(StorePlace::of("state/serve.db").unwrap(), StorePlace::File("state/serve.db".to_owned()));
    }
}
