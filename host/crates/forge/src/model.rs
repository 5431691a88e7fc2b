//! What the forge is told and what it says, as far as we read it.

use std::fmt;

/// A repository's owner and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug {
    /// The owner.
    pub owner: String,
    /// The name.
    pub name: String,
}

impl Slug {
    /// A repository's owner and name.
    pub fn new(owner: impl Into<String>, name: impl Into<String>) -> Self {
        Self { owner: owner.into(), name: name.into() }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

/// What is known of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryInfo {
    /// The forge's number for it, which a rename does not change.
    pub id: Option<u64>,
    /// Its name now, `OWNER/NAME`.
    pub full_name: String,
    /// Its default branch.
    pub default_branch: String,
    /// Whether it is archived, and so takes no writes.
    pub archived: bool,
    /// Whether the credential may push; none where the forge does not say.
    pub may_push: Option<bool>,
    /// Its page for people.
    pub html_url: Option<String>,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its object name.
    pub sha: String,
    /// Its tree's object name.
    pub tree: String,
    /// Its parents' object names.
    pub parents: Vec<String>,
    /// Its message.
    pub message: String,
    /// Its author's address.
    pub author_email: Option<String>,
}

/// What happens to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It holds this from now on.
    Write {
        /// The bytes.
        content: Vec<u8>,
        /// Whether it may be executed.
        executable: bool,
    },
    /// It is no more.
    Delete,
}

/// One commit on a branch that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The branch, of `[a-z0-9._/-]`, without `refs/heads/`.
    pub branch: String,
    /// The branch that it starts from, without `refs/heads/`.
    pub base_branch: String,
    /// The commit that it starts from: the head of `base_branch` as the caller saw it.
    pub base: String,
    /// The commit's message.
    pub message: String,
    /// What changes, by path relative to the repository's top, `/` between segments.
    pub files: Vec<(String, Change)>,
}

/// What became of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// This call made the branch. Its head.
    Created(String),
    /// Somebody else had made it. Its head.
    Existed(String),
}

/// What became of a branch that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchCreated {
    /// This call made it.
    Created,
    /// It was there.
    Existed,
}

/// How a pull request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullState {
    /// Open.
    Open,
    /// Merged.
    Merged,
    /// Closed without a merge.
    Closed,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// How it stands.
    pub state: PullState,
    /// Its title.
    pub title: String,
    /// Its body.
    pub body: String,
    /// The branch that it would merge.
    pub head: String,
    /// The repository of that branch, `OWNER/NAME`, where it still exists.
    pub head_repository: Option<String>,
    /// The commit at its head.
    pub head_sha: String,
    /// The branch that it would merge into.
    pub base: String,
    /// Its page for people.
    pub html_url: String,
}

/// A pull request that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPull {
    /// The title, on one line.
    pub title: String,
    /// The body, in Markdown.
    pub body: String,
    /// The branch that it merges, in the same repository.
    pub head: String,
    /// The branch that it merges into.
    pub base: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Labels, which are added where the forge lets us.
    pub labels: Vec<String>,
}

/// What changes in a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullUpdate {
    /// The title.
    pub title: Option<String>,
    /// The body.
    pub body: Option<String>,
    /// Whether it is to be closed.
    pub close: bool,
}

/// How a commit status stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateOfStatus {
    /// All is well.
    Success,
    /// It is not.
    Failure,
    /// It could not be decided.
    Error,
    /// It is not known yet.
    Pending,
}

/// A commit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What speaks, such as `countersign/watcher`.
    pub context: String,
    /// How it stands.
    pub state: StateOfStatus,
    /// One line; GitHub takes 140 characters, and longer ones are cut.
    pub description: String,
    /// Where to read more.
    pub target_url: Option<String>,
}

/// A run of a workflow that is asked for (Gitea, Forgejo and GitHub).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowDispatch {
    /// The file name of the workflow.
    pub workflow: String,
    /// The branch that it runs on; the default branch where none is named.
    pub reference: Option<String>,
    /// Its inputs.
    pub inputs: Vec<(String, String)>,
}

/// A webhook that is to be: active, with JSON bodies, and with the receiver's certificate verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookSettings {
    /// Where deliveries go.
    pub url: String,
    /// What they are signed with.
    pub secret: crate::Secret,
    /// The events, such as `push`.
    pub events: Vec<String>,
}

/// A webhook, as far as its forge shows it. No forge shows its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its number.
    pub id: u64,
    /// Where deliveries go.
    pub url: String,
    /// The events, sorted, each once.
    pub events: Vec<String>,
    /// Whether it delivers.
    pub active: bool,
    /// How bodies are written, `json` or `form`; none where the forge does not say.
    pub content_type: Option<String>,
    /// Whether the receiver's certificate is verified; none where the forge does not say.
    pub verifies_tls: Option<bool>,
    /// The branches whose pushes it sends (Gitea, Forgejo), as a pattern; none where it sends those of all.
    pub branch_filter: Option<String>,
    /// What became of its last delivery.
    pub last: LastDelivery,
}

/// What became of the last delivery of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastDelivery {
    /// There was none, or the forge does not say.
    Unknown,
    /// It was taken.
    Taken,
    /// It was not.
    Failed {
        /// The status that it was answered with, where it was answered.
        status: Option<u16>,
        /// What the forge says of it.
        why: String,
    },
}

impl Hook {
    /// Where deliveries go, without query and fragment.
    pub fn address(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }

    /// Whether it is as it should be, as far as the forge shows it.
    pub(crate) fn agrees(&self, wanted: &HookSettings) -> bool {
        let mut events = wanted.events.clone();
        events.sort();
        events.dedup();
        self.url == wanted.url
            && self.active
            && self.events == events
            && self.content_type.as_deref().is_none_or(|kind| kind == "json")
            && self.verifies_tls != Some(false)
            && self.branch_filter.is_none()
    }
}

/// Whether the credential itself is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// It is accepted.
    Good,
    /// It is not (status 401), or there is none.
    Refused,
    /// The forge could not say.
    Unknown(String),
}

/// What an App's installation may see of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppAccess {
    /// The installation covers all repositories, and this one is among them.
    AllListed,
    /// It covers all repositories, and this one is not among them.
    AllAbsent,
    /// It covers chosen ones, so that absence says nothing.
    Selected,
    /// It is suspended or gone.
    Lost,
    /// No App is used.
    NotAnApp,
}

/// One look at a repository: the evidence that the ladder of `countersign-model` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether the credential itself is good.
    pub identity: Identity,
    /// What its name leads to. Redirects are not followed: they are [`crate::ForgeError::Moved`].
    pub by_name: Result<RepositoryInfo, crate::ForgeError>,
    /// What its number leads to, where one is known and was asked for.
    pub by_id: Option<Result<RepositoryInfo, crate::ForgeError>>,
    /// Whether the same credential read another repository of the same owner in this look; none where there is none
    /// or nobody asked.
    pub control: Option<bool>,
    /// What the App's installation says.
    pub app: AppAccess,
    /// Whether the repository is withheld for legal reasons (status 451).
    pub legal: bool,
}
