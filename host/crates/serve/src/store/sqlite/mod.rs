//! The store in one SQLite file: write-ahead log, flushed at each commit, one thread that writes, readers beside it.

mod connection;
mod schema;

#[cfg(test)]
mod tests;

use super::record::{
    Arrival, Budget, Claim, Counts, Delivery, DeliveryRow, JobKind, MessageEnding, MessageRow, NodeState,
    Pointer, Received, RunRow, Settling, Stood, Taken, Window,
};
use super::sql::{Database, Pool, Writer, deliveries, jobs, lists, messages, nodes, standings};
use super::{Answer, Store, StoreError};
use crate::time::Time;
use crate::work::Standing;
use connection::{connect, down};
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A store in one SQLite file.
pub struct SqliteStore {
    writer: Writer,
    readers: Arc<Pool<Connection>>,
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
        let file = file.to_owned();
        let readers =
            Pool::new(move || connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| down(&error)));
        Ok(Self { writer, readers })
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
        let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| down(&error))?;
        make(to).map_err(|error| open(error.to_string()))?;
        connection
            .execute("VACUUM INTO ?1", [to.to_string_lossy()])
            .map(drop)
            .map_err(|error| open(error.to_string()))
    }

    /// Reads on a connection and a thread of its own.
    fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl Fn(&dyn Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        self.readers.with(move |connection| read(connection))
    }
}

/// The file has to exist before SQLite opens it: its log files take over its mode.
fn make(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file).map(drop)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;
         PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
    )
}

impl Store for SqliteStore {
    fn receive(&self, arrival: Arrival) -> Answer<'_, Received> {
        self.writer.write(move |database| deliveries::receive(database, &arrival))
    }

    fn claim<'a>(
        &'a self,
        kind: JobKind,
        worker: &'a str,
        now: Time,
        lease: Duration,
    ) -> Answer<'a, Option<Claim>> {
        let worker = worker.to_owned();
        self.writer.write(move |database| jobs::claim(database, kind, &worker, now, lease))
    }

    fn renew<'a>(&'a self, claim: &'a Claim, until: Time, log: Option<String>) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.writer.write(move |database| jobs::renew(database, &claim, until, log.as_deref()))
    }

    fn settle<'a>(&'a self, claim: &'a Claim, settling: Settling) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.writer.write(move |database| jobs::settle(database, &claim, &settling))
    }

    fn next_due(&self, kind: JobKind) -> Answer<'_, Option<Time>> {
        self.read(move |database| jobs::next_due(database, kind))
    }

    fn take_message<'a>(&'a self, claim: &'a Claim, now: Time, budget: Budget) -> Answer<'a, Taken> {
        let claim = claim.clone();
        self.writer.write(move |database| messages::take(database, &claim, now, budget))
    }

    fn settle_message<'a>(
        &'a self,
        claim: &'a Claim,
        transaction: &'a str,
        now: Time,
        ending: MessageEnding,
    ) -> Answer<'a, ()> {
        let (claim, transaction) = (claim.clone(), transaction.to_owned());
        self.writer.write(move |database| messages::settle(database, &claim, &transaction, now, &ending))
    }

    fn replay<'a>(&'a self, id: &'a str, now: Time) -> Answer<'a, Option<String>> {
        let id = id.to_owned();
        self.writer.write(move |database| jobs::replay(database, &id, now))
    }

    fn see_head<'a>(&'a self, node: &'a str, head: &'a str, now: Time) -> Answer<'a, ()> {
        let (node, head) = (node.to_owned(), head.to_owned());
        self.writer.write(move |database| nodes::see_head(database, &node, &head, now))
    }

    fn put_standings<'a>(&'a self, run: &'a str, now: Time, standings: &'a [Standing]) -> Answer<'a, ()> {
        let (run, standings) = (run.to_owned(), standings.to_vec());
        self.writer.write(move |database| standings::put(database, &run, now, &standings))
    }

    fn standings(&self) -> Answer<'_, Vec<Stood>> {
        self.read(standings::all)
    }

    fn put_pointer(&self, pointer: Pointer) -> Answer<'_, ()> {
        self.writer.write(move |database| nodes::put_pointer(database, &pointer))
    }

    /// The file's server is alone with it.
    fn turn<'a>(&'a self, _duty: &'a str, _holder: &'a str, _now: Time, _until: Time) -> Answer<'a, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn tidy(&self, before: Time) -> Answer<'_, usize> {
        self.writer.write(move |database| nodes::tidy(database, before))
    }

    fn probe(&self) -> Answer<'_, ()> {
        self.writer.write(nodes::probe)
    }

    fn deliveries(&self, window: Window) -> Answer<'_, Vec<DeliveryRow>> {
        self.read(move |database| lists::deliveries(database, &window))
    }

    fn delivery<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Delivery>> {
        let id = id.to_owned();
        self.read(move |database| lists::delivery(database, &id))
    }

    fn runs(&self, window: Window) -> Answer<'_, Vec<RunRow>> {
        self.read(move |database| lists::runs(database, &window))
    }

    fn run<'a>(&'a self, id: &'a str) -> Answer<'a, Option<RunRow>> {
        let id = id.to_owned();
        self.read(move |database| lists::run(database, &id))
    }

    fn nodes(&self) -> Answer<'_, Vec<NodeState>> {
        self.read(nodes::nodes)
    }

    fn pointers(&self) -> Answer<'_, Vec<Pointer>> {
        self.read(nodes::pointers)
    }

    fn messages(&self, window: Window) -> Answer<'_, Vec<MessageRow>> {
        self.read(move |database| lists::messages(database, &window))
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.read(lists::counts)
    }
}
