//! The tokens of a GitHub App's installations. One token serves every repository of an owner, is kept until five
//! minutes before it ends, and is asked for once, however many threads want it.

use crate::call::Call;
use crate::client::Client;
use crate::transport::Reply;
use crate::{ForgeError, Secret, Slug, answers, clock};
use http::Method;
use octocrab::auth::{EncodingKey, create_jwt};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// How long GitHub's tokens live, where the answer does not let us tell.
const LIFE: Duration = Duration::from_secs(55 * 60);

/// An App, and what it holds of each owner.
pub(crate) struct App {
    pub(crate) id: u64,
    key: EncodingKey,
    owners: Mutex<HashMap<String, Arc<Mutex<Held>>>>,
}

/// What is held of one owner. Its lock is kept while a token is fetched, so that others wait for that one.
#[derive(Default)]
struct Held {
    installation: Option<u64>,
    token: Option<(Secret, Instant)>,
    /// The App is not installed there, as far as was seen last.
    absent: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each field is written whole, so a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// An App with this key, which is an RSA key in PEM.
    pub(crate) fn new(id: u64, key: &Secret) -> Result<Self, ForgeError> {
        // The cause is not told: it could quote the key.
        let key = EncodingKey::from_rsa_pem(key.expose().as_bytes()).map_err(|_| {
            ForgeError::NoCredential(format!("the key of the App {id} is no RSA private key in PEM"))
        })?;
        Ok(Self { id, key, owners: Mutex::default() })
    }

    /// A signed statement of who we are, good for nine minutes from now, made out for a minute ago.
    pub(crate) fn jwt(&self) -> Result<Secret, ForgeError> {
        create_jwt(self.id.into(), &self.key)
            .map(Secret::new)
            .map_err(|_| ForgeError::NoCredential(format!("the key of the App {} does not sign", self.id)))
    }

    fn held(&self, owner: &str) -> Arc<Mutex<Held>> {
        locked(&self.owners).entry(owner.to_lowercase()).or_default().clone()
    }

    /// The token for a repository's owner.
    pub(crate) fn token(&self, client: &Client, repository: &Slug) -> Result<Secret, ForgeError> {
        let held = self.held(&repository.owner);
        let mut held = locked(&held);
        if let Some((token, until)) = &held.token
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let fetched = self.fetch(client, repository, &mut held);
        held.absent = matches!(fetched, Err(ForgeError::NoCredential(_)));
        let (token, until) = fetched?;
        held.token = Some((token.clone(), until));
        Ok(token)
    }

    fn fetch(
        &self,
        client: &Client,
        repository: &Slug,
        held: &mut Held,
    ) -> Result<(Secret, Instant), ForgeError> {
        if let Some(id) = held.installation {
            match self.exchange(client, repository, id) {
                Err(ForgeError::NotFound { .. }) => held.installation = None, // Installed anew, with a new number.
                answer => return answer,
            }
        }
        let Some(found) = self.installation(client, repository, None)? else {
            let owner = &repository.owner;
            return Err(ForgeError::NoCredential(format!(
                "the App {} is not installed at `{owner}`",
                self.id
            )));
        };
        held.installation = Some(found.id);
        self.exchange(client, repository, found.id)
    }

    /// A new token. Asking twice does no harm, so an answer that is lost is told as one that can be had later.
    fn exchange(&self, client: &Client, repository: &Slug, id: u64) -> Result<(Secret, Instant), ForgeError> {
        let route = format!("/app/installations/{id}/access_tokens");
        let call = Call { body: Some(json!({})), ..Call::new(Method::POST, repository, route).by_app() };
        let reply = client.exchange(&call)?;
        let granted: answers::Granted = client.parsed(&call, &reply)?;
        Ok((Secret::new(granted.token), Instant::now() + life(&reply, granted.expires_at.as_deref())))
    }

    /// The installation that covers a repository: the one that is known, its own, or its owner's where the repository
    /// is not found.
    pub(crate) fn installation(
        &self,
        client: &Client,
        repository: &Slug,
        known: Option<u64>,
    ) -> Result<Option<answers::Installation>, ForgeError> {
        let owner = crate::call::encoded(&repository.owner);
        let below = |route: String| Call::new(Method::GET, repository, route);
        let mut calls: Vec<Call> =
            known.map(|id| below(format!("/app/installations/{id}"))).into_iter().collect();
        calls.push(Call::get(repository, &["installation"]));
        calls.push(below(format!("/users/{owner}/installation")));
        calls.push(below(format!("/orgs/{owner}/installation")));
        for call in calls {
            match client.json::<answers::Installation>(&call.by_app()) {
                Err(ForgeError::NotFound { .. }) => {}
                answer => return answer.map(Some),
            }
        }
        Ok(None)
    }

    /// This token was not accepted: the next call asks for a new one, unless somebody has already.
    pub(crate) fn forget(&self, owner: &str, token: &Secret) {
        let held = self.held(owner);
        let mut held = locked(&held);
        if held.token.as_ref().is_some_and(|(kept, _)| kept == token) {
            held.token = None;
        }
    }

    /// The installation at an owner, as far as it is known.
    pub(crate) fn known(&self, owner: &str) -> Option<u64> {
        locked(&self.held(owner)).installation
    }

    /// Whether the App was last seen not to be installed there.
    pub(crate) fn absent(&self, owner: &str) -> bool {
        locked(&self.held(owner)).absent
    }
}

/// How long a token is used: by the forge's clock, which writes both its end and the date of the answer.
fn life(reply: &Reply, expires_at: Option<&str>) -> Duration {
    let told = || {
        let end = clock::utc(expires_at?)?;
        let now = clock::http_date(reply.header("date")?)?;
        Some(Duration::from_secs(u64::try_from(end - now).unwrap_or(0)))
    };
    told().unwrap_or(LIFE + MARGIN).min(LIFE + MARGIN).saturating_sub(MARGIN)
}
