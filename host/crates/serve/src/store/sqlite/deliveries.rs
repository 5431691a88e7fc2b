//! Taking a delivery in: once, with all that follows from it.

use super::jobs::{self, Wish};
use super::{messages, nodes, text, word};
use crate::store::record::{Arrival, Disposition, JobKind, Received};
use crate::work::{Cause, Source};
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn receive(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<Received> {
    if let Some(of) = known(connection, arrival)? {
        return Ok(Received::Duplicate { of });
    }
    let of = match replayed(connection, arrival)? {
        None => told(connection, arrival)?,
        some => some,
    };
    if let Some(of) = of {
        insert(connection, arrival, Disposition::Duplicate, Some(&of))?;
        return Ok(Received::Duplicate { of });
    }
    insert(connection, arrival, arrival.disposition, None)?;
    nodes::hear(connection, arrival)?;
    if arrival.disposition == Disposition::Queued {
        follow(connection, arrival)?;
    }
    Ok(Received::New(arrival.disposition))
}

/// A delivery of this id that was kept. One from which nothing followed makes way where something follows now: its
/// node was added since, and the sender delivers again.
fn known(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<Option<String>> {
    let mut select = connection.prepare_cached("SELECT disposition FROM deliveries WHERE id = ?1")?;
    let Some(disposition) = select.query_row([&arrival.id], |row| row.get::<_, String>(0)).optional()? else {
        return Ok(None);
    };
    let was_idle = matches!(
        super::from_word(disposition)?,
        Disposition::SkippedRepository | Disposition::SkippedBranch | Disposition::SkippedEvent
    );
    if was_idle && arrival.disposition == Disposition::Queued {
        connection.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?.execute([&arrival.id])?;
        return Ok(None);
    }
    connection
        .prepare_cached("UPDATE deliveries SET seen = seen + 1, last_seen = ?2 WHERE id = ?1")?
        .execute(params![arrival.id, arrival.received.0])?;
    Ok(Some(arrival.id.clone()))
}

/// A delivery of another id with the same content.
///
/// Gitea replays under a new id, so content has to count. But some bodies hold no time, and a branch that is pushed
/// to and fro (A → B → A → B) brings the same content twice, and means it. What tells them apart is where the branch
/// stood before this delivery: a push starts from there, a replay of an old one does not. So a replay counts again
/// only where the branch went back since, which costs a run that finds nothing new; the other error would lose a push.
fn replayed(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<Option<String>> {
    let (Disposition::Queued, Some(content)) = (arrival.disposition, &arrival.content) else {
        return Ok(None);
    };
    let first = connection
        .prepare_cached(
            // Without statistics SQLite may take all that were ever queued for fewer than those of one content.
            "SELECT id FROM deliveries INDEXED BY deliveries_content
             WHERE content = ?1 AND disposition = 'queued' ORDER BY received DESC LIMIT 1",
        )?
        .query_row([content], |row| row.get(0))
        .optional()?;
    let Some(first) = first else { return Ok(None) };
    let starts_here = arrival.before.is_some()
        && arrival.before != arrival.after
        && nodes::head(connection, arrival.node.as_deref().unwrap_or_default())? == arrival.before;
    Ok((!starts_here).then_some(first))
}

/// What is known by comparing heads is not told again, and what is found so counts only where nobody told meanwhile.
fn told(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<Option<String>> {
    if arrival.disposition != Disposition::Queued || arrival.cause != Some(Cause::Push) {
        return Ok(None);
    }
    if arrival.source != Source::Reconcile {
        return nodes::found_before(connection, arrival);
    }
    nodes::moved_since(connection, arrival)
}

fn insert(
    connection: &Connection,
    arrival: &Arrival,
    disposition: Disposition,
    duplicate_of: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO deliveries (id, source, event, repository, node, branch, before_commit, after_commit, author,
               commits, received, last_seen, disposition, duplicate_of, content, headers, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            arrival.id,
            arrival.source.as_str(),
            arrival.event,
            arrival.repository,
            arrival.node,
            arrival.branch,
            arrival.before,
            arrival.after,
            arrival.author,
            arrival.commits,
            arrival.received.0,
            word(&disposition)?,
            duplicate_of,
            arrival.content,
            text(&arrival.headers)?,
            arrival.body,
        ])
        .map(drop)
}

/// A run, and a line for each channel.
fn follow(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<()> {
    let (Some(node), Some(cause)) = (&arrival.node, &arrival.cause) else { return Ok(()) };
    let wish = Wish { kind: JobKind::Run, subject: node, run_at: arrival.received };
    let run = jobs::want_run(connection, &wish, cause, &arrival.id)?;
    jobs::add_delivery(connection, &run, &arrival.id)?;
    for channel in &arrival.channels {
        messages::add(connection, channel, arrival)?;
        jobs::want(connection, &Wish { kind: JobKind::Message, subject: channel, run_at: arrival.received })?;
    }
    Ok(())
}
