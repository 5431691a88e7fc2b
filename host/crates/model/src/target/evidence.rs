//! What one look at a target showed, as plain values. Whoever speaks to the service fills them in.

use serde::{Deserialize, Serialize};

/// When something was seen, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// By our own clock.
    pub at: u64,
    /// By the service's clock: the `Date` of its answer. With it, time counts only as far as both clocks
    /// say that it passed, so that a jump of ours makes nothing gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<u64>,
}

/// Everything that one look at a target showed. What was not asked for has a variant that says so, and
/// counts as nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub moment: Moment,
    /// Whether the credential is good, asked before anything else.
    pub identity: Identity,
    /// What the service answered on the target's name.
    pub name: ByName,
    /// What it answered on the target's id. Asked where the name did not lead to that id.
    pub id: ById,
    /// Whether the same token could read something else of the same owner: another repository for a
    /// repository, the repository itself for its pull requests and hooks.
    pub control: Control,
    /// What the credential is allowed to see, and whether that holds the target.
    pub access: Access,
    /// What became of a write, where one was tried.
    pub write: Write,
    /// An event that says that a target was deleted, its signature verified.
    pub deletion: Option<SignedDeletion>,
}

impl Look {
    /// A look at a name with a good credential; everything else was not asked.
    pub fn new(moment: Moment, name: ByName) -> Self {
        Self {
            moment,
            identity: Identity::Valid,
            name,
            id: ById::NotAsked,
            control: Control::NotAsked,
            access: Access::Unlisted,
            write: Write::NotTried,
            deletion: None,
        }
    }
}

/// Whether the credential is good. If not, no answer means anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The service knows it.
    Valid,
    /// The service refuses it (401).
    Refused,
    /// The check itself was not answered.
    Unanswered,
}

/// An answer that says nothing about the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transient {
    /// The service failed (5xx).
    ServiceFailed,
    /// No answer in time, or no connection.
    TimedOut,
    /// Too many requests, by 429 or by 403.
    RateLimited,
    /// An answer that cannot be read.
    Malformed,
}

/// The answer on a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByName {
    /// Something has this name.
    Found {
        /// The name that it says it has.
        full_name: String,
        /// Its id.
        id: String,
        /// Whether it takes no more changes.
        archived: bool,
        /// Whether we may write, where the service says so.
        may_push: Option<bool>,
    },
    /// The service redirects to another name (301, 302, 307, 308; a tombstone event of a room).
    Moved {
        /// The other name.
        to: String,
        /// The id of what has that name, where the redirect tells it.
        id: Option<String>,
    },
    /// We may not look (403 that is no rate limit).
    Forbidden {
        /// The permission that the service asks for.
        missing: Option<String>,
    },
    /// Withheld for legal reasons (451).
    Legal,
    /// Not found (404, 410).
    NotFound,
    /// No answer.
    Transient(Transient),
}

/// The answer on an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ById {
    /// It was not asked, or the service cannot be asked by id.
    NotAsked,
    /// It is there.
    Found {
        /// The name that it has now.
        name: String,
    },
    /// We may not look.
    Forbidden,
    /// Withheld for legal reasons.
    Legal,
    /// Not found.
    NotFound,
    /// No answer.
    Transient(Transient),
}

/// The positive control: that this token can see anything of this owner at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// It was not asked, or the owner has nothing else.
    NotAsked,
    /// The other thing was read, at this time by our clock. It counts within a minute of the look.
    Readable {
        /// When.
        at: u64,
    },
    /// The other thing was not found, or was forbidden.
    Unreadable,
    /// No answer.
    Unanswered,
}

/// Whether a complete listing holds the target's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// It does.
    Yes,
    /// It was read to its last page, and does not.
    No,
    /// It could not be read to its end.
    Unanswered,
}

/// What the credential is allowed to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// An app that is installed on all of the owner's repositories, and what their listing says.
    All(Listed),
    /// An app that is installed on repositories which the owner selected: one that is missing was deleted
    /// or deselected, and nobody can tell which.
    Selected(Listed),
    /// The app is no longer installed.
    Absent,
    /// The installation is suspended.
    Suspended,
    /// A token of the owner (or of an administrator), and what the listing of everything the owner has says.
    Owner(Listed),
    /// A token without such a listing.
    Unlisted,
}

/// What became of a write to the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// None was tried, or its outcome is not known.
    NotTried,
    /// It was accepted.
    Accepted,
    /// Not found (404): GitHub's answer to a dispatch by a token that may not push.
    NotFound,
    /// Forbidden (403).
    Forbidden {
        /// The permission that the service asks for.
        missing: Option<String>,
    },
}

/// An event such as `repository.deleted`. Only make one of a delivery whose signature was verified, and give
/// the service a minute to forget the target before the look: an event whose target still answers is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedDeletion {
    /// The id of what was deleted.
    pub id: String,
}
