//! Why an assessment is what it is: the sentence and the advice for each case.

use super::{Service, Target, Transient};
use serde::{Deserialize, Serialize};

/// What a look showed. Names and permissions in it are the service's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Reason {
    /// The credential was refused.
    CredentialRefused,
    /// Whether the credential is good could not be asked.
    CredentialUnanswered,
    /// The service gave no answer that says anything.
    NoAnswer {
        /// What it gave.
        transient: Transient,
    },
    /// It is there.
    Found,
    /// It is there, and takes no changes.
    Archived,
    /// It has another name now.
    Renamed {
        /// The new name.
        to: String,
    },
    /// It can be read, and we may not write.
    NoPush {
        /// The permission that the service asks for.
        missing: Option<String>,
    },
    /// We may not look.
    NotAllowed {
        /// The permission that the service asks for.
        missing: Option<String>,
    },
    /// The app is no longer installed with the owner.
    InstallationAbsent,
    /// The app's installation is suspended.
    InstallationSuspended,
    /// Withheld for legal reasons.
    Withheld,
    /// Name, id and listing do not agree.
    Contradiction,
    /// Not found by name, and there is no id to look by.
    NoId,
    /// Not found, and nothing else of this owner could be read in the same minute.
    NoControl,
    /// Not found, and the app sees only what the owner selected.
    Selected,
    /// Not found, and the token has no listing of all that the owner has.
    NoListing,
    /// Not found, and the listing could not be read to its end.
    ListingUnanswered,
    /// Not found, by every way to look.
    Candidate,
    /// Found nowhere by its id, and its name belongs to another one now.
    Replaced {
        /// The other one's id.
        by: String,
        /// Whether every other way to look found nothing either.
        candidate: bool,
    },
    /// Confirmed gone by looks over time.
    ConfirmedByLooks,
    /// Confirmed gone by a signed event with its id.
    ConfirmedByEvent,
}

impl Reason {
    /// The name that the target has now, where it has another one than the pointer says.
    pub fn new_name(&self) -> Option<&str> {
        if let Self::Renamed { to } = self { Some(to) } else { None }
    }

    /// One sentence, lower case, no full stop.
    pub fn sentence(&self, target: &Target) -> String {
        let name = &target.name;
        match self {
            Self::CredentialRefused => {
                "no credential is set, or it was refused, so the look says nothing".into()
            }
            Self::CredentialUnanswered => {
                "the credential could not be checked, so the look says nothing".into()
            }
            Self::NoAnswer { transient } => format!("{}, so the look says nothing", transient.sentence()),
            Self::Found => format!("`{name}` is there"),
            Self::Archived => format!("`{name}` is there, and archived: it takes no changes"),
            Self::Renamed { to } => format!("`{name}` is called `{to}` now"),
            Self::NoPush { .. } => format!("`{name}` can be read, but the credential may not write to it"),
            Self::NotAllowed { .. } => format!("the credential may not look at `{name}`"),
            Self::InstallationAbsent => format!("the app is no longer installed where `{name}` is"),
            Self::InstallationSuspended => format!("the app's installation where `{name}` is was suspended"),
            Self::Withheld => format!("`{name}` is withheld for legal reasons"),
            Self::Contradiction => format!("name, id and listing of `{name}` do not agree"),
            Self::NoId => format!("`{name}` was not found, and no id of it is known to look by"),
            Self::NoControl => {
                format!("`{name}` was not found, but nothing else of its owner could be read either")
            }
            Self::Selected => {
                format!(
                    "`{name}` was not found; the app sees selected repositories only, so it may be deselected"
                )
            }
            Self::NoListing => {
                format!("`{name}` was not found; it may be deleted, or private without access for this token")
            }
            Self::ListingUnanswered => {
                format!("`{name}` was not found, and the listing could not be read whole")
            }
            Self::Candidate => format!("`{name}` was not found by name, by id and in the whole listing"),
            Self::Replaced { by, .. } => {
                format!("the name `{name}` belongs to another one now, with the id `{by}`")
            }
            Self::ConfirmedByLooks => {
                format!("`{name}` was found nowhere in three looks and more, over a day")
            }
            Self::ConfirmedByEvent => {
                format!("a signed event says that `{name}` was deleted, and it was not found")
            }
        }
    }

    /// The next step, where somebody has to take one.
    pub fn hint(&self, target: &Target) -> Option<String> {
        let name = &target.name;
        Some(match self {
            Self::Found | Self::NoAnswer { .. } | Self::CredentialUnanswered | Self::Contradiction => {
                return None;
            }
            Self::CredentialRefused => "set a token that is accepted there, and try again".into(),
            Self::Archived => format!("unarchive `{name}`, or remove the client that points to it"),
            Self::Renamed { to } => format!("write `{to}` instead of `{name}`"),
            Self::NoPush { missing } => grant(missing.as_deref().or(default_permission(target))),
            Self::NotAllowed { missing } => grant(missing.as_deref()),
            Self::InstallationAbsent => "install the app again, or remove what points there".into(),
            Self::InstallationSuspended => "let the owner unsuspend the app's installation".into(),
            Self::Withheld => format!("ask the owner of `{name}`; the pointer is kept"),
            Self::NoId => format!("check how `{name}` is written"),
            Self::NoControl => format!("give the credential access to what the owner of `{name}` has"),
            Self::Selected => {
                format!("select `{name}` in the app's installation, or remove what points to it")
            }
            Self::NoListing => no_listing(target),
            Self::ListingUnanswered | Self::Candidate => {
                "nothing to do: it counts as gone after three such looks over a day".into()
            }
            Self::Replaced { by, .. } => {
                format!(
                    "if `{name}` with the id `{by}` is meant, register it anew; it is never taken for the old one"
                )
            }
            Self::ConfirmedByLooks | Self::ConfirmedByEvent => {
                format!("remove what points to `{name}`; should it be restored, the pointer is too")
            }
        })
    }
}

fn grant(missing: Option<&str>) -> String {
    match missing {
        Some(permission) => format!("grant the credential `{permission}`"),
        None => "grant the credential access, or use another one".into(),
    }
}

/// What a write to the target needs, where the service does not say so itself.
fn default_permission(target: &Target) -> Option<&'static str> {
    (target.service == Service::GitHub).then_some("contents: write")
}

fn no_listing(target: &Target) -> String {
    let name = &target.name;
    match target.service {
        Service::GitHub => format!(
            "ask the owner of `{name}`; only an app installed on all repositories can tell deleted from private"
        ),
        Service::Gitea | Service::Other => {
            format!("ask the owner of `{name}`; if it is deleted, remove what points to it")
        }
    }
}

impl Transient {
    fn sentence(self) -> &'static str {
        match self {
            Self::ServiceFailed => "the service failed",
            Self::TimedOut => "the service did not answer in time",
            Self::RateLimited => "the service limits our requests",
            Self::Malformed => "the service's answer cannot be read",
        }
    }
}
