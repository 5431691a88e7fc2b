//! What one look shows by itself, without the looks before it: steps 1 to 5 of the ladder.

use super::{
    Access, ById, ByName, Control, Identity, Listed, Look, Reason, Target, TargetKind, TargetState,
    Transient, Write,
};

/// The positive control was made in the same minute as the look.
const CONTROL_WITHIN: u64 = 60;
/// No service gives longer names; what is longer is not one.
const LONGEST_NAME: usize = 400;
const LONGEST_PERMISSION: usize = 200;

/// What a look shows.
pub(super) enum Sighting {
    /// Nothing: no state changes.
    Nothing(Reason),
    /// The target itself.
    Life {
        state: TargetState,
        reason: Reason,
        /// Its id, where the look told it.
        id: Option<String>,
    },
    /// Not the target, and no sign of its end either.
    Withheld { state: TargetState, reason: Reason },
    /// The target is not found.
    Missing { reason: Reason, worth: Worth },
}

/// What it is worth as evidence that a target was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// Nothing: the credential finds nothing of this owner now.
    Nothing,
    /// It confirms a deletion that a signed event told.
    Confirms,
    /// That, and it is a candidate: found nowhere by every way there is.
    Candidate,
}

/// Read a look at the target that is known to have `id`.
pub(super) fn of(target: &Target, id: Option<&str>, look: &Look) -> Sighting {
    match look.identity {
        Identity::Refused => return Sighting::Nothing(Reason::CredentialRefused),
        Identity::Unanswered => return Sighting::Nothing(Reason::CredentialUnanswered),
        Identity::Valid => {}
    }
    match by_name(target, id, look) {
        shown if is_plausible(target.kind, &shown) => shown,
        _ => no_answer(Transient::Malformed),
    }
}

/// Whether names and ids in it can be names and ids. They are the service's words, and are kept.
fn is_plausible(kind: TargetKind, shown: &Sighting) -> bool {
    match shown {
        Sighting::Life { reason, id, .. } => {
            reason.new_name().is_none_or(|name| is_name(kind, name)) && id.as_deref().is_none_or(is_id)
        }
        Sighting::Missing { reason: Reason::Replaced { by, .. }, .. } => is_id(by),
        Sighting::Nothing(_) | Sighting::Withheld { .. } | Sighting::Missing { .. } => true,
    }
}

fn by_name(target: &Target, id: Option<&str>, look: &Look) -> Sighting {
    match &look.name {
        ByName::Found { full_name, id: found, archived, may_push } => match id {
            Some(id) if id != found => by_id(target, Some(id), look, Some(found)),
            _ => found_by_name(target, look, full_name, found, *archived, *may_push),
        },
        ByName::Moved { to, id: found } => redirected(target, id, look, to, found.as_deref()),
        ByName::Forbidden { missing } => forbidden(bounded(missing.as_deref())),
        ByName::Legal => legal(),
        ByName::NotFound => by_id(target, id, look, None),
        ByName::Transient(transient) => no_answer(*transient),
    }
}

fn found_by_name(
    target: &Target,
    look: &Look,
    full_name: &str,
    found: &str,
    archived: bool,
    may_push: Option<bool>,
) -> Sighting {
    let (state, reason) = if !same_name(target.kind, full_name, &target.name) {
        (TargetState::Moved, Reason::Renamed { to: full_name.to_owned() })
    } else if archived {
        (TargetState::Alive, Reason::Archived)
    } else if let Some(missing) = may_not_write(target, look, may_push) {
        (TargetState::Forbidden, Reason::NoPush { missing })
    } else {
        (TargetState::Alive, Reason::Found)
    };
    Sighting::Life { state, reason, id: Some(found.to_owned()) }
}

/// The permission that a write lacks: `Some(None)` if it lacks one and nobody says which.
fn may_not_write(target: &Target, look: &Look, may_push: Option<bool>) -> Option<Option<String>> {
    match &look.write {
        Write::Forbidden { missing } => Some(bounded(missing.as_deref())),
        Write::NotFound => Some(None),
        Write::Accepted => None,
        Write::NotTried => (target.writes && may_push == Some(false)).then_some(None),
    }
}

/// A redirect heals the name, unless it leads to another one or the id says something else.
fn redirected(target: &Target, id: Option<&str>, look: &Look, to: &str, found: Option<&str>) -> Sighting {
    if same_name(target.kind, to, &target.name) {
        return no_answer(Transient::Malformed);
    }
    let replaced = id.is_some() && found.is_some() && id != found;
    match &look.id {
        _ if replaced => by_id(target, id, look, found),
        ById::Found { name } => moved(name, id.or(found)),
        ById::NotFound if found.is_none() => contradiction(),
        ById::NotAsked | ById::Forbidden | ById::Legal | ById::NotFound | ById::Transient(_) => {
            moved(to, found.or(id))
        }
    }
}

/// The name does not lead to the target: it leads nowhere, or to the one with the id `replaced_by`.
fn by_id(target: &Target, id: Option<&str>, look: &Look, replaced_by: Option<&str>) -> Sighting {
    let Some(id) = id else {
        return missing(Reason::NoId, look, replaced_by);
    };
    match &look.id {
        // Two answers of one moment that cannot both be true. The id answers, so it is not missing.
        ById::Found { name } if same_name(target.kind, name, &target.name) => match replaced_by {
            Some(_) => contradiction(),
            None => Sighting::Life { state: TargetState::Alive, reason: Reason::Found, id: Some(id.into()) },
        },
        ById::Found { name } => moved(name, Some(id)),
        ById::Forbidden => forbidden(None),
        ById::Legal => legal(),
        ById::Transient(transient) => no_answer(*transient),
        ById::NotAsked => missing(Reason::NoId, look, replaced_by),
        ById::NotFound => by_access(look, replaced_by),
    }
}

/// Neither name nor id lead to the target: does that mean anything with this credential?
fn by_access(look: &Look, replaced_by: Option<&str>) -> Sighting {
    let access = match look.access {
        Access::Absent => return withheld(TargetState::Forbidden, Reason::InstallationAbsent),
        Access::Suspended => return withheld(TargetState::Forbidden, Reason::InstallationSuspended),
        Access::All(Listed::Yes) | Access::Selected(Listed::Yes) | Access::Owner(Listed::Yes) => {
            return contradiction();
        }
        Access::All(Listed::No) | Access::Owner(Listed::No) => Reason::Candidate,
        Access::All(Listed::Unanswered) | Access::Owner(Listed::Unanswered) => Reason::ListingUnanswered,
        Access::Selected(Listed::No | Listed::Unanswered) => Reason::Selected,
        Access::Unlisted => Reason::NoListing,
    };
    let reason = if is_controlled(look) { access } else { Reason::NoControl };
    missing(reason, look, replaced_by)
}

fn is_controlled(look: &Look) -> bool {
    match look.control {
        Control::Readable { at } => at.abs_diff(look.moment.at) <= CONTROL_WITHIN,
        Control::NotAsked | Control::Unreadable | Control::Unanswered => false,
    }
}

fn missing(reason: Reason, look: &Look, replaced_by: Option<&str>) -> Sighting {
    let candidate = reason == Reason::Candidate;
    let worth = match look.control {
        _ if candidate => Worth::Candidate,
        // An owner of whom nothing at all is found confirms nothing, also no event.
        Control::Unreadable | Control::Unanswered => Worth::Nothing,
        Control::Readable { .. } | Control::NotAsked => Worth::Confirms,
    };
    let reason = match replaced_by {
        Some(by) => Reason::Replaced { by: by.to_owned(), candidate },
        None => reason,
    };
    Sighting::Missing { reason, worth }
}

fn moved(to: &str, id: Option<&str>) -> Sighting {
    let reason = Reason::Renamed { to: to.to_owned() };
    Sighting::Life { state: TargetState::Moved, reason, id: id.map(str::to_owned) }
}

fn forbidden(missing: Option<String>) -> Sighting {
    withheld(TargetState::Forbidden, Reason::NotAllowed { missing })
}

fn legal() -> Sighting {
    withheld(TargetState::Legal, Reason::Withheld)
}

fn contradiction() -> Sighting {
    withheld(TargetState::Suspect, Reason::Contradiction)
}

fn withheld(state: TargetState, reason: Reason) -> Sighting {
    Sighting::Withheld { state, reason }
}

fn no_answer(transient: Transient) -> Sighting {
    Sighting::Nothing(Reason::NoAnswer { transient })
}

/// Forges compare names without case; whoever wrote `Owner/Name` for `owner/name` means the same.
fn same_name(kind: TargetKind, left: &str, right: &str) -> bool {
    match kind {
        TargetKind::Repository | TargetKind::PullRequest | TargetKind::Hook => {
            left.eq_ignore_ascii_case(right)
        }
        TargetKind::Room => left == right,
    }
}

/// Whether a pointer could be healed to this text, which the service chose. It ends up in addresses and in
/// a file, so it has to be a name and nothing else.
fn is_name(kind: TargetKind, text: &str) -> bool {
    is_id(text)
        && match kind {
            TargetKind::Repository => text.split('/').count() == 2 && text.split('/').all(is_segment),
            TargetKind::PullRequest | TargetKind::Hook | TargetKind::Room => true,
        }
}

fn is_id(text: &str) -> bool {
    let is_odd = |character: char| character.is_control() || character.is_whitespace();
    !text.is_empty() && text.len() <= LONGEST_NAME && !text.contains(is_odd)
}

/// A permission's name as far as it is kept.
fn bounded(text: Option<&str>) -> Option<String> {
    text.map(|text| text.chars().take(LONGEST_PERMISSION).collect())
}

fn is_segment(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text != "." && text != ".." && text.bytes().all(allowed)
}
