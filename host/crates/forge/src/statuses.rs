//! Commit statuses.

use crate::call::Call;
use crate::client::Client;
use crate::settle::settle;
use crate::{ForgeError, Slug, StateOfStatus, Status, answers, pages};
use serde_json::json;
use std::collections::BTreeSet;

type Answer<T> = Result<T, ForgeError>;

/// The longest description that GitHub takes, in characters.
const LONGEST: usize = 140;

pub(crate) fn of(client: &Client, repository: &Slug, sha: &str) -> Answer<Vec<Status>> {
    let call = Call::get(repository, &["commits", sha, "statuses"]);
    let all: Vec<answers::CommitStatus> = pages::all(client, call, None)?;
    let mut seen = BTreeSet::new();
    // Newest first, so the first of a context is the one that counts.
    let all = all.into_iter().map(answers::CommitStatus::known);
    Ok(all.filter(|status| seen.insert(status.context.clone())).collect())
}

pub(crate) fn set(client: &Client, repository: &Slug, sha: &str, status: &Status) -> Answer<()> {
    let wanted = Status { description: one_line(&status.description), ..status.clone() };
    // A commit takes a thousand statuses of one context, so the same one is not set twice.
    let there = || Ok(of(client, repository, sha)?.contains(&wanted).then_some(()));
    if there()?.is_some() {
        return Ok(());
    }
    let body = json!({
        "context": wanted.context,
        "state": name(wanted.state),
        "description": wanted.description,
        "target_url": wanted.target_url,
    });
    match client.write(&Call::post(repository, &["statuses", sha], body)) {
        Ok(_) => Ok(()),
        Err(open @ ForgeError::Unknown { .. }) => settle(open, there),
        Err(error) => Err(error),
    }
}

fn name(state: StateOfStatus) -> &'static str {
    match state {
        StateOfStatus::Success => "success",
        StateOfStatus::Failure => "failure",
        StateOfStatus::Error => "error",
        StateOfStatus::Pending => "pending",
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None => line,
        Some(_) => line.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_line_of_at_most_140_characters() {
        assert_eq!(one_line("two\nlines"), "two lines");
        assert_eq!(one_line(&"ü".repeat(140)).chars().count(), 140);
        assert!(one_line(&"ü".repeat(141)).ends_with("ü…"));
    }
}
