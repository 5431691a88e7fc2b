//! Reads from the forge what a decision is made from.

use super::forge::ProposeForge;
use super::plan::{Attempt, Facts, Head, Latest, Shape};
use countersign_forge::{ForgeError, PullState};
use countersign_model::Digest;

/// How many branches of one shape there may be.
const MOST_ATTEMPTS: usize = 50;

/// Read everything. Reads only.
pub(crate) fn read(
    forge: &dyn ProposeForge,
    shape: &Shape,
    base: Option<Digest>,
    latest: &Latest,
) -> Result<Facts, ForgeError> {
    let mut attempts = Vec::new();
    for number in 1..=MOST_ATTEMPTS {
        let attempt = attempt(forge, shape.branch(number))?;
        let is_free = attempt.head.is_none() && attempt.pulls.is_empty();
        // An earlier one that is still open, or was declined, decides; later ones are asked for all the same where
        // it is neither.
        let is_over = attempt.pulls.iter().any(|pull| pull.state == PullState::Open);
        attempts.push(attempt);
        if is_free || is_over {
            break;
        }
    }
    let mut others = forge.open_pulls(&shape.prefix())?;
    others.retain(|pull| !shape.owns(&pull.head));
    Ok(Facts { attempts, base, latest: latest.clone(), others })
}

fn attempt(forge: &dyn ProposeForge, branch: String) -> Result<Attempt, ForgeError> {
    let head = head(forge, &branch)?;
    // Asked after the branch: whoever opens the pull request makes the branch first.
    let pulls = forge.pulls_of_branch(&branch)?;
    Ok(Attempt { branch, head, pulls })
}

/// The head of a branch; none where there is no such branch.
pub(crate) fn head(forge: &dyn ProposeForge, branch: &str) -> Result<Option<Head>, ForgeError> {
    let Some(sha) = forge.branch(branch)? else { return Ok(None) };
    let commit = forge.commit(&sha)?;
    // A commit that cannot be read is not known to be ours.
    Ok(Some(commit.map_or(Head { sha, shape: None, untouched: false }, |commit| Head::of(&commit))))
}
