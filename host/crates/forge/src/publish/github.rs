//! By git data: blobs for what is binary or large, trees, a commit, a reference. Objects that nothing refers to are
//! seen by nobody, so one whose answer was lost is no open write: publishing may be tried again from the start.

use crate::call::Call;
use crate::client::Client;
use crate::settle::settle;
use crate::{Change, ForgeError, Publication, Published, Slug, answers, repository};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::thread::sleep;
use std::time::Duration;

type Answer<T> = Result<T, ForgeError>;

/// The largest file that is written into the request for the tree, which saves one for a blob.
const INLINE: usize = 256 << 10;
/// What one request for a tree carries at most: entries, and bytes of files.
const ENTRIES: usize = 1_000;
const BYTES: usize = 4 << 20;
/// The pauses while GitHub's replicas learn of a commit that was just made.
const REPLICATION: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(3)];

pub(crate) fn publish(client: &Client, repository: &Slug, publication: &Publication) -> Answer<Published> {
    let base = repository::commit(client, repository, &publication.base)?;
    let missing = || ForgeError::Invalid(format!("there is no commit {} in {repository}", publication.base));
    let tree = tree(client, repository, publication, base.ok_or_else(missing)?.tree)?;
    // Without an author, so that GitHub signs what an App commits.
    let body = json!({ "message": publication.message, "tree": tree, "parents": [publication.base] });
    let commit = object(client, &Call::post(repository, &["git", "commits"], body))?;
    reference(client, repository, publication, &commit)
}

/// The tree with every change, made in as many steps as its size needs.
fn tree(client: &Client, repository: &Slug, publication: &Publication, base: String) -> Answer<String> {
    let known = match super::deletes(publication) {
        true => super::touched(client, repository, publication, &base)?,
        false => None,
    };
    // GitHub refuses to remove what is not there.
    let needed = |path: &str| known.as_ref().is_none_or(|known| known.contains_key(path));
    let (mut tree, mut entries, mut bytes) = (base, Vec::new(), 0);
    for (path, change) in &publication.files {
        if *change == Change::Delete && !needed(path) {
            continue;
        }
        let (entry, size) = entry(client, repository, path, change)?;
        if entries.len() == ENTRIES || bytes + size > BYTES {
            tree = step(client, repository, &tree, &std::mem::take(&mut entries))?;
            bytes = 0;
        }
        entries.push(entry);
        bytes += size;
    }
    if entries.is_empty() { Ok(tree) } else { step(client, repository, &tree, &entries) }
}

fn step(client: &Client, repository: &Slug, base: &str, entries: &[Value]) -> Answer<String> {
    let body = json!({ "base_tree": base, "tree": entries });
    object(client, &Call::post(repository, &["git", "trees"], body))
}

/// A tree's entry, and how many bytes of the file it carries.
fn entry(client: &Client, repository: &Slug, path: &str, change: &Change) -> Answer<(Value, usize)> {
    let Change::Write { content, executable } = change else {
        return Ok((json!({ "path": path, "mode": "100644", "type": "blob", "sha": null }), 0));
    };
    let mode = if *executable { "100755" } else { "100644" };
    if let Some(text) = inline(content) {
        return Ok((json!({ "path": path, "mode": mode, "type": "blob", "content": text }), text.len()));
    }
    let body = json!({ "content": STANDARD.encode(content), "encoding": "base64" });
    let blob = object(client, &Call::post(repository, &["git", "blobs"], body))?;
    Ok((json!({ "path": path, "mode": mode, "type": "blob", "sha": blob }), 0))
}

fn inline(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok()?;
    (text.len() <= INLINE && !text.contains('\0')).then_some(text)
}

/// Make an object, and tell its name.
fn object(client: &Client, call: &Call) -> Answer<String> {
    let unseen = || ForgeError::Unavailable { what: call.what(), status: 0 };
    let reply = match client.write(call) {
        Err(ForgeError::Unknown { .. }) => return Err(unseen()),
        answer => answer?,
    };
    client.parsed::<answers::Object>(call, &reply).map(|object| object.sha).map_err(|_| unseen())
}

fn reference(
    client: &Client,
    repository: &Slug,
    publication: &Publication,
    commit: &str,
) -> Answer<Published> {
    let branch = &publication.branch;
    let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": commit });
    let call = Call::post(repository, &["git", "refs"], body);
    let mut pauses = REPLICATION.iter();
    loop {
        let refused = match client.write(&call) {
            Ok(_) => return Ok(Published::Created(commit.to_owned())),
            Err(open @ ForgeError::Unknown { .. }) => {
                return settle(open, || standing(client, repository, branch, commit));
            }
            Err(refused @ ForgeError::Refused { .. }) => refused,
            Err(error) => return Err(error),
        };
        if let Some(head) = repository::branch(client, repository, branch)? {
            return Ok(Published::Existed(head));
        }
        if let Some(error) = repository::in_the_way(client, repository, branch)? {
            return Err(error);
        }
        match pauses.next().filter(|_| lagging(&refused)) {
            Some(pause) => sleep(*pause),
            None => return Err(refused),
        }
    }
}

/// How the branch stands after an answer that was lost.
fn standing(client: &Client, repository: &Slug, branch: &str, commit: &str) -> Answer<Option<Published>> {
    let head = repository::branch(client, repository, branch)?;
    Ok(head.map(|head| if head == commit { Published::Created(head) } else { Published::Existed(head) }))
}

/// Whether GitHub says of an object that it has just named that there is none.
fn lagging(refused: &ForgeError) -> bool {
    matches!(refused, ForgeError::Refused { status: 422, message, .. } if message.to_lowercase().contains("does not exist"))
}
