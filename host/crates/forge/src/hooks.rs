//! Webhooks. Created by a plain request: octocrab's own adds fields that GitHub's description forbids.

use crate::call::Call;
use crate::client::Client;
use crate::settle::{settle, unsaid};
use crate::{ForgeError, Hook, HookSettings, Slug, answers, pages};
use serde_json::{Value, json};

type Answer<T> = Result<T, ForgeError>;

pub(crate) fn all(client: &Client, repository: &Slug) -> Answer<Vec<Hook>> {
    let all: Vec<answers::Webhook> = pages::all(client, Call::get(repository, &["hooks"]), None)?;
    Ok(all.into_iter().map(answers::Webhook::known).collect())
}

fn find(client: &Client, repository: &Slug, url: &str) -> Answer<Option<Hook>> {
    Ok(all(client, repository)?.into_iter().find(|hook| hook.url == url))
}

pub(crate) fn upsert(client: &Client, repository: &Slug, hook: &HookSettings) -> Answer<Hook> {
    match find(client, repository, &hook.url)? {
        None => create(client, repository, hook),
        // A secret cannot be read back, so one that is given is always written.
        Some(there) if hook.secret.is_none() && agrees(&there, hook) => Ok(there),
        Some(there) => update(client, repository, hook, &there),
    }
}

fn create(client: &Client, repository: &Slug, hook: &HookSettings) -> Answer<Hook> {
    let kind = if client.is_github() { ("name", "web") } else { ("type", "gitea") };
    let mut body = json!({ "config": config(client, hook), "events": hook.events, "active": hook.active });
    body[kind.0] = json!(kind.1);
    let call = Call::post(repository, &["hooks"], body);
    let there = || find(client, repository, &hook.url);
    match client.write(&call) {
        Ok(reply) => match client.parsed::<answers::Webhook>(&call, &reply) {
            Ok(made) => Ok(made.known()),
            Err(_) => settle(unsaid(call.what()), there),
        },
        Err(open @ ForgeError::Unknown { .. }) => settle(open, there),
        // GitHub refuses a second hook for one address: somebody was faster.
        Err(refused @ ForgeError::Refused { .. }) => match there()? {
            Some(other) => update(client, repository, hook, &other),
            None => Err(refused),
        },
        Err(error) => Err(error),
    }
}

fn update(client: &Client, repository: &Slug, hook: &HookSettings, there: &Hook) -> Answer<Hook> {
    let mut body = json!({ "events": hook.events, "active": hook.active });
    if hook.secret.is_some() {
        // Without a secret in it, this would take away the one that is set.
        body["config"] = config(client, hook);
    }
    let wanted = Hook { events: hook.events.clone(), active: hook.active, ..there.clone() };
    match client.write(&Call::patch(repository, &["hooks", &there.id.to_string()], body)) {
        Ok(_) => Ok(wanted),
        Err(open @ ForgeError::Unknown { .. }) if hook.secret.is_none() => settle(open, || {
            let now = find(client, repository, &hook.url)?;
            Ok(now.filter(|now| agrees(now, hook)))
        }),
        Err(error) => Err(error),
    }
}

/// Whether a hook is as it should be, as far as the forge shows it.
fn agrees(there: &Hook, wanted: &HookSettings) -> bool {
    let sorted = |events: &[String]| {
        let mut events = events.to_vec();
        events.sort();
        events.dedup();
        events
    };
    there.active == wanted.active && sorted(&there.events) == sorted(&wanted.events)
}

fn config(client: &Client, hook: &HookSettings) -> Value {
    let mut config = json!({ "url": hook.url, "content_type": "json" });
    if client.is_github() {
        config["insecure_ssl"] = json!("0");
    }
    if let Some(secret) = &hook.secret {
        config["secret"] = json!(secret.expose());
    }
    config
}

pub(crate) fn test(client: &Client, repository: &Slug, id: u64) -> Answer<()> {
    client.write(&Call::on(http::Method::POST, repository, &["hooks", &id.to_string(), "tests"])).map(|_| ())
}

/// The most deliveries that are asked for again at a time.
const MOST: usize = 250;

/// Ask for the failed deliveries of the hook with this URL again, each once; how many there were. GitHub keeps them for three
/// days and tries none again by itself; Gitea and Forgejo do not tell of them.
pub(crate) fn redeliver(client: &Client, repository: &Slug, url: &str) -> Answer<usize> {
    if !client.is_github() {
        return Ok(0);
    }
    let Some(hook) = find(client, repository, url)? else { return Ok(0) };
    let hook = hook.id.to_string();
    let all: Vec<answers::HookDelivery> =
        pages::all(client, Call::get(repository, &["hooks", &hook, "deliveries"]), None)?;
    let failed = answers::HookDelivery::failed(all);
    for id in failed.iter().take(MOST) {
        let route = ["hooks", &hook, "deliveries", &id.to_string(), "attempts"];
        match client.write(&Call::on(http::Method::POST, repository, &route)) {
            // The receiver knows a delivery that comes twice.
            Ok(_) | Err(ForgeError::Unknown { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(failed.len().min(MOST))
}
