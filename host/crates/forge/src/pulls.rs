//! Pull requests.

use crate::call::Call;
use crate::client::Client;
use crate::settle::{settle, unsaid};
use crate::{ForgeError, NewPull, Pull, PullState, PullUpdate, Slug, answers, pages, repository};
use serde_json::{Map, Value, json};
use std::thread::sleep;
use std::time::Duration;

type Answer<T> = Result<T, ForgeError>;

/// The pauses while GitHub's replicas learn of a branch that was just made.
const REPLICATION: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// The pull requests of a list whose head is a branch of the repository itself, newest first.
fn own(client: &Client, call: Call, repository: &Slug, wanted: impl Fn(&str) -> bool) -> Answer<Vec<Pull>> {
    let asked = repository.to_string();
    let all: Vec<answers::PullRequest> = pages::all(client, call, None)?;
    // GitHub's filter by head lets forks through, and Gitea has none.
    let ours = all.into_iter().filter(|pull| pull.is_own(&asked) && wanted(pull.head()));
    Ok(newest_first(ours))
}

fn newest_first(pulls: impl Iterator<Item = answers::PullRequest>) -> Vec<Pull> {
    let mut pulls: Vec<Pull> = pulls.map(answers::PullRequest::known).collect();
    pulls.sort_by_key(|pull| std::cmp::Reverse(pull.number));
    pulls
}

pub(crate) fn of_branch(client: &Client, repository: &Slug, branch: &str) -> Answer<Vec<Pull>> {
    let call = Call::get(repository, &["pulls"]).with("state", "all");
    let call = match client.is_github() {
        true => call.with("head", &format!("{}:{branch}", repository.owner)),
        false => call,
    };
    own(client, call, repository, |head| head == branch)
}

pub(crate) fn open(client: &Client, repository: &Slug, prefix: &str) -> Answer<Vec<Pull>> {
    let call = Call::get(repository, &["pulls"]).with("state", "open");
    own(client, call, repository, |head| head.starts_with(prefix))
}

pub(crate) fn of_commit(client: &Client, repository: &Slug, sha: &str) -> Answer<Vec<Pull>> {
    if client.is_github() {
        let call = Call::get(repository, &["commits", sha, "pulls"]);
        return Ok(newest_first(pages::all(client, call, None)?.into_iter()));
    }
    let pull = client.json_if_any(&Call::get(repository, &["commits", sha, "pull"]))?;
    Ok(newest_first(pull.into_iter()))
}

pub(crate) fn create(client: &Client, repository: &Slug, pull: &NewPull) -> Answer<Pull> {
    let (mut draft, mut pauses) = (pull.draft, REPLICATION.iter());
    let there = || standing(client, repository, pull);
    let made = loop {
        let call = Call::post(repository, &["pulls"], body(client, pull, draft));
        let refused = match client.write(&call) {
            Ok(reply) => match client.parsed::<answers::PullRequest>(&call, &reply) {
                Ok(made) => break made.known(),
                Err(_) => return settle(unsaid(call.what()), there),
            },
            Err(open @ ForgeError::Unknown { .. }) => return settle(open, there),
            Err(refused @ ForgeError::Refused { .. }) => refused,
            Err(error) => return Err(error),
        };
        if let Some(other) = there()? {
            return Ok(other);
        }
        // Each of these is certain to have made nothing, so that the request may go out again.
        if draft && says(&refused, "draft") {
            draft = false;
        } else if says(&refused, "head invalid")
            && repository::branch(client, repository, &pull.head)?.is_some()
            && let Some(pause) = pauses.next()
        {
            sleep(*pause);
        } else {
            return Err(refused);
        }
    };
    label(client, repository, made.number, &pull.labels);
    Ok(made)
}

fn body(client: &Client, pull: &NewPull, draft: bool) -> Value {
    let NewPull { title, body, head, base, .. } = pull;
    if client.is_github() {
        return json!({ "title": title, "body": body, "head": head, "base": base, "draft": draft });
    }
    // Gitea knows a draft by its title.
    let title = if draft { format!("WIP: {title}") } else { title.clone() };
    json!({ "title": title, "body": body, "head": head, "base": base })
}

fn says(refused: &ForgeError, text: &str) -> bool {
    matches!(refused, ForgeError::Refused { message, .. } if message.to_lowercase().contains(text))
}

/// The open pull request for the same branches, if there is one.
fn standing(client: &Client, repository: &Slug, pull: &NewPull) -> Answer<Option<Pull>> {
    let all = of_branch(client, repository, &pull.head)?;
    Ok(all.into_iter().find(|other| other.state == PullState::Open && other.base == pull.base))
}

/// Labels are decoration: whatever becomes of them, the pull request is there.
fn label(client: &Client, repository: &Slug, number: u64, labels: &[String]) {
    if labels.is_empty() {
        return;
    }
    let wanted = if client.is_github() { json!(labels) } else { json!(numbers(client, repository, labels)) };
    let segments = ["issues", &number.to_string(), "labels"];
    let _ = client.write(&Call::post(repository, &segments, json!({ "labels": wanted })));
}

/// Gitea's labels by number; those that it does not have are left out.
fn numbers(client: &Client, repository: &Slug, labels: &[String]) -> Vec<u64> {
    let known: Answer<Vec<answers::Label>> = pages::all(client, Call::get(repository, &["labels"]), None);
    let known = known.unwrap_or_default().into_iter();
    known.filter(|label| labels.contains(&label.name)).map(|label| label.id).collect()
}

pub(crate) fn update(client: &Client, repository: &Slug, number: u64, update: &PullUpdate) -> Answer<()> {
    let mut body = Map::new();
    body.extend(update.title.iter().map(|title| ("title".to_owned(), json!(title))));
    body.extend(update.body.iter().map(|text| ("body".to_owned(), json!(text))));
    if update.close {
        body.insert("state".to_owned(), json!("closed"));
    }
    if body.is_empty() {
        return Ok(());
    }
    let segments = ["pulls", &number.to_string()];
    match client.write(&Call::patch(repository, &segments, Value::Object(body))) {
        Ok(_) => Ok(()),
        Err(open @ ForgeError::Unknown { .. }) => settle(open, || {
            let pull: answers::PullRequest = client.json(&Call::get(repository, &segments))?;
            Ok(shows(&pull.known(), update).then_some(()))
        }),
        Err(error) => Err(error),
    }
}

/// Whether a pull request is as an update would have it.
fn shows(pull: &Pull, update: &PullUpdate) -> bool {
    update.title.as_ref().is_none_or(|title| *title == pull.title)
        && update.body.as_ref().is_none_or(|body| crate::comments::same_text(body, &pull.body))
        && (!update.close || pull.state != PullState::Open)
}
