use crate::{Digest, Name, NoticeVerdict, Problem, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the shape of [`Proposals`]. Raised when a field is removed or changes its meaning.
pub const PROPOSALS_VERSION: u32 = 1;

/// What a run of `propose` came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposals {
    /// The version of this shape.
    pub schema_version: u32,
    /// The version of Countersign.
    pub version: String,
    /// The command that ran.
    pub command: String,
    /// The worst of all contracts.
    pub verdict: Verdict,
    /// The exit status that goes with the verdict.
    pub exit_code: u8,
    /// Whether this is a plan, of which nothing was done.
    pub dry_run: bool,
    /// The repository that pull requests are opened in, such as `github:acme/client`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// The branch that they would be merged into, with the commit at its head.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<ProposalBase>,
    /// Every contract that was asked for, in the order of their names.
    pub proposals: Vec<Proposal>,
    /// What is good to know.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// What kept the run as a whole from deciding.
    pub problems: Vec<Problem>,
}

/// The branch that pull requests are opened against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposalBase {
    /// Its name.
    pub branch: String,
    /// The commit at its head.
    pub commit: String,
}

/// What became of the proposal of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// This run opened a pull request.
    Opened,
    /// This run opened the pull request that a branch of an earlier run lacked.
    Healed,
    /// A dry run: it would be opened.
    Planned,
    /// There is an open one already.
    Left,
    /// There is an open one already, and its text was brought up to date.
    Refreshed,
    /// One was merged, and the base still holds what it brought.
    Merged,
    /// One was closed without a merge, which is an answer.
    Declined,
    /// The branch is there with commits of other people's and without a pull request.
    Occupied,
    /// The event is about a document that a newer one has overtaken already.
    Overtaken,
    /// The base is what it would be.
    Current,
    /// Only locks, the record's own file or white space would change.
    Trivial,
    /// The source could not be reached.
    Unreachable,
    /// It could not be decided.
    Failed,
}

/// The proposal of one contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// The contract.
    pub contract: Name,
    /// What became of it.
    pub state: ProposalState,
    /// What the change means for clients; none where nobody compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<NoticeVerdict>,
    /// The digest of the base's record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Digest>,
    /// The digest of the document that is proposed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Digest>,
    /// The commit of the provider's that holds it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub branch: Option<String>,
    /// The pull request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pull: Option<ProposedPull>,
    /// The files that change, in the order of their paths.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<ProposedFile>,
    /// The pull requests of older shapes that this run closed, or would close.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub superseded: Vec<ProposedPull>,
    /// What would be sent, in this order; of a dry run only.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub plan: Vec<String>,
    /// What kept it from being decided.
    pub problems: Vec<Problem>,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedPull {
    /// Its number.
    pub number: u64,
    /// Its page for people.
    pub url: String,
}

/// What a pull request does to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposedFile {
    /// Its path, relative to the repository's top.
    pub path: String,
    /// What happens to it.
    pub change: ProposedChange,
    /// Lines that are added; 0 for a binary file.
    pub added: u64,
    /// Lines that are removed; 0 for a binary file.
    pub removed: u64,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProposedChange {
    /// It is new.
    Added,
    /// It holds something else.
    Modified,
    /// It is gone.
    Deleted,
}

impl Proposal {
    /// A proposal of which nothing is known yet.
    pub fn new(contract: Name, state: ProposalState) -> Self {
        Self {
            contract,
            state,
            verdict: None,
            from: None,
            to: None,
            commit: None,
            branch: None,
            pull: None,
            files: Vec::new(),
            superseded: Vec::new(),
            plan: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The verdict that follows from the state.
    fn settled(&self) -> Verdict {
        match self.state {
            ProposalState::Unreachable => Verdict::Unreachable,
            ProposalState::Failed => Verdict::Undecided,
            ProposalState::Opened
            | ProposalState::Healed
            | ProposalState::Planned
            | ProposalState::Left
            | ProposalState::Refreshed
            | ProposalState::Merged
            | ProposalState::Declined
            | ProposalState::Occupied
            | ProposalState::Overtaken
            | ProposalState::Current
            | ProposalState::Trivial => Verdict::Agreed,
        }
    }
}

impl Proposals {
    /// The report of these proposals, with the verdict that follows from them.
    pub fn new(version: &str, dry_run: bool, proposals: Vec<Proposal>, problems: Vec<Problem>) -> Self {
        // Whatever kept the run from deciding is about the forge that it works on, and no source.
        let own = if problems.is_empty() { Verdict::Agreed } else { Verdict::Undecided };
        let verdict = Verdict::worst(proposals.iter().map(Proposal::settled).chain([own]));
        Self {
            schema_version: PROPOSALS_VERSION,
            version: version.into(),
            command: "propose".into(),
            verdict,
            exit_code: verdict.exit_code(),
            dry_run,
            repository: None,
            base: None,
            proposals,
            notes: Vec::new(),
            problems,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_source_counts_only_where_nothing_else_is_wrong() {
        let status = |states: &[ProposalState]| {
            let name = || "watcher".parse().unwrap();
            let proposals = states.iter().map(|state| Proposal::new(name(), *state)).collect();
            Proposals::new("0", false, proposals, Vec::new()).exit_code
        };
        use ProposalState::{Declined, Failed, Opened, Unreachable};
        assert_eq!(status(&[Opened, Declined]), 0);
        assert_eq!(status(&[Opened, Unreachable]), 3);
        assert_eq!(status(&[Failed, Unreachable]), 2);
    }
}
