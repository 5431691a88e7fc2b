//! What pages and probes read.

use super::{Database, Result, Row, values, word};
use crate::message::Line;
use crate::store::record::{Counts, Delivery, DeliveryRow, JobKind, MessageRow, Moved, RunRow, Window};
use crate::work::PushDigest;

const DELIVERY: &str =
    "id, source, event, repository, node, branch, before_commit, after_commit, author, commits,
    received, disposition, duplicate_of, seen,
    (SELECT string_agg(run, '\n' ORDER BY run) FROM run_deliveries WHERE delivery = deliveries.id)";

const RUN: &str = "id, node, causes, state, queued, started, finished, attempts, verdict, error, effects,
    (SELECT string_agg(delivery, '\n' ORDER BY received, deliveries.rowid) FROM run_deliveries
       JOIN deliveries ON deliveries.id = delivery WHERE run = runs.id),
    (SELECT CASE WHEN run_at > not_before THEN run_at ELSE not_before END FROM jobs
       WHERE jobs.run = runs.id AND jobs.state = 'ready'),
    (SELECT branch || '\n' || after_commit || '\n' || coalesce(author, '') FROM run_deliveries
       JOIN deliveries ON deliveries.id = delivery
       WHERE run = runs.id AND branch IS NOT NULL AND after_commit IS NOT NULL
       ORDER BY received DESC, deliveries.rowid DESC LIMIT 1)";

pub(in crate::store) fn deliveries(database: &dyn Database, window: &Window) -> Result<Vec<DeliveryRow>> {
    let select = format!(
        "SELECT {DELIVERY} FROM deliveries WHERE node = ?3 OR ?3 IS NULL
         ORDER BY received DESC, rowid DESC LIMIT ?1 OFFSET ?2"
    );
    let rows = database.rows(&select, values![window.limit, window.offset, &window.of])?;
    rows.iter().map(delivery_row).collect()
}

pub(in crate::store) fn delivery(database: &dyn Database, id: &str) -> Result<Option<Delivery>> {
    let select = format!("SELECT {DELIVERY}, headers, body FROM deliveries WHERE id = ?1");
    let whole =
        |row: Row| Ok(Delivery { row: delivery_row(&row)?, headers: row.json(15)?, body: row.get(16)? });
    database.row(&select, values![id])?.map(whole).transpose()
}

fn delivery_row(row: &Row) -> Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: row.get(0)?,
        source: row.word(1)?,
        event: row.get(2)?,
        repository: row.get(3)?,
        node: row.get(4)?,
        branch: row.get(5)?,
        before: row.get(6)?,
        after: row.get(7)?,
        author: row.get(8)?,
        commits: row.get(9)?,
        received: row.get(10)?,
        disposition: row.word(11)?,
        duplicate_of: row.get(12)?,
        seen: row.get(13)?,
        runs: row.names(14)?,
    })
}

pub(in crate::store) fn runs(database: &dyn Database, window: &Window) -> Result<Vec<RunRow>> {
    let select = format!(
        "SELECT {RUN} FROM runs WHERE node = ?3 OR ?3 IS NULL
         ORDER BY queued DESC, rowid DESC LIMIT ?1 OFFSET ?2"
    );
    let rows = database.rows(&select, values![window.limit, window.offset, &window.of])?;
    rows.iter().map(run_row).collect()
}

pub(in crate::store) fn run(database: &dyn Database, id: &str) -> Result<Option<RunRow>> {
    let select = format!("SELECT {RUN}, log || live FROM runs WHERE id = ?1");
    let whole = |row: Row| Ok(RunRow { log: row.get(14)?, ..run_row(&row)? });
    database.row(&select, values![id])?.map(whole).transpose()
}

fn run_row(row: &Row) -> Result<RunRow> {
    Ok(RunRow {
        id: row.get(0)?,
        node: row.get(1)?,
        causes: row.json(2)?,
        state: row.word(3)?,
        queued: row.get(4)?,
        started: row.get(5)?,
        finished: row.get(6)?,
        attempts: row.get(7)?,
        verdict: row.get::<Option<String>>(8)?.map(super::from_word).transpose()?,
        error: row.get(9)?,
        effects: row.json(10)?,
        deliveries: row.names(11)?,
        next: row.get(12)?,
        moved: row.get::<Option<String>>(13)?.as_deref().and_then(moved),
        log: String::new(),
    })
}

/// Neither a branch nor a commit has lines.
fn moved(told: &str) -> Option<Moved> {
    let mut parts = told.splitn(3, '\n').map(str::to_owned);
    let (branch, commit) = (parts.next()?, parts.next()?);
    Some(Moved { branch, commit, author: parts.next().filter(|author| !author.is_empty()) })
}

pub(in crate::store) fn messages(database: &dyn Database, window: &Window) -> Result<Vec<MessageRow>> {
    let rows = database.rows(
        "SELECT transaction_id, channel, lines, state, created, ended, attempts, error FROM messages
         WHERE channel = ?3 OR ?3 IS NULL
         ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, created DESC, rowid DESC LIMIT ?1 OFFSET ?2",
        values![window.limit, window.offset, &window.of],
    )?;
    rows.iter().map(message_row).collect()
}

fn message_row(row: &Row) -> Result<MessageRow> {
    let lines: Vec<Line> = row.json(2)?;
    Ok(MessageRow {
        transaction: row.get(0)?,
        channel: row.get(1)?,
        digest: PushDigest { lines: lines.iter().map(Line::shown).collect() },
        state: row.word(3)?,
        created: row.get(4)?,
        ended: row.get(5)?,
        attempts: row.get(6)?,
        error: row.get(7)?,
    })
}

pub(in crate::store) fn counts(database: &dyn Database) -> Result<Counts> {
    let mut counts = Counts::default();
    for kind in [JobKind::Run, JobKind::Message] {
        let select = "SELECT state, count(*) FROM jobs WHERE kind = ?1 GROUP BY state ORDER BY state";
        for row in database.rows(select, values![word(&kind)?])? {
            counts.jobs.push((kind, row.word(0)?, row.get(1)?));
        }
    }
    let select = "SELECT disposition, count(*) FROM deliveries GROUP BY disposition ORDER BY disposition";
    let rows = database.rows(select, &[])?;
    counts.deliveries = rows.iter().map(|row| Ok((row.word(0)?, row.get(1)?))).collect::<Result<_>>()?;
    counts.open_messages = database.one("SELECT count(*) FROM messages WHERE state = 'open'", &[])?.get(0)?;
    Ok(counts)
}
