//! One thread writes. What waits for it is one transaction, and one flush of the disk answers all of it.

use super::down;
use crate::store::{Answer, StoreError};
use rusqlite::Connection;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// What one transaction takes at most, so that the first of it does not wait for long.
const BATCH: usize = 256;

/// How many operations may wait. Whoever comes then waits to be let in.
const QUEUE: usize = 1024;

type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// One operation: it does its work, and says whether that has to be taken back. Without a transaction it does nothing.
type Operation = Box<dyn FnOnce(Option<&Connection>) -> (bool, Reply) + Send>;

pub(super) struct Writer {
    operations: Option<mpsc::Sender<Operation>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write_all(&connection, receiver))?;
        Ok(Self { operations: Some(sender), thread: Some(thread) })
    }

    /// Does one operation, whole or not at all. What it answered is on the disk.
    pub(super) fn write<'a, T: Send + 'static>(
        &'a self,
        operation: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (reply, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |connection| {
            let result = connection.map_or_else(|| Err(given_up()), operation);
            let failed = result.is_err();
            let reply = move |committed: Result<(), StoreError>| {
                // Whoever asked may have gone; the operation counts all the same.
                drop(reply.send(committed.and(result)));
            };
            (failed, Box::new(reply))
        });
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

fn write_all(connection: &Connection, mut operations: mpsc::Receiver<Operation>) {
    while let Some(first) = operations.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = operations.try_recv()
        {
            batch.push(next);
        }
        let (replies, ended) = write_batch(connection, batch);
        for reply in replies {
            reply(ended.clone());
        }
    }
}

/// Writes a batch as one transaction. Operations that fail are taken back alone; where SQLite gives up the whole
/// transaction (a full disk), or the commit fails, none has taken place.
fn write_batch(connection: &Connection, batch: Vec<Operation>) -> (Vec<Reply>, Result<(), StoreError>) {
    let mut state = connection.execute_batch("BEGIN IMMEDIATE").map_err(down);
    let mut replies = Vec::with_capacity(batch.len());
    for operation in batch {
        if state.is_ok() {
            state = step(connection, "SAVEPOINT one");
        }
        let (failed, reply) = operation(state.is_ok().then_some(connection));
        replies.push(reply);
        // A fault may have ended the transaction, and then nothing may run outside one.
        if state.is_ok() && connection.is_autocommit() {
            state = Err(given_up());
        }
        if state.is_ok() && failed {
            state = step(connection, "ROLLBACK TO one");
        }
        if state.is_ok() {
            state = step(connection, "RELEASE one");
        }
    }
    let ended = state.and_then(|()| connection.execute_batch("COMMIT").map_err(down));
    if ended.is_err() && !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
    (replies, ended)
}

fn step(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql).and_then(|mut step| step.execute([])).map(drop).map_err(down)
}

fn given_up() -> StoreError {
    StoreError::Down { why: "the transaction was given up".into() }
}
