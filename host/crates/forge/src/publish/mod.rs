//! One commit on a new branch. Nothing is seen from outside until the branch is there, and making it is the lock:
//! whoever comes second is told so.

mod gitea;
mod github;

use crate::call::Call;
use crate::client::Client;
use crate::{Change, ForgeError, Publication, Published, Slug, answers, repository};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn publish(
    client: &Client,
    repository: &Slug,
    publication: &Publication,
) -> Result<Published, ForgeError> {
    checked(publication)?;
    // Not needed to be right, but it saves every request after it when the work is done already.
    if let Some(head) = repository::branch(client, repository, &publication.branch)? {
        return Ok(Published::Existed(head));
    }
    if client.is_github() {
        github::publish(client, repository, publication)
    } else {
        gitea::publish(client, repository, publication)
    }
}

fn checked(publication: &Publication) -> Result<(), ForgeError> {
    let branch = &publication.branch;
    let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._/-".contains(c);
    let odd = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.ends_with('.') || part.ends_with(".lock")
    };
    if !branch.chars().all(usable) || branch.contains("..") || branch.split('/').any(odd) {
        return Err(ForgeError::Invalid(format!(
            "`{branch}` is no branch that we make: use `a-z`, `0-9`, `.`, `_`, `/` and `-`"
        )));
    }
    if publication.files.is_empty() {
        return Err(ForgeError::Invalid("there is nothing to commit".to_owned()));
    }
    let mut paths: Vec<&str> = publication.files.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    let inside =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.eq_ignore_ascii_case(".git");
    if let Some(path) = paths.iter().find(|path| !path.split('/').all(inside)) {
        return Err(ForgeError::Invalid(format!("`{path}` is no path of a file in a repository")));
    }
    match paths.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(ForgeError::Invalid(format!("`{}` is to be changed twice", pair[0]))),
        None => Ok(()),
    }
}

/// The base's files that the publication touches, by path; none where GitHub has more than it lists at once.
fn touched(
    client: &Client,
    repository: &Slug,
    publication: &Publication,
    tree: &str,
) -> Result<Option<BTreeMap<String, answers::TreeEntry>>, ForgeError> {
    let wanted: BTreeSet<&str> = publication.files.iter().map(|(path, _)| path.as_str()).collect();
    let (mut found, mut before) = (BTreeMap::new(), None);
    for page in 1..=MOST_PAGES {
        let call = Call::get(repository, &["git", "trees", tree]);
        // GitHub takes any text, and the others a truth value; theirs come in pages.
        let call = match client.is_github() {
            true => call.with("recursive", "1"),
            false => call.with("recursive", "true").with("page", &page.to_string()),
        };
        let part: answers::Tree = client.json(&call)?;
        // A forge that does not page gives the same again; what it left out is refused when it is written.
        let start = part.tree.first().map(|entry| entry.path.clone());
        let more = part.truncated && start.is_some() && start != before;
        before = start;
        let ours = part.tree.into_iter().filter(|entry| wanted.contains(entry.path.as_str()));
        found.extend(ours.map(|entry| (entry.path.clone(), entry)));
        if client.is_github() && more {
            return Ok(None);
        }
        if !more {
            return Ok(Some(found));
        }
    }
    Err(ForgeError::Unsupported(format!("{repository} has more files than can be listed")))
}

/// The most pages of a tree that are read; Gitea's have a thousand entries.
const MOST_PAGES: u32 = 500;

/// Whether any file is to be removed, for which the base must be known.
fn deletes(publication: &Publication) -> bool {
    publication.files.iter().any(|(_, change)| *change == Change::Delete)
}
