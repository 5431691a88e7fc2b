//! What is said of pushes, and how often: lines that absorb one another, and the pace of a room.

use crate::store::{Arrival, Budget};
use crate::time::Time;
use crate::work::Source;
use countersign_model::PushLine;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// So many authors of one line are told apart.
const AUTHORS: usize = 100;

/// What is to be said of one branch of one repository, as it grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) repository: String,
    pub(crate) branch: String,
    source: Source,
    web: Option<String>,
    authors: Vec<String>,
    pushes: u32,
    commits: Option<u32>,
    before: Option<String>,
    after: Option<String>,
    /// The first delivery that it tells of.
    first: String,
}

impl Line {
    pub(crate) fn of(arrival: &Arrival) -> Self {
        Self {
            repository: arrival.repository.clone().unwrap_or_default(),
            branch: arrival.branch.clone().unwrap_or_default(),
            source: arrival.source,
            web: arrival.web.clone(),
            authors: arrival.author.clone().into_iter().collect(),
            pushes: 1,
            commits: arrival.commits,
            before: arrival.before.clone(),
            after: arrival.after.clone(),
            first: arrival.id.clone(),
        }
    }

    pub(crate) fn is_about_the_same(&self, other: &Self) -> bool {
        self.repository == other.repository && self.branch == other.branch
    }

    /// Takes in what was pushed later.
    pub(crate) fn absorb(&mut self, later: &Self) {
        for author in &later.authors {
            if !self.authors.contains(author) && self.authors.len() < AUTHORS {
                self.authors.push(author.clone());
            }
        }
        self.pushes = self.pushes.saturating_add(later.pushes);
        self.commits = match (self.commits, later.commits) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        self.after = later.after.clone().or_else(|| self.after.take());
    }

    pub(crate) fn shown(&self) -> PushLine {
        PushLine {
            repository: self.repository.clone(),
            branch: self.branch.clone(),
            author: self.authors.first().cloned().unwrap_or_else(|| "somebody".into()),
            others: u32::try_from(self.authors.len().saturating_sub(1)).unwrap_or(u32::MAX),
            pushes: self.pushes,
            commits: self.commits,
            link: self.link(),
        }
    }

    /// Where the change can be read: the configured address and names of commits, nothing that a payload calls a link.
    fn link(&self) -> Option<String> {
        let web = self.web.as_deref()?;
        let pages = if self.source == Source::Gitlab { "/-" } else { "" };
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => Some(format!("{web}{pages}/compare/{before}...{after}")),
            (None, Some(after)) => Some(format!("{web}{pages}/commit/{after}")),
            (_, None) => None,
        }
    }
}

/// Names one sending for good.
pub(crate) fn transaction(channel: &str, now: Time, lines: &[Line]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{channel}\n{}\n", now.0));
    for line in lines {
        digest.update(format!("{}\n", line.first));
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// How long a room rests after a message, by what is left of its budget. The first is sent at once; the more were
/// sent lately, the longer pushes gather for the next, so that a burst of many repositories ends before the budget.
pub(crate) fn pace(tokens: f64, budget: Budget) -> Duration {
    let spent = (1.0 - tokens / f64::from(budget.burst.max(1))).clamp(0.0, 1.0);
    Duration::from_millis((spent * 1000.0) as u64)
}
