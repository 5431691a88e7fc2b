//! What channels are to hear: lines that wait, and at most one message on its way to each channel.

use super::{Database, Result, Row, jobs, text, values};
use crate::message::{Line, pace, transaction};
use crate::store::record::{Arrival, Budget, Claim, MessageEnding, Outgoing, Taken};
use crate::time::Time;
use crate::work::PushDigest;

/// One more push for a channel to hear of.
pub(super) fn add(database: &dyn Database, channel: &str, arrival: &Arrival) -> Result<()> {
    let line = Line::of(arrival);
    let waiting = database.row(
        "SELECT id, line FROM pending WHERE channel = ?1 AND repository = ?2 AND branch = ?3",
        values![channel, &line.repository, &line.branch],
    )?;
    let Some(waiting) = waiting else {
        return insert(database, channel, &line, arrival.received);
    };
    let mut told: Line = waiting.json(1)?;
    told.absorb(&line);
    let values = values![waiting.get::<i64>(0)?, text(&told)?];
    database.run("UPDATE pending SET line = ?2 WHERE id = ?1", values)
}

fn insert(database: &dyn Database, channel: &str, line: &Line, since: Time) -> Result<()> {
    database.run(
        "INSERT INTO pending (channel, repository, branch, line, since) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![channel, &line.repository, &line.branch, text(line)?, since],
    )
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

/// What the channel of a claim is to hear now. A message that goes out is on the disk, with its transaction, before it
/// does. Whoever lost the claim says nothing: another speaks to that channel by now.
pub(in crate::store) fn take(
    database: &dyn Database,
    claim: &Claim,
    now: Time,
    budget: Budget,
) -> Result<Taken> {
    if !jobs::holds(database, claim)? {
        return Ok(Taken::Lost);
    }
    let channel = &claim.subject;
    let open = open(database, channel)?;
    if let Some(open) = &open
        && open.next_attempt > now
    {
        return Ok(Taken::Wait(open.next_attempt));
    }
    match open {
        Some(open) if open.frozen => resend(database, open).map(Taken::Send),
        Some(open) => grow(database, channel, now, budget, open).map(Taken::Send),
        None => begin(database, channel, now, budget),
    }
}

fn open(database: &dyn Database, channel: &str) -> Result<Option<Open>> {
    let open = database.row(
        "SELECT transaction_id, lines, frozen, created, attempts, next_attempt FROM messages
         WHERE channel = ?1 AND state = 'open'",
        values![channel],
    )?;
    let read = |row: Row| {
        Ok(Open {
            transaction: row.get(0)?,
            lines: row.json(1)?,
            frozen: row.get(2)?,
            created: row.get(3)?,
            attempts: row.get(4)?,
            next_attempt: row.get(5)?,
        })
    };
    open.map(read).transpose()
}

/// The same message again: it may be there, so not a letter of it changes.
fn resend(database: &dyn Database, open: Open) -> Result<Outgoing> {
    database.run(
        "UPDATE messages SET attempts = attempts + 1 WHERE transaction_id = ?1",
        values![&open.transaction],
    )?;
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
    database: &dyn Database,
    channel: &str,
    now: Time,
    budget: Budget,
    mut open: Open,
) -> Result<Outgoing> {
    for line in take_lines(database, channel, now, budget, &open.lines)? {
        match open.lines.iter_mut().find(|other| other.is_about_the_same(&line)) {
            Some(other) => other.absorb(&line),
            None => open.lines.push(line),
        }
    }
    let room = room(database, channel, now, budget)?;
    save_room(
        database,
        channel,
        now,
        &Room { tokens: (room.tokens - 1.0).max(0.0), last_message: now, ..room },
    )?;
    database.run(
        "UPDATE messages SET lines = ?2, frozen = 1 WHERE transaction_id = ?1",
        values![&open.transaction, text(&open.lines)?],
    )?;
    resend(database, open)
}

fn begin(database: &dyn Database, channel: &str, now: Time, budget: Budget) -> Result<Taken> {
    let Some(due) = first_due(database, channel)? else { return Ok(Taken::Idle) };
    let room = room(database, channel, now, budget)?;
    let allowed = due.max(room.next_allowed_at).max(room.last_message.after(pace(room.tokens, budget)));
    if allowed > now {
        return Ok(Taken::Wait(allowed));
    }
    if room.tokens < 1.0 {
        // One millisecond more than it takes, so that rounding does not make a round for nothing.
        let wait = ((1.0 - room.tokens) / budget.rate.max(1e-6) * 1000.0) as i64 + 1;
        return Ok(Taken::Wait(Time(now.0 + wait)));
    }
    let lines = take_lines(database, channel, now, budget, &[])?;
    let transaction = transaction(channel, now, &lines);
    database.run(
        "INSERT INTO messages (transaction_id, channel, lines, frozen, created, next_attempt, attempts)
         VALUES (?1, ?2, ?3, 1, ?4, ?4, 1)",
        values![&transaction, channel, text(&lines)?, now],
    )?;
    save_room(database, channel, now, &Room { tokens: room.tokens - 1.0, last_message: now, ..room })?;
    let open = Open { transaction, lines, frozen: false, created: now, attempts: 0, next_attempt: now };
    Ok(Taken::Send(outgoing(open)))
}

/// When the first line that waits may be sent.
fn first_due(database: &dyn Database, channel: &str) -> Result<Option<Time>> {
    let due = database.one(
        "SELECT min(CASE WHEN next_allowed_at > since THEN next_allowed_at ELSE since END) FROM pending
         LEFT JOIN gates USING (channel, repository) WHERE channel = ?1",
        values![channel],
    )?;
    due.get(0)
}

/// Takes every line whose repository may be spoken of, and closes the repositories' gates for the interval. A
/// repository that the message speaks of already is no further message.
fn take_lines(
    database: &dyn Database,
    channel: &str,
    now: Time,
    budget: Budget,
    already: &[Line],
) -> Result<Vec<Line>> {
    let waiting = database.rows(
        "SELECT id, line, coalesce(next_allowed_at, 0) FROM pending
         LEFT JOIN gates USING (channel, repository) WHERE channel = ?1 ORDER BY id",
        values![channel],
    )?;
    let mut lines: Vec<Line> = Vec::new();
    for row in waiting {
        let line: Line = row.json(1)?;
        if row.get::<Time>(2)? > now && !already.iter().any(|other| other.repository == line.repository) {
            continue;
        }
        database.run("DELETE FROM pending WHERE id = ?1", values![row.get::<i64>(0)?])?;
        lines.push(line);
    }
    for line in already.iter().chain(&lines) {
        close_gate(database, channel, &line.repository, now.0.saturating_add(budget.interval))?;
    }
    Ok(lines)
}

fn close_gate(database: &dyn Database, channel: &str, repository: &str, until: i64) -> Result<()> {
    database.run(
        "INSERT INTO gates (channel, repository, next_allowed_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (channel, repository) DO UPDATE SET next_allowed_at = excluded.next_allowed_at",
        values![channel, repository, until],
    )
}

/// The room's budget as it is by now: a bucket that fills at the rate. A clock that went back fills nothing.
fn room(database: &dyn Database, channel: &str, now: Time, budget: Budget) -> Result<Room> {
    let burst = f64::from(budget.burst.max(1));
    let room = database.row(
        "SELECT tokens, refilled, last_message, next_allowed_at FROM rooms WHERE channel = ?1",
        values![channel],
    )?;
    let Some(room) = room else {
        return Ok(Room { tokens: burst, last_message: Time::ZERO, next_allowed_at: Time::ZERO });
    };
    let since = now.since(room.get(1)?).as_secs_f64();
    Ok(Room {
        tokens: burst.min(room.get::<f64>(0)? + since * budget.rate),
        last_message: now.min(room.get(2)?),
        next_allowed_at: room.get(3)?,
    })
}

fn save_room(database: &dyn Database, channel: &str, now: Time, room: &Room) -> Result<()> {
    database.run(
            "INSERT INTO rooms (channel, tokens, refilled, last_message, next_allowed_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (channel) DO UPDATE SET tokens = excluded.tokens, refilled = excluded.refilled,
               last_message = excluded.last_message, next_allowed_at = excluded.next_allowed_at",
            values![channel, room.tokens, now, room.last_message, room.next_allowed_at],
        )
}

/// Keeps what became of a message. That it is there counts whoever says so; anything else only of the one who still
/// holds the claim: another may be sending it at this moment.
pub(in crate::store) fn settle(
    database: &dyn Database,
    claim: &Claim,
    transaction: &str,
    now: Time,
    ending: &MessageEnding,
) -> Result<()> {
    if *ending != MessageEnding::Sent && !jobs::holds(database, claim)? {
        return Ok(());
    }
    match ending {
        MessageEnding::Sent => end(database, transaction, "sent", now, None),
        MessageEnding::Dead { why } => end(database, transaction, "dead", now, Some(why)),
        MessageEnding::Again { at, why, ambiguous } => {
            again(database, transaction, *at, Some(why), *ambiguous)
        }
        MessageEnding::Limited { until, ambiguous } => {
            again(database, transaction, *until, None, *ambiguous)?;
            limit(database, transaction, now, *until)
        }
    }
}

fn end(
    database: &dyn Database,
    transaction: &str,
    state: &str,
    now: Time,
    error: Option<&String>,
) -> Result<()> {
    database.run(
        "UPDATE messages SET state = ?2, ended = ?3, error = ?4 WHERE transaction_id = ?1 AND state = 'open'",
        values![transaction, state, now, error],
    )
}

fn again(
    database: &dyn Database,
    transaction: &str,
    at: Time,
    error: Option<&String>,
    ambiguous: bool,
) -> Result<()> {
    database.run(
        "UPDATE messages SET next_attempt = ?2, error = coalesce(?3, error), frozen = ?4
             WHERE transaction_id = ?1 AND state = 'open'",
        values![transaction, at, error, ambiguous],
    )
}

/// The channel itself said when: nothing goes there before, and our own count was too high.
fn limit(database: &dyn Database, transaction: &str, now: Time, until: Time) -> Result<()> {
    database.run(
            "UPDATE rooms SET next_allowed_at = CASE WHEN next_allowed_at > ?2 THEN next_allowed_at ELSE ?2 END,
               tokens = 0, refilled = ?3 WHERE channel = (SELECT channel FROM messages WHERE transaction_id = ?1)",
            values![transaction, until, now],
        )
}
