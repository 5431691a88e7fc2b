//! One connection to the file.

use crate::store::StoreError;
use crate::store::sql::{Database, Reusable, Row, Session, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, ToSql, params_from_iter};
use std::path::Path;
use std::time::Duration;

pub(super) fn connect(file: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

pub(super) fn down(error: &rusqlite::Error) -> StoreError {
    StoreError::Down { why: error.to_string() }
}

/// The statement as SQLite has it: it knows no locks of rows.
fn prepared<'a>(connection: &'a Connection, sql: &str) -> Result<CachedStatement<'a>, StoreError> {
    let unlocked = sql.split_once(" FOR UPDATE").map_or(sql, |(statement, _)| statement);
    connection.prepare_cached(unlocked).map_err(|error| down(&error))
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn owned(value: ValueRef<'_>) -> Value<'static> {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned().into()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_owned().into()),
    }
}

impl Database for Connection {
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = prepared(self, sql)?;
        let columns = statement.column_count();
        let row =
            |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get_ref(column).map(owned)).collect();
        let rows = statement.query_map(params_from_iter(values), row).map_err(|error| down(&error))?;
        rows.map(|row| row.map(Row).map_err(|error| down(&error))).collect()
    }

    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = prepared(self, sql)?.execute(params_from_iter(values)).map_err(|error| down(&error))?;
        Ok(changed as u64)
    }
}

impl Reusable for Connection {
    fn begin(&mut self) {}

    fn is_gone(&self) -> bool {
        false
    }

    fn has_served(&self) -> bool {
        true
    }
}

impl Session for Connection {
    const BATCH: usize = 256;

    fn begin(&mut self) -> Result<(), StoreError> {
        self.execute_batch("BEGIN IMMEDIATE").map_err(|error| down(&error))
    }

    fn is_open(&self) -> bool {
        !self.is_autocommit()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.execute_batch("COMMIT").map_err(|error| down(&error))
    }

    fn roll_back(&mut self) {
        // Where it fails there is no transaction any more, which is what is wanted.
        drop(self.execute_batch("ROLLBACK"));
    }
}
