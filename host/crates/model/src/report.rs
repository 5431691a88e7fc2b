//! What a run says, as data. Every output format is a view of this and of nothing else; its JSON Schema is
//! one of our own contracts.

use crate::{
    Change, ChangeSet, Digest, FileChange, Finding, Name, Problem, SentNotice, Verdict, Waiver, WaiverState,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the report's shape. Raised when a field is removed or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// What a run of `check`, `accept`, `generate`, `status` or `run` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
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
    /// What the work tree was compared with.
    pub baseline: BaselineReport,
    /// Every contract that was asked for, in the order of their names.
    pub contracts: Vec<ContractReport>,
    /// The notices of this run.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notices: Vec<SentNotice>,
    /// What kept the run as a whole from deciding.
    pub problems: Vec<Problem>,
    /// How many there are of what.
    pub counts: Counts,
}

/// The revision that breaks are counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum BaselineReport {
    /// The merge base with the configured revision.
    At {
        /// The revision as configured, or as the event named it.
        revision: String,
        /// The commit.
        commit: String,
    },
    /// There is no version control, so breaks have no memory.
    NoVersionControl,
    /// There is version control and no commit yet.
    NoCommit,
    /// A baseline is configured and cannot be read: undecided.
    Unreadable,
    /// The command does not need one.
    NotNeeded,
}

/// How many there are of what, for the last line of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Contracts looked at.
    pub contracts: usize,
    /// Clients in this repository.
    pub clients: usize,
    /// Contracts whose record is stale or missing.
    pub stale_contracts: usize,
    /// Clients that are stale.
    pub stale_clients: usize,
    /// Clients that nobody verified.
    pub unverified_clients: usize,
    /// Breaks from the baseline to the record.
    pub breaks: usize,
    /// Breaks that block.
    pub blocking: usize,
    /// Contracts and clients that could not be decided.
    pub undecided: usize,
}

/// How the record stands to what the source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordState {
    /// The source says what the record says.
    Agreed,
    /// The source says something else.
    Stale,
    /// There is no record yet.
    Missing,
    /// The source was not asked: somebody else's contract, or a command that does not ask.
    NotAsked,
    /// The live source could not be reached.
    Unreachable,
    /// It could not be decided.
    Undecided,
}

/// Where an observation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedFrom {
    /// The dump stage ran.
    Dump,
    /// The declared inputs are those of an earlier dump, whose result was kept.
    KeptDump,
    /// The live source was asked.
    Live,
    /// A file or URL that the user named.
    Given,
}

/// What the source said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observation {
    /// The digest of its canonical form.
    pub digest: Digest,
    /// Where it came from.
    pub from: ObservedFrom,
}

/// A waiver of the work tree and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedWaiver {
    /// The entry.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// What it is worth.
    pub state: WaiverState,
}

/// One contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContractReport {
    /// Its name.
    pub name: Name,
    /// Its format.
    pub format: String,
    /// The path of its snapshot, relative to `pipeline.toml`.
    pub snapshot: String,
    /// What it came to.
    pub verdict: Verdict,
    /// How the record stands to the source.
    pub record: RecordState,
    /// The digest of the snapshot in the work tree.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recorded: Option<Digest>,
    /// The digest of the snapshot at the baseline.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<Digest>,
    /// What the source said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub observed: Option<Observation>,
    /// From the record to what the source says: what an accept would bring in.
    pub drift: ChangeSet,
    /// From the baseline to the record: what this change brings in, breaking or not.
    pub changes: Vec<Change>,
    /// The breaking ones among those, and what became of them.
    pub breaks: Vec<Finding>,
    /// The waivers of the work tree.
    pub waivers: Vec<ReportedWaiver>,
    /// The clients.
    pub clients: Vec<ClientReport>,
    /// What kept this contract from being decided.
    pub problems: Vec<Problem>,
    /// What would cure it.
    pub fixes: Vec<Fix>,
}

/// Where a client lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Place {
    /// In this repository.
    Local {
        /// Its output folder, relative to `pipeline.toml`.
        output: String,
    },
    /// In another repository, which cannot move in the same commit.
    External {
        /// The repository, such as `github:acme/client`.
        repository: String,
    },
}

/// How a client stands to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientState {
    /// It is what the record generates.
    Agreed,
    /// It is not.
    Stale,
    /// Nobody looked: `--no-tools` and no proof from the baseline.
    Unverified,
    /// It lives elsewhere; its own repository checks it.
    External,
    /// It could not be decided.
    Undecided,
}

/// How a client's state was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// By the lock, which equals the baseline's, and every digest in it.
    Lock,
    /// By generating it.
    Generated,
}

/// Why a client is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The client was never accepted: it has no lock.
    NeverGenerated,
    /// The record moved on and the client was not regenerated.
    RecordMovedOn,
    /// Files were edited, added or deleted by hand.
    EditedByHand,
    /// The tool prints another version than the one that generated the client.
    ToolChanged,
    /// The tool's configuration or one of its declared inputs changed.
    ConfigurationChanged,
    /// Nothing that the lock knows of changed: the tool depends on something undeclared.
    Unexplained,
}

impl Cause {
    /// The cause as a clause that follows the client's name.
    pub fn as_sentence(self) -> &'static str {
        match self {
            Self::NeverGenerated => "it was never generated here",
            Self::RecordMovedOn => "the record moved on",
            Self::EditedByHand => "it was edited by hand",
            Self::ToolChanged => "the tool changed",
            Self::ConfigurationChanged => "the tool's configuration or one of its inputs changed",
            Self::Unexplained => "the tool gave something else for the same inputs",
        }
    }
}

/// One client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientReport {
    /// Its name.
    pub name: Name,
    /// Where it lives.
    pub place: Place,
    /// How it stands.
    pub state: ClientState,
    /// How that was proved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proof: Option<Proof>,
    /// Why it is stale.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<Cause>,
    /// What has to happen to the committed files so that they are what the record generates.
    pub files: Vec<FileChange>,
    /// What an accept of the observed document would do to the files; none where nobody looked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upcoming: Option<Vec<FileChange>>,
    /// How its tool was kept apart; none where no tool ran.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cage: Option<Cage>,
    /// What kept this client from being decided.
    pub problems: Vec<Problem>,
}

/// How a tool was kept apart from the machine, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cage {
    /// Namespaces: it saw the repository, its own installation and nothing else, and no network.
    Namespaces,
    /// A copy of the client's folder, with Landlock and seccomp: no other file to write, no network.
    Mirror,
    /// A copy of the client's folder, with limits only.
    Bare,
}

/// A cure: the command to type and what it will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// The command, made to be pasted.
    pub command: String,
    /// What it will do.
    pub does: String,
}

impl Report {
    /// A report of the given contracts, with the verdict and the counts that follow from them.
    pub fn new(
        version: &str,
        command: &str,
        baseline: BaselineReport,
        contracts: Vec<ContractReport>,
        problems: Vec<Problem>,
    ) -> Self {
        let own = if problems.is_empty() { Verdict::Agreed } else { Verdict::Undecided };
        let verdict = Verdict::worst(contracts.iter().map(|contract| contract.verdict).chain([own]));
        let counts = Counts::of(&contracts);
        Self {
            schema_version: SCHEMA_VERSION,
            version: version.into(),
            command: command.into(),
            verdict,
            exit_code: verdict.exit_code(),
            baseline,
            contracts,
            notices: Vec::new(),
            problems,
            counts,
        }
    }

    /// This report with the notices of the run. One that was not sent, or of which nobody knows whether it arrived,
    /// leaves the run undecided.
    #[must_use]
    pub fn with_notices(mut self, notices: Vec<SentNotice>, problems: Vec<Problem>) -> Self {
        let failed = notices.iter().any(|notice| notice.state.is_trouble()) || !problems.is_empty();
        if failed {
            self.verdict = Verdict::worst([self.verdict, Verdict::Undecided]);
            self.exit_code = self.verdict.exit_code();
        }
        self.notices = notices;
        self.problems.extend(problems);
        self
    }
}

impl Counts {
    fn of(contracts: &[ContractReport]) -> Self {
        let clients = || contracts.iter().flat_map(|contract| &contract.clients);
        let in_state = |state| clients().filter(|client| client.state == state).count();
        let stale =
            |contract: &&ContractReport| matches!(contract.record, RecordState::Stale | RecordState::Missing);
        Self {
            contracts: contracts.len(),
            clients: clients().filter(|client| matches!(client.place, Place::Local { .. })).count(),
            stale_contracts: contracts.iter().filter(stale).count(),
            stale_clients: in_state(ClientState::Stale),
            unverified_clients: in_state(ClientState::Unverified),
            breaks: contracts.iter().map(|contract| contract.breaks.len()).sum(),
            blocking: contracts
                .iter()
                .flat_map(|contract| &contract.breaks)
                .filter(|finding| finding.blocks())
                .count(),
            undecided: contracts.iter().filter(|contract| contract.record == RecordState::Undecided).count()
                + in_state(ClientState::Undecided),
        }
    }
}

impl ContractReport {
    /// The verdict that follows from everything else in this report.
    pub fn settle_verdict(&mut self) {
        let record = match self.record {
            RecordState::Agreed | RecordState::NotAsked => Verdict::Agreed,
            RecordState::Stale | RecordState::Missing => Verdict::Drift,
            RecordState::Unreachable => Verdict::Unreachable,
            RecordState::Undecided => Verdict::Undecided,
        };
        let clients = self.clients.iter().map(|client| match client.state {
            ClientState::Agreed | ClientState::External => Verdict::Agreed,
            ClientState::Stale => Verdict::Drift,
            ClientState::Unverified | ClientState::Undecided => Verdict::Undecided,
        });
        let breaks = self.breaks.iter().filter(|finding| finding.blocks()).map(|_| Verdict::Drift);
        let problems = self
            .problems
            .iter()
            .filter(|problem| problem.code != "source-unreachable")
            .map(|_| Verdict::Undecided);
        self.verdict = Verdict::worst([record].into_iter().chain(clients).chain(breaks).chain(problems));
    }
}
