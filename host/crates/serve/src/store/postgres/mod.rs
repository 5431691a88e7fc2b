//! The store in a PostgreSQL database, for several servers at once.
//!
//! What changes more than a job is written by one thread of each server, as in the file, and an advisory lock lets one
//! server write at a time: then the rules need not think of others, and one flush answers all that waited. Jobs are
//! taken, renewed and settled beside it, on connections of their own, with locks of rows. Who asks for work looks
//! every second: `NOTIFY` would make every commit of the database wait for every other.

mod address;
mod connection;
mod schema;

#[cfg(test)]
mod tests;

use super::record::{
    Arrival, Budget, Claim, Counts, Delivery, DeliveryRow, JobKind, MessageEnding, MessageRow, NodeState,
    Pointer, Received, RunRow, Settling, Stood, Taken, Window,
};
use super::sql::{Database, Pool, Value, Writer, deliveries, jobs, lists, messages, nodes, standings};
use super::{Answer, Store, StoreError};
use crate::time::Time;
use crate::work::Standing;
use address::Address;
use connection::{Connection, Writing, transaction};
use std::sync::Arc;
use std::time::Duration;

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    writer: Writer,
    pool: Arc<Pool<Connection>>,
}

impl PostgresStore {
    /// Connects to the database of a `postgres://` URL, makes the tables where they are missing, in a schema of their own,
    /// and brings them to the newest version. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for tables of a later version, [`StoreError::Open`] for a URL or a database that cannot be
    /// used. Neither tells the URL's password.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        // The client brings a runtime of its own, which must not begin inside another.
        std::thread::scope(|scope| {
            let opened = scope.spawn(|| Self::open_here(url)).join();
            opened.unwrap_or_else(|_| Err(StoreError::Down { why: "opening it broke off".into() }))
        })
    }

    fn open_here(url: &str) -> Result<Self, StoreError> {
        let address = Arc::new(Address::of(url)?);
        let connection = Connection::open(&address).map_err(|error| address.refused(error))?;
        schema::migrate(&connection, &address)?;
        let writing = Writing::new(Arc::clone(&address), connection);
        let writer = Writer::start(writing)
            .map_err(|error| address.refused(StoreError::Down { why: error.to_string() }))?;
        let pool = Pool::new(move || Connection::open(&address));
        Ok(Self { writer, pool })
    }

    fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl Fn(&dyn Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        self.pool.with(move |connection| read(connection))
    }

    /// Changes rows that it locks itself, beside the writer.
    fn change<'a, T: Send + 'static>(
        &'a self,
        change: impl Fn(&dyn Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        self.pool.with(move |connection| transaction(connection, &change))
    }
}

impl Store for PostgresStore {
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
        self.change(move |database| jobs::claim(database, kind, &worker, now, lease))
    }

    fn renew<'a>(&'a self, claim: &'a Claim, until: Time, log: Option<String>) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.change(move |database| jobs::renew(database, &claim, until, log.as_deref()))
    }

    fn settle<'a>(&'a self, claim: &'a Claim, settling: Settling) -> Answer<'a, bool> {
        let claim = claim.clone();
        self.change(move |database| jobs::settle(database, &claim, &settling))
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

    fn turn<'a>(&'a self, duty: &'a str, holder: &'a str, now: Time, until: Time) -> Answer<'a, bool> {
        const TAKE: &str = "INSERT INTO turns (duty, holder, until) VALUES (?1, ?2, ?4)
             ON CONFLICT (duty) DO UPDATE SET holder = excluded.holder, until = excluded.until
             WHERE turns.holder = excluded.holder OR turns.until <= ?3";
        let (duty, holder) = (duty.to_owned(), holder.to_owned());
        self.change(move |database| {
            let values = [Value::from(&duty), Value::from(&holder), now.into(), until.into()];
            Ok(database.execute(TAKE, &values)? == 1)
        })
    }

    fn is_shared(&self) -> bool {
        true
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
