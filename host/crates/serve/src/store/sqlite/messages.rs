//! What channels are to hear: lines that wait, and at most one message on its way to each channel.

use super::{text, value};
use crate::message::{Line, pace, transaction};
use crate::store::record::{Arrival, Budget, MessageEnding, Outgoing, Taken};
use crate::time::Time;
use crate::work::PushDigest;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// One more push for a channel to hear of.
pub(super) fn add(connection: &Connection, channel: &str, arrival: &Arrival) -> rusqlite::Result<()> {
    let line = Line::of(arrival);
    let waiting: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT id, line FROM pending WHERE channel = ?1 AND repository = ?2 AND branch = ?3",
        )?
        .query_row([channel, &line.repository, &line.branch], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, waiting)) = waiting else {
        return insert(connection, channel, &line, arrival.received);
    };
    let mut waiting: Line = value(&waiting)?;
    waiting.absorb(&line);
    connection
        .prepare_cached("UPDATE pending SET line = ?2 WHERE id = ?1")?
        .execute(params![id, text(&waiting)?])
        .map(drop)
}

fn insert(connection: &Connection, channel: &str, line: &Line, since: Time) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO pending (channel, repository, branch, line, since) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![channel, line.repository, line.branch, text(line)?, since.0])
        .map(drop)
}

/// A message that is not known to be there.
struct Open {
    transaction: String,
    lines: Vec<Line>,
    frozen: bool,
    created: Time,
    attempts: u32,
    next_attempt: Time,
}

struct Room {
    tokens: f64,
    last_message: Time,
    next_allowed_at: Time,
}

/// What a channel is to hear now. A message that goes out is on the disk, with its transaction, before it does.
pub(super) fn take(
    connection: &Connection,
    channel: &str,
    now: Time,
    budget: Budget,
) -> rusqlite::Result<Taken> {
    let open = open(connection, channel)?;
    if let Some(open) = &open
        && open.next_attempt > now
    {
        return Ok(Taken::Wait(open.next_attempt));
    }
    match open {
        Some(open) if open.frozen => resend(connection, open).map(Taken::Send),
        Some(open) => grow(connection, channel, now, budget, open).map(Taken::Send),
        None => begin(connection, channel, now, budget),
    }
}

fn open(connection: &Connection, channel: &str) -> rusqlite::Result<Option<Open>> {
    connection
        .prepare_cached(
            "SELECT transaction_id, lines, frozen, created, attempts, next_attempt FROM messages
             WHERE channel = ?1 AND state = 'open'",
        )?
        .query_row([channel], |row| {
            Ok(Open {
                transaction: row.get(0)?,
                lines: value(row.get_ref(1)?.as_str()?)?,
                frozen: row.get(2)?,
                created: Time(row.get(3)?),
                attempts: row.get(4)?,
                next_attempt: Time(row.get(5)?),
            })
        })
        .optional()
}

/// The same message again: it may be there, so not a letter of it changes.
fn resend(connection: &Connection, open: Open) -> rusqlite::Result<Outgoing> {
    connection
        .prepare_cached("UPDATE messages SET attempts = attempts + 1 WHERE transaction_id = ?1")?
        .execute([&open.transaction])?;
    Ok(outgoing(open))
}

fn outgoing(open: Open) -> Outgoing {
    Outgoing {
        transaction: open.transaction,
        attempts: open.attempts,
        ambiguous: open.frozen,
        since: open.created,
        digest: PushDigest { lines: open.lines.iter().map(Line::shown).collect() },
    }
}

/// A message that did not arrive is certainly not there, so what came since goes with it.
fn grow(
    connection: &Connection,
    channel: &str,
    now: Time,
    budget: Budget,
    mut open: Open,
) -> rusqlite::Result<Outgoing> {
    for line in take_lines(connection, channel, now, budget, &open.lines)? {
        match open.lines.iter_mut().find(|other| other.is_about_the_same(&line)) {
            Some(other) => other.absorb(&line),
            None => open.lines.push(line),
        }
    }
    let room = room(connection, channel, now, budget)?;
    save_room(
        connection,
        channel,
        now,
        &Room { tokens: (room.tokens - 1.0).max(0.0), last_message: now, ..room },
    )?;
    connection
        .prepare_cached("UPDATE messages SET lines = ?2, frozen = 1 WHERE transaction_id = ?1")?
        .execute(params![open.transaction, text(&open.lines)?])?;
    resend(connection, open)
}

fn begin(connection: &Connection, channel: &str, now: Time, budget: Budget) -> rusqlite::Result<Taken> {
    let Some(due) = first_due(connection, channel)? else { return Ok(Taken::Idle) };
    let room = room(connection, channel, now, budget)?;
    let allowed = due.max(room.next_allowed_at).max(room.last_message.after(pace(room.tokens, budget)));
    if allowed > now {
        return Ok(Taken::Wait(allowed));
    }
    if room.tokens < 1.0 {
        // One millisecond more than it takes, so that rounding does not make a round for nothing.
        let wait = ((1.0 - room.tokens) / budget.rate.max(1e-6) * 1000.0) as i64 + 1;
        return Ok(Taken::Wait(Time(now.0 + wait)));
    }
    let lines = take_lines(connection, channel, now, budget, &[])?;
    let transaction = transaction(channel, now, &lines);
    connection
        .prepare_cached(
            "INSERT INTO messages (transaction_id, channel, lines, frozen, created, next_attempt, attempts)
             VALUES (?1, ?2, ?3, 1, ?4, ?4, 1)",
        )?
        .execute(params![transaction, channel, text(&lines)?, now.0])?;
    save_room(connection, channel, now, &Room { tokens: room.tokens - 1.0, last_message: now, ..room })?;
    let open = Open { transaction, lines, frozen: false, created: now, attempts: 0, next_attempt: now };
    Ok(Taken::Send(outgoing(open)))
}

/// When the first line that waits may be sent.
fn first_due(connection: &Connection, channel: &str) -> rusqlite::Result<Option<Time>> {
    let due: Option<i64> = connection
        .prepare_cached(
            "SELECT min(max(since, coalesce(next_allowed_at, 0))) FROM pending
             LEFT JOIN gates USING (channel, repository) WHERE channel = ?1",
        )?
        .query_row([channel], |row| row.get(0))?;
    Ok(due.map(Time))
}

/// Takes every line whose repository may be spoken of, and closes the repositories' gates for the interval. A
/// repository that the message speaks of already is no further message.
fn take_lines(
    connection: &Connection,
    channel: &str,
    now: Time,
    budget: Budget,
    already: &[Line],
) -> rusqlite::Result<Vec<Line>> {
    let mut select = connection.prepare_cached(
        "SELECT id, line, coalesce(next_allowed_at, 0) FROM pending
         LEFT JOIN gates USING (channel, repository) WHERE channel = ?1 ORDER BY id",
    )?;
    let waiting = select.query_map([channel], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut lines: Vec<Line> = Vec::new();
    for row in waiting {
        let (id, line, gate): (i64, String, i64) = row?;
        let line: Line = value(&line)?;
        if gate > now.0 && !already.iter().any(|other| other.repository == line.repository) {
            continue;
        }
        connection.prepare_cached("DELETE FROM pending WHERE id = ?1")?.execute([id])?;
        lines.push(line);
    }
    for line in already.iter().chain(&lines) {
        close_gate(connection, channel, &line.repository, now.0.saturating_add(budget.interval))?;
    }
    Ok(lines)
}

fn close_gate(connection: &Connection, channel: &str, repository: &str, until: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO gates (channel, repository, next_allowed_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET next_allowed_at = excluded.next_allowed_at",
        )?
        .execute(params![channel, repository, until])
        .map(drop)
}

/// The room's budget as it is by now: a bucket that fills at the rate. A clock that went back fills nothing.
fn room(connection: &Connection, channel: &str, now: Time, budget: Budget) -> rusqlite::Result<Room> {
    let burst = f64::from(budget.burst.max(1));
    let read = |row: &Row<'_>| {
        let since = now.since(Time(row.get(1)?)).as_secs_f64();
        Ok(Room {
            tokens: burst.min(row.get::<_, f64>(0)? + since * budget.rate),
            last_message: Time(row.get::<_, i64>(2)?.min(now.0)),
            next_allowed_at: Time(row.get(3)?),
        })
    };
    let room = connection
        .prepare_cached(
            "SELECT tokens, refilled, last_message, next_allowed_at FROM rooms WHERE channel = ?1",
        )?
        .query_row([channel], read)
        .optional()?;
    Ok(room.unwrap_or(Room { tokens: burst, last_message: Time::ZERO, next_allowed_at: Time::ZERO }))
}

fn save_room(connection: &Connection, channel: &str, now: Time, room: &Room) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO rooms (channel, tokens, refilled, last_message, next_allowed_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (channel) DO UPDATE SET tokens = excluded.tokens, refilled = excluded.refilled,
               last_message = excluded.last_message, next_allowed_at = excluded.next_allowed_at",
        )?
        .execute(params![channel, room.tokens, now.0, room.last_message.0, room.next_allowed_at.0])
        .map(drop)
}

pub(super) fn settle(
    connection: &Connection,
    transaction: &str,
    now: Time,
    ending: &MessageEnding,
) -> rusqlite::Result<()> {
    match ending {
        MessageEnding::Sent => end(connection, transaction, "sent", now, None),
        MessageEnding::Dead { why } => end(connection, transaction, "dead", now, Some(why)),
        MessageEnding::Again { at, why, ambiguous } => {
            again(connection, transaction, *at, Some(why), *ambiguous)
        }
        MessageEnding::Limited { until, ambiguous } => {
            again(connection, transaction, *until, None, *ambiguous)?;
            limit(connection, transaction, now, *until)
        }
    }
}

fn end(
    connection: &Connection,
    transaction: &str,
    state: &str,
    now: Time,
    error: Option<&String>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE messages SET state = ?2, ended = ?3, error = ?4 WHERE transaction_id = ?1 AND state = 'open'",
        )?
        .execute(params![transaction, state, now.0, error])
        .map(drop)
}

fn again(
    connection: &Connection,
    transaction: &str,
    at: Time,
    error: Option<&String>,
    ambiguous: bool,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE messages SET next_attempt = ?2, error = coalesce(?3, error), frozen = ?4 WHERE transaction_id = ?1",
        )?
        .execute(params![transaction, at.0, error, ambiguous])
        .map(drop)
}

/// The channel itself said when: nothing goes there before, and our own count was too high.
fn limit(connection: &Connection, transaction: &str, now: Time, until: Time) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE rooms SET next_allowed_at = max(next_allowed_at, ?2), tokens = 0, refilled = ?3
             WHERE channel = (SELECT channel FROM messages WHERE transaction_id = ?1)",
        )?
        .execute(params![transaction, until.0, now.0])
        .map(drop)
}
