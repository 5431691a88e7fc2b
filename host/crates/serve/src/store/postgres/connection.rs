//! One connection to the server, and what is done on it.

use super::address::{Address, explained};
use crate::store::StoreError;
use crate::store::sql::{Database, Reusable, Row, Session, Value, is_worth_another};
use bytes::BytesMut;
use futures_util::future::{join, join_all};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_postgres::error::{DbError, Severity, SqlState};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

/// What one server holds while it writes. Any number will do that nobody else uses in this database.
pub(super) const WRITING: i64 = 0x636f_756e_7465_7201;

/// What is acknowledged is on the disk, whatever the server's own setting; and whoever hangs holds nobody up for long.
const SETTINGS: &str =
    "SET synchronous_commit = on; SET search_path = countersign; SET statement_timeout = '10s';
    SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";

/// So many statements wait at most to be sent with the next one.
const WAITING: usize = 16;

/// How long the server may take to hear that a connection ends.
const GOODBYE: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    /// It is there until this is dropped.
    open: Option<Open>,
    statements: RefCell<HashMap<String, Statement>>,
    waiting: RefCell<Vec<Waiting>>,
    is_gone: Cell<bool>,
    has_served: Cell<bool>,
}

struct Open {
    runtime: Runtime,
    client: Client,
    carrying: JoinHandle<()>,
}

/// A statement whose answer nobody waits for.
struct Waiting {
    statement: Statement,
    values: Vec<Value<'static>>,
}

impl Connection {
    pub(super) fn open(address: &Address) -> Result<Self, StoreError> {
        let down = |error: tokio_postgres::Error| StoreError::Down { why: explained(&error) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Down { why: error.to_string() })?;
        let (client, carrying) = runtime.block_on(address.connect()).map_err(down)?;
        runtime.block_on(client.batch_execute(SETTINGS)).map_err(down)?;
        Ok(Self {
            open: Some(Open { runtime, client, carrying }),
            statements: RefCell::default(),
            waiting: RefCell::default(),
            is_gone: Cell::new(false),
            has_served: Cell::new(false),
        })
    }

    fn parts(&self) -> &Open {
        self.open.as_ref().expect("it is taken only when this is dropped")
    }

    /// Runs statements without values.
    pub(super) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.ask(self.parts().client.batch_execute(sql))
    }

    /// Ends a transaction and takes back what it did, and what was still to be sent.
    fn roll_back(&self) {
        self.waiting.take();
        if self.script("ROLLBACK").is_err() {
            self.is_gone.set(true);
        }
    }

    /// The statement as PostgreSQL has it, prepared once.
    fn prepared(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let own = sql.replace('?', "$").replace("INDEXED BY deliveries_content", "");
        let Open { runtime, client, .. } = self.parts();
        let statement = self.told(runtime.block_on(client.prepare(&own)))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Sends what waits and then the last, all at once, and answers the last. The server does one after the other, and none
    /// in a transaction of which one failed.
    fn ask<T>(&self, last: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, StoreError> {
        let Open { runtime, client, .. } = self.parts();
        let waiting = self.waiting.take();
        // Each is sent when it is polled first, and so few are polled in their order.
        let before = join_all(waiting.iter().map(|waiting| waiting.send(client)));
        let (before, last) = runtime.block_on(join(before, last));
        for done in before {
            self.told(done)?;
        }
        self.told(last)
    }

    /// What the server answered, with what that says of the connection. Statements are prepared anew after an error: the
    /// tables may have been changed by a later version.
    fn told<T>(&self, done: Result<T, tokio_postgres::Error>) -> Result<T, StoreError> {
        match done {
            Ok(done) => {
                self.has_served.set(true);
                Ok(done)
            }
            Err(error) => {
                let fault = self.fault(&error);
                if !matches!(fault, StoreError::Contended { .. }) {
                    self.statements.borrow_mut().clear();
                }
                Err(fault)
            }
        }
    }

    fn fault(&self, error: &tokio_postgres::Error) -> StoreError {
        let why = explained(error);
        let contended = [
            SqlState::UNIQUE_VIOLATION,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        if error.code().is_some_and(|code| contended.contains(code)) {
            return StoreError::Contended { why };
        }
        // What the server says of a statement leaves the connection as it is, but where it says that it ends it.
        let fatal =
            |error: &DbError| matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
        if error.as_db_error().is_none_or(fatal) {
            self.is_gone.set(true);
        }
        StoreError::Down { why }
    }
}

impl Waiting {
    async fn send(&self, client: &Client) -> Result<u64, tokio_postgres::Error> {
        client.execute(&self.statement, &references(&self.values)).await
    }
}

fn references<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl Drop for Connection {
    /// The server is told, on a thread of its own: a runtime must not end inside another.
    fn drop(&mut self) {
        let Some(Open { runtime, client, carrying }) = self.open.take() else { return };
        let closing = std::thread::spawn(move || {
            drop(client);
            runtime.block_on(async { drop(tokio::time::timeout(GOODBYE, carrying).await) });
        });
        drop(closing.join());
    }
}

impl Database for Connection {
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        let rows = self.ask(self.parts().client.query(&statement, &references(values)))?;
        rows.iter().map(owned).collect()
    }

    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        self.ask(self.parts().client.execute(&statement, &references(values)))
    }

    /// It is sent with the next one that somebody waits for: most of an operation's time is the way to the server.
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        let statement = self.prepared(sql)?;
        let values = values.iter().cloned().map(Value::into_owned).collect();
        self.waiting.borrow_mut().push(Waiting { statement, values });
        let is_full = self.waiting.borrow().len() >= WAITING;
        if is_full { self.flush() } else { Ok(()) }
    }

    fn flush(&self) -> Result<(), StoreError> {
        if self.waiting.borrow().is_empty() { Ok(()) } else { self.ask(std::future::ready(Ok(()))) }
    }
}

fn owned(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let broken = |error: tokio_postgres::Error| StoreError::Broken { why: explained(&error) };
    let columns = row.columns().iter().enumerate();
    let value = |(index, column): (usize, &tokio_postgres::Column)| {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(broken)?.map(Value::Integer),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index).map_err(broken)?.map(Value::Real),
            Type::BYTEA => {
                let bytes: Option<Vec<u8>> = row.try_get(index).map_err(broken)?;
                bytes.map(|bytes| Value::Bytes(bytes.into()))
            }
            _ => row.try_get::<_, Option<String>>(index).map_err(broken)?.map(Value::from),
        };
        Ok(value.unwrap_or(Value::Null))
    };
    columns.map(value).collect::<Result<_, StoreError>>().map(Row)
}

impl ToSql for Value<'_> {
    fn to_sql(&self, own: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => number.to_sql(own, out),
            Self::Real(number) => number.to_sql(own, out),
            // A text of PostgreSQL's cannot hold this character, and somebody may push to a branch that does.
            Self::Text(text) => text.replace('\0', "\u{fffd}").to_sql(own, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql(own, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Reusable for Connection {
    fn begin(&mut self) {
        self.has_served.set(false);
    }

    fn is_gone(&self) -> bool {
        self.is_gone.get()
    }

    fn has_served(&self) -> bool {
        self.has_served.get()
    }
}

/// Does something in a transaction of its own, and once more where others were in the way.
pub(super) fn transaction<T>(
    connection: &Connection,
    work: &impl Fn(&dyn Database) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut attempt = 1;
    loop {
        let done = attempted(connection, work);
        if !is_worth_another(attempt, &done) {
            return done;
        }
        attempt += 1;
    }
}

fn attempted<T>(
    connection: &Connection,
    work: &impl Fn(&dyn Database) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.run("BEGIN ISOLATION LEVEL READ COMMITTED", &[])?;
    let done = work(connection).and_then(|value| connection.script("COMMIT").map(|()| value));
    if done.is_err() {
        connection.roll_back();
    }
    done
}

/// The connection of the thread that writes.
pub(super) struct Writing {
    address: Arc<Address>,
    connection: Connection,
}

impl Writing {
    pub(super) fn new(address: Arc<Address>, connection: Connection) -> Self {
        Self { address, connection }
    }
}

impl Database for Writing {
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.connection.rows(sql, values)
    }

    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.connection.execute(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.connection.run(sql, values)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.connection.flush()
    }
}

impl Session for Writing {
    /// A transaction with more parts than this costs every other one time.
    const BATCH: usize = 64;

    fn begin(&mut self) -> Result<(), StoreError> {
        let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITING})");
        let begun = self.connection.script(&begin);
        if !self.connection.is_gone() {
            return begun;
        }
        self.connection = Connection::open(&self.address)?;
        self.connection.script(&begin)
    }

    fn is_open(&self) -> bool {
        !self.connection.is_gone.get()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.script("COMMIT")
    }

    fn roll_back(&mut self) {
        self.connection.roll_back();
    }
}
