//! What is known of effects: the lines of the notes on the commits that changed a record. Their order says nothing,
//! since notes of several runs are merged as sets of lines.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How long a run may keep an effect to itself, in seconds. After that it is taken for dead.
const CLAIM: u64 = 15 * 60;

/// A line of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// What a run did about one effect.
    Receipt(Receipt),
    /// Telling began: what fails from here on is tried again.
    Begun {
        /// The contract.
        begun: String,
    },
    /// This commit and everything before it was told.
    Complete {
        /// The contract.
        complete: String,
    },
}

/// What a run did about one effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The effect key.
    pub(super) key: String,
    /// How far it came.
    pub(super) state: Stage,
    /// The run; receipts of the first version have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) run: String,
    /// When, in seconds since 1970.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) at: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// How far a run came with an effect; of one run, the greatest counts. What may have arrived stays so, whatever the run
/// failed to do about it afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    /// It is this run's to send.
    Claimed,
    /// It is about to go out.
    Sending,
    /// It certainly did not arrive.
    Failed,
    /// Nobody knows whether it arrived.
    Unknown,
    /// It cannot be known whether it arrived, and it must not be sent again.
    Abandoned,
    /// The other side has it.
    Delivered,
}

/// What to do about an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing: it is done, or given up.
    Done,
    /// Nothing now: another run has it.
    Held,
    /// Send it. `ambiguous`: an earlier attempt may have arrived.
    Open {
        /// Whether an earlier attempt may have arrived.
        ambiguous: bool,
    },
}

/// What the notes of one commit say.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    effects: BTreeMap<String, BTreeMap<String, (Stage, u64)>>,
    pub(super) begun: BTreeSet<String>,
    pub(super) complete: BTreeSet<String>,
}

impl Receipts {
    /// Read a note. A line of a later version says nothing to this one.
    pub(super) fn parse(note: &[u8]) -> Self {
        let mut receipts = Self::default();
        for line in String::from_utf8_lossy(note).lines() {
            match serde_json::from_str(line) {
                Ok(Line::Receipt(receipt)) => receipts.add(receipt),
                Ok(Line::Begun { begun }) => drop(receipts.begun.insert(begun)),
                Ok(Line::Complete { complete }) => drop(receipts.complete.insert(complete)),
                Err(_) => {}
            }
        }
        receipts
    }

    fn add(&mut self, receipt: Receipt) {
        let run = self.effects.entry(receipt.key).or_default().entry(receipt.run);
        let known = run.or_insert((receipt.state, receipt.at));
        *known = (known.0.max(receipt.state), known.1.max(receipt.at));
    }

    /// Whether nothing is left to do for an effect, whoever did it.
    pub(super) fn is_done(&self, key: &str) -> bool {
        let stages = self.effects.get(key).into_iter().flat_map(BTreeMap::values);
        stages.into_iter().any(|(stage, _)| matches!(stage, Stage::Delivered | Stage::Abandoned))
    }

    /// How an effect stands, as a run of that name sees it at `now`.
    pub(super) fn standing(&self, key: &str, run: &str, now: u64) -> Standing {
        let Some(runs) = self.effects.get(key) else { return Standing::Open { ambiguous: false } };
        if self.is_done(key) {
            return Standing::Done;
        }
        let others = || runs.iter().filter(|(name, _)| name.as_str() != run).map(|(_, known)| *known);
        let is_live = |(stage, at): (Stage, u64)| {
            matches!(stage, Stage::Claimed | Stage::Sending) && now.abs_diff(at) < CLAIM
        };
        if others().any(is_live) {
            return Standing::Held;
        }
        let ambiguous =
            others().any(|(stage, _)| matches!(stage, Stage::Claimed | Stage::Sending | Stage::Unknown));
        Standing::Open { ambiguous }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(lines: &[(&str, Stage, u64)]) -> Standing {
        let line = |(run, state, at): &(&str, Stage, u64)| {
            let receipt = Receipt { key: "k".into(), state: *state, run: (*run).into(), at: *at };
            serde_json::to_string(&Line::Receipt(receipt)).unwrap()
        };
        let mut text: Vec<String> = lines.iter().map(line).collect();
        let forwards = Receipts::parse(text.join("\n").as_bytes()).standing("k", "mine", 10_000);
        text.reverse();
        let backwards = Receipts::parse(text.join("\n").as_bytes()).standing("k", "mine", 10_000);
        assert_eq!(forwards, backwards, "the order of the lines says nothing");
        forwards
    }

    #[test]
    fn only_an_attempt_whose_end_is_not_known_is_ambiguous() {
        use Stage::{Abandoned, Claimed, Delivered, Failed, Sending, Unknown};
        let open = |ambiguous| Standing::Open { ambiguous };
        assert_eq!(standing(&[]), open(false));
        assert_eq!(standing(&[("a", Sending, 1), ("a", Failed, 1)]), open(false));
        assert_eq!(standing(&[("a", Sending, 1)]), open(true));
        assert_eq!(standing(&[("a", Sending, 1), ("a", Unknown, 1)]), open(true));
        assert_eq!(standing(&[("a", Unknown, 1), ("b", Sending, 2), ("b", Failed, 2)]), open(true));
        // A second attempt that was claimed and given back says nothing about the first.
        assert_eq!(standing(&[("a", Unknown, 1), ("a", Claimed, 1), ("a", Failed, 1)]), open(true));
        assert_eq!(standing(&[("a", Unknown, 1), ("b", Delivered, 2)]), Standing::Done);
        assert_eq!(standing(&[("a", Unknown, 1), ("b", Abandoned, 2)]), Standing::Done);
        assert_eq!(standing(&[("a", Claimed, 1)]), open(true), "its clone, which knew, is gone");
        assert_eq!(standing(&[("mine", Claimed, 10_000)]), open(false));
    }

    #[test]
    fn what_another_run_is_sending_is_left_to_it_until_it_is_taken_for_dead() {
        assert_eq!(standing(&[("a", Stage::Claimed, 9_990)]), Standing::Held);
        assert_eq!(standing(&[("a", Stage::Sending, 9_990)]), Standing::Held);
        assert_eq!(standing(&[("a", Stage::Claimed, 100), ("a", Stage::Claimed, 9_990)]), Standing::Held);
        assert_eq!(standing(&[("a", Stage::Unknown, 9_990)]), Standing::Open { ambiguous: true });
        assert_eq!(standing(&[("a", Stage::Sending, 100)]), Standing::Open { ambiguous: true });
    }

    #[test]
    fn receipts_of_the_first_version_count() {
        let receipts = Receipts::parse(
            b"{\"key\":\"k\",\"state\":\"delivered\"}\nnot ours\n{\"complete\":\"watcher\"}\n",
        );
        assert_eq!(receipts.standing("k", "mine", 1), Standing::Done);
        assert!(receipts.complete.contains("watcher"));
    }
}
