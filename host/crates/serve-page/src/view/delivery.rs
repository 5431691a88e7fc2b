use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// Who delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// GitHub, or GitHub Enterprise Server.
    #[serde(rename = "github")]
    GitHub,
    /// Gitea or Forgejo.
    Gitea,
    /// GitLab.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Anyone who speaks Standard Webhooks.
    Generic,
    /// Nobody: we found it ourselves when heads were compared.
    Reconcile,
    /// A person who asked for it.
    Manual,
}

impl Source {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Gitea => "gitea",
            Self::GitLab => "gitlab",
            Self::Generic => "generic",
            Self::Reconcile => "reconcile",
            Self::Manual => "manual",
        }
    }

    /// The name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::Gitea => "Gitea",
            Self::GitLab => "GitLab",
            Self::Generic => "a webhook",
            Self::Reconcile => "ourselves",
            Self::Manual => "a person",
        }
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryOutcome {
    /// It became a run, or part of one.
    Queued,
    /// It had been here before: the same id, or the same content.
    Duplicate,
    /// It tells of something that we did ourselves.
    #[serde(rename = "skipped:loop")]
    SkippedLoop,
    /// Nothing follows from such an event.
    #[serde(rename = "skipped:event")]
    SkippedEvent,
    /// It is about another branch than the node's.
    #[serde(rename = "skipped:branch")]
    SkippedBranch,
    /// No node watches its repository.
    #[serde(rename = "skipped:repository")]
    SkippedRepository,
}

impl DeliveryOutcome {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Duplicate => "duplicate",
            Self::SkippedLoop => "skipped:loop",
            Self::SkippedEvent => "skipped:event",
            Self::SkippedBranch => "skipped:branch",
            Self::SkippedRepository => "skipped:repository",
        }
    }
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryRow {
    /// Its id, as the forge gave it.
    pub id: String,
    /// Who delivered it.
    pub source: Source,
    /// The event, such as `push`.
    pub event: String,
    /// The repository that it is of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// When it was stored, which is before it was acknowledged.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// What there is to say of it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The runs that answer it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runs: Vec<String>,
    /// The node that it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub node: Option<String>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub branch: Option<String>,
    /// The commit after a push.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// Who pushed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author: Option<String>,
}

/// A header of a delivery. The value of one that may hold a secret is dropped where it is made, so that no view can show
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Header {
    /// Its name.
    name: String,
    /// Its value; none where it may hold a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Deserialize)]
struct RawHeader {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawHeader::deserialize(deserializer).map(|raw| Self::of(raw.name, raw.value))
    }
}

/// The beginnings of the names of headers that are shown. What we do not know, a proxy may have put there for us alone.
const SHOWN: [&str; 14] = [
    "accept",
    "content-length",
    "content-type",
    "date",
    "host",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "x-forgejo-",
    "x-gitea-",
    "x-github-",
    "x-gitlab-",
    "x-gogs-",
    "x-request-id",
];

/// What the name of a secret has in it.
const SECRET: [&str; 6] = ["auth", "cookie", "key", "secret", "signature", "token"];

fn is_shown(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SHOWN.iter().any(|shown| name.starts_with(shown)) && !SECRET.iter().any(|secret| name.contains(secret))
}

impl Header {
    /// A header as it arrived.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(name.into(), Some(value.into()))
    }

    fn of(name: String, value: Option<String>) -> Self {
        let value = value.filter(|_| is_shown(&name));
        Self { name, value }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value; none where it may hold a secret.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// A delivery with its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryPage {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// Its headers.
    pub headers: Vec<Header>,
    /// Its body as text; bytes that are no UTF-8 are replaced. Empty once it is forgotten.
    pub body: String,
    /// Whether the end of the body is missing here.
    #[serde(default)]
    pub body_cut: bool,
    /// Whether headers and body are kept from who asked, since they are not signed in.
    #[serde(default)]
    pub withheld: bool,
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn a_header_that_may_hold_a_secret_has_no_value() {
        for name in [
            "Authorization",
            "X-Hub-Signature-256",
            "X-GitHub-Signature",
            "X-Gitea-Signature",
            "X-Gitlab-Token",
            "Cookie",
            "webhook-signature",
            "X-Forwarded-Client-Cert",
            "X-Api-Key",
        ] {
            assert_eq!(Header::new(name, "s3cret").value(), None, "{name}");
        }
        assert_eq!(Header::new("X-GitHub-Event", "push").value(), Some("push"));
        let read: Header = serde_json::from_str(r#"{"name":"cookie","value":"s3cret"}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"name":"cookie"}"#);
    }
}
