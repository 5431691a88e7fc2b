//! The one comment on a pull request that is ours: known by its marker, and by who wrote it.

use crate::call::Call;
use crate::client::Client;
use crate::settle::settle;
use crate::{Access, ForgeError, Slug, answers, pages};
use serde_json::json;

type Answer<T> = Result<T, ForgeError>;

/// The longest body that GitHub takes, in characters.
const LONGEST: usize = 65_536;

pub(crate) fn upsert(
    client: &Client,
    repository: &Slug,
    number: u64,
    marker: &str,
    body: &str,
) -> Answer<String> {
    let body = if marked(body, marker) { body.to_owned() } else { format!("{marker}\n{body}") };
    if body.chars().count() > LONGEST {
        return Err(ForgeError::Invalid(format!("a comment may have {LONGEST} characters at most")));
    }
    match find(client, repository, number, marker)? {
        Some(comment) if same_text(&comment.body, &body) => Ok(comment.html_url),
        Some(comment) => update(client, repository, number, marker, &comment, &body),
        None => {
            let url = create(client, repository, number, marker, &body)?;
            Ok(keep_one(client, repository, number, marker)?.unwrap_or(url))
        }
    }
}

/// Two runs that look at the same time both find nothing, and both write. Whoever wrote looks again, and of all that
/// are ours only the oldest stays, so that whatever the order, one is left. Returns its address.
fn keep_one(client: &Client, repository: &Slug, number: u64, marker: &str) -> Answer<Option<String>> {
    let mut ours = all(client, repository, number, marker)?;
    ours.sort_by_key(|comment| comment.id);
    for later in ours.iter().skip(1) {
        let call = Call::on(http::Method::DELETE, repository, &["issues", "comments", &later.id.to_string()]);
        match client.write(&call) {
            Ok(_) | Err(ForgeError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ours.into_iter().next().map(|comment| comment.html_url).filter(|url| !url.is_empty()))
}

fn all(client: &Client, repository: &Slug, number: u64, marker: &str) -> Answer<Vec<answers::Comment>> {
    let viewer = viewer(client, repository)?;
    let call = Call::get(repository, &["issues", &number.to_string(), "comments"]);
    let mut comments: Vec<answers::Comment> = pages::all(client, call, None)?;
    comments.retain(|comment| marked(&comment.body, marker) && is_ours(client, viewer, comment));
    Ok(comments)
}

fn create(client: &Client, repository: &Slug, number: u64, marker: &str, body: &str) -> Answer<String> {
    let call = Call::post(repository, &["issues", &number.to_string(), "comments"], json!({ "body": body }));
    let place = |comment: answers::Comment| comment.html_url;
    match client.write(&call) {
        Ok(reply) => {
            let made = client.parsed::<answers::Place>(&call, &reply).unwrap_or_default();
            // It is there, whatever the answer says; only its address may have to be looked up.
            let url = made.html_url.map(Ok);
            let looked = || {
                Ok(find(client, repository, number, marker).ok().flatten().map_or_else(String::new, place))
            };
            url.unwrap_or_else(looked)
        }
        Err(open @ ForgeError::Unknown { .. }) => {
            settle(open, || Ok(find(client, repository, number, marker)?.map(place)))
        }
        Err(error) => Err(error),
    }
}

fn update(
    client: &Client,
    repository: &Slug,
    number: u64,
    marker: &str,
    comment: &answers::Comment,
    body: &str,
) -> Answer<String> {
    let segments = ["issues", "comments", &comment.id.to_string()];
    match client.write(&Call::patch(repository, &segments, json!({ "body": body }))) {
        Ok(_) => Ok(comment.html_url.clone()),
        Err(open @ ForgeError::Unknown { .. }) => settle(open, || {
            let now = find(client, repository, number, marker)?;
            Ok(now.filter(|now| same_text(&now.body, body)).map(|now| now.html_url))
        }),
        Err(error) => Err(error),
    }
}

/// The oldest comment with the marker that we wrote.
fn find(client: &Client, repository: &Slug, number: u64, marker: &str) -> Answer<Option<answers::Comment>> {
    let viewer = viewer(client, repository)?;
    let call = Call::get(repository, &["issues", &number.to_string(), "comments"]);
    pages::until(client, call, None, |comment: answers::Comment| {
        (marked(&comment.body, marker) && is_ours(client, viewer, &comment)).then_some(comment)
    })
}

fn marked(body: &str, marker: &str) -> bool {
    body.lines().next().is_some_and(|line| line.contains(marker))
}

/// Whether we wrote it: anybody may write a marker, and edit what stands in a comment of their own.
fn is_ours(client: &Client, viewer: Option<&str>, comment: &answers::Comment) -> bool {
    let Some(author) = comment.user.as_ref().filter(|author| !author.login.is_empty()) else { return true };
    match (&client.app, &comment.performed_via_github_app, viewer) {
        (Some(app), Some(via), _) => via.id == app.id,
        (_, _, Some(viewer)) => author.login.eq_ignore_ascii_case(viewer),
        // Neither an App nor a workflow may ask who it is; both write as a bot.
        (_, _, None) => author.kind == "Bot" || (author.kind.is_empty() && client.app.is_none()),
    }
}

/// The name that our token writes under, where the forge tells it. Asked once. That the forge could not answer is an
/// error: without the name, a comment of ours would pass for somebody else's, and be written a second time.
fn viewer<'a>(client: &'a Client, repository: &Slug) -> Answer<Option<&'a str>> {
    if let Some(known) = client.viewer.get() {
        return Ok(known.as_deref());
    }
    let call = Call::new(http::Method::GET, repository, "/user".to_owned());
    let name = match client.settings.access {
        Access::Token(_) => match client.json::<answers::User>(&call) {
            Ok(user) => Some(user.login).filter(|login| !login.is_empty()),
            Err(error) if error.is_transient() => return Err(error),
            Err(_) => None, // The token of a workflow may not ask.
        },
        Access::Anonymous | Access::App { .. } | Access::Withheld(_) => None,
    };
    Ok(client.viewer.get_or_init(|| name).as_deref())
}

/// Whether two bodies are the same but for how the forge keeps line ends.
pub(crate) fn same_text(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}
