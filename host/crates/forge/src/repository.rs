//! A repository, its branches, commits and files.

use crate::call::Call;
use crate::client::{Client, found};
use crate::settle::settle;
use crate::{BranchCreated, CommitInfo, ForgeError, RepositoryInfo, Slug, answers, pages};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

type Answer<T> = Result<T, ForgeError>;

/// The commits of a folder's listing are no bytes of a file; GitHub answers with one where a folder is asked for.
const RAW: &str = "application/vnd.github.raw+json";

pub(crate) fn repository(client: &Client, repository: &Slug) -> Answer<RepositoryInfo> {
    let call = Call::get(repository, &[]);
    let reply = client.read(&call)?;
    info(&call, client.parsed(&call, &reply)?)
}

/// What is known of a repository whose answer has the one field that matters.
pub(crate) fn info(call: &Call, repository: answers::Repository) -> Answer<RepositoryInfo> {
    let nameless = || ForgeError::Malformed { what: call.what(), why: "it has no `full_name`".to_owned() };
    repository.known().ok_or_else(nameless)
}

pub(crate) fn commit(client: &Client, repository: &Slug, sha: &str) -> Answer<Option<CommitInfo>> {
    let call = Call::get(repository, &["git", "commits", sha]);
    let treeless = || ForgeError::Malformed { what: call.what(), why: "it has no `tree`".to_owned() };
    let commit: Option<answers::Commit> = client.json_if_any(&call)?;
    commit.map(|commit| commit.known().ok_or_else(treeless)).transpose()
}

pub(crate) fn branch(client: &Client, repository: &Slug, branch: &str) -> Answer<Option<String>> {
    if client.is_github() {
        let call = Call::get(repository, &["git", "ref", &format!("heads/{branch}")]);
        let reference: Option<answers::Reference> = client.json_if_any(&call)?;
        return Ok(reference.map(|reference| reference.object.sha));
    }
    let found: Option<answers::Branch> = client.json_if_any(&Call::get(repository, &["branches", branch]))?;
    Ok(found.map(|branch| branch.commit.sha))
}

pub(crate) fn branches(client: &Client, repository: &Slug, prefix: &str) -> Answer<Vec<(String, String)>> {
    let all = if client.is_github() {
        matching(client, repository, prefix)?
    } else {
        let all: Vec<answers::Branch> = pages::all(client, Call::get(repository, &["branches"]), None)?;
        all.into_iter().map(|branch| (branch.name, branch.commit.sha)).collect()
    };
    let mut branches: Vec<_> = all.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect();
    branches.sort();
    Ok(branches)
}

fn matching(client: &Client, repository: &Slug, prefix: &str) -> Answer<Vec<(String, String)>> {
    let call = Call::get(repository, &["git", "matching-refs", &format!("heads/{prefix}")]);
    let references: Vec<answers::Reference> = pages::all(client, call, None)?;
    let name = |reference: &answers::Reference| reference.name.strip_prefix("refs/heads/").map(str::to_owned);
    Ok(references.into_iter().filter_map(|each| Some((name(&each)?, each.object.sha))).collect())
}

pub(crate) fn file(
    client: &Client,
    repository: &Slug,
    path: &str,
    revision: &str,
) -> Answer<Option<Vec<u8>>> {
    let call = if client.is_github() {
        Call::get(repository, &["contents", path]).accepting(RAW)
    } else {
        Call::get(repository, &["raw", path])
    };
    let call = call.with("ref", revision);
    let Some(reply) = found(client.read(&call))? else {
        // GitHub says the same of a file that is missing and of a repository that must not be seen.
        self::repository(client, repository)?;
        return Ok(None);
    };
    let json = reply.header("content-type").is_some_and(|media| media.starts_with("application/json"));
    let bytes = reply.body.unwrap_or_default(); // A read without its body never comes this far.
    if client.is_github() && json { unwrapped(&call, bytes).map(Some) } else { Ok(Some(bytes)) }
}

/// The bytes of a file from a server that does not know the raw media type and answers with an object.
fn unwrapped(call: &Call, bytes: Vec<u8>) -> Answer<Vec<u8>> {
    let entry =
        |value: &Value| value["type"].is_string() && value["sha"].is_string() && value["path"].is_string();
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { return Ok(bytes) };
    if value.as_array().is_some_and(|entries| !entries.is_empty() && entries.iter().all(entry)) {
        return Err(ForgeError::Refused {
            what: call.what(),
            status: 200,
            message: "it is a folder".to_owned(),
        });
    }
    if !entry(&value) {
        return Ok(bytes);
    }
    match serde_json::from_value::<answers::Content>(value) {
        Ok(content) if content.encoding == "base64" => {
            let packed: String = content.content.split_ascii_whitespace().collect();
            let why =
                |_| ForgeError::Malformed { what: call.what(), why: "its content is no base64".to_owned() };
            STANDARD.decode(packed).map_err(why)
        }
        Ok(_) | Err(_) => Ok(bytes),
    }
}

pub(crate) fn create_branch(
    client: &Client,
    repository: &Slug,
    branch: &str,
    sha: &str,
) -> Answer<BranchCreated> {
    let call = if client.is_github() {
        let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": sha });
        Call::post(repository, &["git", "refs"], body)
    } else {
        let body = json!({ "new_branch_name": branch, "old_ref_name": sha });
        Call::post(repository, &["branches"], body)
    };
    match client.write(&call) {
        Ok(_) => Ok(BranchCreated::Created),
        Err(open @ ForgeError::Unknown { .. }) => settle(open, || {
            let head = self::branch(client, repository, branch)?;
            Ok(head.map(|head| if head == sha { BranchCreated::Created } else { BranchCreated::Existed }))
        }),
        Err(refused @ ForgeError::Refused { .. }) => match self::branch(client, repository, branch)? {
            Some(_) => Ok(BranchCreated::Existed),
            None => Err(in_the_way(client, repository, branch)?.unwrap_or(refused)),
        },
        Err(error) => Err(error),
    }
}

/// The error for a branch that another one makes impossible: Git keeps branches as files, so that `a` and `a/b`
/// cannot both be.
pub(crate) fn in_the_way(client: &Client, repository: &Slug, wanted: &str) -> Answer<Option<ForgeError>> {
    let above = wanted.match_indices('/').map(|(end, _)| wanted[..end].to_owned());
    let mut others = Vec::new();
    for name in above {
        if branch(client, repository, &name)?.is_some() {
            others.push(name);
        }
    }
    others.extend(branches(client, repository, &format!("{wanted}/"))?.into_iter().map(|(name, _)| name));
    Ok(others.first().map(|other| {
        ForgeError::Invalid(format!(
            "the branch `{wanted}` cannot be made in {repository} while there is a branch `{other}`: rename that one"
        ))
    }))
}

pub(crate) fn delete_branch(client: &Client, repository: &Slug, branch: &str, expected: &str) -> Answer<()> {
    let call = if client.is_github() {
        Call::on(Method::DELETE, repository, &["git", "refs", &format!("heads/{branch}")])
    } else {
        Call::on(Method::DELETE, repository, &["branches", branch])
    };
    let gone = || self::branch(client, repository, branch).map(|head| head.is_none());
    match self::branch(client, repository, branch)? {
        None => return Ok(()),
        Some(head) if head != expected => {
            let message = format!("the branch `{branch}` is at {head} by now, not at {expected}");
            return Err(ForgeError::Refused { what: call.what(), status: 409, message });
        }
        Some(_) => {}
    }
    match client.write(&call) {
        Ok(_) => Ok(()),
        Err(open @ ForgeError::Unknown { .. }) => settle(open, || Ok(gone()?.then_some(()))),
        Err(ForgeError::Refused { .. } | ForgeError::NotFound { .. }) if gone()? => Ok(()),
        Err(error) => Err(error),
    }
}
