//! How calls are sent: with which credential, within which budget, how often, and where redirects lead. A write is
//! sent again only when it is certain that it was not done.

use crate::budget::Turns;
use crate::call::Call;
use crate::token::App;
use crate::transport::{Reply, Sent, Transport};
use crate::verdict::{Verdict, judge};
use crate::{Access, ForgeError, ForgeKind, ForgeSettings, Secret, answers};
use http::{HeaderValue, Request, header};
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};
use url::Url;

/// The version of GitHub's API that we were written for.
const API_VERSION: &str = "2022-11-28";
/// How many redirects a read follows.
const REDIRECTS: usize = 3;
/// The pauses before a read that found the forge unwell is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// A forge and all that belongs to it.
pub(crate) struct Client {
    pub(crate) settings: ForgeSettings,
    pub(crate) app: Option<App>,
    pub(crate) turns: Turns,
    /// Who the token is, once that was asked; none where the forge does not say.
    pub(crate) viewer: OnceLock<Option<String>>,
    transport: Transport,
}

/// How a read treats what stands in its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Redirects are followed, and the forge gets a second chance.
    Patient,
    /// The first answer counts.
    Evidence,
}

impl Client {
    pub(crate) fn new(mut settings: ForgeSettings) -> Result<Self, ForgeError> {
        checked(&settings)?;
        let path = settings.api.path().trim_end_matches('/').to_owned();
        settings.api.set_path(&path);
        let app = match &settings.access {
            Access::App { id, key } => Some(App::new(*id, key)?),
            Access::Anonymous | Access::Token(_) | Access::Withheld(_) => None,
        };
        let transport = Transport::new(&settings.api, settings.timeout)?;
        let turns = Turns::new(settings.budget);
        Ok(Self { settings, app, turns, viewer: OnceLock::new(), transport })
    }

    pub(crate) fn is_github(&self) -> bool {
        self.settings.kind == ForgeKind::Github
    }

    /// A read: sent a few times where the forge is unwell, and through redirects on its own host.
    pub(crate) fn read(&self, call: &Call) -> Result<Reply, ForgeError> {
        let mut pauses = PAUSES.iter();
        loop {
            match (self.read_in(call, Manner::Patient), pauses.next()) {
                (
                    Err(ForgeError::Unreachable { .. } | ForgeError::Unavailable { status: 0 | 500.., .. }),
                    Some(pause),
                ) => sleep(*pause),
                (answer, _) => return answer,
            }
        }
    }

    /// A read whose first answer counts: redirects are an error that tells the new name.
    pub(crate) fn look(&self, call: &Call) -> Result<Reply, ForgeError> {
        self.read_in(call, Manner::Evidence)
    }

    fn read_in(&self, call: &Call, manner: Manner) -> Result<Reply, ForgeError> {
        usable(call)?;
        let mut patience = self.settings.budget.patience;
        let mut address = self.address(&call.route);
        let (mut hops, mut replayed) = (0, false);
        loop {
            let credential = self.credential(call)?;
            let reply = match self.send(call, &address, credential.as_ref()) {
                Sent::Answer(reply) => reply,
                Sent::Never(why) => return Err(self.unreachable(why)),
                Sent::Broken(_) => return Err(ForgeError::Unavailable { what: call.what(), status: 0 }),
            };
            match judge(call.what(), &reply, false) {
                Verdict::Good if reply.body.is_err() => return Err(broken(call, reply)),
                Verdict::Good => return Ok(reply),
                Verdict::Later(after) if manner == Manner::Patient && after <= patience => {
                    patience -= after;
                    sleep(after);
                }
                Verdict::Later(after) => return Err(ForgeError::Limited { what: call.what(), after }),
                Verdict::Elsewhere(location) => {
                    let next = location.and_then(|location| self.here(&address, &location));
                    match next {
                        Some(next) if manner == Manner::Patient && hops < REDIRECTS => address = next.into(),
                        Some(next) => return Err(self.moved(call, Some(&next))),
                        None => return Err(self.moved(call, None)),
                    }
                    hops += 1;
                }
                Verdict::Bad(ForgeError::Unauthorized { .. })
                    if !replayed && self.renews(call, &credential) =>
                {
                    replayed = true;
                }
                Verdict::Bad(error) => return Err(error),
            }
        }
    }

    /// A write, sent once; again only after a rate limit or a token that ended, which leave nothing done.
    pub(crate) fn write(&self, call: &Call) -> Result<Reply, ForgeError> {
        usable(call)?;
        if self.settings.dry_run {
            return Err(ForgeError::DryRun { what: call.what() });
        }
        let mut patience = self.settings.budget.patience;
        let mut replayed = false;
        let address = self.address(&call.route);
        loop {
            let credential = self.credential(call)?.ok_or_else(|| self.nobody())?;
            let wait = self
                .turns
                .book(patience, Instant::now())
                .map_err(|after| ForgeError::Limited { what: call.what(), after })?;
            sleep(wait);
            patience -= wait;
            let reply = match self.send(call, &address, Some(&credential)) {
                Sent::Answer(reply) => reply,
                Sent::Never(why) => return Err(self.unreachable(why)),
                Sent::Broken(why) => return Err(ForgeError::Unknown { what: call.what(), why }),
            };
            match judge(call.what(), &reply, true) {
                Verdict::Good => return Ok(reply),
                // The next turn waits for it, as does everybody else's.
                Verdict::Later(after) => self.turns.silence(after, Instant::now()),
                Verdict::Elsewhere(location) => {
                    let next = location.and_then(|location| self.here(&address, &location));
                    return Err(self.moved(call, next.as_ref()));
                }
                Verdict::Bad(ForgeError::Unauthorized { .. })
                    if !replayed && self.renews(call, &Some(credential)) =>
                {
                    replayed = true;
                }
                Verdict::Bad(error) => return Err(error),
            }
        }
    }

    /// A request for a token: no write of the repository's, so outside the budget, and harmless when repeated.
    pub(crate) fn exchange(&self, call: &Call) -> Result<Reply, ForgeError> {
        let credential = self.credential(call)?;
        let what = call.what();
        match self.send(call, &self.address(&call.route), credential.as_ref()) {
            Sent::Never(why) => Err(self.unreachable(why)),
            Sent::Broken(_) => Err(ForgeError::Unavailable { what, status: 0 }),
            Sent::Answer(reply) => match judge(what.clone(), &reply, false) {
                Verdict::Good => Ok(reply),
                Verdict::Later(after) => Err(ForgeError::Limited { what, after }),
                Verdict::Elsewhere(_) => Err(ForgeError::Moved { what, to: None }),
                Verdict::Bad(error) => Err(error),
            },
        }
    }

    /// A read's answer, parsed.
    pub(crate) fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ForgeError> {
        self.parsed(call, &self.read(call)?)
    }

    /// A read's answer, parsed; none where there is no such thing.
    pub(crate) fn json_if_any<T: DeserializeOwned>(&self, call: &Call) -> Result<Option<T>, ForgeError> {
        found(self.json(call))
    }

    /// An answer, parsed.
    pub(crate) fn parsed<T: DeserializeOwned>(&self, call: &Call, reply: &Reply) -> Result<T, ForgeError> {
        let malformed = |why: String| ForgeError::Malformed { what: call.what(), why };
        let body = reply.body.as_ref().map_err(|why| malformed(why.clone()))?;
        // The place only: the text of the error may quote what was sent.
        serde_json::from_slice(body).map_err(|error| {
            malformed(format!("not what was expected at line {}, column {}", error.line(), error.column()))
        })
    }

    /// Why reads go out without a credential, if they do and should not.
    pub(crate) fn blinded(&self, owner: &str) -> Option<String> {
        match (&self.settings.access, &self.app) {
            (Access::Withheld(reason), _) => Some((*reason).to_owned()),
            (_, Some(_)) if self.settings.dry_run => Some(
                "a dry run asks for no token of the App's, so it can read only what is public".to_owned(),
            ),
            (_, Some(app)) if app.absent(owner) => {
                Some(format!("the App {} is not installed at `{owner}`", app.id))
            }
            (Access::Anonymous | Access::Token(_) | Access::App { .. }, _) => None,
        }
    }

    fn credential(&self, call: &Call) -> Result<Option<Secret>, ForgeError> {
        match (&self.settings.access, &self.app) {
            (Access::Token(token), _) => Ok(Some(token.clone())),
            (_, Some(app)) if call.by_app => app.jwt().map(Some),
            (_, Some(_)) if self.settings.dry_run => Ok(None),
            (_, Some(app)) => match app.token(self, &call.repository) {
                Err(ForgeError::NoCredential(_)) if call.reads() => Ok(None), // What is public can be read.
                token => token.map(Some),
            },
            (Access::Anonymous | Access::Withheld(_) | Access::App { .. }, None) => Ok(None),
        }
    }

    fn nobody(&self) -> ForgeError {
        ForgeError::NoCredential(match self.settings.access {
            Access::Withheld(reason) => reason.to_owned(),
            Access::Anonymous | Access::Token(_) | Access::App { .. } => {
                format!("no token is set for {}", self.settings.api)
            }
        })
    }

    /// Whether another credential may fare better after this one was not accepted.
    fn renews(&self, call: &Call, refused: &Option<Secret>) -> bool {
        let (Some(app), Some(refused), false) = (&self.app, refused, call.by_app) else { return false };
        app.forget(&call.repository.owner, refused);
        true
    }

    fn send(&self, call: &Call, address: &str, credential: Option<&Secret>) -> Sent {
        let request = match self.request(call, address, credential) {
            Ok(request) => request,
            Err(why) => return Sent::Never(why),
        };
        let mut sent = self.transport.send(request);
        if let (Sent::Answer(reply), Some(credential)) = (&mut sent, credential)
            && !reply.status.is_success()
        {
            scrub(reply, credential);
        }
        sent
    }

    fn request(
        &self,
        call: &Call,
        address: &str,
        credential: Option<&Secret>,
    ) -> Result<Request<String>, String> {
        let usual = if self.is_github() { "application/vnd.github+json" } else { "application/json" };
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(address)
            .header(header::USER_AGENT, concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .header(header::ACCEPT, call.accept.unwrap_or(usual));
        if self.is_github() {
            request = request.header("x-github-api-version", API_VERSION);
        }
        if let Some(credential) = credential {
            request = request.header(header::AUTHORIZATION, self.authorization(credential)?);
        }
        let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(body).map_err(|error| error.to_string())
    }

    fn authorization(&self, credential: &Secret) -> Result<HeaderValue, String> {
        let scheme = if self.is_github() { "Bearer" } else { "token" };
        let value = HeaderValue::from_str(&format!("{scheme} {}", credential.expose().trim()));
        let mut value =
            value.map_err(|_| "the token holds characters that no header may carry".to_owned())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Not by `Url`, which would resolve dots, encoded ones too.
    fn address(&self, route: &str) -> String {
        format!("{}{route}", self.settings.api.as_str().trim_end_matches('/'))
    }

    /// Where a redirect leads, if that is on the forge: its credential must not reach another host.
    fn here(&self, from: &str, location: &str) -> Option<Url> {
        let to = Url::parse(from).ok()?.join(location).ok()?;
        let plain = to.username().is_empty() && to.password().is_none();
        (plain && to.origin() == self.settings.api.origin()).then_some(to)
    }

    /// The error for what has moved; its new name is asked for at the new place.
    fn moved(&self, call: &Call, to: Option<&Url>) -> ForgeError {
        let name = to.and_then(|to| self.name_at(call, to));
        ForgeError::Moved { what: call.what(), to: name }
    }

    fn name_at(&self, call: &Call, address: &Url) -> Option<String> {
        let base = self.settings.api.path().trim_end_matches('/');
        let below = address.path().strip_prefix(base)?;
        let segments: Vec<&str> = below.split('/').skip(1).collect();
        let route = match segments[..] {
            ["repositories", id, ..] => format!("/repositories/{id}"),
            ["repos", owner, name, ..] => format!("/repos/{owner}/{name}"),
            _ => return None,
        };
        let call = Call::new(http::Method::GET, &call.repository, route);
        let reply = self.read_in(&call, Manner::Evidence).ok()?;
        self.parsed::<answers::Repository>(&call, &reply).ok()?.full_name
    }

    fn unreachable(&self, why: String) -> ForgeError {
        ForgeError::Unreachable { api: self.settings.api.to_string(), why }
    }
}

/// The answer, or none where there is no such thing.
pub(crate) fn found<T>(answer: Result<T, ForgeError>) -> Result<Option<T>, ForgeError> {
    match answer {
        Err(ForgeError::NotFound { .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

/// A read whose answer broke off may be had later; one that is too large may not.
fn broken(call: &Call, reply: Reply) -> ForgeError {
    match reply.body {
        Err(why) if why.contains("larger than") => ForgeError::Malformed { what: call.what(), why },
        Ok(_) | Err(_) => ForgeError::Unavailable { what: call.what(), status: 0 },
    }
}

/// No repository has such a name, and its route would lead elsewhere.
fn usable(call: &Call) -> Result<(), ForgeError> {
    let odd = |name: &String| ["", ".", ".."].contains(&name.as_str());
    if odd(&call.repository.owner) || odd(&call.repository.name) {
        return Err(ForgeError::Invalid(format!("`{}` names no repository", call.repository)));
    }
    Ok(())
}

/// Some proxies repeat in an error what they were sent.
fn scrub(reply: &mut Reply, credential: &Secret) {
    let secret = credential.expose().trim();
    if let Ok(body) = &mut reply.body
        && !secret.is_empty()
    {
        *body = String::from_utf8_lossy(body).replace(secret, "***").into_bytes();
    }
}

fn checked(settings: &ForgeSettings) -> Result<(), ForgeError> {
    let api = &settings.api;
    let invalid = |why: &str| Err(ForgeError::Invalid(format!("the address of the API {why}")));
    if !api.username().is_empty() || api.password().is_some() {
        return invalid("holds a user or a password: set a token instead");
    }
    if !["http", "https"].contains(&api.scheme()) || api.host().is_none() {
        return invalid("is not one of http or https");
    }
    if api.query().is_some() || api.fragment().is_some() {
        return invalid("has a query or a fragment");
    }
    if settings.budget.per_minute == 0 || settings.budget.per_hour == 0 {
        return Err(ForgeError::Invalid("the budget allows no write at all".to_owned()));
    }
    if settings.kind == ForgeKind::Gitea && matches!(settings.access, Access::App { .. }) {
        return Err(ForgeError::Unsupported("Gitea and Forgejo have no Apps: set a token".to_owned()));
    }
    Ok(())
}
