//! What is remembered of a target between looks: step 6 of the ladder, and the tombstone.

use super::{Look, Moment, Reason, Target, TargetState, sighting::Worth};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The version of [`History`]. A history of another one is refused rather than misread.
pub const HISTORY_VERSION: u32 = 1;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// A target is gone after so many candidates ...
const CANDIDATES: usize = 3;
/// ... over so long.
const SPAN: u64 = DAY;
/// Candidates of the same hour are one look and its retries.
const APART: u64 = HOUR;
/// Candidates that are older are no evidence together with one of today.
const WINDOW: u64 = 30 * DAY;
/// A deletion that an event told has to be confirmed by a look within this time: repositories are restored,
/// and then maybe not for us.
const EVENT_HOLDS: u64 = DAY;
/// Machines that answer for one service differ by so much. A clock that goes back farther has jumped.
const SKEW: u64 = 60;
/// How much is kept.
const MOST_CANDIDATES: usize = 8;
const MOST_TRANSITIONS: usize = 32;

/// A change of a target's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When, in seconds since 1970 by our clock.
    pub at: u64,
    /// The new state.
    pub state: TargetState,
    /// Why.
    pub reason: Reason,
}

/// What the earlier looks at a target showed. It is bounded, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    #[serde(deserialize_with = "known_version")]
    version: u32,
    /// The id that the target has, as soon as one look told it. A tombstone keeps it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// The name that the pointer had at the last look.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The name that the last look found it to have, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub moved_to: Option<String>,
    /// The state after the last look that decided anything.
    pub state: TargetState,
    /// Since when it is in that state.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<u64>,
    /// The last look.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub looked: Option<Moment>,
    /// When looks found nothing by every way there is, since the last sign of life.
    #[serde(default)]
    pub candidates: Vec<Moment>,
    /// When an event told that it was deleted, which no look has confirmed yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    told_deleted: Option<Moment>,
    /// Whether an event ever told that.
    #[serde(default)]
    heard_deletion: bool,
    /// It came back after it was told or found to be deleted. Deliveries can be repeated, so an event is
    /// evidence no more.
    #[serde(default)]
    came_back: bool,
    /// The latest changes of state, oldest first.
    #[serde(default)]
    pub transitions: Vec<Transition>,
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        HISTORY_VERSION => Ok(HISTORY_VERSION),
        other => Err(D::Error::custom(format!("a history of version {other}; known is {HISTORY_VERSION}"))),
    }
}

impl Default for History {
    fn default() -> Self {
        Self {
            version: HISTORY_VERSION,
            id: None,
            name: None,
            moved_to: None,
            state: TargetState::Undecided,
            since: None,
            looked: None,
            candidates: Vec::new(),
            told_deleted: None,
            heard_deletion: false,
            came_back: false,
            transitions: Vec::new(),
        }
    }
}

impl History {
    /// When to look again, in seconds since 1970: at once if nobody has looked; a tombstone weekly; what is
    /// suspect four times a day; anything else daily.
    pub fn next_look(&self) -> u64 {
        let pause = match self.state {
            TargetState::Gone => 7 * DAY,
            TargetState::Suspect | TargetState::Undecided => 6 * HOUR,
            TargetState::Alive | TargetState::Moved | TargetState::Forbidden | TargetState::Legal => DAY,
        };
        self.looked.map_or(0, |looked| looked.at.saturating_add(pause))
    }

    /// Whether to look again. A clock that stands before the last look has jumped, and waits for nothing.
    pub fn is_due(&self, now: u64) -> bool {
        let jumped = self.looked.is_some_and(|looked| now.saturating_add(SKEW) < looked.at);
        jumped || now >= self.next_look()
    }

    /// The history of this target: empty, if what is remembered is of another one.
    pub(super) fn of(&self, target: &Target) -> Self {
        let mut history = if self.is_of(target) { self.clone() } else { Self::default() };
        history.id = history.id.or_else(|| target.id.clone());
        history.name = Some(target.name.clone());
        history
    }

    /// The same id is the same target. A pointer without one is the same as long as nobody but us renames it.
    fn is_of(&self, target: &Target) -> bool {
        let names = [&self.name, &self.moved_to];
        match (&self.id, &target.id) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.name.is_none() || names.contains(&&Some(target.name.clone())),
        }
    }

    /// Move the clocks to this look. False if one went back: then the look counts for nothing that needs
    /// time, and what was counted before begins anew, since nobody knows which clock was right.
    pub(super) fn advance(&mut self, now: Moment) -> bool {
        let holds = self.looked.is_none_or(|last| !jumped_back(last, now));
        if !holds {
            self.candidates.clear();
            self.told_deleted = None;
        }
        self.looked = Some(match self.looked {
            Some(last) if holds => {
                Moment { at: last.at.max(now.at), service: now.service.into_iter().chain(last.service).max() }
            }
            _ => now,
        });
        holds
    }

    /// Remember a deletion that an event of this look told.
    pub(super) fn note_deletion(&mut self, look: &Look) {
        let is_ours = |deleted: &str| self.id.as_deref() == Some(deleted);
        if !self.came_back && look.deletion.as_ref().is_some_and(|event| is_ours(&event.id)) {
            self.told_deleted = Some(look.moment);
            self.heard_deletion = true;
        }
    }

    /// The target itself was seen.
    pub(super) fn saw_life(&mut self, id: Option<String>) {
        self.came_back |= self.state == TargetState::Gone || self.heard_deletion;
        self.told_deleted = None;
        self.id = self.id.take().or(id);
        self.end_streak();
    }

    /// What was counted so far counts no more.
    pub(super) fn end_streak(&mut self) {
        self.candidates.clear();
    }

    /// The target was not found. Says what that means with what is remembered.
    pub(super) fn saw_nothing(
        &mut self,
        now: Moment,
        clock_holds: bool,
        worth: Worth,
        reason: Reason,
    ) -> Reason {
        if self.state == TargetState::Gone {
            return reason;
        }
        let candidate = clock_holds && worth == Worth::Candidate;
        if candidate {
            self.count(now);
        }
        let (state, reason) = if worth != Worth::Nothing && self.is_told_deleted(now) {
            (TargetState::Gone, Reason::ConfirmedByEvent)
        } else if candidate && self.is_confirmed() {
            (TargetState::Gone, Reason::ConfirmedByLooks)
        } else {
            (TargetState::Suspect, reason)
        };
        self.enter(state, &reason);
        reason
    }

    fn count(&mut self, now: Moment) {
        self.candidates.retain(|candidate| passed(*candidate, now) <= WINDOW);
        if self.candidates.last().is_none_or(|last| certainly_passed(*last, now) >= APART) {
            self.candidates.push(now);
        }
        if self.candidates.len() > MOST_CANDIDATES {
            // The first says how long it has been, so one of the middle goes.
            self.candidates.remove(1);
        }
    }

    fn is_confirmed(&self) -> bool {
        match (self.candidates.first(), self.candidates.last()) {
            (Some(first), Some(last)) => {
                self.candidates.len() >= CANDIDATES && certainly_passed(*first, *last) >= SPAN
            }
            _ => false,
        }
    }

    fn is_told_deleted(&self, now: Moment) -> bool {
        self.told_deleted.is_some_and(|told| passed(told, now) <= EVENT_HOLDS)
    }

    /// Enter a state, and remember when and why if it is another one.
    pub(super) fn enter(&mut self, state: TargetState, reason: &Reason) {
        self.moved_to = reason.new_name().map(str::to_owned);
        if self.state == state {
            return;
        }
        let at = self.looked.map_or(0, |looked| looked.at);
        self.state = state;
        self.since = Some(at);
        self.transitions.push(Transition { at, state, reason: reason.clone() });
        let surplus = self.transitions.len().saturating_sub(MOST_TRANSITIONS);
        self.transitions.drain(..surplus);
        if state == TargetState::Gone {
            self.told_deleted = None;
            self.end_streak();
        }
    }
}

fn jumped_back(last: Moment, now: Moment) -> bool {
    let back = |last: u64, now: u64| now.saturating_add(SKEW) < last;
    back(last.at, now.at) || matches!((last.service, now.service), (Some(last), Some(now)) if back(last, now))
}

/// How long it has been at most: by the clock that went faster.
fn passed(from: Moment, to: Moment) -> u64 {
    let theirs = from.service.zip(to.service).map_or(0, |(from, to)| to.saturating_sub(from));
    to.at.saturating_sub(from.at).max(theirs)
}

/// How long it has been at least: by the clock that went slower.
fn certainly_passed(from: Moment, to: Moment) -> u64 {
    let ours = to.at.saturating_sub(from.at);
    from.service.zip(to.service).map_or(ours, |(from, to)| ours.min(to.saturating_sub(from)))
}
