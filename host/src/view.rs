//! What the commands say that do not return a [`Report`]: plain data, of which every format is a view.

use crate::args::FailOn;
use countersign_model::{CanaryReport, ChangeSet, HooksReport, Impact, Proposals, Report, Snapshot};
use countersign_pipeline::project::Comparison;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a command came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// What `check`, `accept`, `generate` and `run` found.
    Report(Box<Report>),
    /// The same, as a table: what `status` found.
    Status(Box<Report>),
    /// What `propose` did.
    Proposals(Box<Proposals>),
    /// What `diff` found.
    Diff(DiffView),
    /// What `canary` found.
    Canary(Box<CanaryReport>),
    /// What `hooks` found and did.
    Hooks(Box<HooksReport>),
    /// What `doctor` found.
    Doctor(DoctorReport),
    /// What `plugin list` found.
    Plugins(Vec<PluginView>),
    /// What `plugin inspect` found.
    Plugin(Box<PluginView>),
    /// What `explain` found.
    Explanation(Explanation),
    /// Something was done, and there is little to say about it.
    Done(Done),
    /// Bytes for standard output as they are, in every format.
    Document(Vec<u8>),
}

/// Two documents compared.
#[derive(Clone, Debug)]
pub(crate) struct DiffView {
    /// The old document, as the user named it.
    pub(crate) old: String,
    /// The new document, as the user named it.
    pub(crate) new: String,
    /// What both are.
    pub(crate) format: String,
    /// The least change that makes the run fail.
    pub(crate) fail_on: FailOn,
    /// Every change.
    pub(crate) changes: ChangeSet,
    /// The text of the old and of the new document, as they are written; empty where the format shows none.
    pub(crate) texts: [String; 2],
    /// What rules mean, in Markdown, by their ids; only for a format that tells it.
    pub(crate) explanations: BTreeMap<String, String>,
}

impl DiffView {
    /// The view of changes without the documents.
    #[cfg(test)]
    pub(crate) fn of_changes(old: &str, new: &str, format: &str, changes: ChangeSet) -> Self {
        let (texts, explanations) = Default::default();
        let (old, new, format) = (old.into(), new.into(), format.into());
        Self { old, new, format, fail_on: FailOn::Breaking, changes, texts, explanations }
    }

    /// The view of a comparison.
    pub(crate) fn new(old: &str, new: &str, comparison: Comparison, fail_on: FailOn, texts: bool) -> Self {
        let text = |document: &Snapshot| match texts {
            true => String::from_utf8_lossy(document.bytes()).into_owned(),
            false => String::new(),
        };
        Self {
            old: old.into(),
            new: new.into(),
            format: comparison.format.as_str().into(),
            fail_on,
            changes: comparison.changes,
            texts: comparison.documents.each_ref().map(text),
            explanations: BTreeMap::new(),
        }
    }

    /// Whether a change is as bad as makes the run fail.
    pub(crate) fn fails(&self) -> bool {
        match (self.fail_on, self.changes.worst()) {
            (FailOn::None, _) | (_, None) => false,
            (FailOn::Breaking, Some(worst)) => worst == Impact::Breaking,
            (FailOn::Warning, Some(worst)) => worst >= Impact::Risky,
            (FailOn::Any, Some(_)) => true,
        }
    }

    /// The part of a version that the change asks for (Semantic Versioning 2.0.0, sections 6 to 8).
    pub(crate) fn bump(&self) -> &'static str {
        match self.changes.worst() {
            Some(Impact::Breaking) => "major",
            Some(Impact::Risky | Impact::Compatible) => "minor",
            None => "none",
        }
    }
}

/// Everything that a run needs, looked at.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct DoctorReport {
    /// The looks, in the order in which they were taken.
    pub(crate) checks: Vec<DoctorCheck>,
}

/// One look.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DoctorCheck {
    /// What was looked at.
    pub(crate) name: String,
    /// How it stands.
    pub(crate) state: DoctorState,
    /// What was found.
    pub(crate) detail: String,
    /// What would cure it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// How something that a run needs stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DoctorState {
    /// It does not apply here.
    Skipped,
    /// It is as it should be.
    Ok,
    /// A run works, but less well than it could.
    Warn,
    /// A run would fail.
    Fail,
}

impl DoctorState {
    /// The word that people and formats read.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A plugin: what it is, and what it could ever do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PluginView {
    /// Its name in `pipeline.toml`.
    pub(crate) name: String,
    /// The stage kind, such as `diff`; read from its exports.
    pub(crate) kind: String,
    /// Its own version.
    pub(crate) version: String,
    /// The digest of the component.
    pub(crate) digest: String,
    /// The version of the plugin interface that it was built for.
    pub(crate) world: String,
    /// What it imports: the outer bound of what it could do.
    pub(crate) imports: Vec<String>,
    /// What it says that it does.
    pub(crate) summary: String,
    /// Where it comes from: `built-in`, a file or a registry reference.
    pub(crate) source: String,
    /// What `pipeline.toml` grants it.
    pub(crate) granted: Vec<String>,
}

/// What a rule or an error's code means, or what a preset stands for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Explanation {
    /// The rule, the code or the preset.
    pub(crate) id: String,
    /// `rule`, `code` or `preset`.
    pub(crate) kind: &'static str,
    /// What a change that the rule finds means; none for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) impact: Option<Impact>,
    /// The plugin that has the rule; none for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plugin: Option<String>,
    /// What it means, in Markdown.
    pub(crate) explanation: String,
    /// What to do about it, in Markdown; empty where there is nothing to do.
    pub(crate) advice: String,
}

/// Something that was done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Done {
    /// What was done, one sentence each.
    pub(crate) done: Vec<String>,
    /// The next command to type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}
