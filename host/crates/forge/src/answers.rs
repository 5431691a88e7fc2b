//! What forges answer, as far as we read it. Every field that we could do without is optional: forges, their
//! versions and their emulators leave things out, and one that is missing must not turn a success into an error.
//! GitHub, Gitea and Forgejo share these shapes but for a few names.

use crate::verdict::cut;
use crate::{CommitInfo, Hook, LastDelivery, Pull, PullState, RepositoryInfo, StateOfStatus, Status};
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// Text that may be missing or null.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// A number of the forge's. Their descriptions allow negative ones, which name nothing and are 0.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Number::deserialize(deserializer)?.as_u64().unwrap_or_default())
}

/// A number of the forge's that may be missing or null.
fn maybe_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<Number>::deserialize(deserializer)?.and_then(|number| number.as_u64()))
}

/// A repository.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Repository {
    #[serde(deserialize_with = "maybe_number")]
    pub(crate) id: Option<u64>,
    pub(crate) full_name: Option<String>,
    default_branch: Option<String>,
    archived: Option<bool>,
    permissions: Option<Permissions>,
    html_url: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Permissions {
    push: Option<bool>,
}

impl Repository {
    /// What is known of it, where it has a name.
    pub(crate) fn known(self) -> Option<RepositoryInfo> {
        Some(RepositoryInfo {
            id: self.id,
            full_name: self.full_name.filter(|name| !name.is_empty())?,
            default_branch: self.default_branch.unwrap_or_else(|| "main".to_owned()),
            archived: self.archived.unwrap_or(false),
            may_push: self.permissions.and_then(|permissions| permissions.push),
            html_url: self.html_url,
        })
    }
}

/// Anything with an object name: GitHub says `sha`, Gitea's branches `id`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Object {
    #[serde(alias = "id")]
    pub(crate) sha: String,
}

/// A reference.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reference {
    #[serde(rename = "ref", default, deserialize_with = "text")]
    pub(crate) name: String,
    pub(crate) object: Object,
}

/// A branch of Gitea's.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Branch {
    #[serde(default, deserialize_with = "text")]
    pub(crate) name: String,
    pub(crate) commit: Object,
}

/// A commit, as git data: GitHub's fields are at the top, Gitea's below `commit`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Commit {
    sha: String,
    #[serde(default)]
    parents: Option<Vec<Object>>,
    #[serde(default)]
    tree: Option<Object>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    author: Option<Author>,
    #[serde(default)]
    commit: Option<CommitBody>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CommitBody {
    tree: Option<Object>,
    message: Option<String>,
    author: Option<Author>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Author {
    email: Option<String>,
}

impl Commit {
    /// What is known of it, where it says its tree.
    pub(crate) fn known(self) -> Option<CommitInfo> {
        let outer = CommitBody { tree: self.tree, message: self.message, author: self.author };
        let body = self.commit.unwrap_or(outer);
        Some(CommitInfo {
            sha: self.sha,
            tree: body.tree?.sha,
            parents: self.parents.unwrap_or_default().into_iter().map(|parent| parent.sha).collect(),
            message: body.message.unwrap_or_default(),
            author_email: body.author.and_then(|author| author.email),
        })
    }
}

/// A tree, with everything below it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Tree {
    #[serde(default)]
    pub(crate) tree: Vec<TreeEntry>,
    #[serde(default)]
    pub(crate) truncated: bool,
}

/// One file or folder of a tree.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TreeEntry {
    pub(crate) path: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) mode: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) sha: String,
}

/// What Gitea's change of files answers.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FilesChanged {
    pub(crate) commit: Object,
}

/// A pull request.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PullRequest {
    #[serde(deserialize_with = "number")]
    number: u64,
    #[serde(default, deserialize_with = "text")]
    state: String,
    #[serde(default, deserialize_with = "text")]
    title: String,
    #[serde(default, deserialize_with = "text")]
    body: String,
    #[serde(default)]
    merged: Option<bool>,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    head: End,
    #[serde(default)]
    base: End,
    #[serde(default, deserialize_with = "text")]
    html_url: String,
}

/// One end of a pull request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct End {
    #[serde(rename = "ref", deserialize_with = "text")]
    name: String,
    #[serde(deserialize_with = "text")]
    label: String,
    #[serde(deserialize_with = "text")]
    sha: String,
    repo: Option<Repository>,
}

impl End {
    /// The branch. Once it is gone, Gitea names a reference of its own and keeps the branch's name as the label.
    fn branch(&self) -> &str {
        if self.name.starts_with("refs/pull/") { &self.label } else { &self.name }
    }
}

impl PullRequest {
    /// Whether its head is a branch of the very repository that it is for, which `asked` names.
    pub(crate) fn is_own(&self, asked: &str) -> bool {
        let Some(head) = &self.head.repo else { return false };
        let base = self.base.repo.as_ref();
        match (head.id, base.and_then(|base| base.id)) {
            (Some(head), Some(base)) => head == base, // Whatever the repository is called by now.
            _ => {
                let base = base.and_then(|base| base.full_name.as_deref()).unwrap_or(asked);
                head.full_name.as_deref().is_some_and(|head| head.eq_ignore_ascii_case(base))
            }
        }
    }

    /// The branch at its head.
    pub(crate) fn head(&self) -> &str {
        self.head.branch()
    }

    /// What is known of it.
    pub(crate) fn known(self) -> Pull {
        let merged = self.merged == Some(true) || self.merged_at.is_some();
        let state = match self.state.as_str() {
            _ if merged => PullState::Merged,
            "closed" => PullState::Closed,
            _ => PullState::Open,
        };
        Pull {
            number: self.number,
            state,
            title: self.title,
            body: self.body,
            head: self.head.branch().to_owned(),
            head_repository: self.head.repo.and_then(|repository| repository.full_name),
            head_sha: self.head.sha,
            base: self.base.name,
            html_url: self.html_url,
        }
    }
}

/// A commit status: Gitea calls its state `status`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CommitStatus {
    #[serde(default, deserialize_with = "text")]
    context: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default, deserialize_with = "text")]
    description: String,
    #[serde(default)]
    target_url: Option<String>,
}

impl CommitStatus {
    /// What is known of it.
    pub(crate) fn known(self) -> Status {
        let state = match self.state.or(self.status).unwrap_or_default().as_str() {
            "success" => StateOfStatus::Success,
            "failure" => StateOfStatus::Failure,
            "pending" => StateOfStatus::Pending,
            _ => StateOfStatus::Error, // Gitea's `warning` and what may come are no success.
        };
        let target_url = self.target_url.filter(|url| !url.is_empty());
        Status { context: self.context, state, description: self.description, target_url }
    }
}

/// A comment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Comment {
    #[serde(deserialize_with = "number")]
    pub(crate) id: u64,
    #[serde(default, deserialize_with = "text")]
    pub(crate) body: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) html_url: String,
    #[serde(default)]
    pub(crate) user: Option<User>,
    #[serde(default)]
    pub(crate) performed_via_github_app: Option<Numbered>,
}

/// Who did something.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    #[serde(deserialize_with = "text")]
    pub(crate) login: String,
    #[serde(rename = "type", deserialize_with = "text")]
    pub(crate) kind: String,
}

/// Anything with a number.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Numbered {
    #[serde(deserialize_with = "number")]
    pub(crate) id: u64,
}

/// A label of Gitea's, which wants numbers.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Label {
    #[serde(deserialize_with = "number")]
    pub(crate) id: u64,
    #[serde(default, deserialize_with = "text")]
    pub(crate) name: String,
}

/// One attempt to deliver, as a webhook's list of deliveries shows it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HookDelivery {
    #[serde(deserialize_with = "number")]
    id: u64,
    #[serde(deserialize_with = "text")]
    guid: String,
    #[serde(default)]
    status_code: Option<u16>,
}

impl HookDelivery {
    /// The newest attempt of each delivery none of whose attempts arrived, oldest first. The list has the newest first.
    pub(crate) fn failed(all: Vec<Self>) -> Vec<u64> {
        let arrived = |attempt: &&Self| attempt.status_code.is_some_and(|code| (200..300).contains(&code));
        let mut seen: std::collections::BTreeSet<String> =
            all.iter().filter(arrived).map(|attempt| attempt.guid.clone()).collect();
        let newest: Vec<u64> = all
            .into_iter()
            .filter(|attempt| seen.insert(attempt.guid.clone()))
            .map(|attempt| attempt.id)
            .collect();
        newest.into_iter().rev().collect()
    }
}

/// A webhook.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Webhook {
    #[serde(deserialize_with = "number")]
    id: u64,
    #[serde(default)]
    config: HookConfig,
    #[serde(default)]
    events: Option<Vec<String>>,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    branch_filter: Option<String>,
    #[serde(default)]
    last_response: Option<LastResponse>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct HookConfig {
    #[serde(deserialize_with = "text")]
    url: String,
    content_type: Option<String>,
    /// `"0"` or `"1"`, or the number.
    insecure_ssl: Option<serde_json::Value>,
}

/// What GitHub says of the last delivery: the status `unused`, no code and no message before there is one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct LastResponse {
    #[serde(deserialize_with = "maybe_number")]
    code: Option<u64>,
    #[serde(deserialize_with = "text")]
    message: String,
}

impl LastResponse {
    fn known(self) -> LastDelivery {
        let status = self.code.and_then(|code| u16::try_from(code).ok()).filter(|code| *code > 0);
        match status {
            Some(200..=299) => LastDelivery::Taken,
            None if self.message.is_empty() => LastDelivery::Unknown,
            Some(_) | None => LastDelivery::Failed { status, why: cut(&self.message) },
        }
    }
}

impl Webhook {
    /// What is known of it.
    pub(crate) fn known(self) -> Hook {
        let mut events = self.events.unwrap_or_default();
        events.sort();
        events.dedup();
        let insecure = self.config.insecure_ssl.map(|value| match value.as_str() {
            Some(text) => text != "0",
            None => value.as_u64() != Some(0),
        });
        Hook {
            id: self.id,
            url: self.config.url,
            events,
            active: self.active.unwrap_or(true),
            content_type: self.config.content_type,
            verifies_tls: insecure.map(|insecure| !insecure),
            branch_filter: self.branch_filter.filter(|pattern| !matches!(pattern.as_str(), "" | "*" | "**")),
            last: self.last_response.map_or(LastDelivery::Unknown, LastResponse::known),
        }
    }
}

/// The token of an installation.
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub(crate) token: String,
    #[serde(default)]
    pub(crate) expires_at: Option<String>,
}

/// An installation of an App.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Installation {
    #[serde(deserialize_with = "number")]
    pub(crate) id: u64,
    #[serde(default, deserialize_with = "text")]
    pub(crate) repository_selection: String,
    #[serde(default)]
    pub(crate) suspended_at: Option<String>,
}

/// A file, where the forge wraps its bytes.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Content {
    pub(crate) content: String,
    pub(crate) encoding: String,
}

/// Text that may be missing: what a write that made something says where to see it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) html_url: Option<String>,
}
