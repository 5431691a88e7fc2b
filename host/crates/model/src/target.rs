//! Whether a target is there, has moved, or is confirmed gone.
//!
//! A forge answers "not found" for what does not exist and for what we may not see. So one answer never says
//! that a target is gone: [`assess`] takes the [`Look`] of this moment and the [`History`] of earlier ones,
//! and says what is known now, what to do about it, and what to remember. It never looks itself, and it
//! clears nothing: `serve` may clear a pointer where [`Assessment::may_clear`] says so, the command line only
//! reports. `docs/concepts/gone.md` has the rules as a table.

mod evidence;
mod history;
mod reason;
mod sighting;

pub use evidence::{
    Access, ById, ByName, Control, Identity, Listed, Look, Moment, SignedDeletion, Transient, Write,
};
pub use history::{HISTORY_VERSION, History, Transition};
pub use reason::Reason;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sighting::Sighting;

/// What a pointer points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A repository, named `owner/name`.
    Repository,
    /// A pull request.
    PullRequest,
    /// A webhook that we registered.
    Hook,
    /// A chat room.
    Room,
}

/// Who holds the target. The rules are the same for all; the advice is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// GitHub, or GitHub Enterprise Server.
    #[serde(rename = "github")]
    GitHub,
    /// Gitea or Forgejo. They too answer 404 for a private repository that the token may not see.
    Gitea,
    /// Any other.
    Other,
}

/// A pointer to something elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Who holds it.
    pub service: Service,
    /// Its name as the pointer has it.
    pub name: String,
    /// The id that the service gave it, and never gives to another. Without one the first look that finds
    /// the name decides which target is meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// Whether we write to it. Without this permission it is forbidden, though it can be read.
    #[serde(default)]
    pub writes: bool,
}

/// What is known of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetState {
    /// No look has decided anything yet.
    #[default]
    Undecided,
    /// It is there, under its name.
    Alive,
    /// It is there, under another name.
    Moved,
    /// We may not do there what we are meant to do.
    Forbidden,
    /// It was not found, which is no evidence that it is gone.
    Suspect,
    /// It is confirmed gone.
    Gone,
    /// The service withholds it for legal reasons (RFC 7725).
    Legal,
}

/// What to do with the pointer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Cure {
    /// Nothing.
    Keep,
    /// Point to the new name. The id stays.
    Heal {
        /// The new name.
        name: String,
    },
    /// Clear the pointer, and keep its name and id, so that a later look can restore it.
    Tombstone,
    /// It was a tombstone and is alive: make it a pointer again.
    Restore {
        /// The name that it has now.
        name: String,
    },
}

/// What one look means, together with those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What is known now.
    pub state: TargetState,
    /// What this look showed.
    pub reason: Reason,
    /// What to do with the pointer.
    pub cure: Cure,
    /// Whether whoever keeps the history may clear the pointer: it is gone, and this look found it gone.
    pub may_clear: bool,
    /// What to remember for the next look.
    pub history: History,
}

/// A target as a report shows it. Its texts may hold words of the service: no renderer may print them
/// unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetReport {
    /// The name that the pointer has.
    pub target: String,
    /// What it is.
    pub kind: TargetKind,
    /// What is known of it.
    pub state: TargetState,
    /// What the look showed, as a sentence.
    pub reason: String,
    /// The next step, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// The name that it has now, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub moved_to: Option<String>,
    /// Since when it is in this state, in seconds since 1970; none before anything is decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<u64>,
}

/// What this look means for the target, given the looks before it.
pub fn assess(target: &Target, look: &Look, history: &History) -> Assessment {
    let mut next = history.of(target);
    let clock_holds = next.advance(look.moment);
    next.note_deletion(look);
    let was_gone = next.state == TargetState::Gone;
    let sighting = sighting::of(target, next.id.as_deref(), look);
    let found_nothing = matches!(sighting, Sighting::Missing { .. });
    let reason = match sighting {
        Sighting::Nothing(reason) => reason,
        Sighting::Life { state, reason, id } => {
            next.saw_life(id);
            next.enter(state, &reason);
            reason
        }
        Sighting::Withheld { state, reason } => {
            next.end_streak();
            // Only life restores a tombstone. That we may not look is no life.
            if !was_gone {
                next.enter(state, &reason);
            }
            reason
        }
        Sighting::Missing { reason, worth } => next.saw_nothing(look.moment, clock_holds, worth, reason),
    };
    Assessment {
        state: next.state,
        cure: cure(target, &reason, was_gone, found_nothing, next.state),
        may_clear: found_nothing && next.state == TargetState::Gone,
        reason,
        history: next,
    }
}

fn cure(target: &Target, reason: &Reason, was_gone: bool, found_nothing: bool, state: TargetState) -> Cure {
    let is_gone = state == TargetState::Gone;
    match (was_gone, is_gone) {
        (_, true) if found_nothing => Cure::Tombstone,
        (_, true) => Cure::Keep,
        (true, false) => Cure::Restore { name: reason.new_name().unwrap_or(&target.name).to_owned() },
        (false, false) => match reason.new_name() {
            Some(name) => Cure::Heal { name: name.to_owned() },
            None => Cure::Keep,
        },
    }
}

impl Assessment {
    /// The assessment as a report shows it.
    pub fn report(&self, target: &Target) -> TargetReport {
        TargetReport {
            target: target.name.clone(),
            kind: target.kind,
            state: self.state,
            reason: self.reason.sentence(target),
            hint: self.reason.hint(target),
            moved_to: self.reason.new_name().map(str::to_owned),
            since: self.history.since,
        }
    }
}
