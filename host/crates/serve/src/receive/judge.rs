//! What we make of a delivery that is signed and has its shape.

use super::payload::{Fact, Told};
use crate::settings::{Node, Settings};
use crate::store::{Arrival, Disposition};
use crate::time::Time;
use crate::work::{Cause, Source};
use sha2::{Digest, Sha256};

/// What a request brought, besides what it tells.
pub(crate) struct Envelope {
    pub(crate) id: String,
    pub(crate) source: Source,
    pub(crate) event: String,
    pub(crate) received: Time,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The delivery as it is kept.
pub(crate) fn arrival(settings: &Settings, envelope: Envelope, told: Told) -> Arrival {
    match told {
        Told::Work(fact) => of_fact(settings, envelope, *fact),
        Told::Ping | Told::Other(None) => bare(envelope, Disposition::SkippedEvent),
        Told::Other(Some(repository)) => {
            let node = nodes(settings, envelope.source, &repository).first().map(|node| node.name.clone());
            Arrival { repository: Some(repository), node, ..bare(envelope, Disposition::SkippedEvent) }
        }
    }
}

/// Nothing follows from it, so its body is not kept: an organisation's hook may send a hundred events of no use.
fn bare(envelope: Envelope, disposition: Disposition) -> Arrival {
    Arrival { body: Vec::new(), ..whole(envelope, disposition) }
}

fn whole(envelope: Envelope, disposition: Disposition) -> Arrival {
    Arrival {
        id: envelope.id,
        source: envelope.source,
        event: envelope.event,
        repository: None,
        received: envelope.received,
        headers: envelope.headers,
        body: envelope.body,
        disposition,
        content: None,
        node: None,
        branch: None,
        before: None,
        after: None,
        author: None,
        commits: None,
        pushed_at: None,
        cause: None,
        moves_head: false,
        channels: Vec::new(),
        web: None,
    }
}

fn of_fact(settings: &Settings, envelope: Envelope, fact: Fact) -> Arrival {
    let Some(node) = node(settings, envelope.source, &fact) else {
        return Arrival {
            repository: Some(fact.repository),
            ..bare(envelope, Disposition::SkippedRepository)
        };
    };
    let disposition = judge(settings, node, &fact);
    let queued = disposition == Disposition::Queued;
    let hears = queued && fact.cause == Some(Cause::Push);
    // Nobody replays a dispatch under another id, and two that say the same may both be meant.
    let content = hears.then(|| content(&envelope, &fact));
    // A push of our own moves the head too; otherwise the next comparison would take it for a missed one.
    let moves_head = fact.cause == Some(Cause::Push) && fact.branch.as_ref() == Some(&node.branch);
    Arrival {
        repository: Some(node.repository.full_name()),
        content,
        node: Some(node.name.clone()),
        branch: Some(fact.branch.unwrap_or_else(|| node.branch.clone())),
        before: fact.before,
        after: fact.after,
        author: fact.author,
        commits: fact.commits,
        pushed_at: fact.pushed_at,
        cause: fact.cause.filter(|_| queued),
        moves_head,
        channels: if hears { node.channels.clone() } else { Vec::new() },
        web: Some(node.repository.web()),
        ..whole(envelope, disposition)
    }
}

fn judge(settings: &Settings, node: &Node, fact: &Fact) -> Disposition {
    if is_our_own(settings, fact) {
        return Disposition::SkippedLoop;
    }
    match (&fact.cause, &fact.branch, &fact.after) {
        (Some(Cause::Dispatch(_)), _, _) => Disposition::Queued,
        // Gitea and Forgejo try a webhook with a push that moves nothing.
        (Some(Cause::Push), _, Some(after)) if fact.before.as_ref() == Some(after) => {
            Disposition::SkippedEvent
        }
        (Some(Cause::Push), Some(branch), Some(_)) if *branch == node.branch => Disposition::Queued,
        (Some(Cause::Push), Some(branch), _) if *branch != node.branch => Disposition::SkippedBranch,
        _ => Disposition::SkippedEvent,
    }
}

/// Whether we pushed this ourselves: by who did, where to, or what the commit says of itself. A dispatch is none of
/// that: the same bot that notifies a repository may be the one that serves it.
fn is_our_own(settings: &Settings, fact: &Fact) -> bool {
    if fact.cause != Some(Cause::Push) {
        return false;
    }
    let is_bot =
        fact.actors.iter().any(|actor| settings.bots.iter().any(|bot| bot.eq_ignore_ascii_case(actor)));
    let branch = fact.branch.as_deref().unwrap_or_default();
    let has_prefix =
        settings.branch_prefixes.iter().any(|prefix| !prefix.is_empty() && branch.starts_with(prefix));
    is_bot || has_prefix || has_trailer(settings, fact.message.as_deref().unwrap_or_default())
}

/// Whether the message's last paragraph has one of our keys (git-interpret-trailers). A message that only speaks of
/// one, in its text, is not ours.
fn has_trailer(settings: &Settings, message: &str) -> bool {
    let message = message.replace('\r', "");
    let Some((_, last)) = message.trim_end().rsplit_once("\n\n") else { return false };
    last.lines().any(|line| {
        line.split_once(':').is_some_and(|(key, value)| {
            !value.trim().is_empty() && settings.trailers.iter().any(|ours| ours.eq_ignore_ascii_case(key))
        })
    })
}

fn nodes<'a>(settings: &'a Settings, source: Source, repository: &str) -> Vec<&'a Node> {
    settings.nodes.iter().filter(|node| node.repository.is(source, repository)).collect()
}

/// The node that a delivery is about: the one whose branch it names, of those with its repository. Where two hosts
/// have a repository of that name, the payload's own address tells them apart.
fn node<'a>(settings: &'a Settings, source: Source, fact: &Fact) -> Option<&'a Node> {
    let mut nodes = nodes(settings, source, &fact.repository);
    let on_host = |node: &&Node| {
        fact.host.as_deref().is_some_and(|host| node.repository.host.eq_ignore_ascii_case(host))
    };
    if nodes.iter().any(on_host) {
        nodes.retain(on_host);
    }
    let watching = nodes.iter().find(|node| fact.branch.as_ref() == Some(&node.branch));
    watching.or(nodes.first()).copied()
}

/// What a delivery says, digested. The whole body is part of it: what tells two pushes apart may be anywhere.
fn content(envelope: &Envelope, fact: &Fact) -> String {
    let mut digest = Sha256::new();
    let none = String::new();
    let branch = fact.branch.as_ref().unwrap_or(&none);
    let (before, after) = (fact.before.as_ref().unwrap_or(&none), fact.after.as_ref().unwrap_or(&none));
    let repository = fact.repository.to_ascii_lowercase();
    for part in [envelope.source.as_str(), &envelope.event, &repository, branch, before, after] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(Sha256::digest(&envelope.body));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
