//! One look at a repository: what is known for certain, gathered by reads alone. What follows from it is decided
//! elsewhere, over several looks.

use crate::call::Call;
use crate::client::Client;
use crate::token::App;
use crate::{
    Access, AppAccess, ForgeError, Identity, Look, RepositoryInfo, Slug, answers, pages, repository,
};
use http::Method;

type Answer<T> = Result<T, ForgeError>;

pub(crate) fn look(client: &Client, repository: &Slug, id: Option<u64>, control: Option<&Slug>) -> Look {
    let identity = identity(client, repository);
    let by_name = at(client, &Call::get(repository, &[]));
    let by_id = id.map(|id| at(client, &Call::new(Method::GET, repository, format!("/repositories/{id}"))));
    let control = control.map(|control| repository::repository(client, control).is_ok());
    let legal =
        |answer: &Answer<RepositoryInfo>| matches!(answer, Err(ForgeError::Refused { status: 451, .. }));
    let legal = legal(&by_name) || by_id.as_ref().is_some_and(legal);
    let app =
        client.app.as_ref().map_or(AppAccess::NotAnApp, |app| access(client, app, repository, id, &by_name));
    Look { identity, by_name, by_id, control, app, legal }
}

fn at(client: &Client, call: &Call) -> Answer<RepositoryInfo> {
    let reply = client.look(call)?;
    repository::info(call, client.parsed(call, &reply)?)
}

fn identity(client: &Client, repository: &Slug) -> Identity {
    if matches!(client.settings.access, Access::Anonymous | Access::Withheld(_)) {
        return Identity::Refused;
    }
    let route = if client.is_github() { "/rate_limit" } else { "/user" };
    match client.look(&Call::new(Method::GET, repository, route.to_owned())) {
        Ok(_) if client.blinded(&repository.owner).is_some() => Identity::Refused,
        Ok(_) => Identity::Good,
        Err(ForgeError::Unauthorized { .. } | ForgeError::NoCredential(_)) => Identity::Refused,
        // GitHub Enterprise Server says 404 where rate limits are off, and Gitea 403 where the token may not read
        // its user; both have accepted the token by then.
        Err(ForgeError::NotFound { .. }) if client.is_github() => Identity::Good,
        Err(ForgeError::Forbidden { .. }) if !client.is_github() => Identity::Good,
        Err(error) => Identity::Unknown(error.to_string()),
    }
}

/// What the installation at the owner says. Where it cannot be asked, that is as good as chosen repositories: it
/// says nothing.
fn access(
    client: &Client,
    app: &App,
    repository: &Slug,
    id: Option<u64>,
    by_name: &Answer<RepositoryInfo>,
) -> AppAccess {
    let installation = match app.installation(client, repository, app.known(&repository.owner)) {
        Ok(Some(installation)) => installation,
        Ok(None) => return AppAccess::Lost,
        Err(_) => return AppAccess::Selected,
    };
    if installation.suspended_at.is_some() {
        return AppAccess::Lost;
    }
    if installation.repository_selection != "all" {
        return AppAccess::Selected;
    }
    if by_name.as_ref().is_ok_and(|found| id.is_none() || found.id == id) {
        return AppAccess::AllListed; // It was just read, so that the list need not be.
    }
    match listed(client, repository, id) {
        Ok(true) => AppAccess::AllListed,
        Ok(false) => AppAccess::AllAbsent,
        Err(_) => AppAccess::Selected,
    }
}

/// Whether the installation lists the repository: by its number where that is known, else by its name.
fn listed(client: &Client, repository: &Slug, id: Option<u64>) -> Answer<bool> {
    if client.blinded(&repository.owner).is_some() {
        let why = "no installation token".to_owned();
        return Err(ForgeError::NoCredential(why));
    }
    let call = Call::new(Method::GET, repository, "/installation/repositories".to_owned());
    let name = repository.to_string();
    let found = pages::until(client, call, Some("repositories"), |entry: answers::Repository| {
        let same = match id {
            Some(id) => entry.id == Some(id),
            None => entry.full_name.is_some_and(|full| full.eq_ignore_ascii_case(&name)),
        };
        same.then_some(())
    })?;
    Ok(found.is_some())
}
