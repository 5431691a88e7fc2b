use crate::{Name, Problem, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the shape of [`HooksReport`]. Raised when a field is removed or changes its meaning.
pub const HOOKS_VERSION: u32 = 1;

/// The events that a repository's webhook has to send: those that the receiver acts on. GitHub sends the receiver's
/// other one, `repository_dispatch`, from Apps only, and refuses it for a repository's webhook.
///
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_dispatch>
pub const HOOK_EVENTS: &[&str] = &["push"];

/// What a run of `hooks status`, `hooks apply` or `hooks rotate` came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HooksReport {
    /// The version of this shape.
    pub schema_version: u32,
    /// The version of Countersign.
    pub version: String,
    /// The command that ran.
    pub command: String,
    /// The worst of all repositories: `drift` where a webhook is not in order, `undecided` where one could not be seen
    /// or written.
    pub verdict: Verdict,
    /// The exit status that goes with the verdict.
    pub exit_code: u8,
    /// Whether this is a plan, of which nothing was done.
    pub dry_run: bool,
    /// Every repository that was asked for, in the order of the names of their first nodes.
    pub repositories: Vec<RepositoryHooks>,
    /// What is good to know.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
}

/// How the webhook of a repository stands, after what this run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepositoryHooks {
    /// The repository, such as `github:acme/api`.
    pub repository: String,
    /// The nodes that watch it.
    pub nodes: Vec<Name>,
    /// How it stands, by the worst of its faults.
    pub state: HookState,
    /// Where deliveries have to go, without the key that tells the secret.
    pub address: String,
    /// The number of its webhook on the forge; none where there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hook: Option<u64>,
    /// Everything that is not in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub faults: Vec<HookFault>,
    /// What this run wrote, in this order; of a dry run, what it would.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub writes: Vec<HookWrite>,
    /// What to do by hand where Countersign cannot.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by_hand: Option<String>,
    /// What kept it from being seen or written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub problems: Vec<Problem>,
}

/// How the webhook of a repository stands. The worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HookState {
    /// It is there, and as it should be.
    InOrder,
    /// Countersign cannot reach webhooks on that forge.
    Unsupported,
    /// One of ours sends to another address of the daemon.
    Stale,
    /// Several of ours send to the same address.
    Doubled,
    /// It is as it should be, and its last delivery was not taken.
    Dead,
    /// It is not as it should be.
    Drifted,
    /// There is none.
    Missing,
    /// It could not be seen or written.
    Failed,
}

/// What is not in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HookFaultKind {
    /// There is no webhook.
    Missing,
    /// It sends other events.
    Events,
    /// It is switched off.
    Inactive,
    /// It does not send JSON.
    ContentType,
    /// It does not verify the daemon's certificate.
    Tls,
    /// It sends the pushes of some branches only.
    BranchFilter,
    /// Nothing tells which secret it signs with.
    UnknownSecret,
    /// It signs with the secret before.
    PreviousSecret,
    /// Its last delivery was not taken.
    Failing,
    /// Another one of ours sends to the same address.
    Doubled,
    /// Another one of ours sends to another address of the daemon.
    Stale,
}

/// A fault, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HookFault {
    /// What is not in order.
    pub kind: HookFaultKind,
    /// The number of the webhook; none where there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hook: Option<u64>,
    /// The same in a clause. It may hold words of the forge's.
    pub message: String,
}

/// What was done to a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HookDeed {
    /// It was created.
    Created,
    /// It was made what it should be.
    Updated,
    /// It was removed.
    Removed,
    /// The forge was asked to try it.
    Pinged,
}

/// A write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HookWrite {
    /// What was done.
    pub deed: HookDeed,
    /// The number of the webhook; none where it would be created.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hook: Option<u64>,
    /// The variable that holds the secret which it signs with from now on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}

impl HookFaultKind {
    /// The state of a repository that has this fault and no worse one.
    pub fn state(self) -> HookState {
        match self {
            Self::Missing => HookState::Missing,
            Self::Events
            | Self::Inactive
            | Self::ContentType
            | Self::Tls
            | Self::BranchFilter
            | Self::UnknownSecret
            | Self::PreviousSecret => HookState::Drifted,
            Self::Failing => HookState::Dead,
            Self::Doubled => HookState::Doubled,
            Self::Stale => HookState::Stale,
        }
    }
}

impl RepositoryHooks {
    /// The state that follows from faults and problems.
    #[must_use]
    pub fn settled(mut self) -> Self {
        let failed = (!self.problems.is_empty()).then_some(HookState::Failed);
        let by_hand = self.by_hand.is_some().then_some(HookState::Unsupported);
        let faults = self.faults.iter().map(|fault| fault.kind.state());
        self.state = faults.chain(failed).chain(by_hand).max().unwrap_or(HookState::InOrder);
        self
    }

    fn verdict(&self, dry_run: bool) -> Verdict {
        match self.state {
            HookState::InOrder | HookState::Unsupported => Verdict::Agreed,
            HookState::Failed => Verdict::Undecided,
            HookState::Stale
            | HookState::Doubled
            | HookState::Dead
            | HookState::Drifted
            | HookState::Missing => {
                // A plan is no judgement.
                if dry_run { Verdict::Agreed } else { Verdict::Drift }
            }
        }
    }
}

impl HooksReport {
    /// The report of these repositories, with the verdict that follows from them.
    pub fn new(version: &str, command: &str, dry_run: bool, repositories: Vec<RepositoryHooks>) -> Self {
        let verdict = Verdict::worst(repositories.iter().map(|one| one.verdict(dry_run)));
        Self {
            schema_version: HOOKS_VERSION,
            version: version.into(),
            command: command.into(),
            verdict,
            exit_code: verdict.exit_code(),
            dry_run,
            repositories,
            notes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(kinds: &[HookFaultKind], problems: Vec<Problem>) -> RepositoryHooks {
        let fault = |kind: &HookFaultKind| HookFault { kind: *kind, hook: None, message: String::new() };
        let (repository, address) = ("github:acme/api".into(), "https://serve.test/hooks/github".into());
        let faults = kinds.iter().map(fault).collect();
        let (nodes, writes, state) = (Vec::new(), Vec::new(), HookState::InOrder);
        RepositoryHooks {
            repository,
            nodes,
            state,
            address,
            hook: None,
            faults,
            writes,
            by_hand: None,
            problems,
        }
        .settled()
    }

    #[test]
    fn a_repository_stands_as_the_worst_of_its_faults() {
        use HookFaultKind::{Doubled, Events, Failing, Missing, Stale};
        assert_eq!(with(&[], Vec::new()).state, HookState::InOrder);
        assert_eq!(with(&[Stale, Doubled], Vec::new()).state, HookState::Doubled);
        assert_eq!(with(&[Doubled, Failing, Events], Vec::new()).state, HookState::Drifted);
        assert_eq!(with(&[Missing, Stale], Vec::new()).state, HookState::Missing);
        assert_eq!(with(&[Missing], vec![Problem::new("x", "y")]).state, HookState::Failed);
    }

    #[test]
    fn what_could_not_be_seen_counts_more_than_what_is_not_in_order() {
        let status =
            |dry_run, all: Vec<RepositoryHooks>| HooksReport::new("0", "hooks", dry_run, all).exit_code;
        let (fine, missing) = (with(&[], Vec::new()), with(&[HookFaultKind::Missing], Vec::new()));
        let failed = with(&[], vec![Problem::new("x", "y")]);
        assert_eq!(status(false, vec![fine.clone()]), 0);
        assert_eq!(status(false, vec![fine.clone(), missing.clone()]), 1);
        assert_eq!(status(true, vec![missing.clone()]), 0, "a plan is no judgement");
        assert_eq!(status(false, vec![failed, missing, fine]), 2);
    }
}
