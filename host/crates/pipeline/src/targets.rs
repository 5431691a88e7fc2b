//! What a forge says of a repository, as the evidence that the ladder of `countersign_model::target` takes.

use crate::config::{Forge as Kind, Repository};
use crate::forges::Forges;
use countersign_forge::{AppAccess, Forge, ForgeError, Identity as Credential, Look as Seen, RepositoryInfo};
use countersign_model::Problem;
use countersign_model::target::{
    Access, ById, ByName, Control, Identity, Listed, Look, Moment, Service, Target, TargetKind, Transient,
    Write,
};

/// A repository as a target of the ladder. `writes`: whether we dispatch to it or open pull requests there.
pub fn target(repository: &Repository, id: Option<u64>, writes: bool) -> Target {
    let service = match repository.forge {
        Kind::Github => Service::GitHub,
        Kind::Gitea => Service::Gitea,
        Kind::Gitlab => Service::Other,
    };
    let name = format!("{}/{}", repository.owner, repository.name);
    Target { kind: TargetKind::Repository, service, name, id: id.map(|id| id.to_string()), writes }
}

/// Look at a repository. `now` is in seconds since 1970; `control` is another repository of the same owner.
///
/// # Errors
/// A problem where its forge cannot be spoken to at all; everything else is evidence.
pub fn look(
    forges: &Forges,
    repository: &Repository,
    id: Option<u64>,
    control: Option<&Repository>,
    now: u64,
) -> Result<Look, Problem> {
    let (forge, slug) = forges.of(repository)?;
    let control = control.map(|control| countersign_forge::Slug::new(&control.owner, &control.name));
    Ok(evidence(&forge, &forge.look(&slug, id, control.as_ref()), now))
}

fn evidence(forge: &Forge, seen: &Seen, now: u64) -> Look {
    Look {
        moment: Moment { at: now, service: forge.clock() },
        identity: match seen.identity {
            Credential::Good => Identity::Valid,
            Credential::Refused => Identity::Refused,
            Credential::Unknown(_) => Identity::Unanswered,
        },
        name: by_name(&seen.by_name, seen.legal),
        id: seen.by_id.as_ref().map_or(ById::NotAsked, |answer| by_id(answer, seen.legal)),
        control: match seen.control {
            None => Control::NotAsked,
            Some(true) => Control::Readable { at: now },
            Some(false) => Control::Unreadable,
        },
        access: match seen.app {
            AppAccess::AllListed => Access::All(Listed::Yes),
            AppAccess::AllAbsent => Access::All(Listed::No),
            AppAccess::Selected => Access::Selected(Listed::Unanswered),
            AppAccess::Lost => Access::Absent,
            AppAccess::NotAnApp => Access::Unlisted,
        },
        write: Write::NotTried,
        deletion: None,
    }
}

fn by_name(answer: &Result<RepositoryInfo, ForgeError>, legal: bool) -> ByName {
    match answer {
        Ok(found) => match found.id {
            Some(id) => ByName::Found {
                full_name: found.full_name.clone(),
                id: id.to_string(),
                archived: found.archived,
                may_push: found.may_push,
            },
            None => ByName::Transient(Transient::Malformed),
        },
        Err(_) if legal => ByName::Legal,
        Err(ForgeError::Moved { to: Some(to), .. }) => ByName::Moved { to: to.clone(), id: None },
        Err(ForgeError::NotFound { .. }) => ByName::NotFound,
        Err(ForgeError::Forbidden { needs, .. }) => ByName::Forbidden { missing: needs.clone() },
        Err(error) => ByName::Transient(transient(error)),
    }
}

fn by_id(answer: &Result<RepositoryInfo, ForgeError>, legal: bool) -> ById {
    match answer {
        Ok(found) => ById::Found { name: found.full_name.clone() },
        Err(ForgeError::Moved { to: Some(to), .. }) => ById::Found { name: to.clone() },
        Err(ForgeError::NotFound { .. }) => ById::NotFound,
        Err(ForgeError::Forbidden { .. }) => ById::Forbidden,
        Err(ForgeError::Refused { status: 451, .. }) if legal => ById::Legal,
        Err(error) => ById::Transient(transient(error)),
    }
}

/// An answer that says nothing about the repository. What is not known for certain is that too.
fn transient(error: &ForgeError) -> Transient {
    match error {
        ForgeError::Limited { .. } => Transient::RateLimited,
        ForgeError::Unreachable { .. } | ForgeError::Unavailable { status: 0, .. } => Transient::TimedOut,
        ForgeError::Unavailable { .. } => Transient::ServiceFailed,
        ForgeError::Unknown { .. }
        | ForgeError::Moved { .. }
        | ForgeError::NotFound { .. }
        | ForgeError::Forbidden { .. }
        | ForgeError::Unauthorized { .. }
        | ForgeError::Refused { .. }
        | ForgeError::Malformed { .. }
        | ForgeError::DryRun { .. }
        | ForgeError::NoCredential(_)
        | ForgeError::Unsupported(_)
        | ForgeError::Invalid(_) => Transient::Malformed,
    }
}
