//! The store in one SQLite file: write-ahead log, flushed at each commit, one thread that writes, readers beside it.

mod deliveries;
mod jobs;
mod lists;
mod messages;
mod nodes;
mod schema;
mod standings;
mod writer;

#[cfg(test)]
mod tests;

use super::record::{
    Arrival, Budget, Claim, Counts, Delivery, DeliveryRow, JobKind, MessageEnding, MessageRow, NodeState,
    Pointer, Received, RunRow, Settling, Stood, Taken, Window,
};
use super::{Answer, Store, StoreError};
use crate::time::Time;
use crate::work::Standing;
use rusqlite::{Connection, OpenFlags};
use serde::{Serialize, de::DeserializeOwned};
use std::fs::OpenOptions;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use writer::Writer;

/// A store in one SQLite file.
pub struct SqliteStore {
    writer: Writer,
    readers: Arc<Readers>,
}

struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens the file, makes it where it is missing (readable by nobody else), and brings it to the newest version.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a later version, [`StoreError::Open`] for one that cannot be used.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let open = |why: &dyn std::fmt::Display| StoreError::Open {
            file: file.display().to_string(),
            why: why.to_string(),
        };
        make(file).map_err(|error| open(&error))?;
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| open(&error))?;
        prepare(&connection).map_err(|error| open(&error))?;
        schema::migrate(&connection, file)?;
        let writer = Writer::start(connection).map_err(|error| open(&error))?;
        let readers = Readers { file: file.to_owned(), idle: Mutex::new(Vec::new()) };
        Ok(Self { writer, readers: Arc::new(readers) })
    }

    /// Writes a copy of everything to a file that does not exist yet, while others go on. To restore it, end the
    /// server and put the copy in the place of the file and its `-wal` and `-shm`.
    ///
    /// # Errors
    /// [`StoreError::Open`] where the copy cannot be made.
    pub fn back_up(file: &Path, to: &Path) -> Result<(), StoreError> {
        let open = |why: String| StoreError::Open { file: to.display().to_string(), why };
        if to.exists() {
            return Err(open("it exists".into()));
        }
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(down)?;
        make(to).map_err(|error| open(error.to_string()))?;
        connection
            .execute("VACUUM INTO ?1", [to.to_string_lossy()])
            .map(drop)
            .map_err(|error| open(error.to_string()))
    }

    /// Reads on a connection and a thread of its own.
    fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'a, T> {
        let readers = Arc::clone(&self.readers);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || readers.read(read)).await;
            done.unwrap_or_else(|error| Err(StoreError::Down { why: error.to_string() }))
        })
    }

    fn write<'a, T: Send + 'static>(
        &'a self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'a, T> {
        self.writer.write(move |connection| write(connection).map_err(down))
    }
}

impl Readers {
    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(down)?,
        };
        let result = read(&connection).map_err(down);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}

/// The file has to exist before SQLite opens it: its log files take over its mode.
fn make(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file).map(drop)
}

fn connect(file: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;
         PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
    )
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn down(error: rusqlite::Error) -> StoreError {
    let why = error.to_string();
    let is_unreadable = matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..)
    );
    if is_unreadable { StoreError::Broken { why } } else { StoreError::Down { why } }
}

/// A value as it is kept in a column of text.
fn text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The word of an enum of ours.
fn word(value: &impl Serialize) -> rusqlite::Result<String> {
    Ok(text(value)?.trim_matches('"').to_owned())
}

fn value<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(unreadable)
}

fn from_word<T: DeserializeOwned>(word: String) -> rusqlite::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}

impl Store for SqliteStore {
    fn receive(&self, arrival: Arrival) -> Answer<'_, Received> {
        self.write(move |connection| deliveries::receive(connection, &arrival))
    }

    fn claim<'a>(
        &'a self,
        kind: JobKind,
        worker: &'a str,
        now: Time,
        lease: Duration,
    ) -> Answer<'a, Option<Claim>> {
        let worker = worker.to_owned();
        self.write(move |connection| jobs::claim(connection, kind, &worker, now, lease))
    }

    fn renew<'a>(&'a self, claim: &'a Claim, until: Time, log: Option<String>) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.write(move |connection| jobs::renew(connection, &claim, until, log.as_deref()))
    }

    fn settle<'a>(&'a self, claim: &'a Claim, settling: Settling) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.write(move |connection| jobs::settle(connection, &claim, &settling))
    }

    fn next_due(&self, kind: JobKind) -> Answer<'_, Option<Time>> {
        self.read(move |connection| jobs::next_due(connection, kind))
    }

    fn take_message<'a>(&'a self, channel: &'a str, now: Time, budget: Budget) -> Answer<'a, Taken> {
        let channel = channel.to_owned();
        self.write(move |connection| messages::take(connection, &channel, now, budget))
    }

    fn settle_message<'a>(
        &'a self,
        transaction: &'a str,
        now: Time,
        ending: MessageEnding,
    ) -> Answer<'a, ()> {
        let transaction = transaction.to_owned();
        self.write(move |connection| messages::settle(connection, &transaction, now, &ending))
    }

    fn replay<'a>(&'a self, id: &'a str, now: Time) -> Answer<'a, Option<String>> {
        let id = id.to_owned();
        self.write(move |connection| jobs::replay(connection, &id, now))
    }

    fn see_head<'a>(&'a self, node: &'a str, head: &'a str, now: Time) -> Answer<'a, ()> {
        let (node, head) = (node.to_owned(), head.to_owned());
        self.write(move |connection| nodes::see_head(connection, &node, &head, now))
    }

    fn put_standings<'a>(&'a self, run: &'a str, now: Time, standings: &'a [Standing]) -> Answer<'a, ()> {
        let (run, standings) = (run.to_owned(), standings.to_vec());
        self.write(move |connection| standings::put(connection, &run, now, &standings))
    }

    fn standings(&self) -> Answer<'_, Vec<Stood>> {
        self.read(standings::all)
    }

    fn put_pointer(&self, pointer: Pointer) -> Answer<'_, ()> {
        self.write(move |connection| nodes::put_pointer(connection, &pointer))
    }

    fn tidy(&self, before: Time) -> Answer<'_, usize> {
        self.write(move |connection| nodes::tidy(connection, before))
    }

    fn probe(&self) -> Answer<'_, ()> {
        self.write(nodes::probe)
    }

    fn deliveries(&self, window: Window) -> Answer<'_, Vec<DeliveryRow>> {
        self.read(move |connection| lists::deliveries(connection, &window))
    }

    fn delivery<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Delivery>> {
        let id = id.to_owned();
        self.read(move |connection| lists::delivery(connection, &id))
    }

    fn runs(&self, window: Window) -> Answer<'_, Vec<RunRow>> {
        self.read(move |connection| lists::runs(connection, &window))
    }

    fn run<'a>(&'a self, id: &'a str) -> Answer<'a, Option<RunRow>> {
        let id = id.to_owned();
        self.read(move |connection| lists::run(connection, &id))
    }

    fn nodes(&self) -> Answer<'_, Vec<NodeState>> {
        self.read(nodes::nodes)
    }

    fn pointers(&self) -> Answer<'_, Vec<Pointer>> {
        self.read(nodes::pointers)
    }

    fn messages(&self, window: Window) -> Answer<'_, Vec<MessageRow>> {
        self.read(move |connection| lists::messages(connection, &window))
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.read(lists::counts)
    }
}
