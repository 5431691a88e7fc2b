//! What a forge is reached with.

use std::fmt;
use std::time::Duration;
use url::Url;

/// What kind of forge it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForgeKind {
    /// GitHub, or GitHub Enterprise Server.
    Github,
    /// Gitea or Forgejo.
    Gitea,
}

/// A secret, which shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// How requests prove who sends them.
#[derive(Clone, Debug)]
pub enum Access {
    /// They do not: only what is public can be read.
    Anonymous,
    /// A personal access token, or the token of a workflow.
    Token(Secret),
    /// A GitHub App: a signed JWT is exchanged for the token of the repository's installation.
    App {
        /// The App's identifier.
        id: u64,
        /// Its private key, in PEM.
        key: Secret,
    },
    /// None, for this reason; who asks for one is told.
    Withheld(&'static str),
}

/// How many writes go out in a window of time. GitHub allows 80 that make content a minute and 500 an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Writes a minute.
    pub per_minute: u32,
    /// Writes an hour.
    pub per_hour: u32,
    /// The longest that one call waits for its turn or for a rate limit to end, before it gives up with
    /// [`crate::ForgeError::Limited`].
    pub patience: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { per_minute: 60, per_hour: 450, patience: Duration::from_secs(15 * 60) }
    }
}

/// Everything that a forge is reached with.
#[derive(Clone, Debug)]
pub struct ForgeSettings {
    /// What kind of forge it is.
    pub kind: ForgeKind,
    /// The base of its API, such as `https://api.github.com` or `https://git.example.org/api/v1`.
    pub api: Url,
    /// How requests prove who sends them.
    pub access: Access,
    /// How many writes may go out.
    pub budget: Budget,
    /// Whether writes are planned only: then each one is [`crate::ForgeError::DryRun`] and nothing leaves.
    pub dry_run: bool,
    /// The longest that one request may take.
    pub timeout: Duration,
}

impl Secret {
    /// A secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Its value, for the request that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}
