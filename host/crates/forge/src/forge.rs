//! The interface: one struct, whatever the forge.

use crate::client::Client;
use crate::{
    BranchCreated, CommitInfo, ForgeError, ForgeSettings, Hook, HookSettings, Look, NewPull, Publication,
    Published, Pull, PullUpdate, RepositoryInfo, Slug, Status, WorkflowDispatch, comments, dispatch, hooks,
    look, publish, pulls, repository, statuses,
};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, Instant};

/// A forge. Share one for each API and credential: the token and the budget belong to it.
///
/// Every method blocks its thread, for up to the budget's patience where a write has to wait its turn. Reads follow
/// redirects on the forge's own host and are sent again where the forge is unwell; writes are neither. Whatever a
/// method is about, it may end with
///
/// - [`ForgeError::Unreachable`], [`ForgeError::Unavailable`], [`ForgeError::Limited`]: later may be better;
/// - [`ForgeError::Unknown`], of writes only: it may have been done, and looking did not tell;
/// - [`ForgeError::Moved`], of writes, and of reads that are sent to another host;
/// - [`ForgeError::NotFound`], [`ForgeError::Forbidden`], [`ForgeError::Unauthorized`],
///   [`ForgeError::NoCredential`]: the credential, or the thing;
/// - [`ForgeError::Refused`]: the forge said no;
/// - [`ForgeError::DryRun`], of writes: that is where a dry run ends.
pub struct Forge {
    client: Client,
}

type Answer<T> = Result<T, ForgeError>;

impl Forge {
    /// A forge that is reached with these settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ForgeError::Invalid`] for an address with a user, a password, a query or another scheme than http and
    /// https, and for a budget of nothing; [`ForgeError::NoCredential`] for an App's key that is no RSA private key
    /// in PEM; [`ForgeError::Unsupported`] for an App on Gitea; [`ForgeError::Unreachable`] where the system has no
    /// root certificates for https.
    pub fn new(settings: ForgeSettings) -> Answer<Self> {
        Ok(Self { client: Client::new(settings)? })
    }

    /// What it is reached with.
    pub fn settings(&self) -> &ForgeSettings {
        &self.client.settings
    }

    /// How long `writes` more writes will take within the budget, from now: until the last of them may start.
    pub fn eta(&self, writes: u32) -> Duration {
        self.client.turns.eta(writes, Instant::now())
    }

    /// A read's answer. Where it went out without a credential that it should have had, not to find is no news.
    fn seen<T>(&self, repository: &Slug, answer: Answer<T>) -> Answer<T> {
        let hidden = matches!(
            answer,
            Err(ForgeError::NotFound { .. } | ForgeError::Unauthorized { .. } | ForgeError::Forbidden { .. })
        );
        match hidden.then(|| self.client.blinded(&repository.owner)).flatten() {
            Some(reason) => Err(ForgeError::NoCredential(reason)),
            None => answer,
        }
    }

    /// Send a `repository_dispatch` (GitHub only), which needs the permission to write contents.
    ///
    /// The event type has 1 to 100 characters; the payload is an object with at most 10 keys at its top, under 64 KB
    /// as JSON. Sent at most once: an answer that is lost cannot be settled by looking, for a dispatch leaves nothing
    /// behind that could be looked up. Success says nothing of a workflow having started.
    ///
    /// # Errors
    /// [`ForgeError::Invalid`] where the limits are not kept, before anything is sent; [`ForgeError::Unsupported`] on
    /// Gitea; [`ForgeError::NotFound`] also where the token may read the repository but not write to it.
    ///
    /// <https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event>
    pub fn dispatch(&self, repository: &Slug, event_type: &str, payload: &Value) -> Answer<()> {
        dispatch::repository_dispatch(&self.client, repository, event_type, payload)
    }

    /// Start a workflow by its file name (GitHub, Gitea ≥ 1.23, Forgejo), on the default branch where none is named.
    /// Sent at most once, as a dispatch is.
    ///
    /// <https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event>
    pub fn dispatch_workflow(&self, repository: &Slug, dispatch: &WorkflowDispatch) -> Answer<()> {
        dispatch::workflow(&self.client, repository, dispatch)
    }

    /// What is known of a repository, under the name that it has by now.
    pub fn repository(&self, repository: &Slug) -> Answer<RepositoryInfo> {
        self.seen(repository, repository::repository(&self.client, repository))
    }

    /// The bytes of a file at a revision (a branch, a tag or a commit), up to 64 MiB; none where there is no such file
    /// although the repository can be read. The path is relative to the repository's top, `/` between segments.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] with status 200 for a folder; [`ForgeError::Malformed`] for a file that is too large.
    pub fn file(&self, repository: &Slug, path: &str, revision: &str) -> Answer<Option<Vec<u8>>> {
        self.seen(repository, repository::file(&self.client, repository, path, revision))
    }

    /// The commit at the head of a branch, none where there is no such branch (or no such repository).
    pub fn branch(&self, repository: &Slug, branch: &str) -> Answer<Option<String>> {
        self.seen(repository, repository::branch(&self.client, repository, branch))
    }

    /// Branches that start with a prefix, with their heads, sorted by name.
    pub fn branches(&self, repository: &Slug, prefix: &str) -> Answer<Vec<(String, String)>> {
        self.seen(repository, repository::branches(&self.client, repository, prefix))
    }

    /// A commit by its object name, none where there is no such commit (or no such repository).
    pub fn commit(&self, repository: &Slug, sha: &str) -> Answer<Option<CommitInfo>> {
        self.seen(repository, repository::commit(&self.client, repository, sha))
    }

    /// One commit with these files on a new branch, in one atomic step as seen from outside: creating the branch is
    /// the lock. Removing a file that is not there changes nothing.
    ///
    /// GitHub: blobs, trees, a commit, a reference; without an author, so that GitHub signs an App's commit. As nobody
    /// sees what no reference leads to, an answer that was lost before the last step is
    /// [`ForgeError::Unavailable`], and publishing may start anew. Gitea: one change of files with `new_branch`.
    ///
    /// # Errors
    /// [`ForgeError::Invalid`] for a branch or a path that cannot be, for a base that is not there, and where another
    /// branch is in the way, such as `countersign` of `countersign/x`; [`ForgeError::Unsupported`] on Gitea for a file
    /// that begins or ceases to be executable.
    pub fn publish(&self, repository: &Slug, publication: &Publication) -> Answer<Published> {
        publish::publish(&self.client, repository, publication)
    }

    /// A branch at a commit that exists.
    pub fn create_branch(&self, repository: &Slug, branch: &str, sha: &str) -> Answer<BranchCreated> {
        repository::create_branch(&self.client, repository, branch, sha)
    }

    /// Remove a branch, if it still is at `expected`; one that is gone already is success. Forges have no way to make
    /// looking and removing one step, so a commit that is pushed between the two is lost with the branch.
    ///
    /// # Errors
    /// [`ForgeError::Refused`] with status 409 where it is at another commit; nothing is sent then.
    pub fn delete_branch(&self, repository: &Slug, branch: &str, expected: &str) -> Answer<()> {
        repository::delete_branch(&self.client, repository, branch, expected)
    }

    /// Every pull request, whatever its state, whose head is this branch of this very repository; newest first.
    pub fn pulls_of_branch(&self, repository: &Slug, branch: &str) -> Answer<Vec<Pull>> {
        self.seen(repository, pulls::of_branch(&self.client, repository, branch))
    }

    /// Open pull requests whose head branch in this repository starts with a prefix; newest first.
    pub fn open_pulls(&self, repository: &Slug, prefix: &str) -> Answer<Vec<Pull>> {
        self.seen(repository, pulls::open(&self.client, repository, prefix))
    }

    /// The pull requests that brought or bring a commit; newest first. Gitea knows the one that brought it.
    pub fn pulls_of_commit(&self, repository: &Slug, sha: &str) -> Answer<Vec<Pull>> {
        self.seen(repository, pulls::of_commit(&self.client, repository, sha))
    }

    /// Open a pull request; where there is an open one for these branches already, that one. An answer that was lost
    /// is settled by looking for it. Labels are added afterwards, and one that cannot be is no error; Gitea adds only
    /// those that it knows, and marks a draft by the title.
    pub fn create_pull(&self, repository: &Slug, pull: &NewPull) -> Answer<Pull> {
        pulls::create(&self.client, repository, pull)
    }

    /// Change a pull request's title or body, or close it. Nothing is sent where nothing is to change.
    pub fn update_pull(&self, repository: &Slug, number: u64, update: &PullUpdate) -> Answer<()> {
        pulls::update(&self.client, repository, number, update)
    }

    /// Set a commit's status, unless the latest of its context is the same. The description becomes one line of at
    /// most 140 characters.
    pub fn set_status(&self, repository: &Slug, sha: &str, status: &Status) -> Answer<()> {
        statuses::set(&self.client, repository, sha, status)
    }

    /// The latest status of each context.
    pub fn statuses(&self, repository: &Slug, sha: &str) -> Answer<Vec<Status>> {
        self.seen(repository, statuses::of(&self.client, repository, sha))
    }

    /// The one comment of ours on a pull request or an issue that carries the marker (an HTML comment in its first
    /// line, which is put there where `body` has none), updated where there is one; its URL. Looks first, so that it
    /// may be called again after an answer that was lost. A marker that somebody else wrote does not count.
    ///
    /// # Errors
    /// [`ForgeError::Invalid`] for a body of more than 65,536 characters.
    pub fn upsert_comment(&self, repository: &Slug, number: u64, marker: &str, body: &str) -> Answer<String> {
        comments::upsert(&self.client, repository, number, marker, body)
    }

    /// The webhooks of a repository.
    pub fn hooks(&self, repository: &Slug) -> Answer<Vec<Hook>> {
        self.seen(repository, hooks::all(&self.client, repository))
    }

    /// Create a webhook; where there is one just like it, that one. An answer that was lost is settled by looking.
    pub fn create_hook(&self, repository: &Slug, hook: &HookSettings) -> Answer<Hook> {
        hooks::create(&self.client, repository, hook)
    }

    /// Make a webhook what it should be, secret and all, in one step. Gitea takes a new secret from 1.19 on.
    ///
    /// # Errors
    /// [`ForgeError::Unknown`] also where an answer was lost and nothing that a forge shows was to change.
    pub fn update_hook(&self, repository: &Slug, there: &Hook, hook: &HookSettings) -> Answer<Hook> {
        hooks::update(&self.client, repository, there, hook)
    }

    /// Remove a webhook; one that is gone already is success.
    pub fn remove_hook(&self, repository: &Slug, id: u64) -> Answer<()> {
        hooks::remove(&self.client, repository, id)
    }

    /// Ask for a delivery that tries a webhook: GitHub sends a ping, Gitea and Forgejo a push that moves nothing.
    pub fn ping_hook(&self, repository: &Slug, id: u64) -> Answer<()> {
        hooks::ping(&self.client, repository, id)
    }

    /// Ask for the failed deliveries of the webhooks with this address again, whatever their query; how many there were.
    pub fn redeliver(&self, repository: &Slug, address: &str) -> Answer<usize> {
        hooks::redeliver(&self.client, repository, address)
    }

    /// One look at a repository, for the ladder: reads only, one attempt each, and no error of its own.
    ///
    /// `id` is the forge's number for it, as it was when it was last seen; `control` is another repository of the same
    /// owner, which the same credential should be able to read.
    pub fn look(&self, repository: &Slug, id: Option<u64>, control: Option<&Slug>) -> Look {
        look::look(&self.client, repository, id, control)
    }

    /// The forge's own clock at its last answer, in seconds since 1970; none before there is one, or where its
    /// answers carry no `Date` (RFC 9110, section 6.6.1).
    pub fn clock(&self) -> Option<u64> {
        self.client.clock()
    }
}

impl fmt::Debug for Forge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Forge").field("settings", self.settings()).finish_non_exhaustive()
    }
}
