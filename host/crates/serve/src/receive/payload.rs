//! What a delivery says, in our words. Payloads are read tolerantly: what we do not need may have any shape.

use crate::time::Time;
use crate::work::{Cause, Source};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The longest name of a branch, a repository or an author that we take.
const LONGEST: usize = 255;

/// Why a body is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no JSON.
    NoJson(String),
    /// It is JSON of another shape than the event's.
    WrongShape(String),
}

/// What a delivery says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The sender tries its connection.
    Ping,
    /// Something that a run may follow from.
    Work(Box<Fact>),
    /// Something else, maybe about a repository.
    Other(Option<String>),
}

/// A push or a dispatch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) cause: Option<Cause>,
    pub(crate) repository: String,
    /// The host that the repository's own address names.
    pub(crate) host: Option<String>,
    /// The branch; none for a tag, and for a dispatch.
    pub(crate) branch: Option<String>,
    pub(crate) before: Option<String>,
    /// None where the branch was deleted.
    pub(crate) after: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) commits: Option<u32>,
    pub(crate) pushed_at: Option<Time>,
    /// Everything that the payload calls whoever pushed.
    pub(crate) actors: Vec<String>,
    /// The message of the commit that the branch points to now.
    pub(crate) message: Option<String>,
}

/// Reads a body. `event` is what its header says.
pub(crate) fn read(source: Source, event: &str, body: &[u8]) -> Result<Told, Refused> {
    serde_json::from_slice::<IgnoredAny>(body).map_err(|error| Refused::NoJson(error.to_string()))?;
    match (source, event) {
        (Source::Github, "ping") => Ok(Told::Ping),
        (Source::Github | Source::Gitea, "push") => parse::<Push<'_>>(body)?.fact(),
        (Source::Github, "repository_dispatch") => parse::<Dispatch<'_>>(body)?.fact(),
        (Source::Gitlab, "Push Hook") => parse::<GitlabPush<'_>>(body)?.fact(),
        (Source::Generic, _) => generic(body),
        _ => Ok(Told::Other(parse::<Any<'_>>(body).ok().and_then(Any::repository))),
    }
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| match error.is_data() {
        true => Refused::WrongShape(error.to_string()),
        false => Refused::NoJson(error.to_string()),
    })
}

#[derive(Deserialize)]
struct Push<'a> {
    #[serde(rename = "ref", borrow)]
    reference: Cow<'a, str>,
    #[serde(borrow)]
    before: Cow<'a, str>,
    #[serde(borrow)]
    after: Cow<'a, str>,
    #[serde(borrow)]
    repository: Repository<'a>,
    #[serde(borrow, default)]
    pusher: Option<Person<'a>>,
    #[serde(borrow, default)]
    sender: Option<Person<'a>>,
    #[serde(default)]
    commits: Option<Vec<IgnoredAny>>,
    #[serde(default)]
    total_commits: Option<u32>,
    #[serde(borrow, default)]
    head_commit: Option<Commit<'a>>,
}

#[derive(Deserialize)]
struct Repository<'a> {
    #[serde(borrow)]
    full_name: Cow<'a, str>,
    #[serde(borrow, default)]
    html_url: Option<Cow<'a, str>>,
    /// Seconds in a push of GitHub's; a text elsewhere.
    #[serde(default)]
    pushed_at: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    login: Option<Cow<'a, str>>,
    #[serde(borrow)]
    username: Option<Cow<'a, str>>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Commit<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Dispatch<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    repository: Repository<'a>,
    #[serde(borrow, default)]
    sender: Option<Person<'a>>,
}

#[derive(Deserialize)]
struct GitlabPush<'a> {
    #[serde(rename = "ref", borrow)]
    reference: Cow<'a, str>,
    #[serde(borrow)]
    before: Cow<'a, str>,
    #[serde(borrow)]
    after: Cow<'a, str>,
    #[serde(borrow)]
    project: Project<'a>,
    #[serde(borrow, default)]
    user_username: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_email: Option<Cow<'a, str>>,
    #[serde(default)]
    total_commits_count: Option<u32>,
    #[serde(borrow, default)]
    commits: Option<Vec<Commit<'a>>>,
}

#[derive(Deserialize)]
struct Project<'a> {
    #[serde(borrow)]
    path_with_namespace: Cow<'a, str>,
    #[serde(borrow, default)]
    web_url: Option<Cow<'a, str>>,
}

/// Our own shape, in the envelope that Standard Webhooks recommends.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Generic<'a> {
    #[serde(borrow)]
    data: GenericData<'a>,
}

#[derive(Deserialize)]
struct GenericData<'a> {
    #[serde(borrow)]
    repository: Cow<'a, str>,
    #[serde(rename = "ref", borrow, default)]
    reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    before: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    after: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    author: Option<Cow<'a, str>>,
    #[serde(default)]
    commits: Option<u32>,
    #[serde(borrow, default)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_type: Option<Cow<'a, str>>,
}

/// Any payload that may name a repository.
#[derive(Deserialize)]
struct Any<'a> {
    #[serde(borrow, default)]
    repository: Option<Repository<'a>>,
    #[serde(borrow, default)]
    project: Option<Project<'a>>,
}

impl Any<'_> {
    fn repository(self) -> Option<String> {
        let name = match (self.repository, self.project) {
            (Some(repository), _) => repository.full_name.into_owned(),
            (None, Some(project)) => project.path_with_namespace.into_owned(),
            (None, None) => return None,
        };
        repository(&name).ok()
    }
}

impl Push<'_> {
    fn fact(self) -> Result<Told, Refused> {
        let people = [self.pusher.unwrap_or_default(), self.sender.unwrap_or_default()];
        let listed = self.commits.map(|commits| u32::try_from(commits.len()).unwrap_or(u32::MAX));
        Ok(Told::Work(Box::new(Fact {
            cause: Some(Cause::Push),
            repository: repository(&self.repository.full_name)?,
            host: self.repository.html_url.as_deref().and_then(host),
            branch: branch(&self.reference)?,
            before: commit("before", &self.before)?,
            after: commit("after", &self.after)?,
            author: people.iter().find_map(Person::called),
            commits: self.total_commits.or(listed),
            pushed_at: self
                .repository
                .pushed_at
                .and_then(|seconds| Some(Time(seconds.as_i64()?.checked_mul(1000)?))),
            actors: people.iter().flat_map(Person::names).collect(),
            message: self.head_commit.map(|commit| commit.message.into_owned()),
        })))
    }
}

impl Dispatch<'_> {
    fn fact(self) -> Result<Told, Refused> {
        let sender = self.sender.unwrap_or_default();
        Ok(Told::Work(Box::new(Fact {
            cause: Some(Cause::Dispatch(short(&self.action))),
            repository: repository(&self.repository.full_name)?,
            host: self.repository.html_url.as_deref().and_then(host),
            author: sender.called(),
            actors: sender.names(),
            ..Fact::default()
        })))
    }
}

impl GitlabPush<'_> {
    fn fact(self) -> Result<Told, Refused> {
        let after = commit("after", &self.after)?;
        let commits = self.commits.unwrap_or_default();
        let head = commits.iter().rev().find(|commit| Some(commit.id.as_ref()) == after.as_deref());
        let message = head.map(|commit| commit.message.clone().into_owned());
        let names = [self.user_username, self.user_name, self.user_email];
        let listed = u32::try_from(commits.len()).unwrap_or(u32::MAX);
        Ok(Told::Work(Box::new(Fact {
            cause: Some(Cause::Push),
            repository: repository(&self.project.path_with_namespace)?,
            host: self.project.web_url.as_deref().and_then(host),
            branch: branch(&self.reference)?,
            before: commit("before", &self.before)?,
            after,
            author: names.iter().flatten().map(|name| short(name)).next(),
            commits: self.total_commits_count.or(Some(listed)),
            pushed_at: None,
            actors: names.into_iter().flatten().map(Cow::into_owned).collect(),
            message,
        })))
    }
}

fn generic(body: &[u8]) -> Result<Told, Refused> {
    match parse::<Envelope<'_>>(body)?.kind.as_ref() {
        "ping" => Ok(Told::Ping),
        "push" => generic_push(parse::<Generic<'_>>(body)?.data),
        "dispatch" => {
            let data = parse::<Generic<'_>>(body)?.data;
            let Some(kind) = &data.event_type else { return Err(missing("data.event_type")) };
            Ok(Told::Work(Box::new(Fact {
                cause: Some(Cause::Dispatch(short(kind))),
                repository: repository(&data.repository)?,
                author: data.author.as_deref().map(short),
                actors: data.author.map(Cow::into_owned).into_iter().collect(),
                ..Fact::default()
            })))
        }
        _ => Ok(Told::Other(None)),
    }
}

fn generic_push(data: GenericData<'_>) -> Result<Told, Refused> {
    let Some(reference) = &data.reference else { return Err(missing("data.ref")) };
    let Some(after) = &data.after else { return Err(missing("data.after")) };
    let before = data.before.as_deref().map(|before| commit("data.before", before)).transpose()?;
    Ok(Told::Work(Box::new(Fact {
        cause: Some(Cause::Push),
        repository: repository(&data.repository)?,
        branch: branch(reference)?,
        before: before.flatten(),
        after: commit("data.after", after)?,
        author: data.author.as_deref().map(short),
        commits: data.commits,
        actors: data.author.map(Cow::into_owned).into_iter().collect(),
        message: data.message.map(Cow::into_owned),
        ..Fact::default()
    })))
}

impl Person<'_> {
    fn called(&self) -> Option<String> {
        let names = [&self.login, &self.username, &self.name];
        names.into_iter().flatten().find(|name| !name.is_empty()).map(|name| short(name))
    }

    fn names(&self) -> Vec<String> {
        [&self.login, &self.username, &self.name, &self.email]
            .into_iter()
            .flatten()
            .map(|name| name.clone().into_owned())
            .collect()
    }
}

fn missing(field: &str) -> Refused {
    Refused::WrongShape(format!("`{field}` is missing"))
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn repository(name: &str) -> Result<String, Refused> {
    let parts = name.split('/').count();
    let whole = parts >= 2 && name.split('/').all(|part| !part.is_empty()) && name.len() <= LONGEST;
    let visible = name.chars().all(|character| !character.is_control() && !character.is_whitespace());
    if whole && visible {
        Ok(name.to_owned())
    } else {
        Err(Refused::WrongShape("no name of a repository".into()))
    }
}

/// A branch by its full ref; none for a tag or anything else.
fn branch(reference: &str) -> Result<Option<String>, Refused> {
    if !reference.starts_with("refs/") || reference.len() > LONGEST || reference.chars().any(char::is_control)
    {
        return Err(Refused::WrongShape("`ref` is no full ref".into()));
    }
    Ok(reference.strip_prefix("refs/heads/").filter(|branch| !branch.is_empty()).map(str::to_owned))
}

/// A commit's full name; none for the zeros that stand for nothing.
fn commit(field: &str, name: &str) -> Result<Option<String>, Refused> {
    let is_name = matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_name {
        return Err(Refused::WrongShape(format!("`{field}` is no name of a commit")));
    }
    Ok(Some(name.to_ascii_lowercase()).filter(|name| name.bytes().any(|byte| byte != b'0')))
}

/// The host of an address, with its port.
fn host(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    Some(host.rsplit('@').next().unwrap_or(host).to_ascii_lowercase())
}
