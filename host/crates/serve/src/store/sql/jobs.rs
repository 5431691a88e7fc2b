//! The queue. What it means that a job waits, runs, comes back or is given up.
//!
//! The semantics of a key are those of graphile_worker: what waits under one key is one job, and a new wish wakes it; a
//! job that runs is not touched, and a new wish beside it is a job of its own, which waits until the key is free. The
//! crate of that name is not used for PostgreSQL: it makes its jobs in transactions of its own, and here a delivery, its
//! run, its job, its message's line and its node's head are one.

use super::{Database, Result, Row, text, values, word};
use crate::store::record::{Claim, ClaimedDelivery, JobKind, RunState, Settling};
use crate::time::Time;
use crate::work::Cause;
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
    fn key(&self) -> Result<String> {
        Ok(format!("{}:{}", word(&self.kind)?, self.subject))
    }
}

/// What became of a wish.
pub(super) enum Wanted {
    /// A job waited for it already. Where it is a run, the row has its id and its causes.
    Woken(Row),
    /// This is a new one.
    Made(i64),
}

/// Wakes the job that waits, or makes one.
pub(super) fn want(database: &dyn Database, wish: &Wish<'_>) -> Result<Wanted> {
    let key = wish.key()?;
    let woken = database.row(
        "UPDATE jobs SET run_at = CASE WHEN run_at < ?2 THEN run_at ELSE ?2 END, attempts = 0, since = ?2
         WHERE key = ?1 AND state = 'ready' RETURNING run, (SELECT causes FROM runs WHERE runs.id = jobs.run)",
        values![&key, wish.run_at],
    )?;
    if let Some(woken) = woken {
        return Ok(Wanted::Woken(woken));
    }
    let made = database.one(
        "INSERT INTO jobs (key, kind, subject, run_at, since) VALUES (?1, ?2, ?3, ?4, ?4) RETURNING id",
        values![key, word(&wish.kind)?, wish.subject, wish.run_at],
    )?;
    made.get(0).map(Wanted::Made)
}

/// The run that waits for a node, or a new one, with one more cause.
pub(super) fn want_run(
    database: &dyn Database,
    wish: &Wish<'_>,
    cause: &Cause,
    first: &str,
) -> Result<String> {
    let job = match want(database, wish)? {
        Wanted::Woken(waiting) => {
            let run: String = waiting.get(0)?;
            add_causes(database, &run, waiting.json(1)?, std::slice::from_ref(cause))?;
            return Ok(run);
        }
        Wanted::Made(job) => job,
    };
    let run = name(first, job);
    database.run(
        "INSERT INTO runs (id, node, causes, state, queued) VALUES (?1, ?2, ?3, 'queued', ?4)",
        values![&run, wish.subject, text(&[cause])?, wish.run_at],
    )?;
    database.run("UPDATE jobs SET run = ?2 WHERE id = ?1", values![job, &run])?;
    Ok(run)
}

/// The name of a run. Effects may be keyed by it, so it does not come back when a store is restored or begun anew.
fn name(first: &str, job: i64) -> String {
    let digest = Sha256::digest(format!("{first}\n{job}"));
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("run-{hex}")
}

pub(super) fn add_delivery(database: &dyn Database, run: &str, delivery: &str) -> Result<()> {
    database.run(
        "INSERT INTO run_deliveries (run, delivery) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        values![run, delivery],
    )
}

fn add_causes(database: &dyn Database, run: &str, mut causes: Vec<Cause>, more: &[Cause]) -> Result<()> {
    let before = causes.len();
    for cause in more {
        if !causes.contains(cause) {
            causes.push(cause.clone());
        }
    }
    if causes.len() > before {
        let causes = text(&causes)?;
        database.run("UPDATE runs SET causes = ?2 WHERE id = ?1", values![run, causes])?;
    }
    Ok(())
}

fn causes(database: &dyn Database, run: &str) -> Result<Vec<Cause>> {
    database.one("SELECT causes FROM runs WHERE id = ?1", values![run])?.json(0)
}

/// Takes a job: first one whose worker is gone, then the one that is due for longest. Who comes at the same time takes
/// the next.
pub(in crate::store) fn claim(
    database: &dyn Database,
    kind: JobKind,
    worker: &str,
    now: Time,
    lease: Duration,
) -> Result<Option<Claim>> {
    const NEXT: &str = "SELECT id FROM jobs AS job WHERE kind = ?1 AND state IN ('ready', 'running')
         AND ((state = 'running' AND claimed_until <= ?2)
           OR (state = 'ready' AND run_at <= ?2 AND not_before <= ?2 AND NOT EXISTS
             (SELECT 1 FROM jobs AS other WHERE other.key = job.key AND other.state = 'running')))
         ORDER BY CASE WHEN state = 'running' THEN 0 ELSE 1 END, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED";
    let found = database.row(NEXT, values![word(&kind)?, now])?;
    let Some(found) = found else { return Ok(None) };
    let id: i64 = found.get(0)?;
    let token = format!("{worker}/{id}/{}", now.0);
    let claimed = database.one(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, claimed_by = ?2, claimed_until = ?3
         WHERE id = ?1 RETURNING id, kind, subject, run, attempts, since",
        values![id, &token, now.after(lease)],
    )?;
    let mut claim = claim_of(&claimed, token, now)?;
    if let Some(run) = &claim.run {
        claim.causes = begin_run(database, run, now)?;
        claim.deliveries = deliveries_of(database, run)?;
    }
    Ok(Some(claim))
}

fn claim_of(row: &Row, token: String, now: Time) -> Result<Claim> {
    Ok(Claim {
        job: row.get(0)?,
        token,
        kind: row.word(1)?,
        subject: row.get(2)?,
        run: row.get(3)?,
        causes: Vec::new(),
        attempt: row.get(4)?,
        since: row.get(5)?,
        started: now,
        deliveries: Vec::new(),
    })
}

/// Begins an attempt, and says why its run takes place. What an attempt without an end had written comes before the new
/// attempt's log.
fn begin_run(database: &dyn Database, run: &str, now: Time) -> Result<Vec<Cause>> {
    let before = database.one("SELECT causes, state, live, log FROM runs WHERE id = ?1", values![run])?;
    if before.word::<RunState>(1)? == RunState::Running {
        let (live, log): (String, String) = (before.get(2)?, before.get(3)?);
        let log = log + &live + "the worker of this attempt is gone; it begins again\n";
        let values = values![run, tail(&log)];
        database.run("UPDATE runs SET log = ?2, live = '' WHERE id = ?1", values)?;
    }
    database.run(
        "UPDATE runs SET state = 'running', started = ?2, finished = NULL, attempts = attempts + 1 WHERE id = ?1",
        values![run, now],
    )?;
    before.json(0)
}

fn deliveries_of(database: &dyn Database, run: &str) -> Result<Vec<ClaimedDelivery>> {
    let rows = database.rows(
        "SELECT id, branch, before_commit, after_commit FROM deliveries
         JOIN run_deliveries ON delivery = id WHERE run = ?1 ORDER BY received, deliveries.rowid",
        values![run],
    )?;
    let delivery = |row: &Row| {
        let (id, branch, before, after) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(ClaimedDelivery { id, branch, before, after })
    };
    rows.iter().map(delivery).collect()
}

pub(in crate::store) fn renew(
    database: &dyn Database,
    claim: &Claim,
    until: Time,
    log: Option<&str>,
) -> Result<bool> {
    let held = database.execute(
        "UPDATE jobs SET claimed_until = ?3 WHERE id = ?1 AND state = 'running' AND claimed_by = ?2",
        values![claim.job, &claim.token, until],
    )?;
    if let (1, Some(run), Some(log)) = (held, &claim.run, log) {
        database.run("UPDATE runs SET live = ?2 WHERE id = ?1", values![run, tail(log)])?;
    }
    Ok(held == 1)
}

/// Whether a claim still is one. Nobody takes it over before this operation has ended.
pub(super) fn holds(database: &dyn Database, claim: &Claim) -> Result<bool> {
    let held = database.row(
        "SELECT id FROM jobs WHERE id = ?1 AND state = 'running' AND claimed_by = ?2 FOR UPDATE",
        values![claim.job, &claim.token],
    )?;
    Ok(held.is_some())
}

pub(in crate::store) fn settle(database: &dyn Database, claim: &Claim, settling: &Settling) -> Result<bool> {
    if !holds(database, claim)? {
        return Ok(false);
    }
    match settling {
        Settling::Done { at, verdict, effects, log } => {
            leave(database, claim.job, "done", None)?;
            let verdict = verdict.as_ref().map(word).transpose()?;
            end_run(database, claim, RunState::Done, *at, &Ended { verdict, error: None, effects, log })?;
        }
        Settling::Dead { at, why, effects, log } => {
            leave(database, claim.job, "dead", Some(why))?;
            let ended = Ended { verdict: None, error: Some(why), effects, log };
            end_run(database, claim, RunState::Dead, *at, &ended)?;
        }
        Settling::Again { at, run_at, not_before, why, effects, log } => {
            come_back(database, claim, *run_at, not_before.unwrap_or(Time::ZERO), Some(why))?;
            let ended = Ended { verdict: None, error: Some(why), effects, log };
            end_run(database, claim, RunState::Retrying, *at, &ended)?;
        }
        Settling::Released { run_at } => release(database, claim, *run_at)?,
    }
    Ok(true)
}

fn leave(database: &dyn Database, job: i64, state: &str, error: Option<&String>) -> Result<()> {
    database.run(
        "UPDATE jobs SET state = ?2, claimed_by = NULL, claimed_until = NULL, last_error = ?3 WHERE id = ?1",
        values![job, state, error],
    )
}

/// Makes a job wait again. Another may wait under its key by now: then this one takes over what that one stood for,
/// and is due when that one was.
fn come_back(
    database: &dyn Database,
    claim: &Claim,
    run_at: Time,
    not_before: Time,
    error: Option<&String>,
) -> Result<()> {
    let waiting = database.row(
        "DELETE FROM jobs WHERE state = 'ready' AND key = (SELECT key FROM jobs WHERE id = ?1)
         RETURNING run, run_at",
        values![claim.job],
    )?;
    let (other, due) = match waiting {
        Some(waiting) => (waiting.get::<Option<String>>(0)?, run_at.min(waiting.get(1)?)),
        None => (None, run_at),
    };
    database.run(
        "UPDATE jobs SET state = 'ready', run_at = ?2, not_before = ?3, claimed_by = NULL, claimed_until = NULL,
           last_error = ?4 WHERE id = ?1",
        values![claim.job, due, not_before, error],
    )?;
    match (&claim.run, other) {
        (Some(run), Some(other)) => take_over(database, run, &other),
        _ => Ok(()),
    }
}

fn take_over(database: &dyn Database, run: &str, other: &str) -> Result<()> {
    add_causes(database, run, causes(database, run)?, &causes(database, other)?)?;
    database.run(
        "INSERT INTO run_deliveries (run, delivery)
           SELECT ?1, delivery FROM run_deliveries WHERE run = ?2 ON CONFLICT DO NOTHING",
        values![run, other],
    )?;
    database.run("DELETE FROM run_deliveries WHERE run = ?1", values![other])?;
    database.run("DELETE FROM runs WHERE id = ?1", values![other])
}

fn release(database: &dyn Database, claim: &Claim, run_at: Time) -> Result<()> {
    come_back(database, claim, run_at, Time::ZERO, None)?;
    database.run(
        "UPDATE jobs SET attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE id = ?1",
        values![claim.job],
    )?;
    let Some(run) = &claim.run else { return Ok(()) };
    database.run(
        "UPDATE runs SET attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END, live = '',
               state = CASE WHEN attempts > 1 THEN 'retrying' ELSE 'queued' END WHERE id = ?1",
        values![run],
    )
}

struct Ended<'a> {
    verdict: Option<String>,
    error: Option<&'a String>,
    effects: &'a [String],
    log: &'a str,
}

fn end_run(
    database: &dyn Database,
    claim: &Claim,
    state: RunState,
    at: Time,
    ended: &Ended<'_>,
) -> Result<()> {
    let Some(run) = &claim.run else { return Ok(()) };
    let before = database.one("SELECT effects, log FROM runs WHERE id = ?1", values![run])?;
    let mut effects: Vec<String> = before.json(0)?;
    effects.extend_from_slice(ended.effects);
    let log = before.get::<String>(1)? + ended.log;
    let finished = (state != RunState::Retrying).then_some(at);
    database.run(
            "UPDATE runs SET state = ?2, finished = ?3, verdict = ?4, error = ?5, effects = ?6, log = ?7, live = ''
             WHERE id = ?1",
            values![run, word(&state)?, finished, &ended.verdict, ended.error, text(&effects)?, tail(&log)],
        )
}

/// The end of a log, from the beginning of a line.
fn tail(log: &str) -> &str {
    let Some(start) = log.len().checked_sub(LOG) else { return log };
    let end = log.as_bytes().get(start..).unwrap_or_default();
    let line = end.iter().position(|byte| *byte == b'\n').map_or(log.len(), |at| start + at + 1);
    log.get(line..).unwrap_or_default()
}

pub(in crate::store) fn next_due(database: &dyn Database, kind: JobKind) -> Result<Option<Time>> {
    let due = database.one(
        "SELECT min(due) FROM (
           SELECT CASE WHEN run_at > not_before THEN run_at ELSE not_before END AS due FROM jobs AS job
             WHERE kind = ?1 AND state = 'ready'
             AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.key = job.key AND other.state = 'running')
           UNION ALL SELECT claimed_until FROM jobs WHERE kind = ?1 AND state = 'running') AS jobs_due",
        values![word(&kind)?],
    )?;
    due.get(0)
}

/// A new run of what a run, or a delivery, stood for.
pub(in crate::store) fn replay(database: &dyn Database, id: &str, now: Time) -> Result<Option<String>> {
    let of_run = database.row("SELECT node FROM runs WHERE id = ?1", values![id])?;
    let of_delivery = database.row("SELECT node FROM deliveries WHERE id = ?1", values![id])?;
    let Some(known) = of_run.or(of_delivery) else { return Ok(None) };
    let Some(node) = known.get::<Option<String>>(0)? else { return Ok(None) };
    let wish = Wish { kind: JobKind::Run, subject: &node, run_at: now };
    let run = want_run(database, &wish, &Cause::Replay, id)?;
    database.run(
        "INSERT INTO run_deliveries (run, delivery)
           SELECT ?1, delivery FROM run_deliveries WHERE run = ?2
           UNION SELECT ?1, id FROM deliveries WHERE id = ?2 ON CONFLICT DO NOTHING",
        values![&run, id],
    )?;
    Ok(Some(run))
}
