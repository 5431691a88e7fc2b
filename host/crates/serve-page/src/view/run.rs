use super::Link;
use countersign_model::Verdict;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What made a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A forge delivered a push.
    Push,
    /// Somebody sent a dispatch.
    Dispatch,
    /// We found a branch's head moved, which no delivery told.
    Reconcile,
    /// Somebody asked for a run again.
    Replay,
}

impl Cause {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Dispatch => "dispatch",
            Self::Reconcile => "reconcile",
            Self::Replay => "replay",
        }
    }
}

/// What made a run, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    /// Why, each reason once.
    pub causes: Vec<Cause>,
    /// The deliveries that the run answers, the first one first; coalesced ones are all here.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub deliveries: Vec<String>,
    /// Who pushed, or asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub branch: Option<String>,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
    /// The run that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replay_of: Option<String>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It waits for its turn.
    Queued,
    /// It runs.
    Running,
    /// It failed in a way that may pass, and waits for its next attempt.
    Retrying,
    /// It came to its end. The verdict says what it found.
    Done,
    /// It is not tried again unless a person asks for it.
    Dead,
}

impl RunState {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// The node that it is of.
    pub node: String,
    /// What made it.
    pub trigger: Trigger,
    /// How far it has come.
    pub state: RunState,
    /// What it found; none before it is done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<Verdict>,
    /// What it found or failed with, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub summary: Option<String>,
    /// Which attempt this is, counted from 1; 0 before the first.
    pub attempt: u32,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// When the last attempt began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started_at: Option<Timestamp>,
    /// When the last attempt ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finished_at: Option<Timestamp>,
    /// When the next attempt begins.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_attempt_at: Option<Timestamp>,
}

/// A run with its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunPage {
    /// The run.
    pub run: RunRow,
    /// What it did outside.
    pub effects: Vec<Effect>,
    /// What it said, the oldest first.
    pub log: Vec<LogLine>,
    /// How many lines were dropped from the middle of the log, since it was too long to keep.
    #[serde(default)]
    pub log_dropped: u64,
}

/// How much a line of a log matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// It tells what happens.
    #[default]
    Info,
    /// Something is not as it should be.
    Warning,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    /// When it was said, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<Timestamp>,
    /// How much it matters.
    #[serde(default)]
    pub level: LogLevel,
    /// What was said.
    pub text: String,
}

impl LogLine {
    /// The lines of a log that is kept as text. A line may begin with its time (RFC 3339), and then, or at once, with
    /// `error:` or `warning:`, as our command line writes them.
    pub fn of_text(log: &str) -> Vec<Self> {
        log.lines().map(Self::of_line).collect()
    }

    fn of_line(line: &str) -> Self {
        let timed = line.split_once(' ').and_then(|(at, text)| Some((at.parse().ok()?, text)));
        let (at, text) = timed.map_or((None, line), |(at, text)| (Some(at), text));
        let level = match text.trim_start().split_once(':') {
            Some(("error", _)) => LogLevel::Error,
            Some(("warning", _)) => LogLevel::Warning,
            _ => LogLevel::Info,
        };
        Self { at, level, text: text.to_owned() }
    }
}

/// What became of something that a run did outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// It is done.
    Done,
    /// It had been done before, and was left alone.
    Unchanged,
    /// It waits: for a limit, say.
    Waiting,
    /// It failed.
    Failed,
    /// Nobody knows whether it was done.
    Unknown,
}

impl EffectState {
    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that a run did outside: a pull request, a message, a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// What was done, as a sentence or a word.
    pub text: String,
    /// Where it went: a repository, a room.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<String>,
    /// What became of it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<EffectState>,
    /// What more there is to say of it, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Where it can be seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<Link>,
}

impl Effect {
    /// An effect of which only a sentence is known.
    pub fn told(text: impl Into<String>) -> Self {
        Self { text: text.into(), target: None, state: None, note: None, link: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_text_keeps_its_lines_and_finds_times_and_failures() {
        let log = "2026-11-21T22:12:50.185Z error: no\n  warning: x\nplain: error: y\n\n2026 z\n";
        let lines = LogLine::of_text(log);
        let shown: Vec<_> =
            lines.iter().map(|line| (line.at.is_some(), line.level, line.text.as_str())).collect();
        let (info, warning, error) = (LogLevel::Info, LogLevel::Warning, LogLevel::Error);
        assert_eq!(
            shown,
            [
                (true, error, "error: no"),
                (false, warning, "  warning: x"),
                (false, info, "plain: error: y"),
                (false, info, ""),
                (false, info, "2026 z"),
            ]
        );
    }
}
