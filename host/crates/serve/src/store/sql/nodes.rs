//! Nodes, pointers, and what keeps a store small and sound.

use super::{Database, Result, Value, text, values, word};
use crate::store::record::{Arrival, NodeState, Pointer};
use crate::time::Time;
use crate::work::Source;

/// Rows that one tidying takes at most, so that nobody waits for it.
const SWEEP: i64 = 500;

/// Remembers that a node was heard of, and where its branch stands by that.
pub(super) fn hear(database: &dyn Database, arrival: &Arrival) -> Result<()> {
    let Some(node) = &arrival.node else { return Ok(()) };
    let head = arrival.after.as_ref().filter(|_| arrival.moves_head);
    let head_at = head.map(|_| arrival.received);
    database.run(
        "INSERT INTO nodes (name, head, head_at, last_delivery, last_delivery_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name) DO UPDATE SET head = coalesce(excluded.head, nodes.head),
           head_at = coalesce(excluded.head_at, nodes.head_at),
           last_delivery = excluded.last_delivery, last_delivery_at = excluded.last_delivery_at",
        values![node, head, head_at, &arrival.id, arrival.received],
    )?;
    if arrival.source == Source::Reconcile {
        database.run(
            "UPDATE nodes SET reconciled = ?2, reconciled_at = ?3 WHERE name = ?1",
            values![node, &arrival.id, arrival.received],
        )?;
    }
    Ok(())
}

/// The delivery by which we already told what this push tells: we had found the branch where it led to.
///
/// A forge may deliver, or repeat, what was pushed while we were away after heads were compared. Such a push led to
/// the head that was found, or was made before we looked. Where the sender's clock is ahead of ours and a later push
/// looks like an earlier one, the next comparison finds it.
///
/// Of the node `?3`, for a push made at `?4` that led to `?5`.
pub(super) const FOUND_BEFORE: &str =
    "SELECT reconciled FROM nodes WHERE name = ?3 AND reconciled IS NOT NULL
   AND (?4 <= reconciled_at OR (head = ?5 AND EXISTS
     (SELECT 1 FROM deliveries WHERE id = reconciled AND after_commit = head)
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE node = ?3 AND received > reconciled_at
       AND disposition IN ('queued', 'skipped:loop'))))";

/// The delivery that moved the branch of the node `?3` since it was compared, when it stood at `?6`.
pub(super) const MOVED_SINCE: &str =
    "SELECT coalesce(last_delivery, '') FROM nodes WHERE name = ?3 AND head IS DISTINCT FROM ?6";

pub(in crate::store) fn see_head(database: &dyn Database, node: &str, head: &str, now: Time) -> Result<()> {
    database.run(
        "INSERT INTO nodes (name, head, head_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET head = excluded.head, head_at = excluded.head_at",
        values![node, head, now],
    )
}

pub(in crate::store) fn nodes(database: &dyn Database) -> Result<Vec<NodeState>> {
    let rows = database.rows(
        "SELECT name, head, head_at, last_delivery, last_delivery_at,
           (SELECT id FROM runs WHERE node = nodes.name ORDER BY queued DESC, rowid DESC LIMIT 1)
         FROM nodes ORDER BY name",
        &[],
    )?;
    let node = |row: &super::Row| {
        Ok(NodeState {
            node: row.get(0)?,
            head: row.get(1)?,
            head_at: row.get(2)?,
            last_delivery: row.get(3)?,
            last_delivery_at: row.get(4)?,
            last_run: row.get(5)?,
        })
    };
    rows.iter().map(node).collect()
}

pub(in crate::store) fn put_pointer(database: &dyn Database, pointer: &Pointer) -> Result<()> {
    database.run(
        "INSERT INTO pointers (key, state, pointer, next_probe) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET state = excluded.state, pointer = excluded.pointer,
               next_probe = excluded.next_probe",
        values![&pointer.key, word(&pointer.history.state)?, text(pointer)?, pointer.next_probe],
    )
}

pub(in crate::store) fn pointers(database: &dyn Database) -> Result<Vec<Pointer>> {
    let rows = database.rows("SELECT pointer FROM pointers ORDER BY key", &[])?;
    rows.iter().map(|row| row.json(0)).collect()
}

/// Bodies, logs, finished jobs and sent messages go; ids stay, since a delivery may come again.
pub(in crate::store) fn tidy(database: &dyn Database, before: Time) -> Result<usize> {
    let empty = Value::Bytes([].as_slice().into());
    let mut swept = database.execute(
        "UPDATE deliveries SET body = ?3 WHERE rowid IN
           (SELECT rowid FROM deliveries WHERE received < ?1 AND length(body) > 0 LIMIT ?2)",
        &[before.into(), SWEEP.into(), empty],
    )?;
    let sweeps = [
        "UPDATE runs SET log = '', live = '' WHERE rowid IN
           (SELECT rowid FROM runs WHERE queued < ?1 AND finished < ?1 AND length(log) > 0 LIMIT ?2)",
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' AND run_at < ?1 LIMIT ?2)",
        "DELETE FROM messages WHERE rowid IN
           (SELECT rowid FROM messages WHERE created < ?1 AND state = 'sent' LIMIT ?2)",
    ];
    for sweep in sweeps {
        swept += database.execute(sweep, values![before, SWEEP])?;
    }
    Ok(usize::try_from(swept).unwrap_or(usize::MAX))
}

/// A write that leaves nothing: a row put in and taken back.
pub(in crate::store) fn probe(database: &dyn Database) -> Result<()> {
    database.run("INSERT INTO nodes (name) VALUES ('') ON CONFLICT (name) DO NOTHING", &[])?;
    database.run("DELETE FROM nodes WHERE name = ''", &[])
}
