//! One thread that writes. What waits for it is one transaction, and one flush of the disk answers all of it.

use super::Database;
use crate::store::{Answer, StoreError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// How many operations may wait. Whoever comes then waits to be let in.
const QUEUE: usize = 1024;

/// How often an operation is tried where others were in the way.
const ATTEMPTS: u32 = 5;

/// Whether this attempt, from 1, failed so that another is worth it.
pub(crate) fn is_worth_another<T>(attempt: u32, done: &Result<T, StoreError>) -> bool {
    attempt < ATTEMPTS && matches!(done, Err(StoreError::Contended { .. }))
}

/// A connection and its transaction. In a transaction nobody else writes what this one writes.
pub(crate) trait Session: Database + Send + 'static {
    /// What one transaction takes at most, so that the first of it does not wait for long.
    const BATCH: usize;

    /// Begins a transaction, on a new connection where the old one is gone.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Whether the transaction still stands. A fault may have ended it, and then nothing may run outside one.
    fn is_open(&self) -> bool;

    /// Ends it. What it wrote is on the disk.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Takes everything back that it wrote.
    fn roll_back(&mut self);
}

/// What waits to be written.
trait Operation: Send {
    /// Does its work. Without a transaction it does none.
    fn attempt(&mut self, database: &dyn Database) -> Result<(), StoreError>;

    /// Answers whoever asked.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Write<T, F> {
    write: F,
    result: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Operation for Write<T, F>
where
    T: Send,
    F: Fn(&dyn Database) -> Result<T, StoreError> + Send,
{
    fn attempt(&mut self, database: &dyn Database) -> Result<(), StoreError> {
        self.result = (self.write)(database).and_then(|value| database.flush().map(|()| value));
        self.result.as_ref().map(drop).map_err(Clone::clone)
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // Whoever asked may have gone; the operation counts all the same.
        drop(self.reply.send(committed.and(self.result)));
    }
}

pub(crate) struct Writer {
    operations: Option<mpsc::Sender<Box<dyn Operation>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start<S: Session>(session: S) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_all(session, receiver))?;
        Ok(Self { operations: Some(sender), thread: Some(thread) })
    }

    /// Does one operation, whole or not at all. What it answered is on the disk.
    pub(crate) fn write<'a, T: Send + 'static>(
        &'a self,
        write: impl Fn(&dyn Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (reply, answer) = oneshot::channel();
        let operation = Box::new(Write { write, result: Err(given_up()), reply });
        Box::pin(async move {
            let sender = self.operations.as_ref().ok_or_else(ended)?;
            sender.send(operation).await.map_err(|_| ended())?;
            answer.await.map_err(|_| ended())?
        })
    }
}

impl Drop for Writer {
    /// What was let in is still written.
    fn drop(&mut self) {
        self.operations = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn ended() -> StoreError {
    StoreError::Down { why: "its writer has ended".into() }
}

fn write_all<S: Session>(mut session: S, mut operations: mpsc::Receiver<Box<dyn Operation>>) {
    while let Some(first) = operations.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < S::BATCH
            && let Ok(next) = operations.try_recv()
        {
            batch.push(next);
        }
        let ended = write_batch(&mut session, &mut batch);
        for operation in batch {
            operation.answer(ended.clone());
        }
    }
}

/// Writes a batch as one transaction. Operations that fail are taken back alone; where the whole transaction is given
/// up (a full disk, a lost connection), or the commit fails, none has taken place.
fn write_batch(session: &mut impl Session, batch: &mut [Box<dyn Operation>]) -> Result<(), StoreError> {
    let mut state = session.begin();
    for operation in batch {
        if state.is_err() {
            break;
        }
        state = write_one(session, operation.as_mut());
    }
    let ended = state.and_then(|()| session.commit());
    if ended.is_err() && session.is_open() {
        session.roll_back();
    }
    ended
}

/// Writes one operation of a transaction. It fails where the transaction does.
fn write_one(session: &impl Session, operation: &mut dyn Operation) -> Result<(), StoreError> {
    for attempt in 1.. {
        session.run("SAVEPOINT one", &[])?;
        let done = operation.attempt(session);
        if !session.is_open() {
            return Err(done.err().unwrap_or_else(given_up));
        }
        if done.is_err() {
            session.execute("ROLLBACK TO SAVEPOINT one", &[])?;
        }
        session.run("RELEASE SAVEPOINT one", &[])?;
        if !is_worth_another(attempt, &done) {
            break;
        }
    }
    Ok(())
}

fn given_up() -> StoreError {
    StoreError::Down { why: "the transaction was given up".into() }
}
