//! Webhooks. Created by a plain request: octocrab's own adds fields that GitHub's description forbids.

use crate::call::Call;
use crate::client::Client;
use crate::settle::{settle, unsaid};
use crate::{ForgeError, Hook, HookSettings, Slug, answers, pages};
use http::Method;
use serde_json::{Value, json};

type Answer<T> = Result<T, ForgeError>;

pub(crate) fn all(client: &Client, repository: &Slug) -> Answer<Vec<Hook>> {
    let all: Vec<answers::Webhook> = pages::all(client, Call::get(repository, &["hooks"]), None)?;
    Ok(all.into_iter().map(answers::Webhook::known).collect())
}

pub(crate) fn create(client: &Client, repository: &Slug, hook: &HookSettings) -> Answer<Hook> {
    let kind = if client.is_github() { ("name", "web") } else { ("type", "gitea") };
    let mut body = json!({ "config": config(client, hook), "events": hook.events, "active": true });
    body[kind.0] = json!(kind.1);
    let call = Call::post(repository, &["hooks"], body);
    let there = || Ok(all(client, repository)?.into_iter().find(|there| there.agrees(hook)));
    match client.write(&call) {
        Ok(reply) => match client.parsed::<answers::Webhook>(&call, &reply) {
            Ok(made) => Ok(made.known()),
            Err(_) => settle(unsaid(call.what()), there),
        },
        Err(open @ ForgeError::Unknown { .. }) => settle(open, there),
        // GitHub refuses a second hook for one address: somebody was faster.
        Err(refused @ ForgeError::Refused { .. }) => there()?.ok_or(refused),
        Err(error) => Err(error),
    }
}

pub(crate) fn update(client: &Client, repository: &Slug, there: &Hook, hook: &HookSettings) -> Answer<Hook> {
    // GitHub replaces all of `config`, so one without the secret would take it away.
    let body = json!({ "config": config(client, hook), "events": hook.events, "active": true });
    let call = Call::patch(repository, &["hooks", &there.id.to_string()], body);
    let look = || {
        let mut all = all(client, repository)?.into_iter();
        Ok(all.find(|now| now.id == there.id && now.agrees(hook)))
    };
    match client.write(&call) {
        Ok(reply) => match client.parsed::<answers::Webhook>(&call, &reply) {
            Ok(now) => Ok(now.known()),
            Err(_) => settle(unsaid(call.what()), look),
        },
        // A forge shows no secret: where nothing else was to change, looking tells nothing.
        Err(open @ ForgeError::Unknown { .. }) if !there.agrees(hook) => settle(open, look),
        Err(error) => Err(error),
    }
}

pub(crate) fn remove(client: &Client, repository: &Slug, id: u64) -> Answer<()> {
    let call = Call::on(Method::DELETE, repository, &["hooks", &id.to_string()]);
    match client.write(&call) {
        Ok(_) => Ok(()),
        Err(ForgeError::NotFound { what }) => match all(client, repository)?.iter().any(|hook| hook.id == id)
        {
            true => Err(ForgeError::NotFound { what }),
            false => Ok(()),
        },
        Err(open @ ForgeError::Unknown { .. }) => {
            settle(open, || Ok((!all(client, repository)?.iter().any(|hook| hook.id == id)).then_some(())))
        }
        Err(error) => Err(error),
    }
}

pub(crate) fn ping(client: &Client, repository: &Slug, id: u64) -> Answer<()> {
    let what = if client.is_github() { "pings" } else { "tests" };
    match client.write(&Call::on(Method::POST, repository, &["hooks", &id.to_string(), what])) {
        // Nothing depends on one more or one less.
        Ok(_) | Err(ForgeError::Unknown { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn config(client: &Client, hook: &HookSettings) -> Value {
    let mut config = json!({ "url": hook.url, "content_type": "json", "secret": hook.secret.expose() });
    if client.is_github() {
        config["insecure_ssl"] = json!("0");
    }
    config
}

/// The most deliveries that are asked for again at a time.
const MOST: usize = 250;

/// Ask for the failed deliveries of the hooks with this address again, each once; how many there were. GitHub keeps them
/// for three days and tries none again by itself; Gitea and Forgejo do not tell of them.
pub(crate) fn redeliver(client: &Client, repository: &Slug, address: &str) -> Answer<usize> {
    if !client.is_github() {
        return Ok(0);
    }
    let mut asked = 0;
    for hook in all(client, repository)?.iter().filter(|hook| hook.address() == address) {
        asked += redeliver_of(client, repository, &hook.id.to_string())?;
    }
    Ok(asked)
}

fn redeliver_of(client: &Client, repository: &Slug, hook: &str) -> Answer<usize> {
    let all: Vec<answers::HookDelivery> =
        pages::all(client, Call::get(repository, &["hooks", hook, "deliveries"]), None)?;
    let failed = answers::HookDelivery::failed(all);
    for id in failed.iter().take(MOST) {
        let route = ["hooks", hook, "deliveries", &id.to_string(), "attempts"];
        match client.write(&Call::on(Method::POST, repository, &route)) {
            // The receiver knows a delivery that comes twice.
            Ok(_) | Err(ForgeError::Unknown { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(failed.len().min(MOST))
}
