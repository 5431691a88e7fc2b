//! Whether a delivery is from whom it says. Every comparison takes the same time wherever it fails.

use crate::settings::Secret;
use crate::time::Time;
use crate::work::Source;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Standard Webhooks: a signature that is older, or from the future by more, is a replay.
const TOLERANCE: u64 = 5 * 60;

/// What the base64 of a key begins with (Standard Webhooks), also in GitLab.
const KEY: &str = "whsec_";

/// A header that is there once. One that is there twice proves nothing: two readers may read two values.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether one of the live secrets signed this.
pub(crate) fn holds(source: Source, secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Time) -> bool {
    match source {
        Source::Github => {
            let signature =
                header(headers, "x-hub-signature-256").and_then(|value| value.strip_prefix("sha256="));
            hexadecimal(secrets, signature, body)
        }
        Source::Gitea => {
            let own =
                ["x-gitea-signature", "x-forgejo-signature"].iter().find_map(|name| header(headers, name));
            hexadecimal(secrets, own, body)
        }
        Source::Gitlab => gitlab(secrets, headers, body, now),
        Source::Generic => standard(secrets, headers, body, now),
        Source::Reconcile | Source::Manual => false,
    }
}

fn hexadecimal(secrets: &[Secret], signature: Option<&str>, body: &[u8]) -> bool {
    let Some(signature) = signature.and_then(unhex) else { return false };
    // No short cut: how long it takes does not tell which secret fits.
    secrets
        .iter()
        .fold(false, |found, secret| verifies(secret.expose().as_bytes(), &[body], &signature) | found)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

fn verifies(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    !key.is_empty() && mac.verify_slice(signature).is_ok()
}

/// A signing token signs as Standard Webhooks do; a secret token comes along as it is.
fn gitlab(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Time) -> bool {
    let (signing, tokens): (Vec<_>, Vec<_>) =
        secrets.iter().cloned().partition(|secret| secret.expose().starts_with(KEY));
    let signed = standard(&signing, headers, body, now);
    let token = header(headers, "x-gitlab-token").is_some_and(|token| is_one_of(token, &tokens));
    signed | token
}

/// Whether a token is one of these secrets. Digests are compared, so not even lengths show.
pub(crate) fn is_one_of(token: &str, secrets: &[Secret]) -> bool {
    let token = Sha256::digest(token.as_bytes());
    secrets.iter().filter(|secret| !secret.expose().is_empty()).fold(false, |found, secret| {
        bool::from(Sha256::digest(secret.expose().as_bytes()).as_slice().ct_eq(token.as_slice())) | found
    })
}

/// Standard Webhooks 1.0: `v1,` and the base64 of the HMAC over `id.timestamp.body`, in a list.
fn standard(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Time) -> bool {
    let wanted = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| header(headers, name));
    let [Some(id), Some(timestamp), Some(signatures)] = wanted else { return false };
    let fresh = timestamp.parse::<u64>().is_ok_and(|sent| sent.abs_diff(now.seconds()) <= TOLERANCE);
    if !fresh {
        return false;
    }
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let signatures = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).take(8);
    signatures.filter_map(|signature| STANDARD.decode(signature).ok()).fold(false, |found, signature| {
        secrets.iter().fold(found, |found, secret| verifies(&key(secret), &parts, &signature) | found)
    })
}

/// A key with its prefix is base64; one without is taken as it is.
fn key(secret: &Secret) -> Vec<u8> {
    match secret.expose().strip_prefix(KEY) {
        Some(encoded) => STANDARD.decode(encoded).unwrap_or_default(),
        None => secret.expose().as_bytes().to_vec(),
    }
}
