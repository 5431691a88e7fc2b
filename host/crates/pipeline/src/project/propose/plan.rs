//! What to do about a shape, decided from facts and nothing else.
//!
//! A shape is one state of a contract, on its way into one branch. Its pull requests live on
//! `countersign/<contract>/<digest12>`, and on `…-2`, `…-3` where an earlier one was merged and the base has left it
//! again, or was closed by us because another shape came between.

use super::body;
use countersign_forge::{CommitInfo, Pull, PullState};
use countersign_model::{Digest, Name};

/// What comes before every branch.
pub(crate) const PREFIX: &str = "countersign";

/// The line of a commit's message that says which shape it brings.
const SHAPE: &str = "Countersign-Shape: ";

/// The line of a commit's message that says which tree it had when it was made.
const TREE: &str = "Countersign-Tree: ";

/// One state of a contract on its way into a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The contract.
    pub(crate) contract: Name,
    /// The digest of the snapshot.
    pub(crate) digest: Digest,
    /// The branch that it goes into.
    pub(crate) base: String,
}

impl Shape {
    /// What all branches of the contract begin with.
    pub(crate) fn prefix(&self) -> String {
        format!("{PREFIX}/{}/", self.contract)
    }

    /// The branch of an attempt, from 1.
    pub(crate) fn branch(&self, attempt: usize) -> String {
        branch(&self.contract, &self.digest, attempt)
    }

    /// Whether a branch is one of this shape's.
    pub(crate) fn owns(&self, branch: &str) -> bool {
        let rest = branch.strip_prefix(&self.branch(1));
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok())
        })
    }

    /// The last lines of a commit's message.
    pub(crate) fn trailers(&self, tree: &str) -> String {
        format!("Countersign-Contract: {}\n{SHAPE}{}\n{TREE}{tree}\n", self.contract, self.digest)
    }
}

fn branch(contract: &Name, digest: &Digest, attempt: usize) -> String {
    let number = if attempt > 1 { format!("-{attempt}") } else { String::new() };
    format!("{PREFIX}/{contract}/{}{number}", digest.short())
}

/// The head of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The commit.
    pub(crate) sha: String,
    /// The shape that its message says it brings; none for somebody else's commit.
    pub(crate) shape: Option<String>,
    /// Whether it is as we made it.
    pub(crate) untouched: bool,
}

impl Head {
    /// What a commit says of itself.
    pub(crate) fn of(commit: &CommitInfo) -> Self {
        let last = |lead: &str| commit.message.lines().rev().find_map(|line| line.strip_prefix(lead));
        let shape = last(SHAPE).map(|shape| shape.trim().to_owned());
        let untouched = shape.is_some() && last(TREE).is_some_and(|tree| tree.trim() == commit.tree);
        Self { sha: commit.sha.clone(), shape, untouched }
    }
}

/// One branch of the shape, with everything that ever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The branch's name.
    pub(crate) branch: String,
    /// Its head; none where there is no such branch.
    pub(crate) head: Option<Head>,
    /// Its pull requests, newest first.
    pub(crate) pulls: Vec<Pull>,
}

/// What the source says now, where the document is not the source's newest for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Latest {
    /// The document.
    This,
    /// Another one, with this digest.
    Other(Digest),
    /// It could not be asked.
    Unknown,
}

/// Everything that a decision is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The shape's branches, up to the first that never was; never empty.
    pub(crate) attempts: Vec<Attempt>,
    /// The digest of the base's record.
    pub(crate) base: Option<Digest>,
    /// What the source says now.
    pub(crate) latest: Latest,
    /// Open pull requests of other shapes of the contract, newest first.
    pub(crate) others: Vec<Pull>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Make the branch with the commit.
    Publish {
        /// The branch.
        branch: String,
        /// Whether an earlier attempt is behind us.
        again: bool,
    },
    /// The branch is there and nobody asked for it to be merged.
    Open {
        /// The branch.
        branch: String,
    },
    /// There is an open pull request; these are all of the branch, oldest first.
    Leave(Vec<Pull>),
    /// It was merged, and the base still holds it.
    Done(Pull),
    /// It was closed by somebody.
    Declined(Pull),
    /// The branch is somebody else's.
    Occupied {
        /// The branch.
        branch: String,
    },
    /// The source has moved on, and what it says now is here already.
    Overtaken,
    /// There are too many branches of this shape.
    Exhausted,
}

/// Decide.
pub(crate) fn decide(shape: &Shape, facts: &Facts) -> Decision {
    let decision = facts.attempts.iter().find_map(|attempt| of_attempt(shape, facts, attempt));
    let decision = decision.unwrap_or(Decision::Exhausted);
    let brings_it = matches!(decision, Decision::Publish { .. } | Decision::Open { .. });
    if brings_it && is_overtaken(shape, facts) { Decision::Overtaken } else { decision }
}

/// What an attempt says; none where it is behind us.
fn of_attempt(shape: &Shape, facts: &Facts, attempt: &Attempt) -> Option<Decision> {
    let in_state = |state| attempt.pulls.iter().filter(move |pull| pull.state == state);
    let mut open: Vec<Pull> = in_state(PullState::Open).cloned().collect();
    if !open.is_empty() {
        open.sort_by_key(|pull| pull.number);
        return Some(Decision::Leave(open));
    }
    if let Some(declined) = in_state(PullState::Closed).find(|pull| !body::is_superseded(&pull.body)) {
        let merged_after = in_state(PullState::Merged).any(|merged| merged.number > declined.number);
        if !merged_after {
            return Some(Decision::Declined(declined.clone()));
        }
    }
    if let Some(merged) = in_state(PullState::Merged).next() {
        return (facts.base == Some(shape.digest)).then(|| Decision::Done(merged.clone()));
    }
    // What we closed ourselves, because another shape came between, was no answer of anybody's.
    if !attempt.pulls.is_empty() {
        return None;
    }
    let branch = attempt.branch.clone();
    Some(match &attempt.head {
        None => Decision::Publish { again: branch != shape.branch(1), branch },
        Some(head) if head.shape.as_deref() == Some(&shape.digest.to_string()) => Decision::Open { branch },
        Some(_) => Decision::Occupied { branch },
    })
}

/// Whether the source says something else now, and that is here already: merged, or on its way.
fn is_overtaken(shape: &Shape, facts: &Facts) -> bool {
    let Latest::Other(latest) = facts.latest else { return false };
    let newest = branch(&shape.contract, &latest, 1);
    facts.base == Some(latest) || facts.others.iter().any(|pull| pull.head.starts_with(&newest))
}

/// The pull requests that the shape takes the place of: those of older shapes that we opened, and that would go
/// into the same branch. `own` is the shape's own pull request; what was opened after it is newer, whatever we think.
pub(crate) fn superseded<'a>(shape: &Shape, facts: &'a Facts, own: Option<u64>) -> Vec<&'a Pull> {
    if facts.latest != Latest::This {
        return Vec::new();
    }
    let is_older = |pull: &&Pull| {
        pull.base == shape.base
            && own.is_none_or(|own| pull.number < own)
            && body::is_of(&pull.body, &shape.contract)
    };
    facts.others.iter().filter(is_older).collect()
}
