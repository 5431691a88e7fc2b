//! One connection to the server, and what is done on it.

use super::address::{Address, explained};
use crate::store::StoreError;
use crate::store::sql::{Database, Reusable, Row, Session, Value, is_worth_another};
use bytes::BytesMut;
use postgres::error::{DbError, Severity, SqlState};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

/// What one server holds while it writes. Any number will do that nobody else uses in this database.
pub(super) const WRITING: i64 = 0x636f_756e_7465_7201;

/// What is acknowledged is on the disk, whatever the server's own setting; and whoever hangs holds nobody up for long.
const SETTINGS: &str =
    "SET synchronous_commit = on; SET search_path = countersign; SET statement_timeout = '10s';
    SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";

pub(super) struct Connection {
    /// It is there until this is dropped.
    client: Option<RefCell<Client>>,
    statements: RefCell<HashMap<String, Statement>>,
    is_gone: Cell<bool>,
    has_served: Cell<bool>,
}

impl Connection {
    pub(super) fn open(address: &Address) -> Result<Self, StoreError> {
        let down = |error: postgres::Error| StoreError::Down { why: explained(&error) };
        let mut client = address.connect().map_err(down)?;
        client.batch_execute(SETTINGS).map_err(down)?;
        Ok(Self {
            client: Some(RefCell::new(client)),
            statements: RefCell::default(),
            is_gone: Cell::new(false),
            has_served: Cell::new(false),
        })
    }

    fn client(&self) -> RefMut<'_, Client> {
        self.client.as_ref().expect("it is taken only when this is dropped").borrow_mut()
    }

    /// Runs statements without values.
    pub(super) fn script(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.client().batch_execute(sql);
        self.told(done)
    }

    /// The statement as PostgreSQL has it, prepared once.
    fn prepared(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let own = sql.replace('?', "$").replace("INDEXED BY deliveries_content", "");
        let prepared = self.client().prepare(&own);
        let statement = self.told(prepared)?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Does something with a prepared statement. One that fails is prepared anew the next time: the tables may have been
    /// changed by a later version.
    fn with<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        work: impl FnOnce(&mut Client, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let statement = self.prepared(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let done = work(&mut self.client(), &statement, &values);
        if done.is_err() {
            self.statements.borrow_mut().remove(sql);
        }
        self.told(done)
    }

    /// What the server answered, with what that says of the connection.
    fn told<T>(&self, done: Result<T, postgres::Error>) -> Result<T, StoreError> {
        match done {
            Ok(done) => {
                self.has_served.set(true);
                Ok(done)
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    fn fault(&self, error: &postgres::Error) -> StoreError {
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

impl Drop for Connection {
    /// Closing waits for the server on a runtime of its own, which must not end inside another.
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        drop(std::thread::spawn(move || drop(client)).join());
    }
}

impl Database for Connection {
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let rows = self.with(sql, values, |client, statement, values| client.query(statement, values))?;
        rows.iter().map(owned).collect()
    }

    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.with(sql, values, |client, statement, values| client.execute(statement, values))
    }
}

fn owned(row: &postgres::Row) -> Result<Row, StoreError> {
    let broken = |error: postgres::Error| StoreError::Broken { why: explained(&error) };
    let columns = row.columns().iter().enumerate();
    let value = |(index, column): (usize, &postgres::Column)| {
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
    connection.script("BEGIN ISOLATION LEVEL READ COMMITTED")?;
    let done = work(connection).and_then(|value| connection.script("COMMIT").map(|()| value));
    if done.is_err() && connection.script("ROLLBACK").is_err() {
        connection.is_gone.set(true);
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
        if self.connection.script("ROLLBACK").is_err() {
            self.connection.is_gone.set(true);
        }
    }
}
