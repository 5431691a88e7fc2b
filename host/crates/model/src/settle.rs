//! Which breaks block: the one place that knows the rules of breaks and waivers.

use crate::{Change, ChangeSet, Date, Fingerprint, Name, ReportedWaiver, Waiver, WaiverState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a break blocks; `block` in `pipeline.toml`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Where a client lives outside this repository, which cannot move in the same commit.
    #[default]
    External,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Block {
    /// The stricter of two: a change must not loosen the rule that it is judged by.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (Self::External, _) | (_, Self::External) => Self::External,
            (Self::Never, Self::Never) => Self::Never,
        }
    }
}

/// Why a break blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// A client outside this repository depends on the contract.
    ExternalClient,
    /// `block = "always"`.
    Policy,
}

/// What became of a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is", content = "because")]
pub enum FindingState {
    /// It blocks: exit status 1.
    Blocking(Blocked),
    /// It is told, and does not block.
    Reported,
    /// A waiver accepts it.
    Waived,
    /// A waiver accepted it, and its day has passed: exit status 1.
    WaiverExpired,
}

/// A break between baseline and record, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The break's identity, for `countersign waive`.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub state: FindingState,
    /// The break.
    pub change: Change,
}

impl Finding {
    /// Whether it makes the exit status 1.
    pub fn blocks(&self) -> bool {
        matches!(self.state, FindingState::Blocking(_) | FindingState::WaiverExpired)
    }
}

/// The breaks of a contract, settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Every break, in the diff stages' order.
    pub findings: Vec<Finding>,
    /// Every waiver of the work tree.
    pub waivers: Vec<ReportedWaiver>,
}

impl Settlement {
    /// Whether any break blocks.
    pub fn blocks(&self) -> bool {
        self.findings.iter().any(Finding::blocks)
    }
}

/// Settle the breaks from the baseline to the record.
///
/// `waivers` are those of the work tree, `baseline` those that the baseline holds already, and
/// `has_external_client` says whether a client of the contract lives in another repository.
pub fn settle(
    contract: &Name,
    changes: &ChangeSet,
    waivers: &[Waiver],
    baseline: &[Waiver],
    block: Block,
    has_external_client: bool,
    today: Date,
) -> Settlement {
    let fingerprints: Vec<_> = changes.breaks().map(|change| change.fingerprint(contract)).collect();
    let waivers: Vec<_> = (waivers.iter())
        .map(|waiver| ReportedWaiver {
            waiver: waiver.clone(),
            state: waiver.state(baseline, &fingerprints, today),
        })
        .collect();
    let blocked = match (block, has_external_client) {
        (Block::Always, _) => Some(Blocked::Policy),
        (Block::External, true) => Some(Blocked::ExternalClient),
        (Block::External, false) | (Block::Never, _) => None,
    };
    let findings = (changes.breaks().zip(fingerprints))
        .map(|(change, fingerprint)| Finding {
            state: state_of(&fingerprint, &waivers, blocked),
            fingerprint,
            change: change.clone(),
        })
        .collect();
    Settlement { findings, waivers }
}

fn state_of(fingerprint: &Fingerprint, waivers: &[ReportedWaiver], blocked: Option<Blocked>) -> FindingState {
    let has =
        |state| waivers.iter().any(|entry| entry.waiver.fingerprint == *fingerprint && entry.state == state);
    if has(WaiverState::Active) {
        return FindingState::Waived;
    }
    match blocked {
        Some(_) if has(WaiverState::Expired) => FindingState::WaiverExpired,
        Some(blocked) => FindingState::Blocking(blocked),
        None => FindingState::Reported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Impact};

    fn contract() -> Name {
        "watcher".parse().unwrap()
    }

    fn removed_field() -> Change {
        Change {
            rule: "response-required-property-removed".into(),
            plugin: "diff-openapi".into(),
            impact: Impact::Breaking,
            direction: Direction::Response,
            subject: "/components/schemas/Watch/properties/last_checked_at".into(),
            summary: "removed".into(),
            before: Some("string".into()),
            after: None,
            base: None,
            head: None,
            operations: vec!["GET /watches".into()],
            witness: None,
        }
    }

    fn waiver(until: &str) -> Waiver {
        Waiver {
            fingerprint: removed_field().fingerprint(&contract()),
            owner: "ana".into(),
            reason: "nobody reads it".into(),
            until: until.parse().unwrap(),
            summary: String::new(),
        }
    }

    fn settled(
        changes: &[Change],
        waivers: &[Waiver],
        baseline: &[Waiver],
        block: Block,
        external: bool,
    ) -> Settlement {
        let today = "2026-11-21".parse().unwrap();
        settle(&contract(), &ChangeSet(changes.to_vec()), waivers, baseline, block, external, today)
    }

    #[test]
    fn every_combination_of_break_client_policy_and_waiver_has_its_verdict() {
        let (fresh, old) = (waiver("2026-11-21"), waiver("2026-11-20"));
        let none: &[Waiver] = &[];
        let (with, expired) = (std::slice::from_ref(&fresh), std::slice::from_ref(&old));
        let reported = FindingState::Reported;
        let external = FindingState::Blocking(Blocked::ExternalClient);
        let policy = FindingState::Blocking(Blocked::Policy);
        let table = [
            ("only local clients", Block::External, false, none, none, reported),
            ("an external client", Block::External, true, none, none, external),
            ("an external client, waived", Block::External, true, with, none, FindingState::Waived),
            ("an external client, waiver merged", Block::External, true, with, with, external),
            (
                "an external client, waiver expired",
                Block::External,
                true,
                expired,
                none,
                FindingState::WaiverExpired,
            ),
            (
                "an external client, waiver renewed",
                Block::External,
                true,
                with,
                expired,
                FindingState::Waived,
            ),
            ("local clients, waived", Block::External, false, with, none, FindingState::Waived),
            ("local clients, waiver expired", Block::External, false, expired, none, reported),
            ("always, local clients", Block::Always, false, none, none, policy),
            ("always, waived", Block::Always, false, with, none, FindingState::Waived),
            ("never, an external client", Block::Never, true, none, none, reported),
        ];
        for (name, block, has_external, waivers, baseline, expected) in table {
            let settlement = settled(&[removed_field()], waivers, baseline, block, has_external);
            assert_eq!(settlement.findings[0].state, expected, "{name}");
        }
    }

    #[test]
    fn a_reverted_break_leaves_its_waiver_unmatched_and_nothing_blocks() {
        let settlement = settled(&[], &[waiver("2027-01-01")], &[], Block::Always, true);
        assert!(!settlement.blocks());
        assert_eq!(settlement.waivers[0].state, WaiverState::Unmatched);
    }

    #[test]
    fn the_same_break_a_second_time_is_not_covered_by_the_merged_waiver() {
        let merged = [waiver("2027-01-01")];
        let settlement = settled(&[removed_field()], &merged, &merged, Block::External, true);
        assert!(settlement.blocks());
        assert_eq!(settlement.waivers[0].state, WaiverState::Spent);
    }

    #[test]
    fn another_value_is_another_break() {
        let mut other = removed_field();
        other.before = Some("integer".into());
        assert_ne!(other.fingerprint(&contract()), removed_field().fingerprint(&contract()));
        assert!(settled(&[other], &[waiver("2027-01-01")], &[], Block::External, true).blocks());
    }

    #[test]
    fn risky_and_compatible_changes_never_block() {
        let mut change = removed_field();
        change.impact = Impact::Risky;
        assert_eq!(settled(&[change], &[], &[], Block::Always, true), Settlement::default());
    }
}
