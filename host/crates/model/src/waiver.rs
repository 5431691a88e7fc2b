use crate::{Date, Fingerprint};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The acceptance of one break by a person, until a day. An entry of `waivers.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Which break.
    pub fingerprint: Fingerprint,
    /// Who answers for it.
    pub owner: String,
    /// Why it may be.
    pub reason: String,
    /// The last day on which it counts, in UTC.
    pub until: Date,
    /// The break in words, for those who review the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
}

/// What a waiver is worth in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// It accepts a break of this change.
    Active,
    /// Its day has passed: the break blocks again.
    Expired,
    /// The baseline holds it already: it has done its work, and the next accept prunes it.
    Spent,
    /// No break of this change bears its fingerprint.
    Unmatched,
}

impl Waiver {
    /// What this waiver is worth, given the baseline's own waivers, the fingerprints of the breaks of this
    /// change, and the day.
    pub fn state(&self, baseline: &[Self], breaks: &[Fingerprint], today: Date) -> WaiverState {
        if baseline.contains(self) {
            WaiverState::Spent
        } else if !breaks.contains(&self.fingerprint) {
            WaiverState::Unmatched
        } else if self.until < today {
            WaiverState::Expired
        } else {
            WaiverState::Active
        }
    }
}
