//! What a channel is to hear, until it has heard everything that may be said now.

use super::{holding, is_spent, pause, settle};
use crate::settings::Limits;
use crate::shared::Shared;
use crate::store::{Budget, Claim, MessageEnding, Outgoing, Settling, StoreError, Taken};
use crate::time::Time;
use crate::work::Sent;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The longest pause of a message; a run has more patience.
const MOST: Duration = Duration::from_secs(600);

pub(super) async fn speak(shared: &Arc<Shared>, claim: &Claim) {
    if !is_ours(shared, claim) {
        let limits = &shared.state().settings.limits.clone();
        let later = shared.now().after(pause(limits, claim.attempt, crate::random::word()));
        return settle(shared, claim, again(shared, later, "this server does not know the channel")).await;
    }
    let settling = match holding(shared, claim, || None, speak_all(shared, claim)).await {
        Ok(Some(until)) => again(shared, until, "the channel's limits"),
        Ok(None) => {
            Settling::Done { at: shared.now(), verdict: None, effects: Vec::new(), log: String::new() }
        }
        Err(error) => again(shared, shared.now().after(Duration::from_secs(1)), &error.to_string()),
    };
    settle(shared, claim, settling).await;
}

/// Whether it is for us to speak, or to say that nobody can. Servers that share a store need not have read the same
/// configuration yet.
fn is_ours(shared: &Shared, claim: &Claim) -> bool {
    let settings = &shared.state().settings;
    let is_known = settings.nodes.iter().any(|node| node.channels.contains(&claim.subject));
    is_known || !shared.store.is_shared() || is_spent(&settings.limits, claim.since, shared.now())
}

fn again(shared: &Shared, run_at: Time, why: &str) -> Settling {
    let at = shared.now();
    Settling::Again { at, run_at, not_before: None, why: why.into(), effects: Vec::new(), log: String::new() }
}

/// Says what may be said; returns when there is more to say.
async fn speak_all(shared: &Arc<Shared>, claim: &Claim) -> Result<Option<Time>, StoreError> {
    while !shared.is_draining() {
        let budget = budget(&shared.state().settings.limits);
        match shared.store.take_message(claim, shared.now(), budget).await? {
            Taken::Send(message) => {
                let ending = say(shared, &claim.subject, &message).await;
                shared.store.settle_message(claim, &message.transaction, shared.now(), ending).await?;
            }
            // What comes within a moment is worth no round through the queue.
            Taken::Wait(until) if until.since(shared.now()) < Duration::from_millis(200) => {
                tokio::time::sleep(until.since(shared.now()).max(Duration::from_millis(1))).await;
            }
            Taken::Wait(until) => return Ok(Some(until)),
            Taken::Idle | Taken::Lost => return Ok(None),
        }
    }
    Ok(Some(shared.now()))
}

fn budget(limits: &Limits) -> Budget {
    let interval = i64::try_from(limits.message_interval.as_millis()).unwrap_or(i64::MAX);
    Budget { burst: limits.room_burst, rate: limits.room_rate, interval }
}

async fn say(shared: &Arc<Shared>, channel: &str, message: &Outgoing) -> MessageEnding {
    let state = shared.state_for_long();
    let (channel_name, transaction, digest) =
        (channel.to_owned(), message.transaction.clone(), message.digest.clone());
    let again = message.ambiguous;
    let said =
        tokio::task::spawn_blocking(move || state.work.say(&channel_name, &transaction, &digest, again))
            .await;
    // Whoever panics while sending may have sent.
    let ending = ending(shared, message, said.unwrap_or(Sent::Unknown));
    tell(shared, channel, message, &ending);
    ending
}

fn ending(shared: &Shared, message: &Outgoing, sent: Sent) -> MessageEnding {
    let limits = &shared.state().settings.limits;
    let now = shared.now();
    let ambiguous = message.ambiguous;
    let again = |why: String, ambiguous: bool| {
        if is_spent(limits, message.since, now) {
            return MessageEnding::Dead {
                why: format!("given up after {} attempts: {why}", message.attempts + 1),
            };
        }
        let quick = Limits {
            retry_first: Duration::from_secs(1).min(limits.retry_first),
            retry_most: MOST,
            ..limits.clone()
        };
        let at = now.after(pause(&quick, message.attempts + 1, crate::random::word()));
        MessageEnding::Again { at, why, ambiguous }
    };
    match sent {
        Sent::Sent => MessageEnding::Sent,
        Sent::Limited { until } => {
            MessageEnding::Limited { until: until.max(now.after(Duration::from_millis(50))), ambiguous }
        }
        Sent::Unknown => again("it is not known whether it is there".into(), true),
        // That this attempt failed says nothing about the one before it.
        Sent::Failed { why, permanent: false } => again(why, ambiguous),
        Sent::Failed { why, permanent: true } => MessageEnding::Dead { why },
    }
}

fn tell(shared: &Shared, channel: &str, message: &Outgoing, ending: &MessageEnding) {
    let fields = |word: &str, why: Option<&String>| {
        shared.metrics.message(word);
        let lines = message.digest.lines.len();
        json!({ "channel": channel, "transaction": message.transaction, "lines": lines, "ending": word, "why": why })
    };
    match ending {
        MessageEnding::Sent => shared.info("message", fields("sent", None)),
        MessageEnding::Limited { until, .. } => {
            let why = format!("limited for {} ms", until.since(shared.now()).as_millis());
            shared.info("message", fields("limited", Some(&why)));
        }
        MessageEnding::Again { why, .. } => shared.warn("message", fields("again", Some(why))),
        MessageEnding::Dead { why } => shared.error("message", fields("dead", Some(why))),
    }
}
