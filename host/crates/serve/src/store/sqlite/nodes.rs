//! Nodes, pointers, and what keeps the file small and sound.

use super::{text, value, word};
use crate::store::record::{Arrival, Disposition, NodeState, Pointer};
use crate::time::Time;
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
    // A push of our own moves the head too; otherwise the next comparison would take it for a missed one.
    let moves = matches!(arrival.disposition, Disposition::Queued | Disposition::SkippedLoop);
    let head = arrival.after.as_ref().filter(|_| moves);
    connection
        .prepare_cached(
            "INSERT INTO nodes (name, head, head_at, last_delivery, last_delivery_at)
             VALUES (?1, ?2, CASE WHEN ?2 IS NULL THEN NULL ELSE ?3 END, ?4, ?3)
             ON CONFLICT (name) DO UPDATE SET head = coalesce(excluded.head, head),
               head_at = coalesce(excluded.head_at, head_at),
               last_delivery = excluded.last_delivery, last_delivery_at = excluded.last_delivery_at",
        )?
        .execute(params![node, head, arrival.received.0, arrival.id])
        .map(drop)
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
