//! By one change of files, which makes the commit and the branch together. It names the file that each change
//! replaces, so one that has changed meanwhile is not overwritten.

use crate::call::Call;
use crate::client::Client;
use crate::settle::settle;
use crate::{Change, ForgeError, Publication, Published, Slug, answers, repository};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

type Answer<T> = Result<T, ForgeError>;

/// The mode of a file that may be executed.
const EXECUTABLE: &str = "100755";

pub(crate) fn publish(client: &Client, repository: &Slug, publication: &Publication) -> Answer<Published> {
    let (branch, base) = (&publication.branch, &publication.base);
    if repository::branch(client, repository, &publication.base_branch)?.as_ref() != Some(base) {
        let base_branch = &publication.base_branch;
        return Err(ForgeError::Invalid(format!(
            "the branch `{base_branch}` of {repository} is no longer at {base}"
        )));
    }
    let known = super::touched(client, repository, publication, base)?.unwrap_or_default();
    let mut files = Vec::new();
    for (path, change) in &publication.files {
        files.extend(operation(path, change, known.get(path))?);
    }
    let body = json!({
        "branch": publication.base_branch,
        "new_branch": branch,
        "message": publication.message,
        "files": files,
    });
    let call = Call::post(repository, &["contents"], body);
    let standing = || standing(client, repository, publication);
    match client.write(&call) {
        Ok(reply) => match client.parsed::<answers::FilesChanged>(&call, &reply) {
            Ok(changed) => Ok(Published::Created(changed.commit.sha)),
            Err(_) => settle(crate::settle::unsaid(call.what()), standing),
        },
        Err(open @ ForgeError::Unknown { .. }) => settle(open, standing),
        Err(refused @ ForgeError::Refused { .. }) => match repository::branch(client, repository, branch)? {
            Some(head) => Ok(Published::Existed(head)),
            None => Err(repository::in_the_way(client, repository, branch)?.unwrap_or(refused)),
        },
        Err(error) => Err(error),
    }
}

/// One file's change; none where it is gone already.
fn operation(path: &str, change: &Change, known: Option<&answers::TreeEntry>) -> Answer<Option<Value>> {
    let Change::Write { content, executable } = change else {
        return Ok(known.map(|known| json!({ "operation": "delete", "path": path, "sha": known.sha })));
    };
    if *executable != known.is_some_and(|known| known.mode == EXECUTABLE) {
        return Err(ForgeError::Unsupported(format!(
            "Gitea's API cannot change whether `{path}` may be executed: commit that with Git first"
        )));
    }
    let content = STANDARD.encode(content);
    Ok(Some(match known {
        Some(known) => json!({ "operation": "update", "path": path, "content": content, "sha": known.sha }),
        None => json!({ "operation": "create", "path": path, "content": content }),
    }))
}

/// How the branch stands after an answer that was lost: it is ours where its commit says what ours says.
fn standing(client: &Client, repository: &Slug, publication: &Publication) -> Answer<Option<Published>> {
    let Some(head) = repository::branch(client, repository, &publication.branch)? else { return Ok(None) };
    let commit = repository::commit(client, repository, &head)?;
    let ours = commit.is_some_and(|commit| {
        commit.parents == [publication.base.clone()] && commit.message.trim() == publication.message.trim()
    });
    Ok(Some(if ours { Published::Created(head) } else { Published::Existed(head) }))
}
