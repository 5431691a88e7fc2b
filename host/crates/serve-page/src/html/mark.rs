//! States as people see them: a word, a sign that says it without colour, and a tone that says it by colour.

use crate::view::{DeliveryOutcome, EffectState, NodeState, RunRow, RunState, State};
use countersign_model::{Impact, TargetState, Verdict};

/// A state as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The class of its colours in the style sheet.
    pub(super) tone: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
}

/// Something that has a [`Mark`].
pub(super) trait Marked {
    fn mark(&self) -> Mark;
}

fn mark(tone: &'static str, sign: &'static str, word: &'static str) -> Mark {
    Mark { tone, sign, word }
}

impl Marked for State {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Agreed => ("good", "✓"),
            Self::Merged => ("merged", "●"),
            Self::Proposed => ("open", "◐"),
            Self::Unknown => ("plain", "?"),
            Self::Drifted => ("warn", "≠"),
            Self::Blocked => ("bad", "✕"),
        };
        mark(tone, sign, self.as_str())
    }
}

impl Marked for Impact {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Breaking => ("bad", "✕"),
            Self::Risky => ("warn", "!"),
            Self::Compatible => ("good", "✓"),
        };
        mark(tone, sign, self.as_str())
    }
}

impl Marked for Verdict {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Agreed => ("good", "✓"),
            Self::Drift => ("warn", "≠"),
            Self::Unreachable => ("plain", "?"),
            Self::Undecided => ("bad", "?"),
            Self::Interrupted => ("bad", "!"),
        };
        mark(tone, sign, self.as_str())
    }
}

impl Marked for RunState {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Queued => ("plain", "○"),
            Self::Running => ("open", "◐"),
            Self::Retrying => ("warn", "↻"),
            Self::Done => ("good", "✓"),
            Self::Dead => ("bad", "✕"),
        };
        mark(tone, sign, self.as_str())
    }
}

/// A run that is done is as good as what it found.
impl Marked for RunRow {
    fn mark(&self) -> Mark {
        match (self.state, &self.verdict) {
            (RunState::Done, Some(verdict)) => verdict.mark(),
            (state, _) => state.mark(),
        }
    }
}

impl Marked for EffectState {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Done => ("good", "✓"),
            Self::Unchanged => ("plain", "="),
            Self::Waiting => ("open", "◐"),
            Self::Failed => ("bad", "✕"),
            Self::Unknown => ("warn", "?"),
        };
        mark(tone, sign, self.as_str())
    }
}

impl Marked for DeliveryOutcome {
    fn mark(&self) -> Mark {
        match self {
            Self::Queued => mark("good", "✓", "queued"),
            Self::Duplicate => mark("plain", "=", "duplicate"),
            Self::SkippedLoop => mark("plain", "↺", "skipped: our own"),
            Self::SkippedEvent => mark("plain", "–", "skipped: event"),
            Self::SkippedBranch => mark("plain", "–", "skipped: branch"),
            Self::SkippedRepository => mark("warn", "?", "skipped: repository"),
        }
    }
}

impl Marked for NodeState {
    fn mark(&self) -> Mark {
        let (tone, sign) = match self {
            Self::Healthy => ("good", "✓"),
            Self::Silent => ("plain", "○"),
            Self::Failing => ("bad", "✕"),
            Self::Deaf => ("warn", "!"),
        };
        mark(tone, sign, self.as_str())
    }
}

impl Marked for TargetState {
    fn mark(&self) -> Mark {
        match self {
            Self::Undecided => mark("plain", "○", "undecided"),
            Self::Alive => mark("good", "✓", "alive"),
            Self::Moved => mark("open", "→", "moved"),
            Self::Forbidden => mark("warn", "!", "forbidden"),
            Self::Suspect => mark("warn", "?", "suspect"),
            Self::Gone => mark("bad", "✕", "gone"),
            Self::Legal => mark("bad", "§", "withheld"),
        }
    }
}
