//! Deliveries as forges send them.

use crate::http::Headers;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const SECRET: &str = "it's a secret to everybody";

pub(crate) fn hmac(secret: &[u8], body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A commit's name from a word.
pub(crate) fn commit(word: &str) -> String {
    let hex = hex(word.as_bytes());
    format!("{hex:0<40}").chars().take(40).collect()
}

pub(crate) fn push(repository: &str, before: &str, after: &str) -> Value {
    json!({
        "ref": "refs/heads/main",
        "before": commit(before),
        "after": commit(after),
        "repository": { "full_name": repository, "html_url": format!("https://github.com/{repository}") },
        "pusher": { "name": "ada", "email": "ada@example.org" },
        "sender": { "login": "ada" },
        "commits": [{}, {}],
        "head_commit": { "id": commit(after), "message": "change\n\nmore" },
    })
}

pub(crate) fn github(secret: &str, event: &str, id: &str, body: &[u8]) -> Headers {
    vec![
        ("content-type".into(), "application/json".into()),
        ("x-github-event".into(), event.into()),
        ("x-github-delivery".into(), id.into()),
        ("x-hub-signature-256".into(), format!("sha256={}", hex(&hmac(secret.as_bytes(), body)))),
    ]
}

/// Gitea sends GitHub's headers too.
pub(crate) fn gitea(secret: &str, event: &str, id: &str, body: &[u8]) -> Headers {
    let mut headers = github(secret, event, id, body);
    headers.push(("x-gitea-event".into(), event.into()));
    headers.push(("x-gitea-delivery".into(), id.into()));
    headers.push(("x-gitea-signature".into(), hex(&hmac(secret.as_bytes(), body))));
    headers
}

/// Standard Webhooks, with a key as bytes.
pub(crate) fn standard(key: &[u8], id: &str, seconds: u64, body: &[u8]) -> Headers {
    let mut signed = format!("{id}.{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    vec![
        ("webhook-id".into(), id.into()),
        ("webhook-timestamp".into(), seconds.to_string()),
        ("webhook-signature".into(), format!("v1,{}", STANDARD.encode(hmac(key, &signed)))),
    ]
}
