//! The queue. What it means that a job waits, runs, comes back or is given up.
//!
//! The semantics of a key are those of graphile_worker: what waits under one key is one job, and a new wish wakes it; a
//! job that runs is not touched, and a new wish beside it is a job of its own, which waits until the key is free.

use super::{from_word, text, value, word};
use crate::store::record::{Claim, ClaimedDelivery, JobKind, RunState, Settling};
use crate::time::Time;
use crate::work::Cause;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What is kept of a run's log, from its end.
const LOG: usize = 1024 * 1024;

/// A job that somebody wants done.
pub(super) struct Wish<'a> {
    pub(super) kind: JobKind,
    pub(super) subject: &'a str,
    pub(super) run_at: Time,
}

impl Wish<'_> {
    fn key(&self) -> rusqlite::Result<String> {
        Ok(format!("{}:{}", word(&self.kind)?, self.subject))
    }
}

/// Wakes the job that waits, or makes one. The id tells them apart: `true` means a new one.
pub(super) fn want(connection: &Connection, wish: &Wish<'_>) -> rusqlite::Result<(i64, bool)> {
    let key = wish.key()?;
    let woken = connection
        .prepare_cached(
            "UPDATE jobs SET run_at = min(run_at, ?2), attempts = 0, since = ?2
             WHERE key = ?1 AND state = 'ready' RETURNING id",
        )?
        .query_row(params![key, wish.run_at.0], |row| row.get(0))
        .optional()?;
    if let Some(id) = woken {
        return Ok((id, false));
    }
    connection
        .prepare_cached("INSERT INTO jobs (key, kind, subject, run_at, since) VALUES (?1, ?2, ?3, ?4, ?4)")?
        .execute(params![key, word(&wish.kind)?, wish.subject, wish.run_at.0])?;
    Ok((connection.last_insert_rowid(), true))
}

/// The run that waits for a node, or a new one, with one more cause.
pub(super) fn want_run(
    connection: &Connection,
    wish: &Wish<'_>,
    cause: &Cause,
    first: &str,
) -> rusqlite::Result<String> {
    let (job, is_new) = want(connection, wish)?;
    if is_new {
        let run = name(first, job);
        connection
            .prepare_cached(
                "INSERT INTO runs (id, node, causes, state, queued) VALUES (?1, ?2, ?3, 'queued', ?4)",
            )?
            .execute(params![run, wish.subject, text(&[cause])?, wish.run_at.0])?;
        connection.prepare_cached("UPDATE jobs SET run = ?2 WHERE id = ?1")?.execute(params![job, run])?;
        return Ok(run);
    }
    let run: String = connection
        .prepare_cached("SELECT run FROM jobs WHERE id = ?1")?
        .query_row([job], |row| row.get(0))?;
    add_causes(connection, &run, std::slice::from_ref(cause))?;
    Ok(run)
}

/// The name of a run. Effects may be keyed by it, so it does not come back when a store is restored or begun anew.
fn name(first: &str, job: i64) -> String {
    let digest = Sha256::digest(format!("{first}\n{job}"));
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("run-{hex}")
}

pub(super) fn add_delivery(connection: &Connection, run: &str, delivery: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO run_deliveries (run, delivery) VALUES (?1, ?2)")?
        .execute([run, delivery])
        .map(drop)
}

fn add_causes(connection: &Connection, run: &str, more: &[Cause]) -> rusqlite::Result<()> {
    let mut causes = causes(connection, run)?;
    let before = causes.len();
    for cause in more {
        if !causes.contains(cause) {
            causes.push(cause.clone());
        }
    }
    if causes.len() > before {
        connection
            .prepare_cached("UPDATE runs SET causes = ?2 WHERE id = ?1")?
            .execute([run, &text(&causes)?])?;
    }
    Ok(())
}

fn causes(connection: &Connection, run: &str) -> rusqlite::Result<Vec<Cause>> {
    connection
        .prepare_cached("SELECT causes FROM runs WHERE id = ?1")?
        .query_row([run], |row| value(row.get_ref(0)?.as_str()?))
}

/// Takes a job: first one whose worker is gone, then the one that is due for longest.
pub(super) fn claim(
    connection: &Connection,
    kind: JobKind,
    worker: &str,
    now: Time,
    lease: Duration,
) -> rusqlite::Result<Option<Claim>> {
    const ABANDONED: &str =
        "SELECT id FROM jobs WHERE kind = ?1 AND state = 'running' AND claimed_until <= ?2
         ORDER BY run_at, id LIMIT 1";
    const DUE: &str = "SELECT id FROM jobs AS job WHERE kind = ?1 AND state = 'ready' AND run_at <= ?2
         AND not_before <= ?2
         AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.key = job.key AND other.state = 'running')
         ORDER BY run_at, id LIMIT 1";
    let kind = word(&kind)?;
    let mut found = None;
    for select in [ABANDONED, DUE] {
        let mut select = connection.prepare_cached(select)?;
        found = found.or(select.query_row(params![kind, now.0], |row| row.get::<_, i64>(0)).optional()?);
    }
    let Some(id) = found else { return Ok(None) };
    let token = format!("{worker}/{id}/{}", now.0);
    let claim = connection
        .prepare_cached(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, claimed_by = ?2, claimed_until = ?3
             WHERE id = ?1 RETURNING id, kind, subject, run, attempts, since",
        )?
        .query_row(params![id, token, now.after(lease).0], |row| claimed(row, &token, now))?;
    match &claim.run {
        Some(run) => begin_run(connection, run, now)?,
        None => return Ok(Some(claim)),
    }
    with_deliveries(connection, claim).map(Some)
}

fn claimed(row: &Row<'_>, token: &str, now: Time) -> rusqlite::Result<Claim> {
    Ok(Claim {
        job: row.get(0)?,
        token: token.to_owned(),
        kind: from_word(row.get(1)?)?,
        subject: row.get(2)?,
        run: row.get(3)?,
        causes: Vec::new(),
        attempt: row.get(4)?,
        since: Time(row.get(5)?),
        started: now,
        deliveries: Vec::new(),
    })
}

/// What an attempt without an end had written comes before the new attempt's log.
fn begin_run(connection: &Connection, run: &str, now: Time) -> rusqlite::Result<()> {
    let cut_short: bool = connection
        .prepare_cached("SELECT state = 'running' FROM runs WHERE id = ?1")?
        .query_row([run], |row| row.get(0))?;
    if cut_short {
        let live: String = connection
            .prepare_cached("SELECT live FROM runs WHERE id = ?1")?
            .query_row([run], |row| row.get(0))?;
        append_log(connection, run, &format!("{live}the worker of this attempt is gone; it begins again\n"))?;
    }
    connection
        .prepare_cached(
            "UPDATE runs SET state = 'running', started = ?2, finished = NULL, attempts = attempts + 1 WHERE id = ?1",
        )?
        .execute(params![run, now.0])
        .map(drop)
}

fn with_deliveries(connection: &Connection, mut claim: Claim) -> rusqlite::Result<Claim> {
    let run = claim.run.as_deref().unwrap_or_default();
    claim.causes = causes(connection, run)?;
    let mut select = connection.prepare_cached(
        "SELECT id, branch, before_commit, after_commit FROM deliveries
         JOIN run_deliveries ON delivery = id WHERE run = ?1 ORDER BY received, deliveries.rowid",
    )?;
    let rows = select.query_map([run], |row| {
        Ok(ClaimedDelivery { id: row.get(0)?, branch: row.get(1)?, before: row.get(2)?, after: row.get(3)? })
    })?;
    claim.deliveries = rows.collect::<rusqlite::Result<_>>()?;
    Ok(claim)
}

pub(super) fn renew(
    connection: &Connection,
    claim: &Claim,
    until: Time,
    log: Option<&str>,
) -> rusqlite::Result<bool> {
    let held = connection
        .prepare_cached(
            "UPDATE jobs SET claimed_until = ?3 WHERE id = ?1 AND state = 'running' AND claimed_by = ?2",
        )?
        .execute(params![claim.job, claim.token, until.0])?;
    if let (1, Some(run), Some(log)) = (held, &claim.run, log) {
        connection.prepare_cached("UPDATE runs SET live = ?2 WHERE id = ?1")?.execute([run, tail(log)])?;
    }
    Ok(held == 1)
}

pub(super) fn settle(connection: &Connection, claim: &Claim, settling: &Settling) -> rusqlite::Result<bool> {
    let held: bool = connection
        .prepare_cached("SELECT count(*) FROM jobs WHERE id = ?1 AND state = 'running' AND claimed_by = ?2")?
        .query_row(params![claim.job, claim.token], |row| row.get(0))?;
    if !held {
        return Ok(false);
    }
    match settling {
        Settling::Done { at, verdict, effects, log } => {
            leave(connection, claim.job, "done", None)?;
            let verdict = verdict.as_ref().map(word).transpose()?;
            end_run(connection, claim, RunState::Done, *at, &Ended { verdict, error: None, effects, log })?;
        }
        Settling::Dead { at, why, effects, log } => {
            leave(connection, claim.job, "dead", Some(why))?;
            let ended = Ended { verdict: None, error: Some(why), effects, log };
            end_run(connection, claim, RunState::Dead, *at, &ended)?;
        }
        Settling::Again { at, run_at, not_before, why, effects, log } => {
            come_back(connection, claim, *run_at, not_before.unwrap_or(Time::ZERO), Some(why))?;
            let ended = Ended { verdict: None, error: Some(why), effects, log };
            end_run(connection, claim, RunState::Retrying, *at, &ended)?;
        }
        Settling::Released { run_at } => release(connection, claim, *run_at)?,
    }
    Ok(true)
}

fn leave(connection: &Connection, job: i64, state: &str, error: Option<&String>) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE jobs SET state = ?2, claimed_by = NULL, claimed_until = NULL, last_error = ?3 WHERE id = ?1")?
        .execute(params![job, state, error])
        .map(drop)
}

/// Makes a job wait again. Another may wait under its key by now: then this one takes over what that one stood for,
/// and is due when that one was.
fn come_back(
    connection: &Connection,
    claim: &Claim,
    run_at: Time,
    not_before: Time,
    error: Option<&String>,
) -> rusqlite::Result<()> {
    let waiting = connection
        .prepare_cached(
            "DELETE FROM jobs WHERE state = 'ready' AND key = (SELECT key FROM jobs WHERE id = ?1)
             RETURNING run, run_at",
        )?
        .query_row([claim.job], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    let due = waiting.as_ref().map_or(run_at.0, |(_, waiting)| run_at.0.min(*waiting));
    connection
        .prepare_cached(
            "UPDATE jobs SET state = 'ready', run_at = ?2, not_before = ?3, claimed_by = NULL, claimed_until = NULL,
               last_error = ?4 WHERE id = ?1",
        )?
        .execute(params![claim.job, due, not_before.0, error])?;
    match (&claim.run, waiting) {
        (Some(run), Some((Some(other), _))) => take_over(connection, run, &other),
        _ => Ok(()),
    }
}

fn take_over(connection: &Connection, run: &str, other: &str) -> rusqlite::Result<()> {
    add_causes(connection, run, &causes(connection, other)?)?;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO run_deliveries SELECT ?1, delivery FROM run_deliveries WHERE run = ?2",
        )?
        .execute([run, other])?;
    connection.prepare_cached("DELETE FROM run_deliveries WHERE run = ?1")?.execute([other])?;
    connection.prepare_cached("DELETE FROM runs WHERE id = ?1")?.execute([other]).map(drop)
}

fn release(connection: &Connection, claim: &Claim, run_at: Time) -> rusqlite::Result<()> {
    come_back(connection, claim, run_at, Time::ZERO, None)?;
    connection
        .prepare_cached("UPDATE jobs SET attempts = max(attempts - 1, 0) WHERE id = ?1")?
        .execute([claim.job])?;
    let Some(run) = &claim.run else { return Ok(()) };
    connection
        .prepare_cached(
            "UPDATE runs SET attempts = max(attempts - 1, 0), live = '',
               state = CASE WHEN attempts > 1 THEN 'retrying' ELSE 'queued' END WHERE id = ?1",
        )?
        .execute([run])
        .map(drop)
}

struct Ended<'a> {
    verdict: Option<String>,
    error: Option<&'a String>,
    effects: &'a [String],
    log: &'a str,
}

fn end_run(
    connection: &Connection,
    claim: &Claim,
    state: RunState,
    at: Time,
    ended: &Ended<'_>,
) -> rusqlite::Result<()> {
    let Some(run) = &claim.run else { return Ok(()) };
    let mut effects: Vec<String> = connection
        .prepare_cached("SELECT effects FROM runs WHERE id = ?1")?
        .query_row([run], |row| value(row.get_ref(0)?.as_str()?))?;
    effects.extend_from_slice(ended.effects);
    let finished = (state != RunState::Retrying).then_some(at.0);
    append_log(connection, run, ended.log)?;
    connection
        .prepare_cached(
            "UPDATE runs SET state = ?2, finished = ?3, verdict = ?4, error = ?5, effects = ?6 WHERE id = ?1",
        )?
        .execute(params![run, word(&state)?, finished, ended.verdict, ended.error, text(&effects)?])
        .map(drop)
}

fn append_log(connection: &Connection, run: &str, more: &str) -> rusqlite::Result<()> {
    let log: String = connection
        .prepare_cached("SELECT log FROM runs WHERE id = ?1")?
        .query_row([run], |row| row.get(0))?;
    let log = log + more;
    connection
        .prepare_cached("UPDATE runs SET log = ?2, live = '' WHERE id = ?1")?
        .execute([run, tail(&log)])
        .map(drop)
}

/// The end of a log, from the beginning of a line.
fn tail(log: &str) -> &str {
    let Some(start) = log.len().checked_sub(LOG) else { return log };
    let end = log.as_bytes().get(start..).unwrap_or_default();
    let line = end.iter().position(|byte| *byte == b'\n').map_or(log.len(), |at| start + at + 1);
    log.get(line..).unwrap_or_default()
}

pub(super) fn next_due(connection: &Connection, kind: JobKind) -> rusqlite::Result<Option<Time>> {
    let due: Option<i64> = connection
        .prepare_cached(
            "SELECT min(due) FROM (
               SELECT max(run_at, not_before) AS due FROM jobs AS job WHERE kind = ?1 AND state = 'ready'
                 AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.key = job.key AND other.state = 'running')
               UNION ALL SELECT claimed_until FROM jobs WHERE kind = ?1 AND state = 'running')",
        )?
        .query_row([word(&kind)?], |row| row.get(0))?;
    Ok(due.map(Time))
}

/// A new run of what a run, or a delivery, stood for.
pub(super) fn replay(connection: &Connection, id: &str, now: Time) -> rusqlite::Result<Option<String>> {
    let of_run: Option<String> = connection
        .prepare_cached("SELECT node FROM runs WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let of_delivery: Option<String> = connection
        .prepare_cached("SELECT node FROM deliveries WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(node) = of_run.or(of_delivery) else { return Ok(None) };
    let wish = Wish { kind: JobKind::Run, subject: &node, run_at: now };
    let run = want_run(connection, &wish, &Cause::Replay, id)?;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO run_deliveries SELECT ?1, delivery FROM run_deliveries WHERE run = ?2
             UNION SELECT ?1, id FROM deliveries WHERE id = ?2",
        )?
        .execute([&run, id])?;
    Ok(Some(run))
}
