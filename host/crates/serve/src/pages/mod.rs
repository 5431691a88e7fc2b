//! The pages and the JSON API: the glue between the daemon and what `countersign-serve-page` writes.
//!
//! Whoever reaches the server may read everything but the headers and bodies of deliveries, which hold what a forge
//! tells of private repositories: those are shown to who is signed in. What changes something is a form, posted by
//! who is signed in and with the token of their session. Whoever has to keep readers out puts a proxy in front.

mod act;
mod answer;
mod overviews;
mod read;
mod route;
mod rows;
mod session;
mod shown;
mod standings;

use crate::random;
use crate::settings::Secret;
use crate::site::{Ask, Desk, Page, Site};
use act::Done;
use answer::Refusal;
use countersign_serve_page::html::{Frame, Viewer};
use countersign_serve_page::{html, openapi};
use overviews::Overviews;
use route::{Place, Route, Showing};
use serde_json::json;
use session::{Attempt, Session, Sessions};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How long a wrong token waits for its answer.
const WRONG: Duration = Duration::from_secs(1);

/// The pages and the JSON API.
#[derive(Default)]
pub struct Pages {
    sessions: Sessions,
    overviews: Overviews,
}

/// Who asks.
enum Who {
    Reader,
    /// Somebody with a page, who signed in.
    SignedIn(Session),
    /// A program with a token.
    Bearer,
}

impl Site for Pages {
    fn answer(&self, ask: Ask, desk: Desk) -> Pin<Box<dyn Future<Output = Option<Page>> + Send + '_>> {
        Box::pin(async move { Some(self.page(ask, desk).await) })
    }
}

impl Pages {
    /// Pages where nobody has signed in yet.
    pub fn new() -> Self {
        Self::default()
    }

    async fn page(&self, ask: Ask, desk: Desk) -> Page {
        let is_api = ask.path == "/api" || ask.path.starts_with("/api/");
        match self.answered(&ask, &desk, is_api).await {
            Ok(page) => page,
            Err(refusal) if is_api => refusal.json(),
            Err(refusal) => {
                let who = self.session(&ask, &desk).map_or(Who::Reader, Who::SignedIn);
                refusal.page(&frame(&ask, &desk, &who))
            }
        }
    }

    async fn answered(&self, ask: &Ask, desk: &Desk, is_api: bool) -> Result<Page, Refusal> {
        let Route { place, methods } = Route::of(&ask.path).ok_or_else(Refusal::not_found)?;
        if !methods.contains(&ask.method.as_str()) {
            return Err(Refusal::method(methods));
        }
        match place {
            Place::Asset(asset) => Ok(answer::asset(&asset)),
            Place::OpenApi => Ok(answer::json(&openapi::document(env!("CARGO_PKG_VERSION")))),
            Place::SignIn if ask.method != "POST" => Ok(self.sign_in_page(ask, desk, None)),
            Place::SignIn => self.sign_in(ask, desk).await,
            Place::Act(act) => {
                let session = self.allowed(ask, desk)?;
                match act.done(desk).await? {
                    Done::SignedOut => {
                        self.sessions.close(&session);
                        Ok(answer::see(
                            "/",
                            Some(session::cookie("", Duration::ZERO, session::is_https(desk))),
                        ))
                    }
                    Done::See(path) => Ok(answer::see(&path, None)),
                }
            }
            Place::Show(showing) => self.shown(ask, desk, showing, is_api).await,
        }
    }

    async fn shown(&self, ask: &Ask, desk: &Desk, showing: Showing, is_api: bool) -> Result<Page, Refusal> {
        let who = self.who(ask, desk, is_api).await?;
        let query = ask.query.as_deref().unwrap_or_default();
        let shown = read::read(&self.overviews, desk, showing, query, !matches!(who, Who::Reader)).await?;
        let frame = frame(ask, desk, &who);
        // A thousand by a thousand are a while of work, and a body may have 25 MB.
        let written = tokio::task::spawn_blocking(move || match is_api {
            true => answer::json_text(shown.json()),
            false => answer::page(200, shown.page(&frame)),
        });
        written.await.map_err(|_| Refusal::new(500, "failed", "the page could not be written"))
    }

    /// Who asks. A token that is wrong is told, since a program that shows one relies on it.
    async fn who(&self, ask: &Ask, desk: &Desk, is_api: bool) -> Result<Who, Refusal> {
        if let Some(session) = self.session(ask, desk) {
            return Ok(Who::SignedIn(session));
        }
        let tokens = tokens(desk);
        let shown = ask.header("authorization").and_then(session::bearer);
        let Some(token) = shown.filter(|_| is_api && !tokens.is_empty()) else { return Ok(Who::Reader) };
        self.attempt(token, &tokens, desk).await.map(|()| Who::Bearer)
    }

    fn session(&self, ask: &Ask, desk: &Desk) -> Option<Session> {
        self.sessions.find(ask, &tokens(desk), desk.now())
    }

    /// Whoever is signed in and posts one of our forms; nobody else changes anything.
    fn allowed(&self, ask: &Ask, desk: &Desk) -> Result<Session, Refusal> {
        let session = self.session(ask, desk);
        let session = session.ok_or_else(|| {
            Refusal::new(403, "not-signed-in", "this needs a sign-in").hint("sign in first")
        })?;
        let token = ask.field(html::CSRF_FIELD).unwrap_or_default();
        if !session.sent(&token) || !ask.is_of_this_site() {
            let why = "the form is not one of this session: nothing was done";
            return Err(Refusal::new(403, "foreign-form", why).hint("reload the page and try again"));
        }
        Ok(session)
    }

    async fn sign_in(&self, ask: &Ask, desk: &Desk) -> Result<Page, Refusal> {
        let tokens = tokens(desk);
        if tokens.is_empty() {
            return Err(Refusal::new(403, "no-sign-in", "nobody has configured a way to sign in"));
        }
        if !ask.is_of_this_site() {
            return Err(Refusal::new(403, "foreign-form", "the form is not one of this server"));
        }
        let token = ask.field("token").unwrap_or_default();
        if let Err(refusal) = self.attempt(&token, &tokens, desk).await {
            return match refusal.status() {
                401 => Ok(self.sign_in_page(ask, desk, Some("the token is not accepted"))),
                _ => Err(refusal),
            };
        }
        let unguessable = || Some((random::secret()?, random::secret()?));
        let (id, csrf) = unguessable()
            .ok_or_else(|| Refusal::new(503, "no-randomness", "the machine has no randomness to give"))?;
        self.sessions.open(&id, csrf, &token, desk.now());
        desk.0.info("sign-in", json!({ "accepted": true }));
        let cookie = session::cookie(&id, session::LASTS, session::is_https(desk));
        let wanted = ask.field("return").unwrap_or_default();
        Ok(answer::see(countersign_serve_page::address::local(&wanted), Some(cookie)))
    }

    /// Looks at a token, unless too many were wrong. Sessions that are open are not concerned.
    async fn attempt(&self, token: &str, tokens: &[Secret], desk: &Desk) -> Result<(), Refusal> {
        match self.sessions.attempt(token, tokens, desk.now()) {
            Attempt::Right => Ok(()),
            Attempt::Wrong => {
                desk.0.warn("sign-in", json!({ "accepted": false }));
                tokio::time::sleep(WRONG).await;
                Err(Refusal::new(401, "wrong-token", "the token is not accepted")
                    .with("www-authenticate", "Bearer"))
            }
            Attempt::TooMany => {
                desk.0.warn("sign-in", json!({ "accepted": false, "why": "too many attempts" }));
                let why = "too many wrong tokens were shown, so none is looked at for a minute";
                Err(Refusal::new(429, "too-many-attempts", why).with("retry-after", "60"))
            }
        }
    }

    fn sign_in_page(&self, ask: &Ask, desk: &Desk, failed: Option<&str>) -> Page {
        let who = self.session(ask, desk).map_or(Who::Reader, Who::SignedIn);
        let asked = ask.query.as_deref().unwrap_or_default();
        let return_to = ask.field("return").or_else(|| session::field(asked.as_bytes(), "return"));
        let view = html::SignIn {
            token: !tokens(desk).is_empty(),
            failed: failed.map(str::to_owned),
            return_to: return_to.unwrap_or_default(),
            ..html::SignIn::default()
        };
        let status = if failed.is_some() { 403 } else { 200 };
        answer::page(status, html::sign_in(&frame(ask, desk, &who), &view))
    }
}

fn tokens(desk: &Desk) -> Arc<[Secret]> {
    desk.state().settings.sign_in.as_slice().into()
}

fn frame(ask: &Ask, desk: &Desk, who: &Who) -> Frame {
    let can_sign_in = !desk.state().settings.sign_in.is_empty();
    let viewer = match who {
        Who::Reader | Who::Bearer => Viewer::Reader { can_sign_in },
        Who::SignedIn(session) => {
            Viewer::SignedIn { name: "Signed in".into(), csrf: session.csrf().to_owned() }
        }
    };
    // Whoever signs in comes back to what they saw, not to the answer of a form.
    let query = ask.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let is_seen = ask.method != "POST" && ask.path != "/sign-in";
    let path = if is_seen { format!("{}{query}", ask.path) } else { "/".into() };
    Frame { now: rows::at(desk.now()), viewer, path }
}

impl Ask {
    /// A header that is there once.
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// A field of the form that was posted.
    fn field(&self, name: &str) -> Option<String> {
        session::field(&self.body, name)
    }

    /// Whether a page of another site did not send this, as far as the browser tells (Fetch Metadata).
    fn is_of_this_site(&self) -> bool {
        self.header("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"))
    }
}
