//! `POST /api/reload`: who may, what for, and that many who ask at once cost one reconcile.

mod flight;
mod oidc;

use crate::body;
use crate::problem::{problem, respond};
use crate::receive::{header, is_one_of};
use crate::settings::ReloadSettings;
use crate::shared::Shared;
use crate::work::Wanted;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
pub(crate) use flight::Flight;
pub use flight::Outcome;
pub(crate) use oidc::Keys;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The largest body: a branch and a commit.
const BODY: usize = 64 * 1024;

/// The longest that a body may take.
const ARRIVAL: Duration = Duration::from_secs(10);

pub(crate) async fn reload(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    if let Err((status, why)) = admit(&shared, &parts.headers).await {
        shared.metrics.reload("refused");
        shared.warn("reload", json!({ "request": shared.request(), "status": status.as_u16(), "why": why }));
        return problem(status, why);
    }
    let held = match body::read(body, &parts.headers, BODY, ARRIVAL, &shared.memory).await {
        Ok(held) => held,
        Err(_) => return problem(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or took too long"),
    };
    match wanted(&held.bytes) {
        Ok(wanted) => {
            let outcome = shared.reload(wanted).await;
            respond(outcome.status(), &outcome)
        }
        Err((status, why)) => problem(status, &why),
    }
}

type Refusal = (StatusCode, &'static str);

/// Whoever shows nothing learns nothing, not even whether a secret is set.
async fn admit(shared: &Arc<Shared>, headers: &HeaderMap) -> Result<(), Refusal> {
    const NOBODY: Refusal = (StatusCode::UNAUTHORIZED, "this needs a bearer token");
    const WRONG: Refusal = (StatusCode::UNAUTHORIZED, "the token is not accepted");
    if !headers.contains_key("authorization") {
        return Err(NOBODY);
    }
    let Some(token) = header(headers, "authorization").and_then(bearer) else { return Err(NOBODY) };
    let state = shared.state_for_long();
    let ReloadSettings { secrets, oidc } = &state.settings.reload;
    if secrets.is_empty() && oidc.is_none() {
        return Err((StatusCode::SERVICE_UNAVAILABLE, "no reload secret is configured"));
    }
    if is_one_of(token, secrets) {
        return Ok(());
    }
    let Some(oidc) = oidc.as_ref().filter(|_| token.split('.').count() == 3) else { return Err(WRONG) };
    match oidc::admits(shared, oidc, token).await {
        Ok(()) => Ok(()),
        Err(why) => {
            shared.warn("oidc", json!({ "why": why }));
            Err(WRONG)
        }
    }
}

/// The token of `Bearer TOKEN` (RFC 6750); the scheme's case does not matter.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// What is asked for. It may end in a command line, so a commit is a commit and a branch begins with no dash.
fn wanted(body: &[u8]) -> Result<Wanted, (StatusCode, String)> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Wanted::default());
    }
    let wanted: Wanted = serde_json::from_slice(body).map_err(|error| match error.is_data() {
        true => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        false => (StatusCode::BAD_REQUEST, format!("the body is no JSON: {error}")),
    })?;
    let is_commit =
        |name: &String| (7..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_branch = |name: &String| {
        let plain = |character: char| {
            !character.is_control() && !character.is_whitespace() && !"~^:?*[\\".contains(character)
        };
        !name.is_empty()
            && name.len() <= 255
            && !name.starts_with('-')
            && !name.contains("..")
            && name.chars().all(plain)
    };
    let wrong = |what: &str| Err((StatusCode::UNPROCESSABLE_ENTITY, format!("`{what}` is none")));
    match &wanted {
        Wanted { commit: Some(commit), .. } if !is_commit(commit) => wrong("commit"),
        Wanted { branch: Some(branch), .. } if !is_branch(branch) => wrong("branch"),
        _ => Ok(wanted),
    }
}
