//! Taking a delivery in: once, with all that follows from it.

use super::jobs::{self, Wish};
use super::{Database, Result, from_word, messages, nodes, text, values, word};
use crate::store::record::{Arrival, Disposition, JobKind, Received};
use crate::work::{Cause, Source};

pub(in crate::store) fn receive(database: &dyn Database, arrival: &Arrival) -> Result<Received> {
    let kept = kept(database, arrival)?;
    if let Some(of) = known(database, arrival, &kept)? {
        return Ok(Received::Duplicate { of });
    }
    if let Some(of) = replayed(arrival, &kept).or_else(|| told(arrival, kept)) {
        insert(database, arrival, Disposition::Duplicate, Some(&of))?;
        return Ok(Received::Duplicate { of });
    }
    insert(database, arrival, arrival.disposition, None)?;
    nodes::hear(database, arrival)?;
    if arrival.disposition == Disposition::Queued {
        follow(database, arrival)?;
    }
    Ok(Received::New(arrival.disposition))
}

/// What is kept already that a delivery is compared with: all of it in one look.
struct Kept {
    /// What became of the delivery of its id.
    disposition: Option<Disposition>,
    /// The last one with its content that set off a run.
    same: Option<String>,
    /// Where its node's branch stood when we last heard.
    head: Option<String>,
    /// [`nodes::FOUND_BEFORE`].
    found_before: Option<String>,
    /// [`nodes::MOVED_SINCE`].
    moved_since: Option<String>,
}

fn kept(database: &dyn Database, arrival: &Arrival) -> Result<Kept> {
    let (found_before, moved_since) = (nodes::FOUND_BEFORE, nodes::MOVED_SINCE);
    // Without statistics SQLite may take all that were ever queued for fewer than those of one content.
    let look = format!(
        "SELECT (SELECT disposition FROM deliveries WHERE id = ?1),
           (SELECT id FROM deliveries INDEXED BY deliveries_content
              WHERE content = ?2 AND disposition = 'queued' ORDER BY received DESC LIMIT 1),
           (SELECT head FROM nodes WHERE name = ?3), ({found_before}), ({moved_since})"
    );
    let Arrival { id, content, node, pushed_at, after, before, .. } = arrival;
    let row = database.one(&look, values![id, content, node, *pushed_at, after, before])?;
    let disposition: Option<String> = row.get(0)?;
    Ok(Kept {
        disposition: disposition.map(from_word).transpose()?,
        same: row.get(1)?,
        head: row.get(2)?,
        found_before: row.get(3)?,
        moved_since: row.get(4)?,
    })
}

/// A delivery of this id that was kept. One from which nothing followed makes way where something follows now: its
/// node was added since, and the sender delivers again.
fn known(database: &dyn Database, arrival: &Arrival, kept: &Kept) -> Result<Option<String>> {
    let Some(disposition) = kept.disposition else { return Ok(None) };
    let was_idle = matches!(
        disposition,
        Disposition::SkippedRepository | Disposition::SkippedBranch | Disposition::SkippedEvent
    );
    if was_idle && arrival.disposition == Disposition::Queued {
        database.run("DELETE FROM deliveries WHERE id = ?1", values![&arrival.id])?;
        return Ok(None);
    }
    database.run(
        "UPDATE deliveries SET seen = seen + 1, last_seen = ?2 WHERE id = ?1",
        values![&arrival.id, arrival.received],
    )?;
    Ok(Some(arrival.id.clone()))
}

/// A delivery of another id with the same content.
///
/// Gitea replays under a new id, so content has to count. But some bodies hold no time, and a branch that is pushed
/// to and fro (A → B → A → B) brings the same content twice, and means it. What tells them apart is where the branch
/// stood before this delivery: a push starts from there, a replay of an old one does not. So a replay counts again
/// only where the branch went back since, which costs a run that finds nothing new; the other error would lose a push.
fn replayed(arrival: &Arrival, kept: &Kept) -> Option<String> {
    let starts_here =
        arrival.before.is_some() && arrival.before != arrival.after && kept.head == arrival.before;
    kept.same.clone().filter(|_| arrival.disposition == Disposition::Queued && !starts_here)
}

/// What is known by comparing heads is not told again, and what is found so counts only where nobody told meanwhile.
fn told(arrival: &Arrival, kept: Kept) -> Option<String> {
    if arrival.disposition != Disposition::Queued || arrival.cause != Some(Cause::Push) {
        return None;
    }
    if arrival.source == Source::Reconcile { kept.moved_since } else { kept.found_before }
}

fn insert(
    database: &dyn Database,
    arrival: &Arrival,
    disposition: Disposition,
    duplicate_of: Option<&str>,
) -> Result<()> {
    let values = values![
        &arrival.id,
        arrival.source.as_str(),
        &arrival.event,
        &arrival.repository,
        &arrival.node,
        &arrival.branch,
        &arrival.before,
        &arrival.after,
        &arrival.author,
        arrival.commits,
        arrival.received,
        word(&disposition)?,
        duplicate_of,
        &arrival.content,
        text(&arrival.headers)?,
        &arrival.body,
    ];
    database.run(
            "INSERT INTO deliveries (id, source, event, repository, node, branch, before_commit, after_commit, author,
               commits, received, last_seen, disposition, duplicate_of, content, headers, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15, ?16)",
            values,
        )
}

/// A run, and a line for each channel.
fn follow(database: &dyn Database, arrival: &Arrival) -> Result<()> {
    let (Some(node), Some(cause)) = (&arrival.node, &arrival.cause) else { return Ok(()) };
    let wish = Wish { kind: JobKind::Run, subject: node, run_at: arrival.received };
    let run = jobs::want_run(database, &wish, cause, &arrival.id)?;
    jobs::add_delivery(database, &run, &arrival.id)?;
    for channel in &arrival.channels {
        messages::add(database, channel, arrival)?;
        jobs::want(database, &Wish { kind: JobKind::Message, subject: channel, run_at: arrival.received })?;
    }
    Ok(())
}
