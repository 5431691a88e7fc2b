//! What pages and probes read.

use super::{from_word, value, word};
use crate::message::Line;
use crate::store::record::{Counts, Delivery, DeliveryRow, JobKind, MessageRow, RunRow, Window};
use crate::time::Time;
use crate::work::PushDigest;
use rusqlite::{Connection, OptionalExtension, Row, params};

const DELIVERY: &str =
    "id, source, event, repository, node, branch, before_commit, after_commit, author, commits,
    received, disposition, duplicate_of, seen,
    (SELECT coalesce(json_group_array(run), '[]') FROM run_deliveries WHERE delivery = deliveries.id)";

const RUN: &str = "id, node, causes, state, queued, started, finished, attempts, verdict, error, effects,
    (SELECT coalesce(json_group_array(delivery), '[]') FROM (SELECT delivery FROM run_deliveries
       JOIN deliveries ON deliveries.id = delivery WHERE run = runs.id ORDER BY received, deliveries.rowid)),
    (SELECT max(run_at, not_before) FROM jobs WHERE jobs.run = runs.id AND jobs.state = 'ready')";

pub(super) fn deliveries(connection: &Connection, window: &Window) -> rusqlite::Result<Vec<DeliveryRow>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {DELIVERY} FROM deliveries WHERE ?3 IS NULL OR node = ?3
         ORDER BY received DESC, rowid DESC LIMIT ?1 OFFSET ?2"
    ))?;
    let rows = select.query_map(params![window.limit, window.offset, window.of], delivery_row)?;
    rows.collect()
}

pub(super) fn delivery(connection: &Connection, id: &str) -> rusqlite::Result<Option<Delivery>> {
    connection
        .prepare_cached(&format!("SELECT {DELIVERY}, headers, body FROM deliveries WHERE id = ?1"))?
        .query_row([id], |row| {
            Ok(Delivery {
                row: delivery_row(row)?,
                headers: value(row.get_ref(15)?.as_str()?)?,
                body: row.get(16)?,
            })
        })
        .optional()
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: row.get(0)?,
        source: from_word(row.get(1)?)?,
        event: row.get(2)?,
        repository: row.get(3)?,
        node: row.get(4)?,
        branch: row.get(5)?,
        before: row.get(6)?,
        after: row.get(7)?,
        author: row.get(8)?,
        commits: row.get(9)?,
        received: Time(row.get(10)?),
        disposition: from_word(row.get(11)?)?,
        duplicate_of: row.get(12)?,
        seen: row.get(13)?,
        runs: value(row.get_ref(14)?.as_str()?)?,
    })
}

pub(super) fn runs(connection: &Connection, window: &Window) -> rusqlite::Result<Vec<RunRow>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {RUN} FROM runs WHERE ?3 IS NULL OR node = ?3
         ORDER BY queued DESC, rowid DESC LIMIT ?1 OFFSET ?2"
    ))?;
    let rows = select.query_map(params![window.limit, window.offset, window.of], run_row)?;
    rows.collect()
}

pub(super) fn run(connection: &Connection, id: &str) -> rusqlite::Result<Option<RunRow>> {
    connection
        .prepare_cached(&format!("SELECT {RUN}, log || live FROM runs WHERE id = ?1"))?
        .query_row([id], |row| Ok(RunRow { log: row.get(13)?, ..run_row(row)? }))
        .optional()
}

fn run_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: row.get(0)?,
        node: row.get(1)?,
        causes: value(row.get_ref(2)?.as_str()?)?,
        state: from_word(row.get(3)?)?,
        queued: Time(row.get(4)?),
        started: row.get::<_, Option<i64>>(5)?.map(Time),
        finished: row.get::<_, Option<i64>>(6)?.map(Time),
        attempts: row.get(7)?,
        verdict: row.get::<_, Option<String>>(8)?.map(from_word).transpose()?,
        error: row.get(9)?,
        effects: value(row.get_ref(10)?.as_str()?)?,
        deliveries: value(row.get_ref(11)?.as_str()?)?,
        next: row.get::<_, Option<i64>>(12)?.map(Time),
        log: String::new(),
    })
}

pub(super) fn messages(connection: &Connection, window: &Window) -> rusqlite::Result<Vec<MessageRow>> {
    let mut select = connection.prepare_cached(
        "SELECT transaction_id, channel, lines, state, created, ended, attempts, error FROM messages
         WHERE ?3 IS NULL OR channel = ?3 ORDER BY state = 'open' DESC, created DESC, rowid DESC LIMIT ?1 OFFSET ?2",
    )?;
    let rows = select.query_map(params![window.limit, window.offset, window.of], |row| {
        let lines: Vec<Line> = value(row.get_ref(2)?.as_str()?)?;
        Ok(MessageRow {
            transaction: row.get(0)?,
            channel: row.get(1)?,
            digest: PushDigest { lines: lines.iter().map(Line::shown).collect() },
            state: from_word(row.get(3)?)?,
            created: Time(row.get(4)?),
            ended: row.get::<_, Option<i64>>(5)?.map(Time),
            attempts: row.get(6)?,
            error: row.get(7)?,
        })
    })?;
    rows.collect()
}

pub(super) fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    for kind in [JobKind::Run, JobKind::Message] {
        let mut select =
            connection.prepare_cached("SELECT state, count(*) FROM jobs WHERE kind = ?1 GROUP BY state")?;
        let rows =
            select.query_map([word(&kind)?], |row| Ok((from_word(row.get(0)?)?, count_of(row, 1)?)))?;
        for row in rows {
            let (state, count) = row?;
            counts.jobs.push((kind, state, count));
        }
    }
    let mut select =
        connection.prepare_cached("SELECT disposition, count(*) FROM deliveries GROUP BY disposition")?;
    let rows = select.query_map([], |row| Ok((from_word(row.get(0)?)?, count_of(row, 1)?)))?;
    counts.deliveries = rows.collect::<rusqlite::Result<_>>()?;
    counts.open_messages = connection
        .prepare_cached("SELECT count(*) FROM messages WHERE state = 'open'")?
        .query_row([], |row| count_of(row, 0))?;
    Ok(counts)
}

fn count_of(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}
