//! Tokens that an issuer signs (OpenID Connect), as GitHub Actions hands them to workflows.

use crate::settings::Oidc;
use crate::shared::Shared;
use crate::time::Time;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Keys are asked for again after so long ...
const FRESH: Duration = Duration::from_secs(3600);
/// ... and for a key that is not among them, not more often than so.
const RARELY: Duration = Duration::from_secs(60);
/// Clocks differ by so much, in seconds.
const LEEWAY: u64 = 60;

/// Signatures that only the issuer can make.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

#[derive(Deserialize)]
struct Claims {
    exp: u64,
    #[serde(default)]
    nbf: Option<u64>,
    repository: String,
    #[serde(rename = "ref", default)]
    reference: String,
}

/// The keys of an issuer, as we last had them.
#[derive(Default)]
pub(crate) struct Keys(Mutex<Option<Held>>);

struct Held {
    issuer: String,
    asked: Time,
    keys: JwkSet,
}

/// Whether a token lets its bearer reload; if not, why, for our log.
pub(crate) async fn admits(shared: &Arc<Shared>, oidc: &Oidc, token: &str) -> Result<(), String> {
    let header = decode_header(token).map_err(|error| error.to_string())?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(format!("the algorithm {:?} proves nothing", header.alg));
    }
    let key = key(shared, &oidc.issuer, header.kid.as_deref().unwrap_or_default()).await?;
    let claims =
        decode::<Claims>(token, &key, &validation(oidc, header.alg)).map_err(|error| error.to_string())?;
    holds(&claims.claims, oidc, shared.now().seconds())
}

/// Issuer and audience; times are held against our own clock.
fn validation(oidc: &Oidc, algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&oidc.issuer]);
    validation.set_audience(&[&oidc.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

fn holds(claims: &Claims, oidc: &Oidc, now: u64) -> Result<(), String> {
    if claims.exp.saturating_add(LEEWAY) <= now {
        return Err("the token has expired".into());
    }
    if claims.nbf.is_some_and(|begin| begin > now.saturating_add(LEEWAY)) {
        return Err("the token does not hold yet".into());
    }
    if !oidc.repositories.iter().any(|repository| repository.eq_ignore_ascii_case(&claims.repository)) {
        return Err(format!("the repository `{}` may not reload", claims.repository));
    }
    if !oidc.refs.is_empty() && !oidc.refs.contains(&claims.reference) {
        return Err(format!("the ref `{}` may not reload", claims.reference));
    }
    Ok(())
}

async fn key(shared: &Arc<Shared>, issuer: &str, kid: &str) -> Result<DecodingKey, String> {
    let mut held = shared.keys.0.lock().await;
    let now = shared.now();
    let age = held.as_ref().filter(|held| held.issuer == issuer).map(|held| now.since(held.asked));
    let has_key = held.as_ref().is_some_and(|held| held.keys.find(kid).is_some());
    let wanted = match age {
        None => true,
        Some(age) => age > FRESH || (!has_key && age > RARELY),
    };
    if wanted {
        let keys = ask(shared, issuer).await?;
        *held = Some(Held { issuer: issuer.to_owned(), asked: now, keys });
    }
    let key = held.as_ref().and_then(|held| held.keys.find(kid)).ok_or("the issuer has no such key")?;
    DecodingKey::from_jwk(key).map_err(|error| error.to_string())
}

async fn ask(shared: &Arc<Shared>, issuer: &str) -> Result<JwkSet, String> {
    let (state, issuer) = (shared.state_for_long(), issuer.to_owned());
    let keys = tokio::task::spawn_blocking(move || state.work.signing_keys(&issuer)).await;
    let keys = keys.map_err(|error| error.to_string())??;
    serde_json::from_str(&keys).map_err(|error| format!("the issuer's keys cannot be read: {error}"))
}
