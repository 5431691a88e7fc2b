//! Nodes, pointers, and what keeps the file small and sound.

use super::{text, value, word};
use crate::store::record::{Arrival, NodeState, Pointer};
use crate::time::Time;
use crate::work::Source;
use rusqlite::{Connection, OptionalExtension, params};

/// Rows that one tidying takes at most, so that nobody waits for it.
const SWEEP: i64 = 500;

/// Where the node's branch stood when we last heard.
pub(super) fn head(connection: &Connection, node: &str) -> rusqlite::Result<Option<String>> {
    let mut select = connection.prepare_cached("SELECT head FROM nodes WHERE name = ?1")?;
    Ok(select.query_row([node], |row| row.get(0)).optional()?.flatten())
}

/// Remembers that a node was heard of, and where its branch stands by that.
pub(super) fn hear(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<()> {
    let Some(node) = &arrival.node else { return Ok(()) };
    let head = arrival.after.as_ref().filter(|_| arrival.moves_head);
    connection
        .prepare_cached(
            "INSERT INTO nodes (name, head, head_at, last_delivery, last_delivery_at)
             VALUES (?1, ?2, CASE WHEN ?2 IS NULL THEN NULL ELSE ?3 END, ?4, ?3)
             ON CONFLICT (name) DO UPDATE SET head = coalesce(excluded.head, head),
               head_at = coalesce(excluded.head_at, head_at),
               last_delivery = excluded.last_delivery, last_delivery_at = excluded.last_delivery_at",
        )?
        .execute(params![node, head, arrival.received.0, arrival.id])?;
    if arrival.source == Source::Reconcile {
        connection
            .prepare_cached("UPDATE nodes SET reconciled = ?2, reconciled_at = ?3 WHERE name = ?1")?
            .execute(params![node, arrival.id, arrival.received.0])?;
    }
    Ok(())
}

/// The delivery by which we already told what this push tells: we had found the branch where it led to.
///
/// A forge may deliver, or repeat, what was pushed while we were away after heads were compared. Such a push led to
/// the head that was found, or was made before we looked. Where the sender's clock is ahead of ours and a later push
/// looks like an earlier one, the next comparison finds it.
pub(super) fn found_before(connection: &Connection, arrival: &Arrival) -> rusqlite::Result<Option<String>> {
    let Some(node) = &arrival.node else { return Ok(None) };
    connection
        .prepare_cached(
            "SELECT reconciled FROM nodes WHERE name = ?1 AND reconciled IS NOT NULL
             AND (?2 <= reconciled_at OR (head = ?3 AND EXISTS
               (SELECT 1 FROM deliveries WHERE id = reconciled AND after_commit = head)
               AND NOT EXISTS (SELECT 1 FROM deliveries WHERE node = ?1 AND received > reconciled_at
                 AND disposition IN ('queued', 'skipped:loop'))))",
        )?
        .query_row(params![node, arrival.pushed_at.map(|time| time.0), arrival.after], |row| row.get(0))
        .optional()
}

/// The delivery that moved the branch since heads were compared.
pub(super) fn moved_since(connection: &Connection, found: &Arrival) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT coalesce(last_delivery, '') FROM nodes WHERE name = ?1 AND head IS NOT ?2")?
        .query_row(params![found.node, found.before], |row| row.get(0))
        .optional()
}

pub(super) fn see_head(connection: &Connection, node: &str, head: &str, now: Time) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO nodes (name, head, head_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET head = excluded.head, head_at = excluded.head_at",
        )?
        .execute(params![node, head, now.0])
        .map(drop)
}

pub(super) fn nodes(connection: &Connection) -> rusqlite::Result<Vec<NodeState>> {
    let mut select = connection.prepare_cached(
        "SELECT name, head, head_at, last_delivery, last_delivery_at,
           (SELECT id FROM runs WHERE node = nodes.name ORDER BY queued DESC, rowid DESC LIMIT 1)
         FROM nodes ORDER BY name",
    )?;
    let rows = select.query_map([], |row| {
        Ok(NodeState {
            node: row.get(0)?,
            head: row.get(1)?,
            head_at: row.get::<_, Option<i64>>(2)?.map(Time),
            last_delivery: row.get(3)?,
            last_delivery_at: row.get::<_, Option<i64>>(4)?.map(Time),
            last_run: row.get(5)?,
        })
    })?;
    rows.collect()
}

pub(super) fn put_pointer(connection: &Connection, pointer: &Pointer) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO pointers (key, state, pointer, next_probe) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET state = excluded.state, pointer = excluded.pointer,
               next_probe = excluded.next_probe",
        )?
        .execute(params![pointer.key, word(&pointer.history.state)?, text(pointer)?, pointer.next_probe.0])
        .map(drop)
}

pub(super) fn pointers(connection: &Connection) -> rusqlite::Result<Vec<Pointer>> {
    let mut select = connection.prepare_cached("SELECT pointer FROM pointers ORDER BY key")?;
    let rows = select.query_map([], |row| value(row.get_ref(0)?.as_str()?))?;
    rows.collect()
}

/// Bodies, logs, finished jobs and sent messages go; ids stay, since a delivery may come again.
pub(super) fn tidy(connection: &Connection, before: Time) -> rusqlite::Result<usize> {
    let sweeps = [
        "UPDATE deliveries SET body = x'' WHERE rowid IN
           (SELECT rowid FROM deliveries WHERE received < ?1 AND length(body) > 0 LIMIT ?2)",
        "UPDATE runs SET log = '', live = '' WHERE rowid IN
           (SELECT rowid FROM runs WHERE queued < ?1 AND finished < ?1 AND length(log) > 0 LIMIT ?2)",
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' AND run_at < ?1 LIMIT ?2)",
        "DELETE FROM messages WHERE rowid IN
           (SELECT rowid FROM messages WHERE created < ?1 AND state = 'sent' LIMIT ?2)",
    ];
    let mut swept = 0;
    for sweep in sweeps {
        swept += connection.prepare_cached(sweep)?.execute(params![before.0, SWEEP])?;
    }
    Ok(swept)
}

/// A write that leaves nothing: an update of a page of the file, taken back.
pub(super) fn probe(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "INSERT INTO nodes (name) VALUES ('') ON CONFLICT (name) DO NOTHING; DELETE FROM nodes WHERE name = ''",
    )
}
